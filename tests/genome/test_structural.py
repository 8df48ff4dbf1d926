from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from genoteca.genome.structural import STRUCTURAL_SCHEMA
from genoteca.model.build import Build
from genoteca.model.column import STRUCTURAL
from genoteca.model.sample import SampleKind, Sex
from genoteca.sdk import verdicts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.genome.conftest import Read, Reader


def _one(read: Read) -> dict[str, Any]:
    assert len(read.structural) == 1, read.intake
    row: dict[str, Any] = read.structural.row(0, named=True)
    return row


def _told(read: Read, *names: str) -> tuple[Any, ...]:
    row = _one(read)
    return tuple(row[name] for name in names)


PLACE = ("chrom", "start", "end", "type", "length")
CALL = ("genotype", "copy_number", "dosage", "zygosity")


def test_a_deletion_keeps_all_that_its_record_says(read_records: Reader) -> None:
    """As Manta writes it, https://github.com/Illumina/manta/blob/master/docs/userGuide/README.md."""
    read = read_records(
        "chr1 10726 MantaDEL:5 a <DEL> 812.5 MinGQ "
        "END=11926;SVTYPE=DEL;SVLEN=-1200;IMPRECISE;CIPOS=-155,156;CIEND=-146,147 GT:FT:GQ:DP:PL:PR 0/1:PASS:34:40:9"
    )
    assert _one(read) == {
        "chrom": "1",
        "start": 10726,
        "end": 11926,
        "type": "DEL",
        "length": 1200,
        "genotype": "A/<DEL>",
        "copy_number": None,
        "dosage": 1,
        "zygosity": "heterozygous",
        "alt": "<DEL>",
        "mate_chrom": None,
        "mate_pos": None,
        "mate": None,
        "imprecise": True,
        "earliest_start": 10571,
        "latest_end": 12073,
        "qual": 812.5,
        "filter": "MinGQ",
        "id": "MantaDEL:5",
        "depth": 40,
        "genotype_quality": 34,
        "line": 1,
        "allele": 1,
    }
    assert (read.intake.records_read, read.intake.records_kept, read.intake.set_aside) == (1, 1, {})
    assert (read.intake.structural_rows, read.intake.structural_carried, read.intake.rows) == (1, 1, 0)
    assert read.coverage.is_empty()


@pytest.mark.parametrize(
    ("alt", "info", "kind", "end", "length"),
    [
        ("<DEL>", "END=2000", "DEL", 2000, 1000),
        ("<DEL>", "SVLEN=-1000", "DEL", 2000, 1000),
        ("<DEL>", "SVLEN=1000", "DEL", 2000, 1000),
        ("<DEL>", "END=2000;SVLEN=-998", "DEL", 2000, 998),
        ("<DEL>", "END=10;SVLEN=1000", "DEL", 2000, 1000),
        ("<DEL>", "END=x", "DEL", 1000, None),
        ("<DEL>", ".", "DEL", 1000, None),
        ("<DEL>", "END=999999999", "DEL", 248956422, 248955422),
        ("<DUP>", "SVLEN=50", "DUP", 1050, 50),
        ("<DUP:TANDEM>", "END=1050", "DUP:TANDEM", 1050, 50),
        ("<dup:tandem>", "END=1050", "DUP:TANDEM", 1050, 50),
        ("<INV>", "END=1900;SVTYPE=INV", "INV", 1900, 900),
        ("<CNV>", "END=1900", "CNV", 1900, 900),
        ("<CN0>", "END=1900", "CNV", 1900, 900),
        ("<INS>", "SVLEN=300", "INS", 1000, 300),
        ("<INS>", "END=1000", "INS", 1000, None),
        ("<INS>", "END=1000;SVINSLEN=71", "INS", 1000, 71),
        ("<INS:ME:ALU>", "SVLEN=281", "INS:ME:ALU", 1000, 281),
        ("<>", "SVTYPE=dup;END=1900", "DUP", 1900, 900),
        ("<256_BP_DEL>", ".", "256_BP_DEL", 1000, None),
        ("<CGA_CNVWIN>", "CGA_WINEND=3000", "CGA_CNVWIN", 3000, 2000),
    ],
)
def test_type_end_and_length_are_what_the_record_tells(
    read_records: Reader, alt: str, info: str, kind: str, end: int, length: int | None
) -> None:
    read = read_records(f"1 1000 . N {alt} . . {info} GT 0/1")
    assert _told(read, *PLACE) == ("1", 1000, end, kind, length)


