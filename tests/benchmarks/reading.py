"""Reading a genome, against the floor (decompress, and re-write the Parquet) and other readers in the same run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from measure import Cost, cost_of, median_cost, python

__all__ = ["reading", "reading_gvcf"]

HERE = Path(__file__).resolve().parent
GENERATE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from generate import FIXED_FORMAT, VARIED_FORMATS, write_genome
from gvcf import write_gvcf
path, records, shape = Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
if shape == "gvcf":
    print(write_gvcf(path, records))
else:
    print(write_genome(path, records, formats=FIXED_FORMAT if shape == "fixed" else VARIED_FORMATS))
"""
READ = """
import sys
from pathlib import Path
from genoteca.genome.reading import Limits, read_genome
from genoteca.genome.threads import one_thread
from genoteca.model.build import Build
from genoteca.model.sample import Sex
one_thread()  # as the worker does
read_genome(Path(sys.argv[1]), pick=None, build=Build.GRCH38, sex=Sex.UNSTATED, limits=Limits(),
            variants=Path(sys.argv[2]), coverage=Path(sys.argv[3]), structural=Path(sys.argv[3] + ".structural"),
            progress=lambda fraction, message: None)
"""
DECOMPRESS = """
import sys
from isal import igzip
with igzip.open(sys.argv[1]) as file:
    while file.read(1 << 20):
        pass
"""
REWRITE = """
import sys
import polars as pl
pl.scan_parquet(sys.argv[1]).sink_parquet(sys.argv[2], compression="zstd")
"""


TABLE = """
import sys
import pyarrow, pyarrow.parquet
NAMES = ("chrom", "pos", "ref", "alt", "genotype", "allele_depth", "depth", "quality")
rows, writer = [], None
def write():
    global writer
    columns = dict(zip(NAMES, map(list, zip(*rows))))
    table = pyarrow.table({name: pyarrow.array(values, from_pandas=True) for name, values in columns.items()})
    writer = writer or pyarrow.parquet.ParquetWriter(sys.argv[2], table.schema, compression="zstd")
    writer.write_table(table.cast(writer.schema))
    rows.clear()
def add(row):
    rows.append(row)
    if len(rows) == 100_000:
        write()
"""
PEERS = {
    "polars_bio": """
import sys
import polars_bio
table = polars_bio.scan_vcf(sys.argv[1], info_fields=[], format_fields=["GT", "AD", "DP", "GQ"])
table.sink_parquet(sys.argv[2], compression="zstd")
""",
    "cyvcf2": f"""{TABLE}
import cyvcf2
for record in cyvcf2.VCF(sys.argv[1]):
    alleles = [record.REF, *record.ALT]
    *called, phased = record.genotypes[0]
    genotype = ("|" if phased else "/").join(alleles[number] if number >= 0 else "?" for number in called)
    depths, depth, quality = (record.format(key) for key in ("AD", "DP", "GQ"))
    for number, alt in enumerate(record.ALT, 1):
        own = int(depths[0][number]) if depths is not None else None
        told = (int(values[0][0]) if values is not None else None for values in (depth, quality))
        add((record.CHROM, record.POS, record.REF, alt, genotype, own, *told))
write()
writer.close()
""",
    "pysam": f"""{TABLE}
import pysam
for record in pysam.VariantFile(sys.argv[1]):
    sample = record.samples[0]
    mark = "|" if sample.phased else "/"
    genotype = mark.join("?" if allele is None else allele for allele in sample.alleles)
    depths = sample.get("AD")
    for number, alt in enumerate(record.alts, 1):
        own = depths[number] if depths else None
        add((record.chrom, record.pos, record.ref, alt, genotype, own, sample.get("DP"), sample.get("GQ")))
write()
writer.close()
""",
}
"""The same job by others: one row per ALT (polars-bio: per record) with its genotype, depths and quality, in Parquet.
They neither trim nor sort, and keep no coverage."""
GVCF_MB = 20
"""MB of disk for a million records of a gVCF and what is made of it; measured: 14 and 4."""


def reading(
    records: int, folder: Path, *, runs: int, shape: str = "fixed", peers: str | None = None
) -> dict[str, Any]:
    """Give the costs of reading so many generated records, and their ratios to the floor and to other readers.

    `shape`: `fixed`, every record has the same FORMAT; `varied`, it differs from record to record. `peers`: a Python
    that may have some of `PEERS`.
    """
    genome, variants = folder / "genome.vcf.gz", folder / "variants.parquet"
    written, ours = _read(records, folder, runs=runs, shape=shape)
    imports = cost_of(python("import genoteca.genome.reading")).cpu
    floor_imports = cost_of(python("import isal.igzip")).cpu + cost_of(python("import polars")).cpu
    unzip = median_cost(python(DECOMPRESS, genome), runs=runs)
    again = median_cost(python(REWRITE, variants, folder / "again.parquet"), runs=runs)
    floor = unzip.cpu + again.cpu
    found: dict[str, Any] = {
        "records": written,
        "format": shape,
        "bytes": genome.stat().st_size,
        "read": ours.rounded(),
        "floor_cpu": round(floor, 3),
        "import_cpu": round(imports, 3),
        "floor_import_cpu": round(floor_imports, 3),
        "cpu_over_floor": round(ours.cpu / floor, 2),
        "cpu_over_floor_without_imports": round((ours.cpu - imports) / (floor - floor_imports), 2),
        "records_per_second": round(written / ours.wall),
    }
    if shutil.which("bcftools"):
        peer = median_cost(["bcftools", "view", "-Ou", "-o", "/dev/null", str(genome)], runs=runs)
        found |= {"bcftools_view": peer.rounded(), "cpu_over_bcftools": round(ours.cpu / peer.cpu, 2)}
    else:
        found["bcftools_view"] = "not on this machine"
    if peers:
        found["peers"] = {name: _peer(peers, name, genome, folder, ours) for name in PEERS}
    return found


def reading_gvcf(records: int, folder: Path) -> dict[str, Any]:
    """Give the costs of reading a gVCF of so many records, once; memory is what matters."""
    free, needed = shutil.disk_usage(folder).free / 1e6, GVCF_MB * records / 1e6
    if free < 2 * needed:
        return {"records": records, "skipped": f"{needed:,.0f} MB are needed twice, {free:,.0f} MB are free"}
    written, ours = _read(records, folder, runs=1, shape="gvcf")
    size = (folder / "genome.vcf.gz").stat().st_size
    return {
        "records": written,
        "bytes": size,
        "read": ours.rounded(),
        "records_per_second": round(written / ours.wall),
    }


def _read(records: int, folder: Path, *, runs: int, shape: str) -> tuple[int, Cost]:
    genome, variants, coverage = (folder / name for name in ("genome.vcf.gz", "variants.parquet", "coverage.parquet"))
    # In a process of its own: a child's peak memory is at least what its parent held when it was started.
    command = python(GENERATE, HERE, genome, str(records), shape)
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(made.stdout), median_cost(python(READ, genome, variants, coverage), runs=runs)


def _peer(interpreter: str, name: str, genome: Path, folder: Path, ours: Cost) -> dict[str, float] | str:
    if subprocess.run([interpreter, "-c", f"import {name}"], capture_output=True, check=False).returncode:
        return "not installed"
    cost = cost_of([interpreter, "-c", PEERS[name], str(genome), str(folder / "peer.parquet")])
    return cost.rounded() | {"cpu_over_ours": round(cost.cpu / ours.cpu, 2)}
