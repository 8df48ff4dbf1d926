"""Writing a module: a working start, the checks the store makes, and the file that is handed on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from genoteca.actions.app import App
from genoteca.engine.examine import examine
from genoteca.engine.modules import ModuleRef
from genoteca.errors import CheckError, GenotecaError, InputError
from genoteca.model.module import MODULE_ID
from genoteca.sdk.finding import Finding
from genoteca.sdk.manifest import KEYS_HINT, MANIFEST_FILE, faults, load_manifest
from genoteca.store.digest import file_digest
from genoteca.store.environment import app_versions, taken_names
from genoteca.store.sources import InstallSource, SourceKind, install_source
from genoteca.store.tool import install_into
from genoteca.store.wheels import Wheel, inspect_wheel

__all__ = ["PackedModule", "check_module_folder", "new_module", "pack_module"]


class PackedModule(BaseModel):
    """The file that a module is handed on as."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    id: str
    version: str
    tier: str
    bytes: int
    sha256: str


def new_module(folder: Path, template: str = "data") -> list[Path]:
    """Write a working module into a new folder; gives the files. The folder's name becomes its id.

    Raises:
        InputError: the folder is not empty, its name cannot be an id, or there is no such template.

    """
    from genoteca.sdk.template import write_template

    module_id = folder.name.lower().replace("_", "-")
    if not MODULE_ID.fullmatch(module_id):
        raise InputError(
            f"{folder.name!r} cannot be a module's id: expected a letter, then up to 39 of a-z, 0-9 and dash.",
            hint="Choose another folder name, for example my-panel.",
        )
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty.", hint="Choose a new folder.")
    return write_template(folder, module_id, template)


def check_module_folder(app: App, path: Path) -> list[Finding]:
    """Look at a module's folder or wheel rule by rule, in a child process; nothing is installed.

    What cannot be read or built is a finding like any other. Files are named from `path`.

    Raises:
        NotFoundError: there is no such folder or file.
        InputError: it is no module.

    """
    source = install_source(str(path))
    with _work(app) as work:
        try:
            wheel = _wheel(app, source, work)
        except GenotecaError as error:
            return _unbuilt(error, source)
        site = work / "site"
        install_into(site, {wheel.path: wheel.sha256}, work)
        written = _package(source, wheel.package)
        ref = ModuleRef(
            id=wheel.id,
            tier=wheel.tier,
            site=site,
            entry=wheel.entry,
            folder=written if written is not None else site / wheel.package,
        )
        findings = examine(app.settings, ref)
    inside = written.relative_to(source.path).as_posix() if written not in (None, source.path) else ""
    return [replace(one, file=f"{inside}/{one.file}" if one.file and inside else one.file) for one in findings]


def pack_module(app: App, path: Path, out: Path | None = None) -> PackedModule:
    """Check a module, and make the file it is installed from: a wheel, of the same bytes for the same folder.

    `out`: the folder to write it into; None: `dist` in the module's own.

    Raises:
        NotFoundError: there is no such folder.
        CheckError: it breaks a rule.
        InstallError: it cannot be built.

    """
    broken = [one for one in check_module_folder(app, path) if not one.ok]
    if broken:
        raise CheckError(
            "\n".join(": ".join(filter(None, (one.place, one.message))) for one in broken),
            hint=f"{broken[0].hint} All findings: genoteca module check {path}",
        )
    source = install_source(str(path))
    with _work(app) as work:
        wheel = _wheel(app, source, work)
        target = (out or path / "dist") / wheel.path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(wheel.path.read_bytes())
    return PackedModule(
        path=str(target),
        id=wheel.id,
        version=wheel.version,
        tier=str(wheel.tier),
        bytes=wheel.bytes,
        sha256=file_digest(target),
    )


@contextmanager
def _work(app: App) -> Iterator[Path]:
    app.layout.temporary.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=app.layout.temporary, prefix="check-") as folder:
        yield Path(folder)


def _wheel(app: App, source: InstallSource, work: Path) -> Wheel:
    """Build the wheel and look into it, as an install does; raises what an install would."""
    if source.kind is not SourceKind.WHEEL:
        for folder in filter(None, [_package(source, "*")]):
            load_manifest(folder)  # before it is built: the file that is named is then the author's own
    made = source.wheel(work / "out")
    return inspect_wheel(made, taken=taken_names(), distributions=app_versions(app.layout.modules))


def _package(source: InstallSource, package: str) -> Path | None:
    """Give the folder that holds `module.toml` as it was written; None: a wheel, or there is none."""
    if source.kind is SourceKind.WHEEL:
        return None
    if source.kind is SourceKind.DATA:
        return source.path
    found = sorted(source.path.glob(f"src/{package}/{MANIFEST_FILE}"))
    return found[0].parent if found else None


def _unbuilt(error: GenotecaError, source: InstallSource) -> list[Finding]:
    file, line = error.at or ("", 0)
    package = _package(source, "*")
    if package is not None and file == MANIFEST_FILE:
        file = (package.relative_to(source.path) / file).as_posix()
        if isinstance(error.__cause__, ValidationError):
            return [
                Finding(rule="its manifest is valid", ok=False, message=words, hint=KEYS_HINT, file=file, line=at)
                for at, words in faults(error.__cause__, package / MANIFEST_FILE)
            ]
    return [Finding(rule="it can be built", ok=False, message=error.message, hint=error.hint, file=file, line=line)]
