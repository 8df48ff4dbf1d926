from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from genoteca.genome.header import Header
from genoteca.genome.kind import kind_after_reading
from genoteca.model.build import Build
from genoteca.model.intake import FileFacts
from genoteca.model.sample import SampleKind

WHOLE = {name: length // 700 for name, length in Build.GRCH38.lengths.items()}


def _kind(
    carried: dict[str, int], kind: SampleKind = SampleKind.PANEL, meta: Sequence[tuple[str, str]] = ()
) -> SampleKind:
    header = Header(version="4.2", lines=2, contigs={}, meta=list(meta), samples=["S"])
    facts = FileFacts(
        path=str(Path("x.vcf")),
        name="x.vcf",
        bytes=1,
        format="VCF 4.2",
        compression="none",
        samples=["S"],
        build=Build.GRCH38,
        build_evidence="",
        kind=kind,
        has_genotypes=True,
        gvcf=kind is SampleKind.GVCF,
        synthetic=False,
        header_lines=2,
    )
    return kind_after_reading(facts, header, carried, Build.GRCH38)


def test_variants_all_over_the_autosomes_make_a_whole_genome() -> None:
    assert _kind(WHOLE) is SampleKind.WHOLE_GENOME


@pytest.mark.parametrize(
    "carried",
    [
        {},
        {"21": 2_500_000},
        {name: count // 10 for name, count in WHOLE.items()},
        {name: count for name, count in WHOLE.items() if name not in {"1", "2", "3"}},
    ],
)
def test_fewer_variants_or_chromosomes_make_no_whole_genome(carried: dict[str, int]) -> None:
    assert _kind(carried) is SampleKind.PANEL


@pytest.mark.parametrize("kind", [SampleKind.GVCF, SampleKind.EXOME])
def test_what_the_header_tells_is_not_overruled(kind: SampleKind) -> None:
    assert _kind(WHOLE, kind) is kind


def test_an_imputed_file_is_no_whole_genome() -> None:
    assert _kind(WHOLE, meta=[("INFO", "<ID=IMPUTED,Number=0,Type=Flag>")]) is SampleKind.PANEL


@pytest.mark.parametrize(
    "meta",
    [
        [("INFO", '<ID=IMP,Number=0,Type=Flag,Description="Imputed marker">')],
        [("INFO", "<ID=TYPED,Number=0,Type=Flag>")],
        [("INFO", "<ID=TYPED_ONLY,Number=0,Type=Flag>")],
        [("INFO", "<ID=R2,Number=1,Type=Float>"), ("INFO", "<ID=ER2,Number=1,Type=Float>")],
        [("source", '"beagle.22Jul22.46e.jar"')],
        [("source", "GLIMPSE2_phase")],
        [("bcftools_viewCommand", "view -S me impute5_v1.2.0.vcf.gz")],
        [("minimac4_Command", "--refHaps panel.m3vcf")],
        [("CommandLine", "QUILT.R --outputdir=out")],
        [("source", "STITCH_1.6")],
        [("source", "IMPUTE2")],
        [("imputation", "eagle, then a server")],
    ],
)
def test_what_an_imputation_program_wrote_is_no_whole_genome(meta: list[tuple[str, str]]) -> None:
    assert _kind(WHOLE, meta=meta) is SampleKind.PANEL


@pytest.mark.parametrize(
    "meta",
    [
        [("INFO", "<ID=R2,Number=1,Type=Float>")],
        [("INFO", "<ID=IMPACT,Number=1,Type=String>")],
        [("source", "restitched calls, Minimacro")],
        [("reference", "file:///stitch/beagle.fa")],
    ],
)
def test_words_that_only_look_like_an_imputation_program_change_nothing(meta: list[tuple[str, str]]) -> None:
    assert _kind(WHOLE, meta=meta) is SampleKind.WHOLE_GENOME
