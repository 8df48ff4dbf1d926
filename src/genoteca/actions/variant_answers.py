"""What one module says of one variant: its rows, or in words why it has none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from genoteca.actions import browsing
from genoteca.actions.answers import answer_of, answers_of
from genoteca.actions.lineage import lineage_of
from genoteca.actions.references import annotating_modules, reference_of
from genoteca.actions.telling import CLOSED
from genoteca.actions.variant_views import LineageBranch, Standing, VariantAnswer, VariantRow
from genoteca.actions.views import AnswerState, Cell, ModuleAnswer, Step
from genoteca.engine import records
from genoteca.model.build import Build
from genoteca.model.column import ANNOTATIONS, GATE, LIFTED, AnnotationColumn, Column
from genoteca.model.evidence import Evidence, Outcome
from genoteca.model.formats import whole
from genoteca.model.variant import VariantName
from genoteca.sdk.chains import lifted_from
from genoteca.sdk.made_with import columns_made_with

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.engine.variant.listed import Listed
    from genoteca.engine.variant.site import SiteAnswer
    from genoteca.model.sample import Sample
    from genoteca.sdk.resources import Stored
    from genoteca.store.installed import InstalledModule

__all__ = ["ModuleRows", "Opened", "answered", "rows_of_modules"]

Row = dict[str, Any]
NOT_CELLS = (GATE, "caution")
GONE = (
    "The release that was looked up is not on this computer any more, and its answers have no row of this variant: "
    "it was not listed, or your file says nothing here."
)
UNDECIDED = (
    "It cannot be decided: an insertion or deletion in a repeat can be written at several places, and the module's "
    "data lists one of the same bases nearby, which may be this one or another."
)

_STANDS = {
    AnswerState.FAILED: Standing.FAILED,
    AnswerState.CANNOT_BE_TESTED: Standing.CANNOT_BE_TESTED,
    AnswerState.RUNNING: Standing.RUNNING,
    AnswerState.NOT_RUN: Standing.NOT_LOOKED_UP,
}
_WORDS = {
    Standing.FAILED: "The module failed, so nothing is known here. That is no result.",
    Standing.RUNNING: "It is being looked up right now.",
    Standing.NOT_LOOKED_UP: "This module was not asked about this genome yet.",
}


@dataclass(kw_only=True, slots=True)
class ModuleRows:
    """One module, what it stored about the sample, and which of its rows are about the variant."""

    module: InstalledModule
    answer: ModuleAnswer
    stored: Stored | None = None
    """None: nothing is stored that may be told."""
    rows: list[Row] = field(default_factory=list)
    gates: list[str] = field(default_factory=list)
    """Gates of the stored rows that the variant's genotype would tell of, whatever the state of the module."""
    listed: Listed | None = None
    """What its reference has of the variant; None: it was not looked up there."""
    fresh: bool = True
    """Whether it answered the variants as they are now."""

    @property
    def columns(self) -> tuple[AnnotationColumn, ...]:
        """Give the module's own columns."""
        manifest = self.module.sound_manifest()
        return columns_made_with(self.stored.record, manifest) if self.stored else manifest.columns

    def closed(self, opened: Collection[str]) -> list[str]:
        """Give the gates of single rows that were not opened."""
        return [gate for gate in self.gates if gate not in opened]


def rows_of_modules(
    app: App, sample: Sample, name: VariantName, variants: Stored, rows: Collection[int], opened: Opened
) -> list[ModuleRows]:
    """Give every module that answers for the sample with its rows about a variant; `rows`: the variant's own."""
    modules = annotating_modules(app.layout)
    found = []
    for told in answers_of(app, sample):
        module = modules[told.module]
        agreed = bool(told.gate) and told.gate in opened(module.id)
        answer = answer_of(app, sample, module, opened=True) if agreed else told
        one = ModuleRows(module=module, answer=answer)
        stored = records.current(app.layout, [module.id, "annotations"], sample.id.key)
        if stored is not None:
            _read_rows(app, sample, name, one, records.trusted(stored), variants, rows)
        found.append(one)
    return found


