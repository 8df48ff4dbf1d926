from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from genoteca.genome.header import Header
from genoteca.genome.kind import AUTOSOMES, kind_after_reading
from genoteca.genome.spread import WINDOW, Spread
from genoteca.model.build import Build
from genoteca.model.intake import FileFacts
from genoteca.model.sample import SampleKind

if TYPE_CHECKING:
    pass

LENGTHS = Build.GRCH38.lengths
WHOLE = {name: length // 700 for name, length in LENGTHS.items()}


def _spread(carried: dict[str, int]) -> dict[str, Spread]:
    """As dense as told, in nine of ten windows."""
    return {name: Spread(count, min(count, LENGTHS[name] * 9 // WINDOW // 10)) for name, count in carried.items()}


def _kind(
    carried: dict[str, int] | dict[str, Spread],
    kind: SampleKind = SampleKind.PANEL,
    meta: Sequence[tuple[str, str]] = (),
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
    spread = {
        name: told if isinstance(told, Spread) else _spread({name: told})[name] for name, told in carried.items()
    }
    return kind_after_reading(facts, header, spread, Build.GRCH38).kind


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


def test_as_many_variants_heaped_in_a_part_of_each_chromosome_make_no_whole_genome() -> None:
    heaped = {name: one._replace(windows=LENGTHS[name] // WINDOW // 3) for name, one in _spread(WHOLE).items()}
    assert _kind(heaped) is SampleKind.PANEL


def _exome(name: str) -> Spread:
    """Like chromosome 1 of the real exome below, in proportion."""
    part = LENGTHS[name] / LENGTHS["1"]
    return Spread(round(7101 * part), round(3198 * part), round(4500 * part), round(1800 * part), round(800 * part))


def test_variants_heaped_as_exons_are_on_every_autosome_make_an_exome() -> None:
    assert _kind({name: _exome(name) for name in AUTOSOMES}) is SampleKind.EXOME


@pytest.mark.parametrize(
    "change",
    [
        {"windows": 7000},
        {"transversions": 2200},
        {"indels": 3000},
        {"carried": 300, "windows": 150},
    ],
    ids=["spread out like a chip", "not coding", "a selection of indels", "a panel"],
)
def test_what_is_not_heaped_not_coding_or_too_little_is_no_exome(change: dict[str, int]) -> None:
    assert _kind({name: _exome(name)._replace(**change) for name in AUTOSOMES}) is SampleKind.PANEL


def test_an_exome_on_a_few_chromosomes_stays_a_panel() -> None:
    assert _kind({name: _exome(name) for name in AUTOSOMES[:10]}) is SampleKind.PANEL


def test_the_raw_signals_of_a_chip_make_an_array() -> None:
    chip = [("FORMAT", "<ID=BAF,Number=1,Type=Float>"), ("FORMAT", "<ID=LRR,Number=1,Type=Float>")]
    assert _kind(WHOLE, meta=chip) is SampleKind.ARRAY
    assert _kind(WHOLE, meta=chip[:1]) is SampleKind.WHOLE_GENOME
