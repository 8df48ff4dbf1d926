from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.genome.packing import bgzip

from genoteca.annotate.publish import publish_batches, verify_published
from genoteca.errors import GenomeFileError, ReferenceDataError
from genoteca.genome.site_header import InfoField, read_site_header
from genoteca.genome.site_records import SiteAccount, site_batches
from genoteca.model.build import Build

FIELDS = (
    '##INFO=<ID=AC,Number=A,Type=Integer,Description="Count, of \\"ALT\\"">',
    '##INFO=<ID=AF,Number=A,Type=Float,Description="Frequency">',
    '##INFO=<ID=AD,Number=R,Type=Integer,Description="Depths">',
    '##INFO=<ID=AN,Number=1,Type=Integer,Description="Number">',
    '##INFO=<ID=PL,Number=G,Type=Integer,Description="Likelihoods">',
    '##INFO=<ID=NAMES,Number=.,Type=String,Description="Names">',
    '##INFO=<ID=WORD,Number=1,Type=String,Description="A word">',
    '##INFO=<ID=pos,Number=1,Type=Integer,Description="Has a name of ours">',
    '##INFO=<ID=DB,Number=0,Type=Flag,Description="Listed">',
)
GRCH38 = ("##reference=GRCh38",)
Writer = Callable[..., Path]


def read(path: Path, *info: str | InfoField, **more: Any) -> tuple[pl.DataFrame, SiteAccount]:
    account = more.pop("account", SiteAccount())
    build = more.pop("build", Build.GRCH38)
    frames = list(site_batches(path, info=info, build=build, account=account, **more))
    account.require_sum()
    return pl.concat(frames) if frames else pl.DataFrame(), account


@pytest.fixture
def sites(write_vcf: Writer) -> Writer:
    """Write a file of sites of GRCh38 with the fields above."""
    return lambda *records, **more: write_vcf(*records, header=(*GRCH38, *FIELDS), samples=(), **more)


def test_a_header_tells_its_fields_filters_and_build(write_vcf: Writer) -> None:
    low = '##FILTER=<ID=AC0,Description="Allele count is zero">'
    header = read_site_header(write_vcf(header=(*GRCH38, *FIELDS, low), samples=()))
    assert [field.name for field in header.fields.values()][:3] == ["AC", "AF", "AD"]
    assert header.field("AC") == InfoField(name="AC", type="Integer", number="A", description='Count, of "ALT"')
    assert header.filters == {"AC0": "Allele count is zero"}
    assert header.build is Build.GRCH38
    assert [header.field(name).dtype for name in ("AF", "AD", "PL", "DB")] == [
        pl.Float64(), pl.Int64(), pl.String(), pl.Boolean(),
    ]  # fmt: skip


def test_every_alt_has_a_row_with_its_own_values(sites: Writer) -> None:
    path = sites(
        "chr1 100 rs1 a c,GT 12.5 AC0;LCR AC=3,4;AF=0.1,.;AD=9,3,4;AN=20;PL=1,2,3;NAMES=x,y;DB", "X 5 . C CA . PASS ."
    )
    table, account = read(path, "AC", "AF", "AD", "AN", "PL", "NAMES", "DB")
    assert table.columns[:7] == ["chrom", "pos", "ref", "alt", "id", "qual", "filter"]
    assert table.with_columns(pl.col("chrom").cast(pl.String)).rows() == [
        ("1", 100, "A", "C", "rs1", 12.5, "AC0;LCR", 3, 0.1, 3, 20, "1,2,3", "x,y", True),
        ("1", 100, "A", "GT", "rs1", 12.5, "AC0;LCR", 4, None, 4, 20, "1,2,3", "x,y", True),
        ("X", 5, "C", "CA", None, None, "PASS", None, None, None, None, None, None, False),
    ]
    assert (account.records_read, account.alleles_read, account.alleles_kept) == (2, 3, 3)
    assert not account.values_left_out


def test_alleles_stay_as_they_are_given(sites: Writer) -> None:
    table, _ = read(sites("13 32340300 . GTGG GGG,GTGGT . . ."))
    assert table.select("pos", "ref", "alt").rows() == [(32340300, "GTGG", "GGG"), (32340300, "GTGG", "GTGGT")]


def test_percent_signs_are_undone_once_and_commas_in_them_part_nothing(sites: Writer) -> None:
    table, _ = read(sites("1 1 . A C . . WORD=a%2cb%3Bc%253D%20;NAMES=x%2Cy,z"), "WORD", "NAMES")
    assert table.select("WORD", "NAMES").row(0) == ("a,b;c%3D%20", "x,y,z")


