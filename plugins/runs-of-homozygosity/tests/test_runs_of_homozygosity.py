from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genoteca.errors import InstallError
from genoteca.sdk import check_module, isolated_plugin
from genoteca.sdk.testing import MakeSample, materialize_module

FOLDER = Path(__file__).parents[1] / "src" / "genoteca_runs_of_homozygosity"
HEADER = """\
##fileformat=VCFv4.2
##contig=<ID=chr21,length=46709983>
##contig=<ID=chr22,length=50818468>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tHG
"""


def _script() -> ModuleType:
    spec = spec_from_file_location("genoteca_runs_script", FOLDER / "runs.py")
    assert spec is not None
    assert spec.loader is not None
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


script = _script()


def _sites(het: list[bool], positions: list[int], chrom: str = "21") -> pl.DataFrame:
    return pl.DataFrame(
        {"chrom": [chrom] * len(het), "pos": positions, "het": het},
        schema={"chrom": pl.String, "pos": pl.UInt32, "het": pl.Boolean},
    )


def _planted(count: int, run: range, step: int = 1500) -> tuple[list[bool], list[int]]:
    chance = random.Random(1)  # noqa: S311 - the same genome in every run
    het = [chance.random() < 0.6 and n not in run for n in range(count)]
    return het, [10_000_000 + step * n for n in range(count)]


def test_a_planted_run_is_found_at_its_ends() -> None:
    het, positions = _planted(12_000, range(4000, 6000))
    found = script.runs_of(_sites(het, positions))
    assert len(found) == 1
    start, end = found.row(0)[:2]
    # at most a few homozygous neighbours more, by chance and by the three that a window allows
    assert positions[3990] <= start <= positions[4000]
    assert positions[5999] <= end <= positions[6010]


@pytest.mark.parametrize(
    ("count", "step", "why"),
    [(600, 1500, "shorter than a million bases"), (250, 6_000, "too thin")],
)
def test_what_is_too_short_or_too_thin_is_no_run(count: int, step: int, why: str) -> None:
    het, positions = _planted(3000, range(1000, 1000 + count), step)
    assert script.runs_of(_sites(het, positions)).is_empty(), why


def test_a_gap_in_which_nothing_was_read_ends_a_run() -> None:
    het, positions = _planted(12_000, range(4000, 6000))
    apart = [position + (3_000_000 if n >= 5000 else 0) for n, position in enumerate(positions)]
    found = script.runs_of(_sites(het, apart))
    assert len(found) == 2
    assert script.covered_bases(_sites(het, apart)) == script.covered_bases(_sites(het, positions)) - 1500


def _by_hand(het: list[bool]) -> list[bool]:
    """Whether each variant is in a run, window by window."""
    windows = [sum(het[n : n + 50]) <= 3 for n in range(len(het) - 49)]
    inside = []
    for at in range(len(het)):
        over = windows[max(0, at - 49) : at + 1]
        inside.append(bool(over) and sum(over) >= 0.05 * len(over))
    return inside


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([False, False, False, False, False, False, True]), min_size=0, max_size=260))
def test_the_scan_is_that_of_plink_window_by_window(het: list[bool]) -> None:
    assert script._in_segment(pl.Series(het, dtype=pl.Boolean)).to_list() == _by_hand(het)


def test_sites_that_cannot_be_used_are_left_out() -> None:
    variants = pl.LazyFrame(
        {
            "chrom": ["1", "1", "1", "1", "1", "X", "2", "2"],
            "pos": [1, 2, 3, 4, 5, 6, 7, 7],
            "ref": ["A", "AC", "A", "A", "A", "A", "A", "A"],
            "alt": ["G", "A", "G", "G", "G", "G", "G", "T"],
            "filter": ["PASS", "PASS", "LowQual", None, "PASS", "PASS", "PASS", "PASS"],
            "genotype_quality": [20, 99, 99, 19, None, 99, 99, 99],
            "zygosity": ["homozygous", "homozygous", "homozygous", "homozygous", None, "homozygous"]
            + ["heterozygous"] * 2,
        }
    )
    assert script.usable(variants).rows() == [("1", 1, False), ("2", 7, True)]


def test_every_autosome_has_a_line_and_the_share_is_of_what_is_covered() -> None:
    het, positions = _planted(12_000, range(4000, 6000))
    found = script.answer(_sites(het, positions))
    assert found["chrom"].to_list() == [str(n) for n in range(1, 23)]
    assert found["evidence"].value_counts().sort("evidence").rows() == [("called", 1), ("not_covered", 21)]
    line = found.row(20, named=True)
    assert line["runs"] == 1
    assert line["share"] == line["genome_share"] == pytest.approx(3_000_000 / (1500 * 12_000), rel=0.02)


def test_the_module_keeps_every_rule() -> None:
    assert [found.message for found in check_module(isolated_plugin(FOLDER), folder=FOLDER) if not found.ok] == []


@pytest.fixture
def genome(genoteca_sample: MakeSample) -> Iterator[object]:
    het, positions = _planted(12_000, range(4000, 6000))
    lines = [
        f"chr21\t{at}\t.\tA\tG\t50\tPASS\t.\tGT\t{'0/1' if one else '1/1'}"
        for one, at in zip(het, positions, strict=True)
    ]
    return genoteca_sample(HEADER + "\n".join(lines) + "\n", kind="whole genome")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no box on Windows")
def test_a_genome_is_answered_in_the_box_under_polars_1(genome: object) -> None:
    assert pl.__version__.startswith("2."), "the app has another Polars"
    try:
        made = materialize_module(isolated_plugin(FOLDER), genome)
    except InstallError as error:
        pytest.skip(f"its environment cannot be made here: {error.message[:200]}")
    assert made.failed_checks == []
    assert made.record().sites == 22
    assert made.record().metadata["told"]["polars"].startswith("1.")
    line = made.table.filter(pl.col("chrom") == "21").row(0, named=True)
    assert (line["runs"], line["evidence"]) == (1, "called")
    assert line["longest_mb"] == pytest.approx(3.0, rel=0.02)
    assert line["gate"]


def test_a_file_without_a_whole_chromosome_cannot_be_tested(genoteca_sample: MakeSample) -> None:
    try:
        made = materialize_module(isolated_plugin(FOLDER), genoteca_sample(kind="whole genome"))
    except InstallError as error:
        pytest.skip(f"its environment cannot be made here: {error.message[:200]}")
    assert made.outcome == "cannot be tested"
    assert "whole genome" in made.reason
