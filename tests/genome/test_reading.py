from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest

from genoteca.errors import GenomeFileError
from genoteca.genome.coverage import COVERAGE_SCHEMA
from genoteca.genome.stream import BLOCK
from genoteca.genome.variants import VARIANTS_SCHEMA
from genoteca.model.build import Build
from genoteca.model.sample import SampleKind, Sex

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.genome.conftest import Reader


def _one(frame: Any) -> dict[str, Any]:
    assert len(frame) == 1
    row: dict[str, Any] = frame.row(0, named=True)
    return row


def test_a_heterozygous_variant_keeps_all_that_its_record_says(read_records: Reader) -> None:
    read = read_records("chr7 117559590 rs1 A g 812.5 PASS . GT:AD:DP:GQ:PS 0|1:10,30:41:99:117559000")
    row = _one(read.variants)
    assert row.pop("key")
    assert row == {
        "chrom": "7",
        "pos": 117559590,
        "ref": "A",
        "alt": "G",
        "id": "rs1",
        "qual": 812.5,
        "filter": "PASS",
        "genotype": "A|G",
        "dosage": 1,
        "ploidy": 2,
        "missing": 0,
        "zygosity": "heterozygous",
        "phased": True,
        "phase_set": "117559000",
        "allele_fraction": 0.75,
        "depth": 41,
        "genotype_quality": 99,
        "allele_depth": 30,
        "line": 1,
        "allele": 1,
    }
    assert read.intake.reconciles
    assert read.intake.carried == 1


def test_the_tables_have_exactly_the_declared_columns(read_records: Reader) -> None:
    for records in ((), ("1 5 A C GT 0/1", "1 6 A C GT 0/0")):
        read = read_records(*records)
        assert read.variants.schema == VARIANTS_SCHEMA
        assert read.coverage.schema == COVERAGE_SCHEMA


def test_what_is_missing_or_left_out_is_null(read_records: Reader) -> None:
    row = _one(read_records("1 100 . A C . . . GT:AD:DP:GQ:PS 0/1:.:.").variants)
    for name in ("id", "qual", "filter", "phase_set", "allele_fraction", "depth", "genotype_quality", "allele_depth"):
        assert row[name] is None


def test_another_allele_at_a_known_position_is_itself(read_records: Reader) -> None:
    """Case 3 of the rules: rs334's position, another allele."""
    rows = read_records("11 5227002 T G GT 0/1", "11 5227003 T A GT 0/1").variants
    assert rows.select("pos", "alt").rows() == [(5227002, "G"), (5227003, "A")]


def test_an_untrimmed_deletion_is_trimmed_and_keeps_its_genotype_as_written(read_records: Reader) -> None:
    """Case 5 of the rules."""
    row = _one(read_records("13 32340300 GTGG GGG GT 0/1").variants)
    assert (row["pos"], row["ref"], row["alt"]) == (32340300, "GT", "G")
    assert row["genotype"] == "GTGG/GGG"


def test_a_male_homozygote_on_x_is_hemizygous(read_records: Reader) -> None:
    """Case 7 of the rules."""
    row = _one(read_records("X 154536002 C T GT 1/1", sex=Sex.MALE).variants)
    assert row["zygosity"] == "hemizygous"
    assert row["dosage"] == 2


@pytest.mark.parametrize(
    ("record", "sex", "zygosity"),
    [
        ("X 154536002 C T GT 1/1", Sex.UNSTATED, "homozygous"),
        ("X 154536002 C T GT 1/1", Sex.FEMALE, "homozygous"),
        ("X 154536002 C T GT 0/1", Sex.MALE, "heterozygous"),
        ("X 20000 C T GT 1/1", Sex.MALE, "homozygous"),
        ("X 154536002 C T GT 1", Sex.UNSTATED, "hemizygous"),
        ("Y 20000000 C T GT 1", Sex.MALE, "hemizygous"),
        ("5 20000000 C T GT 1/1", Sex.MALE, "homozygous"),
        ("5 20000000 C T GT ./1", Sex.MALE, None),
        ("MT 100 C T GT 1", Sex.MALE, None),
    ],
)
def test_zygosity_follows_chromosome_and_sex(
    read_records: Reader, record: str, sex: Sex, zygosity: str | None
) -> None:
    assert _one(read_records(record, sex=sex).variants)["zygosity"] == zygosity