@pytest.mark.parametrize(
    ("record", "words", "field"),
    [
        ("1 1 . A C . . AC=1,2", "number of values", "AC"),
        ("1 1 . A C,G . . AF=0.1", "number of values", "AF"),
        ("1 1 . A C . . AD=5", "number of values", "AD"),
        ("1 1 . A C . . AC=1.5", "whole number", "AC"),
        ("1 1 . A C . . AF=often", "not a number", "AF"),
        ("1 1 . A C . . AN=7,8", "whole number", "AN"),
    ],
)
def test_a_value_that_is_not_what_the_header_says_is_null_and_counted(
    sites: Writer, record: str, words: str, field: str
) -> None:
    table, account = read(sites(record), field)
    assert table[field].null_count() == len(table)
    ((told, count),) = account.values_left_out.items()
    assert told.startswith(f"{field}: ")
    assert words in told
    assert count == len(table)


@pytest.mark.parametrize("cell", [".", "AN=.;AC=.;AF=.;AD=.", "AN;AC=;AF;AD=", "XAN=1;ANX=2"])
def test_what_is_absent_is_null_and_no_fault(sites: Writer, cell: str) -> None:
    table, account = read(sites(f"1 1 . A C,G . . {cell}"), "AN", "AC", "AF", "AD", "DB")
    assert table.select("AN", "AC", "AF", "AD", "DB").rows() == [(None, None, None, None, False)] * 2
    assert not account.values_left_out


def test_not_a_number_is_no_number(sites: Writer) -> None:
    assert read(sites("1 1 . A C . . AF=nan"), "AF")[0]["AF"].to_list() == [None]


def test_a_field_with_the_name_of_a_column_has_a_column_of_its_own(sites: Writer) -> None:
    table, _ = read(sites("1 1 . A C . . pos=77"), "pos")
    assert table.select("pos", "INFO_pos").row(0) == (1, 77)


def test_a_field_that_the_header_does_not_declare_is_refused_or_declared_by_the_caller(sites: Writer) -> None:
    path = sites("1 1 . A C . . OWN=5;ac=1")
    with pytest.raises(ReferenceDataError, match="declares no INFO field 'OWN'"):
        read(path, "OWN")
    with pytest.raises(ReferenceDataError) as told:
        read(path, "an")
    assert told.value.hint == "It declares: AN."
    assert read(path, InfoField(name="OWN", type="Integer", number="1"))[0]["OWN"].to_list() == [5]


@pytest.mark.parametrize(
    ("record", "words", "whole"),
    [
        ("1 100 . A <DEL> . . X", "symbolic", False),
        ("1 100 . A * . . X", "deleted", False),
        ("1 100 . A . . . X", "no ALT", False),
        ("1 100 . A N . . X", "A, C, G, T", False),
        ("1 100 . R A . . X", "REF", True),
        ("GL000192.1 100 . C A . . X", "contig", True),
        ("1 0 . C A . . X", "POS", True),
        ("1 248956422 . CA C . . X", "beyond", True),
        ("1 100 . C", "columns", True),
    ],
)
def test_what_is_no_allele_is_counted_by_its_reason(sites: Writer, record: str, words: str, whole: bool) -> None:
    table, account = read(sites(record, "2 5 . A C . . X"))
    assert len(table) == 1
    counted = account.records_set_aside if whole else account.alleles_set_aside
    ((reason, count),) = counted.items()
    assert words in reason
    assert count == 1
    assert account.set_aside == {reason: 1}


def test_only_the_chromosomes_that_are_asked_for_are_given_and_the_others_counted(sites: Writer) -> None:
    table, account = read(sites("1 5 . A C . . .", "2 5 . A C . . .", "chrM 5 . A C . . ."), chromosomes={"2", "MT"})
    assert table["chrom"].to_list() == ["2", "MT"]
    assert account.set_aside == {"on a chromosome that was not asked for": 1}


@pytest.mark.parametrize(
    ("header", "record"),
    [
        (("##contig=<ID=1,length=249250621>",), "1 5 . A C . . ."),
        (("##reference=GRCh37",), "1 5 . A C . . ."),
        ((), "NC_000001.10 5 . A C . . ."),
        # factor V Leiden at its position in GRCh37
        ((), "1 169519049 rs6025 T C . . ."),
        ((), "1 249000000 . A C . . ."),
        # CHM13's chromosome 1
        (("##contig=<ID=1,length=248387328>",), "1 5 . A C . . ."),
        (("##reference=GRCh37", "##assembly=GRCh38"), "1 5 . A C . . ."),
    ],
)
def test_a_file_of_another_build_never_becomes_a_reference(
    write_vcf: Writer, header: tuple[str, ...], record: str
) -> None:
    with pytest.raises(ReferenceDataError) as told:
        read(write_vcf(record, header=header, samples=()))
    assert told.value.title == "This file is of another genome build"


