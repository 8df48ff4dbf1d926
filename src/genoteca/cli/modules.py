"""`genoteca modules …`: find, install, update, remove."""

from __future__ import annotations

from typing import Annotated

import typer

from genoteca import actions
from genoteca.actions import ModuleCard
from genoteca.cli import keeping, releases
from genoteca.cli.following import follow
from genoteca.cli.printing import print_json, print_table, say, status
from genoteca.cli.releases import ModuleId
from genoteca.cli.session import Json, session
from genoteca.cli.trusting import Yes, trusts
from genoteca.errors import InputError

__all__ = ["commands"]

commands = typer.Typer(help="Modules: find, install, update, remove.", no_args_is_help=True, rich_markup_mode=None)


@commands.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List the modules on offer and installed."""
    _list(context, "", as_json=as_json)


commands.command("updates")(releases.updates)
commands.command("release")(releases.release)
commands.command("history")(keeping.history)
commands.command("rollback")(keeping.rollback)
commands.command("pin")(keeping.pin)
commands.command("unpin")(keeping.unpin)
commands.command("trust")(keeping.trust)


@commands.command("search")
def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Found in titles, summaries, genes and tags.")],
    as_json: Json = False,
) -> None:
    """Find modules."""
    _list(context, text, as_json=as_json)


@commands.command("info")
def info(context: typer.Context, module: ModuleId, as_json: Json = False) -> None:
    """Show one module: what it says, from which sources, what it may do."""
    with session(context).app() as app:
        card = actions.show_module(app, module)
    if as_json:
        print_json(module=card)
    else:
        _print_card(card)


@commands.command("install")
def install(
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="ID_OR_PATH", help="ID, ID@CATALOGUE, ID==VERSION, a wheel or a folder.")
    ],
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Install a module, or change nothing."""
    with session(context).app() as app:
        offered = actions.module_source(app, source)
        trusted = yes or trusts(offered, ask=not as_json)
        card = actions.install_module(app, source, trusted=trusted, progress=_progress)
    _done(card, "installed", as_json=as_json)


