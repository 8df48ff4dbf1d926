"""Making a wheel from a source folder, which is only ever read."""

from __future__ import annotations

import re
import shutil
import tempfile
import tomllib
from pathlib import Path

from genoteca.errors import InstallError
from genoteca.model.module import ModuleManifest, Tier, fold
from genoteca.store import tool
from genoteca.store.contents import MANIFEST, is_data_file, read_manifest, tier_of_folder
from genoteca.store.digest import source_files
from genoteca.store.stages import QUIET, Stages

__all__ = ["build_wheel", "wheel_of_data_folder"]

BACKEND = "uv_build"
PYPROJECT = "pyproject.toml"


def build_wheel(source: Path, out: Path, stages: Stages = QUIET) -> Path:
    """Build a wheel of a project folder, in a copy and without network; the same source gives the same bytes.

    Only the build backend inside uv is used: it reads files and runs none, so building is safe before anyone said
    that the module is trusted.

    Raises InstallError when the project is of another backend or does not build.
    """
    _check_backend(source)
    with tempfile.TemporaryDirectory(prefix="genoteca-build-") as folder:
        project = Path(folder, "project")
        _copy(source, project)
        _loosen_backend(project / PYPROJECT)
        return _moved(tool.build(project, Path(folder, "out"), stages), out)


def wheel_of_data_folder(source: Path, out: Path, stages: Stages = QUIET) -> Path:
    """Build a wheel of a plain folder of `module.toml` and tables, or of an isolated module's script.

    Raises ManifestError for the manifest, InstallError when the folder holds anything else.
    """
    manifest = read_manifest(source)
    others = [path for path in source_files(source) if not is_data_file(path.relative_to(source).as_posix())]
    if others and tier_of_folder(source) is not Tier.ISOLATED:
        names = ", ".join(path.relative_to(source).as_posix() for path in others[:5])
        raise InstallError(
            f"{source} is to be a data module, but it also holds {names}",
            hint=f"A data module holds {MANIFEST}, tables (csv, tsv, parquet), pictures (svg, png), README, LICENSE."
            " A module with code needs a pyproject.toml.",
        )
    with tempfile.TemporaryDirectory(prefix="genoteca-build-") as folder:
        project, package = Path(folder, "project"), package_name(manifest.id)
        _copy(source, project / "src" / package)
        (project / "src" / package / "__init__.py").write_bytes(b"")
        readme = project / "src" / package / "README.md"
        if readme.is_file():
            shutil.copyfile(readme, project / "README.md")
        (project / PYPROJECT).write_text(_pyproject(manifest, package, with_readme=readme.is_file()), "utf-8")
        return _moved(tool.build(project, Path(folder, "out"), stages), out)


def package_name(module_id: str) -> str:
    """Name the package of a data module that came as a folder."""
    return f"genoteca_data_{fold(module_id)}"


def _copy(source: Path, target: Path) -> None:
    for path in source_files(source):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        # Contents only: the modes of a read-only source would make the copy unremovable on some systems.
        shutil.copyfile(path, copy)


def _moved(wheel: Path, out: Path) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    return Path(shutil.move(wheel, out / wheel.name))


def _check_backend(source: Path) -> None:
    try:
        system = tomllib.loads((source / PYPROJECT).read_text("utf-8")).get("build-system", {})
    except (OSError, ValueError) as error:
        raise InstallError(f"{source / PYPROJECT} cannot be read: {error}") from error
    backend = system.get("build-backend", "setuptools")
    if backend != BACKEND or "backend-path" in system or len(system.get("requires", [])) != 1:
        raise InstallError(
            f"{source / PYPROJECT} is built by {backend!r}; from a folder, only {BACKEND!r} alone is built",
            hint="Other build tools run the module's code while building. Build the wheel yourself and install that.",
        )


def _loosen_backend(pyproject: Path) -> None:
    # uv builds with what it carries only where the bound allows its own version; authors pin the uv they had.
    text = pyproject.read_text("utf-8")
    pyproject.write_text(re.sub(r"([\"'])uv[_-]build\s*[<>=~!][^\"']*\1", f'"{BACKEND}"', text, count=1), "utf-8")


def _pyproject(manifest: ModuleManifest, package: str, *, with_readme: bool) -> str:
    lines = [
        "[build-system]",
        f'requires = ["{BACKEND}"]',
        f'build-backend = "{BACKEND}"',
        "[project]",
        f'name = "genoteca-data-{manifest.id}"',
        f'version = "{manifest.version}"',
        'readme = "README.md"' if with_readme else "",
        "[project.entry-points.genoteca]",
        f'{manifest.id} = "{package}"',
        "[tool.uv.build-backend]",
        f'module-name = "{package}"',
    ]
    return "\n".join(lines) + "\n"