def test_a_mitochondrion_of_another_length_is_set_aside(read_records: Reader) -> None:
    """Case 8 of the rules."""
    read = read_records("chrM 100 A C GT 0/1", header=("##contig=<ID=chrM,length=16571>",))
    assert read.variants.is_empty()
    (reason,) = read.intake.set_aside
    assert "16,571" in reason


def test_on_the_mitochondrion_the_allele_fraction_is_the_answer(read_records: Reader) -> None:
    read = read_records("chrM 3243 A G GT:AD:AF 0/1:80,20:0.21")
    row = _one(read.variants)
    assert row["dosage"] is None
    assert row["allele_fraction"] == 0.21
    assert read.intake.carried == 1


@pytest.mark.parametrize(
    ("form", "sample", "evidence"),
    [
        ("GT:DP:GQ:MIN_DP", "0/0:45:99:42", "reference"),
        ("GT:DP:GQ", "0/0:10:20", "reference"),
        ("GT:DP:GQ", "0|0:30:99", "reference"),
        ("GT:DP:GQ:MIN_DP", "0/0:45:0:45", "no_call"),
        ("GT:DP:GQ:MIN_DP", "0/0:45:99:9", "no_call"),
        ("GT:DP:GQ", "0/0:9:99", "no_call"),
        ("GT:DP:GQ", "0/0:45:.", "no_call"),
        ("GT", "0/0", "no_call"),
        ("GT:DP:GQ", "0/.:45:99", "no_call"),
        ("GT:DP:GQ", "./.:45:99", "no_call"),
        ("GT:DP:GQ", "0/1:45:99", "no_call"),
    ],
)
def test_a_block_is_reference_only_with_quality_and_depth(
    read_records: Reader, form: str, sample: str, evidence: str
) -> None:
    """Case 9 of the rules, and its neighbours."""
    read = read_records(f"1 1000 . A <NON_REF> . . END=1999 {form} {sample}")
    row = _one(read.coverage)
    assert (row["start"], row["end"], row["evidence"]) == (1000, 1999, evidence)
    assert read.variants.is_empty()


def test_a_hom_ref_record_covers_its_reference_allele(read_records: Reader) -> None:
    row = _one(read_records("1 1000 ACGT A GT:DP:GQ 0/0:30:60").coverage)
    assert (row["start"], row["end"], row["evidence"]) == (1000, 1003, "reference")


@pytest.mark.parametrize("told", ["END=999", "END=x", "XEND=5000"])
def test_an_end_that_cannot_be_is_not_believed(read_records: Reader, told: str) -> None:
    row = _one(read_records(f"1 1000 . A <NON_REF> . . {told} GT:DP:GQ 0/0:30:60").coverage)
    assert row["end"] == 1000


def test_a_block_ends_with_its_chromosome(read_records: Reader) -> None:
    row = _one(read_records("22 1000 . A <NON_REF> . . DP=3;END=99999999 GT:DP:GQ 0/0:30:60").coverage)
    assert row["end"] == Build.GRCH38.lengths["22"]


def test_a_half_call_keeps_what_is_known(read_records: Reader) -> None:
    """Case 10 of the rules."""
    read = read_records("2 135851076 G A GT ./1")
    row = _one(read.variants)
    assert (row["genotype"], row["dosage"], row["missing"], row["zygosity"]) == ("?/A", 1, 1, None)
    assert read.coverage.is_empty()


