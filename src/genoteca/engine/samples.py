"""`sample.json`: what is known of each sample, beside its tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from genoteca.engine.files import write_private
from genoteca.engine.sealing import seal, unsealed
from genoteca.errors import DatasetError, NotFoundError
from genoteca.model.sample import Sample, SampleId
from genoteca.settings import Layout

__all__ = ["all_samples", "read_sample", "write_sample"]


def read_sample(layout: Layout, sample: SampleId) -> Sample:
    """Read what is known of a sample.

    Raises:
        NotFoundError: there is no such sample.
        DatasetError: its file is damaged.

    """
    path = layout.sample(sample.user, sample.sample) / "sample.json"
    try:
        return _read(layout, path)
    except FileNotFoundError as error:
        known = ", ".join(known.id.key for known in all_samples(layout)) or "none yet"
        raise NotFoundError(f"There is no sample {sample.key}.", hint=f"Samples here: {known}.") from error
    except ValidationError as error:
        raise DatasetError(f"{path} is not a sample's file: {error}", hint="Add the genome again.") from error


def write_sample(layout: Layout, sample: Sample) -> None:
    """Write what is known of a sample, in one step."""
    path = layout.sample(sample.id.user, sample.id.sample) / "sample.json"
    write_private(path, seal(sample.model_dump_json(indent=1)))


def all_samples(layout: Layout) -> Iterator[Sample]:
    """Give every sample whose file can be read, by user and name."""
    for path in sorted(layout.users.glob("*/*/sample.json")):
        try:
            yield _read(layout, path)
        except (ValidationError, FileNotFoundError):
            continue


def _read(layout: Layout, path: Path) -> Sample:
    """Read a sample's file; of a genome file that is kept here only the name counts: the folder may have moved."""
    sample = Sample.model_validate_json(unsealed(path.read_bytes()))
    source = Path(sample.source.path)
    if sample.source.kept == "copy" and not source.is_relative_to(layout.home):
        here = layout.sample(sample.id.user, sample.id.sample) / "source" / source.name
        sample.source.path = str(here)
    return sample
