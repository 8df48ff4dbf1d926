"""A file that a module reads: what cannot be read of it is not the person's genome."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from genoteca.errors import GenomeFileError

__all__ = ["of_a_module"]


@contextmanager
def of_a_module() -> Iterator[None]:
    """Head an error of the readers of genome files in other words while a module's own file is read."""
    try:
        yield
    except GenomeFileError as error:
        error.title = "A file of this module cannot be read"
        raise
