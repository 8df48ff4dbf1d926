"""Reading a genome, against the floor (decompress, and re-write the Parquet) and bcftools in the same run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from measure import cost_of, median_cost, python

__all__ = ["reading"]

HERE = Path(__file__).resolve().parent
GENERATE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from generate import write_genome
print(write_genome(Path(sys.argv[2]), int(sys.argv[3])))
"""
READ = """
import sys
from pathlib import Path
from genoteca.genome.reading import Limits, read_genome
from genoteca.model.build import Build
from genoteca.model.sample import Sex
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


def reading(records: int, folder: Path, *, runs: int) -> dict[str, Any]:
    """Give the costs of reading so many generated records, and their ratios to the floor and to bcftools."""
    genome, variants, coverage = (folder / name for name in ("genome.vcf.gz", "variants.parquet", "coverage.parquet"))
    # In a process of its own: a child's peak memory is at least what its parent held when it was started.
    made = subprocess.run(python(GENERATE, HERE, genome, str(records)), capture_output=True, text=True, check=True)
    written = int(made.stdout)
    ours = median_cost(python(READ, genome, variants, coverage), runs=runs)
    imports = cost_of(python("import genoteca.genome.reading")).cpu
    floor_imports = cost_of(python("import isal.igzip")).cpu + cost_of(python("import polars")).cpu
    unzip = median_cost(python(DECOMPRESS, genome), runs=runs)
    again = median_cost(python(REWRITE, variants, folder / "again.parquet"), runs=runs)
    floor = unzip.cpu + again.cpu
    found: dict[str, Any] = {
        "records": written,
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
    return found
