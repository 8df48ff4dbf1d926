"""What a reference's record keeps of where it came from, without its module's doing."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest
from tests.sdk.modules import Plugin, manifest
from tests.sdk.test_assets import SITES

from genoteca.errors import ReferenceDataError
from genoteca.model.build import Build
from genoteca.sdk import Dataset, ReferenceRequest, publish_alleles, reference_asset
from genoteca.sdk.local_resources import LocalFetch
from genoteca.sdk.noted_fetch import NotedFetch
from genoteca.sdk.publishing import noted
from genoteca.sdk.testing import MakeSample, materialize_module

ADDRESS = "https://example.org/sites.vcf"
HUB = "hf://datasets/acme/sites@main/data/"
LINE = r"^##release=(.+)$"


def make(request: ReferenceRequest) -> Dataset:
    """Fetch in every way there is, and publish a table."""
    request.fetch.fetch(ADDRESS, checksum_url=f"{ADDRESS}.md5", progress=request.progress)
    request.fetch.fetch_all(
        [f"{request.fetch.pin(HUB, progress=request.progress)}1.parquet"], progress=request.progress
    )
    request.fetch.fetch(str(request.settings["own"]), progress=request.progress)
    return Dataset(table=publish_alleles(SITES), release="Thu, 26 Feb 2026 08:00:00 GMT")


def test_the_record_of_a_reference_names_every_file_and_how_it_was_asked_for(
    genoteca_sample: MakeSample, tmp_path: Path
) -> None:
    file = tmp_path / "sites.vcf"
    file.write_text("##release=7\n")
    digest = hashlib.md5(file.read_bytes()).hexdigest()  # noqa: S324 - the publisher's kind of checksum
    (tmp_path / "md5").write_text(f"{digest}  sites.vcf\n")
    told = manifest(
        permissions={"network": ["example.org", "huggingface.co"]},
        settings={"own": {"type": "text", "default": str(file)}},
    )
    reference = reference_asset(told, make=make, release_line=LINE, settings={"own": str(file)})
    assert dg.AssetKey([told.id, "publisher"]) in {dep.asset_key for dep in next(iter(reference.specs)).deps}
    pinned = HUB.replace("main", "0" * 40)
    sources = {ADDRESS: file, f"{ADDRESS}.md5": tmp_path / "md5", f"{pinned}1.parquet": file}
    made = materialize_module(
        Plugin(told=told, definitions=dg.Definitions(assets=[reference])), genoteca_sample(), sources=sources
    )
    record = made.record("reference")
    assert record.release == "2026-02-26"
    files: Any = record.metadata["files"]
    assert [one["url"] for one in files] == [ADDRESS, f"{pinned}1.parquet", "sites.vcf"]
    assert {one["sha256"] for one in files} == {hashlib.sha256(file.read_bytes()).hexdigest()}
    assert [one.get("checksum_url") for one in files] == [f"{ADDRESS}.md5", None, None]
    assert record.metadata["pinned"] == {pinned: HUB}
    assert record.metadata["release_line"] == LINE
    assert record.metadata["bytes_downloaded"] == 2 * file.stat().st_size
    assert str(tmp_path) not in str(files)


class Before:
    """A reference that was published before."""

    def reference(self, module_id: str, build: Build) -> Any:
        return SimpleNamespace(record=SimpleNamespace(metadata={"pinned": {"commit": "main"}}))


def test_another_release_than_was_asked_for_is_refused(tmp_path: Path) -> None:
    fetch = NotedFetch(LocalFetch({}), {})
    request = ReferenceRequest(
        manifest=manifest(),
        build=Build.GRCH38,
        fetch=fetch,
        paths=Before(),  # type: ignore[arg-type]
        settings={},
        scratch=tmp_path,
        progress=lambda _fraction, _message: None,
        release="2026-02-26",
    )
    same = noted(Dataset(table=None, release="Thu, 26 Feb 2026 08:00:00 GMT"), request, fetch)
    assert (same.release, same.metadata) == ("2026-02-26", {"pinned": {"commit": "main"}})
    with pytest.raises(ReferenceDataError, match="2026-02-26 was asked for; the publisher has 2026-03-05"):
        noted(Dataset(table=None, release="2026-03-05"), request, fetch)
