"""A damaged file is said to be damaged, and hides nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from genoteca import actions
from genoteca.actions import AddSample, App, SampleState
from genoteca.errors import InputError
from genoteca.model.run import RunStatus
from genoteca.settings import Settings

VCF = """##fileformat=VCFv4.2
##contig=<ID=chr1,length=248956422>
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tone
chr1\t1000\t.\tA\tG\t50\tPASS\t.\tGT:DP:GQ\t0/1:30:99
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = actions.open_app(Settings(home=tmp_path / "home", standby_seconds=0, offline=True))
    actions.start(opened)
    yield opened
    actions.close(opened)


def test_one_damaged_record_hides_no_other_genome_and_is_found(app: App, tmp_path: Path) -> None:
    genome = tmp_path / "genome.vcf"
    genome.write_text(VCF)
    for name in ("sound", "broken"):
        _, run = actions.add_sample(app, AddSample(path=str(genome), user="u", sample=name))
        assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED
    assert all(one.ok for one in actions.doctor(app))
    (app.layout.sample("u", "broken") / "sample" / "variants.json").write_text("{")
    states = {card.sample.id.sample: card.state for card in actions.list_samples(app)}
    assert states == {"sound": SampleState.READY, "broken": SampleState.FAILED}
    trouble = actions.show_sample(app, "u/broken").trouble
    assert trouble is not None
    assert "variants.json" in trouble.message
    assert [one.name for one in actions.doctor(app) if not one.ok] == ["Stored tables"]


def test_a_genome_that_was_never_read_is_not_asked_about(tmp_path: Path) -> None:
    app = actions.open_app(Settings(home=tmp_path / "home", standby_seconds=0, offline=True))
    actions.install_module(app, "everyday-traits")
    genome = tmp_path / "genome.vcf"
    genome.write_text(VCF)
    sample, run = actions.add_sample(app, AddSample(path=str(genome), user="u", sample="gone"))
    assert actions.cancel_run(app, run).run.status is RunStatus.CANCELLED
    assert actions.show_sample(app, sample.key).state is SampleState.FAILED
    with pytest.raises(InputError, match="could not be read"):
        actions.annotate(app, sample.key)
    actions.close(app)
