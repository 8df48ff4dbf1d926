"""A genome of one build and modules of another, through worker and store: without the chains, and with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from genoteca import actions
from genoteca.actions import AddSample, AnswerState, App, Query
from genoteca.engine import records
from genoteca.model.build import Build
from genoteca.model.evidence import Outcome
from genoteca.model.run import RunStatus
from genoteca.settings import Settings

# Three modules are installed and seven runs worked: a busy machine takes its time.
pytestmark = [pytest.mark.real_data, pytest.mark.timeout(900)]

MANIFEST = """
schema = 1
id = "{id}"
title = "{title}"
summary = "Two traps of the lift, known in GRCh38 only."
version = "1.0.0"
data_version = "1"
category = "Traits"
builds = ["GRCh38"]
dense = {dense}
licence = {{ code = "Apache-2.0", data = "CC0-1.0" }}
[[authors]]
name = "An author"
[[sources]]
name = "dbSNP"
url = "https://www.ncbi.nlm.nih.gov/snp/"
citation = "dbSNP."
[table]
kind = "alleles"
dense = {dense}
alleles = "alleles.csv"
[[columns]]
name = "rsid"
label = "Name"
description = "The identifier."
"""
ALLELES = "chrom,pos,ref,alt,rsid\n1,169549811,C,T,rs6025\n11,66560624,C,T,rs1815739\n2,135851076,G,A,rs4988235\n"
PROJECT = """
[build-system]
requires = ["uv_build>=0.13,<0.14"]
build-backend = "uv_build"
[project]
name = "genoteca-{id}"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = []
[project.entry-points.genoteca]
{id} = "genoteca_{folded}"
"""


def module(folder: Path, module_id: str, *, dense: bool) -> Path:
    folded = module_id.replace("-", "_")
    package = folder / module_id / "src" / f"genoteca_{folded}"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    told = {"id": module_id, "title": module_id.replace("-", " ").title(), "dense": str(dense).lower()}
    (package / "module.toml").write_text(MANIFEST.format(**told))
    (package / "alleles.csv").write_text(ALLELES)
    (folder / module_id / "pyproject.toml").write_text(PROJECT.format(id=module_id, folded=folded))
    return folder / module_id


def genome(folder: Path) -> Path:
    lengths = [f"##contig=<ID={chrom},length={Build.GRCH37.lengths[chrom]}>" for chrom in ("1", "2", "11")]
    rows = [
        "1\t169519049\t.\tT\tC\t60\tPASS\t.\tGT:DP:GQ\t0/1:30:99",
        "2\t136608646\t.\tG\tA\t60\tPASS\t.\tGT:DP:GQ\t1/1:30:99",
        "11\t66328095\t.\tT\tC\t60\tPASS\t.\tGT:DP:GQ\t1/1:30:99",
    ]
    head = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tME"
    path = folder / "me.vcf"
    path.write_text("\n".join(["##fileformat=VCFv4.2", *lengths, head, *rows, ""]))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lifted")


@pytest.fixture(scope="module")
def app(folder: Path) -> Iterator[App]:
    opened = actions.open_app(Settings(home=folder / "home", standby_seconds=0, offline=True))
    actions.start(opened)
    try:
        for name, dense in (("dense-traps", True), ("sparse-traps", False)):
            actions.install_module(opened, str(module(folder, name, dense=dense)))
        _, run = actions.add_sample(opened, AddSample(path=str(genome(folder)), user="me", sample="old"))
        assert opened.executor.run_until_over(run).status is RunStatus.SUCCEEDED
        yield opened
    finally:
        actions.close(opened)


def test_without_the_chains_it_cannot_be_tested_and_with_them_it_is_lifted(
    app: App, folder: Path, shared_data: Path
) -> None:
    run = actions.annotate(app, "me/old")
    assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED
    for answer in actions.show_sample(app, "me/old").answers:
        assert (answer.outcome, answer.needs) == (Outcome.CANNOT_BE_TESTED, "liftover-chains")
        assert "knows positions of GRCh38; this genome is of GRCh37" in answer.why

    actions.install_module(app, "liftover-chains")
    actions.configure_module(app, "liftover-chains", {"source": str(shared_data / "08-liftover" / "ensembl-chains")})
    for answer in actions.show_sample(app, "me/old").answers:
        assert (answer.state, answer.needs) == (AnswerState.OUT_OF_DATE, "")

    run = actions.annotate(app, "me/old")
    assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED, actions.run_lines(app, run)
    expected = {"rs6025": ("called", 1), "rs4988235": ("called", 2), "rs1815739": ("other_allele", 0)}
    found = rows(app, "dense-traps")
    assert {name: (row["evidence"], row["dosage"]) for name, row in found.items()} == expected
    assert found["rs6025"]["lifted_from"] == "GRCh38 1:169549811 C>T"
    sparse = rows(app, "sparse-traps")
    assert {name: (row["evidence"], row["dosage"], row["pos"]) for name, row in sparse.items()} == {
        "rs6025": ("called", 1, 169_519_049),
        "rs4988235": ("called", 2, 136_608_646),
    }
    lifts_are_told(app)
    a_sequence_that_comes_later_makes_both_old(app, folder)


def a_sequence_that_comes_later_makes_both_old(app: App, folder: Path) -> None:
    actions.install_module(app, "reference-sequence")
    (folder / "MT.fa").write_text(f">MT\n{'ACGT' * 4142 + 'A'}\n")
    actions.configure_module(app, "reference-sequence", {"source": str(folder / "MT.fa"), "checksum": ""})
    for build in ("GRCh37", "GRCh38"):
        prepared = actions.prepare_module(app, "reference-sequence", build)
        assert app.executor.run_until_over(prepared).status is RunStatus.SUCCEEDED, actions.run_lines(app, prepared)
    for answer in actions.show_sample(app, "me/old").answers:
        assert answer.state is AnswerState.OUT_OF_DATE
        assert answer.why.startswith("the genome should be read again")
    assert app.executor.run_until_over(actions.read_again(app, "me/old")).status is RunStatus.SUCCEEDED
    old = {answer.module: (answer.state, answer.why) for answer in actions.show_sample(app, "me/old").answers}
    assert old == {
        "dense-traps": (AnswerState.OUT_OF_DATE, "the reference sequence of GRCh37 is there now"),
        "sparse-traps": (AnswerState.OUT_OF_DATE, "the reference sequence of GRCh38 is there now"),
    }
    run = actions.annotate(app, "me/old")
    assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED, actions.run_lines(app, run)
    assert {answer.state for answer in actions.show_sample(app, "me/old").answers} == {AnswerState.UP_TO_DATE}


def rows(app: App, module_id: str) -> dict[str, dict[str, Any]]:
    page = actions.result_page(app, "me/old", module_id, Query(limit=None))
    return {str(row["rsid"]): dict(row) for row in page.rows}


def lifts_are_told(app: App) -> None:
    """Lineage, words and records name the chains; an answer is up to date as long as they are the same."""
    lifted = records.current(app.layout, ["sample", "lifted"], "me/old")
    assert lifted is not None
    assert set(lifted.record.inputs) == {"sample/variants", "chain:GRCh37-GRCh38"}
    for answer in actions.show_sample(app, "me/old").answers:
        assert (answer.state, answer.outcome) == (AnswerState.UP_TO_DATE, Outcome.ANSWERED)
        assert "GRCh38" in answer.lifted
    dense = records.current(app.layout, ["dense-traps", "annotations"], "me/old")
    assert dense is not None
    assert "chain:GRCh38-GRCh37" in dense.record.inputs
    detail = actions.result_row(app, "me/old", "dense-traps", 0)
    assert any("lifted from GRCh38" in step.text for step in detail.lineage)
    assert any(cell.column == "lifted_from" for cell in detail.technical)
