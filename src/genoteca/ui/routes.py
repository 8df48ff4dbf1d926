"""Every address of the desktop and the page that stands there."""

from __future__ import annotations

from functools import partial

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import Client, app, ui

from genoteca import actions
from genoteca.model.formats import Formats, use_formats
from genoteca.ui.components.bug_report import know_desktop
from genoteca.ui.components.notice import told_here
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.frame import frame
from genoteca.ui.pages import (
    annotate,
    author,
    automation,
    change_table,
    changes,
    compare,
    explore,
    genome,
    genomes,
    help_page,
    keeping,
    lineage,
    manage,
    module,
    report,
    results,
    run,
    runs,
    sample_table,
    settings,
    store,
    table,
    variant,
    welcome,
)
from genoteca.ui.theme import use_look

__all__ = ["add_pages"]

PATIENCE = 30.0
"""Seconds in which a page's frame is handed out on a computer that is busy with other things; NiceGUI's 3 are few."""
_page = partial(ui.page, response_timeout=PATIENCE)


def add_pages(desktop: Desktop) -> None:
    """Register the pages."""
    use_look()
    know_desktop(desktop)
    use_formats(Formats(desktop.app.settings.formats))
    _add_start(desktop)
    _add_store(desktop)
    _add_genomes(desktop)
    _add_results(desktop)
    _add_explore(desktop)
    _add_runs(desktop)
    _add_help(desktop)
    _add_nowhere(desktop)


def _add_nowhere(desktop: Desktop) -> None:
    @app.exception_handler(404)
    async def nowhere(request: Request, _error: Exception) -> Response:
        with Client(ui.page(""), request=request) as client, frame(desktop, "", title="No such page", kept=False):
            welcome.show_nowhere()
        return client.build_response(request, 404)


def _add_start(desktop: Desktop) -> None:
    @_page("/")
    async def start() -> Response | None:
        if desktop.resume and not desktop.app.without_modules:
            last = await ask(actions.last_page, desktop.app)
            if last:
                return RedirectResponse(last)
        if await ask(actions.brief_samples, desktop.app):
            with frame(desktop, "Results"), told_here():
                await results.show(desktop, await ask(actions.current_sample, desktop.app))
        else:
            with frame(desktop, "", title="Welcome"), told_here():
                await welcome.show(desktop)
        return None

    @_page("/welcome")
    async def again() -> None:
        with frame(desktop, "", title="Welcome"), told_here():
            await welcome.show(desktop)

    @_page("/settings")
    async def change() -> None:
        with frame(desktop, "Settings"), told_here():
            await settings.show(desktop)

    @_page("/settings/keeping")
    async def kept() -> None:
        with frame(desktop, "Settings", title="Keeping and forgetting"), told_here():
            await keeping.show(desktop)


def _add_help(desktop: Desktop) -> None:
    @_page("/help")
    async def all_help() -> None:
        with frame(desktop, "", title="Help"), told_here():
            help_page.show_all()

    @_page("/help/glossary")
    async def words_of_the_field() -> None:
        with frame(desktop, "", title="Glossary"), told_here():
            help_page.show_glossary()

    @_page("/help/{name}")
    async def one_page(name: str) -> None:
        with frame(desktop, "", title="Help"), told_here():
            help_page.show_page(name)


def _add_store(desktop: Desktop) -> None:
    @_page("/store")
    async def gallery(request: Request) -> None:
        with frame(desktop, "Store"), told_here():
            await store.show(desktop, request.query_params)

    @_page("/settings/modules")
    async def managed() -> None:
        with frame(desktop, "Store", title="Catalogues, trust and history"), told_here():
            await manage.show(desktop)

    @_page("/author")
    async def make() -> None:
        with frame(desktop, "Store", title="Make a module"), told_here():
            await author.show(desktop)

    @_page("/store/{module_id}")
    async def one(module_id: str, tab: str = "") -> None:
        with frame(desktop, "Store", title=module_id), told_here():
            await module.show(desktop, module_id, tab)


