"""What a person may copy to tell the makers of Genoteca of an error: nothing of the genome, nothing of the person."""

from __future__ import annotations

import getpass
import platform
from collections.abc import Iterator
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from genoteca import __version__
from genoteca.actions.app import App
from genoteca.actions.scrubbing import LEFT_OUT, scrubbed
from genoteca.actions.view import Trouble
from genoteca.engine.samples import all_samples
from genoteca.errors import GenotecaError
from genoteca.store.installed import installed_modules

__all__ = ["bug_report"]

LIBRARIES = ("dagster", "duckdb", "nicegui", "polars", "pyarrow")
NOTE = (
    f"Only words that Genoteca's own code is written in were copied; everything else is left out as {LEFT_OUT}: "
    "names, places on the disk, genotypes, positions, identifiers."
)


def bug_report(app: App, trouble: Trouble, *, asset: str = "") -> str:
    """Write an error down for others. `asset`: the key (joined with `/`) of what could not be made."""
    names = list(_names(app))
    told = {
        "What happened": f"{trouble.title}\n{trouble.message}",
        "What was advised": trouble.hint,
        "Details": trouble.detail,
    }
    parts = [f"### {heading}\n{scrubbed(text, names)}" for heading, text in told.items() if text.strip()]
    return "\n\n".join(["\n".join(_facts(app, asset)), *parts, NOTE]) + "\n"


def _facts(app: App, asset: str) -> Iterator[str]:
    yield f"Genoteca {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    yield ", ".join(f"{name} {version}" for name in LIBRARIES if (version := _version(name)))
    if asset:
        yield f"While making: {_step(app, asset)}"


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""


def _step(app: App, asset: str) -> str:
    """Name a step by its installed module and version; a module that is not installed is not named."""
    first, _, last = asset.partition("/")
    kind = last if last.isascii() and last.isalpha() and last.islower() else "a dataset"
    if first == "sample":
        return f"{kind} of a genome"
    installed = {module.id: module for module in installed_modules(app.layout)}
    if first not in installed:
        return f"{kind} of a module"
    return f"{kind} of the module {first} {installed[first].version}"


def _names(app: App) -> Iterator[str]:
    """Give every name that says something of a person: of genomes, files, this computer and who uses it."""
    with suppress(GenotecaError):
        for sample in all_samples(app.layout):
            yield from (sample.id.key, sample.user_name, sample.sample_name, sample.source.name)
    yield from (Path.home().name, platform.node())
    with suppress(OSError, KeyError, ImportError):  # a system that knows no users
        yield getpass.getuser()
