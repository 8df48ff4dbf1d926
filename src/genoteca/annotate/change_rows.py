"""The rows of one stretch of the genome that differ between two answers: matched, and put into kinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import polars as pl

from genoteca.annotate.carried import is_carried
from genoteca.model.change import AFTER, BEFORE, CHANGE, CLASSES, GATES, IDENTITY, PLACES, Change
from genoteca.model.column import GATE, Column
from genoteca.model.evidence import Evidence
from genoteca.model.scale import Scale

__all__ = ["Sheet", "class_rows", "told_rows"]

ALLELE = [column.name for column in IDENTITY]
ABOUT = ("trait", "title", "gene", "rsid")
"""Columns by which a module names what a row is about, the first that says something."""
KNOWN = [
    Evidence.CALLED.value,
    Evidence.PARTIAL.value,
    Evidence.OTHER_ALLELE.value,
    Evidence.REFERENCE.value,
    Evidence.INFERRED.value,
]
"""Answers about the person: what is concluded of a genotype without a difference is, too. Of a module that classifies
alleles only what is carried: the class of an allele that somebody has not says nothing of them."""
NUMBER = "_n"
"""Number of a row in its stretch."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """Where the columns that decide stand among those compared; -1: it is not among them."""

    values: int
    """How many columns are compared."""
    labels: tuple[str, ...]
    identity: tuple[int, ...]
    about: tuple[int, ...]
    evidence: int
    dosage: int
    classes: int
    stars: int
    gate: int
    scale: Scale | None

    @classmethod
    def of(cls, columns: Sequence[Column], identity: Sequence[str], scale: Scale | None) -> Self:
        """Look them up by name."""
        places = {column.name: number for number, column in enumerate(columns)}
        known = [places[name] for name in identity if name in places]
        classes = next((n for n, one in enumerate(columns) if scale and getattr(one, "scale", None) == scale), -1)
        return cls(
            values=len(columns),
            labels=tuple(column.label for column in columns),
            identity=tuple(known) if len(known) == len(identity) else (),
            about=tuple(places[name] for name in ABOUT if name in places),
            evidence=places.get("evidence", -1),
            dosage=places.get("dosage", -1),
            classes=classes,
            stars=places.get(scale.stars, -1) if scale else -1,
            gate=places.get(GATE, -1),
            scale=scale,
        )


def told_rows(before: pl.DataFrame, after: pl.DataFrame, sheet: Sheet) -> pl.DataFrame:
    """Give the rows that differ, as a table of changes has them.

    Both frames have what tells a site, and the compared values as `v0`, `v1` …, in any order. A row that stands in
    one of them more often than in the other is new, or gone, as often.
    """
    one, other = _alike(before, after)
    if one.select(pl.exclude(NUMBER)).equals(other.select(pl.exclude(NUMBER))):
        return _shaped(_joined(one.clear(), other.clear(), sheet), sheet)
    left, right = _differing(one, other)
    pairs = _pairs(left, right, _single(one, other, left), sheet)
    return _shaped(_joined(left, right, sheet, pairs), sheet)


def class_rows(rows: pl.DataFrame, sheet: Sheet) -> pl.DataFrame:
    """Pick from a table of changes what is kept for good: other classes or stars, and what came or went."""
    names = [column.name for column in CLASSES]
    if sheet.scale is None:
        return rows.select(names).clear()
    moved = pl.col("change").is_in([Change.NEW, Change.GONE])
    classed = pl.col("class_before").ne_missing(pl.col("class_after"))
    starred = pl.col("stars_before").ne_missing(pl.col("stars_after"))
    return rows.filter(moved | classed | starred).select(names)


def _alike(before: pl.DataFrame, after: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give both with the same types, and their rows numbered."""
    common = []
    for name, one in before.schema.items():
        other = after.schema[name]
        if one == other and not isinstance(one, pl.Enum | pl.Categorical):
            continue
        wide = pl.Float64 if one.is_float() or other.is_float() else pl.Int64
        common.append(pl.col(name).cast(wide if one.is_numeric() and other.is_numeric() else pl.String))
    first, second = (frame.with_columns(common).with_row_index(NUMBER) for frame in (before, after))
    return first, second