def test_half_a_reference_is_no_reference(read_records: Reader) -> None:
    read = read_records("2 135851076 G A GT:DP:GQ 0/.:30:99")
    assert _one(read.coverage)["evidence"] == "no_call"
    row = _one(read.variants)
    assert (row["genotype"], row["dosage"], row["missing"]) == ("G/?", 0, 1)


def test_two_records_at_one_position_are_both_kept(read_records: Reader) -> None:
    """Case 11 of the rules, at the level of the table."""
    rows = read_records("1 5000 A G GT 0/1", "1 5000 A T GT 0/1").variants
    assert rows.select("alt", "dosage", "line").rows() == [("G", 1, 1), ("T", 1, 2)]


def test_a_deleted_copy_is_shown_and_makes_no_row(read_records: Reader) -> None:
    """Case 12 of the rules."""
    read = read_records("1 5000 A G,* GT:AD 1/2:0,5,6")
    row = _one(read.variants)
    assert (row["alt"], row["dosage"], row["genotype"], row["missing"]) == ("G", 1, "G/*", 0)
    assert row["allele_depth"] == 5
    assert read.intake.alleles_set_aside == {"*": 1}


def test_several_alternates_are_split_and_each_trimmed(read_records: Reader) -> None:
    rows = read_records("1 5000 ACC GCC,A,ACCC GT:AD:DP:GQ 1/3:1,10,2,7:20:50").variants
    assert rows.sort("allele").select("pos", "ref", "alt", "allele", "dosage", "allele_depth").rows() == [
        (5000, "A", "G", 1, 1, 10),
        (5000, "ACC", "A", 2, 0, 2),
        (5000, "A", "AC", 3, 1, 7),
    ]
    assert set(rows["genotype"]) == {"GCC/ACCC"}
    assert rows.sort("allele")["allele_fraction"].to_list() == [0.5, 0.1, 0.35]
    assert rows.sort("allele")["zygosity"].to_list() == ["heterozygous", None, "heterozygous"]


def test_a_called_non_ref_is_an_unknown_allele(read_records: Reader) -> None:
    read = read_records("1 5000 A G,<NON_REF> GT:DP:GQ 1/2:30:99", "1 6000 A G,<NON_REF> GT:DP:GQ 2/2:30:99")
    row = _one(read.variants)
    assert (row["genotype"], row["missing"], row["dosage"], row["line"]) == ("G/?", 1, 1, 1)
    assert _one(read.coverage)["evidence"] == "no_call"
    assert read.intake.alleles_set_aside == {"<NON_REF>": 2}


def test_only_a_deleted_copy_in_the_list_is_no_call(read_records: Reader) -> None:
    read = read_records("1 5000 A * GT:DP:GQ 0/1:30:99")
    assert read.variants.is_empty()
    assert _one(read.coverage)["evidence"] == "no_call"
    assert read.intake.alleles_set_aside == {"*": 1}


def test_any_ploidy_is_kept(read_records: Reader) -> None:
    rows = read_records("1 5000 A G GT 0/0/1/1", "1 6000 A G,C GT 1|2|1", "Y 7000000 A G GT 1").variants
    assert rows.select("genotype", "ploidy", "dosage").rows() == [
        ("A/A/G/G", 4, 2),
        ("G|C|G", 3, 1),
        ("G|C|G", 3, 2),
        ("G", 1, 1),
    ]


def test_an_allele_depth_that_does_not_fit_its_alleles_is_left_empty(read_records: Reader) -> None:
    rows = read_records("1 1 A G GT:AD 0/1:5", "1 2 A G GT:AD 0/1:5,6,7", "1 3 A G,C GT:AD 1/2:5,6").variants
    assert rows["allele_depth"].null_count() == 4
    assert rows["allele_fraction"].null_count() == 4


