"""From a gVCF's text to the evidence of a site: blocks, what lies over them, and what they leave open."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tests.annotate.worlds import ASKED, NOTE, allele_site

from genoteca.annotate.alleles import annotate_alleles
from genoteca.annotate.publish import publish_alleles, write_published
from genoteca.model.build import Build
from genoteca.model.sample import SampleKind, Sex
from genoteca.sdk.tiny_sample import read_tiny_sample

HEAD = (
    "##fileformat=VCFv4.2\n##contig=<ID=1,length=248956422>\n"
    '##FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description="">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
)


def evidence(folder: Path, *records: str, site: str = "1:1500 A>G", kind: SampleKind | None = None) -> str:
    """Read the records and ask one site."""
    text = HEAD + "".join(record.replace(" ", "\t") + "\n" for record in records)
    sample = read_tiny_sample(text, folder, build=Build.GRCH38, sex=Sex.UNSTATED, kind=kind)
    reference = folder / "reference.parquet"
    write_published(publish_alleles(pl.DataFrame([allele_site(site)], schema=ASKED)), reference)
    answer = annotate_alleles(reference, sample.tables, columns=[NOTE], dense=True, engine="polars")
    return next(kind for kind, sites in answer.evidence.items() if sites)


def block(start: int, end: int, said: str, alt: str = "<NON_REF>", form: str = "GT:DP:GQ:MIN_DP") -> str:
    return f"1 {start} . A {alt} . PASS END={end} {form} {said}"


GOOD, WEAK = "0/0:30:60:30", "0/0:30:5:30"


def test_a_good_block_asserts_the_reference(tmp_path: Path) -> None:
    assert evidence(tmp_path, block(1000, 2000, GOOD)) == "reference"
    assert evidence(tmp_path, block(1000, 1499, GOOD), block(1501, 1600, GOOD)) == "not_covered"


@pytest.mark.parametrize("blocks", [(GOOD, WEAK), (WEAK, GOOD)])
def test_of_blocks_that_overlap_the_weak_one_decides(tmp_path: Path, blocks: tuple[str, str]) -> None:
    first, second = blocks
    assert evidence(tmp_path, block(1000, 2000, first), block(1400, 1600, second)) == "no_call"
    assert evidence(tmp_path, block(1000, 2000, GOOD), block(1501, 1600, WEAK)) == "reference"


def test_a_call_wins_over_the_block_it_lies_in(tmp_path: Path) -> None:
    call = "1 1500 . A G,<NON_REF> 60 PASS . GT:DP:GQ 0/1:30:60"
    assert evidence(tmp_path, block(1000, 2000, GOOD), call) == "called"
    assert evidence(tmp_path, block(1000, 2000, WEAK), call) == "called"
    assert evidence(tmp_path, block(1000, 2000, GOOD), call, site="1:1500 A>T") == "other_allele"


def test_an_unknown_allele_called_in_a_block_leaves_the_site_open(tmp_path: Path) -> None:
    call = "1 1500 . A T,<NON_REF> 60 PASS . GT:DP:GQ 0/2:30:60"
    assert evidence(tmp_path, block(1000, 2000, GOOD), call) == "partial"


def test_a_site_of_several_bases_needs_every_one_asserted(tmp_path: Path) -> None:
    halves = (block(1000, 1501, GOOD), block(1502, 2000, GOOD))
    assert evidence(tmp_path, *halves, site="1:1500 ACG>A") == "reference"
    assert evidence(tmp_path, halves[0], site="1:1500 ACG>A") == "not_covered"
    assert evidence(tmp_path, halves[0], block(1502, 2000, WEAK), site="1:1500 ACG>A") == "no_call"


@pytest.mark.parametrize(
    ("form", "said", "expected"),
    [
        ("GT:GQX:DP:DPF", "0/0:20:10:1", "reference"),
        ("GT:GQX:DP:DPF", "0/0:19:30:1", "no_call"),
        ("GT:GQX:DP:DPF", "0/0:.:30:1", "no_call"),
        ("GT:DP:DPF", "0/0:30:1", "no_call"),
        ("GT:GQ:GQX:DP", "0/0:10:40:30", "no_call"),
        ("GT:GQ:GQX:DP", "0/0:.:40:30", "reference"),
    ],
)
def test_illuminas_quality_speaks_where_gq_is_missing(tmp_path: Path, form: str, said: str, expected: str) -> None:
    assert evidence(tmp_path, block(1000, 2000, said, alt=".", form=form)) == expected


def test_a_gap_in_a_gvcf_is_never_inferred(tmp_path: Path) -> None:
    near = "1 1400 . C T,<NON_REF> 60 PASS . GT:DP:GQ 0/1:30:60"
    assert evidence(tmp_path, near) == "not_covered"


def test_structural_deletions_of_the_same_file_stop_inference(tmp_path: Path) -> None:
    near = "1 900 . C T 60 PASS . GT:DP:GQ 0/1:30:60"
    whole = SampleKind.WHOLE_GENOME
    assert evidence(tmp_path, near, kind=whole) == "inferred"
    for called, expected in (("0/1", "not_covered"), ("./1", "not_covered"), ("0/0", "inferred")):
        deletion = f"1 1000 . A <DEL> 60 PASS SVTYPE=DEL;END=2000 GT {called}"
        assert evidence(tmp_path, near, deletion, kind=whole) == expected
