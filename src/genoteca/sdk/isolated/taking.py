"""Taking a script's answer: what a stranger wrote, held to the manifest and to the genome row by row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from genoteca.annotate.answer import Answer, answer_of, shaped
from genoteca.annotate.sample_tables import SampleTables
from genoteca.errors import CheckError
from genoteca.genome.key import with_keys
from genoteca.genome.schema import polars_schema
from genoteca.model.column import ANNOTATIONS, Column
from genoteca.model.module import ModuleManifest
from genoteca.sdk import verdicts
from genoteca.sdk.isolated.inputs import ANSWER_COLUMNS

__all__ = ["MOST_ROWS", "take_answer"]

MOST_ROWS = 5_000_000
UNPACKED = 8
"""Times its own size that a table may say it unpacks to, beside a start of a hundred megabytes."""
REQUIRED = ("chrom", "pos", "evidence")
TITLE = "The module's answer is not valid"
HINT = "Nothing of it is kept. Tell the module's author."


def take_answer(path: Path, manifest: ModuleManifest, tables: SampleTables) -> Answer:
    """Read the table that a script wrote (already out of its reach), and make the answer of it.

    Raises:
        CheckError: a column, a type, a value or a row that is not as it must be; with the first such row.

    """
    given = _read(path, manifest.columns)
    _check_values(given)
    frame = given.with_row_index("at").sort("chrom", "pos", "at", maintain_order=True).drop("at")
    frame = _with_rows(frame, tables.variants)
    frame = _with_keys(frame).with_row_index("site")
    table = shaped(frame, manifest.columns)
    if not (limits := verdicts.ranges((*ANNOTATIONS, *manifest.columns), table)).passed:
        raise _bad(limits.description)
    return answer_of(
        table,
        promised=len(given),
        evidence=table["evidence"],
        sites=len(table) if manifest.dense else None,
        agreement=None,
        unusable={},
    )


def _read(path: Path, columns: Sequence[Column]) -> pl.DataFrame:
    try:
        _check_size(path)
        raw = (
            pl.read_csv(path, separator="\t", infer_schema=False) if path.suffix == ".tsv" else pl.read_parquet(path)
        )
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise _bad(f"It cannot be read as a table ({type(error).__name__}).") from error
    return _typed(raw, columns)


def _check_size(path: Path) -> None:
    """Look at what a Parquet file says of itself before it is unpacked."""
    if path.suffix == ".tsv":
        return
    told = pq.read_metadata(path)
    unpacked = sum(told.row_group(n).total_byte_size for n in range(told.num_row_groups))
    if told.num_rows > MOST_ROWS or unpacked > 100_000_000 + UNPACKED * path.stat().st_size:
        raise _bad(f"It says that it unpacks to {told.num_rows} rows and {unpacked} bytes.")


def _typed(raw: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Give the declared types; a cell that does not fit is an error, not an empty cell."""
    if len(raw) > MOST_ROWS:
        raise _bad(f"{len(raw)} rows; at most {MOST_ROWS} are taken.")
    schema = polars_schema((*(column for column in ANNOTATIONS if column.name in ANSWER_COLUMNS), *columns))
    if foreign := sorted(set(raw.columns) - set(schema)):
        raise _bad(f"Columns that are not declared: {', '.join(foreign)[:200]}.")
    wanted = (*REQUIRED, *(column.name for column in columns))
    if missing := [name for name in wanted if name not in raw.columns]:
        raise _bad(f"Columns that are missing: {', '.join(missing)}.")
    made = []
    for name, kind in schema.items():
        if name not in raw.columns:
            made.append(pl.Series(name, [None] * len(raw), kind))
            continue
        made.append(_cast(raw[name], kind))
    return pl.DataFrame(made)