@pytest.mark.parametrize("header", [(), ('##INFO=<ID=END,Number=1,Type=Integer,Description="">',)])
def test_info_is_read_also_where_the_header_does_not_declare_it(
    read_records: Reader, header: tuple[str, ...]
) -> None:
    read = read_records("1 10 A C GT 0/1", "1 1000 . N <DEL> . . SVLEN=-50 GT 1/1", header=header)
    assert _told(read, "end", "length", "line") == (1050, 50, 2)


def test_every_alt_of_a_record_has_its_own_length_and_copies(read_records: Reader) -> None:
    """SVLEN has one value per ALT since VCF 4.4, and END is that of the longest."""
    read = read_records("1 1000 . N <DEL>,<DUP>,<INS> . . END=3000;SVLEN=2000,50,70 GT 1/2")
    told = read.structural.select("allele", "type", "end", "length", "dosage", "genotype").rows()
    assert told == [
        (1, "DEL", 3000, 2000, 1, "<DEL>/<DUP>"),
        (2, "DUP", 1050, 50, 1, "<DEL>/<DUP>"),
        (3, "INS", 3000, 70, 0, "<DEL>/<DUP>"),
    ]
    assert read.intake.structural_carried == 2


@pytest.mark.parametrize(
    ("alt", "mate", "length"),
    [
        ("A[2:321682[", ("2", 321682), None),
        ("]chr2:321682]A", ("2", 321682), None),
        ("A]1:300]", ("1", 300), 700),
        ("[1:1500[A", ("1", 1500), 500),
        ("A[1:0[", ("1", 0), 1000),
        ("A[GL000220.1:7[", (None, None), None),
        (".A", (None, None), None),
        ("A.", (None, None), None),
    ],
)
def test_all_forms_of_breakends_are_kept_with_their_mate(
    read_records: Reader, alt: str, mate: tuple[str | None, int | None], length: int | None
) -> None:
    read = read_records(f"1 1000 bnd_V A {alt} 6 PASS SVTYPE=BND;MATEID=bnd_U GT 0|1")
    assert _told(read, *PLACE) == ("1", 1000, 1000, "BND", length)
    assert _told(read, "mate_chrom", "mate_pos", "mate", "genotype") == (*mate, "bnd_U", f"A|{alt}")


@pytest.mark.parametrize(
    ("pos", "alt", "mate"),
    [
        (0, ".[13:123457[", ("13", 123457)),
        (0, "]13:123456]N", ("13", 123456)),
        (248956423, "N]13:123456]", ("13", 123456)),
    ],
)
def test_a_breakend_at_a_telomere_is_kept_where_the_file_has_it(
    read_records: Reader, pos: int, alt: str, mate: tuple[str, int]
) -> None:
    """The ends of a chromosome of N bases are 0 and N+1: VCF 4.5 section 5.4.5."""
    read = read_records(f"1 {pos} bnd_X N {alt} 6 PASS SVTYPE=BND;MATEID=bnd_V;CIPOS=-5,5 GT 0/1")
    assert _told(read, *PLACE) == ("1", pos, pos, "BND", None)
    assert _told(read, "mate_chrom", "mate_pos", "earliest_start") == (*mate, max(pos - 5, 0))
    assert (read.intake.records_kept, read.intake.set_aside) == (1, {})


@pytest.mark.parametrize(
    ("pos", "ref", "alt"),
    [(0, "N", "<DEL>"), (0, "NA", ".[13:7["), (248956424, "N", "N]13:7]"), (0, "A", "G"), ("x", "N", "N]13:7]")],
)
def test_nothing_else_may_stand_beyond_the_ends_of_a_chromosome(
    read_records: Reader, pos: int | str, ref: str, alt: str
) -> None:
    read = read_records(f"1 {pos} . {ref} {alt} 6 PASS SVTYPE=BND GT 0/1", "1 1000 . A G 6 PASS . GT 0/1")
    assert read.structural.is_empty()
    assert (read.intake.records_read, read.intake.records_kept) == (2, 1)
    assert read.intake.reconciles


@pytest.mark.parametrize("alt", ["<TRA>", "<BND>"])
@pytest.mark.parametrize("where", ["CHR2=chr5;END=7000", "CHR2=5;END=1001;POS2=7000"])
def test_an_end_on_another_chromosome_is_the_mates_position(read_records: Reader, alt: str, where: str) -> None:
    """Delly writes joints of two chromosomes with CHR2, https://github.com/dellytools/delly."""
    read = read_records(f"1 1000 . N {alt} . . SVTYPE=BND;{where} GT 0/1")
    assert _told(read, "start", "end", "length", "mate_chrom", "mate_pos") == (1000, 1000, None, "5", 7000)


