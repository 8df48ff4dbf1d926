"""Annotating, against the floor (read the tables, re-write the joined one) and other annotators in the same run."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from measure import Cost, cost_of, median_cost, python
from reading import GENERATE, READ
from references import COLUMNS

from genoteca.settings import KEEP_FREED_MEMORY, ROOMY_GB

__all__ = ["annotating", "several_modules", "several_tables"]

HERE = Path(__file__).resolve().parent
MAKE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from references import write_reference
path, variants = Path(sys.argv[2]), Path(sys.argv[4])
print(write_reference(path, int(sys.argv[3]), variants, columns=int(sys.argv[5]), seed=int(sys.argv[6])))
"""
ANNOTATE = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
folder, engine, memory, columns = Path(sys.argv[2]), sys.argv[3], float(sys.argv[4]), int(sys.argv[5])
from references import COLUMNS
from genoteca.annotate.alleles import annotate_alleles
from genoteca.annotate.room import Room
from genoteca.annotate.sample_tables import SampleTables
from genoteca.model.build import Build
from genoteca.model.sample import SampleKind
from genoteca.sdk.parquet import as_parquet
room = Room(scratch=folder, memory=int(memory * 1e9))
sample = SampleTables(variants=folder / "variants.parquet", coverage=folder / "coverage.parquet",
                      structural=folder / "coverage.parquet.structural", build=Build.GRCH38,
                      kind=SampleKind.WHOLE_GENOME, room=room)
told = []
for number, reference in enumerate(sys.argv[6:]):
    answer = annotate_alleles(Path(reference), sample, columns=COLUMNS[:columns], dense=False, engine=engine)
    written = as_parquet(answer.table, folder / f"answers-{number}.parquet")
    told.append({"evidence": answer.evidence, "sites": answer.sites, "bytes": written.stat().st_size})
    if written.parent != folder:
        written.unlink()
(folder / "told.json").write_text(json.dumps(told))
"""
MATCH = """
import sys
import polars as pl
reference = pl.scan_parquet(sys.argv[1]).select("key", "site").set_sorted("key")
variants = pl.scan_parquet(sys.argv[2]).select("key").with_row_index("row").set_sorted("key")
reference.join(variants, on="key", how="inner").collect(engine="streaming")
"""
OWN_MATCH = """
import sys
from pathlib import Path
from genoteca.annotate.calls import read_calls
from genoteca.annotate.matching import match_alleles
from genoteca.annotate.sample_tables import SampleTables
from genoteca.model.build import Build
from genoteca.model.sample import SampleKind
variants = Path(sys.argv[2])
sample = SampleTables(variants=variants, coverage=variants, build=Build.GRCH38, kind=SampleKind.WHOLE_GENOME)
match_alleles(Path(sys.argv[1]), read_calls(sample), engine="polars")
"""
READ_BOTH = """
import sys
import polars as pl
for path in sys.argv[1:]:
    pl.scan_parquet(path).select(pl.all().null_count()).collect(engine="streaming")
"""
JOIN = """
import sys
import polars as pl
names = ["key", *sys.argv[4].split(",")]
reference = pl.scan_parquet(sys.argv[1]).select(pl.col(n).alias(n if n == "key" else f"r_{n}") for n in names)
variants = pl.scan_parquet(sys.argv[2])
joined = variants.set_sorted("key").join(reference.set_sorted("key"), on="key", how="left")
joined.sink_parquet(sys.argv[3], compression="zstd")
"""
REWRITE = """
import sys
import polars as pl
pl.scan_parquet(sys.argv[1]).sink_parquet(sys.argv[2], compression="zstd")
"""
AS_VCF = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from as_vcf import write_vcf
write_vcf(Path(sys.argv[2]), Path(sys.argv[3]))
"""
FRUGAL_GB = 0.5
"""The memory that the low-memory engine is told to aim at."""
ROW_BYTES = 40
"""Of a reference on disk, with the room its making takes."""
MODULES = (617_000, 139_000, 115_000, *([700] * 9))
"""Rows of the modules of a usual installation elsewhere; measured there: 92 to 119 s on 6.1 million records."""


def annotating(folder: Path, *, records: int, sizes: tuple[int, ...], peers_at: int, runs: int = 1) -> dict[str, Any]:
    """Give the costs of annotating a generated genome with references of so many rows.

    `peers_at`: the rows at which bcftools and vcfanno do the same. `runs`: of each, of which the median is given.
    """
    reading = make_sample(folder, records, runs=runs)
    return {
        "records": records,
        "reading": reading.rounded(),
        "references": [_against(folder, rows, reading, peers=rows == peers_at, runs=runs) for rows in sizes],
    }


def several_tables(folder: Path, *, records: int, tables: int, rows: int, runs: int = 1) -> dict[str, Any]:
    """Give the cost of annotating one genome with several tables of three columns, one after the other."""
    make_sample(folder, records)
    references = [make_reference(folder, f"table-{n}", rows, columns=3, seed=30 + n) for n in range(tables)]
    cost = _annotate(folder, *references, engine="polars", memory=4, columns=3, runs=runs)
    return {"records": records, "tables": tables, "rows_each": rows, "annotate": cost.rounded()}


def several_modules(folder: Path, *, records: int, modules: tuple[int, ...] = MODULES) -> dict[str, Any]:
    """Give what a run of several modules takes once the genome is read: worker and Dagster included."""
    make_sample(folder, records)
    for number, rows in enumerate(modules):
        make_reference(folder, f"module{number}", rows, columns=12, seed=50 + number)
    command = python("import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')")
    script = [*command, str(HERE / "modules_run.py"), str(folder), str(len(modules))]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {"records": records, "modules": list(modules), **told}