@commands.command("update")
def update(
    context: typer.Context,
    module: Annotated[str | None, typer.Argument(metavar="[ID]", help="One module; all when none.")] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Update one module or all that have an update."""

    def trusted(card: ModuleCard) -> bool:
        return yes or trusts(card, ask=not as_json)

    with session(context).app() as app:
        cards = actions.update_modules(app, module, trusts=trusted, progress=_progress)
        kept = [card for card in actions.list_modules(app) if card.pinned and not module]
    if as_json:
        print_json(modules=cards, pinned={card.id: card.pinned for card in kept})
    else:
        for card in cards:
            say(f"{card.id} {card.installed_version} is installed.")
        if not cards:
            say("Everything is up to date.")
        for card in kept:
            say(f"{card.id} stays at {card.pinned}: it is pinned.")


@commands.command("remove")
def remove(
    context: typer.Context,
    module: ModuleId,
    with_results: Annotated[bool, typer.Option("--with-results", help="Also delete what it said.")] = False,
    as_json: Json = False,
) -> None:
    """Remove a module; its results stay unless told otherwise."""
    with session(context).app() as app:
        actions.remove_module(app, module, with_results=with_results, progress=_progress)
    if as_json:
        print_json(removed=module)
    else:
        say(f"{module} is removed.")


@commands.command("configure")
def configure(
    context: typer.Context,
    module: ModuleId,
    values: Annotated[list[str], typer.Option("--set", metavar="KEY=VALUE", help="A setting; may be repeated.")],
    as_json: Json = False,
) -> None:
    """Change a module's settings; an empty value restores the default."""
    pairs = dict(_pair(value) for value in values)
    with session(context).app() as app:
        card = actions.configure_module(app, module, pairs)
    if as_json:
        print_json(module=card.id, settings=card.settings)
    else:
        for name, value in card.settings.items():
            say(f"{name} = {value}")


@commands.command("another")
def another(
    context: typer.Context,
    module: ModuleId,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it shall be called, as: Lab list.")],
    as_json: Json = False,
) -> None:
    """Install a module that reads a file of yours once more, for another file beside the first."""
    with session(context).app() as app:
        card = actions.add_another(app, module, name, progress=_progress)
    _done(card, f"installed as {card.id}", as_json=as_json)


@commands.command("prepare")
def prepare(
    context: typer.Context,
    module: ModuleId,
    build: Annotated[str, typer.Option("--build", metavar="BUILD", help="GRCh37 or GRCh38.")],
    force: Annotated[bool, typer.Option("--force", help="Fetch everything anew, also what is there.")] = False,
    as_json: Json = False,
) -> None:
    """Fetch a module's data for one genome build now, unless it is there; else that happens when it is needed."""
    run_id = None
    with session(context).app(executing=True) as app:
        release = "" if force else actions.ready_release(app, module, build)
        if not release:
            run = follow(app, actions.prepare_module(app, module, build, force=force), quiet=as_json)
            actions.require_prepared(run)
            run_id, release = run.id, actions.ready_release(app, module, build)
        card = actions.show_module(app, module)
    if as_json:
        print_json(module=module, build=build, run=run_id, release=release, provided=card.provided)
    else:
        told = "" if run_id else " It was there already; --force fetches it anew."
        say(f"{card.manifest.title} {release} is ready for {build}.{told}")


def _list(context: typer.Context, text: str, *, as_json: bool) -> None:
    with session(context).app() as app:
        cards = actions.list_modules(app, text=text)
    if as_json:
        print_json(modules=cards)
        return
    print_table(
        ["Module", "Title", "State", "Version", "Trust", "What it says"],
        [(c.source, c.manifest.title, c.state, c.version, c.tier, c.manifest.summary) for c in cards],
    )


def _print_card(card: ModuleCard) -> None:
    manifest = card.manifest
    say(f"{manifest.title} {card.version} ({card.id}): {card.state}")
    say(manifest.summary)
    if card.pinned:
        say(f"Pinned to {card.pinned}: updates pass it by")
    say(f"Licence: code {manifest.licence.code}, data {manifest.licence.data}")
    hosts = ", ".join(manifest.permissions.network) or "never"
    say(f"Builds: {', '.join(manifest.builds)}. Asks the network: {hosts}. Trust: {card.tier}")
    _print_box(card)
    for source in manifest.sources:
        say(f"Source: {source.name} {source.release} {source.url} {source.citation}")
    for version in card.versions:
        when = f" ({version.released:%Y-%m-%d})" if version.released else ""
        say(f"Version {version.version}{when} {version.why_not or version.changelog.replace(chr(10), ' ')}".rstrip())
    if card.withdrawn:
        say(f"{card.installed_version}, which is installed, was withdrawn by its publisher: {card.withdrawn}")
    for column in manifest.columns:
        say(f"  {column.name}: {column.label}. {column.description}")
    for one in card.provided:
        say(f"Provides {one.name}: " + (f"{one.release}, {one.when:%Y-%m-%d}" if one.when else "not fetched yet"))
    for name, value in card.settings.items():
        say(f"Setting {name} = {value}")
    if card.trouble:
        say(f"{card.trouble.title}: {card.trouble.message} {card.trouble.hint}")


def _print_box(card: ModuleCard) -> None:
    isolated = card.manifest.isolated
    if isolated is None:
        return
    if not card.box.closed:
        say("Not sandboxed on this system: its program runs with your rights, as code does.")
    else:
        network = "network, as you allowed" if card.network_granted else "no network"
        say(f"Runs in a closed box ({card.box}): reads the one genome, writes one folder, {network}.")
    say(f"Ended above {isolated.memory_mb} MB of memory or after {isolated.seconds} seconds.")


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise InputError(f"{text!r} is not KEY=VALUE.", hint="For example: --set source=/path/clinvar.vcf.gz")
    return name.strip(), value


def _progress(fraction: float, message: str) -> None:
    status(f"{fraction:4.0%} {message}")


def _done(card: ModuleCard, word: str, *, as_json: bool) -> None:
    if as_json:
        print_json(module=card)
    else:
        say(f"{card.manifest.title} {card.installed_version} is {word}.")
