"""Answering a sample whose build the module has not: its sites are lifted, or for a sparse one the variants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl
from pydantic import JsonValue

from genoteca.annotate.answer import Answer
from genoteca.annotate.arrays import without_reference
from genoteca.annotate.combinations import opted
from genoteca.annotate.lifted_panel import LiftedPanel, lift_panel, panel_told_back
from genoteca.annotate.lifted_variants import oriented, variants_told_back
from genoteca.annotate.lifting import (
    LiftedSites,
    lift_alleles,
    lift_regions,
    lift_words,
    told_back,
    withheld,
    withheld_sites,
)
from genoteca.annotate.record_bases import RecordBases
from genoteca.errors import DatasetError
from genoteca.genome.lift import Bases, Lift, Reason
from genoteca.genome.sequence import ReferenceSequence
from genoteca.model.build import Build
from genoteca.sdk.chains import chains_between
from genoteca.sdk.panel_table import panel_from, panel_table
from genoteca.sdk.requests import AnnotateRequest
from genoteca.sdk.resources import Paths, Stored

__all__ = ["LiftedAnswer", "answer_lifted"]

Annotate = Callable[[AnnotateRequest], Answer]


@dataclass(frozen=True, kw_only=True, slots=True)
class LiftedAnswer:
    """An answer with LIFTED columns, what it was made of, and what became of the lift."""

    answer: Answer
    inputs: dict[str, str]
    """sha256 of the chains, of the reference sequence, and of the lifted variants, by name."""
    told: dict[str, JsonValue]
    """Kept in the record as `lifted`."""


@dataclass(kw_only=True, slots=True)
class _Work:
    request: AnnotateRequest
    annotate: Annotate
    paths: Paths
    source: Build
    target: Build
    scratch: Path
    inputs: dict[str, str] = field(default_factory=dict)

    def lift(self) -> Lift:
        """Open the chains to the sample's build."""
        chains = chains_between(self.source, self.target, self.paths)
        if not chains:
            raise DatasetError(
                f"There is no chain from {self.source} to {self.target}.",
                hint="Annotate again: the module that provides the chains fetches them first.",
            )
        self.inputs |= {name: stored.record.sha256 for name, stored in chains.items()}
        return Lift([stored.path for stored in chains.values()])

    def bases(self) -> tuple[Bases, bool]:
        """Give what tells the bases of the sample's build: the reference sequence, else the sample's own records."""
        name = f"sequence:{self.target}"
        sequence = self.paths.capability(name)
        if sequence is None:
            return RecordBases(self.request.sample_tables.variants), False
        self.inputs[name] = sequence.record.sha256
        return sequence_bases(sequence, self.target), True

    def ask(self, path: Path) -> Answer:
        """Let the module's own function answer with another table."""
        reference = Stored(path=path, record=self.request.reference.record)
        return self.annotate(replace(self.request, reference=reference))


def answer_lifted(
    request: AnnotateRequest, annotate: Annotate, paths: Paths, *, partition: str, scratch: Path
) -> LiftedAnswer:
    """Answer a sample with a reference of another build.

    Raises:
        DatasetError: the chain, or the lifted variants, are not there.

    """
    source = Build(str(request.reference.record.build))
    work = _Work(
        request=request,
        annotate=annotate,
        paths=paths,
        source=source,
        target=request.sample_tables.build,
        scratch=scratch,
    )
    columns = set(pl.scan_parquet(request.reference.path).collect_schema().names())
    if "part" in columns:
        return _panel(work)
    if "start" in columns:
        return _regions(work)
    return _alleles(work) if request.manifest.dense else _variants(work, partition)


def sequence_bases(sequence: Stored, build: Build) -> Bases:
    """Open a reference sequence; a stretch with a base that it does not know is not known."""
    opened = ReferenceSequence(sequence.path, build)

    def bases(chrom: str, start: int, end: int) -> str:
        text = opened.bases(chrom, start, end)
        return "" if "N" in text else text

    return bases


