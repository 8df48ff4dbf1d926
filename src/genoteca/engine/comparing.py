"""Comparing two samples in a process of its own, so that the desktop's memory stays as it is.

`python -m genoteca.engine.comparing` reads what to compare on its input and speaks JSON lines: progress, then the
counts or an error. The table of differing rows lies in the cache, under a name made of all that it was made of.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genoteca.engine import records
from genoteca.engine.files import atomic_path, private_folder, sha256_of, write_private
from genoteca.engine.limits import rules_of
from genoteca.engine.process import run_speaking_child
from genoteca.engine.samples import read_sample
from genoteca.errors import DatasetError, GenotecaError, InputError, NotFoundError, RunError
from genoteca.model.comparison import Comparison
from genoteca.model.record import Record
from genoteca.model.sample import Sample, SampleId, SampleKind
from genoteca.sdk.resources import Stored
from genoteca.settings import Layout, Settings

if TYPE_CHECKING:
    from genoteca.annotate.comparing import Side

__all__ = ["compare_samples", "compared_before"]

COMPARE_VERSION = 1
"""Raised when a comparison of the same tables gives another answer."""
FOLDER = "compared"
CHILD = "genoteca.engine.comparing"
Progress = Callable[[float, str], None]


def compare_samples(settings: Settings, first: str, second: str, *, progress: Progress) -> Stored:
    """Compare two samples (`user/sample`) and give the table of differing rows, its counts in the record.

    Made once for the same tables, limits and sexes. What `progress` raises ends the work.

    Raises:
        NotFoundError: there is no such sample, or it was not read.
        InputError: they cannot be compared, with the reason.
        RunError: the process ended without an answer.

    """
    known = compared_before(settings, first, second)
    if known is not None:
        return known
    given = json.dumps({"first": first, "second": second})
    ended = run_speaking_child(settings, CHILD, given, partial(_hear, progress))
    if ended.returncode:
        raise RunError(f"The comparison ended with exit code {ended.returncode}.", hint=ended.stderr.strip()[-500:])
    made = compared_before(settings, first, second)
    if made is None:
        raise RunError("The comparison ended without an answer.", hint="Read both genomes again, and compare again.")
    return made


def compared_before(settings: Settings, first: str, second: str) -> Stored | None:
    """Give a comparison that was made of the very same tables; None: there is none.

    Raises:
        NotFoundError: there is no such sample, or it was not read.
        InputError: the two cannot be compared, with the reason.

    """
    path = _place(settings, first, second)
    try:
        record = Record.model_validate_json(path.with_suffix(".json").read_bytes())
    except FileNotFoundError:
        return None
    return Stored(path=path, record=record) if path.is_file() else None


def _hear(progress: Progress, line: str) -> None:
    told = json.loads(line)
    if error := told.get("error"):
        raise InputError(error["message"], title=error["title"], hint=error["hint"])
    progress(told["fraction"], told["message"])


def _place(settings: Settings, first: str, second: str) -> Path:
    """Give where a comparison lies: its name is a digest of everything that decides what it says."""
    layout = settings.layout
    samples = [read_sample(layout, SampleId.parse(key)) for key in (first, second)]
    lifted = _lifted(layout, *samples)
    parts: list[Any] = [COMPARE_VERSION, "" if lifted is None else lifted.record.sha256]
    for sample in samples:
        tables = (records.current(layout, ["sample", name], sample.id.key) for name in _TABLES)
        digests = [None if table is None else table.record.sha256 for table in tables]
        if None in digests[:2]:
            raise NotFoundError(f"{sample.id.key} was not read yet.", hint="Wait until it is read, or read it again.")
        rules = rules_of(settings, sample.limits).plain()
        parts += [sample.id.key, digests, sample.kind, sample.sex, sample.build, rules]
    name = sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:40]
    return layout.cache / FOLDER / f"{name}.parquet"


_TABLES = ("variants", "coverage", "structural")


def _lifted(layout: Layout, first: Sample, second: Sample) -> Stored | None:
    """Give the lifted variants of the one that can be compared in the other's build; None: both have one build.

    Raises:
        InputError: the builds differ and neither was lifted to the other's.

    """
    if first.build is second.build:
        return None
    for one, other in ((first, second), (second, first)):
        stored = records.current(layout, ["sample", "lifted"], one.id.key)
        variants = records.current(layout, ["sample", "variants"], one.id.key)
        if stored is None or variants is None or stored.record.build != other.build:
            continue
        if stored.record.inputs.get("sample/variants") == variants.record.sha256:
            return stored
    raise InputError(
        f"{first.sample_name} is of {first.build} and {second.sample_name} of {second.build}: the same position is "
        "another place of the genome, and neither was carried over to the other's build yet.",
        title="Two genome builds",
        hint="Annotate one of them with a module of the other build that lists whole genomes (gnomAD, Ensembl "
        "variation), with the module Liftover chains installed: its variants are lifted then, and can be compared.",
    )


def main() -> None:
    """Compare what the input names and tell of it, line by line."""
    os.umask(0o077)
    asked = json.loads(sys.stdin.read())
    settings = Settings()
    try:
        _compare(settings, asked["first"], asked["second"])
    except GenotecaError as error:
        _say(error={"title": error.title, "message": error.message, "hint": error.hint})


def _compare(settings: Settings, first: str, second: str) -> None:
    from genoteca.engine.resources import RunPaths, Scope

    target = _place(settings, first, second)
    private_folder(target.parent)
    paths = RunPaths(settings, Scope(run_id=f"compare-{os.getpid()}"))
    samples = [read_sample(settings.layout, SampleId.parse(key)) for key in (first, second)]
    lifted = _lifted(settings.layout, *samples)
    try:
        sides = [_side(paths, sample, lifted) for sample in samples]
        with tempfile.TemporaryDirectory(dir=private_folder(settings.layout.temporary), prefix="compare-") as scratch:
            made = _made(samples, sides, lifted, target, Path(scratch))
    finally:
        paths.remove_scratch()
    record = Record(
        asset=["sample", FOLDER],
        partition=None,
        run="",
        created=datetime.now(UTC),
        file=target.name,
        rows=made.differing,
        bytes=target.stat().st_size,
        sha256=sha256_of(target),
        code_version=str(COMPARE_VERSION),
        data_version="",
        build=made.build,
        metadata={"comparison": made.model_dump(mode="json")},
    )
    write_private(target.with_suffix(".json"), record.model_dump_json(indent=1))


def _side(paths: Any, sample: Sample, lifted: Stored | None) -> Side:
    from genoteca.annotate.comparing import Side

    own = lifted is not None and lifted.record.partition == sample.id.key
    variants = records.trusted(lifted).path if own and lifted is not None else None
    return Side(tables=paths.sample_tables(sample.id.key), variants=variants)


def _made(samples: list[Sample], sides: list[Side], lifted: Stored | None, target: Path, scratch: Path) -> Comparison:
    from genoteca.annotate.comparing import compare_genomes
    from genoteca.annotate.comparing_chips import compare_chips

    first, second = sides
    chips = all(sample.kind is SampleKind.ARRAY for sample in samples)
    if lifted is not None and any(sample.kind is SampleKind.ARRAY for sample in samples):
        raise InputError(
            "One of the two is a DNA chip's file of another genome build: it does not say which letter is the "
            "reference's, so that it cannot be carried over.",
            title="These two cannot be compared",
            hint="Ask the chip's maker for the raw data of the other build.",
        )
    with atomic_path(target) as beside:
        if chips:
            told = compare_chips(first, second, beside, progress=_progress)
        else:
            told = compare_genomes(first, second, beside, scratch=scratch, progress=_progress)
    key = "" if lifted is None else str(lifted.record.partition)
    build = next(sample.build for sample in samples if sample.id.key != key)
    aside = dict(told.set_aside)
    if lifted is not None:
        reasons = lifted.record.metadata.get("set_aside")
        for reason, number in _numbers(reasons):
            aside[f"variants of {key} that could not be lifted to {build}: {reason}"] = number
    return Comparison(
        first=samples[0].id.key,
        second=samples[1].id.key,
        build=build,
        lifted=key,
        letters=chips,
        counts={chrom: dict(counts) for chrom, counts in told.counts.items()},
        why={difference: dict(counts) for difference, counts in told.why.items()},
        set_aside={reason: number for reason, number in aside.items() if number},
        kinship=told.kinship,
    )


def _numbers(reasons: Any) -> Iterator[tuple[str, int]]:
    if not isinstance(reasons, dict):
        raise DatasetError(
            "The record of the lifted variants does not say what did not lift.", hint="Annotate again."
        )
    for reason, number in reasons.items():
        yield str(reason), int(number)


def _progress(fraction: float, message: str) -> None:
    _say(fraction=round(fraction, 4), message=message)


def _say(**values: Any) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
