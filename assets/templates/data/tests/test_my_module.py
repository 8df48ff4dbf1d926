"""What the module must say of a genome of a few lines."""

from pathlib import Path

from genoteca.sdk import check_module, data_plugin
from genoteca.sdk.testing import MakeSample, materialize_module

FOLDER = Path(__file__).parents[1] / "src" / "genoteca_my_module"
PLUGIN = data_plugin(FOLDER)


def test_the_module_keeps_every_rule() -> None:
    broken = [finding for finding in check_module(PLUGIN, folder=FOLDER) if not finding.ok]
    assert not broken


def test_a_called_and_an_asserted_site_are_answered_in_both_builds(genoteca_sample: MakeSample) -> None:
    # Without a VCF of your own, the sample is A/G at rs4988235, and asserts C/C at rs17822931.
    for build in ("GRCh37", "GRCh38"):
        made = materialize_module(PLUGIN, genoteca_sample(build=build))
        assert made.outcome == "answered"
        assert not made.failed_checks
        said = {row["rsid"]: row for row in made.table.iter_rows(named=True)}
        assert said["rs4988235"]["evidence"] == "called"
        assert said["rs4988235"]["conclusion"].startswith("One copy")
        assert said["rs17822931"]["evidence"] == "reference"
        assert said["rs17822931"]["conclusion"] == "Wet earwax is expected."


def test_a_genome_without_the_sites_gets_no_conclusion(genoteca_sample: MakeSample) -> None:
    elsewhere = (
        "##fileformat=VCFv4.2\n"
        "##contig=<ID=1,length=248956422>\n"
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tTINY\n"
        "1\t1000000\t.\tA\tG\t60\tPASS\t.\tGT\t0/1\n"
    )
    made = materialize_module(PLUGIN, genoteca_sample(elsewhere, build="GRCh38", kind="exome"))
    assert made.evidence["not_covered"] == 2
    assert made.table["conclusion"].null_count() == 2
