"""One look at everything that is due by itself, and the clock that looks again and again while the app is open.

Nothing that stands behind a question is opened by any of it: what is looked up stays closed until it is asked for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from genoteca.actions import references
from genoteca.actions.annotating import data_to_fetch
from genoteca.actions.automation import ASKED, MOVED, WAITING
from genoteca.actions.backfills import alone, feed_backfills
from genoteca.actions.inbox import look_into_inbox
from genoteca.actions.providing import prepare_module
from genoteca.actions.releases import check_updates_when_due, module_data
from genoteca.actions.renewing import renew
from genoteca.actions.rereading import reading_reasons
from genoteca.actions.status import Stands
from genoteca.actions.views import AnswerState
from genoteca.engine import held
from genoteca.engine.automation.giving_way import asked_to_give_way
from genoteca.engine.automation.memory import Memory
from genoteca.engine.automation.tick import due, firing, is_idle, night_to_catch_up
from genoteca.engine.automation.ticker import Ticker
from genoteca.engine.samples import all_samples
from genoteca.errors import DatasetError, GenotecaError, InputError, NotFoundError
from genoteca.model.automation import Look, Noted, Policy, Rule, Situation, Standing, Tried, Wanted
from genoteca.model.run import RunStatus
from genoteca.store.preferences import Preferences

if TYPE_CHECKING:
    from genoteca.actions.answers import Standing as Stand
    from genoteca.actions.app import App
    from genoteca.model.sample import Sample
    from genoteca.store.installed import InstalledModule

__all__ = ["start_ticking", "tick", "what_is_due"]

NIGHT = "night"
"""Name under which the night that was caught up with is remembered."""
OFF = "Switched off: nothing is done by itself."
NOT_YET = "not looked up yet"
GAVE_WAY = "Somebody waits for the end of this; it is done at the next look."
DUE = (AnswerState.NOT_RUN, AnswerState.OUT_OF_DATE, AnswerState.FAILED)
TOLD = "told"
"""Name under which it is remembered up to which line of what was done it was said what waits of it."""


def start_ticking(
    app: App,
    before: Callable[[], object],
    after: Callable[[list[Noted]], object],
    *,
    ask_publishers: bool = False,
) -> Ticker:
    """Do what is due by itself until the app is closed; `before` is called before each look, `after` told of it."""

    def look() -> None:
        before()
        after(tick(app, ask_publishers=ask_publishers))

    app.ticker = Ticker(look, lambda: feed_backfills(app))
    app.ticker.start()
    return app.ticker


def tick(
    app: App,
    now: datetime | None = None,
    *,
    ask_publishers: bool = False,
    only: Collection[Rule] = frozenset(Rule),
) -> list[Noted]:
    """Look once at everything that is done by itself, and do what is due; gives what was done, in its order.

    Nothing is done while another process does it. `ask_publishers`: also, where the settings say that it is time.
    `only`: the rules that are looked at; the others' work, and that of backfills, is left to another look.
    """
    moment = now or datetime.now(UTC)
    memory = Memory(app.layout.database)
    looks: dict[Rule, Callable[[], str]] = {
        Rule.INBOX: lambda: look_into_inbox(app, memory, moment),
        Rule.RELEASES: lambda: _releases(app, memory, moment, ask=ask_publishers),
    }
    done: list[Noted] = []
    with alone(app) as may:
        if may and app.settings.automation:
            before = memory.last_number()
            found = [_guarded(app, memory, rule, moment, work) for rule, work in looks.items() if rule in only]
            memory.looked([*found, *_policies(app, memory, moment, only)])
            done = memory.noted(after=before)[::-1]
        elif may:
            memory.looked([Look(rule=rule, when=moment, words=OFF) for rule in Rule if rule in only])
    if set(only) == set(Rule):
        feed_backfills(app)
    return done


def what_is_due(app: App, now: datetime) -> list[Wanted]:
    """Say what would be asked by itself at a moment; nothing is done.

    Raises:
        InputError: the hour or the time zone of the night is none.

    """
    memory = Memory(app.layout.database)
    situation = _situation(app, memory)
    tried = memory.tried()
    return due(situation, now, _standings(app, firing(situation, now), tried, now), tried)


def _guarded(app: App, memory: Memory, rule: Rule, now: datetime, work: Callable[[], str]) -> Look:
    """Do one thing; what goes wrong with it is written down, and keeps nothing else from being done.

    Nothing more is begun where a person waits for the end of this look.
    """
    if asked_to_give_way(app.layout):
        return Look(rule=rule, when=now, words=GAVE_WAY)
    try:
        words = work()
    except GenotecaError as error:
        words = error.message
        memory.note(rule, now, error.message, failed=True)
    return Look(rule=rule, when=now, words=words)


def _policies(app: App, memory: Memory, now: datetime, only: Collection[Rule]) -> list[Look]:
    """Ask the modules whose time has come about the genomes of which something is due."""
    if asked_to_give_way(app.layout):
        return []
    situation = _situation(app, memory, only)
    try:
        rules = firing(situation, now)
        night = night_to_catch_up(situation, now)
    except InputError as error:
        return [Look(rule=Rule.NIGHTLY, when=now, words=error.message)]
    _settle(app, memory)
    _tell(app, memory, now)
    tried = memory.tried()
    queued = dict.fromkeys(Rule, 0)
    for wanted in due(situation, now, _standings(app, rules, tried, now), tried):
        queued[wanted.rule] += _ask(app, memory, wanted, now)
    if night is not None:
        memory.set_mark(NIGHT, night.isoformat())
    asked = {one.policy for one in situation.policies.values()}
    return [
        Look(rule=Rule(policy.value), when=now, words=_words(policy, situation, now, queued[Rule(policy.value)]))
        for policy in (Policy.ON_IMPORT, Policy.IDLE, Policy.NIGHTLY)
        if policy in asked and (policy is not Policy.NIGHTLY or night is not None)
    ]


def _words(policy: Policy, situation: Situation, now: datetime, queued: int) -> str:
    if queued:
        return "1 genome is looked up." if queued == 1 else f"{queued} genomes are looked up."
    if policy is Policy.IDLE and not is_idle(situation, now):
        return "Something is at work." if situation.busy else "Somebody is using Genoteca."
    return "Nothing is due."


def _situation(app: App, memory: Memory, only: Collection[Rule] = frozenset(Rule)) -> Situation:
    """Give all that decides what is due; as if modules that other rules speak of were asked by hand."""
    settings = app.settings
    policies = {module: one for module, one in memory.policies().items() if one.policy.value in only}
    idle = any(one.policy is Policy.IDLE for one in policies.values())
    return Situation(
        policies=policies,
        night_time=settings.night_time,
        time_zone=settings.time_zone,
        last_night=memory.moment(NIGHT),
        idle_minutes=settings.idle_minutes,
        busy=bool(app.index.with_status(RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.CANCELLING)),
        moved=_moved(app, memory) if idle else None,
    )


def _moved(app: App, memory: Memory) -> datetime | None:
    """Give when the person last did something: in the desktop, or by a run that ended."""
    own = memory.own_runs()
    ended = [run.ended for run in app.index.list(limit=50) if run.ended is not None and run.id not in own]
    told = memory.moment(MOVED)
    return max([*ended, *([told] if told else [])], default=None)


def _standings(
    app: App, rules: Mapping[str, Rule], tried: Mapping[tuple[str, str], Tried], moment: datetime
) -> Iterator[Standing]:
    """Give what should be asked of these modules; a genome that is not read, or should be again, is left alone."""
    if not rules:
        return
    stands = Stands(app)
    usable = stands.look.annotating
    wanted = {one: usable[one] for one in rules.keys() & usable.keys() if usable[one].sound_manifest().is_set_up}
    for sample in all_samples(app.layout) if wanted else ():
        if asked_to_give_way(app.layout):
            return
        with suppress(DatasetError):  # the doctor tells of what is damaged; the other genomes are looked at
            yield from _standings_of(stands, sample, wanted, rules, tried, moment)
    stands.save()


def _standings_of(
    stands: Stands,
    sample: Sample,
    modules: Mapping[str, InstalledModule],
    rules: Mapping[str, Rule],
    tried: Mapping[tuple[str, str], Tried],
    moment: datetime,
) -> Iterator[Standing]:
    key = sample.id.key
    app, variants = stands.look.app, stands.look.current(["sample", "variants"], key)
    if variants is None:
        return
    read = variants.record.created
    looked = {one for one in modules if rules[one] is Rule.ON_IMPORT and _is_noted(tried.get((key, one)), read)}
    open_ = modules.keys() - looked
    if not open_ or reading_reasons(stands.look, sample):
        return
    for one, now in _due_answers(stands, sample, [modules[one] for one in open_]):
        on_import = rules[one.id] is Rule.ON_IMPORT
        why = _why(now)
        # what failed may have failed for a reason that passes, as the network does: it is tried again on another day
        day = moment.date().isoformat() if now.state is AnswerState.FAILED else ""
        made_of = (now.state, why, variants.record.sha256, *_made_of(app, one), day)
        yield Standing(
            sample=key,
            module=one.id,
            why=why or NOT_YET,
            read=read,
            answered=_answered(stands, sample, one, now),
            state=_of_reading(read) if on_import else hashlib.sha256(json.dumps(made_of).encode()).hexdigest(),
        )


def _due_answers(
    stands: Stands, sample: Sample, modules: Iterable[InstalledModule]
) -> list[tuple[InstalledModule, Stand]]:
    """Give the answers that should be made: never made, out of date for any reason, or failed.

    Where new answers wait until the person takes or leaves them, or were left, the very same are not made again.
    """
    found = [(one, stands.of(sample, one)) for one in modules]
    return [(one, now) for one, now in found if now.state in DUE]


def _why(now: Stand) -> str:
    if now.trouble is not None:
        return now.trouble.message
    return now.reasons[0].words if now.reasons else ""


def _answered(stands: Stands, sample: Sample, module: InstalledModule, now: Stand) -> datetime | None:
    """Say when a module was asked last; None: never."""
    if now.trouble is not None:
        return stands.look.app.index.get(stands.last_run(sample, module)).ended
    return now.stored.record.created if now.stored else None


def _made_of(app: App, module: InstalledModule) -> tuple[str, str, str]:
    manifest = module.sound_manifest()
    settings = json.dumps(Preferences(app.layout.database).values(manifest), sort_keys=True)
    return manifest.version, module.digest, settings


def _of_reading(read: datetime) -> str:
    return f"read {read.isoformat()}"


def _is_noted(tried: Tried | None, read: datetime) -> bool:
    return tried is not None and tried.state == _of_reading(read)


def _ask(app: App, memory: Memory, wanted: Wanted, now: datetime) -> int:
    """Queue what is wanted of one genome; gives how many runs that came to."""
    fetched = data_to_fetch(app, wanted.sample) if app.settings.offline else {}
    modules = [one for one in wanted.modules if one not in fetched]
    told = wanted.model_copy(update={"states": {one: wanted.states[one] for one in modules}})
    if len(modules) < len(wanted.modules):
        left = ", ".join(one for one in wanted.modules if one in fetched)
        memory.note(wanted.rule, now, f"Not asked while offline, its data is not here: {left}", sample=wanted.sample)
    if not modules:
        return 0
    try:
        run = renew(app, wanted.sample, modules)
    except GenotecaError as error:
        memory.remember_tried(told, None)
        memory.note(wanted.rule, now, f"Could not be asked: {error.title}", sample=wanted.sample, failed=True)
        return 0
    # a genome is asked about once for every reading of it; of the others it is seen later whether it helped
    memory.remember_tried(told, None if wanted.rule is Rule.ON_IMPORT else run)
    memory.note(wanted.rule, now, f"{ASKED}{', '.join(modules)}", sample=wanted.sample, run=run)
    return 1


def _settle(app: App, memory: Memory) -> None:
    """See what became of what was tried: what did not help, and was not merely interrupted, is not tried again."""
    by_sample: dict[str, list[tuple[str, Tried]]] = {}
    for (sample, module), one in memory.tried().items():
        if one.run is not None:
            by_sample.setdefault(sample, []).append((module, one))
    if not by_sample:
        return
    samples, stands = {one.id.key: one for one in all_samples(app.layout)}, Stands(app)
    known = stands.look.annotating
    for key in by_sample.keys() & samples.keys():
        over = [(module, one) for module, one in by_sample[key] if _is_over(app, one.run or "")]
        asked = [known[module] for module, _ in over if module in known]
        due_still = {one.id for one, _ in _due_answers(stands, samples[key], asked)}
        for module, one in over:
            again = module not in due_still or _was_interrupted(app, one.run or "")
            memory.settle_tried(key, module, helped=again)


def _tell(app: App, memory: Memory, now: datetime) -> None:
    """Write down of which runs new answers wait, once each is over; a run still at work keeps its turn."""
    told = int(memory.mark(TOLD) or 0)
    for number, noted in memory.asked(after=told):
        if not _is_over(app, noted.run):
            break
        if noted.words.startswith(ASKED) and (waiting := _waiting_of(app, noted.sample, noted.run)):
            words = f"{WAITING}{', '.join(waiting)}"
            memory.note(noted.rule, now, words, sample=noted.sample, run=noted.run)
        memory.set_mark(TOLD, str(number))


def _waiting_of(app: App, key: str, run: str) -> list[str]:
    found = []
    for module in references.annotating_modules(app.layout):
        with suppress(DatasetError):
            if held.held(app.layout, [module, "annotations"], key, run=run):
                found.append(module)
    return found


def _is_over(app: App, run: str) -> bool:
    try:
        return app.index.get(run).status.over
    except NotFoundError:
        return True


def _was_interrupted(app: App, run: str) -> bool:
    try:
        told = app.index.get(run)
        return any(one.interrupted for one in (told, *(app.index.get(before) for before in told.request.after)))
    except NotFoundError:
        return False


def _releases(app: App, memory: Memory, now: datetime, *, ask: bool) -> str:
    """Fetch what publishers have newer, for modules that are not asked by hand only; says what was found."""
    if ask:
        check_updates_when_due(app)
    if not app.settings.fetch_releases:
        return "Newer data is not fetched by itself."
    if app.settings.offline:
        return "Nothing is fetched: Genoteca stays offline."
    usable = references.usable_modules(app.layout)
    wanted = [usable[one] for one in memory.policies() if one in usable]
    fetched = sum(_fetch(app, memory, module, now) for module in wanted if not asked_to_give_way(app.layout))
    return f"{fetched} newer {'release is' if fetched == 1 else 'releases are'} fetched." if fetched else "No news."


def _fetch(app: App, memory: Memory, module: InstalledModule, now: datetime) -> int:
    """Fetch a module's newer data once for every time that its publisher was asked; a chosen release stays chosen."""
    data, manifest = module_data(app, module.id), module.sound_manifest()
    if data.runs or any(one.chosen for one in data.releases):
        return 0
    count = 0
    for update in data.updates:
        name, told = f"fetched {module.id} {update.build}", f"{update.release} {data.checked}"
        if update.build in manifest.builds and memory.mark(name) != told:
            run = prepare_module(app, module.id, update.build)
            memory.set_mark(name, told)
            memory.note(Rule.RELEASES, now, f"Fetching {manifest.title} {update.release}", run=run)
            count += 1
    return count
