"""Two genomes side by side: the counts in words, the rows that differ, and what may be told of a kinship."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genoteca.actions import browsing
from genoteca.actions.app import App
from genoteca.actions.exporting import NOT_ADVICE
from genoteca.actions.view import View
from genoteca.actions.views import Query, ResultPage, TableHeader
from genoteca.engine import records
from genoteca.engine.comparing import compare_samples, compared_before
from genoteca.engine.samples import read_sample
from genoteca.errors import InputError, NotFoundError
from genoteca.model.build import CHROMOSOMES
from genoteca.model.column import Column
from genoteca.model.comparison import STATED, Comparison, Difference, compared_columns
from genoteca.model.evidence import Evidence
from genoteca.model.formats import whole
from genoteca.model.sample import Sample, SampleId

if TYPE_CHECKING:
    from genoteca.sdk.resources import Stored

__all__ = [
    "COMPARED_WITH",
    "ComparedGenomes",
    "compare",
    "compared_header",
    "compared_page",
    "compared_place",
    "comparison_words",
    "export_compared",
    "kinship_words",
]

COMPARED_WITH = "compared/"
"""How a grid names the rows that differ from another genome; that one's key follows."""
SHOWN = (
    *("chrom", "pos", "ref", "alt", "difference", "first_genotype", "second_genotype"),
    *("first_known", "second_known"),
)
FEWEST = 5_000
"""Heterozygous single letters of each genome below which nothing is said of a kinship: a region says little."""
# Manichaikul and others 2010, table 1 (https://doi.org/10.1093/bioinformatics/btq559).
DEGREES = (
    (0.3536, "one and the same genome, or identical twins"),
    (0.1768, "close family of the first degree: parent and child, or full siblings"),
    (0.0884, "family of the second degree: half-siblings, grandparent, aunt or uncle"),
    (0.0442, "family of the third degree: first cousins, for instance"),
)


class ComparedGenomes(View):
    """One comparison as a screen shows it."""

    first: Sample
    second: Sample
    told: Comparison
    rows: int
    """Rows that differ."""


def compare(app: App, first: str, second: str, *, progress: browsing.Progress = browsing.unheard) -> ComparedGenomes:
    """Compare two genomes; made once for the same tables. What `progress` raises ends the work.

    Raises:
        NotFoundError: there is no such sample, or it was not read.
        InputError: they cannot be compared, with the reason.
        RunError: the comparison ended without an answer.

    """
    if first == second:
        raise InputError(
            f"{first} was given twice.", title="A genome beside itself", hint="Choose another genome to compare with."
        )
    stored = compare_samples(app.settings, first, second, progress=progress)
    return _shown(app, first, second, stored)


def compared_header(app: App, first: str, second: str) -> TableHeader:
    """Give the head of the table of rows that differ.

    Raises:
        NotFoundError: they were not compared, or a genome was read anew since.

    """
    stored, sample = _stored(app, first, second), read_sample(app.layout, SampleId.parse(first))
    return TableHeader(
        sample=sample,
        table=f"{COMPARED_WITH}{second}",
        title="What differs",
        about="One row for every allele that is not the same in both genomes.",
        columns=_columns(app, first, second),
        shown=list(SHOWN),
        rows=stored.record.rows,
        when=stored.record.created,
    )


def compared_page(app: App, first: str, second: str, query: Query) -> ResultPage:
    """Give a stretch of the rows that differ.

    Raises:
        NotFoundError: they were not compared, or a genome was read anew since.
        FilterError: the filter or the sort names an unknown column, or compares it wrongly.

    """
    return browsing.page(browsing.opened(app, _stored(app, first, second), _columns(app, first, second)), query)


