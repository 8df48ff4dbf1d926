from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genoteca.sdk import Outcome, ReferenceDataError
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca_my_reference import plugin

HEAD = """##fileformat=VCFv4.2
##contig=<ID=chr1,length=248956422>
##contig=<ID=chr2,length=242193529>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tHG
"""
GENOME = HEAD + "".join(
    f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t50\tPASS\t.\tGT\t{genotype}\n"
    for chrom, pos, ref, alt, genotype in [
        ("chr1", 1_000_100, "A", "G", "0/1"),
        ("chr1", 1_000_200, "C", "T,G", "1/2"),
        ("chr1", 1_000_300, "CAA", "C", "1/1"),
        ("chr2", 2_000_000, "G", "A", "0/0"),
        ("chr2", 2_000_100, "G", "A", "./1"),
    ]
)


def answered(make: MakeSample, path: Path, text: str | None = None, **told: str) -> Any:
    if text is not None:
        path.write_text(text)
    made = materialize_module(plugin, make(GENOME), settings={"source": str(path), **told})
    assert made.outcome is Outcome.ANSWERED
    assert made.failed_checks == []
    told_of = made.record("reference").metadata
    assert told_of["listed"] == told_of["kept"] + sum(told_of["set_aside"].values())
    assert made.record("reference").rows == told_of["kept"] - told_of["repeats"]
    return made


def test_alleles_are_found_however_a_table_writes_them_and_every_row_is_counted(
    genoteca_sample: MakeSample, tmp_path: Path
) -> None:
    rows = [
        "chr2\t2000100\tG\tA\t0.9\tlast first",
        "chr1\t1000200\tC\tG,T\t0.1,0.2\ttwo in one row",
        "1\t1000100\ta\tg\t0.5\tsmall letters",
        "1\t1000100\tA\tG\t0.6\tthe same allele again",
        "1\t1000100\tA\tG\t0.6\tthe same allele again",
        "1\t1000300\tCAAA\tCA\t.\tnot trimmed",
        "1\t1000100\tA\tC\t0.7\tanother allele",
        "2\t2000000\tG\tA\t0.8\tnot carried",
        "chrUn\t5\tA\tC\t0.1\tno chromosome",
        "2\t2000100\tG\t-\t0\tno sequence",
        "2\t2000100\tG\tG\t0\tno change",
        "2\t\tG\tA\t0\tno position",
        "2\t242193530\tG\tA\t0\tbeyond the end",
        "1\t2",
    ]
    # one row beyond the end of its chromosome among many is counted; among few the build would be doubted
    filler = [f"2\t{pos}\tA\tC\t0\tfiller" for pos in range(3_000_000, 3_000_100)]
    text = "\n".join(["CHROM\tPOS\tREF\tALT\tAF\tNote", *rows, *filler]) + "\n"
    made = answered(genoteca_sample, tmp_path / "list.hg38.tsv", text)
    assert made.table.select("pos", "ref", "alt", "genotype", "evidence", "match", "af", "note").rows() == [
        (1_000_100, "A", "G", "A/G", "called", "allele", 0.5, "small letters"),
        (1_000_100, "A", "G", "A/G", "called", "allele", 0.6, "the same allele again"),
        (1_000_200, "C", "G", "T/G", "called", "allele", 0.1, "two in one row"),
        (1_000_200, "C", "T", "T/G", "called", "allele", 0.2, "two in one row"),
        (1_000_300, "CAA", "C", "C/C", "called", "allele", None, "not trimmed"),
        (2_000_100, "G", "A", "?/A", "partial", "allele", 0.9, "last first"),
    ]
    told = made.record("reference").metadata
    assert (told["rows_read"], told["listed"], told["repeats"]) == (114, 115, 1)
    assert told["first_lines"] == {
        "contig is not one of the chromosomes 1-22, X, Y and MT": [10],
        "ALT is not made of A, C, G, T": [11],
        "ALT is the REF": [12],
        "no position": [13],
        "the place lies beyond the end of its chromosome": [14],
        "the row has not as many cells as the header": [15],
    }