def _read_rows(
    app: App,
    sample: Sample,
    name: VariantName,
    one: ModuleRows,
    stored: Stored,
    variants: Stored,
    rows: Collection[int],
) -> None:
    """Read what a module stored: its gates in any case, its rows where they may be told."""
    from genoteca.engine.variant.rows import answers_about, answers_touching  # loads Polars, unlike the first page

    one.fresh = stored.record.inputs.get("sample/variants") == variants.record.sha256
    own = rows if one.fresh else ()
    touching = answers_touching(stored.path, name, own)
    one.gates = list(dict.fromkeys(str(row[GATE]) for row in touching if row.get(GATE)))
    answer = one.answer
    again = answer.state in (AnswerState.RUNNING, AnswerState.FAILED)  # what was said before stands
    if answer.outcome is Outcome.ANSWERED and not answer.gate and (again or answer.state not in _STANDS):
        one.stored = stored
        one.rows = answers_about(stored.path, name, own)
        one.listed = _listed(app, sample, one, name)


class Opened:
    """Which gates a person has opened for a sample, by module."""

    def __init__(self, agreed: Collection[tuple[str, str, str]], key: str) -> None:
        self._agreed, self._key = agreed, key

    def __call__(self, module: str) -> frozenset[str]:
        """Give the texts that were agreed to."""
        return frozenset(gate for key, one, gate in self._agreed if (key, one) == (self._key, module))


def answered(app: App, sample: Sample, one: ModuleRows, site: SiteAnswer | None, opened: Opened) -> VariantAnswer:
    """Put what a module says of the variant into words and rows."""
    manifest, answer = one.module.sound_manifest(), one.answer
    blank = VariantAnswer(
        module=answer.module,
        title=answer.title,
        icon=answer.icon,
        standing=_STANDS.get(answer.state, Standing.ABSENT),
        words=_WORDS.get(_STANDS.get(answer.state, Standing.ABSENT), answer.why),
        why=answer.doubt,
        release=answer.release,
        when=answer.when,
        lifted="" if answer.gate else answer.lifted,
        sources=[(source.name, source.url) for source in manifest.sources],
        links={column.name: column.link for column in one.columns if column.link},
        trouble=answer.trouble,
    )
    if answer.gate and answer.outcome is Outcome.ANSWERED:
        return blank.model_copy(update={"standing": Standing.CLOSED, "words": CLOSED, "gate": answer.gate})
    if one.stored is None:
        return blank
    rows = [_row(one, row, opened(one.module.id)) for row in one.rows] or _on_demand(one, site)
    standing, words = (Standing.ANSWERED, "") if rows else _without_row(app, sample, one, site)
    shut = bool(one.closed(opened(one.module.id)))
    branch = None if shut else _branch(app, sample, one, rows, words)
    return blank.model_copy(update={"standing": standing, "words": words, "rows": rows, "branch": branch})


def _listed(app: App, sample: Sample, one: ModuleRows, name: VariantName) -> Listed | None:
    """Look the variant up in the reference that the answers were made of; None: it is gone, or of another build."""
    from genoteca.engine.variant.listed import listed_in

    if one.rows or one.stored is None or lifted_from(one.module.sound_manifest(), sample.build) is not None:
        return None
    reference = reference_of(app.layout, one.module.id, sample.build)
    used = one.stored.record.inputs.get(f"{one.module.id}/reference")
    if reference is None or reference.record.sha256 != used:
        return None
    return listed_in(reference.path, name, one.columns)


def _row(one: ModuleRows, row: Row, opened: Collection[str]) -> VariantRow:
    evidence = Evidence(row["evidence"])
    gate = str(row.get(GATE) or "")
    if gate and gate not in opened:
        return VariantRow(number=row["_row"], title="", evidence=Evidence.NOT_COVERED, filtered=False, gate=gate)
    common: Sequence[Column] = (
        *ANNOTATIONS,
        *(LIFTED if one.stored and "lifted" in one.stored.record.metadata else ()),
    )
    return VariantRow(
        number=row["_row"],
        title=next((str(row[name]) for name in ("trait", "title", "gene", "rsid") if row.get(name)), ""),
        evidence=evidence,
        filtered=bool(row["filtered"]),
        matched=str(row["match"] or ""),
        cells=browsing.spoken(_told_in([column for column in one.columns if not column.hidden], row), row),
        technical=_cells([*(column for column in one.columns if column.hidden), *common], row),
        caution=str(row.get("caution") or ""),
    )


def _cells(columns: Sequence[Column | AnnotationColumn], row: Row) -> list[Cell]:
    return [cell for column in _told_in(columns, row) if (cell := browsing.cell(column, row)).text]


