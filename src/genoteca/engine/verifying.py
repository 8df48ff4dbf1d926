"""Every file that has a hash, read and compared with it: a flipped bit is found, and the file is named.

A record holds the sha256 of its table, and carries its own (see `sealing`); so do `sample.json`,
`notes.json` and the record of answers that were left. The copy of a genome's file is compared with what it was when
it was read. Every other file is compared with its seal (see `at_rest`, which also lists what is not compared, and
why).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from genoteca.engine import records
from genoteca.engine.at_rest import files_at_rest, look_at
from genoteca.engine.files import sha256_of, size_of
from genoteca.engine.samples import read_sample
from genoteca.engine.sealing import is_sealed
from genoteca.errors import DatasetError, NotFoundError
from genoteca.model.record import Record
from genoteca.model.sample import SampleId
from genoteca.settings import Layout

__all__ = ["Damage", "NotCompared", "Progress", "Seen", "files_to_verify", "verify_files"]

Progress = Callable[[int], None]
"""Hears of the bytes that were read since it heard last; what it raises ends the work."""
SOURCE = ["sample", "source"]
RECORDED = {
    "sample.json": "*/*/sample.json",
    "notes.json": "*/*/notes.json",
    records.REFUSED: f"*/*/*/{records.REFUSED}",
}
"""Files of a genome that carry their own seal and speak of no table, and where they lie."""

Kind = Literal["record", "table", "source", "sample", "notes", "module", "database", "dagster", "kept"]


@dataclass(frozen=True, kw_only=True, slots=True)
class NotCompared:
    """One file that had no seal; as far as its kind can be looked at without one, nothing is wrong with it."""

    place: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Damage:
    """One file that is not what was written."""

    kind: Kind
    place: str
    """Path of the file, below the data folder where it lies in it."""
    message: str
    sample: str = ""
    """`user/sample` that it belongs to; empty: none."""
    asset: tuple[str, ...] = ()
    current: bool = True
    """Whether it is in force, and not an older one that is kept."""
    build: str = ""
    release: str = ""


@dataclass(kw_only=True, slots=True)
class Seen:
    """What was looked at."""

    files: int = 0
    bytes: int = 0
    damage: list[Damage] = field(default_factory=list)
    not_compared: list[NotCompared] = field(default_factory=list)


def files_to_verify(layout: Layout, sample: str = "") -> list[Path]:
    """Give every record and every other sealed file; of one sample where it is named."""
    found = [*records.record_files(layout, older=False), *records.record_files(layout, older=True)]
    found += [path for place in RECORDED.values() for path in sorted(layout.users.glob(place))]
    if not sample:
        return found
    meant = SampleId.parse(sample)
    folder = layout.sample(meant.user, meant.sample)
    return [path for path in found if path.is_relative_to(folder)]


def verify_files(layout: Layout, sample: str = "", *, progress: Progress = lambda _bytes: None) -> Seen:
    """Compare every file with its hash, each file once: a second per gigabyte, or so long as the disk takes.

    Raises:
        NotFoundError: there is no such sample.

    """
    if sample and not (files := files_to_verify(layout, sample)):
        raise NotFoundError(f"There is no sample {sample}.", hint="`genoteca samples list` shows them.")
    look = _Look(layout, progress)
    for path in files if sample else files_to_verify(layout):
        look.at(path)
    look.at_rest(sample)
    return look.seen


class _Look:
    def __init__(self, layout: Layout, progress: Progress) -> None:
        self._layout, self._progress = layout, progress
        self._hashes: dict[Path, str] = {}
        self._known = set[Path]()
        self.seen = Seen()

    def at(self, path: Path) -> None:
        """Look at a sealed file, and at what it speaks of."""
        data = path.read_bytes()
        self._known.add(path)
        self._count(len(data))
        sealed = is_sealed(data)
        if not sealed:
            told = "it has no seal" if sealed is None else "its seal says that it was written otherwise"
            self._note(path, f"{self._name(path)} is not what was written: {told}.")
            self._known.update(path.parent.glob(f"{path.stem}.*"))  # what it says of its table may be what is damaged
        if path.name in RECORDED or not sealed:
            return
        try:
            record = records.read_record(path)
        except DatasetError as error:
            self._note(path, error.message)
            return
        self.seen.damage += self._of(path, record)

    def at_rest(self, sample: str) -> None:
        """Look at every file that no record speaks of; of one sample where it is named."""
        root = self._layout.sample(*sample.split("/")) if sample else self._layout.home
        for path in list(files_at_rest(self._layout)):
            if path not in self._known and path.is_relative_to(root) and path.is_file() and (size := size_of(path)):
                self._count(size)
                self._judge(path)

    def _judge(self, path: Path) -> None:
        name, found = self._name(path), look_at(self._layout, path)
        if found.damaged:
            told = f"{name} is not what was written: {found.damaged}."
            parts = path.relative_to(self._layout.home).parts
            sample = "/".join(parts[1:3]) if parts[0] == "users" and len(parts) > 3 else ""
            self.seen.damage.append(
                Damage(kind=_kind_of(self._layout, path), place=name, message=told, sample=sample)
            )
        elif found.unsealed:
            self.seen.not_compared.append(NotCompared(place=name, why=found.unsealed))

    def _of(self, path: Path, record: Record) -> Iterator[Damage]:
        if record.file is not None:
            yield from self._compared(path.with_name(record.file), record, path, "table")
        elif record.asset == SOURCE and (source := self._source(record)):
            yield from self._compared(source, record, path, "source")

    def _source(self, record: Record) -> Path | None:
        """Give the copy of a genome's file; a file that lies elsewhere is its owner's, who may change it."""
        try:
            sample = read_sample(self._layout, SampleId.parse(record.partition or ""))
        except (DatasetError, NotFoundError):  # that file is looked at by itself
            return None
        return Path(sample.source.path) if sample.source.kept == "copy" else None

    def _compared(self, file: Path, record: Record, path: Path, kind: Literal["table", "source"]) -> Iterator[Damage]:
        name = self._name(file)
        self._known.add(file)
        if not file.is_file():
            yield self._damage(path, kind, name, f"{name} is gone.", record)
            return
        if file not in self._hashes:
            self._hashes[file] = sha256_of(file)
            self._count(file.stat().st_size)
        found = self._hashes[file]
        if found != record.sha256 and name not in {one.place for one in self.seen.damage}:
            told = f"{name} is not what was written: its sha256 is {found}, its record says {record.sha256}."
            yield self._damage(path, kind, name, told, record)

    def _count(self, size: int) -> None:
        self.seen.files += 1
        self.seen.bytes += size
        self._progress(size)

    def _note(self, path: Path, message: str) -> None:
        kinds: dict[str, Literal["sample", "notes"]] = {"sample.json": "sample", "notes.json": "notes"}
        kind: Literal["record", "sample", "notes"] = kinds.get(path.name, "record")
        self.seen.damage.append(self._damage(path, kind, self._name(path), message, None))

    def _damage(
        self,
        path: Path,
        kind: Literal["record", "table", "source", "sample", "notes"],
        place: str,
        message: str,
        record: Record | None,
    ) -> Damage:
        """Say what is damaged; whose it is says the path of its record, which a flipped bit does not change."""
        parts = path.relative_to(self._layout.home).parts
        sample = "/".join(parts[1:3]) if parts[0] == "users" else ""
        older = records.OLDER.fullmatch(path.stem)
        stem = older["asset"] if older else path.stem
        inside = parts[3:-1] if sample else parts[1:2]
        return Damage(
            kind=kind,
            place=place,
            message=message,
            sample=sample,
            asset=() if kind in ("sample", "notes") else (*inside, stem),
            current=older is None and path.name != records.REFUSED,
            build=parts[3] if not sample and len(parts) > 4 else "",
            release=record.release if record else "",
        )

    def _name(self, path: Path) -> str:
        inside = path.is_relative_to(self._layout.home)
        return path.relative_to(self._layout.home).as_posix() if inside else str(path)


def _kind_of(layout: Layout, path: Path) -> Kind:
    if path.is_relative_to(layout.dagster):
        return "dagster"
    if path.is_relative_to(layout.modules):
        return "module"
    return "database" if path == layout.database else "kept"
