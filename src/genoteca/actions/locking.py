"""A lock file: every version and hash from which another computer makes a genome's results again, byte by byte."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from genoteca.actions.references import usable_modules
from genoteca.actions.tracing import AnswerTrace, SourceTrace, Trace, trace
from genoteca.engine import records
from genoteca.engine.capabilities import capability
from genoteca.engine.files import write_private
from genoteca.engine.limits import reference_limits, rules_of
from genoteca.engine.samples import read_sample
from genoteca.errors import InputError
from genoteca.model.report import REPORT
from genoteca.model.sample import CallLimits, SampleId
from genoteca.store.environment import app_version, app_versions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genoteca.actions.app import App

__all__ = ["Lock", "LockedModule", "LockedTable", "limits_of_settings", "lock", "read_lock", "write_lock"]

LIBRARIES = ("duckdb", "numpy", "polars", "pyarrow")
"""What writes the tables: another version may write the same rows in other bytes."""
OWN_TABLES = ("sample/variants", "sample/coverage", "sample/structural", "sample/lifted")
SHARED = ("chain:", "sequence:")


class _Locked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LockedModule(_Locked):
    """A module that was asked, or that another builds on or needs."""

    id: str
    version: str
    data_version: str
    digest: str
    """Of its contents as it was installed."""
    settings: dict[str, JsonValue] = Field(default_factory=dict)


class LockedTable(_Locked):
    """A table that is for everyone: a reference, a chain, a sequence."""

    module: str
    build: str | None = None
    release: str
    sha256: str
    files: list[dict[str, JsonValue]] = Field(default_factory=list)
    """Address and sha256 of each file that it was made of."""


class Lock(_Locked):
    """What a lock file holds."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    genoteca: str
    """Version of the app."""
    python: str
    libraries: dict[str, str]
    engine: str
    """As it is set: both engines give the same rows."""
    sample: str
    """`user/sample`."""
    source: SourceTrace
    settings: dict[str, JsonValue]
    """Those that hold for every genome, and decide what a file's silence and its 0/0 mean."""
    limits: CallLimits
    """Below which this genome's calls were marked."""
    modules: list[LockedModule]
    references: list[LockedTable]
    shared: dict[str, LockedTable] = Field(default_factory=dict)
    """By capability: chains and reference sequences that were used."""
    results: dict[str, str]
    """sha256 of every table that was made of the genome, by asset."""

    def text(self) -> str:
        """Write it, the same for the same."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"


def lock(app: App, key: str) -> Lock:
    """Give every version and hash that a genome's results were made with; of results that are up to date only.

    Raises:
        NotFoundError: there is no such sample.
        InputError: the genome was not read, nothing was asked, or an answer is out of date.
        DatasetError: a record is damaged.

    """
    traced, sample = trace(app, key), read_sample(app.layout, SampleId.parse(key))
    _require_up_to_date(traced)
    answers = [one for one in traced.answers if one.reference or one.table.inputs]
    rules = rules_of(app.settings, sample.limits).plain()
    tables = [*(one for one in traced.tables if one.asset in OWN_TABLES), *(one.table for one in answers)]
    shared = sorted({name for one in tables for name in one.inputs if name.startswith(SHARED)})
    held = {name: _shared(app, name) for name in shared}
    versions = app_versions(app.layout.modules)
    return Lock(
        genoteca=app_version(),
        python=platform.python_version(),
        libraries={name: versions[name] for name in LIBRARIES if name in versions},
        engine=app.settings.engine,
        sample=key,
        source=traced.source,
        settings=limits_of_settings(app),
        limits=CallLimits.model_validate({name: rules[name] for name in CallLimits.model_fields}),
        modules=_modules(app, answers, held.values()),
        references=[_reference(one) for one in answers if one.reference],
        shared=held,
        results={one.asset: one.sha256 for one in tables} | _reports(app, key, answers),
    )


def write_lock(app: App, key: str, path: Path) -> Path:
    """Write a lock file, for this user alone to read; gives where it is.

    Raises:
        NotFoundError: there is no such sample.
        InputError: as `lock`.
        DatasetError: a record is damaged.

    """
    write_private(path, lock(app, key).text())
    return path


def read_lock(path: Path) -> Lock:
    """Read a lock file.

    Raises:
        InputError: it is none, or one of a later version of Genoteca.

    """
    try:
        return Lock.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.", hint="`genoteca lock U/S -o FILE` writes one.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise InputError(
            f"{path.name} is no lock file of this version: {place}: {first['msg']}",
            title="This is not a lock file",
            hint="`genoteca lock U/S -o FILE` writes one; a later Genoteca may write another kind.",
        ) from error


def limits_of_settings(app: App) -> dict[str, JsonValue]:
    """Give the settings that hold for every genome and change what is read or answered."""
    told = reference_limits(app.settings)
    return {
        "min_reference_quality": told["reference_quality"],
        "min_reference_depth": told["reference_depth"],
        "infer_within": app.settings.infer_within,
    }


def _require_up_to_date(traced: Trace) -> None:
    if not traced.source.reader or not traced.answers:
        raise InputError(
            f"Nothing was looked up in {traced.sample} yet.",
            title="There is nothing to lock",
            hint=f"Run: genoteca annotate {traced.sample}",
        )
    old = [f"{one.module} ({one.reasons[0].words})" for one in traced.answers if one.reasons]
    if old:
        raise InputError(
            f"Out of date, so that today's versions would not give it: {'; '.join(old)}.",
            title="Not everything is up to date",
            hint=f"Run: genoteca update {traced.sample}. What waits or was kept: genoteca changes {traced.sample}",
        )


def _reports(app: App, key: str, answers: list[AnswerTrace]) -> dict[str, str]:
    """Give the sha256 of what was written in words from these answers, by asset."""
    found = {one.module: records.current(app.layout, [one.module, REPORT], key) for one in answers}
    return {f"{module}/{REPORT}": one.record.sha256 for module, one in found.items() if one}


def _modules(app: App, answers: list[AnswerTrace], shared: Iterable[LockedTable]) -> list[LockedModule]:
    found = {
        one.module: LockedModule(
            id=one.module,
            version=one.module_version,
            data_version=one.module_data_version,
            digest=one.digest,
            settings=one.settings,
        )
        for one in answers
    }
    usable = usable_modules(app.layout)
    for table in shared:
        if table.module in usable and table.module not in found:
            module = usable[table.module]
            version, data = module.sound_manifest().version, module.sound_manifest().data_version
            found[table.module] = LockedModule(id=module.id, version=version, data_version=data, digest=module.digest)
    return [found[name] for name in sorted(found)]


def _reference(answer: AnswerTrace) -> LockedTable:
    used = answer.reference
    if used is None:
        raise InputError(f"{answer.module} was looked up in no reference.", hint="Look it up again.")
    return LockedTable(
        module=answer.module, build=used.build, release=used.release, sha256=used.sha256, files=used.files
    )


def _shared(app: App, name: str) -> LockedTable:
    stored = capability(app.layout, name)
    if stored is None:
        raise InputError(f"{name} was used, and is not there any more.", hint="Install what provides it again.")
    record = stored.record
    release = record.release or record.data_version
    return LockedTable(module=record.asset[0], build=record.build, release=release, sha256=record.sha256)
