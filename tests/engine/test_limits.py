from __future__ import annotations

from datetime import UTC, datetime

from genoteca.engine.limits import changed_limits, reference_limits, rules_of, usual_reference_limits
from genoteca.model.record import Record
from genoteca.model.rules import Rules
from genoteca.model.sample import CallLimits
from genoteca.settings import Settings


def _record(**metadata: object) -> Record:
    return Record.model_validate(
        {
            "asset": ["x", "annotations"],
            "partition": "a/b",
            "run": "r",
            "created": datetime.now(UTC),
            "file": None,
            "rows": 0,
            "bytes": 0,
            "sha256": "",
            "code_version": "1",
            "data_version": "1",
            "metadata": metadata,
        }
    )


def test_a_sample_s_own_limits_stand_above_those_of_the_settings(settings: Settings) -> None:
    settings = settings.model_copy(update={"min_depth": 8, "min_quality": 30.0, "infer_within": 5000})
    rules = rules_of(settings, CallLimits(min_depth=0, failing=("low",), min_balance=0.2))
    assert rules == Rules(min_quality=30, min_depth=0, min_balance=0.2, failing=("low",), infer_within=5000)


def test_every_changed_limit_is_named_with_both_values() -> None:
    made_with = Rules(min_depth=5).plain()
    now = Rules(min_genotype_quality=20, failing=("low", "deep")).plain()
    told = changed_limits(_record(limits=made_with), now, Rules().plain())
    assert told == "depth 5 → 0, genotype quality 0 → 20, filters that count all → low, deep"
    assert changed_limits(_record(limits=now), now, Rules().plain()) == ""


def test_a_record_without_limits_counts_as_made_with_the_usual_ones(settings: Settings) -> None:
    assert changed_limits(_record(), Rules().plain(), Rules().plain()) == ""
    assert changed_limits(_record(), reference_limits(settings), usual_reference_limits()) == ""
    stricter = reference_limits(settings.model_copy(update={"min_reference_depth": 15}))
    assert changed_limits(_record(), stricter, usual_reference_limits()) == "depth for “no difference” 10 → 15"
