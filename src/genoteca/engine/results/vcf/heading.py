"""The header of an exported VCF: the source file's lines, what they leave out, and what the answers are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from genoteca import __version__
from genoteca.engine.results.vcf.info import ModuleKeys, header_text
from genoteca.engine.results.vcf.records import Seen
from genoteca.genome.contigs import place_of
from genoteca.model.build import Build
from genoteca.model.export import ModuleExport

__all__ = ["Declared", "heading", "info_ids"]

FIRST = b"##fileformat="
DEFAULT_FORMAT = b"##fileformat=VCFv4.2"
NOT_ADVICE = "For information and research: not medical advice, and no diagnosis."
_ID = re.compile(rb'##(INFO|FORMAT|FILTER|contig)=<(?:.*?,)?ID="?([^",>]+)')


class Declared(NamedTuple):
    """A module whose answers are in the file."""

    module: str
    title: str
    release: str
    keys: ModuleKeys
    counts: ModuleExport


def info_ids(lines: Sequence[bytes]) -> set[str]:
    """Give the keys that a header declares for INFO."""
    return _ids(lines).get("INFO", set())


def heading(
    lines: Sequence[bytes],
    modules: Sequence[Declared],
    seen: Seen,
    *,
    build: Build,
    sample: int,
    notes: Sequence[str],
) -> bytes:
    """Give the header; the source file's lines come first and are unchanged, but for the columns of other samples."""
    first = [] if lines[0].startswith(FIRST) else [DEFAULT_FORMAT]
    columns = lines[-1].split(b"\t")
    kept = columns[:9] + columns[9 + sample : 10 + sample]
    added = [*_undeclared(_ids(lines), seen, build), *_about(notes), *_of_modules(modules)]
    return b"\n".join([*first, *lines[:-1], *(line.encode() for line in added), b"\t".join(kept), b""])


def _ids(lines: Sequence[bytes]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in lines:
        if told := _ID.match(line):
            found.setdefault(told[1].decode(), set()).add(told[2].decode("utf-8", "replace"))
    return found


def _undeclared(declared: dict[str, set[str]], seen: Seen, build: Build) -> Iterator[str]:
    """Declare what the records name and the header does not; readers complain of it otherwise."""
    told = "Not declared by the source file."
    for name in seen.contigs:
        if name not in declared.get("contig", ()):
            place = place_of(name, None, build)
            yield f"##contig=<ID={name}" + (f",length={place.length}" if place.chrom else "") + ">"
    for name in seen.filters:
        if name != "PASS" and name not in declared.get("FILTER", ()):
            yield f'##FILTER=<ID={name},Description="{told}">'
    for kind, names in (("INFO", seen.info), ("FORMAT", seen.formats)):
        for name in names:
            if name not in declared.get(kind, ()):
                number = "Number=1" if kind == "FORMAT" and name == "GT" else "Number=."
                yield f'##{kind}=<ID={name},{number},Type=String,Description="{told}">'


def _about(notes: Sequence[str]) -> Iterator[str]:
    made = datetime.now(UTC).date().isoformat()
    yield f"##genotecaVersion={__version__}"
    yield f"##genotecaDate={made}"
    yield f"##genotecaNote={NOT_ADVICE}"
    for note in notes:
        yield f"##genotecaNote={' '.join(note.split())}"


def _of_modules(modules: Sequence[Declared]) -> Iterator[str]:
    for one in modules:
        yield from one.keys.lines(one.title, one.release)
        yield _counted(one)


def _counted(one: Declared) -> str:
    counts = one.counts
    elsewhere = " ".join(f"{name}:{count}" for name, count in counts.elsewhere.items()) or "none"
    return (
        f'##genotecaModule=<ID={one.module},Title="{header_text(one.title)}",Release="{header_text(one.release)}",'
        f"Answers={counts.rows},OnAlternates={counts.on_variants + counts.further},OnRecords={counts.on_records},"
        f'Hidden={counts.hidden},NotInThisFile="{elsewhere}",Description="Answers about sites without a record '
        'cannot stand in a file that keeps the records of another; they are counted here by evidence.">'
    )
