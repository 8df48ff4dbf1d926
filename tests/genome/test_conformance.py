"""Every genome file of the shared data, walked: as other tools judge it, and nothing lost in any of them."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from genoteca.errors import GenomeFileError
from genoteca.genome.inspect import inspect_file
from genoteca.genome.sites import scan_sites
from genoteca.model.build import Build
from genoteca.model.sample import SampleKind

if TYPE_CHECKING:
    from tests.genome.conftest import Read, Reader

pytestmark = pytest.mark.real_data

# of the first, other tests here read what conforms, and what bcftools refuses; of the hostile ones, those that were
# generated are read one by one in `test_hostile_files`
FOLDERS = (
    pytest.param("01-vcf-conformance", marks=pytest.mark.long),
    pytest.param("09-hostile", marks=pytest.mark.long),
    "02-sample-vcfs",
    "07-dtc",
    "08-liftover",
    "09-hostile/real-malformed",
)
PAPERS = (".md", ".tsv", ".csi", ".tbi", ".fai", ".dict", "LICENSE")


def _expected(shared_data: Path) -> list[tuple[Path, str, str]]:
    """Path, what the specification expects (accept, refuse), and how bcftools 1.16 took it (clean, warn, error)."""
    folder = shared_data / "01-vcf-conformance"
    with (folder / "expected.tsv").open() as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [(folder / row["file"], row["expected"], row["bcftools1.16"]) for row in rows]


def _read(path: Path, read_file: Reader) -> Read:
    facts = inspect_file(path)
    member = facts.members[0] if facts.undecided else None
    facts = inspect_file(path, member) if member else facts
    pick = next(iter(facts.samples), None)
    return read_file(path, pick=pick, build=facts.build or Build.GRCH38, member=member)


def _lines_after_the_header(path: Path) -> int:
    data = path.read_bytes()
    data = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    lines = data.split(b"\n")
    last = next(place for place, line in enumerate(lines) if line.startswith(b"#CHROM"))
    return len(lines) - last - 1 - (lines[-1] == b"")


def test_every_file_that_conforms_is_accepted_with_every_record(shared_data: Path, read_file: Reader) -> None:
    wrong = []
    accepted = [path for path, expected, _ in _expected(shared_data) if expected == "accept"]
    for path in accepted:
        facts = inspect_file(path)
        if facts.kind is SampleKind.NO_GENOTYPES:
            with scan_sites(path, info=[]) as scan:
                list(scan.batches())
            read = scan.records_read
        else:
            intake = _read(path, read_file).intake
            assert intake.reconciles
            read = intake.records_read
        if read != _lines_after_the_header(path):
            wrong.append((path.name, read))
    assert wrong == []
    assert len(accepted) == 76


def test_every_file_that_bcftools_refuses_is_refused_or_reported(shared_data: Path, read_file: Reader) -> None:
    silent = []
    refused = [path for path, _, bcftools in _expected(shared_data) if bcftools == "error"]
    for path in refused:
        try:
            intake = _read(path, read_file).intake
        except GenomeFileError:
            continue
        if not intake.set_aside and not intake.warnings:
            silent.append(path.name)
    assert silent == []
    assert len(refused) == 53


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith(PAPERS):
            yield path


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_is_read_whole_or_refused_in_words(shared_data: Path, read_file: Reader, folder: str) -> None:
    wrong, read, refused = [], 0, 0
    for path in _files(shared_data / folder):
        try:
            found = _read(path, read_file)
        except GenomeFileError as error:
            refused += 1
            if not (error.message and error.hint and error.title):
                wrong.append((str(path), "refused without a hint"))
            continue
        read += 1
        intake = found.intake
        if not intake.reconciles:
            wrong.append((str(path), "does not reconcile"))
        if any(len(one.first_lines) == 0 for one in intake.set_aside.values()):
            wrong.append((str(path), "set aside without a line"))
        if (intake.rows, intake.coverage_rows) != (len(found.variants), len(found.coverage)):
            wrong.append((str(path), "rows"))
        if inspect_file(path).format.startswith("VCF") and intake.records_read != _told(path, intake.records_read):
            wrong.append((str(path), "lines"))
    assert wrong == []
    assert read + refused > 0


def _told(path: Path, otherwise: int) -> int:
    """Count the records by their lines, where the standard library can unpack the file."""
    try:
        return _lines_after_the_header(path)
    except (OSError, EOFError, zlib.error, StopIteration):
        return otherwise
