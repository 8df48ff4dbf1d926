"""What became of a just-dna module on its way in, for the one who decides whether to install it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["JustDnaReport"]


class JustDnaReport(BaseModel):
    """Counts and facts of one import. `rows_read` is `rows_kept` and the sum of `set_aside`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    """What was given; of the Hub with its commit."""
    form: str
    """`specification` or `compiled tables`."""
    name: str
    """Their name of it."""
    version: str
    build: str
    build_told_by: str
    positions: str
    """What says that positions are 1-based, in a sentence."""
    rows_read: int
    rows_kept: int
    set_aside: dict[str, int]
    sites: int
    genotypes: int
    """Genotypes described, all sites together."""
    undescribed: int
    """Genotypes possible at the sites, with two copies, that the module does not describe."""
    contradictions: int
    """Genotypes of which the module says different things in several rows; all of them are kept, marked."""
    shared: int
    """Sites whose rsID names several places; all of them are marked."""
    studies_read: int
    studies_kept: int
    other_tables: tuple[str, ...] = ()
    """Tables of the module that are of other kinds, and are not read."""
    notes: tuple[str, ...] = ()
    """What was changed or could not be proven, a sentence each."""
