"""Structural variants: records with a symbolic ALT or a breakend become rows of a table of their own.

They are rare, so every one is read by itself, from its own line of text.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from genoteca.genome.alternates import STRUCTURAL as SET_ASIDE
from genoteca.genome.calls import UNKNOWN_ALLELE, UNREADABLE
from genoteca.genome.contigs import Contigs
from genoteca.genome.genotype import parse_genotype
from genoteca.genome.records import BEYOND, POSITION, REFERENCE
from genoteca.genome.schema import polars_schema
from genoteca.genome.sorted_table import EVERYTHING, Layout, SortedTable
from genoteca.genome.structural_record import Row, StructuralRecord
from genoteca.model.column import STRUCTURAL
from genoteca.model.sample import Sex

__all__ = ["LAYOUT", "STRUCTURAL_SCHEMA", "StructuralTable", "mixed_lines", "symbolic_part"]

STRUCTURAL_SCHEMA = polars_schema(STRUCTURAL)

LAYOUT = Layout(
    schema=STRUCTURAL_SCHEMA,
    order=pl.col("chrom").to_physical().cast(pl.UInt64) * (1 << 32) + pl.col("start").cast(pl.UInt64),
    delta=("start", "end", "line"),
    statistics=("chrom", "start", "end"),
    dictionary=("chrom", "type", "genotype", "zygosity", "filter"),
)

"""Every row may be followed by one that comes before it, and none has to wait."""

_NONE_ASIDE = pl.DataFrame(schema={"line": pl.UInt32, "reason": pl.String})

_NOT_STRUCTURAL = r"(?i)<NON_REF>|<\*>|<\*:DEL>|<CGA_NOCALL>"
_ANY_BASE = "^[ACGTURYSWKMBDHVN]+$"
"""Callers of structural variants copy a REF such as R or M from the reference; nothing depends on it here."""


_BREAKENDS = r"^[^<]*[\[\]][^<]*$"


def symbolic_part(aside: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the records that list structural ALTs and no sequence from those that `records.judged` set aside."""
    if aside.is_empty():
        return aside, aside
    any_base = (pl.col("reason") == REFERENCE) & pl.col("ref").str.contains(_ANY_BASE)
    sound = (pl.col("reason") == SET_ASIDE) | any_base | _at_a_telomere()
    symbolic = (pl.col("alt_reason") == SET_ASIDE) & sound
    symbolic = symbolic.fill_null(value=False)
    return aside.filter(symbolic), aside.filter(~symbolic)


def _at_a_telomere() -> pl.Expr:
    """Tell breakends at a chromosome's end: POS is 0, or one more than its length N (VCF 4.5 section 5.4.5)."""
    before = (pl.col("reason") == POSITION) & (pl.col("pos") == 0)
    after = (pl.col("reason") == BEYOND) & (pl.col("pos") == pl.col("length") + 1)
    one_base = pl.col("ref").str.contains("^[ACGTURYSWKMBDHVN]$")
    return (before | after) & one_base & pl.col("alt").str.contains(_BREAKENDS)


def mixed_lines(frame: pl.DataFrame) -> pl.Series:
    """Give the lines of kept records that may list a structural ALT beside a sequence."""
    # In two steps, because nearly no record passes the first and the second is dear.
    told = frame.select("line", "alt", "alleles", "sequences")
    several = told.filter((pl.col("sequences") > 0) & (pl.col("sequences") < pl.col("alleles")))
    others = pl.col("alt").str.replace_all(_NOT_STRUCTURAL, "").str.contains(r"[<\[\].]")
    return several.filter(others).get_column("line")


class StructuralTable:
    """Reads structural records and writes their rows; `column` is the index of the picked sample's column."""

    def __init__(self, path: Path, *, contigs: Contigs, column: int, sex: Sex) -> None:
        self.table = SortedTable(path, LAYOUT)
        self.carried = 0
        """Rows whose ALT is carried, also on MT."""
        self._contigs = contigs
        self._column = column
        self._sex = sex

    def take(self, block: bytes, first: int, lines: Iterable[int]) -> pl.DataFrame:
        """Read some records of a block of text, whose first line has the number `first`.

        Gives the records that are set aside: `line` and `reason`.
        """
        wanted = sorted(lines)
        if not wanted:
            return _NONE_ASIDE
        texts = block.split(b"\n")
        rows: list[Row] = []
        aside: list[tuple[int, str]] = []
        for line in wanted:
            record = self._record(line, texts[line - first].rstrip(b"\r").decode("utf-8", "replace").split("\t"))
            reason = _with_genotype(record)
            if reason:
                aside.append((line, reason))
            else:
                rows += record.rows()
                self.carried += record.carried
        self.table.add(pl.DataFrame(rows, schema=STRUCTURAL_SCHEMA, orient="row"), settled=EVERYTHING)
        return pl.DataFrame(aside, schema=_NONE_ASIDE.schema, orient="row")

    def _record(self, line: int, fields: list[str]) -> StructuralRecord:
        return StructuralRecord(
            contigs=self._contigs, sex=self._sex, line=line, fields=fields, said=fields[self._column]
        )


def _with_genotype(record: StructuralRecord) -> str:
    """Read the genotype; gives the reason why the record is set aside, empty: it is not.

    A record without GT is kept: callers of copy numbers say CN and nothing else.
    """
    told = record.sample.get("GT")
    if told is None:
        return ""
    genotype = parse_genotype(told)
    if genotype is None:
        return UNREADABLE
    if max(genotype.called) > len(record.alts):
        return UNKNOWN_ALLELE
    record.genotype = genotype
    return ""
