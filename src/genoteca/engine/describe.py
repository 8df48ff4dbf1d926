"""Looking at a module before it is used: in a child process, so that nothing it does reaches the app.

`python -m genoteca.engine.describe` reads `{module, others}` on its input and prints a `Description` as JSON.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from genoteca.engine.modules import ModuleRef
from genoteca.engine.watched import run_watched
from genoteca.errors import CheckError, GenotecaError, ManifestError
from genoteca.model.module import ModuleManifest
from genoteca.settings import Settings

if TYPE_CHECKING:
    from dagster import Definitions

    from genoteca.engine.loading import Loaded

__all__ = ["AssetDescription", "Description", "Problem", "describe"]

TIMEOUT = 60.0


class Plain(BaseModel):
    """A value that travels as JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AssetDescription(Plain):
    """One asset of a module."""

    key: list[str]
    deps: list[list[str]]
    code_version: str
    partitioned: bool
    columns: list[str] = Field(default_factory=list)


class Problem(Plain):
    """Why a module cannot be used."""

    title: str
    message: str
    hint: str = ""


class Description(Plain):
    """What a module is, or why it cannot be used."""

    manifest: ModuleManifest | None = None
    """With the columns and builds that it has under its settings."""
    assets: list[AssetDescription] = Field(default_factory=list)
    error: Problem | None = None
    unsettled: Problem | None = None
    """Why its columns cannot be told under its settings; the module itself is sound."""


class Question(Plain):
    """Which module to look at, beside which others."""

    module: ModuleRef
    others: list[ModuleRef] = Field(default_factory=list)


def describe(
    ref: ModuleRef,
    others: Sequence[ModuleRef] = (),
    *,
    settings: Settings | None = None,
    timeout: float = TIMEOUT,
    cancelled: Callable[[], bool] = lambda: False,
) -> Description:
    """Load a module with its neighbours in a child process; one that hangs, crashes, lies or is greedy has an error.

    Raises:
        InstallError: it was cancelled.

    """
    question = Question(module=ref, others=list(others)).model_dump_json()
    asked = settings or Settings()
    try:
        answer = run_watched(asked, "genoteca.engine.describe", question, timeout=timeout, cancelled=cancelled)
    except CheckError as error:
        return _bad(error.message, title=error.title, hint=error.hint)
    except subprocess.TimeoutExpired:
        return _bad(
            f"Loading {ref.id} did not end within {timeout:.0f} seconds.",
            title="The module hangs",
            hint="A module must import without asking for the network or the user. Tell its author.",
        )
    try:
        return Description.model_validate_json(answer.stdout)
    except ValidationError:
        last = answer.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        return _bad(
            f"Loading {ref.id} ended its process (exit code {answer.returncode}): {last[0]}",
            title="The module crashes",
            hint="Tell its author.",
        )


def look_at(question: Question) -> Description:
    """Load a module here and now, look at every rule, and merge it with its neighbours."""
    from genoteca.engine.loading import load_module, settled_manifest

    try:
        loaded = load_module(question.module)
        _require_rules(loaded)
        whole = _merged(loaded, question.others)
        assets = _assets(loaded, whole)
    except GenotecaError as error:
        return _bad(error.message, title=error.title, hint=error.hint)
    if loaded.manifest.columns_from == "manifest":
        return Description(manifest=loaded.manifest, assets=assets)
    try:
        return Description(manifest=settled_manifest(loaded), assets=assets)
    except GenotecaError as error:
        problem = Problem(title=error.title, message=error.message, hint=error.hint)
        return Description(manifest=loaded.manifest, assets=assets, unsettled=problem)


def _bad(message: str, *, title: str, hint: str) -> Description:
    return Description(error=Problem(title=title, message=message, hint=hint))


def _require_rules(loaded: Loaded) -> None:
    from genoteca.sdk.check import check_module

    broken = [found for found in check_module(loaded.plugin, folder=loaded.ref.folder) if not found.ok]
    if broken:
        raise CheckError(
            " ".join(found.message for found in broken),
            title=f"The module breaks a rule: {broken[0].rule}",
            hint=broken[0].hint,
        )


def _merged(loaded: Loaded, others: Sequence[ModuleRef]) -> Definitions:
    """Merge the module with those neighbours that load, and see that every dependency is made by someone."""
    from genoteca.engine.definitions import core_definitions, merged, unmade
    from genoteca.engine.loading import load_module
    from genoteca.engine.resources import Scope

    beside: list[Loaded] = []
    for other in others:
        try:
            beside.append(load_module(other))
        except GenotecaError:
            continue  # it has its own card, with its own reason
    whole = merged(core_definitions(Settings(), Scope()), [*beside, loaded])
    missing = unmade(whole, loaded)
    if missing:
        raise CheckError(
            f"{loaded.manifest.id} builds on {', '.join(missing)}, which nothing installed makes.",
            title="Another module is missing",
            hint=f"Install {', '.join(sorted({key.split('/')[0] for key in missing}))} first.",
        )
    return whole


def _assets(loaded: Loaded, whole: Definitions) -> list[AssetDescription]:
    graph = whole.resolve_asset_graph()
    found = []
    for node in graph.asset_nodes:
        if node.key.path[0] == loaded.manifest.id and node.is_materializable:
            schema = node.metadata.get("dagster/column_schema")
            found.append(
                AssetDescription(
                    key=list(node.key.path),
                    deps=sorted(list(parent.path) for parent in node.parent_keys),
                    code_version=node.code_version or "",
                    partitioned=node.is_partitioned,
                    columns=[one.name for one in getattr(getattr(schema, "value", schema), "columns", ())],
                )
            )
    return sorted(found, key=lambda asset: asset.key)


def main() -> None:
    """Answer the question on the input."""
    from genoteca.engine.speaking import take_output

    out = take_output()
    os.umask(0o077)
    try:
        described = look_at(Question.model_validate_json(sys.stdin.read()))
    except ValidationError as error:
        problem = ManifestError(str(error))
        described = _bad(problem.message, title=problem.title, hint=problem.hint)
    out.write(described.model_dump_json(by_alias=True))
    out.flush()
    # Threads that a module started must not keep the process alive.
    os._exit(0)


if __name__ == "__main__":
    main()
