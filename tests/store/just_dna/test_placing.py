"""Positions are proven where something proves them, and never believed against it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from genoteca.errors import InputError
from genoteca.store.just_dna.sieve import Aside

from .workshop import ROWS, SPEC, imported, sites, specification

BASES = "ACGT" * 3000


def bases_of(chrom: str, start: int, end: int) -> str:
    """Give the bases of an invented chromosome 9, which has no others."""
    return BASES[start - 1 : end] if chrom == "9" and end <= len(BASES) else ""


def places(count: int, *, off: int = 0) -> list[dict[str, Any]]:
    """Rows of an invented module, `off` bases from where their reference alleles are; nine apart, so not in step."""
    return [
        {
            "rsid": "", "chrom": "9", "start": start + off, "ref": BASES[start - 1],
            "alts": "ACGT"[("ACGT".index(BASES[start - 1]) + 1) % 4],
            "genotype": f"{BASES[start - 1]}/{BASES[start - 1]}", "state": "risk", "conclusion": f"row {start}",
        }
        for start in range(10, 10 + 9 * count, 9)
    ]  # fmt: skip


def test_the_reference_sequence_proves_positions_counted_from_one(tmp_path: Path) -> None:
    report = imported(specification(tmp_path / "in", places(30), studies=()), tmp_path / "out", bases_of=bases_of)
    assert report.positions.startswith("30 of 30 reference alleles are the genome's")
    assert report.sites == 30


def test_positions_counted_from_zero_are_moved_when_the_sequence_proves_it(tmp_path: Path) -> None:
    source = specification(tmp_path / "in", places(30, off=-1), studies=())
    report = imported(source, tmp_path / "out", bases_of=bases_of)
    assert "The module counts from 0: 30 of 30" in report.positions
    assert [row["pos"] for row in sites(tmp_path / "out")][:3] == [10, 19, 28]


def test_single_rows_that_the_sequence_contradicts_are_set_aside(tmp_path: Path) -> None:
    rows = [*places(30), *places(1, off=-1), *places(1, off=2)]
    report = imported(specification(tmp_path / "in", rows, studies=()), tmp_path / "out", bases_of=bases_of)
    assert report.set_aside == {Aside.WRONG_BASE.value: 2}


def test_positions_of_no_convention_are_refused(tmp_path: Path) -> None:
    source = specification(tmp_path / "in", places(30, off=2), studies=())
    with pytest.raises(InputError, match="0 of 30 reference alleles") as told:
        imported(source, tmp_path / "out", bases_of=bases_of)
    assert told.value.title == "The module's positions cannot be right"


def test_well_known_rsids_prove_positions_without_a_sequence(tmp_path: Path) -> None:
    report = imported(specification(tmp_path / "in"), tmp_path / "out")
    assert report.positions == "3 well-known rsIDs lie where the module says, counted from 1."


def test_well_known_rsids_one_base_before_prove_a_module_that_counts_from_zero(tmp_path: Path) -> None:
    rows = [{**row, "start": row["start"] - 1} for row in ROWS]
    report = imported(specification(tmp_path / "in", rows), tmp_path / "out")
    assert "The module counts from 0: 3 well-known rsIDs" in report.positions
    assert [row["pos"] for row in sites(tmp_path / "out")] == [11796321, 135851076, 48224287]


def test_one_well_known_rsid_is_too_little_to_move_a_module_by(tmp_path: Path) -> None:
    rows = [{**ROWS[0], "start": ROWS[0]["start"] - 1}, {**ROWS[0], "rsid": "", "start": 500, "genotype": "A/A"}]
    with pytest.raises(InputError, match="rs1801133: one base before") as told:
        imported(specification(tmp_path / "in", rows), tmp_path / "out")
    assert "Reference sequence" in told.value.hint


def test_a_well_known_rsid_elsewhere_than_the_others_is_set_aside(tmp_path: Path) -> None:
    rows = [{**row, "start": row["start"] - (row["rsid"] == "rs4988235")} for row in ROWS]
    rows.append({**ROWS[3], "chrom": "17", "genotype": "T/T"})
    report = imported(specification(tmp_path / "in", rows), tmp_path / "out")
    assert report.set_aside == {Aside.ELSEWHERE.value: 2}


def test_a_module_that_names_a_wrong_build_is_refused(tmp_path: Path) -> None:
    rows = [{**ROWS[0], "start": 11856378}, {**ROWS[2], "start": 136608646}]
    with pytest.raises(InputError, match="are of GRCh37") as told:
        imported(specification(tmp_path / "in", rows), tmp_path / "out")
    assert told.value.title == "The module names a wrong genome build"
    right = specification(tmp_path / "right", rows, spec=SPEC.replace("GRCh38", "GRCh37"))
    assert imported(right, tmp_path / "out").sites == 2


def test_where_nothing_proves_positions_that_is_said(tmp_path: Path) -> None:
    report = imported(specification(tmp_path / "in", places(3), studies=()), tmp_path / "out")
    assert report.positions.startswith("Counted from 1, as the format says. Nothing here proves it")


PUBLISHED = (
    "16 23629231 G A", "16 23621362 C T", "16 23630080 G A", "16 23624054 T TTA", "16 23624054 TTA T",
    "16 23629255 AGGAAGCTCTGC TCTGA",
)  # fmt: skip
"""Places of PALB2 as a published module writes them (chrom, start, ref, alt):
https://github.com/dna-seq/just-dna-compiler/blob/29968989560dcd0086f1c9d802423ef2765cae03/reference_examples/hboc_palb2/resolution.csv
"""


@pytest.mark.real_data
def test_published_places_are_those_of_clinvar_counted_from_one(shared_data: Path) -> None:
    clinvar = shared_data / "03-annotation-dbs" / "clinvar" / "clinvar_20260226.GRCh38.genes_without_chr17.vcf.gz"
    with gzip.open(clinvar, "rt") as lines:
        records = (line.split("\t", 5) for line in lines if line.startswith("16\t"))
        known = {f"{chrom} {pos} {ref} {alt}" for chrom, pos, _, ref, alt, _ in records}
    assert set(PUBLISHED) <= known
    places = (place.split() for place in PUBLISHED)
    before = {f"{chrom} {int(start) + 1} {ref} {alt}" for chrom, start, ref, alt in places}
    assert not before & known