def test_chr2_on_the_same_chromosome_changes_no_deletion(read_records: Reader) -> None:
    read = read_records("1 1000 . N <DEL> . . SVTYPE=DEL;CHR2=1;END=2000 GT 0/1")
    assert _told(read, "end", "length", "mate_chrom") == (2000, 1000, None)


@pytest.mark.parametrize(
    ("alt", "info", "form", "sample", "expected"),
    [
        # DRAGEN: https://help.dragen.illumina.com/product-guides/dragen-v4.3/dragen-dna-pipeline/cnv-calling/cnv-output
        ("<DUP>", "END=9000", "GT:SM:CN:BC:PE", "./1:3.18:6:1:0,9", ("?/<DUP>", 6.0, 1, None)),
        ("<DEL>", "END=9000", "GT:SM:CN:BC:PE", "1/1:0.058:0:2:3,1", ("<DEL>/<DEL>", 0.0, 2, "homozygous")),
        ("<CNV>", "END=9000", "CN:BC", "1.5:7", (None, 1.5, None, None)),
        ("<CNV>", "END=9000", "GT:CN", "0/1:.", ("N/<CNV>", None, 1, "heterozygous")),
        ("<CNV>", "END=9000;CN=3", "GT", "0/1", ("N/<CNV>", 3.0, 1, "heterozygous")),
        ("<CNV>", "END=9000;CN=3", "GT", "0/0", ("N/N", None, 0, None)),
        ("<CN0>,<CN2>", "END=9000", "GT", "0|2", ("N|<CN2>", 3.0, None, None)),
        ("<CN0>", "END=9000", "GT", "1/1", ("<CN0>/<CN0>", 0.0, 2, "homozygous")),
        ("<CN0>", "END=9000", "GT", "./1", ("?/<CN0>", None, 1, None)),
        ("<DEL>", "END=9000", "GT", "0/0", ("N/N", None, 0, None)),
        ("<DEL>", "END=9000", "GT", "./.", ("?/?", None, 0, None)),
        ("<DEL>", "END=9000", "GT", "1", ("<DEL>", None, 1, "hemizygous")),
        ("<DEL>", "END=9000", "GT", "0/0/1/1", ("N/N/<DEL>/<DEL>", None, 2, "heterozygous")),
        ("<DEL>,<NON_REF>", "END=9000", "GT", "1/2", ("<DEL>/?", None, 1, None)),
        ("<CGA_CNVWIN>", "CGA_WINEND=9000", "GT:CGA_CP", ".:4", ("?", 4.0, 0, None)),
    ],
)
def test_genotype_copies_and_copy_number(
    read_records: Reader, alt: str, info: str, form: str, sample: str, expected: tuple[Any, ...]
) -> None:
    read = read_records(f"1 1000 . N {alt} . . {info} {form} {sample}", "1 99999 A C GT 0/1")
    row = read.structural.row(0, named=True)
    if alt == "<CN0>,<CN2>":
        assert read.structural["dosage"].to_list() == [0, 1]
        assert read.structural["zygosity"].to_list() == [None, "heterozygous"]
        assert (row["genotype"], row["copy_number"]) == expected[:2]
    else:
        assert tuple(row[name] for name in CALL) == expected
    assert read.intake.reconciles
    assert read.intake.set_aside == {}


def test_from_vcf_4_4_on_info_cn_counts_an_alleles_copies(write_vcf: Callable[..., Path], read_file: Reader) -> None:
    path = write_vcf("1 1000 . N <DUP> . . END=2000;CN=3 GT 0/1")
    path.write_bytes(path.read_bytes().replace(b"VCFv4.2", b"VCFv4.4"))
    assert _told(read_file(path), "copy_number") == (None,)


def test_info_cn_of_several_samples_is_nobodys(write_vcf: Callable[..., Path], read_file: Reader) -> None:
    path = write_vcf("1 1000 . N <DUP> . . END=2000;CN=3 GT:CN 0/1:. 1/1:4", samples=("a", "b"))
    assert _told(read_file(path, pick="a"), "genotype", "copy_number") == ("N/<DUP>", None)
    assert _told(read_file(path, pick="b"), "genotype", "copy_number") == ("<DUP>/<DUP>", 4.0)


