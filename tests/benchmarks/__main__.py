"""Measures Genoteca on this machine and prints JSON: `uv run python tests/benchmarks`.

`--short` takes a minute or two, for the long form of the test suite; nothing here ever fails for being slow.
`--only reading` reads from 100,000 to 10,000,000 records. `--only annotating` looks up in references of 5, 40 and
160 million rows, as far as the disk has room (`--rows` names others; bcftools and vcfanno do the same with the
smallest, where they are installed), asks twelve modules at once (alone: `--only modules`) and four tables one after
the other (`--only tables`); `--records` tells how large the genome is. `--only status` asks where 20 modules stand
for 100 genomes.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent))

from annotating import MODULES, annotating, make_sample, several_modules, several_tables
from desktop import desktop, overhead
from exploring import exploring
from keeping import keeping
from reading import reading, reading_gvcf
from status import status_of_many

from store import store

SCALING = (100_000, 500_000, 1_000_000, 4_500_000, 10_000_000)
GENOME = 4_500_000
"""Records of one genome: where FORMAT differs from record to record, and where other readers are measured."""
BROWSED = 4_700_000
"""Records of the genome that is explored."""
BIG_GENOME = 6_100_000
REFERENCES = (5_000_000, 40_000_000, 160_000_000)
SHORT = 20_000


def main() -> None:
    """Run the benchmarks that were asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="small files, one run each")
    parser.add_argument(
        "--only",
        choices=[
            "reading",
            "desktop",
            "overhead",
            "annotating",
            "modules",
            "tables",
            "exploring",
            "store",
            "status",
            "keeping",
        ],
        help="only this one",
    )
    parser.add_argument("--peers", metavar="PYTHON", help="an interpreter with polars-bio, cyvcf2 or pysam")
    parser.add_argument("--gvcf", metavar="RECORDS", type=int, help="also read a gVCF of so many records")
    parser.add_argument("--rows", type=int, action="append", help="rows of a reference; may be given again")
    parser.add_argument("--records", type=int, help="records of the genome that is annotated")
    parser.add_argument("--runs", type=int, default=1, help="of each annotating, of which the median is given")
    options = parser.parse_args()
    found: dict[str, Any] = {"schema": 1, "machine": _machine()}
    with tempfile.TemporaryDirectory(prefix="genoteca-benchmark-") as folder:
        if options.only in (None, "desktop"):
            found["desktop"] = desktop(Path(folder), standby=3 if options.short else 10)
        if options.only in (None, "overhead"):
            found["overhead"] = overhead(Path(folder))
        if options.only in (None, "store"):
            found["store"] = store(Path(folder), runs=1 if options.short else 5)
        if options.only in (None, "status"):
            found["status"] = status_of_many(Path(folder), *((10, 3) if options.short else (100, 20)))
        if options.only in (None, "keeping"):
            records = options.records or (SHORT if options.short else 1_000_000)
            found["keeping"] = keeping(Path(folder), records=records, runs=2 if options.short else 10)
        if options.only in (None, "exploring"):
            make_sample(Path(folder), SHORT if options.short else BROWSED)
            found["exploring"] = exploring(Path(folder), times=3 if options.short else 40)
        if options.only in (None, "reading"):
            found["reading"] = _readings(Path(folder), options)
        if options.only in (None, "annotating", "modules", "tables"):
            found["annotating"] = _annotations(Path(folder), options)
        if options.gvcf:
            found["gvcf"] = reading_gvcf(options.gvcf, Path(folder))
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


def _readings(folder: Path, options: argparse.Namespace) -> list[dict[str, Any]]:
    runs = 1 if options.short else 3
    whole = SHORT if options.short else GENOME
    sizes = SCALING if options.only == "reading" and not options.short else (whole,)
    found = [reading(n, folder, runs=runs, peers=options.peers if n == whole else None) for n in sizes]
    return [*found, reading(whole, folder, runs=runs, shape="varied")]


def _annotations(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    short, runs = options.short, options.runs
    sizes = (2 * SHORT,) if short else tuple(options.rows or REFERENCES)
    modules = (SHORT // 2, 700) if short else MODULES
    tables, rows = (2, SHORT) if short else (4, 2_000_000)

    def records(usual: int) -> int:
        return options.records or (SHORT if short else usual)

    parts: dict[str, Callable[[], Any]] = {
        "references": lambda: annotating(
            folder, records=records(GENOME), sizes=sizes, peers_at=min(sizes), runs=runs
        ),
        "modules": lambda: several_modules(folder, records=records(BIG_GENOME), modules=modules),
        "tables": lambda: several_tables(folder, records=records(1_000_000), tables=tables, rows=rows, runs=runs),
    }
    return {name: part() for name, part in parts.items() if options.only in (None, "annotating", name)}


def _machine() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "load": round(psutil.getloadavg()[0], 2),
    }


if __name__ == "__main__":
    main()
