from __future__ import annotations

from pathlib import Path

import pytest

from genoteca.genome.header import Header
from genoteca.genome.kind import kind_after_reading
from genoteca.model.build import Build
from genoteca.model.intake import FileFacts
from genoteca.model.sample import SampleKind

WHOLE = {name: length // 700 for name, length in Build.GRCH38.lengths.items()}


def _kind(
    carried: dict[str, int], kind: SampleKind = SampleKind.PANEL, meta: tuple[str, str] = ("", "")
) -> SampleKind:
    header = Header(version="4.2", lines=2, contigs={}, meta=[meta], samples=["S"])
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
    assert _kind(WHOLE, meta=("INFO", "<ID=IMPUTED,Number=0,Type=Flag>")) is SampleKind.PANEL
