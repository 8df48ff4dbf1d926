"""The wide table: a sample's variants with the answers of every module beside them, made a stretch at a time.

Nothing is lost and nothing is multiplied: every variant has one row, every answer stands in exactly one. Where a
module says more than one thing of a variant, its further answers have rows of their own; so have its answers about
alleles that the sample does not carry (another allele, reference, inferred, no call): never beside another's variant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from genoteca.engine.results.about import about_variant
from genoteca.genome.schema import polars_schema
from genoteca.model.column import ANNOTATIONS, GATE, JOINED, UNSAID, Column
from genoteca.model.evidence import Match
from genoteca.model.export import ModuleExport
from genoteca.model.wide import LONGEST_NAME, wide_name

__all__ = ["JoinedModule", "JoinedTable", "wide_names"]

STRETCH = 131_072
"""Variants joined at a time: a row group of the tables."""
BESIDE = ("site", "evidence", "match", "genotype", "dosage", "filtered")
"""Columns that every answer has and that are the module's, not the variant's."""
PLACE = ("chrom", "pos", "ref", "alt", "key", "line", "allele", "genotype", "dosage")
"""What a row without a variant says of its place: the module's site, and the record that speaks of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JoinedModule:
    """One module's stored answers for the sample."""

    module: str
    title: str
    release: str
    path: Path
    columns: Sequence[Column]
    """Every column of the table."""
    opened: Collection[str] | None = None
    """Gates that were opened: answers behind any other are left out and counted; None: all are shown."""

    def own(self) -> list[Column]:
        """Give the columns that go into the wide table: what every answer says, the module's, and of its lift."""
        common = {column.name for column in ANNOTATIONS}
        return [column for column in self.columns if column.name in BESIDE or column.name not in common]

    def shown(self) -> pl.LazyFrame:
        """Give the answers that may be shown."""
        table = pl.scan_parquet(self.path)
        if self.opened is None or all(column.name != GATE for column in self.columns):
            return table
        return table.filter(pl.col(GATE).is_null() | pl.col(GATE).is_in(list(self.opened)))

    def about_variants(self) -> pl.Expr:
        """Tell which answers are about the variant that they were found by."""
        return about_variant([column.name for column in self.columns])


class JoinedTable:
    """The wide table of a sample, read from its variants and the modules' side-cars whenever it is asked for."""

    def __init__(self, variants: Path, modules: Sequence[JoinedModule]) -> None:
        self._variants, self._modules = variants, modules
        self._names = wide_names(modules)
        self.variants = _count(pl.scan_parquet(variants))
        self.counts = {one.module: _counted(one) for one in modules}

    @property
    def columns(self) -> list[Column]:
        """Every column of the wide table."""
        found = list(JOINED)
        for one in self._modules:
            for column in one.own():
                name = self._names[one.module][column.name]
                label, null = f"{one.title}: {column.label}", column.null or UNSAID
                found.append(column.model_copy(update={"name": name, "label": label, "null": null}))
        return found

    @property
    def rows(self) -> int:
        """Rows promised: every variant, every further answer, every site without a variant."""
        own_rows = sum(one.further + sum(one.elsewhere.values()) for one in self.counts.values())
        return self.variants + own_rows

    def frames(self) -> Iterator[pl.DataFrame]:
        """Give the rows: first the variants in their order, each followed by further answers; then the sites.

        There is a frame at least, so that a file without rows has its columns.
        """
        if not self.rows:
            yield pl.DataFrame(schema=polars_schema(self.columns))
        yield from self.about_variants()
        yield from self.about_sites()

    def about_variants(self) -> Iterator[pl.DataFrame]:
        """Give the rows about variants, in the order of these."""
        schema = polars_schema(self.columns)
        for start in range(0, self.variants, STRETCH):
            yield _shaped(self._stretch(start), schema)

    def about_sites(self) -> Iterator[pl.DataFrame]:
        """Give the rows without a variant, one module after the other."""
        schema = polars_schema(self.columns)
        for one in self._modules:
            for frame in self._sites(one):
                yield _shaped(frame, schema)

    def _stretch(self, start: int) -> pl.DataFrame:
        variants = pl.scan_parquet(self._variants, row_index_name="row").slice(start, STRETCH).collect()
        variants = variants.with_columns(pl.col("row").cast(pl.UInt32))
        last = start + len(variants) - 1
        whole, further = variants.with_columns(row_kind=pl.lit("variant")), []
        for one in self._modules:
            here = one.shown().filter(pl.col("row").is_between(start, last) & one.about_variants())
            in_part = (pl.col("match").cast(pl.String) == Match.DECOMPOSED.value).alias("in_part")
            answers = here.select("row", in_part, *self._renamed(one)).collect()
            answers = answers.sort("row", "in_part", maintain_order=True).drop("in_part")
            first = answers["row"].is_first_distinct()
            whole = whole.join(answers.filter(first), on="row", how="left", maintain_order="left")  # first: one a row
            further.append(variants.join(answers.filter(~first), on="row", how="inner"))
        more = [part.with_columns(row_kind=pl.lit("further")) for part in further]
        return pl.concat([whole, *more], how="diagonal").sort("row", maintain_order=True)

    def _sites(self, one: JoinedModule) -> Iterator[pl.DataFrame]:
        place = [name for name in PLACE if any(column.name == name for column in one.columns)]
        table = one.shown().filter(~one.about_variants()).select(*place, *self._renamed(one))
        for frame in table.collect_batches(chunk_size=STRETCH, maintain_order=True):
            yield frame.with_columns(row_kind=pl.lit("site"))

    def _renamed(self, one: JoinedModule) -> list[pl.Expr]:
        return [pl.col(column.name).alias(self._names[one.module][column.name]) for column in one.own()]


def wide_names(modules: Sequence[JoinedModule]) -> dict[str, dict[str, str]]:
    """Give every column its name in the wide table: the module's id with `_` for `-`, then its own."""
    taken = {column.name for column in JOINED}
    names: dict[str, dict[str, str]] = {}
    for one in modules:
        mine = names[one.module] = {}
        for column in one.own():
            wanted = name = wide_name(one.module, column.name)
            number = 1
            while name in taken:
                number += 1
                name = f"{wanted[: LONGEST_NAME - 3]}_{number}"
            taken.add(name)
            mine[column.name] = name
    return names


def _count(table: pl.LazyFrame) -> int:
    return int(table.select(pl.len()).collect(engine="streaming").item())


def _counted(one: JoinedModule) -> ModuleExport:
    rows, shown = _count(pl.scan_parquet(one.path)), one.shown()
    about = pl.col("row").filter(one.about_variants())
    with_row, variants = shown.select(about.len(), variants=about.n_unique()).collect(engine="streaming").row(0)
    without = shown.filter(~one.about_variants()).group_by(pl.col("evidence").cast(pl.String)).len().sort("evidence")
    elsewhere = dict(without.collect(engine="streaming").iter_rows())
    return ModuleExport(
        title=one.title,
        release=one.release,
        rows=rows,
        hidden=rows - with_row - sum(elsewhere.values()),
        on_variants=variants,
        further=with_row - variants,
        elsewhere=elsewhere,
    )


def _shaped(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Give every column in its order and type; those that a row has not are empty."""
    absent = [pl.lit(None, kind).alias(name) for name, kind in schema.items() if name not in frame.columns]
    return frame.with_columns(absent).select(pl.col(name).cast(kind) for name, kind in schema.items())
