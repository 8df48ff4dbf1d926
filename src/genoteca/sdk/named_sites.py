"""Sites of a panel in one build: by their place, or, where the module says so and there is none, by their rsID."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from genoteca.annotate.panel import BY_RSID
from genoteca.errors import ManifestError
from genoteca.genome.schema import CHROM
from genoteca.model.build import Build
from genoteca.sdk.table_file import on_build, refuse_first

__all__ = ["PLACE", "placed_or_named"]

PLACE = ("chrom", "pos", "ref", "alt")


def placed_or_named(
    path: Path, table: pl.DataFrame, build: Build, builds: Sequence[Build], rsids: str
) -> pl.DataFrame:
    """Take the coordinates of one build, as `table_file.on_build`.

    With `rsids` (the column that holds them) a site without chromosome and position in the build keeps none and is
    asked for by its rsID, in the column `by_rsid`, which is null for the others. Its alleles are those of the build,
    else of whichever names them: a genotype is authored once for all builds.

    Raises:
        ManifestError: as `on_build`, or the table says its builds in a column.
        ReferenceDataError: as `on_build`, or a site has neither a place nor an rsID.

    """
    if not rsids:
        return on_build(path, table, build, builds, PLACE)
    if "build" in table.columns:
        raise ManifestError(
            f"{path.name} has a column build, and [table] names rsids: a site without a row of a build is not known.",
            hint="Name the columns of each build, as in pos_GRCh38, and leave them empty where there is no place.",
        )
    nowhere = pl.all_horizontal(_of_build(table, name, build).is_null() for name in ("chrom", "pos"))
    placed = table.filter(~nowhere)
    named = _named(path, table.filter(nowhere), build, builds, rsids)
    if placed.is_empty():
        return named
    found = on_build(path, placed, build, builds, PLACE).with_columns(pl.lit(None, pl.String).alias(BY_RSID))
    return pl.concat([found, named.select(found.columns)])


def _of_build(table: pl.DataFrame, name: str, build: Build) -> pl.Expr:
    given = [column for column in (f"{name}_{build}", name) if column in table.columns]
    return pl.col(given[0]) if given else pl.lit(None, pl.String)


def _named(path: Path, table: pl.DataFrame, build: Build, builds: Sequence[Build], rsids: str) -> pl.DataFrame:
    good = pl.col(rsids).cast(pl.String).str.contains("^rs[1-9][0-9]*$")
    refuse_first(path, table, ~good, rsids, f"an rsID, for the site has no place in {build},")
    spelled = []
    for name in ("ref", "alt"):
        told = [f"{name}_{build}", name, *(f"{name}_{other}" for other in builds)]
        given = list(dict.fromkeys(column for column in told if column in table.columns))
        spelled.append((pl.coalesce(given) if given else pl.lit(None)).cast(pl.String).alias(name))
    others = [f"{name}_{other}" for name in PLACE for other in builds]
    return table.with_columns(
        *spelled,
        pl.lit(None, CHROM).alias("chrom"),
        pl.lit(None, pl.UInt32).alias("pos"),
        pl.col(rsids).cast(pl.String).alias(BY_RSID),
    ).drop(others, strict=False)
