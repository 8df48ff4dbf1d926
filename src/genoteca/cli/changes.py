"""`genoteca changes`: what changed about a genome since it was looked up before."""

from __future__ import annotations

from typing import Annotated

import typer

from genoteca.actions.change_views import CHANGE_WORDS, ChangeLine, Compared, ModuleChanges
from genoteca.actions.changes import every_gate, sample_changes, see_changes
from genoteca.actions.held_changes import adopt, preview_update, refuse
from genoteca.cli.following import follow
from genoteca.cli.printing import print_json, say
from genoteca.cli.session import Json, session
from genoteca.errors import InputError
from genoteca.model.run import Run, RunStatus

__all__ = ["changes"]

NOT_A_DIAGNOSIS = "This says how others classify the variant now; it is not a diagnosis."


def changes(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="SAMPLE", help="A sample, as user/sample.")],
    module: Annotated[str, typer.Argument(help="One module alone.", show_default=False)] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Look it up anew, beside what is in force.")] = False,
    take: Annotated[bool, typer.Option("--adopt", help="Use the new answers that wait.")] = False,
    leave: Annotated[bool, typer.Option("--refuse", help="Keep the old answers; the new are deleted.")] = False,
    show_me: Annotated[bool, typer.Option("--show-me", help="With what stays closed until you ask.")] = False,
    as_json: Json = False,
) -> None:
    """Show what changed about a genome; look at new answers before they are used, then use them or keep the old."""
    if preview + take + leave > 1:
        raise InputError("--preview, --adopt and --refuse are three different things.", hint="Give one of them.")
    if (take or leave) and not module:
        raise InputError("Name the module whose answers wait.", hint=f"genoteca changes {key} MODULE --adopt")
    run: Run | None = None
    with session(context).app(executing=preview) as app:
        if preview:
            run = follow(app, preview_update(app, key, [module] if module else []), quiet=as_json)
        done = adopt(app, key, module) if take else refuse(app, key, module) if leave else []
        opened = every_gate(app, key) if show_me else {}
        shown = sample_changes(app, key, opened=opened, module_id=module)
        if not as_json:
            see_changes(app, shown)
    if as_json:
        print_json(sample=key, taken=done if take else [], left=done if leave else [], modules=shown.modules)
    else:
        for one in done:
            say(f"{one}: {'the new answers are in force' if take else 'the old answers stay'}")
        for told in shown.modules:
            _module(key, told)
        say(NOT_A_DIAGNOSIS if shown.modules else f"No module has answered about {key} yet.")
    if run is not None and run.status is not RunStatus.SUCCEEDED:
        raise typer.Exit(1)


def _module(key: str, told: ModuleChanges) -> None:
    say(told.title)
    for trouble in told.troubles:
        say(f"  {trouble.message} {trouble.hint}".rstrip())
    if told.waiting:
        say(f"  New answers wait: {_releases(told.waiting)}")
        _compared(told.waiting)
        if told.why_waiting_is_old:
            say(f"    They are out of date by now: {told.why_waiting_is_old}")
        if told.taken_with:
            say(f"    Used, or left, together with those of {', '.join(told.taken_with)}: one builds on the other")
        say(f"    To use them: genoteca changes {key} {told.module} --adopt; to keep the old: --refuse")
    elif told.kept:
        again = f"genoteca changes {key} {told.module} --preview"
        say(f"  You kept the older answers: {told.kept}. To look again: {again}")
    elif told.can_preview:
        say(f"  Out of date: {told.why_old}. See what would change: genoteca changes {key} {told.module} --preview")
    for one in told.compared:
        say(f"  {one.after.created.date().isoformat()}: {_releases(one)}")
        _compared(one)
    if not told.compared and not told.waiting:
        say("  Looked up once: there is nothing to compare with yet.")
    if told.gates:
        say("  Something stays closed until you ask: --show-me")


def _releases(one: Compared) -> str:
    before, after = one.before.release, one.after.release
    return f"{before} → {after}" if before != after else f"{after}, looked up again"


def _compared(one: Compared) -> None:
    say(f"    {one.words}")
    if one.added or one.removed:
        named = (("added", one.added), ("no longer there", one.removed))
        told = [f"{words}: {', '.join(names)}" for words, names in named if names]
        say(f"    Columns {'; '.join(told)}")
    if one.damaged:
        say(f"    {one.damaged}")
    for line in one.lines:
        say(f"    - {_line(line)}")
        for when, gate in zip(("before", "now"), line.gates, strict=False):
            say(f"      to be read first, {when}: {gate}")


def _line(line: ChangeLine) -> str:
    name = " · ".join(filter(None, (line.title, line.place)))
    was, now = (
        _class(*side) for side in ((line.class_before, line.stars_before), (line.class_after, line.stars_after))
    )
    parts = [f"{was} → {now}" if was != now else "", *(f"{label}: {one} → {two}" for label, one, two in line.cells)]
    return f"{name}: {CHANGE_WORDS[line.change]}: {'; '.join(filter(None, parts))}".rstrip(": ")


def _class(name: str, stars: int | None) -> str:
    return f"{name} ({stars} of 4 stars)" if name and stars is not None else name or "nothing"