def test_a_missing_part_of_the_depths_leaves_the_others(read_records: Reader) -> None:
    rows = read_records("1 100 A G GT:AD 0/1:.,6", "1 200 A G,C GT:AD 1/2:.,6,7").variants
    assert rows["allele_depth"].to_list() == [6, 7, 6]
    assert rows["allele_fraction"].null_count() == 3


def test_numbers_out_of_range_are_left_empty_with_a_warning(read_records: Reader) -> None:
    read = read_records(
        "1 1 A G GT:DP:GQ 0/1:99999999999:-3", "1 2 A G GT:DP:GQ 0/1:7:48.9", "1 3 . A G x . . GT 0/1"
    )
    assert read.variants["depth"].to_list() == [None, 7, None]
    assert read.variants["genotype_quality"].to_list() == [None, 48, None]
    assert len([warning for warning in read.intake.warnings if "left empty" in warning]) == 3


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ("1 100 . A C 50 PASS . GT", "number of columns"),
        ("1 100 . A C 50 PASS . GT 0/1 0/1", "number of columns"),
        ("1 0 . A C 50 PASS . GT 0/1", "POS"),
        ("1 -5 . A C 50 PASS . GT 0/1", "POS"),
        ("1 99999999999 . A C 50 PASS . GT 0/1", "POS"),
        ("22 50818469 . A C 50 PASS . GT 0/1", "beyond"),
        ("22 50818468 . AC A 50 PASS . GT 0/1", "beyond"),
        ("GL000220.1 100 . A C 50 PASS . GT 0/1", "chromosomes"),
        ("1 100 . R C 50 PASS . GT 0/1", "REF"),
        ("1 100 . N C 50 PASS . GT 0/1", "REF"),
        ("1 100 . A R 50 PASS . GT 0/1", "ALT"),
        ("1 100 . A <DEL> 50 PASS SVTYPE=DEL;END=200 GT 0/x", "cannot be read"),
        ("1 100 . A A[2:300[ 50 PASS . GT 0/2", "does not have"),
        ("1 100 . A C 50 PASS . DP 30", "no genotype"),
        ("1 100 . A C 50 PASS . GT 0/x", "cannot be read"),
        ("1 100 . A C 50 PASS . GT 0/2", "does not have"),
        ("1 100 . A . 50 PASS . GT 0/1", "does not have"),
        ("#1 100 . A C 50 PASS . GT 0/1", "chromosomes"),
    ],
)
def test_a_record_that_cannot_be_used_is_set_aside_with_its_reason(
    read_records: Reader, record: str, words: str
) -> None:
    read = read_records("2 5 . A C 50 PASS . GT 0/1", record)
    (reason,) = read.intake.set_aside
    assert words in reason
    assert read.intake.set_aside[reason].records == 1
    assert read.intake.set_aside[reason].first_lines == [2]
    assert read.intake.reconciles
    assert len(read.variants) == 1


def test_a_reference_block_may_begin_with_n_and_is_no_call(read_records: Reader) -> None:
    row = _one(read_records("1 1 . N <NON_REF> . . END=10000 GT:DP:GQ 0/0:30:99").coverage)
    assert row["evidence"] == "no_call"


def test_a_blank_line_is_counted_as_a_record(read_records: Reader) -> None:
    read = read_records("1 100 A C GT 0/1", "", "1 200 A C GT 0/1")
    assert read.intake.records_read == 3
    assert read.intake.set_aside["blank line"].first_lines == [2]
    assert read.variants["line"].to_list() == [1, 3]


def test_only_the_first_ten_lines_of_a_reason_are_kept(read_records: Reader) -> None:
    read = read_records(*(f"GL1 {n} . A C 50 PASS . GT 0/1" for n in range(1, 31)))
    (aside,) = read.intake.set_aside.values()
    assert aside.records == 30
    assert aside.first_lines == list(range(1, 11))


