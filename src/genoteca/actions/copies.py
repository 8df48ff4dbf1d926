"""Another of a module that reads one file: the same module under a name of its own, for a second file."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from genoteca.actions.app import App
from genoteca.actions.installing import install_module
from genoteca.actions.module_views import ModuleCard
from genoteca.errors import InputError, NotFoundError
from genoteca.store.catalogue import BundledEntry, bundled_catalogue
from genoteca.store.installed import installed_modules

__all__ = ["add_another"]

LONGEST = 26
"""Letters of the name in an id, which has 40 at most."""

Progress = Callable[[float, str], None]


def add_another(
    app: App, module_id: str, title: str, *, progress: Progress = lambda _fraction, _stage: None
) -> ModuleCard:
    """Install a shipped module that reads one file once more, under a title and id of its own.

    It is a module as any other: it has its own file, reference and results, and is removed by itself.

    Raises:
        NotFoundError: no such module is shipped, or it reads no file of the user's.
        InputError: the title makes no id, or there is one of that name.
        InstallError: it could not be installed; nothing was changed.

    """
    entry = next((one for one in bundled_catalogue() if one.id == module_id and one.manifest.form == "table"), None)
    if entry is None:
        raise NotFoundError(f"There cannot be another {module_id}: it is no module for a file of one's own.")
    new_id = _id(module_id, title)
    if new_id in {one.id for one in installed_modules(app.layout)}:
        raise InputError(f"There is a module {new_id} already.", hint="Choose another name.")
    with tempfile.TemporaryDirectory(dir=app.layout.temporary) as work:
        folder = Path(work) / new_id
        _write(entry, folder, new_id, title.strip())
        # its code is that of the shipped module, word for word
        return install_module(app, str(folder), trusted=True, own_source=True, progress=progress)


def _id(module_id: str, title: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower())[:LONGEST].strip("-")
    if not slug or not 2 <= len(title.strip()) <= 60:
        raise InputError(
            f"{title!r} cannot be a name: 2 to 60 letters are expected, some of them a to z or digits.",
            hint="For example: Lab list",
        )
    return f"{module_id}-{slug}"


def _write(entry: BundledEntry, folder: Path, new_id: str, title: str) -> None:
    """Copy the module's source with its id, title and package renamed."""
    package = f"genoteca_{new_id.replace('-', '_')}"
    shutil.copytree(entry.source, folder, ignore=shutil.ignore_patterns("tests", "__pycache__", "dist"))
    (folder / "src" / entry.package.name).rename(folder / "src" / package)
    project, manifest = folder / "pyproject.toml", folder / "src" / package / "module.toml"
    told = project.read_text("utf-8").replace(f'name = "{entry.distribution}"', f'name = "genoteca-{new_id}"')
    point = f'{entry.id} = "{entry.package.name}.'
    project.write_text(told.replace(point, f'{new_id} = "{package}.'), "utf-8")
    lines = manifest.read_text("utf-8").replace(f'id = "{entry.id}"', f'id = "{new_id}"', 1)
    given = f"title = {json.dumps(entry.manifest.title)}"
    manifest.write_text(lines.replace(given, f"title = {json.dumps(title)}", 1), "utf-8")