def _differing(one: pl.DataFrame, other: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give of each the rows that the other has not; of rows that are the same, as many as it lacks.

    Rows are told apart by a 64-bit hash of all that they say: that two of a stretch's 2^17 share one is as likely as
    one in a thousand million.
    """
    contents = pl.struct(pl.exclude(NUMBER)).hash(seed=1)
    first, second = (frame.select(contents).to_series() for frame in (one, other))
    if all(column.n_unique() == len(column) for column in (first, second)):
        return one.filter(~first.is_in(second.implode())), other.filter(~second.is_in(first.implode()))
    marked, marks = _marked(one, first), _marked(other, second)
    keys = ["_hash", "_again"]
    left, right = (one.join(two, on=keys, how="anti").drop(keys) for one, two in ((marked, marks), (marks, marked)))
    return left, right


def _marked(frame: pl.DataFrame, contents: pl.Series) -> pl.DataFrame:
    """Mark each row by its contents, and by how many of the same come before it."""
    return frame.with_columns(_hash=contents).with_columns(_again=pl.int_range(pl.len()).over("_hash"))


def _single(one: pl.DataFrame, other: pl.DataFrame, differing: pl.DataFrame) -> pl.DataFrame:
    """Give the alleles, among those of rows that differ, that have a single row in both."""
    asked = differing.select(ALLELE).unique()
    single = [
        frame.join(asked, on=ALLELE, how="semi", nulls_equal=True)
        .group_by(ALLELE)
        .len()
        .filter(pl.col("len") == 1)
        .select(ALLELE)
        for frame in (one, other)
    ]
    return single[0].join(single[1], on=ALLELE, how="semi", nulls_equal=True)


def _pairs(left: pl.DataFrame, right: pl.DataFrame, single: pl.DataFrame, sheet: Sheet) -> pl.DataFrame:
    """Say which rows that differ are about the same: by the module's own columns first, then by the allele alone.

    The allele alone tells where both answers have one row of it; and, of a module that names no columns, where only
    one row of it is left on either side. Rows of which nobody knows which is which are gone, and new.
    """
    known = _unique_pairs(left, right, [*ALLELE, *(f"v{number}" for number in sheet.identity)])
    if not sheet.identity:
        return known
    rest, others = (
        frame.join(known.select(pl.col(name).alias(NUMBER)), on=NUMBER, how="anti").join(
            single, on=ALLELE, how="semi", nulls_equal=True
        )
        for frame, name in ((left, "_left"), (right, "_right"))
    )
    return pl.concat([known, _unique_pairs(rest, others, ALLELE)])


def _unique_pairs(left: pl.DataFrame, right: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """Pair rows by columns, where one of each side has these values."""
    one, other = (
        frame.filter(pl.len().over(on) == 1).select(*on, pl.col(NUMBER).alias(name))
        for frame, name in ((left, "_left"), (right, "_right"))
    )
    return one.join(other, on=on, how="inner", nulls_equal=True).select("_left", "_right")


def _joined(left: pl.DataFrame, right: pl.DataFrame, sheet: Sheet, pairs: pl.DataFrame | None = None) -> pl.DataFrame:
    """Lay the rows side by side: `before_0` … and `after_0` …; `_kind` says on which side a row was."""
    if pairs is None:
        pairs = left.head(0).select(pl.col(NUMBER).alias("_left"), pl.col(NUMBER).alias("_right"))
    names = [f"v{number}" for number in range(sheet.values)]
    was = left.rename({f"v{number}": f"{BEFORE}{number}" for number in range(sheet.values)})
    now = right.rename({f"v{number}": f"{AFTER}{number}" for number in range(sheet.values)})
    stayed = (
        pairs.join(was.rename({NUMBER: "_left"}), on="_left")
        .join(now.rename({NUMBER: "_right"}).drop(ALLELE), on="_right")
        .drop("_left", "_right")
        .with_columns(_kind=pl.lit("stayed"))
    )
    gone = was.join(pairs, left_on=NUMBER, right_on="_left", how="anti").drop(NUMBER)
    new = now.join(pairs, left_on=NUMBER, right_on="_right", how="anti").drop(NUMBER)
    parts = [stayed, gone.with_columns(_kind=pl.lit("gone")), new.with_columns(_kind=pl.lit("new"))]
    order = [*ALLELE, "_kind", *(f"{when}{n[1:]}" for when in (BEFORE, AFTER) for n in names)]
    return pl.concat(parts, how="diagonal").select(order)


def _shaped(joined: pl.DataFrame, sheet: Sheet) -> pl.DataFrame:
    """Name each change, and keep of a row that stayed only the values that differ."""
    told = joined.with_columns(
        class_before=_value(BEFORE, sheet.classes, pl.String),
        class_after=_value(AFTER, sheet.classes, pl.String),
        stars_before=_value(BEFORE, sheet.stars, pl.UInt8),
        stars_after=_value(AFTER, sheet.stars, pl.UInt8),
        evidence_before=_value(BEFORE, sheet.evidence, pl.String),
        evidence_after=_value(AFTER, sheet.evidence, pl.String),
        gate=_gate(sheet),
        about=_first([pl.col(f"{when}{n}") for n in sheet.about for when in (AFTER, BEFORE)]),
    )
    named = told.with_columns(
        carried=_carried(sheet), change=_change(sheet.scale), level=_level(sheet.scale, "class_after")
    )
    placed = named.with_columns(place=pl.col("change").replace_strict(PLACES, return_dtype=pl.Int64))
    differs = _differs(sheet)
    moved = pl.col("_kind") != "stayed"
    kept = [
        pl.when(moved | differs[number]).then(pl.col(f"{when}{number}")).alias(f"{when}{number}")
        for number in range(sheet.values)
        for when in (BEFORE, AFTER)
    ]
    # which columns differ is told by both values, so it is read before they are thinned out
    worded = placed.with_columns(columns=_labels(sheet, differs)).with_columns(kept)
    names = [column.name for column in CHANGE]
    values = [f"{when}{number}" for when in (BEFORE, AFTER) for number in range(sheet.values)]
    return worded.select(*names, *values)


def _differs(sheet: Sheet) -> list[pl.Expr]:
    return [pl.col(f"{BEFORE}{n}").ne_missing(pl.col(f"{AFTER}{n}")) for n in range(sheet.values)]


def _labels(sheet: Sheet, differs: Sequence[pl.Expr]) -> pl.Expr:
    """Name the columns that differ, joined by `;`; null for a row that came or went."""
    words = [
        pl.when(one).then(pl.lit(label.replace(";", ","))) for one, label in zip(differs, sheet.labels, strict=True)
    ]
    joined = pl.concat_str(words, separator=";", ignore_nulls=True)
    return pl.when(pl.col("_kind") == "stayed").then(joined)


def _value(when: str, number: int, kind: type[pl.DataType]) -> pl.Expr:
    return pl.lit(None, kind) if number < 0 else pl.col(f"{when}{number}").cast(kind)


def _gate(sheet: Sheet) -> pl.Expr:
    """Name what a row stands behind: it is closed if it is in either answer.

    Where the gate itself is another one now, behind both: what was said before was behind the older one.
    """
    was, now = (_said(_value(when, sheet.gate, pl.String)) for when in (BEFORE, AFTER))
    both = pl.concat_str([was, now], separator=GATES)
    return pl.when(was != now).then(both).otherwise(pl.coalesce(now, was))


def _said(value: pl.Expr) -> pl.Expr:
    return pl.when(value != "").then(value)


def _first(values: Sequence[pl.Expr]) -> pl.Expr:
    """Give the first that says something."""
    texts = [one.cast(pl.String) for one in values]
    return pl.coalesce([_said(one) for one in texts]) if texts else pl.lit(None, pl.String)


def _carried(sheet: Sheet) -> pl.Expr:
    sides = [_is_about(sheet, *side) for side in ((BEFORE, "evidence_before"), (AFTER, "evidence_after"))]
    return sides[0] | sides[1]


def _is_about(sheet: Sheet, when: str, evidence: str) -> pl.Expr:
    told = pl.col(evidence)
    if sheet.scale is None:
        return told.is_in(KNOWN).fill_null(value=False)
    return is_carried(told, _value(when, sheet.dosage, pl.Int64))


def _level(scale: Scale | None, name: str) -> pl.Expr:
    places = scale.places if scale else {}
    if not places:
        return pl.lit(None, pl.Int64)
    return pl.col(name).replace_strict(places, default=None, return_dtype=pl.Int64)


def _change(scale: Scale | None) -> pl.Expr:
    """Name what became of each row."""
    was, now = _level(scale, "class_before"), _level(scale, "class_after")
    weighty = len(scale.weighty) if scale else 0
    return (
        pl.when(pl.col("_kind") == "new")
        .then(pl.lit(Change.NEW.value))
        .when(pl.col("_kind") == "gone")
        .then(pl.lit(Change.GONE.value))
        .when(pl.col("class_before").eq_missing(pl.col("class_after")))
        .then(pl.lit(Change.REST.value))
        .when((now < weighty) & (was.is_null() | (was >= weighty)))
        .then(pl.lit(Change.RAISED.value))
        .when(now < was)
        .then(pl.lit(Change.UP.value))
        .when(now > was)
        .then(pl.lit(Change.DOWN.value))
        .otherwise(pl.lit(Change.OTHER.value))
    )