def test_a_list_of_positions_answers_every_variant_there(genoteca_sample: MakeSample, tmp_path: Path) -> None:
    text = "chrom,pos,ref,alt,gene\nchr1,1000200,C,A,ABC\nchr2,2000000,G,A,DEF\n"
    made = answered(genoteca_sample, tmp_path / "list.hg38.csv", text, match="position")
    columns = ("pos", "genotype", "match", "own_variant", "ref_given", "alt_given", "gene")
    assert made.table.select(columns).rows() == [
        (1_000_200, "T/G", "position", "1:1000200 C>G", "C", "A", "ABC"),
        (1_000_200, "T/G", "position", "1:1000200 C>T", "C", "A", "ABC"),
    ]


def test_every_interval_of_a_bed_that_overlaps_answers(genoteca_sample: MakeSample, tmp_path: Path) -> None:
    text = (
        "track name=x\nchr1\t1000099\t1000100\tone\nchr1\t1000000\t1001000\ttwo\nchr1\t1000100\t1000199\tthree\n"
        "chr1\t5\t5\tempty\n"
    )
    made = answered(genoteca_sample, tmp_path / "hg38.bed", text)
    assert made.table.select("pos", "interval_end", "name", "line", "own_variant").rows() == [
        (1_000_001, 1_001_000, "two", 1, "1:1000100 A>G"),
        (1_000_001, 1_001_000, "two", 2, "1:1000200 C>G"),
        (1_000_001, 1_001_000, "two", 2, "1:1000200 C>T"),
        (1_000_001, 1_001_000, "two", 3, "1:1000300 CAA>C"),
        (1_000_100, 1_000_100, "one", 1, "1:1000100 A>G"),
    ]
    assert made.record("reference").metadata["set_aside"] == {"the interval ends before it starts": 1}


def test_an_interval_that_was_lifted_ends_where_it_does_in_the_genomes_build(
    genoteca_sample: MakeSample, tmp_path: Path
) -> None:
    made = answered(genoteca_sample, tmp_path / "hg38.bed", "chr1\t1000099\t1000100\tone\n")
    # what lifting makes of a published table: other places, the same columns
    lifted = made.reference.with_columns(start=pl.col("start") - 50, end=pl.col("end") + 150)
    lifted.write_parquet(tmp_path / "lifted.parquet")
    record = SimpleNamespace(build="GRCh37", metadata=made.record("reference").metadata)
    reference = SimpleNamespace(path=tmp_path / "lifted.parquet", record=record)
    request = SimpleNamespace(
        reference=reference, sample_tables=genoteca_sample(GENOME).tables, manifest=made.manifest, engine=None
    )
    table = plugin.annotate(request).table
    assert table.select("pos", "interval_end", "line", "own_variant").rows() == [
        (1_000_050, 1_000_250, 1, "1:1000100 A>G"),
        (1_000_050, 1_000_250, 2, "1:1000200 C>G"),
        (1_000_050, 1_000_250, 2, "1:1000200 C>T"),
    ]


def test_parquet_and_positions_from_zero(genoteca_sample: MakeSample, tmp_path: Path) -> None:
    path = tmp_path / "list.hg38.parquet"
    told = {"chrom": ["1"], "pos": [1_000_099], "ref": ["A"], "alt": ["G"], "score": [0.25], "tags": [["a", "b"]]}
    pl.DataFrame(told).write_parquet(path)
    made = answered(genoteca_sample, path, base="0")
    assert made.table.select("pos", "score", "tags").rows() == [(1_000_100, 0.25, "a;b")]


