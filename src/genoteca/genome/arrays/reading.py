"""Reading a consumer array: its rows become the tables that a VCF becomes, and every row is accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from genoteca.errors import GenomeFileError
from genoteca.genome.arrays.calls import CALL_SCHEMA
from genoteca.genome.arrays.facts import build_of_array, known_places
from genoteca.genome.arrays.known import Place
from genoteca.genome.arrays.layout import ArrayLayout
from genoteca.genome.arrays.records import ArrayParser, judged
from genoteca.genome.arrays.repeats import CONTRADICTIONS, sifted
from genoteca.genome.arrays.tables import coverage_of, variants_of
from genoteca.genome.arrays.vendors import says_imputed
from genoteca.genome.one_copy import against_the_sex
from genoteca.genome.schema import CHROM
from genoteca.genome.sorted_table import EVERYTHING, SortedTable
from genoteca.genome.stream import GenomeText
from genoteca.genome.tally import Tally
from genoteca.model.build import Build, par
from genoteca.model.intake import Intake
from genoteca.model.sample import SampleKind, Sex

__all__ = ["read_array"]

MOST_ROWS = 3_000_000
"""Makers' arrays have up to a million probes, large ones for research two and a half. All rows are held at once, to
find those that contradict each other: 300 bytes each when most is held."""

HELD = pl.Schema(
    {
        "line": pl.UInt32(),
        "id": pl.String(),
        "chrom": CHROM,
        "pos": pl.UInt32(),
        **{name: kind for name, kind in CALL_SCHEMA.items() if name != "text"},
    }
)
"""What is kept of every sound row until the file has been read."""

Progress = Callable[[float, str], None]


def read_array(
    text: GenomeText,
    layout: ArrayLayout,
    *,
    build: Build,
    sex: Sex,
    variants: SortedTable,
    coverage: SortedTable,
    progress: Progress,
) -> Intake:
    """Read an array file from its beginning into a variants and a coverage table, which are closed.

    One variants row per position that is called, without REF and ALT; one coverage row per no-call. Rows that
    contradict each other are set aside and their position is a no-call.

    Raises:
        GenomeFileError: damaged, or more rows than any array has.

    """
    parser, tally = ArrayParser(layout=layout), Tally()
    frames: list[pl.DataFrame] = []
    places: list[Place] = []
    for block in text.blocks():
        rows = parser.parse(block)
        _refuse_too_many(parser.read, text)
        places.extend(known_places(rows))
        frames.append(tally.keep(judged(rows, layout, build)).select(HELD.names()))
        progress(0.9 * text.fraction, f"{parser.read:,} rows read")
    held = pl.concat([pl.DataFrame(schema=HELD), *frames])
    frames.clear()
    part = sifted(held)
    tally.keep((part.kept, part.aside))
    two_alleles = 0
    # A table of all columns is held for one chromosome at a time.
    for rows in part.kept.sort("chrom", "pos", "line").partition_by("chrom"):
        table = variants_of(rows, build, sex)
        two_alleles += _two_alleles(table, build, sex)
        variants.add(table, settled=EVERYTHING)
    coverage.add(coverage_of(part.kept, part.uncallable), settled=EVERYTHING)
    variants.close()
    coverage.close()
    progress(1.0, f"{parser.read:,} rows read")
    return Intake(
        records_read=parser.read,
        records_kept=len(part.kept),
        set_aside=tally.reasons,
        alleles_set_aside={},
        rows=variants.rows,
        coverage_rows=coverage.rows,
        carried=0,
        header_lines=layout.header_lines,
        kind=SampleKind.ARRAY,
        kind_evidence="its layout: one row per place that the chip reads",
        caller=layout.vendor,
        plus_strand=layout.plus_strand,
        warnings=[
            *text.warnings,
            *_about_the_file(layout, build, places),
            *_about_the_rows(tally, two_alleles),
        ],
    )


def _refuse_too_many(rows: int, text: GenomeText) -> None:
    if rows > MOST_ROWS:
        raise GenomeFileError(
            f"{text.path.name} has more than {MOST_ROWS:,} rows; no array has so many.",
            hint="Imputed genotypes and whole genomes come as VCF too: ask its maker for that file.",
        )


def _two_alleles(table: pl.DataFrame, build: Build, sex: Sex) -> int:
    """Count a male's calls of two alleles where he has one copy; NCBI36's pseudoautosomal regions are not kept."""
    if not par(build):
        return 0
    return int(table.select(against_the_sex(build, sex).sum()).item())


def _about_the_file(layout: ArrayLayout, build: Build, places: list[Place]) -> Iterator[str]:
    found, evidence = build_of_array(layout, places)
    if found not in (None, build):
        yield f"It was read as {build}, as asked, although the file says otherwise: {evidence}"
    if not layout.plus_strand:
        yield (
            "The file does not say on which strand its alleles are. Where the other strand would say something else, "
            "as for two equal copies at an A/T or C/G variant, the answer is a no call."
        )
    if says_imputed(layout.words):
        yield "The file says that genotypes in it are imputed: guessed from others, not measured."
    if build is Build.NCBI36:
        yield "Its positions are of NCBI36, of 2006. Modules know positions of GRCh37 and GRCh38."


def _about_the_rows(tally: Tally, two_alleles: int) -> Iterator[str]:
    aside = sum(told.records for reason, told in tally.reasons.items() if reason in CONTRADICTIONS)
    if aside:
        yield f"{aside:,} rows contradict each other. None of them is believed: their positions are no calls."
    if two_alleles:
        calls = "1 call" if two_alleles == 1 else f"{two_alleles:,} calls"
        are = "is" if two_alleles == 1 else "are"
        where = "on X and Y outside the pseudoautosomal regions"
        yield f"{calls} {where} {are} heterozygous, which a male genome cannot be."
