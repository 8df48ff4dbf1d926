"""What one comparison of a module's answers says, as it is shown: how much differs, and the first of it in words."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from genoteca.actions.change_views import CHANGE_WORDS, ChangeLine, Compared
from genoteca.actions.gates import is_open
from genoteca.actions.variant_name import variant_of
from genoteca.engine import records
from genoteca.engine.changes import changes_table
from genoteca.errors import DatasetError
from genoteca.model.change import AFTER, BEFORE, Change, Changes, Tally, gates_in, notable
from genoteca.model.column import GATE
from genoteca.model.counted import counted
from genoteca.model.formats import whole

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.module import ModuleManifest
    from genoteca.sdk.resources import Stored

__all__ = ["told_comparison", "worth_a_look"]

LINES = 12
"""Changes of one comparison that are told in words; the others stand in its table."""
NOT_TOLD = frozenset({"Genotype", "Copies", "Filtered", "Matched by"})
"""Columns that follow from the evidence: they are in the table."""
TABLE_DAMAGED = (
    "The table with all that differs is damaged, so that single changes cannot be told; how many there are stands. "
    "Verify, in the settings under “Keeping and forgetting” (or genoteca verify), names the file."
)


def told_comparison(
    app: App, key: str, changes: Changes, manifest: ModuleManifest, opened: Collection[str]
) -> Compared:
    """Say what a comparison counted, and the first changes about the person in words.

    Of a module that asks before it tells anything, nothing. Of one that asks before it tells in words what it found
    (a gate of its report), how many answers differ and nothing of how: not in which direction, and not whether they
    are changes of detail only, for that too would tell how answers fall into classes. So every change about the
    person is worth a look there, until the person has asked to see it; then they are told apart as elsewhere.
    """
    shown = Compared(
        module=manifest.id,
        run=changes.after.run,
        before=changes.before,
        after=changes.after,
        closed=not is_open(manifest.gate, opened),
        class_label=changes.class_label,
        added=changes.added,
        removed=changes.removed,
    )
    if shown.closed:
        return shown.model_copy(update={"words": "What changed stays closed until you ask to see it."})
    if changes.why_not:
        return shown.model_copy(update={"why_not": changes.why_not, "words": f"Not compared: {changes.why_not}."})
    tally, worth = changes.told(list(opened)), worth_a_look(changes, manifest, opened)
    wordless = _is_wordless(manifest, opened)
    told = shown.model_copy(
        update={
            "tally": Tally() if wordless else tally,
            "notable": worth,
            "words": _words(tally, worth, kinds=not wordless, classes=changes.scale is not None),
        }
    )
    return told if wordless else _with_lines(app, key, told, changes, opened)


def worth_a_look(changes: Changes, manifest: ModuleManifest, opened: Collection[str] = ()) -> int:
    """Count the changes that are worth a look, of what is open; see `told_comparison`."""
    tally = changes.told(list(opened))
    return sum(tally.carried.values()) if _is_wordless(manifest, opened) else notable(changes, tally)


def _is_wordless(manifest: ModuleManifest, opened: Collection[str]) -> bool:
    return any(not is_open(gate, opened) for gate in manifest.gates)


def _with_lines(app: App, key: str, told: Compared, changes: Changes, opened: Collection[str]) -> Compared:
    try:
        table = changes_table(app.layout, told.module, key, changes.after.run)
        lines = _lines(records.trusted(table), changes, opened) if table is not None and told.notable else []
    except DatasetError:
        return told.model_copy(update={"damaged": TABLE_DAMAGED})
    there = table is not None and told.tally.total > 0
    return told.model_copy(update={"lines": lines, "has_table": there})


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
    third = " They are changes of detail." if kinds and mine and not worth else ""
    return f"{first}{third}{second}"


def _lines(table: Stored, changes: Changes, opened: Collection[str]) -> list[ChangeLine]:
    from genoteca.engine.change_reading import first_rows  # loads Polars, which the first page does without

    rows = first_rows(table.path, opened, carried=True, limit=LINES)
    return [_line(row, changes) for row in rows]


def _line(row: dict[str, Any], changes: Changes) -> ChangeLine:
    place = f"{row['chrom']}:{row['pos']:,}" if row["pos"] is not None else str(row["lifted_from"] or "")
    alleles = f" {row['ref']}>{row['alt']}" if row["ref"] and row["alt"] else ""
    gates = gates_in(str(row["gate"] or ""))
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
        gates=gates if len(gates) > 1 else [],
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
        if column.label in differs - told and not column.hidden and column.name != GATE
    ]


def _text(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = f"{value:.4g}" if isinstance(value, float) else str(value).replace(";", "; ").replace("_", " ")
    return text if len(text) <= 200 else f"{text[:199]}…"
