from __future__ import annotations

import gzip
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.genome.packing import tar_of, written, zip_of

from genoteca.errors import GenomeFileError
from genoteca.genome.inspect import inspect_file
from genoteca.genome.stream import GenomeText

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.genome.conftest import Reader

bcftools = pytest.importorskip("pysam.bcftools", reason="BCF cannot be read on this system")

HEADER = (
    "##contig=<ID=1,length=248956422>",
    "##contig=<ID=X,length=156040895>",
    "##contig=<ID=chrM,length=16569>",
    '##FILTER=<ID=q10,Description="Quality below 10">',
    '##INFO=<ID=END,Number=1,Type=Integer,Description="Last position">',
    '##ALT=<ID=NON_REF,Description="Any other allele">',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Allele depths">',
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">',
    '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Quality">',
    '##FORMAT=<ID=PS,Number=1,Type=Integer,Description="Phase set">',
)
RECORDS = (
    "1 100 rs1 A C 50 PASS . GT:AD:DP:GQ 0/1:10,12:22:99 1/1:0,9:9:30",
    "1 150 . A <NON_REF> . . END=199 GT:DP:GQ 0/0:30:60 ./.:.:.",
    "1 200 rs2;rs3 ACG A,T 12.5 q10 . GT:PS 1|2:200 0|1:200",
    "1 300 . A C . . . GT ./1 0/1",
    "1 400 . A *,G 30 PASS . GT:AD 1/2:0,5,6 0/2:5,0,6",
    "X 3000000 . G T 60 PASS . GT:GQ 1:99 0/1:50",
    "chrM 263 . A G 60 PASS . GT:AD 1:1,99 0:99,1",
    "1 500 . A . 60 PASS . GT:DP:GQ 0/0:30:60 0/0:9:9",
)


def _bcf(vcf: Path, target: Path, form: str) -> Path:
    bcftools.view("--no-version", form, "-o", str(target), str(vcf), catch_stdout=False)
    return target


@pytest.fixture
def vcf(write_vcf: Callable[..., Path]) -> Path:
    return write_vcf(*RECORDS, header=HEADER, samples=("Anna", "Ben"))


@pytest.fixture
def bcf(vcf: Path, tmp_path: Path) -> Path:
    return _bcf(vcf, tmp_path / "genome.bcf", "-Ob")


@pytest.mark.parametrize(("form", "packed"), [("-Ob", "bgzip"), ("-Ou", "bgzip"), ("-Ou", "none"), ("-Ou", "gzip")])
@pytest.mark.parametrize("person", ["Anna", "Ben"])
def test_a_bcf_gives_the_tables_of_its_vcf(
    vcf: Path, tmp_path: Path, read_file: Reader, form: str, packed: str, person: str
) -> None:
    path = _bcf(vcf, tmp_path / "genome.bcf", form)
    if packed != "bgzip":
        raw = gzip.decompress(path.read_bytes())
        path.write_bytes(raw if packed == "none" else gzip.compress(raw))
    facts = inspect_file(path)
    assert (facts.format, facts.compression, facts.samples) == ("BCF of VCF 4.2", packed, ["Anna", "Ben"])
    binary, text = (read_file(one, pick=person) for one in (path, vcf))
    assert binary.variants.equals(text.variants)
    assert binary.coverage.equals(text.coverage)
    assert binary.intake.model_copy(update={"header_lines": 0}) == text.intake.model_copy(update={"header_lines": 0})
    assert len(binary.variants) > 5


@pytest.mark.parametrize("pack", [zip_of, tar_of])
def test_a_bcf_in_an_archive_is_read_too(
    bcf: Path, tmp_path: Path, read_file: Reader, pack: Callable[..., bytes]
) -> None:
    path = written(tmp_path, pack({"genome.bcf": bcf.read_bytes(), "genome.bcf.csi": b"CSI\1"}))
    assert read_file(path, pick="Ben").variants.equals(read_file(bcf, pick="Ben").variants)


