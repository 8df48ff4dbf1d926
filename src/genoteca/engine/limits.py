"""Which limits hold for a sample: its own, else those of the settings; and whether a table was made with others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from genoteca.model.rules import Rules
from genoteca.settings import Settings

if TYPE_CHECKING:
    from pydantic import JsonValue

    from genoteca.model.record import Record
    from genoteca.model.sample import CallLimits

__all__ = [
    "LIMITS",
    "LimitChange",
    "changed_limits",
    "limit_changes",
    "reference_limits",
    "rules_of",
    "usual_reference_limits",
]

LIMITS = "limits"
"""Name under which a record's metadata keeps the limits that its table was made with."""

_WORDS = {
    "min_quality": "quality",
    "min_depth": "depth",
    "min_genotype_quality": "genotype quality",
    "min_balance": "allele balance",
    "failing": "filters that count",
    "infer_within": "bases within which silence is read",
    "reference_quality": "genotype quality for “no difference”",
    "reference_depth": "depth for “no difference”",
}


def rules_of(settings: Settings, own: CallLimits) -> Rules:
    """Give the limits that a sample's calls are marked by."""
    told = own.model_dump(exclude_none=True)
    held = {name: getattr(settings, name) for name in ("min_quality", "min_depth", "min_genotype_quality")}
    return Rules(**{**held, "infer_within": settings.infer_within, **told})


def reference_limits(settings: Settings) -> dict[str, JsonValue]:
    """Give the limits from which a file's 0/0 counts as reference."""
    return {
        "reference_quality": settings.min_reference_quality,
        "reference_depth": settings.min_reference_depth,
    }


def usual_reference_limits() -> dict[str, JsonValue]:
    """Give the limits that held before they were kept with a table: those that the settings begin with."""
    fields = Settings.model_fields
    return {
        "reference_quality": fields["min_reference_quality"].default,
        "reference_depth": fields["min_reference_depth"].default,
    }


class LimitChange(NamedTuple):
    """One limit that is another one now, all in words."""

    name: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.name} {self.before} → {self.after}"


def changed_limits(record: Record, now: Mapping[str, JsonValue], before: Mapping[str, JsonValue]) -> str:
    """Say which limits are not those that a table was made with; empty: none.

    `before` holds for a record that was written before limits were kept.
    """
    return ", ".join(map(str, limit_changes(record, now, before)))


def limit_changes(record: Record, now: Mapping[str, JsonValue], before: Mapping[str, JsonValue]) -> list[LimitChange]:
    """Give the limits that are not those that a table was made with; `before` as `changed_limits` takes it."""
    kept = record.metadata.get(LIMITS)
    made_with = {**before, **kept} if isinstance(kept, dict) else before
    changed = [name for name, value in now.items() if made_with.get(name) != value]
    return [LimitChange(_WORDS[name], _said(made_with.get(name)), _said(now[name])) for name in changed]


def _said(value: JsonValue) -> str:
    if value is None:
        return "all"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
