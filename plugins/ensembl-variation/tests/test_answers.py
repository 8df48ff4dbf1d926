"""What a sample is told: the reference and the annotations, made as the app makes them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from genoteca.sdk import AnnotateRequest, DatasetError, Outcome
from genoteca.sdk.local_resources import LocalEngine
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca_ensembl_variation import plugin

if TYPE_CHECKING:
    from genoteca.sdk.materialized import Materialized

HEADER = """##fileformat=VCFv4.2
##contig=<ID=1,length=248956422>
##contig=<ID=21,length=46709983>
##contig=<ID=22,length=50818468>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM	POS	ID	REF	ALT	QUAL	FILTER	INFO	FORMAT	me
"""
CARRIED = (
    "1	169549811	.	C	T	50	PASS	.	GT	0/1",
    "21	33248751	.	A	C,G	50	PASS	.	GT	1/2",
    "21	40000000	.	T	C	50	PASS	.	GT	1/1",
    "21	41000000	.	CAA	CA	50	PASS	.	GT	0/1",
    "21	41000200	.	GTG	GG	50	PASS	.	GT	0/1",
    # another allele at a listed site, and a site that is not listed
    "21	5025532	.	G	T	50	PASS	.	GT	0/1",
    "21	5025533	.	G	C	50	PASS	.	GT	0/1",
)


def annotated(folder: Path, make: MakeSample, *records: str) -> Materialized:
    sample = make(HEADER + "".join(f"{record}\n" for record in records), kind="whole genome")
    return materialize_module(plugin, sample, settings={"source": str(folder)})


@pytest.fixture
def answered(dataset: Path, genoteca_sample: MakeSample) -> Materialized:
    return annotated(dataset.parent, genoteca_sample, *CARRIED)


def test_every_carried_allele_that_is_listed_has_one_row(answered: Materialized) -> None:
    assert answered.failed_checks == []
    assert answered.outcome is Outcome.ANSWERED
    rows = answered.table.select("chrom", "pos", "ref", "alt", "rsid", "dosage", "evidence").rows()
    assert rows == [
        ("1", 169_549_811, "C", "T", "rs6025", 1, "called"),
        ("21", 33_248_751, "A", "C", "rs549962048", 1, "called"),
        ("21", 33_248_751, "A", "G", "rs549962048", 1, "called"),
        ("21", 40_000_000, "T", "C", "rs900001", 2, "called"),
        ("21", 41_000_000, "CA", "C", "rs900002", 1, "called"),
        ("21", 41_000_200, "GT", "G", "rs900004", 1, "called"),
    ]
    assert answered.record().sites is None


def test_a_frequency_is_that_of_the_allele_carried_or_none(answered: Materialized) -> None:
    told = answered.table.select("pos", "alt", "frequency", "minor_allele").rows()
    by_allele = {(pos, alt): (f and round(f, 4), ma) for pos, alt, f, ma in told}
    assert by_allele == {
        (169_549_811, "T"): (0.006, "T"),
        (33_248_751, "C"): (None, "A"),
        (33_248_751, "G"): (None, "A"),
        (40_000_000, "C"): (0.25, "C"),
        (41_000_000, "C"): (0.3, "-"),
        (41_000_200, "G"): (None, None),
    }


def test_an_allele_under_two_identifiers_is_one_row_with_both(answered: Materialized) -> None:
    row = answered.table.filter(pl.col("pos") == 40_000_000).row(0, named=True)
    assert (row["rsid"], row["other_ids"], row["seen_in"]) == ("rs900001", "CS012345", "gnomAD")


def test_only_the_chromosomes_of_the_sample_are_taken(
    dataset: Path, genoteca_sample: MakeSample, answered: Materialized
) -> None:
    assert answered.record("reference").metadata["chromosomes"] == ["1", "21"]
    alone = annotated(dataset, genoteca_sample, CARRIED[0])
    assert alone.record("reference").metadata["chromosomes"] == ["1"]
    assert alone.reference["chrom"].unique().to_list() == ["1"]


def test_a_sample_of_another_build_is_not_answered_by_this_one(dataset: Path, genoteca_sample: MakeSample) -> None:
    text = HEADER.replace("248956422", "249250621") + CARRIED[0] + "\n"
    made = materialize_module(plugin, genoteca_sample(text, build="GRCh37"), settings={"source": str(dataset)})
    assert made.outcome is Outcome.CANNOT_BE_TESTED


def test_silence_of_a_chromosome_that_is_not_there_is_never_an_answer(
    dataset: Path, genoteca_sample: MakeSample
) -> None:
    alone = annotated(dataset, genoteca_sample, CARRIED[0])
    both = genoteca_sample(HEADER + "".join(f"{record}\n" for record in CARRIED), kind="whole genome")
    asked = AnnotateRequest(
        manifest=alone.manifest,
        sample_tables=both.tables,
        reference=alone.paths.stored([alone.manifest.id, "reference"]),
        settings={},
        engine=LocalEngine(both),
        progress=lambda _fraction, _message: None,
    )
    with pytest.raises(DatasetError, match="The reference has no chromosome 21"):
        plugin.annotate(asked)
