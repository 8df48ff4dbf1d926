"""Makes a VCF shaped like a person's whole genome (GATK style), the same one each time for a seed.

Nothing in it is anybody's genome: positions, alleles and depths are drawn at random.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import polars as pl

from genoteca.model.build import CHROMOSOMES, Build

__all__ = ["write_genome"]

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
)


def write_genome(path: Path, records: int, *, seed: int = 7) -> int:
    """Write a gzipped GRCh38 VCF of about so many records; gives how many. SNVs, indels, multi-allelic sites, 0/0."""
    random = np.random.default_rng(seed)
    lengths = Build.GRCH38.lengths
    total = sum(lengths.values())
    written = 0
    with gzip.open(path, "wb", compresslevel=1) as out:
        out.write(_header(lengths).encode())
        for chrom in CHROMOSOMES:
            wanted = max(2, round(records * lengths[chrom] / total))
            positions = np.unique(random.integers(1, lengths[chrom] - 100, wanted))
            written += len(positions)
            for start in range(0, len(positions), CHUNK):
                out.write(_lines(chrom, positions[start : start + CHUNK], random))
    return written


def _header(lengths: dict[str, int]) -> str:
    contigs = [f"##contig=<ID={_name(c)},length={n},assembly=GRCh38>" for c, n in lengths.items()]
    fields = [
        f'##{kind}=<ID={name},Number={number},Type={type_},Description="{name}">'
        for kind, name, number, type_ in FIELDS
    ]
    last = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tBENCHMARK\n"
    return "\n".join(["##fileformat=VCFv4.2", "##source=benchmark, synthetic: not a person", *fields, *contigs, last])


def _name(chrom: str) -> str:
    return "chrM" if chrom == "MT" else f"chr{chrom}"


def _lines(chrom: str, positions: np.ndarray, random: np.random.Generator) -> bytes:
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
    text = frame.select(_line(_name(chrom), haploid=chrom in ("Y", "MT")).alias("line"))["line"]
    return ("\n".join(text.to_list()) + "\n").encode()


def _line(contig: str, *, haploid: bool) -> pl.Expr:
    insertion, deletion, double = pl.col("kind") < 0.075, pl.col("kind") < 0.15, pl.col("kind") > 0.97
    ref = pl.when(deletion & ~insertion).then(pl.col("ref") + pl.col("tail")).otherwise(pl.col("ref"))
    alt = (
        pl.when(insertion)
        .then(pl.col("ref") + pl.col("tail"))
        .when(deletion)
        .then(pl.col("ref"))
        .when(double & (pl.col("third") != pl.col("ref")))
        .then(pl.col("alt") + "," + pl.col("third"))
        .otherwise(pl.col("alt"))
    )
    two = alt.str.contains(",", literal=True)
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
    depths = (
        pl.when(two)
        .then(pl.format("{},{},0", pl.col("depth") - pl.col("alt_depth"), "alt_depth"))
        .otherwise(pl.format("{},{}", pl.col("depth") - pl.col("alt_depth"), "alt_depth"))
    )
    # The INFO that GATK's HaplotypeCaller writes at a called site (Poplin et al. 2018, https://doi.org/10.1101/201178).
    info = pl.format(
        "AC=1;AF=0.500;AN=2;BaseQRankSum={};DP={};ExcessHet=3.0103;FS={};MLEAC=1;MLEAF=0.500;MQ={};MQRankSum={};"
        "QD={};ReadPosRankSum={};SOR={}",
        *("base_rank", "depth", "strand", "mapping", "mapping_rank", "by_depth", "place_rank", "odds"),
    )
    sample = pl.format("{}:{}:{}:{}:{},0,{}", genotype, depths, "depth", "quality", "depth", "quality")
    return pl.format(
        contig + "\t{}\trs{}\t{}\t{}\t{}\tPASS\t{}\tGT:AD:DP:GQ:PL\t{}", "pos", "id", ref, alt, "qual", info, sample
    )
