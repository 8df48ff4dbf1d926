"""What a worker does: it says that it is ready, takes one job, runs it, ends.

Dagster runs in the main thread: two runs in threads of one process block each other for ever, and only the main
thread can be interrupted.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from genoteca.engine.definitions import core_definitions, fitting, merged
from genoteca.engine.hearing import Hearing
from genoteca.engine.index import RunIndex
from genoteca.engine.instance import PARTITIONS, open_instance
from genoteca.engine.job import CANCEL, Job
from genoteca.engine.known_run import execute_known, tags_for, was_cancelled
from genoteca.engine.loading import Loaded, load_module
from genoteca.engine.modules import ModuleRef
from genoteca.engine.resources import RunPaths, Scope
from genoteca.engine.settle import settle, tell_end
from genoteca.engine.speaking import Voice
from genoteca.engine.sqlite_pace import held_open
from genoteca.engine.troubles import trouble_of
from genoteca.errors import GenotecaError, ModuleError
from genoteca.genome.threads import one_thread
from genoteca.model.run import LineKind, RunKind, RunStatus
from genoteca.sdk import progress
from genoteca.sdk.usage import cpu_seconds, peak_memory_mb
from genoteca.settings import Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance

__all__ = ["work"]

GRACE = 3.0
QUIET_LOGS = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}


class Canceller:
    """Listens to the worker's input during a run: a cancel, or its end, interrupts the main thread once."""

    def __init__(self, instance: DagsterInstance, run_id: str, hearing: Hearing) -> None:
        self.instance = instance
        self.run_id = run_id
        self.hearing = hearing
        self.wanted = threading.Event()

    def listen(self) -> None:
        """Begin to listen, in a thread."""
        threading.Thread(target=self._listen, name="cancel", daemon=True).start()

    def _listen(self) -> None:
        text = sys.stdin.readline()
        while text and text.strip() != CANCEL:
            text = sys.stdin.readline()
        self.wanted.set()
        self.hearing.stopping = True
        self._interrupt()
        if not text:
            # The app is gone: nobody else will end this process when the work does not listen.
            time.sleep(GRACE)
            os._exit(1)

    def _interrupt(self) -> None:
        """Report the cancelling before the interrupt: without it, Dagster calls the run failed.

        Where it was cancelled in Dagster, that is known there.
        """
        until = time.monotonic() + GRACE
        while time.monotonic() < until:
            if self.hearing.begun:
                run = self.instance.get_run_by_id(self.run_id)
                if run is not None and run.status is dg.DagsterRunStatus.STARTED:
                    self.instance.report_run_canceling(run)
                _interrupt_main()
                return
            time.sleep(0.05)


def _interrupt_main() -> None:
    """Send the main thread what Dagster listens to; a real signal also ends a system call that waits."""
    ident = threading.main_thread().ident
    if sys.platform != "win32" and ident is not None:
        signal.pthread_kill(ident, signal.SIGTERM)
    else:
        _thread.interrupt_main(signal.SIGTERM)


