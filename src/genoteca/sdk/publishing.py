"""Publishing a reference: the table is written, looked at, and handed on with its checks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path

from pydantic import JsonValue

from genoteca.errors import DatasetError, ReferenceDataError
from genoteca.model.column import ANNOTATIONS, Column, ColumnType
from genoteca.model.module import ModuleManifest
from genoteca.sdk import verdicts
from genoteca.sdk.dataset import Dataset
from genoteca.sdk.noted_fetch import NotedFetch
from genoteca.sdk.parquet import as_parquet, facts
from genoteca.sdk.requests import ReferenceRequest

__all__ = ["CHECKS", "PUBLISHED", "checked_reference", "noted"]

CHECKS = {
    "schema": "Columns and types as declared.",
    "sorted": "Sorted as its joins need it, every row looked at.",
    "rows": "Not empty.",
}

HTTP_DATE = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
"""As servers write Last-Modified (https://www.rfc-editor.org/rfc/rfc9110#name-date-time-formats)."""

PUBLISHED: tuple[Column, ...] = (
    *(column for column in ANNOTATIONS if column.name in {"site", "key", "chrom", "pos", "ref", "alt"}),
    Column(
        name="infer",
        label="May be inferred",
        type=ColumnType.FLAG,
        description="The silence of a whole genome that lists differences only may mean the reference base here.",
    ),
    Column(
        name="always",
        label="Always shown",
        type=ColumnType.FLAG,
        description="The site has a row whatever is known of it, and is never inferred.",
    ),
)
"""What a published table of alleles starts with; the module's columns follow. Sorted by key, ref and alt."""


def checked_reference(
    manifest: ModuleManifest, dataset: Dataset, request: ReferenceRequest, verify: Callable[[Path], None] | None
) -> Dataset:
    """Write the table, look at all of it, and fill in what the manifest and the request know.

    `verify` raises ReferenceDataError for a table that is not as its joins need it; None: `verify_published`.

    Raises:
        ReferenceDataError: there is no table, or a check says no. Nothing is published then: a join with a reference
            that is not what it claims loses answers without a word.

    """
    path = as_parquet(dataset.table, request.scratch / "reference.parquet")
    found, count = facts(path)
    columns = tuple(dataset.columns) or (*PUBLISHED, *manifest.columns)
    checks = [
        verdicts.schema(columns, found, more_allowed=not dataset.columns),
        verdicts.sortedness(path, verify) if verify else verdicts.sortedness(path),
        verdicts.rows(count),
    ]
    if broken := [f"{check.name}: {check.description}" for check in checks if not check.passed]:
        raise ReferenceDataError(
            f"The reference of {manifest.id} was not published. {' '.join(broken)}",
            hint="Nothing was changed. This is for the module's author.",
        )
    return replace(
        dataset,
        table=path,
        columns=columns,
        build=dataset.build or request.build,
        data_version=dataset.data_version or manifest.data_version,
        licence=dataset.licence or manifest.licence.data,
        checks=[*checks, *dataset.checks],
    )


def noted(dataset: Dataset, request: ReferenceRequest, fetch: NotedFetch, release_line: str = "") -> Dataset:
    """Keep with a dataset what it was fetched from, and hold it to the release that was asked for.

    A release that is a publisher's Last-Modified is named by its day, in UTC. What the module says under `files` of
    its metadata stands beside what was noted of the same file; others (of a table that was completed) follow.

    Raises:
        ReferenceDataError: another release was made than was asked for.

    """
    release = _named_by_day(dataset.release)
    if request.release and release != request.release:
        raise ReferenceDataError(
            f"{request.manifest.title} {request.release} was asked for; the publisher has {release or 'another'}.",
            title="This release can no longer be fetched",
            hint=f"Use the newest release: genoteca modules release {request.manifest.id} --use newest.",
        )
    dataset.metadata |= _with_files_of_its_own(fetch.notes(), dataset.metadata.get("files"))
    if request.release:
        dataset.metadata |= _pinned_before(request)
    if release_line and "files" in dataset.metadata:
        dataset.metadata["release_line"] = release_line
    return replace(dataset, release=release)


def _pinned_before(request: ReferenceRequest) -> dict[str, JsonValue]:
    """Give what is asked for by its commit now, and was by a branch before: something newer would be there."""
    try:
        before = request.paths.reference(request.manifest.id, request.build).record.metadata
    except DatasetError:  # nothing is completed: an older release is fetched where there is none
        return {}
    return {"pinned": before["pinned"]} if "pinned" in before else {}


def _with_files_of_its_own(notes: dict[str, JsonValue], own: JsonValue) -> dict[str, JsonValue]:
    noted_files = notes.get("files")
    if not isinstance(noted_files, list) or not isinstance(own, list):
        return notes
    said = {file["sha256"]: file for file in own if isinstance(file, dict) and "sha256" in file}
    files = [said.pop(file["sha256"], {}) | file for file in noted_files if isinstance(file, dict)]
    return notes | {"files": [*files, *said.values()]}


def _named_by_day(release: str) -> str:
    return parsedate_to_datetime(release).date().isoformat() if HTTP_DATE.fullmatch(release) else release
