"""Runs, narrowed down and searched, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping

from genoteca.actions.app import App
from genoteca.actions.modules import titles
from genoteca.actions.runs import run_card
from genoteca.actions.view import View
from genoteca.actions.views import RunCard
from genoteca.engine import run_finding
from genoteca.engine.samples import all_samples
from genoteca.model.run import RunKind, RunStatus
from genoteca.model.run_search import RunSearch, Word

__all__ = ["RunChoices", "RunPage", "find_runs", "run_choices"]

PAGE = 50
SAID = {
    RunKind.IMPORT: "read the file of",
    RunKind.REFERENCE: "prepare",
    RunKind.ANNOTATE: "annotate with",
    RunKind.JOIN: "join the answers about into one table",
}
"""The words of a run's title beside the names, by its kind."""


class RunPage(View):
    """A page of runs."""

    runs: list[RunCard]
    matched: int
    """How many fit in all."""
    by_status: dict[RunStatus, int]
    """How many fit, whatever statuses are wanted."""
    titles: dict[str, str]
    """Names of modules by id."""


class RunChoices(View):
    """What runs can be narrowed down to: names by key."""

    samples: dict[str, str]
    modules: dict[str, str]


def find_runs(
    app: App,
    *,
    text: str = "",
    sample: str = "",
    module: str = "",
    statuses: tuple[RunStatus, ...] = (),
    page: int = 0,
    size: int = PAGE,
) -> RunPage:
    """Give a page (from 0) of the runs that fit, newest first.

    Every word of `text` must stand in the title, in the genome's key, or begin the run's id.
    """
    names = titles(app)
    words = [_word(one, names, _samples(app)) for one in text.lower().split()]
    search = RunSearch(sample=sample, module=module, statuses=list(statuses), words=words)
    runs, matched = run_finding.find_runs(app.index, search, limit=size, skip=page * size)
    return RunPage(
        runs=[run_card(app, run, names, outcomes=False) for run in runs],
        matched=matched,
        by_status=run_finding.tally_runs(app.index, search),
        titles=names,
    )


def run_choices(app: App) -> RunChoices:
    """Give the genomes and modules that runs name; one that is gone by its key."""
    samples, modules = run_finding.named_in_runs(app.index)
    people, names = _samples(app), titles(app)
    return RunChoices(
        samples={key: people.get(key, key) for key in samples}, modules={one: names.get(one, one) for one in modules}
    )


def _samples(app: App) -> dict[str, str]:
    return {one.id.key: f"{one.user_name} / {one.sample_name}" for one in all_samples(app.layout)}


def _word(text: str, names: Mapping[str, str], samples: Mapping[str, str]) -> Word:
    return Word(
        text=text,
        modules=[key for key, title in names.items() if text in title.lower() or text in key],
        samples=[key for key, name in samples.items() if text in name.lower()],
        kinds=[kind for kind, said in SAID.items() if any(one.startswith(text) for one in said.split())],
    )
