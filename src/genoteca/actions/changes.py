"""What changed about a genome: for every module, each time that its answers replaced older ones, or would."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from genoteca.actions.answers import answer_of, why_out_of_date
from genoteca.actions.change_views import (
    CHANGE_WORDS,
    ChangeLine,
    Compared,
    Earlier,
    ModuleChanges,
    SampleChanges,
)
from genoteca.actions.gates import is_open
from genoteca.actions.references import annotating_modules
from genoteca.actions.variant_name import variant_of
from genoteca.actions.views import AnswerState
from genoteca.engine import held, records
from genoteca.engine.changes import CLASSES, changed_in, changes_table, comparisons, make_up, unmade
from genoteca.engine.samples import all_samples, read_sample
from genoteca.errors import DatasetError
from genoteca.model.change import AFTER, BEFORE, Change, Changes, Tally, notable
from genoteca.model.counted import counted
from genoteca.model.formats import whole
from genoteca.model.sample import SampleId
from genoteca.sdk.closed import closed_told
from genoteca.store.seen_changes import SeenChanges

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.module import ModuleManifest
    from genoteca.model.record import Record
    from genoteca.model.sample import Sample
    from genoteca.sdk.resources import Stored
    from genoteca.store.installed import InstalledModule

__all__ = [
    "Gates",
    "changed_by_run",
    "every_gate",
    "gates_of_changes",
    "run8",
    "sample_changes",
    "see_changes",
    "unseen_changes",
    "unseen_everywhere",
]

Gates = Mapping[str, Collection[str]]
"""By module: the texts of the gates that the person has opened."""

LINES = 12
"""Changes of one comparison that are told in words; the others stand in its table."""
NOT_TOLD = frozenset({"Genotype", "Copies", "Filtered", "Matched by"})
"""Columns that follow from the evidence: they are in the table."""


def sample_changes(app: App, key: str, *, opened: Gates | None = None, module_id: str = "") -> SampleChanges:
    """Give what changed of a genome's answers; of what stays closed, that it was looked up again and nothing else.

    What a kill has left uncompared is compared first, which takes a moment. `module_id`: of this module alone.

    Raises:
        NotFoundError: there is no such sample.
        DatasetError: a record is damaged.
        RunError: what was left uncompared cannot be compared.

    """
    sample = read_sample(app.layout, SampleId.parse(key))
    modules = annotating_modules(app.layout).values()
    seen = SeenChanges(app.layout.database).of(key)
    found = [
        _module(app, sample, module, (opened or {}).get(module.id, ()), seen)
        for module in modules
        if module_id in ("", module.id) and records.history(app.layout, [module.id, "annotations"], key)
    ]

    def place(one: ModuleChanges) -> tuple[bool, bool, bool, str]:
        new = any(not each.seen and each.notable for each in one.compared)
        return one.waiting is None, not new, not one.compared, one.title.casefold()

    return SampleChanges(sample=sample, modules=sorted(found, key=place))


def unseen_changes(app: App, key: str) -> int:
    """Count the changes that are worth a look and that the person has not looked at; of nothing that stays closed."""
    seen, count = SeenChanges(app.layout.database).of(key), 0
    for module in annotating_modules(app.layout).values():
        if module.sound_manifest().gate:
            continue
        with suppress(DatasetError):  # the page of changes says what is damaged; a card is shown all the same
            found = [changed_in(record) for record in _unseen(app, key, module.id, seen)]
            count += sum(notable(changes, changes.told()) for changes in found)
    return count


def unseen_everywhere(app: App) -> int:
    """Count the changes of all genomes that were not looked at yet."""
    return sum(unseen_changes(app, sample.id.key) for sample in all_samples(app.layout))


def see_changes(app: App, shown: SampleChanges) -> None:
    """Write down that the person has looked at what is shown; what stays closed was not looked at."""
    told = [one for module in shown.modules if not module.silent for one in module.compared if not one.seen]
    if told:
        SeenChanges(app.layout.database).see(shown.sample.id.key, [(one.module, run8(one.run)) for one in told])


def changed_by_run(app: App, key: str, run: str, modules: Iterable[str]) -> bool:
    """Tell whether a run's answers replaced older ones, or wait to: then there is a page about what changed."""
    files = (records.record_path(app.layout, [module, CLASSES], key) for module in modules)
    return any(path.with_name(f"{CLASSES}-{run8(run)}.json").is_file() for path in files)


