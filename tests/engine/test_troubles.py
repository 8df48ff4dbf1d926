from __future__ import annotations

import errno

import polars as pl

from genoteca.engine.troubles import trouble_of
from genoteca.errors import FetchError


def wrapped(inner: BaseException) -> BaseException:
    """Wrap an error as Dagster does."""
    outer = RuntimeError("Error occurred while executing op")
    outer.__cause__ = inner
    return outer


def test_the_app_s_own_error_is_found_behind_others() -> None:
    told = trouble_of(wrapped(FetchError("no answer from example.org", hint="Try again.")))
    assert told["title"] == FetchError.title
    assert told["message"] == "no answer from example.org"
    assert told["hint"] == "Try again."
    assert "RuntimeError" in told["detail"]


def test_a_stranger_s_error_is_told_by_its_name_and_words() -> None:
    told = trouble_of(wrapped(ZeroDivisionError("division by zero")))
    assert told["message"] == "ZeroDivisionError: division by zero"


def test_a_full_disk_is_told_as_such_whoever_says_it() -> None:
    for error in (
        OSError(errno.ENOSPC, "No space left on device"),
        pl.exceptions.ComputeError("No space left on device (os error 28)"),
    ):
        assert trouble_of(wrapped(error))["title"] == "The disk is full"


def test_too_little_memory_is_told_as_such() -> None:
    assert trouble_of(MemoryError())["title"] == "Not enough memory"


def test_errors_that_name_each_other_in_a_circle_end() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert trouble_of(first)["message"] == "ValueError: b"


def test_an_unforeseen_error_in_reading_is_not_blamed_on_a_module() -> None:
    told = trouble_of(wrapped(ZeroDivisionError("division by zero")), ["sample/variants", "sample/coverage"])
    assert told["title"] == "Genoteca could not read this genome"
    assert "module" not in told["hint"]