@pytest.mark.parametrize(
    ("record", "sex", "expected"),
    [
        ("X 50000000 . N <DEL> . . END=50001000 GT 1/1", Sex.MALE, (2, "hemizygous")),
        ("X 50000000 . N <DEL> . . END=50001000 GT 1/1", Sex.FEMALE, (2, "homozygous")),
        ("X 20000 . N <DEL> . . END=20500 GT 1/1", Sex.MALE, (2, "homozygous")),
        ("Y 20000000 . N <DEL> . . END=20500000 GT 1", Sex.MALE, (1, "hemizygous")),
        ("chrM 8470 . N <DEL> . . END=13447 GT 0/1", Sex.MALE, (None, None)),
    ],
)
def test_zygosity_follows_chromosome_and_sex(
    read_records: Reader, record: str, sex: Sex, expected: tuple[int | None, str | None]
) -> None:
    read = read_records(record, sex=sex)
    assert _told(read, "dosage", "zygosity") == expected
    assert read.intake.structural_carried == 1


def test_a_record_with_a_sequence_and_a_symbol_goes_to_both_tables(read_records: Reader) -> None:
    read = read_records(
        "20 24 . ACA A,<DEL>,<NON_REF> . . END=126;SVTYPE=DEL GT 1/2", "20 900 A C,<NON_REF> GT:DP 0/1:30"
    )
    assert read.variants.select("alt", "genotype", "dosage").rows() == [("A", "A/<DEL>", 1), ("C", "A/C", 1)]
    assert _told(read, "allele", "end", "genotype", "dosage", "line") == (2, 126, "A/<DEL>", 1, 1)
    assert read.intake.alleles_set_aside == {"<NON_REF>": 2}
    assert read.intake.records_kept == 2
    assert read.intake.reconciles


def test_other_alleles_of_a_symbolic_record_are_counted(read_records: Reader) -> None:
    read = read_records(
        "1 1000 . N <DEL>,<NON_REF>,* . . END=2000 GT 1/3", "1 3000 . N <DUP>,<DEL> . . END=4000 GT 0/x"
    )
    assert read.structural["genotype"].to_list() == ["<DEL>/*"]
    assert read.intake.alleles_set_aside == {"<NON_REF>": 1, "*": 1}
    assert {reason: one.records for reason, one in read.intake.set_aside.items()} == {"genotype cannot be read": 1}


def test_a_repeated_mixed_record_is_set_aside_whole(read_records: Reader) -> None:
    read = read_records(*["1 24 . AC A,<DEL> . . END=126 GT 1/2"] * 2)
    assert read.intake.set_aside["duplicate record"].records == 1
    assert len(read.structural) == 1


def test_equal_symbolic_records_are_two_events(read_records: Reader) -> None:
    read = read_records(*["1 123 . C <INS> . . SVLEN=300 GT 0/1"] * 2)
    assert read.structural["line"].to_list() == [1, 2]


@pytest.mark.parametrize("alt", ["<NON_REF>", "<*>", "*", "<*:DEL>", "<CGA_NOCALL>", "."])
def test_unknown_and_deleted_copies_are_never_structural(read_records: Reader, alt: str) -> None:
    read = read_records(f"1 1000 . A {alt} . . END=2000 GT 0/0", f"1 5000 . A C,{alt.replace('.', 'G')} . . . GT 0/1")
    assert read.structural.is_empty()
    assert read.intake.structural_rows == 0


def test_a_large_deletion_written_out_stays_with_the_variants(read_records: Reader) -> None:
    long = "ACGT" * 500
    read = read_records(f"1 1000 . {long} A . . END=2999;SVTYPE=DEL;SVLEN=-1999 GT 0/1")
    assert read.structural.is_empty()
    assert read.variants["ref"].str.len_bytes().to_list() == [2000]


def test_any_base_of_a_reference_sequence_may_stand_in_ref(read_records: Reader) -> None:
    """GRCh37 has an M and two Rs on chromosome 3; callers copy them."""
    read = read_records("3 60830534 . M <DEL> . . END=60830600 GT 0/1", "3 60830763 . R C 50 PASS . GT 0/1")
    assert _told(read, "genotype") == ("M/<DEL>",)
    assert list(read.intake.set_aside) == ["REF is not made of A, C, G, T"]


def test_the_table_is_sorted_whatever_the_order_of_the_file(read_records: Reader) -> None:
    for alternates in ("<DEL>", "<INS>"):
        read = read_records(
            f"X 5 . N {alternates} . . END=9 GT 0/1",
            f"2 90 . N {alternates} . . END=99 GT 0/1",
            "10 7 A C GT 0/1",
            f"2 50 . N {alternates} . . END=90 GT 0/1",
            f"2 50 . N {alternates} . . END=80 GT 0/1",
            f"10 7 . N {alternates} . . END=9 GT 0/1",
        )
        found = read.structural.select("chrom", "start", "line").rows()
        assert found == [("2", 50, 4), ("2", 50, 5), ("2", 90, 2), ("10", 7, 6), ("X", 5, 1)]


