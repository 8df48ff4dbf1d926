"""Answering one sample by a boxed script, through Dagster Pipes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
from pydantic import JsonValue

from genoteca.annotate.answer import Answer, answer_of
from genoteca.errors import CheckError, DatasetError
from genoteca.genome.schema import polars_schema
from genoteca.model.column import ANNOTATIONS
from genoteca.model.module import ALLOW_NETWORK, Isolated
from genoteca.sdk.isolated.boxes import Box, box_here
from genoteca.sdk.isolated.inputs import RunFolder, fill_folder
from genoteca.sdk.isolated.module import told_isolated
from genoteca.sdk.isolated.pipes import Heard, Messages, PlainContext
from genoteca.sdk.isolated.running import Ended, Limits, Script, run_script
from genoteca.sdk.isolated.taking import HINT, take_answer
from genoteca.sdk.isolated.untrusted import copy_plain
from genoteca.sdk.requests import AnnotateRequest
from genoteca.sdk.resources import Paths

__all__ = ["answer_in_a_box"]

MEGABYTE = 1_000_000
WORKING = 0.9
"""Share of the progress that is the script's; taking its answer is the rest."""


def answer_in_a_box(module: Path, request: AnnotateRequest, box: Box | None = None) -> Answer:
    """Run the module's script on one sample, and take its answer. `box`: None is the best of this system.

    Raises:
        ModuleError: the module's environment is not there.
        RunError: the script failed, or took more than it may.
        CheckError: its answer is not as it must be.

    """
    manifest, isolated = request.manifest, told_isolated(request.manifest)
    context = dg.AssetExecutionContext.get()
    paths: Paths = context.resources.genoteca_paths
    box = box_here() if box is None else box
    folder = fill_folder(
        paths.scratch(),
        manifest,
        isolated,
        module=module,
        tables=request.sample_tables,
        settings=request.settings,
        linked=box.closed,
    )
    heard, ended = _run(context, folder, module, request, isolated, box)
    facts = _facts(heard, ended, box)
    if heard.untestable:
        return replace(_nothing(request), untestable=heard.untestable, told=facts)
    request.progress(WORKING, "Checking what it found")
    name = f"annotations.{isolated.tables}"
    try:
        taken = copy_plain(folder.output / name, folder.root / name, most=isolated.output_mb * MEGABYTE)
    except DatasetError as error:
        raise CheckError(
            f"{isolated.script} left no answer: {error.message}", title="The module gave no answer", hint=HINT
        ) from error
    return replace(take_answer(taken, manifest, request.sample_tables), told=facts)


def _run(
    context: Any, folder: RunFolder, module: Path, request: AnnotateRequest, isolated: Isolated, box: Box
) -> tuple[Heard, Ended]:
    environment = context.resources.genoteca_paths.environment(request.manifest)
    messages = Messages(
        folder.output / "messages.jsonl", lambda fraction, text: request.progress(fraction * WORKING, text)
    )
    injector = PlainContext(folder.input / "context.json")
    # Dagster would ask for the verdict of every check: of what nobody could look at there is none. The answer itself
    # is asked for in any case.
    vars(context.op_execution_context)["set_requires_typed_event_stream"] = lambda **_: None
    with dg.open_pipes_session(context.op_execution_context, injector, messages) as session:
        script = Script(
            path=module / isolated.script,
            module=module,
            site=environment.site,
            interpreter=environment.interpreter,
            library=folder.library,
            input=folder.input,
            output=folder.output,
            network=request.settings.get(ALLOW_NETWORK) is True,
            variables=session.get_bootstrap_env_vars(),
        )
        limits = Limits(memory_mb=isolated.memory_mb, seconds=isolated.seconds, output_mb=isolated.output_mb)
        ended = run_script(script, box, limits, each_beat=messages.listen)
    return messages.heard, ended


def _facts(heard: Heard, ended: Ended, box: Box) -> dict[str, JsonValue]:
    """Give what the answer's record keeps of the run; counts and words of the module, never a genotype."""
    return {
        "box": box.value,
        "script_seconds": ended.seconds,
        "script_peak_memory_mb": round(ended.peak_memory_mb, 1),
        "messages_not_understood": heard.not_understood,
        "told": dict(heard.facts),
    }


def _nothing(request: AnnotateRequest) -> Answer:
    table = pl.DataFrame(schema=polars_schema((*ANNOTATIONS, *request.manifest.columns)))
    return answer_of(table, promised=0, evidence=table["evidence"], sites=0, agreement=None, unusable={})
