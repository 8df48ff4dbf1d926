"""Rules on the files of an isolated module's package folder."""

from __future__ import annotations

import ast
from pathlib import Path

from genoteca.errors import ManifestError
from genoteca.model.module import ModuleManifest
from genoteca.sdk.finding import Broken
from genoteca.sdk.isolated.requirements import read_requirements
from genoteca.sdk.manifest import MANIFEST_FILE, read_toml

__all__ = ["ISOLATED_RULES"]


def the_script_is_there(manifest: ModuleManifest, folder: Path) -> str:
    """The script that `[isolated]` names lies in the package folder, and is Python."""
    if manifest.isolated is None or not (folder / manifest.isolated.script).is_file():
        raise Broken(f"The script is not in {folder}.", hint=f"Name it in [isolated] of {MANIFEST_FILE}.")
    script = folder / manifest.isolated.script
    try:
        ast.parse(script.read_bytes())
    except (SyntaxError, ValueError) as error:
        raise Broken(f"{script.name}: {error}", hint="Mend it: it would fail at every run.") from error
    return manifest.isolated.script


def its_requirements_are_pinned(manifest: ModuleManifest, folder: Path) -> str:
    """Every requirement is one version with its hashes: what was tried is what is installed."""
    name = manifest.isolated.requirements if manifest.isolated else ""
    try:
        wanted = read_requirements(folder, name)
    except ManifestError as error:
        raise Broken(error.message, hint=error.hint) from error
    return f"{len(wanted.names)} packages, each pinned with its hashes."


def it_has_no_table(_: ModuleManifest, folder: Path) -> str:
    """An isolated module answers by its script, not by a table of the app's."""
    if "table" in read_toml(folder):
        raise Broken("It has a part [table].", hint="Leave out [table] or [isolated]: a module is one of the two.")
    return "No [table]."


def its_package_is_empty(_: ModuleManifest, folder: Path) -> str:
    """`__init__.py` holds nothing: the app never imports it."""
    package = folder / "__init__.py"
    if package.is_file() and package.read_bytes().strip():
        raise Broken(f"{package} holds code.", hint="Move it into the script: __init__.py is never run.")
    return "An empty __init__.py."


ISOLATED_RULES = (the_script_is_there, its_requirements_are_pinned, it_has_no_table, its_package_is_empty)