class Work:
    """One job, from its modules to its last line."""

    def __init__(self, settings: Settings, instance: DagsterInstance, voice: Voice, job: Job) -> None:
        self.settings = settings
        self.instance = instance
        self.voice = voice
        self.job = job
        self.hearing = Hearing(voice, {})
        self.canceller = Canceller(instance, job.run_id, self.hearing)

    def run(self) -> None:
        """Do the job and say how it ended."""
        self.canceller.listen()
        loaded = self._load(self.job.modules)
        request = self.job.request
        scope = Scope(
            run_id=self.job.run_id,
            build=request.build,
            engine=request.engine,
            force=request.force,
            release=request.release,
            chromosomes=request.chromosomes,
            show_closed=request.show_closed,
            held=request.held,
            modules=loaded,
        )
        try:
            status = self._materialize(scope)
        except GenotecaError as error:
            self._fail_all(error)
            status = RunStatus.FAILED
        finally:
            RunPaths(self.settings, scope).remove_scratch()
        self._tell_dagster(status)
        self._end(status)

    def _load(self, refs: Sequence[ModuleRef]) -> list[Loaded]:
        """Load what can be loaded; the assets of a module that cannot have failed, the others go on."""
        loaded: list[Loaded] = []
        for ref in refs:
            try:
                loaded.append(load_module(ref))
            except GenotecaError as error:
                self._fail_module(ref.id, error)
        found, misfits = fitting(core_definitions(self.settings, Scope()), loaded)
        for module, misfit in misfits.items():
            self._fail_module(module, misfit)
        there = {one.manifest.id for one in found}
        for one in found:
            if missing := sorted(set(one.manifest.requires) - there):
                self._fail_module(one.manifest.id, _built_on_nothing(one, missing))
        return found

    def _fail_module(self, module: str, error: GenotecaError) -> None:
        self.hearing.fail([asset for asset in self._wanted() if asset.split("/")[0] == module], trouble_of(error))

    def _wanted(self) -> list[str]:
        return ["/".join(asset) for asset in self.job.request.assets]

    def _materialize(self, scope: Scope) -> RunStatus:
        definitions = merged(core_definitions(self.settings, scope), scope.modules)
        selection = [asset for asset in self.job.request.assets if "/".join(asset) not in self.hearing.failed]
        if self.canceller.wanted.is_set():
            return RunStatus.CANCELLED
        if selection:
            self._execute(definitions, [dg.AssetKey(asset) for asset in selection])
        return self._status()

    def _execute(self, definitions: dg.Definitions, selection: list[dg.AssetKey]) -> None:
        request = self.job.request
        if request.partition is not None:
            self.instance.add_dynamic_partitions(PARTITIONS, [request.partition])
        self.hearing.steps = _steps(definitions, selection)
        self.instance.add_event_listener(self.job.run_id, self.hearing.hear)
        job = definitions.resolve_implicit_job_def_def_for_assets(selection)
        if job is None:
            raise GenotecaError(f"None of {', '.join(self._wanted())} can be made.")
        try:
            with held_open(self.settings.layout, self.job.run_id):
                self._work(job.with_hooks({self.hearing.failure_hook()}), selection)
        except (dg.DagsterExecutionInterruptedError, KeyboardInterrupt):
            self.canceller.wanted.set()
        except dg.DagsterError as error:
            self.hearing.fail(self._wanted(), trouble_of(error, self._wanted()))

    def _work(self, job: dg.JobDefinition, selection: list[dg.AssetKey]) -> None:
        known = self.instance.get_run_by_id(self.job.run_id)
        if known is not None and was_cancelled(known):
            self.canceller.wanted.set()
            return
        if known is not None:
            execute_known(job, known, selection, self.instance, QUIET_LOGS)
            return
        job.execute_in_process(
            run_config=QUIET_LOGS,
            instance=self.instance,
            partition_key=self.job.request.partition,
            asset_selection=selection,
            run_id=self.job.run_id,
            tags=tags_for(self.job.run_id, self.instance, RunIndex(self.settings.layout.database)),
            raise_on_error=False,
        )

    def _status(self) -> RunStatus:
        left = [asset for asset in self._wanted() if asset not in self.hearing.done | self.hearing.failed]
        if self.canceller.wanted.is_set():
            return RunStatus.CANCELLED if left or self.hearing.failed else RunStatus.SUCCEEDED
        if left:
            self.hearing.leave_out(left)
        return RunStatus.FAILED if self.hearing.failed else RunStatus.SUCCEEDED

    def _fail_all(self, error: GenotecaError) -> None:
        self.hearing.fail(self._wanted(), trouble_of(error, self._wanted()))

    def _tell_dagster(self, status: RunStatus) -> None:
        """Say how a run ended that Dagster made and that was never begun."""
        run = None if status is RunStatus.SUCCEEDED else self.instance.get_run_by_id(self.job.run_id)
        if run is not None and not run.is_finished:
            tell_end(self.instance, run, status)

    def _end(self, status: RunStatus) -> None:
        kind = LineKind.DONE if status is RunStatus.SUCCEEDED else LineKind.FAILED
        usage = {"peak_memory_mb": round(peak_memory_mb(), 1), "cpu_seconds": round(cpu_seconds(), 3)}
        self.voice.say(kind, None, "", detail={"status": status.value, **usage})


def _built_on_nothing(module: Loaded, missing: Sequence[str]) -> GenotecaError:
    return ModuleError(
        f"{module.manifest.id} builds on {', '.join(missing)}, which cannot be used.",
        title="Another module is missing",
        hint=f"See why on the page of {missing[0]}; what {module.manifest.id} said before stands.",
    )


def _steps(definitions: dg.Definitions, selection: Sequence[dg.AssetKey]) -> dict[str, list[str]]:
    """Give the assets that every step makes, by the step's key."""
    steps: dict[str, list[str]] = {}
    for key in selection:
        step = definitions.resolve_assets_def(key).node_def.name
        steps.setdefault(step, []).append("/".join(key.path))
    return steps


def work() -> None:
    """Be a worker of the data folder that the environment names; the end of the input means: go home."""
    os.umask(0o077)
    voice = Voice()
    layout = Settings().layout
    instance = open_instance(layout)
    settle(instance, RunIndex(layout.database))
    voice.ready()
    text = sys.stdin.readline()
    if not text.strip():
        instance.dispose()
        return
    job = Job.model_validate_json(text)
    voice.run_id = job.run_id
    progress.set_sink(voice.progress)
    if job.request.kind is RunKind.IMPORT:
        one_thread()
    # Settings may have changed since this worker began to stand by.
    Work(Settings(), instance, voice, job).run()
    # All is committed and said; taking Python down in order would cost another half second.
    os._exit(0)
