"""The file a genome is read from: left where it lies, or kept once for everyone who is read from it."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

from genoteca.actions.views import AddSample
from genoteca.errors import DataFolderError
from genoteca.model.intake import FileFacts
from genoteca.model.sample import SampleId, SampleKind, SourceFile
from genoteca.settings import Layout

__all__ = ["keep_file"]


def keep_file(
    layout: Layout, samples: Sequence[SampleId], request: AddSample, facts: FileFacts
) -> dict[SampleId, SourceFile]:
    """Give every sample its source file.

    A file that is read where it lies is shared. An upload moves into the data folder; for several people each sample
    has a name of its own for the same bytes (a hard link), so that deleting one never breaks another. A disk without
    such links holds a copy each.

    Raises:
        DataFolderError: the file could not be moved or copied; nothing is left of it in the samples' folders.

    """
    path = Path(request.path)
    if not request.copy_file:
        where = {sample: path.resolve() for sample in samples}
    else:
        where = {sample: _place(layout, sample, facts) for sample in samples}
        _share(path, list(where.values()))
    return {
        sample: SourceFile(
            path=str(place),
            name=request.name or path.name,
            kept="copy" if request.copy_file else "in place",
            bytes=facts.bytes,
            samples=facts.people,
            member=facts.member,
        )
        for sample, place in where.items()
    }


def _place(layout: Layout, sample: SampleId, facts: FileFacts) -> Path:
    """Choose a path. The name a browser gives is shown, never used as a path."""
    folder = layout.sample(sample.user, sample.sample) / "source"
    kind = "txt" if facts.kind is SampleKind.ARRAY else "vcf"
    plain = facts.kind is SampleKind.ARRAY or facts.format.startswith("VCF")
    known = {"none": kind, "gzip": f"{kind}.gz", "bgzip": f"{kind}.gz"} if plain else {}
    return folder / f"{uuid.uuid4().hex}.{'genome' if facts.member else known.get(facts.compression, 'genome')}"


def _share(path: Path, places: list[Path]) -> None:
    made: list[Path] = []
    try:
        for place in places:
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            made.append(place)
            if place == places[-1]:
                path.replace(place)
            else:
                _link(path, place)
            place.chmod(0o600)
    except OSError as error:
        for place in made:
            place.unlink(missing_ok=True)
        raise DataFolderError(
            f"{path.name} could not be kept in the data folder: {error.strerror or error}.",
            hint="Make room on the disk, or open the file where it lies, without a copy.",
        ) from error


def _link(path: Path, place: Path) -> None:
    try:
        place.hardlink_to(path)
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(path, place)