def test_a_duplicate_record_never_adds_dosage(read_records: Reader) -> None:
    read = read_records("1 100 A C GT 0/1", "1 100 A G GT 0/1", "1 100 A C GT 1|0", "1 100 A G GT 1/1")
    assert read.variants.select("alt", "genotype", "line").rows() == [("C", "A/C", 1), ("G", "A/G", 2)]
    assert read.intake.set_aside["duplicate record"].first_lines == [3]
    assert read.intake.set_aside["duplicate record with another genotype"].first_lines == [4]
    assert any("another genotype" in warning for warning in read.intake.warnings)
    assert read.intake.reconciles


def test_a_duplicate_with_another_format_is_found_too(read_records: Reader) -> None:
    read = read_records("1 100 A C GT:DP 0/1:30", "1 90 A C GT 0/1", "1 100 A C GT 0/1")
    assert read.intake.set_aside["duplicate record"].first_lines == [3]


def test_formats_may_differ_from_row_to_row(read_records: Reader) -> None:
    rows = read_records(
        "1 100 A C GT:DP 0/1:30", "1 200 A C DP:GT 31:0/1", "1 300 A C XX:DP:YY:GT a:32:b:1/1"
    ).variants
    assert rows["depth"].to_list() == [30, 31, 32]
    assert rows["dosage"].to_list() == [1, 1, 2]


def test_many_formats_are_read_as_few_are(read_records: Reader) -> None:
    records = [f"1 {100 + n} A C {'X:' * n}GT:GQ {'1:' * n}0/1:{n}" for n in range(40)]
    rows = read_records(*records).variants
    assert rows["genotype_quality"].to_list() == list(range(40))


def test_an_unsorted_file_comes_out_sorted(read_records: Reader) -> None:
    records = ["2 50 A C GT 0/1", "1 900 A C GT 0/1", "2 40 A C GT 0/0", "1 100 A C GT 0/1", "2 50 A C GT 0/1"]
    read = read_records(*records)
    assert read.variants.select("chrom", "pos", "line").rows() == [("1", 100, 4), ("1", 900, 2), ("2", 50, 1)]
    assert read.coverage.select("chrom", "start").rows() == [("2", 40)]
    assert read.intake.set_aside["duplicate record"].first_lines == [5]
    assert any("not in order" in warning for warning in read.intake.warnings)
    assert read.intake.reconciles


def test_an_unsorted_file_of_several_blocks_comes_out_sorted(read_records: Reader) -> None:
    long = "X" * (BLOCK + 1)
    asserted = "2 10 . A . 50 PASS . GT:GQ:DP 0/0:60:30"
    records = [f"2 50 . A C 50 PASS {long} GT 0/1", "2 60 A <DEL> GT 0/1", asserted]
    records += [f"1 900 . A C 50 PASS {long} GT 0/1", "1 950 A <DEL> GT 0/1", asserted.replace("2 10", "1 10")]
    read = read_records(*records, header=('##FORMAT=<ID=GT,Number=1,Type=String,Description="">',))
    assert read.variants.select("chrom", "pos").rows() == [("1", 900), ("2", 50)]
    assert read.coverage.select("chrom", "start").rows() == [("1", 10), ("2", 10)]
    assert read.structural.select("chrom", "start").rows() == [("1", 950), ("2", 60)]


def test_chromosomes_in_another_order_come_out_sorted_without_a_warning(read_records: Reader) -> None:
    read = read_records("chrM 5 A C GT 1", "chr10 7 A C GT 0/1", "chr2 9 A C GT 0/1")
    assert read.variants["chrom"].to_list() == ["2", "10", "MT"]
    assert read.intake.warnings == []


def test_windows_line_ends_leave_nothing_behind(write_vcf: Callable[..., Path], read_file: Reader) -> None:
    read = read_file(write_vcf("1 100 . A C 50 PASS . GT:GQ:PS 0/1:30:7", "1 200 . A C 50 PASS . GT 0/1", end="\r\n"))
    assert read.variants["phase_set"].to_list() == ["7", None]
    assert read.variants["genotype"].to_list() == ["A/C", "A/C"]


