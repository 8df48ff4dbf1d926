"""Why a genome's file should be read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from genoteca.actions.look import Look
from genoteca.actions.view import Reason, ReasonKind
from genoteca.engine.capabilities import sequence_of
from genoteca.engine.limits import LimitChange, limit_changes, reference_limits, usual_reference_limits
from genoteca.engine.reader import READER_VERSION, read_by_an_older
from genoteca.errors import DatasetError
from genoteca.model.form import OWN_FORMS
from genoteca.model.quality import Quality
from genoteca.model.sample import SampleKind, Sex

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.record import Record
    from genoteca.model.sample import Sample
    from genoteca.sdk.resources import Stored

__all__ = ["limits_reason", "other_copies", "reading_reasons", "why_read_again"]


def why_read_again(app: App, sample: Sample) -> str:
    """Say why a genome's file should be read again, as part of a sentence; empty: it need not, or was never read.

    Raises:
        DatasetError: a record of it is damaged.

    """
    return "; ".join(one.words for one in reading_reasons(Look(app), sample))


def reading_reasons(look: Look, sample: Sample) -> list[Reason]:
    """Give every reason why a genome's file should be read again; none: it need not, or was never read.

    Raises:
        DatasetError: a record of it is damaged.

    """
    key = sample.id.key
    if key not in look.reading:
        variants = look.current(["sample", "variants"], key)
        look.reading[key] = [] if variants is None else list(_reasons(look, sample, variants))
    return look.reading[key]


def _reasons(look: Look, sample: Sample, variants: Stored) -> Iterator[Reason]:
    if read_by_an_older(variants.record):
        before, now = variants.record.code_version, str(READER_VERSION)
        words = f"Genoteca reads files better now than when this one was read (reader {before} → {now})"
        yield Reason(kind=ReasonKind.READER, words=words, before=before, after=now)
    yield from _other_columns(look, sample)
    yield from _other_limits(look, sample)
    if other_copies(sample, variants.record):
        before, now = str(sample.sex_at(variants.record.created)), str(sample.sex)
        words = f"the stated sex changed ({before} → {now})"
        yield Reason(kind=ReasonKind.SEX, words=words, before=before, after=now)
    if sample.kind is not SampleKind.ARRAY:  # without a REF there is nothing to compare or to align
        yield from _other_sequence(look, sample, variants)


def other_copies(sample: Sample, record: Record) -> bool:
    """Tell whether X and Y were read with another number of copies than the sex that is stated now has.

    Reading asks only whether there is one X; a file without a call on X or Y reads the same for everyone.
    """
    male = sample.sex is Sex.MALE, sample.sex_at(record.created) is Sex.MALE
    if male[0] == male[1]:
        return False
    figures = record.metadata.get("quality")
    if figures is None:
        return True
    quality = Quality.model_validate(figures)
    return bool(quality.structural_listed) or any(
        one.variants for one in quality.chromosomes if one.chrom in ("X", "Y")
    )


def _other_columns(look: Look, sample: Sample) -> Iterator[Reason]:
    """Say that this Genoteca gives a genome's tables other columns than they were written with."""
    for name in ("variants", "coverage", "structural"):
        stored = look.current(["sample", name], sample.id.key)
        made = stored.record.form if stored else ""
        if made and made != OWN_FORMS[name]:
            words = f"the columns of its {name} changed ({made} → {OWN_FORMS[name]})"
            yield Reason(kind=ReasonKind.COLUMNS, words=words, before=made, after=OWN_FORMS[name])


def _other_limits(look: Look, sample: Sample) -> Iterator[Reason]:
    """Say which limits changed from which a 0/0 counts as reference; looked at only where the file states any."""
    stored = look.current(["sample", "coverage"], sample.id.key)
    if stored is None or not stored.record.rows:
        return
    changes = limit_changes(stored.record, reference_limits(look.app.settings), usual_reference_limits())
    yield from limits_reason("its limits changed", changes)


def limits_reason(words: str, changes: Sequence[LimitChange]) -> Iterator[Reason]:
    """Give the reason that limits changed, where any did."""
    if changes:
        yield Reason(
            kind=ReasonKind.LIMITS,
            words=f"{words} ({', '.join(map(str, changes))})",
            before=", ".join(f"{one.name} {one.before}" for one in changes),
            after=", ".join(f"{one.name} {one.after}" for one in changes),
        )


def _other_sequence(look: Look, sample: Sample, variants: Stored) -> Iterator[Reason]:
    name = sequence_of(sample.build)
    try:
        now = look.capability(name)
    except DatasetError:  # the doctor tells of it; the genome is shown all the same
        return
    used = variants.record.inputs.get(name)
    if now is None or used == now.record.sha256:
        return
    words = f"it was read before the reference sequence of {sample.build} was there: nothing was compared with it"
    if used is not None:
        words = f"the reference sequence of {sample.build} is another one than it was read with"
    before, after = (used or "")[:12], now.record.sha256[:12]
    yield Reason(kind=ReasonKind.SEQUENCE, words=words, before=before, after=after)
