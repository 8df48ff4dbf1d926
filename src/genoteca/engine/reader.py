"""The reader of genome files, as the records of its tables name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genoteca.model.record import Record

__all__ = ["READER_VERSION", "read_by_an_older"]

READER_VERSION = 2
"""Raised when reading a file gives other tables: every sample is then out of date. Stands in `code_version`."""


def read_by_an_older(record: Record) -> bool:
    """Whether a table of a sample was made by an earlier version of the reader than this one."""
    version = record.code_version
    return not version.isdecimal() or int(version) < READER_VERSION
