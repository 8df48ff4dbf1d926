"""`genoteca modules release …` and `genoteca modules updates`: the data of modules, release by release."""

from __future__ import annotations

from typing import Annotated

import typer

from genoteca import actions
from genoteca.actions import App, DataRelease, ModuleData
from genoteca.cli.following import follow
from genoteca.cli.printing import print_json, print_table, say
from genoteca.cli.session import Json, session
from genoteca.errors import InputError

__all__ = ["ModuleId", "release", "updates"]

ModuleId = Annotated[str, typer.Argument(metavar="ID", help="A module's id.")]


def release(
    context: typer.Context,
    module: ModuleId,
    use: Annotated[str, typer.Option("--use", metavar="RELEASE", help="Use this one; newest: no choice.")] = "",
    drop: Annotated[str, typer.Option("--drop", metavar="RELEASE", help="Delete this one from the disk.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """List the releases of a module's data that are there; use another one, or delete one."""
    freed = None
    with session(context).app() as app:
        if use:
            actions.choose_data_release(app, module, use)
        if drop:
            _confirm(app, module, drop, yes=yes, ask=not as_json)
            freed = actions.drop_data_release(app, module, drop)
        data = actions.module_data(app, module)
    if as_json:
        print_json(module=module, releases=data.releases, freed=freed)
        return
    if freed is not None:
        say(f"{actions.size_words(freed)} are free again.")
    _print(data)


def updates(
    context: typer.Context,
    module: Annotated[str, typer.Argument(metavar="[ID]", help="One module; all when none.")] = "",
    fetch: Annotated[bool, typer.Option("--fetch", help="Fetch what is newer.")] = False,
    as_json: Json = False,
) -> None:
    """Ask publishers whether they have newer data than what is there; without --fetch nothing is fetched."""
    with session(context).app(executing=fetch) as app:
        found = actions.check_updates(app, module)
        runs = [run for data in found for run in _fetch(app, data, quiet=as_json)] if fetch else []
    if as_json:
        print_json(modules=[one.model_dump(mode="json", exclude={"releases"}) for one in found], runs=runs)
        return
    for data in found:
        for line in _lines(data):
            say(line)
    if not found:
        say("No module has fetched anything yet.")


def _fetch(app: App, data: ModuleData, *, quiet: bool) -> list[str]:
    runs = []
    for update in data.updates:
        if update.build in actions.show_module(app, data.module).manifest.builds:
            run = follow(app, actions.prepare_module(app, data.module, update.build), quiet=quiet)
            actions.require_prepared(run)
            runs.append(run.id)
    return runs


def _lines(data: ModuleData) -> list[str]:
    if data.problems:
        return [f"{data.module}: could not be asked. {problem}" for problem in data.problems]
    if data.updates:
        return [f"{data.module}: {actions.update_words(one)}" for one in data.updates]
    return [f"{data.module}: " + ("up to date" if data.checked else "nobody can be asked for something newer")]


def _confirm(app: App, module: str, name: str, *, yes: bool, ask: bool) -> None:
    there = [one for one in actions.module_data(app, module).releases if one.name.startswith(name)]
    size = actions.size_words(sum(one.bytes for one in there))
    if not yes and not (ask and typer.confirm(f"Delete {name} of {module} from the disk ({size})?")):
        raise InputError(f"{name} was not deleted.", title="Nothing was deleted", hint="Say --yes to delete it.")


def _print(data: ModuleData) -> None:
    if not data.releases:
        say(f"Nothing of {data.module} is there yet. It is fetched when a genome needs it.")
        return
    print_table(["Release", "Builds", "Size", "Made", "Used"], [_row(one) for one in data.releases])


def _row(release: DataRelease) -> tuple[str, ...]:
    size = actions.size_words(release.bytes)
    return release.name, ", ".join(release.builds), size, f"{release.when:%Y-%m-%d}", _used(release)


def _used(release: DataRelease) -> str:
    if release.unusable:
        return f"no: {release.unusable}"
    if not release.used_in:
        return ""
    return "chosen" if release.chosen else "yes"
