"""Makes a gVCF shaped like a person's whole genome, of any number of records: most of it is reference blocks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from bgzip import Bgzip
from generate import BASES, CHUNK, contig_name, header

from genoteca.model.build import CHROMOSOMES, Build

__all__ = ["write_gvcf"]


def write_gvcf(path: Path, records: int, *, seed: int = 7) -> int:
    """Write a bgzipped GRCh38 gVCF of about so many records, 19 in 20 of them reference blocks; gives how many."""
    random = np.random.default_rng(seed)
    lengths = Build.GRCH38.lengths
    mean = max(2.0, sum(lengths.values()) / records)
    written = 0
    with Bgzip(path) as out:
        out.write(header(lengths).encode())
        for chrom in CHROMOSOMES:
            place = 1
            while place < lengths[chrom]:
                steps = random.geometric(1 / mean, CHUNK)
                ends = place + np.cumsum(steps) - 1
                ends = ends[: np.searchsorted(ends, lengths[chrom] - 1) + 1].clip(max=lengths[chrom])
                starts = np.append(place, ends[:-1] + 1)
                out.write(_blocks(contig_name(chrom), starts, ends, random))
                written += len(starts)
                place = int(ends[-1]) + 1
    return written


def _blocks(contig: str, starts: np.ndarray, ends: np.ndarray, random: np.random.Generator) -> bytes:
    n = len(starts)
    ref = random.integers(0, 4, n)
    depth = random.integers(24, 36, n)
    frame = pl.DataFrame(
        {
            "pos": starts,
            "end": ends,
            "ref": BASES[ref],
            "alt": BASES[(ref + random.integers(1, 4, n)) % 4],
            "depth": depth,
            "lowest": depth - random.integers(0, 4, n),
            "quality": np.array([0, 20, 60, 99])[random.integers(0, 4, n)],
            "variant": random.random(n) < 0.05,
        }
    )
    block = pl.format(
        contig + "\t{}\t.\t{}\t<NON_REF>\t.\t.\tEND={}\tGT:DP:GQ:MIN_DP\t0/0:{}:{}:{}",
        *("pos", "ref", "end", "depth", "quality", "lowest"),
    )
    variant = pl.format(
        contig + "\t{}\t.\t{}\t{},<NON_REF>\t{}.6\t.\tDP={}\tGT:AD:DP:GQ\t0/1:{},{},0:{}:{}",
        *("pos", "ref", "alt", "quality", "depth", pl.col("depth") - 14, pl.lit(14), "depth", "quality"),
    )
    lines = frame.select(pl.when("variant").then(variant).otherwise(block).alias("line"))["line"]
    return ("\n".join(lines.to_list()) + "\n").encode()
