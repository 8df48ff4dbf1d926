"""Everything known about one variant of one genome, and of the same person's other genomes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from genoteca.actions import browsing
from genoteca.actions.lineage import read_from
from genoteca.actions.variant_answers import ModuleRows, Opened, answered, rows_of_modules
from genoteca.actions.variant_name import variant_of
from genoteca.actions.variant_views import (
    ClosedAnswer,
    Frequencies,
    Frequency,
    OtherSample,
    RecordField,
    RecordShown,
    SiteShown,
    VariantAnswer,
    VariantDetail,
)
from genoteca.actions.views import Cell, Step
from genoteca.engine import records
from genoteca.engine.samples import all_samples, read_sample
from genoteca.errors import GenotecaError, NotFoundError
from genoteca.model.column import COVERAGE, VARIANTS, Column, ColumnType
from genoteca.model.evidence import Evidence
from genoteca.model.sample import Sample, SampleId
from genoteca.model.variant import VariantName, short_bases

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.engine.variant.site import SiteAnswer
    from genoteca.sdk.resources import Stored

__all__ = ["neighbours_of", "show_variant", "variant_elsewhere", "variant_record"]

Row = dict[str, Any]
Agreed = Collection[tuple[str, str, str]]
"""What a person has agreed to see: sample, module, and the text that was read."""
Progress = Callable[[float], None]

SHOWN_OF_CALL = (
    *("zygosity", "dosage", "allele_fraction", "depth", "allele_depth", "genotype_quality", "qual", "filter"),
    *("phase_set", "id"),
)
SHOWN_OF_BLOCK = ("depth", "genotype_quality", "filter")
NAMES = ("rsid", "gene", "genes", "symbol")
"""Columns in which modules say what a variant is known as."""


def show_variant(app: App, key: str, name: VariantName, *, agreed: Agreed = ()) -> VariantDetail:
    """Give what is known about a variant in a sample; nothing of the person while an answer about it stays closed.

    Raises:
        NotFoundError: no such sample, or it was not read.
        DatasetError: a stored table was changed.

    """
    from genoteca.engine.variant.rows import calls_at

    sample, variants = _read(app, key)
    opened = Opened(agreed, key)
    here = calls_at(variants.path, name.chrom, name.pos)
    mine = [row for row in here if _is(row, name)]
    modules = rows_of_modules(app, sample, name, variants, {row["row"] for row in mine}, opened)
    closed = _closed(modules, opened)
    if closed:
        return VariantDetail(name=name.text, title=_title(name), sample=sample, closed=closed)
    infer = _may_infer(modules)
    site = _site(app, key, name, infer=infer) if name.known else None
    answers = [answered(app, sample, one, site, opened) for one in modules]
    return VariantDetail(
        name=name.text,
        title=_title(name),
        known_as=_known_as(modules, opened),
        sample=sample,
        site=_shown(app, key, name, mine, here, site),
        answers=answers,
        frequencies=[told for one in answers if (told := _frequencies(one)) is not None],
        origin=_origin(app, sample, mine, site),
        infer=infer,
    )


def variant_elsewhere(
    app: App, key: str, name: VariantName, *, infer: bool = False, agreed: Agreed = ()
) -> list[OtherSample]:
    """Give what the same person's other genomes have at the site; of another build, or behind a gate, only that.

    Raises:
        NotFoundError: no such sample.

    """
    sample = read_sample(app.layout, SampleId.parse(key))
    others = [one for one in all_samples(app.layout) if one.id.user == sample.id.user and one.id != sample.id]
    return [_other(app, sample, one, name, infer=infer, agreed=agreed) for one in others]


def variant_record(app: App, key: str, line: int, progress: Progress = lambda _: None) -> RecordShown:
    """Read one record of the source file; what `progress` raises ends the reading.

    Raises:
        NotFoundError: no such sample, or it was not read.
        GenomeFileError: the file is gone, was changed, or cannot be read.

    """
    from genoteca.engine.variant.raw_record import raw_record, require_same_file

    sample, variants = _read(app, key)
    path = require_same_file(sample, variants.record.inputs.get("sample/source", ""))
    found = raw_record(path, sample, line, progress)
    inside = f", {sample.source.member}" if sample.source.member else ""
    return RecordShown(
        where=f"{sample.source.name}{inside}: record {found.record:,}, line {found.line:,} ({found.format})",
        fields=[RecordField(part=one.part, name=one.name, value=one.value, about=one.about) for one in found.fields],
        person=found.person,
        not_shown=found.not_shown,
    )


def neighbours_of(
    app: App, key: str, module_id: str, row: int, *, agreed: Agreed = ()
) -> tuple[tuple[int, str] | None, tuple[int, str] | None]:
    """Give the variants before and after a row of a module's table: number of the row, and name.

    Rows about the same variant, about none, and those that stay closed are passed over; None: there is no other.
    """
    from genoteca.actions.results import gates_of, result_columns, stored_result

    opened = Opened(agreed, key)(module_id)
    gate, gated = gates_of(app, key, module_id)
    if gate and gate not in opened:
        return None, None
    _, module, stored = stored_result(app, key, module_id)
    table = browsing.opened(app, stored, result_columns(module, stored))
    if not 0 <= row < table.total:
        return None, None
    around = table.rows(start=max(0, row - NEAR), limit=2 * NEAR + 1)
    here = next(variant_of(one) for one in around if one["_row"] == row)
    told = [
        (int(one["_row"]), name)
        for one in around
        if (name := variant_of(one)) and name != here and not (gated and one["gate"] and one["gate"] not in opened)
    ]
    before = next((one for one in reversed(told) if one[0] < row), None)
    return before, next((one for one in told if one[0] > row), None)


NEAR = 200
"""Rows looked at on either side for the variant before and after."""


def _read(app: App, key: str) -> tuple[Sample, Stored]:
    sample = read_sample(app.layout, SampleId.parse(key))
    variants = records.current(app.layout, ["sample", "variants"], key)
    if variants is None:
        raise NotFoundError(f"{key} was not read yet.", hint="Wait until it is read, or read it again.")
    return sample, records.trusted(variants)


def _is(row: Row, name: VariantName) -> bool:
    return not name.known or row["ref"] is None or (row["ref"] == name.ref and row["alt"] in name.alts)


def _title(name: VariantName) -> str:
    change = f" {short_bases(name.ref)} → {short_bases(name.alt)}" if name.known else ""
    return f"{name.chrom}:{name.pos:,}{change}"


def _closed(modules: Sequence[ModuleRows], opened: Opened) -> list[ClosedAnswer]:
    return [
        ClosedAnswer(module=one.module.id, title=one.answer.title, gate=gate)
        for one in modules
        for gate in one.closed(opened(one.module.id))
    ]


def _may_infer(modules: Sequence[ModuleRows]) -> bool:
    """Whether silence may mean the reference base: where a module says so of this very allele, and none objects."""
    told = [one.listed.infer for one in modules if one.listed is not None and one.listed.infer is not None]
    stated = [Evidence(row["evidence"]) is Evidence.INFERRED for one in modules for row in one.rows if row["alt"]]
    return bool(told or stated) and all(told) and all(stated)


def _site(app: App, key: str, name: VariantName, *, infer: bool) -> SiteAnswer:
    from genoteca.engine.variant.site import sample_tables, site_answer

    with sample_tables(app.settings, key) as tables:
        return site_answer(tables, name, infer=infer)


def _known_as(modules: Sequence[ModuleRows], opened: Opened) -> str:
    """Say what the variant is called, as far as open rows say; at most one name of a kind."""
    found: dict[str, str] = {}
    for one in modules:
        told = [row for row in one.rows if not row.get("gate") or row["gate"] in opened(one.module.id)]
        for row in [*told, *(one.listed.rows if one.listed is not None and not one.listed.by_place else ())]:
            for name in NAMES:
                text = str(row.get(name) or "").split(";")[0].strip()
                if text and not row.get("gate"):
                    found.setdefault("gene" if name != "rsid" else name, text)
    return " · ".join(found[name] for name in ("gene", "rsid") if name in found)


def _shown(
    app: App, key: str, name: VariantName, mine: Sequence[Row], here: Sequence[Row], site: SiteAnswer | None
) -> SiteShown | None:
    from genoteca.engine.variant.rows import carried_rows  # loads Polars, which the first page does without

    if site is None:
        return None
    call = mine[0] if mine else None
    block = None if call else _block(app, key, name, site)
    columns, shown = (VARIANTS, SHOWN_OF_CALL) if call else (COVERAGE, SHOWN_OF_BLOCK)
    carried = carried_rows(here)
    beside = [told for row in here if row not in mine and row["row"] in carried and (told := variant_of(row))]
    return SiteShown(
        evidence=site.evidence,
        words=site.evidence.words,
        genotype=site.genotype or "",
        filtered=bool(site.filtered),
        calls=_cells(columns, shown, call or block or {}),
        other_alleles=beside,
        line=site.line or (call["line"] if call else None),
    )


def _block(app: App, key: str, name: VariantName, site: SiteAnswer) -> Row | None:
    """Give the reference block, or the no-call, that says what is known of the place."""
    from genoteca.engine.variant.site import asserted_at

    coverage = records.current(app.layout, ["sample", "coverage"], key)
    found = asserted_at(coverage.path, name.chrom, name.pos) if coverage else []
    return next((row for row in found if row["line"] == site.line), None)


def _cells(columns: Sequence[Column], shown: Sequence[str], row: Row) -> list[Cell]:
    known = {column.name: column for column in columns}
    told = (browsing.cell(known[name], row) for name in shown if name in row)
    return [cell for cell in told if cell.text]


def _origin(app: App, sample: Sample, mine: Sequence[Row], site: SiteAnswer | None) -> list[Step]:
    line = site.line if site and site.line else (mine[0]["line"] if mine else None)
    genotype = (site.genotype if site else None) or (mine[0]["genotype"] if mine else "") or "not known"
    file = read_from(app, sample, {"line": line})
    where = f"row {mine[0]['row'] + 1:,} of the variants table" if mine else "no row of the variants table"
    return [file, Step(title="Variants", text=f"{genotype}; {where}", when=sample.added)]


def _frequencies(answer: VariantAnswer) -> Frequencies | None:
    bars: dict[str, Frequency] = {}
    for row in answer.rows:
        for cell in (*row.cells, *row.technical):
            if cell.type is ColumnType.FREQUENCY and cell.number is not None and not row.gate:
                bars.setdefault(cell.column, Frequency(label=cell.label, value=cell.number, about=cell.description))
    if not bars:
        return None
    return Frequencies(module=answer.module, title=answer.title, release=answer.release, bars=list(bars.values()))


def _other(app: App, sample: Sample, other: Sample, name: VariantName, *, infer: bool, agreed: Agreed) -> OtherSample:
    blank = OtherSample(key=other.id.key, name=other.sample_name, build=other.build, words="")
    if other.build is not sample.build:
        told = f"It is of {other.build}: the same place has another number there, so the two are not compared."
        return blank.model_copy(update={"words": told})
    if not name.known:
        return blank.model_copy(update={"words": "The alleles are not known, so nothing can be compared."})
    try:
        _, variants = _read(app, other.id.key)
        modules = rows_of_modules(app, other, name, variants, (), Opened(agreed, other.id.key))
        if _closed(modules, Opened(agreed, other.id.key)):
            return blank.model_copy(update={"words": "It stays closed until you ask, on this genome's own page."})
        site = _site(app, other.id.key, name, infer=infer)
    except GenotecaError as error:
        return blank.model_copy(update={"words": f"{error.title}. {error.message}"})
    return blank.model_copy(
        update={
            "words": site.evidence.words,
            "evidence": site.evidence,
            "genotype": site.genotype or "",
            "filtered": bool(site.filtered),
        }
    )