def test_the_table_has_the_declared_columns_and_keeps_their_limits(read_records: Reader) -> None:
    for records in ((), ("1 5 A C GT 0/1",), ("1 50 . N ]1:0]A -1 . CIPOS=-9999,3;CIEND=1 GT:DP:GQ 0/1:-4:1e99",)):
        read = read_records(*records)
        assert read.structural.schema == STRUCTURAL_SCHEMA
        limits = [column for column in STRUCTURAL if column.name != "qual"]
        assert verdicts.ranges(limits, read.structural).passed
    assert _told(read, "earliest_start", "latest_end", "depth", "genotype_quality") == (1, None, None, None)


def test_structural_records_say_nothing_of_the_kind_of_the_file(read_records: Reader) -> None:
    read = read_records(
        "1 10001 DRAGEN:REF:1:10002-500000 N . 81 PASS END=500000;REFLEN=489999 GT:SM:CN:BC:PE ./.:0.98:2:1434:0,0",
        "1 500000 DRAGEN:LOSS:1:500001-502648 N <DEL> 51 cnvLength SVLEN=-2648;SVTYPE=CNV;END=502648;REFLEN=2648 "
        "GT:SM:CN:BC:PE 0/1:0.5:1:2:3,3",
    )
    assert read.intake.kind is SampleKind.PANEL
    assert _told(read, "type", "length", "copy_number") == ("DEL", 2648, 1.0)
    assert read.coverage["evidence"].to_list() == ["no_call"]


REAL = {
    # Counted with grep: symbolic ALTs and breakends of the records that name a chromosome.
    "02-sample-vcfs/1000genomes/1kg-phaseIII-v5a.20130502.genotypes.chr22-16-16.5mb.vcf.gz": {"CNV": 4},
    "02-sample-vcfs/bioc-VariantAnnotation/chr7-sub.vcf.gz": {"CGA_CNVWIN": 500, "BND": 2},
    "02-sample-vcfs/bioc-VariantAnnotation/h1187-10k.vcf.gz": {"CGA_CNVWIN": 199},
    "01-vcf-conformance/cyvcf2/seg.vcf.gz": {"DEL": 1},
    "01-vcf-conformance/htsjdk/variant/structuralvariants.vcf": {"DUP": 2, "DEL": 1, "INV": 1},
    "01-vcf-conformance/hts-specs/4.3/passed/passed_symbolic_duplicates.vcf": {"INS": 2},
}


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL)
def test_structural_records_of_real_files_are_all_kept(shared_data: Path, read_file: Reader, name: str) -> None:
    path = shared_data / name
    sample = _first_sample(path)
    read = read_file(path, pick=sample, build=Build.GRCH37)
    found = dict(read.structural.group_by("type").len().iter_rows())
    assert found == REAL[name]
    assert read.intake.reconciles
    assert not any("structural" in reason for reason in read.intake.set_aside)
    assert verdicts.ranges(STRUCTURAL, read.structural).passed
    assert read.structural.filter(pl.col("end") < pl.col("start")).is_empty()


def _first_sample(path: Path) -> str:
    from genoteca.genome.inspect import inspect_file

    return inspect_file(path).samples[0]


@pytest.mark.real_data
def test_a_copy_number_of_the_1000_genomes_is_counted_from_its_alleles(shared_data: Path, read_file: Reader) -> None:
    """The site 22:16050654 lists <CN0>, <CN2>, <CN3> and <CN4>; 0|3 is one copy and three."""
    path = shared_data / "02-sample-vcfs/1000genomes/1kg-phaseIII-v5a.20130502.genotypes.chr22-16-16.5mb.vcf.gz"
    found = set()
    for sample in ("HG00096", "HG00097", "HG00099", "HG00100", "HG00101", "HG00102"):
        rows = read_file(path, pick=sample, build=Build.GRCH37).structural
        assert rows.select("chrom", "start", "end").unique().rows() == [("22", 16050654, 16063474)]
        genotype, copies = rows.row(0, named=True)["genotype"], rows["copy_number"][0]
        expected = sum(1 if one == "A" else int(one[3:-1]) for one in genotype.split("|"))
        assert copies == expected
        found.add(expected)
    assert len(found) > 1
