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
from collections.abc import Callable, Iterator
from pathlib import Path

from genoteca.store.digest import file_digest
from genoteca.store.record import Kept, complete, kept_wheel, site_of

__all__ = ["damaged_modules"]

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
        progress(path.stat().st_size)
        with path.open("rb") as file:
            found = base64.urlsafe_b64encode(hashlib.file_digest(file, "sha256").digest()).rstrip(b"=").decode()
        if found != digest:
            yield path, kept.distribution, "it is not what its wheel holds"


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
    for row in csv.reader(io.StringIO(text)):
        if len(row) >= 2 and row[1].startswith("sha256="):
            yield row[0], row[1].removeprefix("sha256=")
