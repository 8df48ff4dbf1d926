"""A VCF of the sample's own records with the answers of modules in INFO; flat memory, whatever the file's size."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
from isal import igzip

from genoteca.engine.results.bgzip import BgzipWriter
from genoteca.engine.results.vcf.answers import Feed, ModuleAnswers
from genoteca.engine.results.vcf.fields import info_texts
from genoteca.engine.results.vcf.heading import Declared, heading, info_ids
from genoteca.engine.results.vcf.info import ModuleKeys, keys_of
from genoteca.engine.results.vcf.records import Block, Seen
from genoteca.errors import DatasetError
from genoteca.genome.header import parse_header
from genoteca.genome.stream import GenomeText
from genoteca.model.build import Build
from genoteca.model.export import ModuleExport

__all__ = ["SourceText", "Written", "write_vcf"]

BLOCK = 8 << 20
"""Bytes of records edited at once."""
PIECE = 4 << 20
TABIX_REACH = 1 << 29
"""Bases of the longest contig that a .tbi can index: https://samtools.github.io/hts-specs/tabix.pdf."""

Progress = Callable[[float, str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceText:
    """The file that a sample was read from."""

    path: Path
    member: str | None
    pick: str | None
    build: Build
    records: int
    """Lines that reading it counted."""
    lines: npt.NDArray[np.uint32] | None = None
    """Records that are kept, by number, ascending; None: all."""


@dataclass(kw_only=True, slots=True)
class Written:
    """What was written."""

    records: int = 0
    """Records in the file."""
    left_out: dict[str, int] = field(default_factory=dict)
    """Lines of the source that are no records or are not wanted, by reason."""
    modules: dict[str, ModuleExport] = field(default_factory=dict)
    index: str = ""
    """Ending of the index: `.tbi`, `.csi`; empty: none."""
    notes: list[str] = field(default_factory=list)
    counted: int = 0
    """Records found when the finished file was read again."""


def write_vcf(
    source: SourceText,
    modules: Sequence[ModuleAnswers],
    target: Path,
    *,
    scratch: Path,
    packed: bool,
    progress: Progress,
    notes: Sequence[str] = (),
) -> Written:
    """Write the records of `source`, in their order and unchanged, with the answers of `modules` in INFO.

    `packed`: bgzip, with an index beside it (`target` and `.tbi`, or `.csi`); else plain text. `scratch`: an empty
    folder of ours on the same disk.

    Raises:
        DatasetError: the file has not the records that the answers were made of.
        GenomeFileError: it is damaged.

    """
    with ExitStack() as stack:
        feeds = [stack.enter_context(_opened(one, scratch)) for one in modules]
        export = _Export(source=source, feeds=feeds, progress=progress, notes=list(notes))
        body = scratch / "body"
        with body.open("wb") as file:
            export.write_body(file, packed=packed)
        header = export.header()
        _put_together(header, body, target, packed=packed)
    written = export.written
    progress(0.9, "Counting the records of the finished file")
    written.counted = _lines_in(target, packed=packed) - header.count(b"\n")
    if packed:
        progress(0.95, "Writing the index")
        written.index = _indexed(target, export.seen, written.notes)
    else:
        written.notes.append("Plain text has no index; a name that ends in .vcf.gz gives a packed file with one.")
    return written


@dataclass(kw_only=True, slots=True)
class _Export:
    """One pass over the source file."""

    source: SourceText
    feeds: Sequence[Feed]
    progress: Progress
    notes: Sequence[str]
    written: Written = field(default_factory=Written)
    seen: Seen = field(default_factory=Seen)
    lines: list[bytes] = field(default_factory=list)
    sample: int = 0
    keys: list[ModuleKeys] = field(default_factory=list)

    def write_body(self, file: IO[bytes], *, packed: bool) -> None:
        """Write the records; what they name is known only afterwards, so the header is put before them later."""
        out = BgzipWriter(file) if packed else file
        with GenomeText(self.source.path, self.source.member) as text:
            self.lines = text.header()
            self._look_at_header()
            read = 0
            for block in self._blocks(text):
                out.write(b"".join(block.edited(self._texts(block))))
                read += block.lines
                self.written.records += block.records
                for reason, rows in block.left_out.items():
                    self.written.left_out[reason] = self.written.left_out.get(reason, 0) + len(rows)
                self.progress(0.9 * text.fraction, f"{read:,} records written")
        if isinstance(out, BgzipWriter):
            out.finish()
        for feed in self.feeds:
            feed.require_empty()
            self.written.modules[feed.source.module] = feed.counts
        if read != self.source.records:
            raise DatasetError(
                f"{self.source.path.name} has {read:,} records; {self.source.records:,} were read of it before.",
                hint="Read the genome again, and look it up again.",
            )

    def header(self) -> bytes:
        """Give the header of the finished file."""
        declared = [
            Declared(one.source.module, one.source.title, one.source.release, keys, one.counts)
            for one, keys in zip(self.feeds, self.keys, strict=True)
        ]
        return heading(
            self.lines, declared, self.seen, build=self.source.build, sample=self.sample, notes=self._told()
        )

    def _look_at_header(self) -> None:
        samples = parse_header(self.lines, self.source.path.name).samples
        self.sample = samples.index(self.source.pick) if self.source.pick in samples else 0
        if len(samples) > 1:
            self.written.notes.append(
                f"The source file holds {len(samples):,} people; this one's column is kept. What INFO says of all of "
                "them (AC, AN, AF) is unchanged."
            )
        taken = info_ids(self.lines)
        for feed in self.feeds:
            keys = keys_of(feed.source.module, feed.source.own, taken=taken, large=feed.large)
            taken |= keys.names()
            self.keys.append(keys)

    def _blocks(self, text: GenomeText) -> Iterator[Block]:
        columns, first = self.lines[-1].count(b"\t") + 1, 1
        for piece in text.blocks(BLOCK):
            block = Block(piece, first, columns=columns, sample=self.sample, kept=self.source.lines)
            block.see(self.seen)
            yield block
            first = block.last + 1

    def _texts(self, block: Block) -> dict[int, bytes]:
        """Give the text that each line's INFO gains."""
        texts: dict[int, bytes] = {}
        for feed, keys in zip(self.feeds, self.keys, strict=True):
            answers = feed.up_to(block.last)
            if answers.is_empty():
                continue
            told = info_texts(answers, keys, block.alternates(answers["line"]))
            for line, text in zip(told["line"].to_list(), told["info"].to_list(), strict=True):
                mine = text.encode()
                texts[line] = texts[line] + b";" + mine if line in texts else mine
        block.require_records(texts)
        return texts

    def _told(self) -> list[str]:
        gone = [f"{count:,} lines of the source left out: {why}." for why, count in self.written.left_out.items()]
        return [*self.notes, *self.written.notes, *gone]


def _opened(source: ModuleAnswers, scratch: Path) -> closing[Feed]:
    return closing(Feed(source, scratch))


def _put_together(header: bytes, body: Path, target: Path, *, packed: bool) -> None:
    """Write the header and the body after it: blocks of bgzip may follow each other in one file."""
    with target.open("wb") as file:
        if packed:
            out = BgzipWriter(file)
            out.write(header)
            out.flush()
        else:
            file.write(header)
        with body.open("rb") as rest:
            shutil.copyfileobj(rest, file, PIECE)
    body.unlink()


def _lines_in(path: Path, *, packed: bool) -> int:
    lines = 0
    opened = igzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[no-untyped-call]
    with opened as file:
        while piece := file.read(PIECE):
            lines += piece.count(b"\n")
    return lines


def _indexed(path: Path, seen: Seen, notes: list[str]) -> str:
    """Write the index; gives its ending, or says why there is none."""
    if not seen.in_order:
        notes.append(
            "There is no index: the records are not in order, and their order was kept. `bcftools sort` sorts."
        )
        return ""
    if importlib.util.find_spec("pysam") is None:
        notes.append("There is no index: the library that makes it does not exist for this system.")
        return ""
    import pysam

    ending = ".csi" if seen.highest >= TABIX_REACH else ".tbi"
    pysam.tabix_index(str(path), preset="vcf", force=True, keep_original=True, csi=ending == ".csi")
    return ending
