"""Lifted sites answer as the sample's own build does. Factor V Leiden: GRCh37's reference base is the risk allele."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from genoteca.annotate.alleles import annotate_alleles
from genoteca.annotate.answer import Answer
from genoteca.annotate.lifting import UNKNOWN_REFERENCE, LiftedSites, lift_alleles, lift_regions, told_back, withheld
from genoteca.annotate.publish import publish_alleles, publish_regions, write_published
from genoteca.annotate.record_bases import RecordBases
from genoteca.annotate.sample_tables import SampleTables
from genoteca.genome.lift import Bases, Lift, Reason
from genoteca.model.build import Build
from genoteca.model.column import AnnotationColumn, ColumnType
from genoteca.sdk.testing import MakeSample

LEIDEN, ACTN3, TURNED = 169_519_049, 66_328_095, 5_000
COLUMNS = [AnnotationColumn(name="note", label="Note", type=ColumnType.TEXT, description="What it is.")]
CHAIN = """chain 1 1 248956422 + 169549762 169549862 1 249250621 + 169519000 169519100 1
100

chain 1 11 135086622 + 66560600 66560700 11 135006516 + 66328071 66328171 2
100

chain 1 2 242193529 + 4900 5100 2 243199373 - 243194272 243194472 3
200

"""
"""GRCh38 to GRCh37 around F5 and ACTN3 as in Ensembl's chain, and a stretch of chromosome 2 that was turned round."""
SITES = [
    ("1", 169_549_811, "C", "T", "F5 Leiden"),
    ("1", 169_549_820, "A", "G", "beside it"),
    ("11", 66_560_624, "C", "T", "ACTN3 R577X"),
    ("2", 5_001, "A", "C", "on the other strand"),
    ("7", 1_000, "A", "G", "where no chain leads"),
]
REFERENCE_37 = {("1", LEIDEN): "T", ("1", LEIDEN + 9): "A", ("11", ACTN3): "T", ("2", TURNED): "T"}


def sequence(chrom: str, start: int, end: int) -> str:
    return "".join(REFERENCE_37.get((chrom, pos), "") for pos in range(start, end + 1))


@pytest.fixture
def lift(tmp_path: Path) -> Lift:
    path = tmp_path / "GRCh38_to_GRCh37.chain"
    path.write_text(CHAIN)
    return Lift([path])


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    frame = pl.DataFrame(SITES, schema=["chrom", "pos", "ref", "alt", "note"], orient="row")
    always = frame.with_columns(always=pl.col("note") == "where no chain leads")
    path = tmp_path / "reference.parquet"
    write_published(publish_alleles(always), path)
    return path


Asked = Callable[..., dict[str, dict[str, Any]]]


@pytest.fixture
def ask(lift: Lift, reference: Path, genoteca_sample: MakeSample, tmp_path: Path) -> Asked:
    """Answers of the lifted sites by their note; `bases` are those of the sequence, or of the records alone."""

    def asked(*records: str, bases: Bases | None = sequence, kind: str = "gVCF") -> dict[str, dict[str, Any]]:
        sample = genoteca_sample(vcf(*records), build="GRCh37", kind=kind).tables
        answer, lifted = answered(sample, reference, lift, tmp_path / "lifted.parquet", bases)
        back = told_back(answer, lifted, dense=True)
        assert sum(back.evidence.values()) == back.sites == len(SITES)
        return {row["note"]: row for row in back.frame().iter_rows(named=True)}

    return asked


def answered(
    sample: SampleTables, reference: Path, lift: Lift, target: Path, bases: Bases | None
) -> tuple[Answer, LiftedSites]:
    """As the app does: where no sequence is there, the records tell, and what nobody knows is asked no more."""
    known = bases or RecordBases(sample.variants)
    lifted = lift_alleles(reference, target, lift, source=Build.GRCH38, bases=known)
    answer = annotate_alleles(target, sample, columns=COLUMNS, dense=True, engine="polars")
    if unknown := withheld(answer, lifted):
        lifted = lift_alleles(reference, target, lift, source=Build.GRCH38, bases=known, without=unknown)
        answer = annotate_alleles(target, sample, columns=COLUMNS, dense=True, engine="polars")
    return answer, lifted


def vcf(*records: str) -> str:
    contigs = [f"##contig=<ID={chrom},length={Build.GRCH37.lengths[chrom]}>" for chrom in ("1", "2", "7", "11")]
    head = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tME"
    rows = ["\t".join([*record.split()[:2], ".", *record.split()[2:4], "60", "PASS", ".", "GT:DP:GQ",
                       f"{record.split()[4]}:30:99"]) for record in records]  # fmt: skip
    return "\n".join(["##fileformat=VCFv4.2", *contigs, head, *rows, ""])


def test_a_reference_genotype_of_grch37_is_homozygous_for_leiden(ask: Asked) -> None:
    found = ask(f"1 {LEIDEN} T . 0/0")["F5 Leiden"]
    assert (found["evidence"], found["genotype"], found["dosage"]) == ("called", "T/T", 2)
    assert (found["chrom"], found["pos"], found["ref"], found["alt"]) == ("1", LEIDEN, "C", "T")
    assert found["lifted_from"] == "GRCh38 1:169549811 C>T"
    assert "swapped" in found["lift"]


