"""How a variant was classified over time: what each module said of it, from the first answer that is known."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from genoteca.actions.change_views import ClassEntry, ClassHistory
from genoteca.actions.gates import is_open
from genoteca.actions.references import annotating_modules
from genoteca.engine import records
from genoteca.engine.changes import changed_in, comparisons
from genoteca.model.change import Changes, Generation, gates_in
from genoteca.model.column import GATE, AnnotationColumn
from genoteca.model.evidence import Outcome
from genoteca.sdk.made_with import columns_made_with

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.actions.changes import Gates
    from genoteca.model.variant import VariantName
    from genoteca.sdk.resources import Stored
    from genoteca.store.installed import InstalledModule

__all__ = ["class_histories"]

Said = tuple[str | None, int | None]
"""A class with its stars."""


def class_histories(app: App, key: str, name: VariantName, *, opened: Gates | None = None) -> list[ClassHistory]:
    """Give the history of a variant's class, for each module that classifies it and is open.

    Raises:
        DatasetError: a record is damaged.

    """
    if not name.known or len(name.alts) > 1:
        return []
    modules = annotating_modules(app.layout).values()
    told = (_history(app, key, name, module, (opened or {}).get(module.id, ())) for module in modules)
    return [one for one in told if one is not None]


def _history(
    app: App, key: str, name: VariantName, module: InstalledModule, opened: Collection[str]
) -> ClassHistory | None:
    manifest = module.sound_manifest()
    stored = records.current(app.layout, [module.id, "annotations"], key)
    if stored is None or stored.record.outcome is not Outcome.ANSWERED or not is_open(manifest.gate, opened):
        return None
    classes = next((one for one in columns_made_with(stored.record, manifest) if one.scale), None)
    if classes is None:
        return None
    now = _said_now(stored, name, classes, opened)
    if now is None:
        return None
    entries = _entries(app, key, module.id, name, stored, now, opened)
    if not any(entry.listed for entry in entries):
        return None
    return ClassHistory(module=module.id, title=manifest.title, label=classes.label, entries=entries)


def _said_now(
    stored: Stored, name: VariantName, classes: AnnotationColumn, opened: Collection[str]
) -> list[Said] | None:
    """Give what the answer in force says; None: a row of it stays closed."""
    from genoteca.engine.variant.rows import answers_about  # loads Polars, which the first page does without

    rows = answers_about(records.trusted(stored).path, name, ())
    if any(not is_open(str(row.get(GATE) or ""), opened) for row in rows):
        return None
    stars = classes.scale.stars if classes.scale else ""
    return [(row.get(classes.name), row.get(stars)) for row in rows]


def _entries(
    app: App,
    key: str,
    module_id: str,
    name: VariantName,
    stored: Stored,
    now: list[Said],
    opened: Collection[str],
) -> list[ClassEntry]:
    """Go back from what is said now, comparison by comparison, as far as classes were compared."""
    from genoteca.engine.change_reading import classes_of

    record = stored.record
    last = Generation(run=record.run, created=record.created, release=record.release or record.data_version)
    known = _comparable(comparisons(app.layout, module_id, key))
    if not known or known[-1][1].after.run != record.run:
        return [_entry(last, now)]
    found = classes_of([one.path for one, _ in known], name)
    start, said, entries = known[0][1].before, list(now), list[ClassEntry]()
    for (_, changes), rows in zip(reversed(known), reversed(found), strict=True):
        shut = any(not is_open(gate, opened) for row in rows for gate in gates_in(row["gate"] or ""))
        was = None if shut else _before(said, rows)
        if was is None:
            start = changes.after
            break
        if rows:
            entries.append(_entry(changes.after, said))
        said = was
    return [_entry(start, said), *reversed(entries)]


def _comparable(found: list[Stored]) -> list[tuple[Stored, Changes]]:
    """Give the comparisons of classes since the last one that could not be made, or that is missing."""
    told = [(one, changed_in(one.record)) for one in found]
    first = 0
    for number, (_, changes) in enumerate(told):
        if changes.why_not or changes.scale is None:
            first = number + 1
        elif number and changes.before.run != told[number - 1][1].after.run:
            first = number
    return told[first:]


def _before(said: list[Said], rows: list[dict[str, Any]]) -> list[Said] | None:
    """Undo the changes of a comparison; None: they do not fit what was said after it."""
    was = list(said)
    for row in rows:
        if row["change"] != "gone":
            after = (row["class_after"], row["stars_after"])
            if after not in was:
                return None
            was.remove(after)
    return was + [(row["class_before"], row["stars_before"]) for row in rows if row["change"] != "new"]


def _entry(generation: Generation, said: list[Said]) -> ClassEntry:
    values = dict.fromkeys(value for value, _ in said if value)
    stars = {number for _, number in said}
    return ClassEntry(
        when=generation.created,
        release=generation.release,
        value=", ".join(values),
        stars=next(iter(stars)) if len(stars) == 1 else None,
        listed=bool(said),
    )
