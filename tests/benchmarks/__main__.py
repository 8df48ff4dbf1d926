"""Measures Genoteca on this machine and prints JSON: `uv run python tests/benchmarks`.

`--short` takes half a minute, for the test suite; nothing here ever fails for being slow.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent))

from desktop import desktop, overhead
from reading import reading


def main() -> None:
    """Run the benchmarks that were asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="small files, one run each")
    parser.add_argument("--only", choices=["reading", "desktop", "overhead"], help="only this one")
    options = parser.parse_args()
    sizes = [20_000] if options.short else [500_000, 4_500_000]
    found: dict[str, Any] = {"schema": 1, "machine": _machine()}
    with tempfile.TemporaryDirectory(prefix="genoteca-benchmark-") as folder:
        if options.only in (None, "desktop"):
            found["desktop"] = desktop(Path(folder), standby=3 if options.short else 10)
        if options.only in (None, "overhead"):
            found["overhead"] = overhead(Path(folder))
        if options.only in (None, "reading"):
            found["reading"] = [reading(size, Path(folder), runs=1 if options.short else 3) for size in sizes]
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


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
