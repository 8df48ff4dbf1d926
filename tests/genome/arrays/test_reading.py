"""What becomes of an array's rows."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.genome.arrays.conftest import NAMES, PLUS

from genoteca.errors import GenomeFileError
from genoteca.genome.arrays import reading
from genoteca.genome.arrays.repeats import CONFLICT, ELSEWHERE, NO_CALL_BESIDE, REPEATED
from genoteca.genome.inspect import inspect_file
from genoteca.genome.key import position_bounds
from genoteca.model.build import Build
from genoteca.model.sample import SampleKind, Sex

if TYPE_CHECKING:
    from tests.genome.arrays.conftest import ReadRows
    from tests.genome.conftest import Read


def calls(read: Read) -> list[tuple[str, int, str]]:
    return list(read.variants.select(pl.col("chrom").cast(pl.String), "pos", "genotype").iter_rows())


def no_calls(read: Read) -> list[tuple[str, int]]:
    assert set(read.coverage["evidence"].cast(pl.String)) <= {"no_call"}
    return list(read.coverage.select(pl.col("chrom").cast(pl.String), "start").iter_rows())


def aside(read: Read) -> dict[str, list[int]]:
    assert read.intake.reconciles
    return {reason: told.first_lines for reason, told in read.intake.set_aside.items()}


def test_a_call_becomes_a_row_without_ref_and_alt(read_rows: ReadRows) -> None:
    read = read_rows("rs5 2 500 GA", "rs4 1 400 CC", "rs6 2 600 --")
    assert calls(read) == [("1", 400, "C/C"), ("2", 500, "G/A")]
    first = read.variants.row(0, named=True)
    assert [first[name] for name in ("ref", "alt", "dosage", "qual", "depth", "filter")] == [None] * 6
    assert (first["key"], first["id"], first["line"], first["allele"]) == (
        position_bounds("1", 400, 400)[0],
        "rs4",
        2,
        1,
    )
    assert (first["ploidy"], first["missing"], first["zygosity"]) == (2, 0, "homozygous")
    assert no_calls(read) == [("2", 600)]
    assert (read.intake.kind, read.intake.rows, read.intake.coverage_rows) == (SampleKind.ARRAY, 2, 1)


def test_every_bad_row_is_told_with_its_number(read_rows: ReadRows) -> None:
    read = read_rows(
        "rs1 1 101 AA", "rs2 1 102", "rs3 27 103 AA", "rs4 1 x AA", "", "rs5 1 105 ZZ", "rs6 1 106 AA AA",
        "rs7 1 0 AA", "rs8 1 249250622 AA", "# rs9 1 109 AA", "rs10 0 110 AA",
    )  # fmt: skip
    assert aside(read) == {
        "wrong number of columns": [2, 7],
        "contig is not one of the chromosomes 1-22, X, Y and MT": [3, 11],
        "POS is not a positive whole number": [4, 8],
        "blank line": [5],
        "genotype cannot be read": [6],
        "position beyond the end of the chromosome": [9],
        "comment line among the rows": [10],
    }
    assert (read.intake.records_read, read.intake.records_kept) == (11, 1)


def test_two_rows_that_contradict_are_both_set_aside_and_the_position_is_no_call(read_rows: ReadRows) -> None:
    for rows in (("rs9 19 5 TT", "rs9 19 5 CC"), ("rs9 19 5 CC", "rs9 19 5 TT"), ("rs9 19 5 TT", "i8 19 5 CC")):
        read = read_rows(*rows, "rs1 1 101 AA")
        assert calls(read) == [("1", 101, "A/A")]
        assert no_calls(read) == [("19", 5)]
        assert aside(read) == {CONFLICT: [1, 2]}
        assert any("contradict" in warning for warning in read.intake.warnings)


def test_one_identifier_at_two_positions_is_believed_at_none(read_rows: ReadRows) -> None:
    read = read_rows("rs1 1 101 AA", "rs1 1 102 CC", "rs1 2 101 AA", "rs7 1 102 GG")
    assert aside(read) == {ELSEWHERE: [1, 2, 3]}
    assert calls(read) == [("1", 102, "G/G")]
    assert no_calls(read) == [("1", 101), ("2", 101)]


def test_a_pseudoautosomal_identifier_may_stand_on_x_and_y(read_rows: ReadRows) -> None:
    read = read_rows("rs1 X 101000 AG", "rs1 Y 51000 AG")
    assert aside(read) == {}
    assert len(read.variants) == 2


def test_the_same_said_twice_is_counted_once(read_rows: ReadRows) -> None:
    read = read_rows("rs1 1 101 AG", "i5 1 101 GA", "rs2 1 102 --", "i6 1 102 --")
    assert aside(read) == {REPEATED: [2, 4]}
    assert calls(read) == [("1", 101, "A/G")]
    assert no_calls(read) == [("1", 102)]


def test_one_letter_and_two_of_it_say_the_same(read_rows: ReadRows) -> None:
    assert aside(read_rows("rs1 X 5000000 A", "i5 X 5000000 AA")) == {REPEATED: [2]}


def test_a_no_call_beside_a_call_gives_way(read_rows: ReadRows) -> None:
    read = read_rows("rs1 1 101 --", "i5 1 101 AG")
    assert aside(read) == {NO_CALL_BESIDE: [1]}
    assert (calls(read), no_calls(read)) == ([("1", 101, "A/G")], [])


def test_an_indel_probe_beside_a_base_is_another_question(read_rows: ReadRows) -> None:
    read = read_rows("rs1 1 101 AG", "i5 1 101 DI")
    assert aside(read) == {}
    assert calls(read) == [("1", 101, "A/G"), ("1", 101, "D/I")]


def test_numbered_chromosomes_are_those_of_plink_and_ancestry(read_rows: ReadRows) -> None:
    read = read_rows("rs1 23 5000000 A", "rs2 24 5000000 T", "rs3 25 1000000 AG", "rs4 26 73 G", "rs5 25 5000001 AA")
    assert [(chrom, pos) for chrom, pos, _ in calls(read)] == [
        ("X", 1000000), ("X", 5000000), ("Y", 5000000), ("MT", 73),
    ]  # fmt: skip
    assert aside(read) == {"called pseudoautosomal, but outside those regions of X": [5]}


def test_par_says_neither_x_nor_y(read_rows: ReadRows) -> None:
    assert aside(read_rows("rs1 PAR 220770 AA")) == {"PAR says neither X nor Y, whose positions differ": [1]}


def test_mitochondrial_rows_of_ncbi36_are_of_another_sequence(read_rows: ReadRows) -> None:
    read = read_rows("rs1 MT 73 G", build=Build.NCBI36)
    assert [reason[:20] for reason in aside(read)] == ["mitochondrial contig"]
    assert read.intake.records_kept == 0


def test_allele_columns_strands_and_half_calls(read_text: ReadRows) -> None:
    ancestry = "#AncestryDNA\nrsid\tchromosome\tposition\tallele1\tallele2\n"
    read = read_text(ancestry + "rs1\t1\t101\tG\tC\nrs2\t1\t102\t0\t0\nrs3\t1\t103\tA\t0\n")
    assert calls(read) == [("1", 101, "G/C"), ("1", 103, "A/?")]
    assert read.variants["missing"].to_list() == [0, 1]
    assert read.variants["zygosity"].to_list() == ["heterozygous", None]
    decode = "Name,Variation,Chromosome,Position,Strand,YourCode\n"
    read = read_text(decode + "rs1,C/T,1,101,-,CT\nrs2,C/T,1,102,+,CT\nrs3,C/T,1,103,x,CC\n")
    assert calls(read) == [("1", 101, "G/A"), ("1", 102, "C/T")]
    assert aside(read) == {"strand is neither + nor -": [3]}
    assert read.intake.plus_strand


def test_places_in_identifiers_are_read_and_others_told(read_text: ReadRows) -> None:
    head = "[Header]\nContent\t\tCODIGO46.bpm\n[Data]\nSample Name\tSNP Name\tAllele1 - Plus\tAllele2 - Plus\n"
    read = read_text(head + "9\t1:101\tA\tG\n9\trs6\tG\tC\n9\tX:5000000\tA\tA\n")
    assert calls(read) == [("1", 101, "A/G"), ("X", 5000000, "A/A")]
    assert aside(read) == {"the row gives an identifier without a position": [2]}


@pytest.mark.parametrize("quotes", ['"rs1","1","101","AG"', '"rs1"",""1"",""101"",""AG"'])
def test_quotes_hold_nothing(read_text: ReadRows, quotes: str) -> None:
    assert calls(read_text(f"RSID,CHROMOSOME,POSITION,RESULT\n{quotes}\n")) == [("1", 101, "A/G")]


def test_doubled_separators_are_one_but_empty_cells_are_not(read_text: ReadRows) -> None:
    head = "rsid\tchromosome\tposition\tallele1\tallele2\n"
    read = read_text(head + "rs1\t\t1\t101\tA\tA\nrs2\t1\t \t\t 102\tC\tC\nrs3\t1\t103\tA\t\nrs4\t\t104\tA\tA\n")
    assert calls(read) == [("1", 101, "A/A"), ("1", 102, "C/C")]
    assert aside(read) == {"wrong number of columns": [3, 4]}


def test_wrapping_line_ends_marks_and_odd_bytes_change_nothing(read_text: ReadRows) -> None:
    text = PLUS + NAMES + "rs1\t1\t101\tAG\nrs2\tMT\t73\tG\n"
    plain = read_text(text)
    for other in (
        text.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + text.encode(),
        gzip.compress(text.encode()),
        text.encode().replace(b"plus strand", b"plus strand \xe9\xff"),
        text.encode().rstrip(b"\n"),
    ):
        read = read_text(other)
        assert read.variants.equals(plain.variants)
        assert read.coverage.equals(plain.coverage)


def test_a_male_has_one_copy_of_x(read_rows: ReadRows) -> None:
    read = read_rows("rs1 X 5000000 AA", "rs2 X 5000001 AG", "rs3 X 1000000 AA", sex=Sex.MALE)
    zygosity = dict(read.variants.select("pos", "zygosity").iter_rows())
    assert zygosity == {5000000: "hemizygous", 5000001: "heterozygous", 1000000: "homozygous"}
    assert any("1 call on X and Y" in warning for warning in read.intake.warnings)


def test_one_letter_on_an_autosome_is_half_a_call(read_rows: ReadRows) -> None:
    read = read_rows("rs1 1 100 A", "rs2 X 5000000 A", "rs3 MT 100 A")
    told = read.variants.select(pl.col("chrom").cast(pl.String), "genotype", "ploidy", "missing", "zygosity").rows()
    assert told == [("1", "A/?", 2, 1, None), ("X", "A", 1, 0, "hemizygous"), ("MT", "A", 1, 0, None)]


def test_an_undeclared_strand_is_said(read_rows: ReadRows) -> None:
    read = read_rows("rs1 1 101 AA", head=NAMES)
    assert not read.intake.plus_strand
    assert any("strand" in warning for warning in read.intake.warnings)
    assert read_rows("rs1 1 101 AA").intake.warnings == []


def test_a_file_without_rows_is_an_empty_genome(read_rows: ReadRows) -> None:
    read = read_rows()
    assert (read.intake.records_read, len(read.variants), len(read.coverage)) == (0, 0, 0)


def test_more_rows_than_any_array_has_are_refused(
    read_rows: ReadRows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    with pytest.raises(GenomeFileError, match="more than 2 rows"):
        read_rows("rs1 1 101 AA", "rs2 1 102 AA", "rs3 1 103 AA")
    assert [path.name for path in tmp_path.iterdir()] == ["array.txt"]


ROW = st.one_of(
    st.builds(
        "rs{} {} {} {}".format,
        st.integers(1, 6),
        st.sampled_from(["1", "2", "X", "MT", "27", "--"]),
        st.integers(0, 6),
        st.sampled_from(["AA", "AG", "GA", "--", "A", "DI", "ZZ", "-A"]),
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\n\r\x00", exclude_categories=["Cs"]), max_size=12),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROW, max_size=30), st.randoms(use_true_random=False))
def test_every_row_is_accounted_for_and_their_order_does_not_matter(read_rows: ReadRows, rows, random) -> None:  # type: ignore[no-untyped-def]
    first = "rs9 3 9 AA"  # a comment before the first row belongs to the header
    read = read_rows(first, *rows)
    assert read.intake.records_read == len(rows) + 1
    assert read.intake.reconciles
    shuffled = random.sample(rows, len(rows))
    again = read_rows(first, *shuffled)
    assert sorted((c, p, "/".join(sorted(g.split("/")))) for c, p, g in map(_alike, calls(read))) == sorted(
        (c, p, "/".join(sorted(g.split("/")))) for c, p, g in map(_alike, calls(again))
    )
    assert no_calls(read) == no_calls(again)
    assert not set(no_calls(read)) & {(chrom, pos) for chrom, pos, _ in calls(read)}


def _alike(call: tuple[str, int, str]) -> tuple[str, int, str]:
    """Of `A` and `A/A`, which say the same, either may be kept."""
    return call[0], call[1], "/".join(dict.fromkeys(call[2].split("/")))


def test_the_build_is_told_by_words_positions_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "genome.txt"
    rows37 = "rs4680\t22\t19951271\tAG\nrs7412\t19\t45412079\tCC\n"
    rows38 = "rs4680\t22\t19963748\tAG\nrs7412\t19\t44908822\tCC\n"
    told: list[tuple[Build | None, str]] = []
    for text in (
        f"# build 37\n{NAMES}{rows37}",
        f"{NAMES}{rows38}",
        f"# build 37\n{NAMES}{rows38}",
        f"# build 36, lifted to build 37\n{NAMES}{rows37}",
        f"{NAMES}rs1\t1\t101\tAA\n",
    ):
        path.write_text(text)
        facts = inspect_file(path)
        assert (facts.kind, facts.samples, facts.people, facts.has_genotypes) == (SampleKind.ARRAY, [], 1, True)
        told.append((facts.build, facts.build_evidence))
    assert [build for build, _ in told] == [Build.GRCH37, Build.GRCH38, None, None, None]
    assert "rs4680 at 22:19,951,271" in told[0][1]
    assert "well-known SNPs lie where GRCh38 has them" in told[2][1]
    assert "several builds" in told[3][1]
    assert "none of the SNPs" in told[4][1]


def test_a_file_read_on_another_build_than_it_says_is_warned_of(read_rows: ReadRows) -> None:
    rows = ("rs4680 22 19951271 AG", "rs7412 19 45412079 CC")
    warnings = read_rows(*rows, build=Build.GRCH38).intake.warnings
    assert any("It was read as GRCh38, as asked" in warning for warning in warnings)
