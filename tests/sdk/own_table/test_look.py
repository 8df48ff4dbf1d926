from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest

from genoteca.errors import GenomeFileError, InputError
from genoteca.model.build import Build
from genoteca.sdk import TableLook, TableMatch, look_at_table
from genoteca.sdk.own_table.head import FileKind

LIST = "CHROM\tPOS\tREF\tALT\tAF\tgene\tchecked\nchr1\t100\tA\tG\t0.1\tABC\tyes\n1\t200\tC\tT,G\t0.2,0.3\tDEF\tno\n"
# the first columns of dbNSFP's own header line (https://www.dbnsfp.org), and a few further on
DBNSFP = (
    "#chr\tpos(1-based)\tref\talt\taaref\thg19_chr\thg19_pos(1-based)\thg18_chr\thg18_pos(1-based)\tSIFT_score\t"
    "1000Gp3_AF\tGERP++_RS\n1\t925942\tA\tC\tM\t1\t861322\t1\t851185\t0.0;0.01\t.\t5.1\n"
    "1\t925943\tT\tA\tM\t1\t861323\t1\t851186\t.\t0.002\t-3.2\n"
)


def look(path: Path, text: str | bytes, **settings: str) -> TableLook:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return look_at_table(path, settings)


def test_a_table_is_understood_by_its_header_and_cells(tmp_path: Path) -> None:
    found = look(tmp_path / "list.hg38.tsv", LIST).require()
    assert (found.kind, found.builds, found.match, found.base) == ("table", (Build.GRCH38,), TableMatch.ALLELE, 1)
    assert found.place == {"chrom": "CHROM", "pos": "POS", "ref": "REF", "alt": "ALT"}
    assert [(c.source, c.name, c.type) for c in found.kept] == [
        ("AF", "af", "frequency"),
        ("gene", "gene", "text"),
        ("checked", "checked_given", "flag"),
    ]
    assert found.rows[1] == ("1", "200", "C", "T,G", "0.2,0.3", "DEF", "no")


def test_a_file_that_does_not_say_its_build_is_asked_about_and_never_guessed(tmp_path: Path) -> None:
    found = look(tmp_path / "list.tsv", LIST)
    assert found.builds == ()
    with pytest.raises(InputError, match=r"CHROM, POS, REF, ALT, AF, gene, checked\. Missing: the genome build"):
        found.require()
    assert look(tmp_path / "list.tsv", LIST, build="GRCh37").require().builds == (Build.GRCH37,)


@pytest.mark.parametrize(
    ("rows", "build"),
    [
        ("NC_000001.10\t100\n", Build.GRCH37),
        ("NC_000001.11\t100\n", Build.GRCH38),
        ("1\t249000000\n", Build.GRCH37),
        ("1\t169549811\trs6025\n", Build.GRCH38),
        ("1\t169519049\trs6025\n", Build.GRCH37),
    ],
)
def test_accessions_ends_of_chromosomes_and_well_known_variants_tell_the_build(
    tmp_path: Path, rows: str, build: Build
) -> None:
    name = "\tname" if rows.count("\t") == 2 else ""
    assert look(tmp_path / "list.tsv", f"chrom\tpos{name}\n{rows}").require().builds == (build,)


def test_dbnsfp_has_places_in_both_builds(tmp_path: Path) -> None:
    found = look(tmp_path / "dbNSFP.chr1", DBNSFP).require()
    assert found.places == {
        Build.GRCH37: {"chrom": "hg19_chr", "pos": "hg19_pos(1-based)", "ref": "ref", "alt": "alt"},
        Build.GRCH38: {"chrom": "#chr" if "#chr" in found.names else "chr", "pos": "pos(1-based)", "ref": "ref",
                       "alt": "alt"},
    }  # fmt: skip
    assert [(c.source, c.name, c.type) for c in found.kept] == [
        ("aaref", "aaref", "text"),
        ("SIFT_score", "sift_score", "list"),
        ("1000Gp3_AF", "c_1000gp3_af", "frequency"),
        ("GERP++_RS", "gerp_rs", "number"),
    ]


def test_a_bed_counts_from_zero_and_is_matched_by_interval(tmp_path: Path) -> None:
    text = "track name=x\nchr1\t99\t200\tone\t5\t+\nchr1\t300\t400\ttwo\t6\t-\n"
    found = look(tmp_path / "genes.GRCh37.bed", text).require()
    assert (found.kind, found.match, found.base) == (FileKind.BED, TableMatch.INTERVAL, 0)
    assert [c.source for c in found.kept] == ["name", "score", "strand"]
    assert [column.name for column in found.annotation_columns()[:2]] == ["interval_end", "own_variant"]
    named = look(tmp_path / "genes.GRCh37.bed", "#chrom\tfrom\tto\tgene\nchr1\t99\t200\tABC\n").require()
    assert (named.kind, named.base, named.places[Build.GRCH37]["start"]) == (FileKind.BED, 0, "from")


