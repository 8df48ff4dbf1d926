"""A module in a zip: only the files that are read are unpacked, under names of ours, and never more than fits."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path, PurePosixPath

from genoteca.errors import InputError
from genoteca.store.just_dna.formats import MOST_BYTES, OTHER_TABLES, READ_FILES

__all__ = ["unpack"]

MOST_MEMBERS = 10_000
BLOCK = 1 << 20
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


def unpack(archive: Path, folder: Path) -> None:
    """Unpack the module in a zip into `folder`: its files lie at the top, or all in one folder.

    A member is written under the known name that its path ends with, so no path of the archive is ever used. Of
    tables of other kinds, which are not read, only the names are kept.

    Raises:
        InputError: it is no zip, damaged, locked or too large, holds no module, or more than one.

    """
    try:
        with zipfile.ZipFile(archive) as opened:
            for name, member in _members(opened, archive.name).items():
                if name in READ_FILES:
                    _write(opened, member, folder / name, archive.name)
                else:
                    (folder / name).touch()
    except _DAMAGE as error:
        raise InputError(
            f"{archive.name} cannot be unpacked: {error}.", hint="Get it again, or unpack it and give the folder."
        ) from error


def _members(opened: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    infos = [info for info in opened.infolist() if not info.is_dir()]
    if len(infos) > MOST_MEMBERS:
        raise InputError(f"{name} holds {len(infos):,} files; a module has a few.", hint="Give the module's own zip.")
    known = {*READ_FILES, *OTHER_TABLES}
    found: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for info in infos:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if ".." in path.parts or path.is_absolute():
            raise InputError(
                f"{name} holds {info.filename!r}, which leaves its folder.", hint="Do not use this file."
            )
        if path.name in known and len(path.parts) <= 2:
            members = found.setdefault(path.parent.as_posix(), {})
            if path.name in members:
                raise InputError(f"{name} holds {info.filename!r} twice.", hint="Which is meant cannot be told.")
            members[path.name] = info
    if len(found) != 1:
        places = ", ".join(sorted(found)) or "nowhere"
        raise InputError(
            f"{name} holds files of a just-dna module in {len(found)} folders ({places}); one was expected.",
            hint="Unpack it and give the folder of one module.",
        )
    return found.popitem()[1]


def _write(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, name: str) -> None:
    written = 0
    with opened.open(member) as source, target.open("wb") as file:
        while block := source.read(BLOCK):
            written += len(block)
            if written > MOST_BYTES:
                raise InputError(
                    f"{name}: {member.filename} unpacks to more than {MOST_BYTES:,} bytes.",
                    hint="No module is that large; the archive is damaged or hostile.",
                )
            file.write(block)
