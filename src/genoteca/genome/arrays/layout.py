"""How an array file is written: told from its first lines, never from its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from genoteca.errors import GenomeFileError
from genoteca.genome.arrays.vendors import declares_plus_strand, vendor_of, words_of

__all__ = ["START", "ArrayLayout", "layout_of"]

START = 1 << 16
"""Bytes of text that are looked at; the longest known comments have 2 KB."""
LOOKED_AT = 200
"""Rows by which a file without column names is told."""

_NAMES = {
    "id": ("rsid", "snpname", "markername", "name"),
    "chrom": ("chromosome", "chrom", "chr"),
    "pos": ("position", "pos"),
    "genotype": ("genotype", "genotypeother", "result", "gt", "yourcode"),
    "strand": ("strand",),
}
_PAIRS = (
    ("allele1plus", "allele2plus"),
    ("allele1", "allele2"),
    ("allele1forward", "allele2forward"),
    ("allele1top", "allele2top"),
)
"""Pairs of allele columns, the one to prefer first: a table may give its alleles in several orientations."""

_CHROM = r"(?:chr)?(?:[1-9]|1\d|2[0-6]|X|Y|XY|MT?|PAR|--|0)"
_CALL = r"(?:[ACGTDI0-]{1,2}|[ACGT-]/[ACGT-])"
_SHAPES = {
    ("id", "chrom", "pos", "genotype"): re.compile(rf"\S+ {_CHROM} (?:\d+|--) {_CALL}", re.IGNORECASE),
    ("id", "chrom", "pos", "allele1", "allele2"): re.compile(
        rf"\S+ {_CHROM} (?:\d+|--) [ACGTDI0-] [ACGTDI0-]", re.IGNORECASE
    ),
}
_WITHOUT_PLACE = re.compile(rf"(?:rs\d+|MT-\S+) {_CALL}", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class ArrayLayout:
    """Where everything stands in the rows of one array file."""

    vendor: str
    """Empty: nothing in the file tells."""
    separator: str
    """Tab, comma, semicolon, or a space for any run of blanks."""
    columns: dict[str, int]
    """Index of `id`, `chrom`, `pos`, `genotype` or `allele1` and `allele2`, `strand`; without `chrom` and `pos` the
    identifier holds the place, as `1:101`."""
    width: int
    """Columns of a row."""
    header_lines: int
    """Lines before the first row."""
    words: str
    """The comments as one text."""
    plus_strand: bool
    """The file declares its alleles to be those of the plus strand, or says it row by row."""

    @property
    def format(self) -> str:
        """Name the format as a screen shows it."""
        return f"{self.vendor} array" if self.vendor else "array"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Table:
    """The column names of a file, or what stands for them."""

    columns: dict[str, int]
    names: tuple[str, ...]
    header_lines: int
    plus: bool


def layout_of(start: bytes, name: str) -> ArrayLayout | None:
    """Tell how the array file is written that begins with this text; None: it is no array file.

    Raises:
        GenomeFileError: it is one, but with lines or columns that cannot be read.

    """
    text = start.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    old_mac = "\r" in text and "\n" not in text
    lines = [line.rstrip("\r") for line in text.split("\r" if old_mac else "\n")]
    whole = lines[:-1] if len(start) >= START or not lines[-1] else lines  # the last may be cut, or no line at all
    found = _of_lines(whole, name)
    if found and old_mac:
        raise GenomeFileError(
            f"The lines of {name} end with a carriage return only, as on old Macs.",
            hint="Convert the line ends to Unix form (for example with: tr '\\r' '\\n').",
        )
    return found


def _of_lines(lines: Sequence[str], name: str) -> ArrayLayout | None:
    if not lines or re.match(r"##fileformat=VCF", lines[0], re.IGNORECASE):
        return None
    first = next((n for n, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    if first < len(lines) and lines[first].strip().startswith("[Header]"):
        first = next((n + 1 for n, line in enumerate(lines) if line.strip().startswith("[Data]")), len(lines))
    told = first  # blank lines after the comments are rows, as any other blank line is
    while told and not lines[told - 1].strip():
        told -= 1
    comments, rows = lines[:first], [line for line in lines[first:] if line.strip()]
    table = _named(rows[0], first + 1) if rows else None
    table = table or next((_named(line, told) for line in reversed(comments) if line.strip("# \t")), None)
    if table and table.header_lines == first + 1:
        rows = rows[1:]
    separator = _separator(rows[:LOOKED_AT] or [lines[max(0, told - 1)]])
    table = table or _guessed(rows[:LOOKED_AT], separator, told, name)
    if table is None:
        return None
    words = words_of(comments)
    return ArrayLayout(
        vendor=vendor_of(words, table.names),
        separator=separator,
        columns=table.columns,
        width=len(table.names),
        header_lines=table.header_lines,
        words=words,
        plus_strand=table.plus or declares_plus_strand(words),
    )


def _named(line: str, header_lines: int) -> _Table | None:
    """Read a line of column names; None: it is none, or says too little."""
    bare = line.lstrip("#").strip().replace('"', "")
    names = [part.strip() for part in re.split(r"\t|,|;| {2,}", bare)]
    if len(names) == 1:
        names = bare.split()
    folded = [re.sub(r"[^a-z0-9]+", "", part.lower()) for part in names]
    columns = {
        column: folded.index(alias)
        for column, aliases in _NAMES.items()
        if (alias := next((alias for alias in aliases if alias in folded), None))
    }
    pair = next((pair for pair in _PAIRS if set(pair) <= set(folded)), None)
    if pair:
        columns |= {"allele1": folded.index(pair[0]), "allele2": folded.index(pair[1])}
        columns.pop("genotype", None)
    placed = {"chrom", "pos"} <= columns.keys() or ({"chrom", "pos"}.isdisjoint(columns) and "snpname" in folded)
    if "id" not in columns or not placed or not ("genotype" in columns or pair):
        return None
    by_row = "strand" in columns
    return _Table(
        columns=columns,
        names=tuple(names),
        header_lines=header_lines,
        plus=by_row or pair == ("allele1plus", "allele2plus"),
    )


def _separator(rows: Sequence[str]) -> str:
    """Give what parts the columns in most of these rows."""
    for candidate in ("\t", ",", ";"):
        if 2 * sum(candidate in row for row in rows) > len(rows):
            return candidate
    return " "


def _guessed(rows: Sequence[str], separator: str, header_lines: int, name: str) -> _Table | None:
    """Tell a file without column names by the shape of most of its rows."""
    parted = [" ".join(part.strip() for part in _parts(row, separator)) for row in rows]
    for columns, shape in _SHAPES.items():
        if parted and 2 * sum(shape.fullmatch(row) is not None for row in parted) > len(parted):
            indexes = {column: index for index, column in enumerate(columns)}
            return _Table(columns=indexes, names=columns, header_lines=header_lines, plus=False)
    if parted and all(_WITHOUT_PLACE.fullmatch(row) for row in parted):
        raise GenomeFileError(
            f"{name} lists identifiers with genotypes, but no chromosome and no position: without them its genotypes "
            "cannot be placed in the genome.",
            title="This array file gives no positions",
            hint="Ask its maker for the raw data with chromosome and position.",
        )
    return None


def _parts(row: str, separator: str) -> list[str]:
    bare = row.replace('"', "").strip()
    return bare.split() if separator == " " else bare.split(separator)