def compared_place(app: App, first: str, second: str, row: int) -> str:
    """Give the address of a row's variant in the genome that carries it; of two chips the place in the first's table.

    Where that genome was lifted to the other's build, the address is in its own build; where the lift tells no such
    row any more, it is the other genome's.

    Raises:
        NotFoundError: they were not compared, or a genome was read anew since.
        DatasetError: the table has no such row.

    """
    stored = _stored(app, first, second)
    values = browsing.opened(app, stored, _columns(app, first, second)).row(row)
    others = (Difference.SECOND.value, Difference.FIRST_SILENT.value)
    key = second if values["difference"] in others else first
    if key == Comparison.model_validate(stored.record.metadata["comparison"]).lifted:
        own = _before_lifting(app, key, values)
        key, values = (key, own) if own else (first if key == second else second, values)
    if values["alt"] is None:
        return f"/explore/{key}?jump={values['chrom']}:{values['pos']}"
    return f"/variant/{key}/{values['chrom']}-{values['pos']}-{values['ref']}-{values['alt']}"


def _before_lifting(app: App, key: str, values: dict[str, Any]) -> dict[str, Any] | None:
    """Give place and alleles of a lifted variant in its genome's own build; None: it was not lifted."""
    from genoteca.engine.variant.rows import lifted_from_own  # loads Polars, which the first page does without

    lifted = records.current(app.layout, ["sample", "lifted"], key)
    place = (values[name] for name in ("chrom", "pos", "ref", "alt"))
    return lifted_from_own(records.trusted(lifted).path, *place) if lifted is not None else None


def export_compared(
    app: App,
    first: str,
    second: str,
    query: Query,
    *,
    format: str,  # noqa: A002 - the word of the command line
    output: Path,
    columns: Sequence[str] | None = None,
    progress: browsing.Progress = browsing.unheard,
) -> int:
    """Write the rows that differ, as a view shows them, to a file; gives the rows written.

    Raises:
        NotFoundError: they were not compared, or a genome was read anew since.
        FilterError: an unknown column.
        InputError: the folder is not there.

    """
    shown = _shown(app, first, second, _stored(app, first, second))
    about = [
        ("First", f"{shown.first.user_name} / {shown.first.sample_name} ({first}), {shown.first.source.name}"),
        ("Second", f"{shown.second.user_name} / {shown.second.sample_name} ({second}), {shown.second.source.name}"),
        ("Genome build", shown.told.build),
        *(("Compared", line) for line in comparison_words(shown)),
        ("Not medical advice", NOT_ADVICE),
    ]
    table = browsing.opened(app, _stored(app, first, second), _columns(app, first, second))
    return browsing.export(
        table, query, columns=columns, format=format, output=output, about=about, progress=progress
    )


def comparison_words(shown: ComparedGenomes) -> list[str]:
    """Say the counts in sentences, each with its denominator."""
    told, one, other = shown.told, shown.first.sample_name, shown.second.sample_name
    if told.letters:
        return _letters_words(told, one, other)
    lines = [
        _shared_words(told),
        _only_words(told, Difference.FIRST, one, other),
        _only_words(told, Difference.SECOND, other, one),
        _silent_words(told, Difference.SECOND_SILENT, one, other),
        _silent_words(told, Difference.FIRST_SILENT, other, one),
    ]
    if spelled := told.count(Difference.SPELLED):
        lines.append(f"{whole(spelled)} are in both files, spelled otherwise: counted apart.")
    lines.append(_concordance_words(told))
    if told.lifted:
        lines.append(
            f"The two files are of different genome builds: the variants of {told.lifted} were carried over to "
            f"{told.build}. What its file says elsewhere was not, so that of the other's variants it cannot speak."
        )
    lines += [f"{whole(number)} {reason}." for reason, number in told.set_aside.items()]
    return [line for line in lines if line]


def kinship_words(shown: ComparedGenomes) -> str:
    """Say with care what the two genomes' likeness suggests; to be shown on request only."""
    counts = shown.told.kinship
    coefficient = None if counts is None else counts.coefficient
    fewest = 0 if counts is None else min(counts.first_heterozygous, counts.second_heterozygous)
    if counts is None or coefficient is None or fewest < FEWEST:
        return (
            f"It cannot be told from these two files: {whole(fewest)} single letters with two forms "
            "can be compared, and "
            f"below {whole(FEWEST)} chance decides."
        )
    near = next((words for least, words in DEGREES if coefficient >= least), "no close family")
    silent = f" {whole(counts.inferred)} letters were taken from a file's silence." if counts.inferred else ""
    return (
        f"The likeness is what is usual for {near} (kinship coefficient {coefficient:.3f}, from "
        f"{whole(counts.first_heterozygous)} and {whole(counts.second_heterozygous)} letters with two forms, "
        f"{whole(counts.both_heterozygous)} of them in both).{silent} It is an estimate from two "
        "files, no proof: how a "
        "file was made, and where a family comes from, move it. Only a laboratory's test of both persons can settle "
        "kinship."
    )


