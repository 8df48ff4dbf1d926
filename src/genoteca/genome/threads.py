"""Threads that a reading would rather do without."""

from __future__ import annotations

import os

import polars as pl

__all__ = ["one_thread"]


def one_thread() -> None:
    """Let Polars work in one thread of this process; a number that the user chose stays, and one that has begun.

    A genome is read in many small steps, one after the other, over blocks of some ten thousand records. Threads that
    wait for their share of each cost a tenth of the processor time, and nothing is done sooner on two cores.
    """
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    pl.Config.load("{}")  # Polars has read the environment when it was imported; this lets it look again