def test_a_vcf_gives_each_allele_its_own_values(genoteca_sample: MakeSample, tmp_path: Path) -> None:
    text = (
        '##fileformat=VCFv4.2\n##INFO=<ID=AF,Number=A,Type=Float,Description="Share">\n'
        '##INFO=<ID=DB,Number=0,Type=Flag,Description="Known">\n##contig=<ID=1,length=248956422>\n'
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        "1\t1000200\trs5\tC\tG,T,<DEL>\t9\tPASS\tAF=0.1,0.2,0.3;DB\n1\t1000300\trs6\tCAAA\tCA\t.\tLOW\tAF=0.4\n"
    )
    path = tmp_path / "sites.vcf"
    made = answered(genoteca_sample, path, text)
    columns = ("alt", "id_given", "qual_given", "filter_given", "af", "db")
    assert made.table.select(columns).rows() == [
        ("G", "rs5", 9.0, "PASS", 0.1, True),
        ("T", "rs5", 9.0, "PASS", 0.2, True),
        ("C", "rs6", None, "LOW", 0.4, False),
    ]
    by_place = answered(genoteca_sample, path, match="position", columns="ALT,AF")
    assert by_place.table.select("pos", "genotype", "alt_given", "match").rows() == [
        (1_000_200, "T/G", "G", "position"),
        (1_000_200, "T/G", "G", "position"),
        (1_000_200, "T/G", "T", "position"),
        (1_000_200, "T/G", "T", "position"),
        (1_000_300, "C/C", "CA", "position"),
    ]


def test_a_cell_that_is_not_of_its_type_is_named_with_its_line(genoteca_sample: MakeSample, tmp_path: Path) -> None:
    path = tmp_path / "list.hg38.tsv"
    text = "chrom\tpos\tref\talt\tscore\n1\t5\tA\tG\t1.5\n1\t6\tA\tG\tnone\n"
    with pytest.raises(ReferenceDataError, match="1 cells of score are no number; the first, in line 3, is 'none'"):
        answered(genoteca_sample, path, text, columns="score:number")
    assert answered(genoteca_sample, path, missing="none", columns="score:number").record("reference").rows == 2


def test_a_file_of_another_build_is_refused(genoteca_sample: MakeSample, tmp_path: Path) -> None:
    text = "chrom\tpos\tref\talt\n1\t249000000\tA\tG\n1\t5\tA\tG\n"
    with pytest.raises(ReferenceDataError, match="beyond the end of their chromosome in GRCh38; the first in line 2"):
        answered(genoteca_sample, tmp_path / "list.tsv", text, build="GRCh38")


def test_dbnsfp_answers_a_genome_of_the_other_build(genoteca_sample: MakeSample, tmp_path: Path) -> None:
    path = tmp_path / "dbNSFP.chr1"
    path.write_text(
        "#chr\tpos(1-based)\tref\talt\thg19_chr\thg19_pos(1-based)\tSIFT_score\n"
        "1\t925942\tA\tC\t1\t861322\t0.01\n1\t1000100\tA\tG\t.\t.\t0.5\n"
    )
    genome = HEAD.replace("248956422", "249250621").replace("242193529", "243199373")
    genome += "chr1\t861322\t.\tA\tC\t50\tPASS\t.\tGT\t0/1\n"
    old = materialize_module(plugin, genoteca_sample(genome, build="GRCh37"), settings={"source": str(path)})
    assert old.table.select("pos", "sift_score").rows() == [(861_322, 0.01)]
    assert old.record("reference").metadata["set_aside"] == {"no chromosome": 1}
    new = answered(genoteca_sample, path)
    assert new.table.select("pos", "sift_score").rows() == [(1_000_100, 0.5)]


CELL = st.text(st.sampled_from('ACGTacgt,|.-<N 0123456789\t;"x'), max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=12))
def test_whatever_rows_a_table_has_none_is_lost(tmp_path: Path, rows: list[list[str]]) -> None:
    from genoteca.sdk import Build
    from genoteca.sdk.own_table.account import TableAccount
    from genoteca.sdk.own_table.head import read_head
    from genoteca.sdk.own_table.placing import alleles_of_rows
    from genoteca.sdk.own_table.reading import table_rows

    path = tmp_path / "any.tsv"
    lines = ["\t".join(row) for row in rows]
    path.write_text("\n".join(["chrom\tpos\tref\talt\tnote", "1\t5\tA\tG\tx", *lines]) + "\n")
    account = TableAccount()
    wanted = {"_chrom": "chrom", "_pos": "pos", "_ref": "ref", "_alt": "alt", "note": "note"}
    for frame in table_rows(path, read_head(path, path.name), wanted, account, lambda _done, _said: None):
        account.kept += len(alleles_of_rows(frame, 1, Build.GRCH38, account))
    account.require_sum()
    assert account.rows_read == 1 + sum(bool(line.strip()) for line in lines)