def make_sample(folder: Path, records: int, *, runs: int = 1) -> Cost:
    """Generate a genome and read it; give what the reading took."""
    genome, variants, coverage = (folder / name for name in ("genome.vcf.gz", "variants.parquet", "coverage.parquet"))
    subprocess.run(python(GENERATE, HERE, genome, str(records), "fixed"), capture_output=True, check=True)
    return median_cost(python(READ, genome, variants, coverage), runs=runs, environment=KEEP_FREED_MEMORY)


def make_reference(folder: Path, name: str, rows: int, *, columns: int = 12, seed: int = 11) -> Path:
    """Generate a published reference beside the genome."""
    path = folder / f"{name}.parquet"
    command = python(MAKE, HERE, path, str(rows), folder / "variants.parquet", str(columns), str(seed))
    subprocess.run(command, capture_output=True, check=True)
    return path


def _annotate(folder: Path, *references: Path, engine: str, memory: float, columns: int, runs: int) -> Cost:
    """Annotate as a worker does, which a limit of memory keeps from holding what it frees."""
    command = python(ANNOTATE, HERE, folder, engine, str(memory), str(columns), *references)
    return median_cost(command, runs=runs, environment=KEEP_FREED_MEMORY if memory >= ROOMY_GB else None)


def _against(folder: Path, rows: int, reading: Cost, *, peers: bool, runs: int) -> dict[str, Any]:
    free, needed = shutil.disk_usage(folder).free, rows * ROW_BYTES * 2
    if free < needed:
        return {"rows": rows, "skipped": f"{needed / 1e9:,.0f} GB are needed, {free / 1e9:,.0f} GB are free"}
    reference, variants = make_reference(folder, "reference", rows), folder / "variants.parquet"
    full = _annotate(folder, reference, engine="polars", memory=4, columns=12, runs=runs)
    told = json.loads((folder / "told.json").read_text())[0]
    frugal = _annotate(folder, reference, engine="duckdb", memory=FRUGAL_GB, columns=12, runs=1)
    same = json.loads((folder / "told.json").read_text())[0]["evidence"] == told["evidence"]
    floor = _floor(folder, reference, runs=runs)
    imports = cost_of(python("import genoteca.annotate.alleles, genoteca.sdk.parquet")).cpu
    bare = cost_of(python("import polars")).cpu
    match, own_match = (median_cost(python(code, reference, variants), runs=runs) for code in (MATCH, OWN_MATCH))
    found = {
        "rows": rows,
        "bytes": reference.stat().st_size,
        "answers": sum(told["evidence"].values()),
        "engines_agree": same,
        "polars": full.rounded(),
        "duckdb_low_memory": frugal.rounded(),
        "floor": {name: cost.rounded() for name, cost in floor.items()},
        "cpu_over_floor": round((full.cpu - imports) / (sum(cost.cpu for cost in floor.values()) - 2 * bare), 2),
        "join_key_only": match.rounded(),
        "match": own_match.rounded(),
        "match_over_floor": round((match.cpu - bare) / (sum(cost.cpu for cost in floor.values()) - 2 * bare), 2),
    }
    if peers:
        found["peers"] = _peers(folder, reference, full, reading)
    reference.unlink()
    return found


def _floor(folder: Path, reference: Path, *, runs: int) -> dict[str, Cost]:
    """Measure reading both tables whole, and reading and writing the joined one."""
    variants, joined, again = (folder / f"{name}.parquet" for name in ("variants", "joined", "again"))
    names = ",".join(column.name for column in COLUMNS)
    subprocess.run(python(JOIN, reference, variants, joined, names), capture_output=True, check=True)
    found = {
        "read": median_cost(python(READ_BOTH, reference, variants), runs=runs, environment=KEEP_FREED_MEMORY),
        "rewrite": median_cost(python(REWRITE, joined, again), runs=runs, environment=KEEP_FREED_MEMORY),
    }
    joined.unlink()
    again.unlink()
    return found


def _peers(folder: Path, reference: Path, ours: Cost, reading: Cost) -> dict[str, Any]:
    found: dict[str, Any] = {"vcfanno": "not on this machine", "bcftools": "not on this machine"}
    if not shutil.which("bcftools"):
        return found
    genome, known = folder / "genome.vcf.gz", folder / "reference.vcf.gz"
    subprocess.run(python(AS_VCF, HERE, reference, known), capture_output=True, check=True)
    for path in (genome, known):
        subprocess.run(["bcftools", "index", "-f", "-t", str(path)], capture_output=True, check=True)
    to_bcf = ["-c", "INFO", "-Ob", "-o", "/dev/null", str(genome)]
    commands = {"bcftools": ["bcftools", "annotate", "-a", str(known), *to_bcf]}
    if shutil.which("vcfanno"):
        settings = folder / "vcfanno.toml"
        names = json.dumps([column.name for column in COLUMNS])
        settings.write_text(
            f'[[annotation]]\nfile="{known}"\nfields={names}\nops={json.dumps(["self"] * len(COLUMNS))}\n'
        )
        commands["vcfanno"] = ["vcfanno", "-p", "2", str(settings), str(genome)]
    for name, command in commands.items():
        cost = cost_of(command)
        found[name] = cost.rounded() | {
            "cpu_over_ours": round(cost.cpu / ours.cpu, 1),
            "cpu_over_ours_with_reading": round(cost.cpu / (ours.cpu + reading.cpu), 1),
        }
    known.unlink()
    return found