def _cast(cells: pl.Series, kind: pl.DataType) -> pl.Series:
    source = cells
    if kind == pl.Boolean and cells.dtype == pl.String:
        source = cells.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    try:
        typed = source.cast(kind, strict=False)
    except pl.exceptions.PolarsError as error:
        raise _bad(f"{cells.name} is {cells.dtype}, declared {kind}.") from error
    lost = typed.is_null() & cells.is_not_null()
    if lost.any():
        raise _bad(f"{cells.name} is not {_words(kind)}, first in row {lost.arg_max()}.")
    return typed


def _check_values(frame: pl.DataFrame) -> None:
    for name in REQUIRED:
        if frame[name].has_nulls():
            raise _bad(f"{name} is empty, first in row {frame[name].is_null().arg_max()}.")
    if (zero := frame["pos"] < 1).any():
        raise _bad(f"pos is below 1, first in row {zero.arg_max()}.")


def _with_rows(frame: pl.DataFrame, variants: Path) -> pl.DataFrame:
    """Take from the genome what the genome says: record, allele, genotype and copies of the row that is named."""
    named = frame["row"].drop_nulls().unique()
    count = pl.scan_parquet(variants).select(pl.len()).collect().item()
    if (highest := max(named.to_list(), default=-1)) >= count:
        raise _bad(f"row {highest} is named; the genome has {count} variant rows.")
    wanted = ["chrom", "pos", "line", "allele", "genotype", "dosage"]
    own = (
        pl.scan_parquet(variants)
        .select(wanted)
        .with_row_index("row")
        .filter(pl.col("row").is_in(named.implode()))
        .collect(engine="streaming")
        .select(pl.col("row").cast(frame["row"].dtype), pl.col(wanted).name.prefix("own_"))
    )
    joined = frame.join(own, on="row", how="left", maintain_order="left")
    _agree(joined, "chrom", pl.col("row").is_not_null())
    at_the_site = pl.col("row").is_not_null() & (pl.col("match").is_null() | (pl.col("match") != "interval"))
    _agree(joined, "pos", at_the_site)
    for name in ("genotype", "dosage"):
        _agree(joined, name, pl.col("row").is_not_null() & pl.col(name).is_not_null())
    return joined.with_columns(
        pl.coalesce("genotype", "own_genotype").alias("genotype"),
        pl.coalesce("dosage", "own_dosage").alias("dosage"),
        pl.col("own_line").alias("line"),
        pl.col("own_allele").alias("allele"),
    ).select(pl.exclude("^own_.*$"))


def _agree(joined: pl.DataFrame, name: str, where: pl.Expr) -> None:
    """Refuse a row that names a variant of the genome and says something else of it than the genome does."""
    own = pl.col(f"own_{name}").cast(joined[name].dtype)
    wrong = joined.select((where & pl.col(name).ne_missing(own)).alias("wrong"))["wrong"]
    if wrong.any():
        row = joined["row"][int(wrong.arg_max() or 0)]
        raise _bad(f"{name} is not that of the genome's variant row {row}, which is named.")


def _with_keys(frame: pl.DataFrame) -> pl.DataFrame:
    single = pl.col("ref").str.contains(r"^[ACGTN]+$") & pl.col("alt").str.contains(r"^[ACGTN]+$")
    if not frame.select(single.fill_null(value=False).any()).item():
        return frame.with_columns(pl.lit(None, pl.UInt64).alias("key"))
    placed = frame.with_row_index("at").filter(single)
    keyed = with_keys(placed.select("at", "chrom", "pos", "ref", "alt")).select("at", "key")
    return frame.with_row_index("at").join(keyed, on="at", how="left", maintain_order="left").drop("at")


def _words(kind: pl.DataType) -> str:
    if isinstance(kind, pl.Enum):
        return f"one of {', '.join(kind.categories.head(12))}"
    return "a whole number" if kind.is_integer() else "a number" if kind.is_numeric() else f"of the type {kind}"


def _bad(message: str) -> CheckError:
    return CheckError(f"The answer of the script: {message}", title=TITLE, hint=HINT)
