"""Why a genome's file should be read again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from genoteca.engine import records
from genoteca.engine.capabilities import capability, sequence_of
from genoteca.engine.limits import changed_limits, reference_limits, usual_reference_limits
from genoteca.engine.reader import read_by_an_older
from genoteca.errors import DatasetError
from genoteca.model.quality import Quality
from genoteca.model.sample import SampleKind, Sex

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.record import Record
    from genoteca.model.sample import Sample
    from genoteca.sdk.resources import Stored

__all__ = ["other_copies", "why_read_again"]


def why_read_again(app: App, sample: Sample) -> str:
    """Say why a genome's file should be read again, as part of a sentence; empty: it need not, or was never read.

    Raises:
        DatasetError: a record of it is damaged.

    """
    variants = records.current(app.layout, ["sample", "variants"], sample.id.key)
    return "" if variants is None else "; ".join(_reasons(app, sample, variants))


def _reasons(app: App, sample: Sample, variants: Stored) -> Iterator[str]:
    if read_by_an_older(variants.record):
        yield "Genoteca reads files better now than when this one was read"
    if limits := _other_limits(app, sample):
        yield f"its limits changed ({limits})"
    if other_copies(sample, variants.record):
        yield f"the stated sex changed ({sample.sex_at(variants.record.created)} → {sample.sex})"
    if sample.kind is not SampleKind.ARRAY:  # without a REF there is nothing to compare or to align
        yield from _other_sequence(app, sample, variants)


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


def _other_limits(app: App, sample: Sample) -> str:
    """Say which limits changed from which a 0/0 counts as reference; looked at only where the file states any."""
    stored = records.current(app.layout, ["sample", "coverage"], sample.id.key)
    if stored is None or not stored.record.rows:
        return ""
    return changed_limits(stored.record, reference_limits(app.settings), usual_reference_limits())


def _other_sequence(app: App, sample: Sample, variants: Stored) -> Iterator[str]:
    name = sequence_of(sample.build)
    try:
        now = capability(app.layout, name)
    except DatasetError:  # the doctor tells of it; the genome is shown all the same
        return
    used = variants.record.inputs.get(name)
    if now is None or used == now.record.sha256:
        return
    if used is None:
        yield f"it was read before the reference sequence of {sample.build} was there: nothing was compared with it"
    else:
        yield f"the reference sequence of {sample.build} is another one than it was read with"
