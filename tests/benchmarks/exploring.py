"""The explorer below the browser: making its table, and what each thing that a person does in it takes.

A generated genome with two modules: one like a table of frequencies, with an answer for most variants, one like a
clinical one, with few answers for variants and many about sites without one. Forty columns that a person may see.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import psutil
from references import COLUMNS, made_up

from genoteca.engine.results.explore import View, WideModule, WideSpec, WideTable, build_wide, genes_of, jump
from genoteca.genome.schema import polars_schema
from genoteca.model.column import ANNOTATIONS, AnnotationColumn
from genoteca.model.filter import All, Condition, Filter, Operator, Sort
from genoteca.settings import Settings

__all__ = ["TARGETS", "exploring", "wide_spec"]

TARGETS = {"page": 150, "jump": 150, "region": 150, "filter": 150, "repeated_sort": 150, "first": 400}
"""Milliseconds at the 95th percentile on 4.7 million rows and 40 columns."""
TIMES = 40
PAGE = 100
FREQUENCIES = [COLUMNS[n] for n in (0, 1, 2, 3, 8, 9, 10, 11)]
CLINICAL = [COLUMNS[n] for n in (1, 4, 5, 6)]
SITES = 400_000
"""Of the clinical module: answers without a variant."""


def exploring(folder: Path, *, times: int = TIMES) -> dict[str, Any]:
    """Give what making the table takes, and milliseconds (p50, p95) of everything else, beside `variants.parquet`.

    Waited, and worked by all processors (`cpu_`): what others do on the machine shows in the first alone.
    """
    spec, home = wide_spec(folder), folder / "explored"
    target = home / "genome" / spec.name
    begun = time.perf_counter()
    if not target.exists():
        build_wide(Settings(home=folder / "home"), spec, target, lambda _fraction, _message: None)
    built = time.perf_counter() - begun
    for order in target.glob("order-*"):
        order.unlink()
    before = psutil.Process().memory_info().rss
    begun = time.perf_counter()
    table = WideTable(target)
    opened = time.perf_counter() - begun
    try:
        found = _measured(table, times)
    finally:
        table.close()
    return {
        "rows": table.about.total,
        "variants": table.about.variants,
        "columns": len(table.columns),
        "build_seconds": round(built, 1),
        "disk_mb": round(sum(file.stat().st_size for file in target.rglob("*") if file.is_file()) / 1e6),
        "open_ms": round(opened * 1000),
        "memory_mb_before_and_after": [round(before / 1e6), round(psutil.Process().memory_info().rss / 1e6)],
        "milliseconds": found,
        "targets_p95": TARGETS,
    }


def _measured(table: WideTable, times: int) -> dict[str, dict[str, float]]:
    random = np.random.default_rng(5)
    shown = list(table.columns)[:40]
    chroms = [str(n) for n in range(1, 23)]

    def page(view: View, start: int | None = None) -> None:
        matched, _ = table.matched(view)
        at = int(random.integers(0, max(matched - PAGE, 1))) if start is None else start
        table.rows(table.numbers(view, at, min(PAGE, max(matched - at, 0))), shown, view.closed)

    def region() -> None:
        start = int(random.integers(1, 40_000_000))
        page(View(where=_between(str(random.choice(chroms)), start, start + 1_000_000)), 0)

    def jumped() -> None:
        view = View()
        found = jump(table, view, f"{random.choice(chroms)}:{random.integers(1, 40_000_000)}")
        page(view, found.index or 0)

    def gene() -> None:
        view = View()
        found = jump(table, view, f"GENE{random.integers(0, 200) * 3 + 1}")
        page(view, found.index or 0)

    def filtered() -> None:
        page(View(where=_rare(float(random.uniform(0.0001, 0.01)))), 0)

    def text() -> None:
        page(View(text=f"disease_{random.integers(1, 5000)}_"), 0)

    def rsid() -> None:
        page(View(text=f"rs{random.integers(10_000, 2_000_000)}"), 0)

    sorts = [_sort(name) for name in ("pos", "qual", "depth", "frequencies_cadd", "frequencies_af", "id")]
    for one in sorts[:4]:
        table.shown(View(sort=[one]))
    rare = View(where=_rare(0.005), sort=[_sort("frequencies_cadd")])
    firsts = iter([name for name in table.columns if name not in {one.column for one in sorts}])
    measured: dict[str, Callable[[], None]] = {
        "page": lambda: page(View()),
        "page_with_sites": lambda: page(View(sites=True)),
        "jump": jumped,
        "gene_jump": gene,
        "region": region,
        "filter": filtered,
        "repeated_sort": lambda: page(View(sort=[sorts[int(random.integers(0, 4))]])),
        "filter_and_repeated_sort": lambda: page(rare, 0),
        "search_words": text,
        "search_rsid": rsid,
        "group_by_gene": lambda: _grouped(table),
    }
    found = {name: _percentiles(action, times) for name, action in measured.items()}
    found["first_sort"] = _percentiles(lambda: page(View(sort=[_sort(next(firsts))]), 0), min(times, 20), wait=table)
    found["first_filter_and_sort"] = _percentiles(
        lambda: page(View(where=_rare(float(random.uniform(0.001, 0.01))), sort=[_sort(next(firsts))]), 0),
        min(times, 12),
        wait=table,
    )
    return found


def _grouped(table: WideTable) -> None:
    view = View(where=_rare(0.01))
    genes_of(table, view).lines(table, view, (), 0, PAGE)


def _percentiles(action: Callable[[], None], times: int, *, wait: WideTable | None = None) -> dict[str, float]:
    taken, worked = list[float](), list[float]()
    for _ in range(times):
        begun, busy = time.perf_counter(), time.process_time()
        action()
        taken.append((time.perf_counter() - begun) * 1000)
        worked.append((time.process_time() - busy) * 1000)
        if wait is not None:
            wait.settle()
    found = {}
    for name, all_of_them in (("", sorted(taken)), ("cpu_", sorted(worked))):
        found[f"{name}p50"] = round(statistics.median(all_of_them), 1)
        found[f"{name}p95"] = round(all_of_them[round(0.95 * (len(all_of_them) - 1))], 1)
    return found


def _between(chrom: str, start: int, end: int) -> Filter:
    return All.model_validate(
        {
            "and": [
                Condition(column="chrom", op=Operator.EQUAL, value=chrom),
                Condition(column="pos", op=Operator.AT_LEAST, value=start),
                Condition(column="pos", op=Operator.AT_MOST, value=end),
            ]
        }
    )


def _rare(frequency: float) -> Filter:
    rare = Condition(column="frequencies_af", op=Operator.LESS, value=frequency)
    serious = Condition(column="frequencies_impact", op=Operator.IN, value=["HIGH", "MODERATE"])
    return All.model_validate({"and": [rare, serious]})


def _sort(column: str) -> Sort:
    return Sort(column=column, descending=True)


def wide_spec(folder: Path) -> WideSpec:
    """Write the answers of both modules beside the variants, where they are not there yet."""
    variants = folder / "variants.parquet"
    frequencies, clinical = folder / "frequencies.parquet", folder / "clinical.parquet"
    random = np.random.default_rng(3)
    if not clinical.exists():
        table = pl.read_parquet(variants, columns=["key", "chrom", "pos", "ref", "alt", "line", "allele", "genotype"])
        table = table.with_row_index("row")
        _write(table.filter(pl.Series(random.random(len(table)) < 0.9)), frequencies, FREQUENCIES, random)
        few = table.filter(pl.Series(random.random(len(table)) < 0.02))
        none = pl.lit(None, pl.UInt32)
        sites = table.sample(min(SITES, len(table)), seed=1).with_columns(row=none, pos=pl.col("pos") + 1)
        _write(pl.concat([few, sites.sort("chrom", "pos")], how="vertical_relaxed"), clinical, CLINICAL, random)
    return WideSpec(
        variants=variants,
        sha256="generated",
        modules=(_module("clinical", clinical, CLINICAL), _module("frequencies", frequencies, FREQUENCIES)),
        memory_gb=1.5,
    )


def _module(name: str, path: Path, own: list[AnnotationColumn]) -> WideModule:
    common = [AnnotationColumn.model_validate(one.model_dump()) for one in ANNOTATIONS]
    return WideModule(id=name, title=name.title(), path=path, sha256="generated", columns=(*common, *own))


def _write(table: pl.DataFrame, path: Path, own: list[AnnotationColumn], random: np.random.Generator) -> None:
    told = made_up(table, random)
    carried = pl.col("row").is_not_null()
    filled = table.with_columns(
        site=pl.int_range(pl.len()),
        filtered=pl.lit(value=False),
        dosage=pl.when(carried).then(1),
        match=pl.when(carried).then(pl.lit("allele")),
        evidence=pl.when(carried).then(pl.lit("called")).otherwise(pl.lit("reference")),
        **{one.name: told[one.name] for one in own},
    )
    schema = polars_schema((*ANNOTATIONS, *own))
    filled.select(pl.col(name).cast(kind) for name, kind in schema.items()).write_parquet(path)