def _letters_words(told: Comparison, one: str, other: str) -> list[str]:
    both = told.count(Difference.SAME, Difference.COPIES)
    share = f" ({told.count(Difference.SAME) / both:.2%})" if both else ""
    alike, others = told.count(Difference.SAME), told.count(Difference.COPIES)
    mine, yours = told.count(Difference.SECOND_SILENT), told.count(Difference.FIRST_SILENT)
    lines = [
        (
            f"{whole(both)} places are read by both chips: {whole(alike)} have the same letters{share}, "
            f"{whole(others)} other ones."
        ),
        (
            f"Read in {one} only: {whole(mine)} places; in {other} only: {whole(yours)}. The other has "
            "no such place, or no call."
        ),
    ]
    if partly := told.count(Difference.PARTLY):
        lines.append(f"At {whole(partly)} places one letter is missing.")
    return lines


def _shared_words(told: Comparison) -> str:
    return (
        f"{whole(told.shared)} differences from the reference are in both: "
        f"{whole(told.count(Difference.SAME))} with the same "
        f"genotype, {whole(told.count(Difference.COPIES))} on another number of copies, "
        f"{whole(told.count(Difference.PARTLY))} "
        "where one genotype is only half known."
    )


def _only_words(told: Comparison, difference: Difference, one: str, other: str) -> str:
    why = told.seen_from(difference)
    stated = sum(number for evidence, number in why.items() if evidence in STATED)
    inferred = why.get(Evidence.INFERRED, 0)
    if not told.count(difference):
        return f"None is only in {one} where the file of {other} speaks."
    return (
        f"{whole(told.count(difference))} are only in {one}: for {whole(stated)} the file of "
        f"{other} states another genotype, "
        f"and for {whole(inferred)} its silence is read as “no difference”."
    )


def _silent_words(told: Comparison, difference: Difference, one: str, other: str) -> str:
    why = told.seen_from(difference)
    count = told.count(difference)
    if not count:
        return ""
    no_call, silent = why.get(Evidence.NO_CALL, 0), why.get(Evidence.NOT_COVERED, 0)
    rest = count - no_call - silent
    more = f", and {whole(rest)} are half known there or do not apply" if rest else ""
    return (
        f"{whole(count)} are in {one}, and the file of {other} cannot speak of them: it made no "
        f"call at {whole(no_call)} and "
        f"says nothing at {whole(silent)}{more}. They are not counted as absent."
    )


def _concordance_words(told: Comparison) -> str:
    if told.concordance is None:
        return "No allele is called in both files, so that nothing can be said of their agreement."
    return (
        f"Of {whole(told.called_in_both)} differences of which both files state a genotype, "
        f"{whole(told.count(Difference.SAME))} ({told.concordance:.2%}) have the same one."
    )


def _shown(app: App, first: str, second: str, stored: Stored) -> ComparedGenomes:
    one, other = (read_sample(app.layout, SampleId.parse(key)) for key in (first, second))
    told = Comparison.model_validate(stored.record.metadata["comparison"])
    ordered = {chrom: told.counts[chrom] for chrom in CHROMOSOMES if chrom in told.counts}
    told = told.model_copy(update={"counts": ordered})
    return ComparedGenomes(first=one, second=other, told=told, rows=stored.record.rows)


def _stored(app: App, first: str, second: str) -> Stored:
    stored = compared_before(app.settings, first, second)
    if stored is None:
        raise NotFoundError(
            f"{first} and {second} were not compared, or one of them changed since.", hint="Compare them again."
        )
    return stored


def _columns(app: App, first: str, second: str) -> list[Column]:
    one, other = (read_sample(app.layout, SampleId.parse(key)) for key in (first, second))
    names = (one.sample_name, other.sample_name)
    if one.sample_name == other.sample_name:
        names = (one.user_name, other.user_name)
    return list(compared_columns(*names))
