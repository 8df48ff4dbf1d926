"""The user's limits, as calls are marked by them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import JsonValue

__all__ = ["Rules"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The user's limits. A call below one of them is marked `filtered`; it is never dropped."""

    min_quality: float = 0
    """QUAL, phred-scaled; a record without QUAL is not below any limit. The same holds for the next two."""
    min_depth: int = 0
    """Reads."""
    min_genotype_quality: int = 0
    """GQ, phred-scaled."""
    min_balance: float = 0
    """Share of the reads that each allele of a heterozygous call must have."""
    failing: tuple[str, ...] | None = None
    """Names in FILTER that count as a failure; None: every name but PASS."""
    infer_within: int = 10_000
    """Bases: how near a carried variant must lie before silence may mean the reference base."""

    def plain(self) -> dict[str, JsonValue]:
        """Give the limits as a record keeps them, so that a result made with others is seen to be out of date."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