@pytest.mark.parametrize(
    ("header", "base"),
    [("chrom\tchromStart\tchromEnd", 0), ("chrom\tstart\tend", 1), ("chrom\tstart (0-based)\tend", 0)],
)
def test_the_names_say_where_counting_begins(tmp_path: Path, header: str, base: int) -> None:
    found = look(tmp_path / "x.b38.tsv", f"{header}\n1\t5\t9\n")
    assert (found.match, found.base) == (TableMatch.INTERVAL, base)
    assert look(tmp_path / "x.b38.tsv", f"{header}\n1\t5\t9\n", base="1").base == 1


def test_parquet_packed_text_and_quoted_commas_are_read(tmp_path: Path) -> None:
    frame = pl.DataFrame({"chrom": ["1"], "pos": [5], "genes": [["A", "B"]], "ok": [True], "blob": [b"x"]})
    frame.write_parquet(tmp_path / "x.hg38.parquet")
    kept = {c.source: c.type for c in look_at_table(tmp_path / "x.hg38.parquet", {}).require().kept}
    assert (kept["genes"], kept["ok"]) == ("list", "flag")
    packed = look(tmp_path / "list.hg38.tsv.gz", gzip.compress(LIST.encode()))
    assert [c.source for c in packed.kept] == ["AF", "gene", "checked"]
    quoted = look(tmp_path / "q.hg38.csv", 'Chromosome,Position,"full, name"\n1,5,"a ""b"", c"\n')
    assert quoted.kept[0].examples == ('a "b", c',)


def test_what_is_no_table_is_refused_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="binary"):
        look(tmp_path / "x.tbi", b"TBI\x01\x00\x00rest\n")
    with pytest.raises(InputError, match="no rows"):
        look(tmp_path / "x.tsv", "# nothing\n")
    with pytest.raises(InputError, match="There is no file"):
        look_at_table(tmp_path / "gone.tsv", {})
    with pytest.raises(InputError, match="columns that say where a row lies"):
        look(tmp_path / "x.hg38.tsv", "gene\tscore\nABC\t5\n").require()


def test_a_column_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column 'genes'") as error:
        look(tmp_path / "list.hg38.tsv", LIST, columns="AF, genes")
    assert error.value.hint == "Did you mean gene?"
    with pytest.raises(InputError, match="which the setting pos names"):
        look(tmp_path / "list.hg38.tsv", LIST, pos="position")


def test_chosen_columns_keep_their_order_type_and_label(tmp_path: Path) -> None:
    found = look(tmp_path / "list.hg38.tsv", LIST, columns="gene:category:Gene symbol, AF").require()
    told = [(column.name, column.label, column.type) for column in found.annotation_columns()]
    assert told == [("gene", "Gene symbol", "category"), ("af", "AF", "frequency")]


def test_where_no_alleles_are_compared_the_genomes_variant_has_a_column_and_the_files_own_keeps_its_name(
    tmp_path: Path,
) -> None:
    text = "chrom\tpos\town_variant\n1\t5\tx\n"
    found = look(tmp_path / "x.hg38.tsv", text).require()
    assert [(c.name, c.label) for c in found.annotation_columns()] == [
        ("own_variant", "Your variant"),
        ("own_variant_given", "own variant"),
    ]
    alleles = look(tmp_path / "list.hg38.tsv", LIST).require()
    assert "own_variant" not in {column.name for column in alleles.annotation_columns()}


def test_a_list_of_alleles_alone_says_that_it_lists_them(tmp_path: Path) -> None:
    found = look(tmp_path / "x.hg38.tsv", "chrom\tpos\tref\talt\n1\t5\tA\tG\n").require()
    assert [column.name for column in found.annotation_columns()] == ["listed"]


def test_a_vcf_that_says_another_build_than_the_user_is_not_used(tmp_path: Path) -> None:
    names = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
    text = f"##fileformat=VCFv4.2\n##reference=GRCh38\n{names}\n1\t5\t.\tA\tG\t.\t.\t.\n"
    assert look(tmp_path / "x.vcf", text).require().builds == (Build.GRCH38,)
    with pytest.raises(InputError, match="you said GRCh37, the file GRCh38"):
        look(tmp_path / "x.vcf", text, build="GRCh37").require()


def test_a_damaged_file_of_a_module_is_not_called_a_genome(tmp_path: Path) -> None:
    path = tmp_path / "list.vcf.gz"
    path.write_bytes(gzip.compress(b"##fileformat=VCFv4.2\n" * 2000)[:60])
    with pytest.raises(GenomeFileError) as caught:
        look_at_table(path, {})
    assert caught.value.title == "A file of this module cannot be read"
