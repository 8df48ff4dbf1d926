from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from tests.sdk.isolated.small import COUNT, small_module

from genoteca.engine import records
from genoteca.engine.executor import Executor
from genoteca.engine.loading import load_module
from genoteca.engine.modules import ModuleRef
from genoteca.engine.resources import RunPaths, Scope
from genoteca.errors import ModuleError
from genoteca.model.module import Tier
from genoteca.model.run import LineKind, Run, RunStatus
from genoteca.sdk.isolated.environment import make_environment
from genoteca.sdk.isolated.requirements import read_requirements

from .test_executor import SECONDS, until
from .workshop import Workshop, annotate_with, import_of, reference_of

ENDLESS = """
import os
import genoteca_isolated as genoteca
genoteca.progress(0.5, f"working as {os.getpid()}")
while True:
    pass
"""
Executors = Callable[..., Executor]


def installed(workshop: Workshop, script: str = COUNT) -> ModuleRef:
    """Lay a module out as an install does."""
    folder = small_module(workshop.folder / "site" / "genoteca_small_counts", script)
    (folder / "__init__.py").write_text("raise RuntimeError('the app imported it')\n")
    environment = make_environment(workshop.folder / "environment", read_requirements(folder, ""), python="3.11")
    ref = ModuleRef(
        id="small-counts",
        tier=Tier.ISOLATED,
        site=folder.parent,
        entry="genoteca_small_counts",
        folder=folder,
        environment=environment.folder,
    )
    workshop.refs["small-counts"] = ref
    return ref


def ready(workshop: Workshop, executor: Executor) -> Run:
    """Read a genome, make the module's reference, and queue its annotations."""
    sample = workshop.genome()
    executor.run_until_over(executor.index.enqueue(import_of(sample)).id)
    executor.run_until_over(executor.index.enqueue(reference_of("small-counts")).id)
    return executor.index.enqueue(annotate_with(sample, "small-counts"))


def messages(executor: Executor, run: Run) -> list[str]:
    """Give what the module said of its progress."""
    return [line.message for line in executor.index.lines(run.id) if line.kind is LineKind.PROGRESS]


def test_a_worker_runs_the_script_and_never_imports_the_package(workshop: Workshop, executors: Executors) -> None:
    installed(workshop)
    executor = executors(workshop)
    run = ready(workshop, executor)
    assert executor.run_until_over(run.id).status is RunStatus.SUCCEEDED
    made = records.current(workshop.settings.layout, ["small-counts", "annotations"], "anna/g1")
    assert made is not None
    assert made.record.rows == 20
    assert made.record.metadata["told"] == {"rows": 20}
    assert not list(workshop.settings.layout.temporary.glob("*")), "what was handed to the script is gone"


@pytest.mark.long  # its short form: tests/sdk/isolated/test_boxes.py, where the one who waits is interrupted
def test_cancelling_ends_the_script(workshop: Workshop, executors: Executors) -> None:
    installed(workshop, ENDLESS)
    executor = executors(workshop, grace=SECONDS)
    run = ready(workshop, executor)
    executor.wake()
    until(lambda: any("working as" in message for message in messages(executor, run)))
    worker = executor.index.get(run.id).pid
    assert worker
    started = psutil.Process(worker).children(recursive=True)
    assert started
    executor.index.cancel(run.id)
    assert executor.run_until_over(run.id).status is RunStatus.CANCELLED
    assert psutil.wait_procs(started, timeout=SECONDS)[1] == []


def test_an_environment_that_is_gone_is_said_with_what_to_do(workshop: Workshop, tmp_path: Path) -> None:
    loaded = load_module(installed(workshop).model_copy(update={"environment": tmp_path / "gone"}))
    paths = RunPaths(workshop.settings, Scope(modules=[loaded]))
    with pytest.raises(ModuleError, match="The environment of small-counts is gone") as caught:
        paths.environment(loaded.manifest)
    assert "install it again" in caught.value.hint