def run8(run: str) -> str:
    """Give the letters of a run's id by which its files are named."""
    return run[:8]


def gates_of_changes(app: App, key: str, manifest: ModuleManifest) -> list[str]:
    """Give every gate of a module's answers, kept ones of before included, whether or not anything changed behind."""
    kept = records.history(app.layout, [manifest.id, "annotations"], key, held=True)
    rows = (gate for record in kept for gate in closed_told(record) or {})
    return list(dict.fromkeys([*manifest.gates, *sorted(set(rows))]))


def every_gate(app: App, key: str) -> Gates:
    """Give every gate there is, as if the person had opened them all: for who asks for everything at once."""
    modules = annotating_modules(app.layout).values()
    return {module.id: gates_of_changes(app, key, module.sound_manifest()) for module in modules}


def _unseen(app: App, key: str, module_id: str, seen: set[tuple[str, str]]) -> list[Record]:
    folder = records.record_path(app.layout, [module_id, CLASSES], key).parent
    names = {run: path for path in folder.glob(f"{CLASSES}-*.json") if (run := records.run_of(path, CLASSES))}
    found = [records.read_record(path) for run, path in names.items() if (module_id, run) not in seen]
    return [record for record in found if not records.is_held(record)]


def _module(
    app: App, sample: Sample, module: InstalledModule, opened: Collection[str], seen: set[tuple[str, str]]
) -> ModuleChanges:
    key, manifest = sample.id.key, module.sound_manifest()
    held.finish(app.layout, module.id, key, keep=app.settings.keep_results)
    if unmade(app.layout, module.id, key):
        make_up(app.settings, module.id, key)
    gates = gates_of_changes(app, key, manifest)
    wordless = any(not is_open(gate, opened) for gate in manifest.gates)
    silent = not is_open(manifest.gate, opened)
    answer = answer_of(app, sample, module)

    def told(stored: Stored) -> Compared:
        shown = _compared(app, key, changed_in(stored.record), module.id, opened, wordless=wordless, silent=silent)
        return shown.model_copy(update={"seen": (module.id, run8(stored.record.run)) in seen})

    waits = comparisons(app.layout, module.id, key, held=True)
    return ModuleChanges(
        module=module.id,
        title=manifest.title,
        icon=answer.icon,
        gates=[gate for gate in gates if not is_open(gate, opened)],
        opened=[gate for gate in gates if gate in opened],
        silent=silent,
        waiting=told(waits[-1]) if waits else None,
        compared=[told(stored) for stored in reversed(comparisons(app.layout, module.id, key))],
        earlier=_earlier(app, key, module.id),
        can_preview=answer.state is AnswerState.OUT_OF_DATE and not waits,
        why_old=answer.why if answer.state is AnswerState.OUT_OF_DATE else "",
        **_of_waiting(app, sample, module),
    )


def _of_waiting(app: App, sample: Sample, module: InstalledModule) -> dict[str, Any]:
    """Say whether what waits is out of date by now, and with what it is taken."""
    waiting = held.held(app.layout, [module.id, "annotations"], sample.id.key)
    if waiting is None:
        return {}
    modules = annotating_modules(app.layout)
    run = waiting.record.run
    with_it = [
        modules[one].sound_manifest().title
        for one in module.sound_manifest().requires
        if one in modules and held.held(app.layout, [one, "annotations"], sample.id.key, run=run)
    ]
    # what it builds on waits as well: that it is another one than the one in force makes nothing old
    why = "" if with_it else why_out_of_date(app, sample, module, waiting)
    return {"why_waiting_is_old": why, "taken_with": with_it}


def _earlier(app: App, key: str, module_id: str) -> list[Earlier]:
    kept = records.history(app.layout, [module_id, "annotations"], key)
    current = records.current(app.layout, [module_id, "annotations"], key)
    return [
        Earlier(
            run=one.run,
            created=one.created,
            release=one.release or one.data_version,
            in_force=current is not None and one.run == current.record.run,
        )
        for one in kept
    ]