def test_bcf_2_1_is_read_and_says_so_of_what_it_cannot_say(bcf: Path, read_file: Reader, tmp_path: Path) -> None:
    data = bytearray(gzip.decompress(bcf.read_bytes()))
    data[4] = 1
    old = read_file(written(tmp_path, bytes(data)), pick="Ben")
    assert old.variants.equals(read_file(bcf, pick="Ben").variants)


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
@pytest.mark.parametrize("packed", [True, False])
def test_a_cut_bcf_is_refused_and_leaves_nothing(
    write_vcf: Callable[..., Path], tmp_path: Path, read_file: Reader, share: float, packed: bool
) -> None:
    many = (f"1 {n} . A C 50 PASS . GT:DP 0/1:{n} 1/1:{n + 1}" for n in range(1, 9000))
    data = _bcf(write_vcf(*many, header=HEADER, samples=("Anna", "Ben")), tmp_path / "g.bcf", "-Ob").read_bytes()
    data = data if packed else gzip.decompress(data)
    path = written(tmp_path, data[: int(share * len(data))], "cut.bcf")
    with pytest.raises(GenomeFileError, match=r"cut\.bcf is (a )?damaged or cut off") as caught:
        read_file(path, pick="Ben")
    assert caught.value.hint
    assert not list(tmp_path.glob("*.parquet*"))


def test_damage_is_refused_with_what_the_decoder_says(bcf: Path, tmp_path: Path) -> None:
    data = bytearray(gzip.decompress(bcf.read_bytes()))
    data[data.index(b"rs1") - 9 : data.index(b"rs1") - 1] = b"\xff" * 8
    with pytest.raises(GenomeFileError, match="damaged or cut off BCF file"):
        _text(written(tmp_path, bytes(data)))


def test_a_header_that_claims_everything_takes_no_memory(tmp_path: Path) -> None:
    with pytest.raises(GenomeFileError, match="claims 4,294,967,295 bytes"):
        _text(written(tmp_path, b"BCF\x02\x02\xff\xff\xff\xff" + bytes(100)))


def test_a_record_that_claims_everything_ends_the_decoder_only(bcf: Path, tmp_path: Path) -> None:
    data = gzip.decompress(bcf.read_bytes())
    header = 9 + int.from_bytes(data[5:9], "little")
    giant = data[:header] + b"\xf0\xff\xff\xff\xf0\xff\xff\xff" + bytes(1000)
    with pytest.raises(GenomeFileError, match="damaged or cut off BCF file"):
        _text(written(tmp_path, giant))


def test_other_versions_are_named(tmp_path: Path) -> None:
    with pytest.raises(GenomeFileError, match=r"BCF 2\.3"):
        _text(written(tmp_path, b"BCF\x02\x03" + bytes(100)))


def test_leaving_in_the_middle_ends_the_decoder(write_vcf: Callable[..., Path], tmp_path: Path) -> None:
    many = (f"1 {n} . A C 50 PASS . GT 0/1 1/1" for n in range(1, 90_000))
    path = _bcf(write_vcf(*many, header=HEADER, samples=("A", "B")), tmp_path / "g.bcf", "-Ob")
    with GenomeText(path) as text:
        text.header()
        next(text.blocks(1000))
        assert 0 < text.fraction <= 1
        child = text._bcf._child if text._bcf else None
    assert child is not None
    assert child.poll() is not None


def test_a_system_without_the_decoder_says_so(bcf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pysam", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(GenomeFileError, match="Windows") as caught:
        _text(bcf)
    assert "bcftools view" in caught.value.hint


def _text(path: Path) -> bytes:
    with GenomeText(path) as text:
        text.header()
        return b"".join(text.blocks())


@pytest.mark.real_data
def test_a_real_bcf_2_1_says_what_the_vcf_of_the_same_sites_says(shared_data: Path, read_file: Reader) -> None:
    folder = shared_data / "01-vcf-conformance" / "htsjdk" / "variant"
    binary, text = (read_file(folder / f"VcfThatLacksAnIndex.{end}", pick="NA12878") for end in ("bcf", "vcf"))
    assert binary.intake.records_read == binary.intake.records_kept == 12
    both = binary.variants.join(text.variants, on=["chrom", "pos", "ref", "alt"], how="inner")
    assert len(both) == 3
    for column in ("id", "qual", "genotype", "zygosity", "depth", "genotype_quality", "allele_depth"):
        assert both[column].equals(both[f"{column}_right"], check_names=False)
