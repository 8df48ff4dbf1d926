"""A DNA chip's file from being looked at to its answers, with the real module, worker and Dagster."""

from __future__ import annotations

from pathlib import Path

import pytest

from genoteca import actions
from genoteca.actions import AddSample, App, Query, SampleState
from genoteca.errors import InputError
from genoteca.model.build import Build
from genoteca.model.evidence import Outcome
from genoteca.model.run import RunStatus
from genoteca.model.sample import SampleId, SampleKind

TRAITS = "everyday-traits"
ROWS = (
    "rs4988235,2,136608646,GA", "rs9939609,16,53820527,AA", "rs8176719,9,136132908,--", "rs1815739,11,66328095,TC",
    "rs1815739,11,66328095,TT", "rs7412,19,x,CC",
)  # fmt: skip


def chip(folder: Path, *rows: str) -> Path:
    path = folder / "chip.csv"
    path.write_text("RSID,CHROMOSOME,POSITION,RESULT\n" + "".join(f"{row}\n" for row in rows))
    return path


def test_a_chip_is_asked_for_its_build_added_read_and_annotated(desk: App, tmp_path: Path) -> None:
    path = chip(tmp_path, ROWS[0])
    with pytest.raises(InputError, match="names no build"):
        actions.add_sample(desk, AddSample(path=str(path), user="Chip", sample="unsaid"))
    with pytest.raises(InputError, match="no sample"):
        actions.add_sample(desk, AddSample(path=str(path), user="Chip", pick="NA12878", build="GRCh37"))
    path = chip(tmp_path, *ROWS)
    facts = actions.inspect_genome(desk, path)
    assert (facts.format, facts.build, facts.kind) == ("FamilyTreeDNA array", Build.GRCH37, SampleKind.ARRAY)
    sample, run = actions.add_sample(desk, AddSample(path=str(path), user="Chip", sample="mine"))
    finished = desk.executor.run_until_over(run)
    assert finished.status is RunStatus.SUCCEEDED, actions.run_lines(desk, run)
    report = actions.sample_report(desk, sample.key, finished)
    assert (report["kind"], report["samples_in_file"], report["records_read"], report["records_kept"]) == (
        "array", 1, 6, 3,
    )  # fmt: skip
    run = actions.annotate(desk, sample.key, [TRAITS])
    assert desk.executor.run_until_over(run).status is RunStatus.SUCCEEDED, actions.run_lines(desk, run)
    told = {row["rsid"]: row for row in actions.result_page(desk, sample.key, TRAITS, Query(limit=None)).rows}
    assert told["rs4988235"]["genotype"] == "A/G"
    assert told["rs4988235"]["conclusion"]
    for rsid in ("rs9939609", "rs8176719", "rs1815739"):
        assert (told[rsid]["evidence"], told[rsid]["conclusion"]) == ("no_call", None)
    (answer,) = [one for one in actions.show_sample(desk, sample.key).answers if one.module == TRAITS]
    assert answer.outcome is Outcome.ANSWERED
    # of a closed row, that its call cannot be used would tell which it is
    assert answer.unusable == actions.annotate_report(desk, run).modules[TRAITS].unusable == {}
    opened = actions.show_result(desk, sample.key, TRAITS, opened=True).answer
    assert sum(opened.unusable.values()) == 1
    detail = actions.result_row(desk, sample.key, TRAITS, int(str(told["rs4988235"]["_row"])))
    assert "record 1, line 2" in detail.lineage[0].text
    assert detail.caution == ""
    actions.forget_sample(desk, sample.key)


def test_an_ncbi36_chip_is_read_and_its_modules_say_that_they_cannot_test_it(desk: App, tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_text(
        "# 23andMe, human assembly build 36\n# rsid\tchromosome\tposition\tgenotype\nrs1\t1\t742429\tAA\n"
    )
    sample, run = actions.add_sample(desk, AddSample(path=str(path), user="Chip", sample="old"))
    assert desk.executor.run_until_over(run).status is RunStatus.SUCCEEDED, actions.run_lines(desk, run)
    card = actions.show_sample(desk, SampleId(user="chip", sample="old").key)
    assert (card.state, card.sample.build, card.sample.pick) == (SampleState.READY, Build.NCBI36, None)
    run = actions.annotate(desk, sample.key, [TRAITS])
    desk.executor.run_until_over(run)
    answer = actions.annotate_report(desk, run).modules[TRAITS]
    assert answer.outcome is Outcome.CANNOT_BE_TESTED
    assert "NCBI36" in answer.reason
    actions.forget_sample(desk, sample.key)
