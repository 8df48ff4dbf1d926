"""Of what everything about a genome was made: file, reader, references, modules and runs, every version and hash.

What the screens say step by step (`actions.lineage`), what `genoteca lineage` prints and what a lock file holds is
taken from here. Nothing of what an answer says, or counts, is among it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import Field, JsonValue

from genoteca.actions.look import Look
from genoteca.actions.references import chosen_modules
from genoteca.actions.staleness import why_old
from genoteca.actions.view import Reason, View
from genoteca.engine import records
from genoteca.engine.kinship import MODULE_DIGEST
from genoteca.engine.limits import LIMITS
from genoteca.engine.samples import read_sample
from genoteca.errors import DatasetError
from genoteca.model.sample import Sample, SampleId, Sex

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.record import Record
    from genoteca.store.installed import InstalledModule

__all__ = ["AnswerTrace", "MadeOf", "ReferenceTrace", "SourceTrace", "TableTrace", "Trace", "reference_used", "trace"]

TABLES = ("source", "variants", "coverage", "structural", "lifted")
"""A genome's own tables, in the order in which they are made."""


class MadeOf(View):
    """The three versions of a table, apart: of its schema, of the code that made it, of the data it was made of."""

    schema_version: str
    """Its form, a digest of names and types of its columns; of answers the app's part, then the module's.
    Empty: it is no table."""
    code_version: str
    data_version: str


class TableTrace(View):
    """One stored table."""

    asset: str
    """Its key, joined with `/`."""
    sha256: str
    versions: MadeOf
    build: str | None = None
    run: str
    """The run that made it."""
    made: datetime
    inputs: dict[str, str] = Field(default_factory=dict)
    """sha256 of what it was made of, by asset or capability."""


class SourceTrace(View):
    """The file that a genome was read from, and how."""

    name: str
    sha256: str = ""
    """Empty: the file was never read to its end."""
    bytes: int
    member: str | None = None
    pick: str | None = None
    build: str
    kind: str
    sex: Sex
    decompose: bool = False
    reader: str = ""
    """Version of the reader; empty: not read."""
    limits: dict[str, JsonValue] = Field(default_factory=dict)
    """From which quality and depth the file's 0/0 counted as reference."""


class ReferenceTrace(View):
    """The table of a module that an answer was looked up in."""

    sha256: str
    release: str
    """The source's own name for it; empty: what came with the module."""
    commit: str = ""
    """Of a dataset of the Hub; empty: it is of none."""
    build: str | None = None
    there: bool = True
    """Whether the very table is still stored."""
    versions: MadeOf | None = None
    """None: it is not stored any more."""
    files: list[dict[str, JsonValue]] = Field(default_factory=list)
    """What it was made of: address, sha256 and bytes of each file, or of each table that came with the module."""
    run: str = ""
    made: datetime | None = None


class AnswerTrace(View):
    """One module's answer about the genome."""

    module: str
    title: str
    module_version: str
    module_data_version: str
    digest: str
    """Of the module's contents as it was installed."""
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    setting_titles: dict[str, str] = Field(default_factory=dict)
    """What the module calls its settings, by their names."""
    limits: dict[str, JsonValue] = Field(default_factory=dict)
    """Below which the genome's calls were marked."""
    reference: ReferenceTrace | None = None
    """None: nothing was looked up, as the genome cannot be tested."""
    requires: dict[str, str] = Field(default_factory=dict)
    """sha256 of the answers of other modules that it was made of, by module."""
    table: TableTrace
    reasons: list[Reason] = Field(default_factory=list)
    """Why it is out of date; none: it is not."""


class Trace(View):
    """Of what everything about one genome was made."""

    sample: str
    name: str
    source: SourceTrace
    tables: list[TableTrace] = Field(default_factory=list)
    answers: list[AnswerTrace] = Field(default_factory=list)
    """By title."""


def trace(app: App, key: str, module: str = "") -> Trace:
    """Say of what everything about a genome was made; of one module's answer and what it builds on, if it is named.

    Raises:
        NotFoundError: there is no such sample, or no such module is installed and usable.
        DatasetError: a record is damaged.

    """
    look, sample = Look(app), read_sample(app.layout, SampleId.parse(key))
    named = [one.id for one in chosen_modules(app.layout, [module])] if module else list(look.annotating)
    for one in named:
        needed = look.annotating[one].sound_manifest().requires
        named += [each for each in needed if each in look.annotating and each not in named]
    modules = [one for name, one in look.annotating.items() if name in named]
    answers = [_answer(look, sample, one) for one in modules]
    stored = [look.current(["sample", name], key) for name in TABLES]
    return Trace(
        sample=key,
        name=f"{sample.user_name} / {sample.sample_name}",
        source=_source(look, sample),
        tables=[_table(one.record) for one in stored if one],
        answers=sorted(filter(None, answers), key=lambda one: one.title.casefold()),
    )


