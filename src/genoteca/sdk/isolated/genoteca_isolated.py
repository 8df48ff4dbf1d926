"""For the scripts of isolated modules: the genome's tables, progress, and the answer.

The app lays this file beside the script; it imports the standard library, and dagster-pipes, which comes with it.

    import genoteca_isolated as genoteca

    genoteca.progress(0.5, "Counting")
    genoteca.write([{"chrom": "1", "pos": 1, "evidence": "called", "says": "something"}])
"""

from __future__ import annotations

import atexit
import csv
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["coverage", "file", "output", "progress", "request", "rows", "tell", "untestable", "variants", "write"]

INPUT = Path(__file__).resolve().parent.parent / "input"
"""The app lays both side by side."""
csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


@cache
def request() -> dict[str, Any]:
    """Give what is asked: `module`, `build`, `kind`, `sex`, `settings`, `columns`, `tables`, and where files lie."""
    told: dict[str, Any] = json.loads((INPUT / "request.json").read_text("utf-8"))
    return told


def variants() -> Path:
    """Give the genome's variants: one row per ALT allele, sorted; the columns are those of the app."""
    return Path(request()["variants"])


def coverage() -> Path:
    """Give what the file says of stretches without a variant: asserted reference, or no call."""
    return Path(request()["coverage"])


def file(name: str) -> Path:
    """Give a file that lies beside the script in the module's package."""
    return Path(request()["module_folder"], name)


def rows(table: Path) -> Iterator[dict[str, str]]:
    """Read a tab-separated table row by row; an empty cell is an empty text."""
    with table.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t")


def output() -> Path:
    """Give the file to write the answer to: Parquet or tab-separated, as the manifest says under `tables`."""
    return Path(request()["output"])


def write(answer: Iterable[Mapping[str, Any]]) -> None:
    """Write the answer as a tab-separated table; None is an empty cell, a boolean is true or false."""
    names = request()["answer_columns"]
    with output().open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, names, delimiter="\t", lineterminator="\n", restval="")
        table.writeheader()
        for row in answer:
            table.writerow({name: _cell(value) for name, value in row.items()})


def progress(fraction: float, message: str) -> None:
    """Say how far the work is, from 0 to 1, and what is done now."""
    _pipes().report_custom_message({"progress": float(fraction), "message": str(message)})


def tell(**facts: str | float | bool | None) -> None:
    """Say what the answer's record shall keep: counts, versions, thresholds. Never a genotype."""
    _pipes().report_custom_message({"told": facts})


def untestable(reason: str) -> None:
    """Say in a sentence why this genome cannot be tested after all; no answer is written then."""
    _pipes().report_custom_message({"untestable": str(reason)})


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


@cache
def _pipes() -> Any:
    from dagster_pipes import open_dagster_pipes

    context = open_dagster_pipes()
    atexit.register(context.close)
    return context
