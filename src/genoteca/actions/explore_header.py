"""The head of the explorer: whose answers stand in the table, its columns, and the filters that modules bring."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from genoteca.actions.answers import answers_of
from genoteca.actions.asides import modules_aside
from genoteca.actions.explore_views import ExploreAbsent, ExploreColumn, ExploreFilter, ExploreHeader, ExploreModule
from genoteca.actions.exporting import age_of
from genoteca.actions.modules import show_module
from genoteca.actions.views import AnswerState, ModuleAnswer
from genoteca.model.column import GATE, JOINED, AnnotationColumn, Column
from genoteca.model.evidence import Evidence, Shape
from genoteca.model.filter import All, Any_, Condition, Filter, Not, Operator
from genoteca.model.smart_filter import columns_of

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.actions.explore_sources import Sources
    from genoteca.sdk.resources import Stored

__all__ = ["GATHERED", "NAMES", "Use", "explore_header", "readable", "renamed", "use_of"]

SHOWN = ("gene", "rsid", "chrom", "pos", "ref", "alt", "genotype", "zygosity")
"""Columns beside those of modules that are shown until the person chooses others, in this order before all others."""
MOST_SHOWN = 4
"""Columns of one module that are shown at first, its evidence among them; of one that says nothing: that alone."""
GATHERED = frozenset({"gene", "rsid"})
"""Columns of modules that stand before all others, gathered from all of them."""
LAST = ("row", "row_kind", "key", "line", "allele")
"""Columns of the genome file that stand after all others of it."""
RENAMED = {"row": "Number of the variant", "row_kind": "Kind of row"}
READ = frozenset({"ref", "alt", "genotype", "zygosity", "id", "depth", "filter"})
"""Columns of the file that a person reads of a row, below its place; the others are there for researchers."""
NAMES = frozenset({*GATHERED, "chrom", "pos"})
"""Columns by which a row is known: they stand above what is said of it."""
ASIDE = frozenset({"caution", "lift"})
"""Technical columns of a module that a person must read all the same where they say something."""
TECHNICAL = frozenset({"site", "match", "genotype", "dosage", "filtered", "evidence", GATE, "caution", "lift"})
"""Columns of a module that are not shown at first; the evidence is added by itself."""


def explore_header(
    app: App, sources: Sources, opened: Mapping[str, Collection[str]], *, ready: bool
) -> ExploreHeader:
    """Give the head."""
    from genoteca.engine.results.explore import gathered_columns
    from genoteca.engine.results.joined import wide_names

    answers = {answer.module: answer for answer in answers_of(app, sources.sample)}
    closed = sources.closed(opened)
    spec = sources.spec()
    names = wide_names([one.joined() for one in spec.modules])
    open_names = {name: own for name, own in names.items() if name not in closed.modules}
    columns = list(_own(gathered_columns(names), gathered_columns(open_names)))
    modules, filters = list[ExploreModule](), list[ExploreFilter]()
    useful = {name: use_of(answers.get(name), closed=name in closed.modules) for name in names}
    for module, stored, told in sorted(
        ((module, stored, told) for (module, stored), told in zip(sources.modules, spec.modules, strict=True)),
        key=lambda one: useful[one[0].id],
    ):
        manifest = module.sound_manifest()
        mine = names[module.id]
        gate = manifest.gate if module.id in closed.modules else ""
        modules.append(
            ExploreModule(
                id=module.id,
                title=manifest.title,
                icon=show_module(app, module.id).icon,
                release=told.release,
                dense=manifest.dense,
                gate=gate,
                gated_rows=GATE in mine,
                **_standing(answers.get(module.id), stored, closed=bool(gate)),
            )
        )
        most = MOST_SHOWN if useful[module.id] is Use.HITS else 1
        columns += _of_module(module.id, told.columns, mine, most)
        filters += [
            ExploreFilter(module=module.id, name=one.name, label=one.label, description=one.description, where=where)
            for one in manifest.filters
            if module.id not in closed.modules and (where := _smart(one.where, mine)) is not None
        ]
    return ExploreHeader(
        sample=sources.sample,
        ready=ready,
        modules=modules,
        left_out=[*_left_out(sources.left_out, answers), *_set_aside(app)],
        columns=columns,
        filters=filters,
    )


def readable(column: ExploreColumn) -> bool:
    """Tell whether a person reads what a column says of a row; else it is there for researchers."""
    if not column.module:
        return column.own in READ
    return column.own in ASIDE or (column.own not in TECHNICAL and not column.column.hidden)


class Use(IntEnum):
    """What a person gets from the columns of a module, the most useful first."""

    HITS = 0
    """Or how much it found is not known before it has answered again."""
    SILENT = 1
    """It found nothing that the genome carries, as far as may be told."""
    CLOSED = 2


def use_of(answer: ModuleAnswer | None, *, closed: bool) -> Use:
    """Tell by what may be told of a module's answer: what stays closed is counted in none of it."""
    if closed:
        return Use.CLOSED
    if answer is None or answer.outcome is None or answer.gate:
        return Use.HITS
    found = sum(number for kind, number in answer.evidence.items() if Evidence(kind).shape is Shape.ANSWERED)
    return Use.HITS if found or (answer.sites is None and answer.rows) else Use.SILENT