def reference_used(app: App, module_id: str, record: Record) -> ReferenceTrace | None:
    """Say which of a module's references an answer was looked up in; None: in none."""
    used = record.inputs.get(f"{module_id}/reference")
    if used is None:
        return None
    found = _stored_reference(app, module_id, used)
    if found is None:
        return ReferenceTrace(sha256=used, release=record.release or record.data_version, there=False)
    files = _files(found)
    return ReferenceTrace(
        sha256=used,
        release=found.release or found.data_version,
        commit=next((commit for one in files if (commit := _commit(str(one.get("url"))))), ""),
        build=found.build,
        versions=_versions(found),
        files=files,
        run=found.run,
        made=found.created,
    )


def _stored_reference(app: App, module_id: str, digest: str) -> Record | None:
    """Find a reference by its sha256: among those in force, then among those kept beside them."""
    with suppress(DatasetError):  # a damaged one is the doctor's to tell of
        now = [one.record for one in records.for_everyone(app.layout, module_id)]
        if found := [one for one in now if one.sha256 == digest]:
            return found[0]
    with suppress(DatasetError):
        older = records.history(app.layout, [module_id, "reference"], None)
        return next((one for one in older if one.sha256 == digest), None)
    return None


def _source(look: Look, sample: Sample) -> SourceTrace:
    key = sample.id.key
    source, variants, coverage = (look.current(["sample", name], key) for name in ("source", "variants", "coverage"))
    limits = coverage.record.metadata.get(LIMITS) if coverage else None
    return SourceTrace(
        name=sample.source.name,
        sha256=source.record.sha256 if source else "",
        bytes=sample.source.bytes,
        member=sample.source.member,
        pick=sample.pick,
        build=str(sample.build),
        kind=str(sample.kind),
        sex=sample.sex_at(variants.record.created) if variants else sample.sex,
        decompose=sample.decompose,
        reader=variants.record.code_version if variants else "",
        limits=limits if isinstance(limits, dict) else {},
    )


def _answer(look: Look, sample: Sample, module: InstalledModule) -> AnswerTrace | None:
    stored = look.current([module.id, "annotations"], sample.id.key)
    if stored is None:
        return None
    record, manifest = stored.record, module.sound_manifest()
    made, limits = record.metadata, record.metadata.get(LIMITS)
    settings = made.get("settings")
    built_on = {name.partition("/")[0]: digest for name, digest in record.inputs.items() if _is_answer(name)}
    return AnswerTrace(
        module=module.id,
        title=manifest.title,
        module_version=str(made.get("module_version") or ""),
        module_data_version=str(made.get("module_data_version") or ""),
        digest=str(made.get(MODULE_DIGEST) or ""),
        settings=settings if isinstance(settings, dict) else {},
        setting_titles={name: one.title(name) for name, one in manifest.settings.items()},
        limits=limits if isinstance(limits, dict) else {},
        reference=reference_used(look.app, module.id, record),
        requires=built_on,
        table=_table(record),
        reasons=why_old(look.app, sample, module, stored, look),
    )


def _table(record: Record) -> TableTrace:
    return TableTrace(
        asset="/".join(record.asset),
        sha256=record.sha256,
        versions=_versions(record),
        build=record.build,
        run=record.run,
        made=record.created,
        inputs=record.inputs,
    )


def _versions(record: Record) -> MadeOf:
    return MadeOf(schema_version=record.form, code_version=record.code_version, data_version=record.data_version)


def _files(record: Record) -> list[dict[str, JsonValue]]:
    """Give what a reference was made of: files that were fetched, or tables that came with its module."""
    files, tables = record.metadata.get("files"), record.metadata.get("tables")
    if isinstance(files, list):
        told = [one for one in files if isinstance(one, dict)]
        return [{name: one[name] for name in ("url", "sha256", "bytes") if name in one} for one in told]
    return [{"url": name, "sha256": digest} for name, digest in tables.items()] if isinstance(tables, dict) else []


def _commit(url: str) -> str:
    """Take the commit out of the address of a file of the Hub; empty: it is none."""
    revision = url.partition("@")[2].partition("/")[0] if url.startswith("hf://") else ""
    return revision if len(revision) == 40 else ""


def _is_answer(name: str) -> bool:
    return name.endswith("/annotations")
