"""ClinVar's module against a server that has only its archive left: an older release comes from there."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import genoteca_clinvar.source as clinvar
from genoteca.engine.fetching import Fetcher, Retries
from genoteca.errors import NotOfferedError
from genoteca.model.build import Build
from genoteca.sdk.local_resources import LocalPaths
from genoteca.sdk.requests import ReferenceRequest
from genoteca_clinvar.plugin import describe_module, make_reference

from .publisher import Publisher, publishing

FEW = Path(__file__).resolve().parents[2] / "plugins" / "clinvar" / "tests" / "few.vcf"
QUICK = Retries(attempts=2, first_pause=0.001, longest_pause=0.01)
RELEASE, FOLDER = "2026-02-26", "/pub/clinvar/vcf_GRCh38/archive_2.0/2026"


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    with publishing() as running:
        for part in clinvar.PARTS:
            name, body = f"{FOLDER}/clinvar_20260226{part}.vcf.gz", gzip.compress(FEW.read_bytes(), mtime=0)
            running.offer(name, body)
            running.offer(f"{name}.md5", f"{hashlib.md5(body).hexdigest()}  /panfs/{name}\n".encode())  # noqa: S324
        here = tuple(one.replace("https://ftp.ncbi.nlm.nih.gov", running.address) for one in clinvar.ARCHIVE)
        monkeypatch.setattr(clinvar, "ARCHIVE", here)
        yield running


def request(folder: Path, release: str) -> ReferenceRequest:
    return ReferenceRequest(
        manifest=describe_module(),
        build=Build.GRCH38,
        fetch=Fetcher(
            folder, hosts=["127.0.0.1"], retries=Retries(attempts=2, first_pause=0.001, longest_pause=0.01)
        ),
        paths=LocalPaths.__new__(LocalPaths),
        settings={},
        scratch=folder,
        progress=lambda _fraction, _message: None,
        release=release,
    )


def test_an_older_release_comes_from_the_archive_and_one_that_is_gone_is_said_to_be(
    publisher: Publisher, tmp_path: Path
) -> None:
    with pytest.raises(NotOfferedError, match="2019-01-01 lies neither"):
        make_reference(request(tmp_path, "2019-01-01"))
    made = make_reference(request(tmp_path, RELEASE))
    assert made.release == RELEASE
    vcfs = [path for path, _ in publisher.requests if path.endswith(".vcf.gz") and "20260226" in path]
    assert vcfs[-1] == f"{FOLDER}/clinvar_20260226_papu.vcf.gz"
    asked = [path for path, _ in publisher.requests]
    assert asked.count("/pub/clinvar/vcf_GRCh38/clinvar_20260226.vcf.gz.md5") == 1  # not once more
