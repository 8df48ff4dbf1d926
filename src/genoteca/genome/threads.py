"""Threads that a reading would rather do without."""

from __future__ import annotations

import json

import polars as pl

from genoteca.settings import reading_threads

__all__ = ["one_thread"]


def one_thread() -> None:
    """Let Polars work in one thread of this process; a number that the user chose stays, and one that has begun.

    A genome is read in many small steps, one after the other, over blocks of some ten thousand records. Threads that
    wait for their share of each cost a tenth of the processor time, and nothing is done sooner on two cores.
    """
    # Polars has read the environment when it was imported; this lets it look again.
    pl.Config.load(json.dumps({"environment": {"POLARS_MAX_THREADS": reading_threads()}}))
