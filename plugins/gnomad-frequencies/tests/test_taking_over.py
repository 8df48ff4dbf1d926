"""A reference that grows by a chromosome: what is there is taken over, only what is new is fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from genoteca.sdk import Dataset, Fetched, Progress, ReferenceRequest, verify_published
from genoteca.sdk.local_resources import LocalFetch
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca_gnomad_frequencies import plugin, releases

if TYPE_CHECKING:
    from genoteca.sdk.materialized import Materialized

GenomeText = Callable[..., str]


class Recorded(LocalFetch):
    """Remembers what was fetched, and what was removed again."""

    def __init__(self, sources: dict[str, Path]) -> None:
        super().__init__(sources)
        self.asked: list[str] = []
        self.forgotten: list[str] = []
        self.room = 0

    def fetch(self, source: str, *, checksum: str = "", checksum_url: str = "", progress: Progress) -> Fetched:
        self.asked.append(source.rpartition("/")[2])
        return super().fetch(source, checksum=checksum, checksum_url=checksum_url, progress=progress)

    def require_room(self, sizes: Mapping[str, int]) -> None:
        self.room += sum(sizes.values())

    def forget(self, source: str) -> None:
        self.forgotten.append(source.rpartition("/")[2])


@pytest.fixture
def sources(sites: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Three chromosomes as if the publisher had them, by address."""
    listed, found = [], {}
    for chrom, start in (("2", 5000), ("21", 5_010_000), ("X", 20_000)):
        records = [
            f"chr{chrom} {start + 10 * place} . {'CA' if place % 3 else 'G'} {'C' if place % 3 else 'T'} . PASS "
            f"AC={place};AN=1000;AF={place / 1000};nhomalt=0"
            for place in range(300)
        ]
        published = releases.files_of("v4.1", "exomes")[chrom]
        path = sites.write(published.name, "v4", *records)
        digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        listed.append(replace(published, md5=digest))
        found[releases.MIRRORS["Google"] + published.path] = path
    monkeypatch.setattr(releases, "_listed", lambda: tuple(listed))
    return found


@pytest.fixture
def before(sources: dict[str, Path], genoteca_sample: MakeSample, genome_text: GenomeText) -> Materialized:
    """The reference of chromosomes 2 and 21."""
    text = genome_text("2 5000 G T 0/1", "21 5010000 G T 0/1")
    return materialize_module(plugin, genoteca_sample(text, kind="whole genome"), sources=sources)


def made_for(before: Materialized, fetch: Recorded, *chromosomes: str, **settings: str) -> Dataset:
    told = before.record("reference").metadata["settings"]
    assert isinstance(told, dict)
    request = ReferenceRequest(
        manifest=before.manifest,
        build=before.paths.tiny.sample.build,
        fetch=fetch,
        paths=before.paths,
        settings={**told, **settings},
        scratch=before.paths.scratch(),
        progress=lambda _fraction, _message: None,
        chromosomes=frozenset(chromosomes),
    )
    return plugin.make_reference(request)


def table(dataset: Dataset) -> pl.DataFrame:
    assert isinstance(dataset.table, Path)
    verify_published(dataset.table)
    return pl.read_parquet(dataset.table)


def test_only_the_new_chromosome_is_fetched_and_the_table_is_that_of_all(
    before: Materialized, sources: dict[str, Path]
) -> None:
    fetch, whole = Recorded(sources), Recorded(sources)
    grown = made_for(before, fetch, "X", "21")
    assert fetch.asked == fetch.forgotten == ["gnomad.exomes.v4.1.sites.chrX.vcf.bgz"]
    assert fetch.room == releases.files_of("v4.1", "exomes")["X"].bytes
    assert grown.metadata["chromosomes"] == ["2", "21", "X"]
    assert (grown.metadata["alleles_taken_over"], grown.metadata["alleles_kept"]) == (600, 300)
    at_once = made_for(before, whole, "2", "21", "X", mirror="Google", version="v4.1", source=" ")
    assert len(whole.asked) == 3
    assert_frame_equal(table(grown), table(at_once))


def test_what_has_all_chromosomes_is_made_anew_when_somebody_asks(
    before: Materialized, sources: dict[str, Path]
) -> None:
    fetch = Recorded(sources)
    assert made_for(before, fetch, "21").metadata["alleles_taken_over"] == 0
    assert fetch.asked == ["gnomad.exomes.v4.1.sites.chr21.vcf.bgz"]


def test_nothing_is_taken_over_from_another_release(before: Materialized, sources: dict[str, Path]) -> None:
    fetch = Recorded(sources)
    with pytest.raises(Exception, match="has no genomes"):
        made_for(before, fetch, "21", "X", data="genomes")
    assert fetch.asked == []
