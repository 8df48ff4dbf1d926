"""Installed modules compared with what was installed: kept wheels by sha256, unpacked files by their wheel's list.

The list is `RECORD` of the distribution: path, sha256 in URL-safe base64 without padding, size. It is read from the
kept wheel, whose own sha256 the generation names; what Python compiled, and what the installer adds of its own,
stands on no such list. https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from genoteca.store.digest import file_digest
from genoteca.store.record import Kept, complete, kept_wheel, site_of

__all__ = ["damaged_modules", "in_wheel"]

Progress = Callable[[int], None]


def damaged_modules(modules: Path, progress: Progress = lambda _bytes: None) -> Iterator[tuple[Path, str, str]]:
    """Give every damaged file of every generation that is kept: its path, its distribution, and what is wrong."""
    looked = set[Path]()
    for generation in complete(modules):
        for kept in generation.kept():
            wheel = kept_wheel(modules, kept.sha256, kept.wheel)
            if wheel not in looked and (told := _wheel_wrong(wheel, kept, progress)):
                yield wheel, kept.distribution, told
            elif wheel.is_file():
                yield from _unpacked_wrong(site_of(modules, generation.number), wheel, kept, progress)
            looked.add(wheel)
    yield from _environments_wrong(modules, progress)


def in_wheel(modules: Path, path: Path) -> bytes | None:
    """Give what a file of an installed module held, from the wheel that it was unpacked from; None: none is whole."""
    for generation in complete(modules):
        site = site_of(modules, generation.number)
        for kept in generation.kept() if path.is_relative_to(site) else ():
            wheel, name = kept_wheel(modules, kept.sha256, kept.wheel), path.relative_to(site).as_posix()
            if wheel.is_file() and any(name == listed for listed, _ in _listed(wheel)):
                with zipfile.ZipFile(wheel) as archive:
                    return archive.read(name) if file_digest(wheel) == kept.sha256 else None
    return None


def _environments_wrong(modules: Path, progress: Progress) -> Iterator[tuple[Path, str, str]]:
    """Compare what isolated modules need with the list that each installed package carries."""
    for listed in sorted(modules.glob("environments/*/**/*.dist-info/RECORD")):
        site, package = listed.parent.parent, listed.parent.name.removesuffix(".dist-info")
        rows = csv.reader(io.StringIO(listed.read_text("utf-8", "replace")))
        for name, digest in _digests(rows):
            path = site / name
            told = "it is not what was installed" if path.is_file() else "it is gone"
            if not path.is_file() or _digest_of(path, progress) != digest:
                yield path, package, told


def _wheel_wrong(wheel: Path, kept: Kept, progress: Progress) -> str:
    if not wheel.is_file():
        return ""  # older generations may have been made before wheels were kept; nothing runs from a wheel
    progress(wheel.stat().st_size)
    found = file_digest(wheel)
    return "" if found == kept.sha256 else f"its sha256 is {found}, {kept.sha256} was installed"


def _unpacked_wrong(site: Path, wheel: Path, kept: Kept, progress: Progress) -> Iterator[tuple[Path, str, str]]:
    for name, digest in _listed(wheel):
        path = site / name
        if not path.is_file():
            if _is_ours(site, name):
                yield path, kept.distribution, "it is gone"
            continue
        if _digest_of(path, progress) != digest:
            yield path, kept.distribution, "it is not what its wheel holds"


def _digest_of(path: Path, progress: Progress) -> str:
    progress(path.stat().st_size)
    with path.open("rb") as file:
        return base64.urlsafe_b64encode(hashlib.file_digest(file, "sha256").digest()).rstrip(b"=").decode()


def _is_ours(site: Path, name: str) -> bool:
    """Whether a file of a wheel belongs below `site`: isolated modules and data folders of wheels lie elsewhere."""
    return (site / name.split("/")[0]).exists() and ".data/" not in name


def _listed(wheel: Path) -> Iterator[tuple[str, str]]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            name = next((one for one in archive.namelist() if one.endswith(".dist-info/RECORD")), None)
            text = archive.read(name).decode("utf-8") if name else ""
    except (OSError, zipfile.BadZipFile):
        return
    yield from _digests(csv.reader(io.StringIO(text)))


def _digests(rows: Iterable[list[str]]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if len(row) >= 2 and row[1].startswith("sha256="):
            yield row[0], row[1].removeprefix("sha256=")