def test_how_the_build_is_known_is_told(write_vcf: Writer) -> None:
    _, account = read(write_vcf("1 169549811 rs6025 C T . . .", samples=()))
    assert account.build_shown
    assert account.build_evidence == ["genome.vcf: It lists rs6025 at 1:169549811, where GRCh38 has it."]
    _, account = read(write_vcf("1 5 . A C . . .", samples=()))
    assert not account.build_shown
    _, account = read(write_vcf("1 5 . A C . . .", header=GRCH38, samples=()))
    assert account.build_evidence == ["genome.vcf: The header says ##reference=GRCh38."]


def test_the_mitochondrion_of_one_build_serves_the_other_when_nothing_else_is_asked_for(write_vcf: Writer) -> None:
    header = (
        "##contig=<ID=chrM,length=16569,assembly=GRCh38>",
        "##contig=<ID=chr1,length=248956422,assembly=GRCh38>",
    )
    path = write_vcf("chrM 73 . A G . . .", "chr1 5 . A C . . .", header=header, samples=())
    table, account = read(path, build=Build.GRCH37, chromosomes={"MT"})
    assert table.select("pos", "alt").rows() == [(73, "G")]
    assert "same sequence" in account.build_evidence[0]
    with pytest.raises(ReferenceDataError):
        read(path, build=Build.GRCH37)
    other = write_vcf("chrM 73 . A G . . .", header=("##contig=<ID=chrM,length=16571,assembly=hg19>",), samples=())
    with pytest.raises(ReferenceDataError):
        read(other, build=Build.GRCH38, chromosomes={"MT"})


def test_a_file_that_ends_too_early_is_refused(sites: Writer, tmp_path: Path) -> None:
    text = sites(*(f"1 {pos} . A C . . AC={pos}" for pos in range(1, 60_000))).read_bytes()
    packed, cut = bgzip(text), tmp_path / "cut.vcf.gz"
    cut.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(GenomeFileError, match="cut off"):
        read(cut, "AC")
    cut.write_bytes(packed[:-28])
    with pytest.raises(GenomeFileError, match="is not whole"):
        read(cut, "AC")
    cut.write_bytes(gzip.compress(text)[:-9])
    with pytest.raises(GenomeFileError, match="cut off"):
        read(cut, "AC")


def test_a_text_without_its_last_line_end_is_told(sites: Writer) -> None:
    path = sites("1 5 . A C . . AC=1")
    path.write_bytes(path.read_bytes()[:-1])
    assert "cut off" in read(path, "AC")[1].warnings[0]


