"""What changed about a genome: for every module, each time that its answers replaced older ones, or would."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from genoteca.actions.answers import answer_of
from genoteca.actions.change_views import Compared, Earlier, ModuleChanges, SampleChanges
from genoteca.actions.gates import is_open
from genoteca.actions.look import Look
from genoteca.actions.references import annotating_modules
from genoteca.actions.staleness import why_waiting_is_old
from genoteca.actions.told_changes import told_comparison, worth_a_look
from genoteca.actions.troubles import trouble_from
from genoteca.actions.view import Trouble
from genoteca.actions.views import AnswerState, ModuleAnswer
from genoteca.engine import held, records
from genoteca.engine.adopting import finish_deciding, together
from genoteca.engine.changes import CLASSES, Told, changed_in, make_up, readable_comparisons, unmade
from genoteca.engine.samples import all_samples, read_sample
from genoteca.errors import DatasetError, GenotecaError, RunError
from genoteca.model.sample import SampleId
from genoteca.sdk.closed import closed_told
from genoteca.store.seen_changes import SeenChanges

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.module import ModuleManifest
    from genoteca.model.record import Record
    from genoteca.model.sample import Sample
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
    "waiting_answers",
]

T = TypeVar("T")
Gates = Mapping[str, Collection[str]]
"""By module: the texts of the gates that the person has opened."""

DAMAGED = (
    "The answers in force are not touched by it. Verify, in the settings under “Keeping and forgetting” (or genoteca "
    "verify), names the file; where both answers are still kept they are then compared anew."
)
"""What to do about a comparison that cannot be read."""


def sample_changes(app: App, key: str, *, opened: Gates | None = None, module_id: str = "") -> SampleChanges:
    """Give what changed of a genome's answers; of what stays closed, that it was looked up again and nothing else.

    What a kill has left uncompared or half taken is made whole first, which takes a moment. What is damaged is named,
    with what to do, and hides nothing else. `module_id`: of this module alone.

    Raises:
        NotFoundError: there is no such sample.

    """
    sample = read_sample(app.layout, SampleId.parse(key))
    seen = SeenChanges(app.layout.database).of(key)
    with suppress(GenotecaError):  # what could not be taken waits still, and is told so
        finish_deciding(app.layout, key, keep=app.settings.keep_results)
    found = [
        _OfModule(app, sample, module, (opened or {}).get(module.id, ()), seen).shown()
        for module in annotating_modules(app.layout).values()
        if module_id in ("", module.id) and _was_asked(app, module.id, key)
    ]

    def place(one: ModuleChanges) -> tuple[bool, bool, bool, str]:
        new = any(not each.seen and each.notable for each in one.compared)
        return one.waiting is None, not new, not one.compared, one.title.casefold()

    return SampleChanges(sample=sample, modules=sorted(found, key=place))


def unseen_changes(app: App, key: str) -> int:
    """Count the changes that are worth a look and that the person has not looked at; of nothing that stays closed."""
    seen, count = SeenChanges(app.layout.database).of(key), 0
    for module in annotating_modules(app.layout).values():
        manifest = module.sound_manifest()
        for record in () if manifest.gate else _unseen(app, key, module.id, seen):
            with suppress(DatasetError):  # the page of changes says what is damaged; a card is shown all the same
                count += worth_a_look(changed_in(record), manifest)
    return count


def waiting_answers(app: App, key: str, look: Look | None = None) -> int:
    """Count the modules whose new answers about a genome wait to be taken or left."""
    look = look or Look(app)
    return sum(look.waiting(module, key) is not None for module in look.annotating)


def unseen_everywhere(app: App) -> int:
    """Count, of all genomes, the changes that were not looked at yet and the answers that wait to be."""
    look, keys = Look(app), [sample.id.key for sample in all_samples(app.layout)]
    return sum(unseen_changes(app, key) + waiting_answers(app, key, look) for key in keys)


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
    """Give every gate of a module's answers, kept ones of before included, whether or not anything changed behind.

    Those of an answer whose record is damaged are not known: what stands behind them stays closed.
    """
    kept, _ = records.readable(app.layout, [manifest.id, "annotations"], key)
    rows = (gate for record in kept for gate in closed_told(record) or {})
    return list(dict.fromkeys([*manifest.gates, *sorted(set(rows))]))


def every_gate(app: App, key: str) -> Gates:
    """Give every gate there is, as if the person had opened them all: for who asks for everything at once."""
    modules = annotating_modules(app.layout).values()
    return {module.id: gates_of_changes(app, key, module.sound_manifest()) for module in modules}


def _was_asked(app: App, module_id: str, key: str) -> bool:
    folder = records.record_path(app.layout, [module_id, "annotations"], key).parent
    return next(folder.glob("annotations*.json"), None) is not None


def _unseen(app: App, key: str, module_id: str, seen: set[tuple[str, str]]) -> list[Record]:
    folder = records.record_path(app.layout, [module_id, CLASSES], key).parent
    names = {run: path for path in folder.glob(f"{CLASSES}-*.json") if (run := records.run_of(path, CLASSES))}
    found: list[Record] = []
    for run, path in names.items():
        if (module_id, run) not in seen:
            with suppress(DatasetError):
                found.append(records.read_record(path))
    return [record for record in found if not records.is_held(record)]


class _OfModule:
    """What changed of one module's answers; what cannot be read of them becomes a trouble, and hides no other."""

    def __init__(
        self, app: App, sample: Sample, module: InstalledModule, opened: Collection[str], seen: set[tuple[str, str]]
    ) -> None:
        self._app, self._sample, self._module = app, sample, module
        self._opened, self._seen = opened, seen
        self._troubles: dict[str, Trouble] = {}

    def shown(self) -> ModuleChanges:
        """Give it."""
        app, key, manifest = self._app, self._sample.id.key, self._module.sound_manifest()
        self._try(self._complete, None)
        answer = self._try(lambda: answer_of(app, self._sample, self._module), None)
        gates = gates_of_changes(app, key, manifest)
        found, damaged = readable_comparisons(app.layout, self._module.id, key)
        for error in damaged:
            self._trouble(error, DAMAGED)
        waits = [one for one in found if records.is_held(one.record)]
        taken = [one for one in found if not records.is_held(one.record)]
        earlier = self._try(self._earlier, list[Earlier]())
        something = bool(found) or any(not one.in_force for one in earlier)
        made = ModuleChanges(
            module=self._module.id,
            title=manifest.title,
            icon=answer.icon if answer else "",
            gates=[gate for gate in gates if something and not is_open(gate, self._opened)],
            opened=[gate for gate in gates if gate in self._opened],
            silent=not is_open(manifest.gate, self._opened),
            waiting=self._told(waits[-1]) if waits else None,
            compared=[self._told(one) for one in reversed(taken)],
            earlier=earlier,
            can_preview=answer is not None and answer.state.is_old and not waits,
            why_old=answer.why if answer is not None and answer.state.is_old else "",
            kept=self._try(lambda: self._kept(answer), ""),
        )
        return made.model_copy(update={**self._try(self._of_waiting, {}), "troubles": [*self._troubles.values()]})

    def _try(self, work: Callable[[], T], otherwise: T) -> T:
        try:
            return work()
        except (DatasetError, RunError) as error:
            self._trouble(error)
            return otherwise

    def _trouble(self, error: GenotecaError, hint: str = "") -> None:
        """Note what is wrong, once; a file that several things are read from is damaged for all of them."""
        told = trouble_from(error)
        self._troubles.setdefault(told.message, told.model_copy(update={"hint": hint or told.hint}))

    def _complete(self) -> None:
        """Make whole what a kill has left half done."""
        app, key, module_id = self._app, self._sample.id.key, self._module.id
        held.finish(app.layout, module_id, key, keep=app.settings.keep_results)
        if unmade(app.layout, module_id, key):
            make_up(app.settings, module_id, key)

    def _told(self, one: Told) -> Compared:
        manifest, key = self._module.sound_manifest(), self._sample.id.key
        shown = told_comparison(self._app, key, one.changes, manifest, self._opened)
        return shown.model_copy(update={"seen": (manifest.id, run8(one.record.run)) in self._seen})

    def _of_waiting(self) -> dict[str, Any]:
        """Say whether what waits is out of date by now, and with what it is taken."""
        look, key = Look(self._app), self._sample.id.key
        waiting = held.held(self._app.layout, [self._module.id, "annotations"], key)
        if waiting is None:
            return {}
        titles = {one.id: one.sound_manifest().title for one in look.annotating.values()}
        requires = {one.id: one.sound_manifest().requires for one in look.annotating.values()}
        with_it = together(self._app.layout, key, requires, self._module.id)
        return {
            "why_waiting_is_old": why_waiting_is_old(look, self._sample, self._module, waiting),
            "taken_with": [titles[one] for one in with_it if one != self._module.id],
        }

    def _kept(self, answer: ModuleAnswer | None) -> str:
        """Name the releases between which the person has chosen the older one."""
        left = held.refused(self._app.layout, self._module.id, self._sample.id.key)
        if answer is None or answer.state is not AnswerState.KEPT:
            return ""
        after = (left.release or left.data_version) if left else ""
        return f"{answer.release} → {after}" if after and after != answer.release else answer.why

    def _earlier(self) -> list[Earlier]:
        layout, asset, key = self._app.layout, [self._module.id, "annotations"], self._sample.id.key
        current = records.current(layout, asset, key)
        return [
            Earlier(
                run=one.run,
                created=one.created,
                release=one.release or one.data_version,
                in_force=current is not None and one.run == current.record.run,
            )
            for one in records.history(layout, asset, key)
        ]
