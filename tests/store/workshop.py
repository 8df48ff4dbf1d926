"""Modules made on the fly, and what a test does with them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from zipfile import ZipFile

from genoteca.model.outside import Asked
from genoteca.settings import Layout, Settings
from genoteca.store.catalogue import CatalogueEntry
from genoteca.store.generations import Generations, Prepared
from genoteca.store.installed import InstalledModule
from genoteca.store.sources import InstallSource, install_source
from genoteca.store.trust import Trust

MANIFEST = """\
schema = 1
id = "{id}"
title = "{title}"
summary = "A module that a test made, with nothing in it."
version = "{version}"
data_version = "2026-11-01"
requires_app = "{requires_app}"
category = "Traits"
tags = ["milk"]
icon = "icon.svg"
builds = ["GRCh38"]
requires = {requires}
licence = {{ code = "Apache-2.0", data = "CC0-1.0" }}
authors = [{{ name = "A Tester" }}]
sources = [{{ name = "A paper", url = "https://example.org/paper" }}]
"""
TABLE = """
[table]
kind = "alleles"
alleles = "alleles.csv"

[[columns]]
name = "gene"
label = "Gene"
description = "The gene's symbol."
"""
ALLELES = "chrom,pos,ref,alt,gene\n2,135851076,G,A,LCT\n"
ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>\n'
PROJECT = """\
[build-system]
requires = ["uv_build>=0.1,<0.2"]
build-backend = "uv_build"

[project]
name = "{distribution}"
version = "{version}"
readme = "README.md"
requires-python = ">=3.11"
dependencies = {dependencies}

[project.entry-points.genoteca]
{id} = "{entry}"

[tool.uv.build-backend]
module-name = "{package}"
"""


def manifest_text(
    module_id: str, version: str = "1.0.0", *, requires: Sequence[str] = (), requires_app: str = ">=0.1,<1"
) -> str:
    """The text of a small valid manifest."""
    title = module_id.replace("-", " ").capitalize()
    return MANIFEST.format(
        id=module_id, version=version, requires=list(requires), requires_app=requires_app, title=title
    )


def data_folder(folder: Path, module_id: str = "milk-traits", version: str = "1.0.0", **more: str) -> Path:
    """A plain data module: `module.toml`, a table, an icon, a README."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "module.toml").write_text(manifest_text(module_id, version) + TABLE)
    (folder / "alleles.csv").write_text(ALLELES)
    (folder / "icon.svg").write_text(ICON)
    (folder / "README.md").write_text(f"# {module_id}\n\nAbout milk.\n")
    for name, text in more.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


def project(
    folder: Path,
    module_id: str = "tiny-code",
    version: str = "1.0.0",
    *,
    code: str = "plugin = object()\n",
    dependencies: Sequence[str] = ("genoteca",),
    requires: Sequence[str] = (),
    requires_app: str = ">=0.1,<1",
    package: str = "",
    distribution: str = "",
) -> Path:
    """A project folder of a module; with an empty `code` it is of the data tier."""
    package = package or module_id.replace("-", "_") + "_module"
    inside = data_folder(folder / "src" / package, module_id, version)
    (inside / "README.md").rename(folder / "README.md")
    (inside / "module.toml").write_text(
        manifest_text(module_id, version, requires=requires, requires_app=requires_app) + (TABLE if not code else "")
    )
    (inside / "__init__.py").write_text(code)
    (folder / "pyproject.toml").write_text(
        PROJECT.format(
            id=module_id,
            version=version,
            dependencies=list(dependencies),
            package=package,
            entry=f"{package}:plugin" if code else package,
            distribution=distribution or f"{module_id}-dist",
        )
    )
    return folder


def forge(
    folder: Path,
    files: Mapping[str, str] | None = None,
    *,
    module_id: str = "forged",
    name: str = "forged",
    package: str = "forged",
    version: str = "1.0.0",
    entry_points: str | None = None,
    manifest_version: str | None = None,
    requires: Sequence[str] = (),
    tag: str = "py3-none-any",
) -> Path:
    """A wheel written by hand, with further files a build tool would never put into one."""
    info = f"{name}-{version}.dist-info"
    lines = [f"Requires-Dist: {line}" for line in requires]
    inside = {
        f"{package}/__init__.py": "",
        f"{package}/module.toml": manifest_text(module_id, manifest_version or version),
        f"{info}/METADATA": "\n".join(
            ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *lines, "", ""]
        ),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
        f"{info}/entry_points.txt": f"[genoteca]\n{module_id} = {package}\n"
        if entry_points is None
        else entry_points,
        **(files or {}),
    }
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-{version}-{tag}.whl"
    with ZipFile(wheel, "w") as archive:
        for path, text in inside.items():
            archive.writestr(path, text)
        archive.writestr(f"{info}/RECORD", _record(inside, info))
    return wheel


def _record(inside: Mapping[str, str], info: str) -> str:
    rows = []
    for path, text in inside.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(text.encode())}")
    return "\n".join([*rows, f"{info}/RECORD,,", ""])


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file of a folder and when it was last written; byte code is another test's doing."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


class Shop:
    """What a test does with the store of one data folder."""

    def __init__(self, settings: Settings) -> None:
        self.layout: Layout = settings.layout
        self.outside: list[Asked] = []
        self.generations = Generations(self.layout, wait_seconds=0.2, developer=True, asked=self.outside.append)
        self.stages: list[str] = []
        self.checked: list[tuple[str, list[str]]] = []

    def check(self, module: InstalledModule, others: list[InstalledModule]) -> None:
        self.checked.append((module.id, [other.id for other in others]))

    def progress(self, _fraction: float, stage: str) -> None:
        self.stages.append(stage)

    def prepare(self, path: Path) -> Prepared:
        return self.generations.prepare(install_source(str(path), []), progress=self.progress)

    def bundled(self, entry: CatalogueEntry) -> InstallSource:
        return install_source(entry.id, [entry])

    def trust(self, prepared: Prepared) -> None:
        Trust(self.layout.database).confirm(prepared.wheel, typed=prepared.wheel.id)

    def install(
        self, path: Path, check: Callable[[InstalledModule, list[InstalledModule]], None] | None = None
    ) -> InstalledModule:
        """Trust it and install it."""
        prepared = self.prepare(path)
        self.trust(prepared)
        return self.generations.install(prepared, check=check or self.check, progress=self.progress)