def test_a_bomb_is_refused(sites: Writer, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.vcf.gz"
    bomb.write_bytes(gzip.compress(sites().read_bytes() + b"1\t5\t.\tA\tC\t.\t.\tAC=1\n" * 5_000_000))
    with pytest.raises(GenomeFileError, match=r"\d"):
        read(bomb, "AC")


def test_several_files_are_counted_in_one_account(sites: Writer) -> None:
    path, account = sites("1 5 . A C . . .", "1 6 . A <DEL> . . ."), SiteAccount()
    for _ in range(2):
        read(path, account=account)
    assert (account.records_read, account.alleles_kept, account.set_aside.popitem()[1]) == (4, 2, 2)
    assert len(account.build_evidence) == 2
    account.alleles_kept -= 1
    with pytest.raises(ReferenceDataError, match="some are lost"):
        account.require_sum()


def test_progress_reaches_the_end(sites: Writer) -> None:
    told: list[float] = []
    path = sites(*(f"1 {pos} . A C . . ." for pos in range(1, 9000)))
    read(path, progress=lambda done, _words: told.append(done), size=20_000)
    assert told == sorted(told)
    assert told[-1] == 1
    assert len(told) > 2


def test_sites_can_be_published_as_they_come(sites: Writer, tmp_path: Path) -> None:
    path = sites("1 100 . CAA CA,C . . AC=1,2", "2 5 . A C . . AC=3")
    batches = site_batches(path, info=["AC"], build=Build.GRCH38, account=SiteAccount())
    assert publish_batches(batches, tmp_path / "sites.parquet") == 3
    verify_published(tmp_path / "sites.parquet")


BASES = st.text("ACGT", min_size=1, max_size=3)
ALTS = st.lists(BASES | st.sampled_from(["*", "<DEL>", "N", "."]), min_size=1, max_size=4)
NUMBERS = st.none() | st.integers(-5, 10**12)


@st.composite
def records(draw: st.DrawFn) -> tuple[str, int, str, list[str], list[int | None], list[int | None], str | None]:
    alts = draw(ALTS)
    per_alt = draw(st.lists(NUMBERS, min_size=len(alts), max_size=len(alts)))
    per_allele = draw(st.lists(NUMBERS, min_size=len(alts) + 1, max_size=len(alts) + 1))
    word = draw(st.none() | st.text("ab%,;=é\t", min_size=1, max_size=5))
    chrom = draw(st.sampled_from(["1", "chr2", "X", "MT", "NC_000003.12", "HLA-A"]))
    return chrom, draw(st.integers(1, 10_000)), draw(BASES), alts, per_alt, per_allele, word


def encoded(word: str) -> str:
    return "".join(f"%{ord(letter):02X}" if letter in "%;=,\t" else letter for letter in word)


def listed(values: list[int | None]) -> str:
    return ",".join("." if value is None else str(value) for value in values)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(drawn=st.lists(records(), min_size=1, max_size=12), size=st.sampled_from([64, 1 << 20]))
def test_whatever_is_listed_is_given_with_its_values_or_counted(sites: Writer, drawn: list[Any], size: int) -> None:
    lines, expected = [], []
    for chrom, pos, ref, alts, per_alt, per_allele, word in drawn:
        told = f"AC={listed(per_alt)};AD={listed(per_allele)}" + (f";WORD={encoded(word)}" if word else "")
        lines.append(f"{chrom}\t{pos}\t.\t{ref}\t{','.join(alts)}\t.\t.\t{told}")
        where = {"chr2": "2", "NC_000003.12": "3"}.get(chrom, chrom)
        expected += [
            (where, pos, ref, alt, count, depth, word)
            for alt, count, depth in zip(alts, per_alt, per_allele[1:], strict=True)
            if set(alt) <= set("ACGT") and where != "HLA-A"
        ]
    path = sites()
    path.write_bytes(path.read_bytes() + "".join(f"{line}\n" for line in lines).encode())
    table, account = read(path, "AC", "AD", "WORD", size=size)
    given_rows = table.select(pl.col("chrom").cast(pl.String), "pos", "ref", "alt", "AC", "AD", "WORD").rows()
    assert given_rows == expected
    assert account.records_read == len(drawn)
    alleles = sum(len(record[3]) for record in drawn if record[0] != "HLA-A")
    assert account.alleles_read == alleles == len(table) + account.alleles_set_aside.total()


def test_a_bcf_is_read_as_the_vcf_that_it_was(sites: Writer, tmp_path: Path) -> None:
    bcftools = pytest.importorskip("pysam.bcftools", reason="BCF cannot be read on this system")
    header = "##contig=<ID=1,length=248956422>"
    path = sites("1 100 rs1 A C,GT 12.5 PASS AC=3,4;AF=0.5,.;WORD=a%2Cb;DB", "1 200 . C CA . . AN=7")
    path.write_text(path.read_text().replace("##reference", f"{header}\n##reference"))
    bcf = tmp_path / "sites.bcf"
    bcftools.view("-Ob", "-o", str(bcf), str(path), catch_stdout=False)
    fields = ("AC", "AF", "AN", "WORD", "DB")
    assert_frame_equal(read(bcf, *fields)[0], read(path, *fields)[0])


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read as Linux tells it")
def test_a_large_file_is_read_in_flat_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.vcf"
    with path.open("w") as file:
        file.write(
            "\n".join(["##fileformat=VCFv4.2", *GRCH38, *FIELDS, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"])
        )
        noise = "NOISE=" + "x" * 900
        for start in range(1, 400_001, 1000):
            file.writelines(f"1\t{pos}\t.\tA\tC\t.\tPASS\tAC={pos};{noise}\n" for pos in range(start, start + 1000))
    code = (
        "import re, sys; from pathlib import Path; from genoteca.genome.site_records import *;"
        "from genoteca.model.build import Build; account = SiteAccount();"
        "frames = site_batches(Path(sys.argv[1]), info=['AC'], build=Build.GRCH38, account=account);"
        "rows = sum(map(len, frames)); status = Path('/proc/self/status').read_text();"
        "print(rows, int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    rows, megabytes = map(int, done.stdout.split())
    assert rows == 400_000
    assert path.stat().st_size > 350 << 20
    assert megabytes < 300
