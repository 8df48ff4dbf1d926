"""What Dagster shows of a dataset: never a genotype, and no path outside the data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from genoteca.model.record import Record
from genoteca.model.report import REPORT
from genoteca.sdk.closed import Gates, gates_told
from genoteca.settings import Layout

__all__ = ["told_of"]

CLOSED_COUNTS = "stay closed until they are opened in Genoteca"


def told_of(record: Record, record_file: Path, layout: Layout) -> dict[str, Any]:
    """Give the metadata of a materialization, from its record; what is not known is left out."""
    place = record_file if record.file is None else record_file.with_name(record.file)
    found: dict[str, Any] = {
        "place": place.relative_to(layout.home).as_posix(),
        "data version": record.data_version,
        "build": record.build,
        "release": record.release,
        "licence": record.licence,
        "outcome": None if record.outcome is None else str(record.outcome),
        "reason": record.reason,
        "intake": record.metadata.get("intake"),
        "waits to be taken": record.metadata.get("held"),
        **_counted(record),
        **_taken(record),
        **_fetched(record),
    }
    return {name: value for name, value in found.items() if value not in (None, "")}


def _counted(record: Record) -> dict[str, Any]:
    """Give the counts of a dataset, its size and checksum.

    Where single rows stay closed until the person asks, how many were looked up and no other number: beside those of
    a module's page, any other would tell how many are closed. Where all of it does, nothing: a sparse answer has as
    many rows as were found, and of a short list the size and the checksum tell what stands in it. So does the size of
    a report, which may ask although the answers that it is about do not.
    """
    if record.asset[-1] == REPORT:
        return {}
    gates = gates_told(record)
    if gates is Gates.WHOLE:
        return {"counts": CLOSED_COUNTS}
    if gates is Gates.ROWS:
        return {"dagster/row_count": record.rows or None, "sites": record.sites, "other counts": CLOSED_COUNTS}
    return {
        "dagster/row_count": record.rows,
        "bytes": record.bytes,
        "sha256": record.sha256,
        "sites": record.sites,
        "filtered": record.filtered or None,
        "evidence": record.evidence or None,
    }


def _taken(record: Record) -> dict[str, Any]:
    taken = record.metadata.get("taken")
    told = taken if isinstance(taken, dict) else {}
    return {
        "seconds": told.get("seconds"),
        "CPU seconds": told.get("cpu_seconds"),
        "peak memory (MB)": told.get("peak_memory_mb"),
    }


def _fetched(record: Record) -> dict[str, Any]:
    """Say what a reference was fetched from: how many files, with which checksums, downloaded or from the cache."""
    files = record.metadata.get("files")
    told = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    if not told:
        return {}
    remote = [file for file in told if "://" in str(file.get("url"))]
    cached = sum(bool(file.get("cached")) for file in remote)
    ways = {"downloaded": len(remote) - cached, "from the cache": cached, "on this computer": len(told) - len(remote)}
    return {
        "files": told,
        "file count": len(told),
        "publisher's checksums": {str(file["url"]): file["checksum"] for file in remote if file.get("checksum")}
        or None,
        "fetched": ", ".join(f"{count} {way}" for way, count in ways.items() if count),
        "bytes fetched": sum(size for file in told if isinstance(size := file.get("bytes"), int)),
        "bytes downloaded": record.metadata.get("bytes_downloaded"),
    }