def _add_genomes(desktop: Desktop) -> None:
    @_page("/genomes")
    async def all_genomes(take: str = "") -> None:
        with frame(desktop, "Genomes"), told_here():
            await genomes.show(desktop, take)

    @_page("/compare")
    async def two_genomes(a: str = "", b: str = "") -> None:
        with frame(desktop, "Genomes", title="Compare", wide=bool(a and b)), told_here():
            await compare.show(desktop, a, b)

    @_page("/genomes/{user}/{sample}")
    async def one_genome(user: str, sample: str) -> None:
        with frame(desktop, "Genomes", title=sample), told_here():
            await genome.show(desktop, f"{user}/{sample}")

    @_page("/changes/{user}/{sample}")
    async def changed(user: str, sample: str) -> None:
        with frame(desktop, "Genomes", title="What changed"), told_here():
            await changes.show(desktop, f"{user}/{sample}")

    @_page("/changes/{user}/{sample}/{name}")
    async def changed_rows(user: str, sample: str, name: str) -> None:
        with frame(desktop, "Genomes", title="What changed", wide=True), told_here():
            await change_table.show(desktop, f"{user}/{sample}", name)

    @_page("/genomes/{user}/{sample}/annotate")
    async def choose(user: str, sample: str) -> None:
        with frame(desktop, "Genomes", title="Annotate"), told_here():
            await annotate.show(desktop, f"{user}/{sample}")

    @_page("/genomes/{user}/{sample}/tables/{name}")
    async def own_table(user: str, sample: str, name: str) -> None:
        with frame(desktop, "Genomes", wide=True), told_here():
            await sample_table.show(desktop, f"{user}/{sample}", name)


def _add_results(desktop: Desktop) -> None:
    @_page("/results")
    async def everyone() -> None:
        with frame(desktop, "Results"), told_here():
            await results.show(desktop, await ask(actions.current_sample, desktop.app))

    @_page("/results/{user}/{sample}")
    async def one_sample(user: str, sample: str) -> None:
        with frame(desktop, "Results"), told_here():
            await results.show(desktop, f"{user}/{sample}")

    @_page("/lineage/{user}/{sample}")
    async def made_of(user: str, sample: str, module: str = "") -> None:
        with frame(desktop, "Results", title="Where it comes from"), told_here():
            await lineage.show(desktop, f"{user}/{sample}", module)

    @_page("/report/{user}/{sample}")
    async def reports(user: str, sample: str) -> None:
        with frame(desktop, "Results", title="Reports"), told_here():
            await report.show(desktop, f"{user}/{sample}")

    @_page("/results/{user}/{sample}/{module_id}")
    async def one_table(user: str, sample: str, module_id: str) -> None:
        with frame(desktop, "Results", wide=True), told_here():
            await table.show(desktop, f"{user}/{sample}", module_id)

    @_page("/variant/{user}/{sample}/{name}")
    async def one_variant(request: Request, user: str, sample: str, name: str, row: int = -1) -> None:
        with frame(desktop, "Results", title=name), told_here():
            came_from = request.query_params.get("from", "")
            await variant.show(desktop, f"{user}/{sample}", name, came_from, row)


def _add_explore(desktop: Desktop) -> None:
    @_page("/explore")
    async def any_genome() -> None:
        with frame(desktop, "Explore"), told_here():
            await explore.show_any(desktop)

    @_page("/explore/{user}/{sample}")
    async def one_genome(request: Request, user: str, sample: str) -> None:
        with frame(desktop, "Explore", wide=True), told_here():
            await explore.show(desktop, f"{user}/{sample}", request.query_params)


def _add_runs(desktop: Desktop) -> None:
    @_page("/runs")
    async def all_runs(request: Request) -> None:
        with frame(desktop, "Runs"), told_here():
            await runs.show(desktop, request.query_params)

    @_page("/automation")
    async def by_itself() -> None:
        with frame(desktop, "By itself"), told_here():
            await automation.show(desktop)

    @_page("/runs/{run_id}")
    async def one_run(run_id: str) -> None:
        with frame(desktop, "Runs", title="Run"), told_here():
            await run.show(desktop, run_id)
