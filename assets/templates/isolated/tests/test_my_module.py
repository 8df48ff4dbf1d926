"""What the module must say of a genome of a few lines; the script really runs in its box."""

from pathlib import Path

from genoteca.sdk import check_module, isolated_plugin
from genoteca.sdk.testing import MakeSample, materialize_module

FOLDER = Path(__file__).parents[1] / "src" / "genoteca_my_module"
PLUGIN = isolated_plugin(FOLDER)


def test_the_module_keeps_every_rule() -> None:
    broken = [finding for finding in check_module(PLUGIN, folder=FOLDER) if not finding.ok]
    assert not broken


def test_every_chromosome_is_counted(genoteca_sample: MakeSample) -> None:
    # Without a VCF of your own, the sample carries one variant, on chromosome 2.
    made = materialize_module(PLUGIN, genoteca_sample())
    assert made.outcome == "answered"
    assert not made.failed_checks
    said = {row["chrom"]: row for row in made.table.iter_rows(named=True)}
    assert (said["2"]["evidence"], said["2"]["variants"]) == ("called", 1)
    assert (said["1"]["evidence"], said["1"]["variants"]) == ("not_covered", 0)


def test_the_record_keeps_what_the_script_told(genoteca_sample: MakeSample) -> None:
    made = materialize_module(PLUGIN, genoteca_sample())
    assert made.evidence["called"] == 1
    assert made.evidence["not_covered"] == 21
