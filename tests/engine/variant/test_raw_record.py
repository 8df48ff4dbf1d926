"""A record of the source file, found by its number in every kind of file; real ones are compared with bcftools."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.genome.packing import bgzip

from genoteca.engine.variant.raw_record import RawRecord, raw_record, require_same_file
from genoteca.errors import GenomeFileError, RunError

from .conftest import HEADER, sample_of

RECORDS = [
    "chr2\t100\trs1\tG\tA\t50\tPASS\tAC=1;DB\tGT:DP\t0/0:9\t0/1:30",
    "chr2\t200\t.\tC\tT\t.\tq10\t.\tGT:DP\t0/1:9\t1/1",
]
ARRAY = "# made by hand\n# rsid\tchromosome\tposition\tgenotype\nrs4988235\t2\t135851076\tAG\nrs9\t3\t7\t--\n"

Packed = Callable[[Path, bytes], str | None]


def plain(path: Path, text: bytes) -> None:
    path.write_bytes(text)


def gzipped(path: Path, text: bytes) -> None:
    path.write_bytes(gzip.compress(text))


def bgzipped(path: Path, text: bytes) -> None:
    path.write_bytes(bgzip(text))


def zipped(path: Path, text: bytes) -> str:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mine.vcf", text)
    return "mine.vcf"


def values(record: RawRecord, part: str) -> dict[str, str]:
    return {one.name: one.value for one in record.fields if one.part == part}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("packed", [plain, gzipped, bgzipped, zipped])
def test_a_record_is_found_by_its_number_however_the_file_is_packed(tmp_path: Path, packed: Packed, end: str) -> None:
    path = tmp_path / "genome"
    text = HEADER.replace("\n", end) + end.join(RECORDS)
    member = packed(path, text.encode())
    sample = sample_of(path, pick="me", member=member)
    record = raw_record(path, sample, 2, lambda _: None)
    assert (record.record, record.line, record.person) == (2, 9, "me")
    assert values(record, "place") == {
        "CHROM": "chr2",
        "POS": "200",
        "ID": ".",
        "REF": "C",
        "ALT": "T",
        "QUAL": ".",
        "FILTER": "q10",
    }
    assert values(record, "sample") == {"GT": "1/1", "DP": ""}
    assert values(record, "other") == {"mum": "0/1:9"}
    assert values(record, "info") == {}


def test_what_the_header_says_of_a_value_stands_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "genome.vcf"
    path.write_text(HEADER + "\n".join(RECORDS))
    record = raw_record(path, sample_of(path, pick="me"), 1, lambda _: None)
    told = {one.name: one.about for one in record.fields if one.part in ("info", "sample")}
    assert told == {"AC": "How often", "DB": "", "GT": "Genotype", "DP": 'Reads, "all" of them'}
    assert values(record, "info") == {"AC": "1", "DB": "yes"}


def test_a_row_of_an_array_is_found_after_its_comments(tmp_path: Path) -> None:
    path = tmp_path / "chip.txt"
    path.write_text(ARRAY)
    record = raw_record(path, sample_of(path), 1, lambda _: None)
    assert record.line == 3
    assert values(record, "sample") == {"Genotype": "AG"}
    assert values(record, "place") == {"Identifier": "rs4988235", "Chromosome": "2", "Position": "135851076"}


def test_the_columns_of_many_others_are_counted_and_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "genome.vcf"
    others = "".join(f"\tp{number}" for number in range(20))
    path.write_text(HEADER.replace("\tmum", others) + "chr2\t100\t.\tG\tA\t.\t.\t.\tGT" + "\t0/0" * 20 + "\t0/1\n")
    record = raw_record(path, sample_of(path, pick="me"), 1, lambda _: None)
    assert values(record, "other") == {}
    assert record.not_shown == 20
    assert values(record, "sample") == {"GT": "0/1"}


def test_a_record_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "genome.vcf"
    path.write_text(HEADER + "\n".join(RECORDS))
    with pytest.raises(GenomeFileError, match=r"has 2 records; record 3 was asked for"):
        raw_record(path, sample_of(path, pick="me"), 3, lambda _: None)


def test_looking_ends_when_it_is_wanted_no_more(tmp_path: Path) -> None:
    def unwanted(_fraction: float) -> None:
        raise RunError("not wanted")

    path = tmp_path / "genome.vcf"
    path.write_text(HEADER + "\n".join(RECORDS))
    with pytest.raises(RunError):
        raw_record(path, sample_of(path, pick="me"), 3, unwanted)


def test_a_file_that_is_gone_or_changed_is_not_read(tmp_path: Path) -> None:
    from genoteca.engine.files import sha256_of

    path = tmp_path / "genome.vcf"
    path.write_text(HEADER + "\n".join(RECORDS))
    sample, digest = sample_of(path), sha256_of(path)
    assert require_same_file(sample, digest) == path
    path.write_text(HEADER + "\n".join(RECORDS).replace("rs1", "rs2"))
    with pytest.raises(GenomeFileError) as changed:
        require_same_file(sample, digest)
    assert changed.value.title == "The genome file was changed"
    path.unlink()
    with pytest.raises(GenomeFileError) as gone:
        require_same_file(sample, digest)
    assert gone.value.title == "The genome file is gone"


@pytest.mark.real_data
@pytest.mark.parametrize(
    "name",
    [
        "02-sample-vcfs/PG_NA12878_hg38-chr21.vcf.gz",
        "02-sample-vcfs/NA12878_GATK_wholegenome_thinned.hg38.g.vcf.gz",
        "02-sample-vcfs/ashk-trio.vcf.gz",
        "02-sample-vcfs/x-chromosome.vcf",
        "01-vcf-conformance/polars-bio/bcf/multisample.bcf",
    ],
)
def test_a_real_record_is_the_one_that_bcftools_prints(shared_data: Path, name: str) -> None:
    bcftools, path = shutil.which("bcftools"), shared_data / name
    if bcftools is None or not path.exists():
        pytest.skip("bcftools or the real file is not here")
    done = subprocess.run([bcftools, "view", "-H", str(path)], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    people = subprocess.run([bcftools, "query", "-l", str(path)], capture_output=True, text=True, check=True)
    pick = people.stdout.split()[-1]
    for number in {1, (len(lines) + 1) // 2, len(lines)}:
        told = lines[number - 1].split("\t")
        record = raw_record(path, sample_of(path, pick=pick), number, lambda _: None)
        place = values(record, "place")
        assert [place[one] for one in ("CHROM", "POS", "ID", "REF", "ALT", "FILTER")] == [*told[:5], told[6]]
        assert place["QUAL"] == "." if told[5] == "." else float(place["QUAL"]) == float(told[5])
        own = dict(zip(told[8].split(":"), told[-1].split(":"), strict=False))
        assert values(record, "sample")["GT"] == own["GT"]
        assert values(record, "sample").keys() == set(told[8].split(":"))
