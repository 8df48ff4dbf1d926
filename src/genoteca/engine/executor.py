"""The executor: whoever holds `worker.lock` runs the queue, one worker process at a time."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from filelock import FileLock, Timeout

from genoteca.engine.adopting import finish_everywhere, settle_run
from genoteca.engine.files import private_folder
from genoteca.engine.in_step import InStep
from genoteca.engine.index import RunIndex
from genoteca.engine.job import Job
from genoteca.engine.modules import ModuleRef
from genoteca.engine.process import WorkerProcess
from genoteca.engine.rebuild import restore
from genoteca.engine.recovery import recover
from genoteca.engine.retention import AT_ONCE, outdated_runs, prune_runs
from genoteca.engine.tally import Tally
from genoteca.engine.watch import Watch
from genoteca.errors import GenotecaError, ModuleError, RunError
from genoteca.model.run import Line, Run, RunStatus
from genoteca.settings import Settings

__all__ = ["Executor", "Modules"]

Modules = Callable[[Sequence[str]], list[ModuleRef]]
"""Gives what a worker needs to load the modules of these ids, those they require included."""

LOG = logging.getLogger(__name__)

BEAT = 0.2
"""Seconds between two looks at the queue."""
FIRST_PRUNING, BETWEEN_PARTS, BETWEEN_PRUNINGS = 60.0, 5.0, 3600.0
"""Seconds from the start to the first look at runs that may go, between two parts of them, and to the next look."""
GRACE = 3.0
"""Seconds a worker is given to stop by itself; a Polars query does not listen."""


class Executor:
    """Runs the queue in a thread, where no other process does; follows runs wherever they are executed."""

    def __init__(self, settings: Settings, *, modules: Modules, grace: float = GRACE) -> None:
        self.settings = settings
        self.index = RunIndex(settings.layout.database)
        self._modules = modules
        self._grace = grace
        # The lock is gone as soon as this object is: it must be kept.
        self._lock = FileLock(settings.layout.worker_lock, mode=0o600, thread_local=False)
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._leaving = threading.Event()
        self._woken = threading.Event()
        self._standby: WorkerProcess | None = None
        self._wants_standby = settings.standby_seconds > 0
        self._prune_at = time.monotonic() + FIRST_PRUNING
        self._dagster = InStep(settings, self.index)

    @property
    def executing(self) -> bool:
        """Whether this process executes the queue; False: another one does, or nobody yet."""
        return self._lock.is_locked

    def start(self) -> None:
        """Begin to work the queue, or to wait until its executor is gone; safe to call again."""
        if self._thread is None:
            private_folder(self.settings.home)
            self._stopping.clear()
            self._leaving.clear()
            self._take_over()
            self._thread = threading.Thread(target=self._supervise, name="executor", daemon=True)
            self._thread.start()

    def end_lost(self) -> None:
        """End what was at work when Genoteca was ended hard; nothing is done while anybody works the queue."""
        if self.index.with_status(RunStatus.RUNNING, RunStatus.CANCELLING) and self._take_over():
            try:
                self._tidy()
            finally:
                self._lock.release()

    def stop(self) -> None:
        """Stop the run at work and let go of the queue; what is queued stays queued.

        A run that another process asked for, and waits for, is not stopped: it ends first.
        """
        self._stopping.set()
        self.finish()

    def finish(self) -> None:
        """Let go of the queue once the run at work is over; what is queued stays queued.

        That run may be one that nobody waits for any more: stopped, it would be called cancelled, wished by nobody.
        """
        self._leaving.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def wake(self) -> None:
        """Look at the queue now."""
        self._woken.set()

    def follow(self, run_id: str) -> Iterator[Line]:
        """Give a run's lines from the first, as they come, until the run is over.

        Raises:
            NotFoundError: there is no such run, or it was forgotten meanwhile.
            RunError: this process worked the queue, and cannot any more.

        """
        after = 0
        while True:
            over = self.index.get(run_id).status.over
            token = self.index.token()
            for line in self.index.lines(run_id, after):
                after = line.seq
                yield line
            if over:
                return
            self._require_alive()
            self._wait_for_change(token)

    def run_until_over(self, run_id: str) -> Run:
        """Execute or follow a run until it is over, and give it as it ended."""
        self.start()
        self.wake()
        for _ in self.follow(run_id):
            pass
        return self.index.get(run_id)

    def _require_alive(self) -> None:
        """Do not wait for ever for a thread that an unforeseen error has ended."""
        if self._thread is not None and not self._thread.is_alive() and not self._leaving.is_set():
            raise RunError(
                "The queue is no longer worked: its thread has ended.", hint="Close Genoteca and open it again."
            )

    def _wait_for_change(self, token: tuple[int, ...]) -> None:
        until = time.monotonic() + 5 * BEAT
        while self.index.token() == token and time.monotonic() < until:
            time.sleep(BEAT / 4)

    # --- the supervising thread

    def _supervise(self) -> None:
        try:
            while not self.executing and not self._leaving.is_set():
                if not self._take_over():
                    self._leaving.wait(BEAT)
            if self.executing:
                self._guarded(self._tidy)
            while not self._leaving.is_set():
                self._guarded(self._turn)
        finally:
            self._dismiss_standby()
            if self.executing:
                self._lock.release()

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do a piece of work; a full disk or a locked database must not end the executor."""
        try:
            work()
        except (GenotecaError, OSError, sqlite3.Error, subprocess.SubprocessError):
            LOG.exception("the executor goes on after an error")
            self._leaving.wait(10 * BEAT)

    def _turn(self) -> None:
        if not self._execute_next():
            self._dagster.settle_when_due()
            self._keep_standby()
            self._prune_when_due()
            self._rest()

    def _take_over(self) -> bool:
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            return False
        return True

    def _tidy(self) -> None:
        """Put in order what the last executor left, before the first run."""
        finish_everywhere(self.settings.layout, keep=self.settings.keep_results)
        lost = recover(self.settings.layout, self.index)
        for run in lost:
            self._settle_answers(run, whole=False)
        if lost:
            self._dagster.settle()
        restore(self.settings, self.index)

    def _prune_when_due(self) -> None:
        """Let some of the oldest runs go where the settings say so; not while one waits, nor at once at the start."""
        if time.monotonic() < self._prune_at:
            return
        settings = Settings(home=self.settings.home)  # they may have changed since
        runs = outdated_runs(settings, datetime.now(UTC))
        prune_runs(settings, runs[:AT_ONCE])
        self._prune_at = time.monotonic() + (BETWEEN_PARTS if runs[AT_ONCE:] else BETWEEN_PRUNINGS)

    def _rest(self) -> None:
        token = self.index.token()
        # Between the last look and the token somebody may have queued: one more look is cheap, a lost run is not.
        queued = self.index.with_status(RunStatus.QUEUED)
        idle_beats = 1 if queued else max(1, int(30 / BEAT))
        for _ in range(idle_beats):
            if self._woken.wait(BEAT) or self.index.token() != token:
                break
            if self._standby_is_due():
                break
        self._woken.clear()

    def _execute_next(self) -> bool:
        self._heed_dagster()
        run = self.index.claim_next()
        if run is None:
            return False
        try:
            self._execute(run)
        except GenotecaError as error:
            self._fail(run, RunError(error.message, title=error.title, hint=error.hint))
        except (OSError, sqlite3.Error) as error:
            told = f"{type(error).__name__}: {error}"
            self._fail(run, RunError(told, hint="Is there room on the disk? Then run it again."))
        self._wants_standby = self.settings.standby_seconds > 0
        return True

    def _heed_dagster(self) -> None:
        # a run that is stopped because the app closes is called cancelled there, and was cancelled by nobody
        if not self._stopping.is_set():
            self._dagster.heed()

    def _execute(self, run: Run) -> None:
        request = run.request.model_copy(update={"assets": run.wanted})
        job = Job(run_id=run.id, request=request, modules=self._needed(run))
        worker = self._take_worker()
        watch = Watch(self.index, run, worker, grace=self._grace, stopping=self._stopping.is_set)
        try:
            self.index.update(run.id, pid=worker.pid, message="Starting")
            worker.give(job)
            self._warm_up_for_the_next()
            for line in worker.lines(BEAT):
                self._heed_dagster()
                watch.hear(line)
                if watch.over:
                    break
            changes = watch.changes()
        finally:
            worker.wait(within=1)
        self._settle_answers(run, whole=watch.ended_in_order)
        self.index.update(run.id, **changes)
        if not watch.ended_in_order:
            self._dagster.settle()

    def _needed(self, run: Run) -> list[ModuleRef]:
        try:
            return self._modules(run.request.modules)
        except GenotecaError:
            raise
        except Exception as error:  # what is installed may be damaged in any way; the queue must go on
            raise ModuleError(
                f"{', '.join(run.request.modules)} could not be looked up: {type(error).__name__}: {error}",
                hint="Install the module again.",
            ) from error

    def _fail(self, run: Run, error: RunError) -> None:
        self.index.update(run.id, **Tally(run.wanted).end_without_word(error))

    def _take_worker(self) -> WorkerProcess:
        worker, self._standby = self._standby, None
        if worker is not None and worker.alive:
            return worker
        return WorkerProcess(self.settings)

    def _warm_up_for_the_next(self) -> None:
        """Where more is queued, let its worker import while this one works: two seconds less for each of them."""
        if self._standby is None and self.index.with_status(RunStatus.QUEUED):
            self._standby = WorkerProcess(self.settings)

    def _keep_standby(self) -> None:
        if self._standby is not None and not self._standby.alive:
            self._dismiss_standby()
        if self._standby_is_due():
            self._dismiss_standby()
            self._wants_standby = False
        if self._standby is None and self._wants_standby:
            self._standby = WorkerProcess(self.settings)

    def _standby_is_due(self) -> bool:
        age = 0.0 if self._standby is None else time.monotonic() - self._standby.started
        return age > self.settings.standby_seconds > 0

    def _dismiss_standby(self) -> None:
        if self._standby is not None:
            self._standby.retire()
            self._standby = None

    def _settle_answers(self, run: Run, *, whole: bool) -> None:
        """Take what the run made and what changes nothing; before it is over, so that nobody sees it half done."""
        keep = Settings(home=self.settings.home).keep_results
        settle_run(self.settings.layout, run, whole=whole, keep=keep)