def test_latin_1_in_a_record_changes_no_genotype(write_vcf: Callable[..., Path], read_file: Reader) -> None:
    path = write_vcf("1 100 . A C 50 PASS NAME=Umlaut GT 0/1")
    path.write_bytes(path.read_bytes().replace(b"Umlaut", b"\xdcmlaut"))
    assert _one(read_file(path).variants)["genotype"] == "A/C"


def test_one_sample_of_several_is_read(write_vcf: Callable[..., Path], read_file: Reader) -> None:
    path = write_vcf("1 100 . A C 50 PASS . GT 0/0 0/1 1/1", samples=("a", "<b>x</b>", "c"))
    assert _one(read_file(path, pick="<b>x</b>").variants)["genotype"] == "A/C"
    assert _one(read_file(path, pick="c").variants)["genotype"] == "C/C"
    for pick in (None, "d"):
        with pytest.raises(GenomeFileError, match="3 samples"):
            read_file(path, pick=pick)


def test_a_file_without_genotypes_is_refused_plainly(write_vcf: Callable[..., Path], read_file: Reader) -> None:
    with pytest.raises(GenomeFileError, match="not what a person carries"):
        read_file(write_vcf("1 100 . A C 50 PASS .", samples=()))


def test_a_failed_reading_leaves_no_file(write_vcf: Callable[..., Path], read_file: Reader, tmp_path: Path) -> None:
    long = "X" * 100_000
    path = write_vcf(*(f"1 {100 + n} . A C 50 PASS {long} GT 0/1" for n in range(500)))
    packed = gzip.compress(path.read_bytes())
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(GenomeFileError, match="records were read before that"):
        read_file(path)
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_a_build_against_the_header_is_a_warning(read_records: Reader) -> None:
    read = read_records("1 100 A C GT 0/1", header=("##contig=<ID=1,length=249250621>",))
    assert any("GRCh37" in warning for warning in read.intake.warnings)
    assert read.intake.kind is SampleKind.PANEL


def test_an_empty_genome_is_read(read_records: Reader) -> None:
    read = read_records()
    assert read.intake.records_read == 0
    assert read.intake.rows == 0
    assert read.intake.reconciles


def test_one_of_ten_thousand_people_is_read(write_vcf: Callable[..., Path], read_file: Reader) -> None:
    people = tuple(f"P{number}" for number in range(10_000))
    calls = ["0/0:30"] * len(people)
    calls[7_321] = "0/1:31"
    records = [f"1 {100 * n} . A C 50 PASS . GT:DP {' '.join(calls)}" for n in range(1, 60)]
    read = read_file(write_vcf(*records, samples=people), pick="P7321")
    assert (read.intake.records_read, read.intake.carried, read.intake.rows) == (59, 59, 59)
    assert set(read.variants["depth"]) == {31}
    other = read_file(write_vcf(*records, samples=people), pick="P7320")
    assert (other.intake.carried, other.intake.coverage_rows) == (0, 59)


def test_a_record_of_megabytes_is_read(write_vcf: Callable[..., Path], read_file: Reader) -> None:
    long = f"1 200 . A C 50 PASS X={'Y' * 20_000_000} GT 0/1"
    read = read_file(write_vcf("1 100 . A C 50 PASS . GT 0/1", long, "1 300 . A C 50 PASS . GT 0/1"))
    assert list(read.variants["pos"]) == [100, 200, 300]


def test_bytes_that_are_no_utf_8_are_no_reason_to_lose_a_record(
    write_vcf: Callable[..., Path], read_file: Reader
) -> None:
    path = write_vcf("1 100 . A C 50 PASS X=caf# GT 0/1", header=("##source=caf#",))
    path.write_bytes(path.read_bytes().replace(b"#\t", b"\xe9\t").replace(b"caf#", b"caf\xe9"))
    assert len(read_file(path).variants) == 1