def _standing(answer: ModuleAnswer | None, stored: Stored, *, closed: bool) -> dict[str, Any]:
    """Say how far the stored answers of a module hold."""
    if answer is None:
        return {}
    why = age_of(answer, stored)
    if answer.state is AnswerState.FAILED and answer.why:
        why = f"{why}. It failed so: {answer.why}"
    elif answer.state is AnswerState.RUNNING:
        why = f"it is being looked up again; these are the answers of {stored.record.created.date().isoformat()}"
    return {"state": answer.state, "why": why, "lifted": "" if closed else answer.lifted}


def _left_out(reasons: Mapping[str, str], answers: Mapping[str, ModuleAnswer]) -> list[ExploreAbsent]:
    """Say why modules have no answers in the table: one that failed was looked up, and nothing is known."""
    return [
        ExploreAbsent(title=answer.title, state=answer.state, why=_why_absent(answer, reasons[name]))
        for name, answer in answers.items()
        if name in reasons
    ]


def _set_aside(app: App) -> list[ExploreAbsent]:
    return [
        ExploreAbsent(title=one.title, state=AnswerState.FAILED, why=f"it is set aside: {one.why}", aside=True)
        for one in modules_aside(app)
    ]


def _why_absent(answer: ModuleAnswer, why: str) -> str:
    if answer.state is AnswerState.FAILED:
        return f"it failed, so nothing is known, and nothing was found out: {answer.why}"
    return "it is being looked up right now" if answer.state is AnswerState.RUNNING else why


def _own(gathered: Sequence[Column], told: Sequence[Column]) -> Iterator[ExploreColumn]:
    """Give the columns that are no module's, those shown first; `told`: gathered ones that say something."""
    place = {name: number for number, name in enumerate((*SHOWN, "", *LAST))}
    for column in sorted((*gathered, *JOINED), key=lambda one: place.get(one.name, place[""])):
        yield ExploreColumn(
            column=AnnotationColumn.model_validate(column.model_dump()),
            own=column.name,
            label=RENAMED.get(column.name, column.label),
            shown=column.name in SHOWN and (column in told or column not in gathered),
        )


def _of_module(
    module: str, columns: Collection[AnnotationColumn], names: Mapping[str, str], most: int
) -> list[ExploreColumn]:
    """Give a module's columns: its evidence, its own in their order, then the technical ones; `most` are shown."""
    present = [column for column in columns if column.name in names]
    own = [one for one in present if one.name not in TECHNICAL]
    first = [one.name for one in own if not one.hidden and one.name not in GATHERED][: most - 1]
    order = [one for one in present if one.name == "evidence"] + own
    order += [one for one in present if one not in order]
    return [
        ExploreColumn(
            column=one.model_copy(update={"name": names[one.name]}),
            module=module,
            own=one.name,
            label=one.label,
            shown=one.name == "evidence" or one.name in first,
        )
        for one in order
    ]


def _smart(where: Filter, names: Mapping[str, str]) -> Filter | None:
    """Give a module's filter in the columns of the wide table, of rows that it answers; None: it has them not."""
    known = {column.name for column in JOINED} | set(names)
    if not set(columns_of(where)) <= known:
        return None
    answered = Condition(column=names["evidence"], op=Operator.NOT_EMPTY)
    return All.model_validate({"and": [answered, renamed(where, names)]})


def renamed(tree: Filter, names: Mapping[str, str]) -> Filter:
    """Give a filter with other names for its columns."""
    match tree:
        case Condition():
            return tree.model_copy(update={"column": names.get(tree.column, tree.column)})
        case Not():
            return Not.model_validate({"not": renamed(tree.part, names)})
        case All():
            return All.model_validate({"and": [renamed(part, names) for part in tree.parts]})
        case Any_():
            return Any_.model_validate({"or": [renamed(part, names) for part in tree.parts]})
