"""Writes a generated reference as the sites VCF that other annotators want."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from bgzip import Bgzip
from generate import contig_name
from references import COLUMNS

from genoteca.model.build import CHROMOSOMES, Build
from genoteca.model.column import ColumnType

__all__ = ["write_vcf"]

PART = 500_000


def write_vcf(reference: Path, path: Path) -> None:
    """Write every row as a record, its columns in INFO; an empty cell is left out."""
    with Bgzip(path) as out:
        out.write(_header().encode())
        scan, offset = pl.scan_parquet(reference), 0
        while len(part := scan.slice(offset, PART).collect()):
            out.write(("\n".join(part.select(_line()).to_series().to_list()) + "\n").encode())
            offset += PART


def _header() -> str:
    kinds = {ColumnType.TEXT: "String", ColumnType.NUMBER: "Float"}
    fields = [f'##INFO=<ID={c.name},Number=.,Type={kinds[c.type]},Description="{c.name}">' for c in COLUMNS]
    contigs = [f"##contig=<ID={contig_name(c)},length={n}>" for c, n in Build.GRCH38.lengths.items()]
    return "\n".join(["##fileformat=VCFv4.2", *fields, *contigs, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"])


def _line() -> pl.Expr:
    names = [contig_name(chrom) for chrom in CHROMOSOMES]
    contig = pl.col("chrom").cast(pl.String).replace_strict(list(CHROMOSOMES), names)
    info = pl.concat_str(
        (pl.lit(f"{c.name}=") + pl.col(c.name).cast(pl.String) for c in COLUMNS), separator=";", ignore_nulls=True
    )
    return pl.concat_str(contig, "pos", pl.lit("."), "ref", "alt", pl.lit(".\t."), info, separator="\t")