def _told_in(columns: Sequence[Column | AnnotationColumn], row: Row) -> list[Column | AnnotationColumn]:
    return [column for column in columns if column.name in row and column.name not in NOT_CELLS]


def _on_demand(one: ModuleRows, site: SiteAnswer | None) -> list[VariantRow]:
    """Give what the module's reference says of a variant that its result, of carried variants, has no row of."""
    if one.listed is None or site is None or one.listed.by_place:
        return []
    if not one.module.sound_manifest().dense and site.evidence in (Evidence.CALLED, Evidence.PARTIAL):
        return []  # it was looked up by its alleles, which the module spells otherwise
    return [
        VariantRow(
            number=None,
            title="",
            evidence=site.evidence,
            filtered=bool(site.filtered),
            cells=_cells([column for column in one.columns if not column.hidden], row),
            technical=_cells([column for column in one.columns if column.hidden], row),
        )
        for row in one.listed.rows
        if not row.get(GATE)
    ]


def _without_row(app: App, sample: Sample, one: ModuleRows, site: SiteAnswer | None) -> tuple[Standing, str]:
    """Say why a module that answered has no row about the variant."""
    from genoteca.engine.variant.rows import tells_of_variants

    manifest, release = one.module.sound_manifest(), one.answer.release
    of = f" (release {release})" if release else ""
    if not one.fresh:
        return Standing.NOT_LOOKED_UP, "The genome was read again since this module was asked. Look it up again."
    if one.listed is not None and not one.listed.no_sites:
        if not one.listed.looked:
            return (
                Standing.NOT_LOOKED_UP,
                f"Its data{of} has nothing of this chromosome, so it could not be looked up.",
            )
        if one.listed.by_place:
            return Standing.ABSENT, f"It was looked up: this place lies in none that the module lists{of}."
        if one.listed.undecided and not (site is not None and site.evidence in (Evidence.CALLED, Evidence.PARTIAL)):
            return Standing.NOT_LOOKED_UP, UNDECIDED
        return Standing.ABSENT, f"It was looked up: the module's data{of} does not list this variant."
    source = lifted_from(manifest, sample.build)
    carried = site is not None and site.evidence in (Evidence.CALLED, Evidence.PARTIAL)
    if source is not None:
        return _across_builds(app, sample, source, of, carried=carried and not manifest.dense)
    if one.stored is not None and one.stored.record.rows and not tells_of_variants(one.stored.path):
        return Standing.WHOLE, "Its answer is about chromosomes or the whole genome, not about single variants."
    if manifest.requires or one.listed is not None:
        return Standing.ABSENT, f"It was looked up: this variant is none of those that the module keeps{of}."
    if carried and not manifest.dense:
        return Standing.ABSENT, f"It was looked up: the module's data{of} does not list this variant."
    return Standing.NOT_LOOKED_UP, GONE


def _across_builds(app: App, sample: Sample, source: Build, of: str, *, carried: bool) -> tuple[Standing, str]:
    """Say why a module whose data is of another build has no row; `carried`: every such variant was lifted to it."""
    data = f"The module's data is of {source}"
    lifted = records.current(app.layout, ["sample", "lifted"], sample.id.key)
    if carried and lifted is not None and lifted.record.build == source:
        could = "If this variant could be lifted there, it was looked up and is not listed"
        return Standing.ABSENT, f"{data}. {could}{of}; if it could not, it was not looked up."
    why = "it does not list this place, your file says nothing about it, or it could not be lifted"
    return Standing.NOT_LOOKED_UP, f"{data} and has no answer here: {why}."


def _branch(
    app: App, sample: Sample, one: ModuleRows, rows: Sequence[VariantRow], words: str
) -> LineageBranch | None:
    if one.stored is None:
        return None
    values = one.rows[0] if one.rows else {"line": None, "genotype": None, "row": None}
    _, _, reference, module, run = lineage_of(app, sample, one.module, one.stored, values)
    kinds = dict.fromkeys(row.evidence.value.replace("_", " ") for row in rows)
    said = ", ".join(kinds) or words
    number = next((row.number for row in rows if row.number is not None), None)
    place = "" if number is None else f"; row {whole(number + 1)} of its table"
    return LineageBranch(
        module=one.module.id,
        title=one.answer.title,
        reference=reference,
        result=Step(title="Result", text=f"{said}{place}; {module.text}", when=one.answer.when),
        run=run,
        run_id=one.answer.run or "",
    )
