"""Files that lie in a folder that a setting names: a new one is noticed, and none is named to anybody."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from pydantic import JsonValue

__all__ = ["BESIDE", "has_a_new_one", "names_beside", "noted_beside"]

BESIDE = "beside"
"""In the record: by setting, the first digits of the sha256 of every name that was there. A neighbour's name may be a
person's; it is nobody's business."""

PACKED = (".gz", ".bgz", ".zip", ".bz2", ".zst")


def names_beside(settings: Mapping[str, JsonValue]) -> dict[str, frozenset[str]]:
    """Give the names of the files in every folder that a setting names, and in the folders right below it.

    A path with `{chrom}` or `{build}` in its last part names the folder above.
    """
    folders = {name: _folder(value) for name, value in settings.items() if isinstance(value, str) and value}
    return {name: frozenset(_names(folder)) for name, folder in folders.items() if folder is not None}


def noted_beside(names: Mapping[str, Collection[str]], used: Collection[str]) -> dict[str, JsonValue]:
    """Give what a record keeps: those names that end as one of the files does that were used."""
    kinds = {_kind(name) for name in used}
    told = {
        setting: sorted(_digest(name) for name in all_ if _kind(name) in kinds) for setting, all_ in names.items()
    }
    return (
        {BESIDE: {setting: [*digests] for setting, digests in told.items() if digests}} if any(told.values()) else {}
    )


def has_a_new_one(noted: JsonValue, settings: Mapping[str, JsonValue], used: Collection[str]) -> bool:
    """Tell whether a file of the kind that was used lies there now, and did not when it was noted."""
    if not isinstance(noted, dict):
        return False
    now = noted_beside(names_beside(settings), used).get(BESIDE)
    found = now if isinstance(now, dict) else {}
    return any(set(_digests(found.get(setting))) - set(_digests(known)) for setting, known in noted.items())


def _digests(told: JsonValue) -> list[str]:
    return [str(one) for one in told] if isinstance(told, list) else []


def _folder(value: str) -> Path | None:
    path = Path(value).expanduser()
    folder = path.parent if "{" in path.name else path
    return folder if folder.is_absolute() and folder.is_dir() else None


def _names(folder: Path) -> Iterator[str]:
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        inside = path.iterdir() if path.is_dir() else (path,)
        yield from (one.relative_to(folder).as_posix() for one in inside if one.is_file())


def _kind(name: str) -> str:
    """Give what a name ends with: `.vcf.bgz`, `.parquet`."""
    path = Path(name.casefold())
    return Path(path.stem).suffix + path.suffix if path.suffix in PACKED else path.suffix


def _digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:16]
