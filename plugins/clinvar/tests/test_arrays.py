"""What a DNA chip's pathogenic call is worth is said beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca_clinvar import plugin
from genoteca_clinvar.caution import CONFIRM_FIRST

CHIP = "# genotype call with respect to the plus strand\n# rsid\tchromosome\tposition\tgenotype\n"
VCF = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tme\n"


def cautions(make: MakeSample, few: Path, text: str) -> dict[str, tuple[str, str | None]]:
    """Evidence and caution by variation."""
    made = materialize_module(plugin, make(text), settings={"source": str(few)})
    assert made.failed_checks == []
    return {row["variation_id"]: (row["evidence"], row["caution"]) for row in made.table.iter_rows(named=True)}


def test_a_pathogenic_allele_that_a_chip_calls_is_to_be_confirmed_first(
    few: Path, genoteca_sample: MakeSample
) -> None:
    told = cautions(genoteca_sample, few, f"{CHIP}rs1800562\t6\t26092913\tAG\n")
    assert told["9"] == ("called", CONFIRM_FIRST)
    assert "10.1136/bmj.n214" in CONFIRM_FIRST
    assert "16 %" in CONFIRM_FIRST
    assert "4.2 %" in CONFIRM_FIRST
    assert {caution for variation, (_, caution) in told.items() if variation != "9"} == {None}


@pytest.mark.parametrize(("call", "evidence"), [("GG", "reference"), ("--", "no_call"), ("TT", "no_call")])
def test_what_is_not_carried_needs_no_caution(
    few: Path, genoteca_sample: MakeSample, call: str, evidence: str
) -> None:
    assert cautions(genoteca_sample, few, f"{CHIP}rs1800562\t6\t26092913\t{call}\n")["9"] == (evidence, None)


def test_a_sequenced_genome_has_no_such_words(few: Path, genoteca_sample: MakeSample) -> None:
    told = cautions(genoteca_sample, few, f"{VCF}6\t26092913\t.\tG\tA\t50\tPASS\t.\tGT:DP:GQ\t0/1:30:60\n")
    assert told["9"] == ("called", None)


def test_a_drug_response_is_no_rare_pathogenic_variant(few: Path, genoteca_sample: MakeSample) -> None:
    told = cautions(genoteca_sample, few, f"{CHIP}rs6025\t1\t169549811\tCT\n")
    leiden = [pair for pair in told.values() if pair[0] == "called"]
    assert leiden
    assert {caution for _, caution in leiden} == {None}