def _alleles(work: _Work) -> LiftedAnswer:
    lift, (bases, whole) = work.lift(), work.bases()

    def lifted(without: list[int]) -> LiftedSites:
        return lift_alleles(
            work.request.reference.path,
            work.scratch / "lifted.parquet",
            lift,
            source=work.source,
            bases=bases,
            without=without,
        )

    sites = lifted([])
    answer = work.ask(sites.path)
    if unknown := _unknown(work, withheld(answer, sites)):
        sites = lifted(unknown)
        answer = work.ask(sites.path)
    counted = _compared(answer, sites.set_aside, whole=whole)
    return _told(work, told_back(counted, sites, dense=True), sites, whole=whole)


def _regions(work: _Work) -> LiftedAnswer:
    sites = lift_regions(
        work.request.reference.path, work.scratch / "lifted.parquet", work.lift(), source=work.source
    )
    return _told(work, told_back(work.ask(sites.path), sites, dense=False), sites, whole=True)


def _panel(work: _Work) -> LiftedAnswer:
    columns, settings = work.request.manifest.columns, work.request.settings
    on = frozenset(name for name, value in settings.items() if value is True)
    panel = opted(panel_from(work.request.reference.path, columns), on)
    lift, (bases, whole) = work.lift(), work.bases()

    def answered(without: list[int]) -> tuple[LiftedPanel, Answer]:
        made = lift_panel(panel, lift, source=work.source, bases=bases, without=without)
        path = work.scratch / "lifted.parquet"
        panel_table(made.panel, columns).write_parquet(path)
        return made, work.ask(path)

    made, answer = answered([])
    if unknown := _unknown(work, withheld_sites(answer, made.moved)):
        made, answer = answered(unknown)
    counted = _compared(answer, made.set_aside, whole=whole)
    return _told(work, panel_told_back(counted, made, lift_words()), made, whole=whole)


def _variants(work: _Work, partition: str) -> LiftedAnswer:
    lifted = work.paths.stored(["sample", "lifted"], partition)
    if lifted.record.build != work.source:
        raise DatasetError(
            f"The variants were lifted to {lifted.record.build}; {work.request.manifest.id} needs {work.source}."
        )
    path = work.scratch / "oriented.parquet"
    turned = oriented(lifted.path, work.request.reference.path, path)
    sequence = _sequence_of(lifted, work)
    tables = replace(work.request.sample_tables, variants=path, build=work.source, structural=None, sequence=sequence)
    answer = work.annotate(replace(work.request, sample_tables=tables))
    told: dict[str, JsonValue] = {
        "from": str(work.source),
        "what": "variants",
        "set_aside": lifted.record.metadata.get("set_aside"),
        "swapped_by_the_module": turned,
    }
    back = variants_told_back(answer, path, build=work.source)
    return LiftedAnswer(answer=back, inputs={"sample/lifted": lifted.record.sha256}, told=told)


def _sequence_of(lifted: Stored, work: _Work) -> Path | None:
    """Give the sequence of the module's build, if the lifted indels were left-aligned with it."""
    name = f"sequence:{work.source}"
    sequence = work.paths.capability(name)
    used = lifted.record.inputs.get(name)
    return sequence.path if sequence is not None and sequence.record.sha256 == used else None


def _unknown(work: _Work, sites: list[int]) -> list[int]:
    """An array names the alleles themselves: its answers do not hang on the reference of its build."""
    return [] if without_reference(work.request.sample_tables) else sites


def _compared(answer: Answer, set_aside: Mapping[str, int], *, whole: bool) -> Answer:
    """Count the sites whose alleles the sample's own records contradict: in a wrong build these are three in four."""
    against = 0 if whole else set_aside.get(str(Reason.MISMATCH), 0)
    return replace(answer, compared=answer.compared + against)


def _told(work: _Work, answer: Answer, lifted: LiftedSites | LiftedPanel, *, whole: bool) -> LiftedAnswer:
    marks = lifted.moved.select(pl.col("_flipped", "_swapped").sum()).row(0)
    told: dict[str, JsonValue] = {
        "from": str(work.source),
        "what": "sites",
        "lifted": len(lifted.moved),
        "flipped": marks[0],
        "swapped": marks[1],
        "set_aside": dict(lifted.set_aside),
        "reference_sequence": whole,
    }
    return LiftedAnswer(answer=answer, inputs=dict(work.inputs), told=told)