@pytest.mark.parametrize("bases", [sequence, None])
def test_two_copies_of_the_other_base_are_no_leiden_at_all(ask: Asked, bases: Bases | None) -> None:
    found = ask(f"1 {LEIDEN} T C 1/1", bases=bases)["F5 Leiden"]
    assert (found["evidence"], found["dosage"]) == ("other_allele", 0)


@pytest.mark.parametrize("bases", [sequence, None])
def test_one_copy_of_each_is_one_leiden(ask: Asked, bases: Bases | None) -> None:
    found = ask(f"1 {LEIDEN} T C 0/1", bases=bases)["F5 Leiden"]
    assert (found["evidence"], found["dosage"]) == ("called", 1)


@pytest.mark.parametrize("bases", [sequence, None])
def test_half_a_call_at_a_swapped_site_stays_half(ask: Asked, bases: Bases | None) -> None:
    found = ask(f"1 {LEIDEN} T C ./1", bases=bases)["F5 Leiden"]
    assert (found["evidence"], found["dosage"]) == ("partial", None)


def test_actn3_turns_as_well(ask: Asked) -> None:
    both = ask(f"1 {LEIDEN} T C 0/1", f"11 {ACTN3} T . 0/0")
    assert (both["F5 Leiden"]["dosage"], both["ACTN3 R577X"]["dosage"]) == (1, 2)
    assert ask(f"11 {ACTN3} T . 0/0")["ACTN3 R577X"]["dosage"] == 2
    assert ask(f"11 {ACTN3} T C 0/1")["ACTN3 R577X"]["dosage"] == 1
    assert ask(f"11 {ACTN3} T C 1/1")["ACTN3 R577X"]["dosage"] == 0


def test_without_the_sequence_a_reference_genotype_is_never_taken_for_the_modules_reference(ask: Asked) -> None:
    found = ask(f"1 {LEIDEN} T . 0/0", f"1 {LEIDEN + 9} A . 0/0", bases=None)
    assert not {"F5 Leiden", "beside it"} & found.keys()  # not covered: such a site has no row
    assert set(found) == {"where no chain leads"}


def test_with_the_sequence_an_unchanged_base_is_asserted_as_it_stands(ask: Asked) -> None:
    found = ask(f"1 {LEIDEN + 9} A . 0/0")["beside it"]
    assert (found["evidence"], found["genotype"], found["dosage"], found["lift"]) == ("reference", "A/A", 0, None)


def test_inferred_means_the_base_of_the_samples_own_build(ask: Asked) -> None:
    near = [f"1 {LEIDEN + 300 + n} G A 0/1" for n in range(3)]
    found = ask(*near, kind="whole genome")["F5 Leiden"]
    assert (found["evidence"], found["genotype"], found["dosage"]) == ("inferred", "T/T", 2)


@pytest.mark.parametrize("bases", [sequence, None])
def test_alleles_are_complemented_where_the_strand_turned(ask: Asked, bases: Bases | None) -> None:
    found = ask(f"2 {TURNED_37} T G 0/1", bases=bases)["on the other strand"]
    assert (found["pos"], found["ref"], found["alt"]) == (TURNED_37, "T", "G")
    assert (found["evidence"], found["dosage"]) == ("called", 1)
    assert "strands differ" in found["lift"]


TURNED_37 = 243_199_373 - (243_194_272 + (5_001 - 4_900)) + 1
REFERENCE_37[("2", TURNED_37)] = "T"


def test_a_site_that_does_not_lift_is_counted_with_its_reason_and_keeps_its_row(ask: Asked) -> None:
    found = ask(f"1 {LEIDEN} T . 0/0")["where no chain leads"]
    assert (found["evidence"], found["pos"], found["key"]) == ("not_covered", None, None)
    assert found["lift"] == str(Reason.NOWHERE)
    assert found["lifted_from"] == "GRCh38 7:1000 A>G"


def test_what_was_set_aside_is_counted_by_reason(lift: Lift, reference: Path, tmp_path: Path) -> None:
    target = tmp_path / "x.parquet"
    lifted = lift_alleles(reference, target, lift, source=Build.GRCH38, bases=sequence, without=[0])
    assert lifted.set_aside == {UNKNOWN_REFERENCE: 1, str(Reason.NOWHERE): 1}
    assert lifted.total == len(SITES)
    other = lift_alleles(reference, target, lift, source=Build.GRCH38, bases=lambda *_: "G")
    assert other.set_aside[str(Reason.MISMATCH)] >= 2


def test_intervals_lift_by_their_ends(lift: Lift, tmp_path: Path) -> None:
    regions = pl.DataFrame(
        {
            "chrom": ["1", "2", "1", "7"],
            "start": [169_549_800, 4_951, 169_549_000, 5],
            "end": [169_549_860, 5_000, 169_549_800, 6],
            "note": ["moved", "turned", "beginning nowhere", "nowhere"],
        }
    )
    path, target = tmp_path / "regions.parquet", tmp_path / "lifted.parquet"
    write_published(publish_regions(regions), path)
    lifted = lift_regions(path, target, lift, source=Build.GRCH38)
    found = {row["note"]: row for row in pl.read_parquet(target).iter_rows(named=True)}
    assert (found["moved"]["start"], found["moved"]["end"]) == (169_519_038, 169_519_098)
    assert found["turned"]["end"] - found["turned"]["start"] == 49
    assert found["turned"]["_flipped"]
    assert lifted.set_aside == {str(Reason.NOWHERE): 2}
