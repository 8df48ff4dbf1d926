from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.genome.key import with_keys
from genoteca.genome.kind import AUTOSOMES
from genoteca.genome.spread import WINDOW, Spread, SpreadCount
from genoteca.model.build import CHROMOSOMES, Build
from genoteca.model.sample import SampleKind

if TYPE_CHECKING:
    from tests.genome.conftest import Reader

CHANGES = {"AG": 0, "GA": 0, "CT": 0, "TC": 0, "AC": 1, "CA": 1, "AT": 1, "TA": 1, "CG": 1, "GC": 1, "GT": 1, "TG": 1}
"""Of one base to another: a transition (0), a transversion (1)."""
ROWS = st.lists(
    st.tuples(
        st.sampled_from(CHROMOSOMES[:24]),
        st.integers(1, 60_000) | st.integers(200_000_000, 248_000_000),
        st.sampled_from([*((c[0], c[1]) for c in CHANGES), ("A", "AT"), ("AC", "A"), ("AC", "GT")]),
        st.none() | st.integers(0, 2),
    ),
    max_size=50,
)


@given(ROWS, st.integers(1, 60))
def test_the_spread_is_the_same_however_the_rows_are_cut(
    rows: list[tuple[str, int, tuple[str, str], int | None]], size: int
) -> None:
    expected: dict[str, Spread] = {}
    for chrom in CHROMOSOMES:
        carried = [(pos, ref, alt) for name, pos, (ref, alt), dosage in rows if name == chrom and dosage]
        kinds = [CHANGES.get(ref + alt, 2 if len(ref) != len(alt) else 3) for _, ref, alt in carried]
        if carried:
            windows = {pos // WINDOW for pos, *_ in carried}
            expected[chrom] = Spread(len(carried), len(windows), *(kinds.count(kind) for kind in range(3)))
    flat = [(chrom, pos, *alleles, dosage) for chrom, pos, alleles, dosage in rows]
    schema = {"chrom": pl.String, "pos": pl.UInt32, "ref": pl.String, "alt": pl.String, "dosage": pl.UInt32}
    table = with_keys(pl.DataFrame(flat, schema=schema, orient="row")).sort("key")
    count = SpreadCount()
    for part in table.iter_slices(size):
        count.take(part)
    assert count.found() == expected


def _spread_of(variants: Path, *, rows: int = 1 << 20) -> dict[str, Spread]:
    """Count a whole table, so many rows at a time."""
    count = SpreadCount()
    for part in pl.read_parquet(variants).iter_slices(rows):
        count.take(part)
    return count.found()


def test_the_spread_counts_carried_alleles_and_the_windows_they_lie_in(read_records: Reader, tmp_path: Path) -> None:
    read_records(
        "chr1 10000 A G GT 0/1",
        "chr1 10001 A C GT 1/1",
        "chr1 19999 AT A GT 0/1",
        "chr1 30000 C T GT 0/0",
        "chr2 500 C T GT ./1",
        "chrM 500 C T GT 1",
    )
    expected = {"1": Spread(3, 1, 1, 1, 1), "2": Spread(1, 1, 1, 0, 0)}
    assert _spread_of(tmp_path / "variants.parquet") == expected
    assert _spread_of(tmp_path / "variants.parquet", rows=1) == expected


REAL = {
    "PG_NA12878_hg38-chr21.vcf.gz": (None, Build.GRCH38, {"21"}, set()),
    "ashk-trio.vcf.gz": ("HG002", Build.GRCH37, set(), {"1"}),
    "NA12878_NIST2.19_wholegenome_indels.vcf.gz": (None, Build.GRCH37, set(), set()),
}


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL)
def test_real_chromosomes_look_like_what_they_are_and_none_of_the_files_is_a_whole_genome(
    name: str, shared_data: Path, read_file: Reader, tmp_path: Path
) -> None:
    """A part of a whole genome, a part of an exome, and a selection that must not pass for either."""
    pick, build, whole, exons = REAL[name]
    intake = read_file(shared_data / "02-sample-vcfs" / name, pick=pick, build=build).intake
    spread = _spread_of(tmp_path / "variants.parquet")
    lengths = build.lengths
    assert {chrom for chrom in AUTOSOMES if chrom in spread and spread[chrom].whole(lengths[chrom])} == whole
    # The second chromosome of the exome is a piece of a few hundred variants.
    assert {c for c in AUTOSOMES if c in spread and spread[c].carried > 1000 and spread[c].exons(lengths[c])} == exons
    assert intake.kind is SampleKind.PANEL
    assert "of 22 autosomes" in intake.kind_evidence
