"""Real genomes and the real ClinVar through the whole app, against counts made by other tools."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from genoteca import actions
from genoteca.actions import AddSample, App
from genoteca.model.evidence import Outcome
from genoteca.model.run import RunStatus
from genoteca.settings import Settings

pytestmark = pytest.mark.real_data

CLINVAR = "03-annotation-dbs/clinvar/clinvar_20260226.GRCh38.genes_without_chr17.vcf.gz"


@pytest.fixture(scope="module")
def shared() -> Path:
    folder = Path(__file__).resolve().parents[3] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real genomes do not lie beside this checkout")
    return folder


@pytest.fixture(scope="module")
def facts(shared: Path) -> dict[str, dict[str, str]]:
    with (shared / "02-sample-vcfs" / "truth" / "facts.tsv").open() as file:
        return {row["file"]: row for row in csv.DictReader(file, delimiter="\t")}


@pytest.fixture(scope="module")
def app(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("real") / "home"
    opened = actions.open_app(Settings(home=home, standby_seconds=60, offline=True))
    actions.start(opened)
    try:
        actions.install_module(opened, "clinvar")
        actions.install_module(opened, "everyday-traits")
        actions.configure_module(opened, "clinvar", {"source": str(shared / CLINVAR)})
        yield opened
    finally:
        actions.close(opened)


def add(app: App, path: Path, *, pick: str | None = None, name: str) -> actions.SampleCard:
    sample, run = actions.add_sample(app, AddSample(path=str(path), user="real", sample=name, pick=pick))
    assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED
    return actions.show_sample(app, sample.key)


@pytest.mark.parametrize(
    ("file", "pick"),
    [
        ("PG_NA12878_hg38-chr21.vcf.gz", None),
        ("NA12878_GATK_wholegenome_thinned.hg38.g.vcf.gz", None),
        ("talos-trio/joint.vcf.bgz", "proband"),
    ],
)
def test_a_real_genome_is_read_whole_and_asked_about(
    app: App, shared: Path, facts: dict[str, dict[str, str]], file: str, pick: str | None
) -> None:
    card = add(app, shared / "02-sample-vcfs" / file, pick=pick, name=Path(file).name.split(".")[0])
    assert card.intake is not None
    assert card.intake.reconciles
    assert card.intake.records_read == int(facts[file]["records"])
    assert card.sample.build == facts[file]["build"]
    run = actions.annotate(app, card.sample.id.key)
    assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED
    report = actions.annotate_report(app, run)
    clinvar = report.modules["clinvar"]
    assert clinvar.outcome is Outcome.ANSWERED
    assert (clinvar.release, clinvar.sites) == ("2026-02-26", sum(clinvar.evidence.values()))
    if "NA12878" in file:
        assert clinvar.evidence["called"] == 0  # NA12878 carries none of these alleles


@pytest.mark.parametrize(("pick", "carried"), [("proband", 13), ("mother", 6), ("father", 4)])
def test_every_member_of_a_trio_has_its_own_genotypes(app: App, shared: Path, pick: str, carried: int) -> None:
    card = add(app, shared / "02-sample-vcfs" / "talos-trio" / "joint.vcf.bgz", pick=pick, name=f"trio-{pick}")
    assert card.intake is not None
    assert (card.intake.records_read, card.intake.carried) == (13, carried)


def test_a_grch37_genome_is_never_read_as_grch38(app: App, shared: Path) -> None:
    card = add(app, shared / "02-sample-vcfs" / "ashk-trio.vcf.gz", pick="HG002", name="hg002")
    assert card.sample.build == "GRCh37"
    run = actions.annotate(app, card.sample.id.key)
    assert app.executor.run_until_over(run).status is RunStatus.FAILED
    report = actions.annotate_report(app, run)
    assert report.modules["everyday-traits"].outcome is Outcome.ANSWERED
    assert report.modules["clinvar"].outcome is Outcome.FAILED
    assert "GRCh37" in report.modules["clinvar"].reason
