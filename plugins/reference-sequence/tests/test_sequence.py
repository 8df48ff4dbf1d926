from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from files import BASES, LENGTH, fasta, twobit, zipped

from genoteca.genome.sequence import ReferenceSequence
from genoteca.sdk import Build, Dataset, Fetched, Paths, Progress, ReferenceDataError, ReferenceRequest
from genoteca_reference_sequence.plugin import describe_module, make_sequence
from genoteca_reference_sequence.source import PUBLISHER

OTHER = "ACGT" * 4142 + "ACG"
"""As long as hg19's chrM, 16,571 bases."""


@dataclass
class Shelf:
    """Gives one local file for every address, and remembers what was asked."""

    file: Path
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def fetch(self, source: str, *, checksum: str = "", checksum_url: str = "", progress: Progress) -> Fetched:
        self.asked.append((source, checksum, checksum_url))
        progress(1.0, "there")
        size = self.file.stat().st_size
        return Fetched(path=self.file, sha256="0" * 64, bytes=size, url=source, from_cache=False, release="")


def make(file: Path, build: Build = Build.GRCH38, **settings: str) -> Dataset:
    request = ReferenceRequest(
        manifest=describe_module(),
        build=build,
        fetch=Shelf(file),
        paths=cast("Paths", None),
        settings={"source": str(file), **settings},
        scratch=file.parent,
        progress=lambda _fraction, _message: None,
    )
    return make_sequence(request)


def bases_of(made: Dataset) -> str:
    sequence = ReferenceSequence(cast("Path", made.table), cast("Build", made.build))
    assert sequence.chromosomes == ("MT",)
    return sequence.bases("MT", 1, LENGTH)


@pytest.mark.parametrize("width", [60, 61, LENGTH])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_fasta_is_read_whatever_its_lines(tmp_path: Path, width: int, end: str) -> None:
    path = fasta(tmp_path / "x.fa", {"MT dna:chromosome": BASES.lower()}, width=width, end=end)
    assert bases_of(make(path)) == BASES


@pytest.mark.parametrize("member", [1 << 30, 700])
def test_a_compressed_fasta_is_read_in_one_member_or_many(tmp_path: Path, member: int) -> None:
    path = zipped(fasta(tmp_path / "x.fa", {"chrUn": "ACGT", "chrM": BASES}), member=member)
    assert bases_of(make(path)) == BASES


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("version", [0, 1])
def test_a_2bit_file_is_read_in_either_byte_order_and_version(tmp_path: Path, order: str, version: int) -> None:
    path = twobit(tmp_path / "x.2bit", {"chrUn": "ACGTNNAC", "chrM": BASES, "c": "NN"}, order=order, version=version)
    assert bases_of(make(path)) == BASES


def test_a_2bit_file_of_many_parts_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genoteca_reference_sequence.twobit.PART", 4096)
    assert bases_of(make(twobit(tmp_path / "x.2bit", {"chrM": BASES}))) == BASES


def test_a_fasta_that_breaks_between_blocks_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for block in (7, 64, 1000):
        monkeypatch.setattr("genoteca_reference_sequence.contigs.BLOCK", block)
        path = fasta(tmp_path / "x.fa", {"chrUn_1 a>b": "ACGT" * 40, "NC_012920.1 rCRS": BASES, "last": "AC"})
        made = make(path)
        assert bases_of(made) == BASES
        assert sum(cast("dict[str, int]", made.metadata["set_aside"]).values()) == 2


def test_of_two_mitochondria_the_one_of_16569_bases_is_taken(tmp_path: Path) -> None:
    path = fasta(tmp_path / "hg19.fa", {"chrM": OTHER, "chrMT": BASES})
    made = make(path, Build.GRCH37)
    assert bases_of(made) == BASES
    (reason,) = cast("dict[str, int]", made.metadata["set_aside"])
    assert "16,571" in reason


def test_what_the_file_lacks_and_what_is_set_aside_is_said(tmp_path: Path) -> None:
    made = make(fasta(tmp_path / "x.fa", {"chr1_random": "ACGT", "MT": BASES, "CM000663.1": "A"}))
    assert made.metadata["chromosomes"] == ["MT"]
    assert cast("list[str]", made.metadata["missing"])[:2] == ["1", "2"]
    assert cast("dict[str, int]", made.metadata["set_aside"]) == {
        "contig is not one of the chromosomes 1-22, X, Y and MT": 1,
        "contig belongs to another genome build": 1,
    }
    assert made.metadata["provides"] == ["sequence:GRCh38"]


@pytest.mark.parametrize(
    ("contigs", "words"),
    [
        ({"chr21": "ACGT"}, "The chromosome 21 has 4 bases; in GRCh38 it has 46,709,983"),
        ({"chrM": OTHER}, "no chromosome of GRCh38"),
        ({"chrUn": "ACGT"}, "no chromosome of GRCh38"),
        ({"MT": BASES, "chrM": BASES}, "MT is there twice"),
    ],
)
def test_a_sequence_of_another_genome_is_refused(tmp_path: Path, contigs: dict[str, str], words: str) -> None:
    for path in (fasta(tmp_path / "x.fa", contigs), twobit(tmp_path / "x.2bit", contigs)):
        with pytest.raises(ReferenceDataError, match=words):
            make(path)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    whole = zipped(fasta(tmp_path / "x.fa", {"MT": BASES}))
    cut = tmp_path / "cut.fa.gz"
    cut.write_bytes(whole.read_bytes()[:-200])
    with pytest.raises(ReferenceDataError, match="damaged"):
        make(cut)
    two = twobit(tmp_path / "x.2bit", {"MT": BASES})
    two.write_bytes(two.read_bytes()[:-200])
    with pytest.raises(ReferenceDataError, match="ends too early"):
        make(two)
    other = tmp_path / "x.vcf"
    other.write_text("##fileformat=VCFv4.2\n")
    with pytest.raises(ReferenceDataError, match=r"neither a FASTA nor a \.2bit"):
        make(other)


@pytest.mark.parametrize("build", [Build.GRCH37, Build.GRCH38])
def test_the_publishers_file_is_asked_for_with_its_list_of_checksums(tmp_path: Path, build: Build) -> None:
    shelf = Shelf(fasta(tmp_path / "x.fa", {"MT": BASES}))
    request = ReferenceRequest(
        manifest=describe_module(),
        build=build,
        fetch=shelf,
        paths=cast("Paths", None),
        settings={"source": None, "checksum": None},
        scratch=tmp_path,
        progress=lambda _fraction, _message: None,
    )
    with pytest.raises(ReferenceDataError, match="lacks 1, 2, 3"):
        make_sequence(request)
    ((address, checksum, listed),) = shelf.asked
    assert (address, checksum) == (PUBLISHER[build].address, "")
    assert listed == address.rpartition("/")[0] + "/md5sum.txt"
    assert address.split("/")[2] in describe_module().permissions.network


def test_a_source_of_ones_own_may_have_both_builds_and_a_checksum(tmp_path: Path) -> None:
    fasta(tmp_path / "GRCh37.fa", {"MT": BASES})
    shelf = Shelf(tmp_path / "GRCh37.fa")
    request = ReferenceRequest(
        manifest=describe_module(),
        build=Build.GRCH37,
        fetch=shelf,
        paths=cast("Paths", None),
        settings={"source": f"{tmp_path}/{{build}}.fa", "checksum": "md5:x"},
        scratch=tmp_path,
        progress=lambda _fraction, _message: None,
    )
    assert make_sequence(request).release == "GRCh37.fa"
    assert shelf.asked == [(str(tmp_path / "GRCh37.fa"), "md5:x", "")]