def _compared(
    app: App,
    key: str,
    changes: Changes,
    module_id: str,
    opened: Collection[str],
    *,
    wordless: bool,
    silent: bool,
) -> Compared:
    shown = Compared(
        module=module_id,
        run=changes.after.run,
        before=changes.before,
        after=changes.after,
        closed=silent,
        class_label=changes.class_label,
        added=changes.added,
        removed=changes.removed,
    )
    if silent:
        return shown.model_copy(update={"words": "What changed stays closed until you ask to see it."})
    if changes.why_not:
        return shown.model_copy(update={"why_not": changes.why_not, "words": f"Not compared: {changes.why_not}."})
    tally = changes.told(list(opened))
    table = changes_table(app.layout, module_id, key, changes.after.run)
    worth = notable(changes, tally)
    lines = _lines(table, changes, opened) if table is not None and worth and not wordless else []
    return shown.model_copy(
        update={
            "tally": Tally() if wordless else tally,
            "notable": worth,
            "words": _words(tally, worth, kinds=not wordless, classes=changes.scale is not None),
            "lines": lines,
            "has_table": table is not None and not wordless and tally.total > 0,
        }
    )


def _words(tally: Tally, worth: int, *, kinds: bool, classes: bool) -> str:
    """Say how much changed; `kinds`: also in which way, which tells how answers fall into classes.

    `classes`: the module classifies alleles, so that what is not carried says nothing of the person.
    """
    mine, others = sum(tally.carried.values()), sum(tally.others.values())
    if not mine and not others:
        return "Looked up again: nothing changed."
    named = [f"{whole(tally.carried[kind])} {CHANGE_WORDS[kind]}" for kind in Change if tally.carried.get(kind)]
    about, elsewhere = ("what you carry", "where you do not carry it") if classes else ("you", "of places not known")
    told = f"{counted(mine, 'answer')} about {about} changed"
    first = (
        f"{told}: {', '.join(named)}."
        if kinds and mine
        else f"{told}."
        if mine
        else f"Nothing about {about} changed."
    )
    second = f" {whole(others)} more {elsewhere}." if others else ""
    third = " They are changes of detail." if mine and not worth else ""
    return f"{first}{third}{second}"


def _lines(table: Stored, changes: Changes, opened: Collection[str]) -> list[ChangeLine]:
    from genoteca.engine.change_reading import first_rows  # loads Polars, which the first page does without

    rows = first_rows(table.path, opened, carried=True, limit=LINES)
    return [_line(row, changes) for row in rows]


def _line(row: dict[str, Any], changes: Changes) -> ChangeLine:
    place = f"{row['chrom']}:{row['pos']:,}" if row["pos"] is not None else str(row["lifted_from"] or "")
    alleles = f" {row['ref']}>{row['alt']}" if row["ref"] and row["alt"] else ""
    return ChangeLine(
        number=row["_row"],
        change=Change(row["change"]),
        title=str(row["about"] or ""),
        place=f"{place}{alleles}",
        variant=variant_of({**row, "key": None}),
        class_before=row["class_before"] or "",
        class_after=row["class_after"] or "",
        stars_before=row["stars_before"],
        stars_after=row["stars_after"],
        cells=_cells(row, changes),
    )


def _cells(row: dict[str, Any], changes: Changes) -> list[tuple[str, str, str]]:
    """Give what differs of a row whose class is the same, as text; of another class, the table tells the rest."""
    if row["change"] != Change.REST:
        return []
    differs = set(str(row["columns"] or "").split(";"))
    told = set(NOT_TOLD)
    if changes.scale is not None:
        told |= {one.label for one in changes.columns if one.scale or one.name == changes.scale.stars}
    return [
        (column.label, _text(row[f"{BEFORE}{number}"]), _text(row[f"{AFTER}{number}"]))
        for number, column in enumerate(changes.columns)
        if column.label in differs - told and not column.hidden
    ]


def _text(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = f"{value:.4g}" if isinstance(value, float) else str(value).replace(";", "; ").replace("_", " ")
    return text if len(text) <= 200 else f"{text[:199]}…"
