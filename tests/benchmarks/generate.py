"""Makes a VCF shaped like a person's whole genome (GATK style), the same one each time for a seed.

Nothing in it is anybody's genome: positions, alleles and depths are drawn at random.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from bgzip import Bgzip

from genoteca.model.build import CHROMOSOMES, Build

__all__ = ["BASES", "CHUNK", "FIXED_FORMAT", "VARIED_FORMATS", "contig_name", "header", "write_genome"]

BASES = np.array(list("ACGT"))
CHUNK = 500_000
FIELDS = (
    ("INFO", "AC", "A", "Integer"),
    ("INFO", "AF", "A", "Float"),
    ("INFO", "AN", "1", "Integer"),
    ("INFO", "BaseQRankSum", "1", "Float"),
    ("INFO", "DP", "1", "Integer"),
    ("INFO", "ExcessHet", "1", "Float"),
    ("INFO", "FS", "1", "Float"),
    ("INFO", "MLEAC", "A", "Integer"),
    ("INFO", "MLEAF", "A", "Float"),
    ("INFO", "MQ", "1", "Float"),
    ("INFO", "MQRankSum", "1", "Float"),
    ("INFO", "QD", "1", "Float"),
    ("INFO", "ReadPosRankSum", "1", "Float"),
    ("INFO", "SOR", "1", "Float"),
    ("FORMAT", "GT", "1", "String"),
    ("FORMAT", "AD", "R", "Integer"),
    ("FORMAT", "DP", "1", "Integer"),
    ("FORMAT", "GQ", "1", "Integer"),
    ("FORMAT", "PL", "G", "Integer"),
    ("FORMAT", "PGT", "1", "String"),
    ("FORMAT", "PID", "1", "String"),
    ("FORMAT", "PS", "1", "Integer"),
    ("FORMAT", "MIN_DP", "1", "Integer"),
    ("FORMAT", "SB", "4", "Integer"),
    ("FORMAT", "VAF", "A", "Float"),
    ("INFO", "END", "1", "Integer"),
)
FIXED_FORMAT = ("GT:AD:DP:GQ:PL",)
VARIED_FORMATS = (
    "GT:AD:DP:GQ:PL",
    "GT:AD:DP:GQ:PGT:PID:PL:PS",
    *(
        ":".join(["GT", *first, "GQ", *last])
        for first in (("AD", "DP"), ("DP", "AD"), ("DP",), ("DP", "MIN_DP"))
        for last in (("PL", "SB"), ("MIN_DP", "PL"), ("PGT", "PID", "PL", "PS", "SB"), ("VAF", "PL"), ("SB",))
    ),
)
"""What callers and mergers leave behind: the keys and their order differ from record to record."""
COMMON = 0.7
"""Share of the first two."""


def write_genome(path: Path, records: int, *, seed: int = 7, formats: tuple[str, ...] = FIXED_FORMAT) -> int:
    """Write a bgzipped GRCh38 VCF of about so many records (SNVs, indels, several ALTs, 0/0); gives how many."""
    random = np.random.default_rng(seed)
    lengths = Build.GRCH38.lengths
    total = sum(lengths.values())
    written = 0
    with Bgzip(path) as out:
        out.write(header(lengths).encode())
        for chrom in CHROMOSOMES:
            wanted = max(2, round(records * lengths[chrom] / total))
            positions = np.unique(random.integers(1, lengths[chrom] - 100, wanted))
            written += len(positions)
            for start in range(0, len(positions), CHUNK):
                out.write(_lines(chrom, positions[start : start + CHUNK], random, formats))
    return written


def header(lengths: dict[str, int]) -> str:
    contigs = [f"##contig=<ID={contig_name(c)},length={n},assembly=GRCh38>" for c, n in lengths.items()]
    fields = [
        f'##{kind}=<ID={name},Number={number},Type={type_},Description="{name}">'
        for kind, name, number, type_ in FIELDS
    ]
    last = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tBENCHMARK\n"
    return "\n".join(["##fileformat=VCFv4.2", "##source=benchmark, synthetic: not a person", *fields, *contigs, last])


def contig_name(chrom: str) -> str:
    return "chrM" if chrom == "MT" else f"chr{chrom}"


def _lines(chrom: str, positions: np.ndarray, random: np.random.Generator, formats: tuple[str, ...]) -> bytes:
    n = len(positions)
    ref = random.integers(0, 4, n)
    alt = (ref + random.integers(1, 4, n)) % 4
    third = (ref + 1 + (alt - ref) % 4 % 3) % 4
    kind = random.random(n)
    depth = random.poisson(32, n) + 1
    frame = pl.DataFrame(
        {
            "pos": positions,
            "ref": BASES[ref],
            "alt": BASES[alt],
            "third": BASES[np.where(third == alt, (third + 1) % 4, third)],
            "tail": pl.Series(BASES[random.integers(0, 4, n)]) + pl.Series(BASES[random.integers(0, 4, n)]),
            "kind": kind,
            "zygosity": random.random(n),
            "depth": depth,
            "alt_depth": random.binomial(depth, 0.5),
            "quality": np.minimum(99, random.poisson(70, n)),
            "qual": np.round(random.gamma(3, 200, n), 2),
            "id": random.integers(1000, 2_000_000_000, n),
            "base_rank": np.round(random.normal(0, 1.5, n), 3),
            "mapping_rank": np.round(random.normal(0, 1.0, n), 3),
            "place_rank": np.round(random.normal(0, 1.0, n), 3),
            "strand": np.round(random.exponential(2, n), 3),
            "mapping": np.round(60 - random.exponential(0.5, n), 2),
            "by_depth": np.round(random.uniform(2, 35, n), 2),
            "odds": np.round(random.gamma(2, 0.4, n), 3),
        }
    )
    weights = (
        [COMMON / 2] * 2 + [(1 - COMMON) / (len(formats) - 2)] * (len(formats) - 2) if len(formats) > 2 else None
    )
    frame = frame.with_columns(which=pl.Series(random.choice(len(formats), n, p=weights)), row=pl.int_range(n))
    frame = frame.with_columns(_alleles()).with_columns(_calls(haploid=chrom in ("Y", "MT")))
    line = _line(contig_name(chrom))
    parts = [
        frame.filter(pl.col("which") == which).select("row", line=line + pl.lit(f"\t{form}\t") + _sample(form))
        for which, form in enumerate(formats)
    ]
    text = pl.concat(parts).sort("row")["line"]
    return ("\n".join(text.to_list()) + "\n").encode()


def _alleles() -> list[pl.Expr]:
    insertion, deletion, double = pl.col("kind") < 0.075, pl.col("kind") < 0.15, pl.col("kind") > 0.97
    alt = (
        pl.when(insertion)
        .then(pl.col("ref") + pl.col("tail"))
        .when(deletion)
        .then(pl.col("ref"))
        .when(double & (pl.col("third") != pl.col("ref")))
        .then(pl.col("alt") + "," + pl.col("third"))
        .otherwise(pl.col("alt"))
    )
    ref = pl.when(deletion & ~insertion).then(pl.col("ref") + pl.col("tail")).otherwise(pl.col("ref"))
    return [ref.alias("ref"), alt.alias("alt")]


def _calls(*, haploid: bool) -> list[pl.Expr]:
    two = pl.col("alt").str.contains(",", literal=True)
    genotype = (
        pl.when(pl.lit(haploid))
        .then(pl.lit("1"))
        .when(two)
        .then(pl.lit("1/2"))
        .when(pl.col("zygosity") < 0.03)
        .then(pl.lit("0/0"))
        .when(pl.col("zygosity") < 0.04)
        .then(pl.lit("./."))
        .when(pl.col("zygosity") < 0.4)
        .then(pl.lit("1/1"))
        .otherwise(pl.lit("0/1"))
    )
    of_ref = pl.col("depth") - pl.col("alt_depth")
    third = pl.when(two).then(pl.lit(",0")).otherwise(pl.lit(""))
    return [genotype.alias("GT"), pl.format("{},{}{}", of_ref, "alt_depth", third).alias("AD")]


def _sample(form: str) -> pl.Expr:
    """Give the values of these keys."""
    values = {
        "GT": pl.col("GT"),
        "AD": pl.col("AD"),
        "DP": pl.col("depth").cast(pl.String),
        "MIN_DP": pl.col("depth").cast(pl.String),
        "GQ": pl.col("quality").cast(pl.String),
        "PL": pl.format("{},0,{}", "depth", "quality"),
        "PGT": pl.lit("0|1"),
        "PID": pl.format("{}_{}_{}", "pos", "ref", "alt"),
        "PS": pl.col("pos").cast(pl.String),
        "SB": pl.format("{},0,{},0", "depth", "alt_depth"),
        "VAF": pl.format("0.{}", "quality"),
    }
    return pl.concat_str([values[key] for key in form.split(":")], separator=":")


def _line(contig: str) -> pl.Expr:
    # The INFO that GATK's HaplotypeCaller writes at a called site (Poplin et al. 2018, https://doi.org/10.1101/201178).
    info = pl.format(
        "AC=1;AF=0.500;AN=2;BaseQRankSum={};DP={};ExcessHet=3.0103;FS={};MLEAC=1;MLEAF=0.500;MQ={};MQRankSum={};"
        "QD={};ReadPosRankSum={};SOR={}",
        *("base_rank", "depth", "strand", "mapping", "mapping_rank", "by_depth", "place_rank", "odds"),
    )
    return pl.format(contig + "\t{}\trs{}\t{}\t{}\t{}\tPASS\t{}", "pos", "id", "ref", "alt", "qual", info)
