"""Exchanges of several bases taken apart on request, when a genome is added and when it is read again."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from genoteca import actions
from genoteca.actions import AddSample
from genoteca.engine import records
from genoteca.model.run import RunStatus
from genoteca.settings import Settings

HEADER = "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=248956422>\n"
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tHG\n"


def test_a_genome_added_so_is_read_again_so(tmp_path: Path) -> None:
    path = tmp_path / "genome.vcf"
    path.write_text(HEADER + COLUMNS + "chr1\t1000\t.\tACG\tTCA\t50\tPASS\t.\tGT\t0/1\n")
    app = actions.open_app(Settings(home=tmp_path / "home", standby_seconds=0, offline=True))
    actions.start(app)
    try:
        made = {}
        for name, decompose in (("whole", False), ("apart", True)):
            request = AddSample(path=str(path), user="anna", sample=name, decompose=decompose)
            sample, run = actions.add_sample(app, request)
            for one in (run, None):
                again = one or actions.read_again(app, sample.key)
                assert app.executor.run_until_over(again).status is RunStatus.SUCCEEDED
                stored = records.current(app.layout, ["sample", "variants"], sample.key)
                assert stored is not None
                made[name, one is None] = pl.read_parquet(stored.path).select("pos", "ref", "alt").rows()
            assert actions.show_sample(app, sample.key).sample.decompose is decompose
    finally:
        actions.close(app)
    assert made["whole", False] == made["whole", True] == [(1000, "ACG", "TCA")]
    assert made["apart", False] == made["apart", True] == [(1000, "A", "T"), (1002, "G", "A")]
