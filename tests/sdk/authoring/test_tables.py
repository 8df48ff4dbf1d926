"""A table that someone has: what its columns are, what is wrong in its rows, and the module that it becomes."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from tests.genome.sequences import written

from genoteca.errors import InputError
from genoteca.genome.sequence import ReferenceSequence
from genoteca.model.build import Build
from genoteca.sdk import check_module, data_plugin
from genoteca.sdk.authoring.draft import Draft
from genoteca.sdk.authoring.looking import look_at_draft
from genoteca.sdk.authoring.row_finding import RowFinding
from genoteca.sdk.authoring.rows import read_rows
from genoteca.sdk.authoring.table_rules import CheckedRows, check_rows
from genoteca.sdk.authoring.writing import write_draft
from genoteca.sdk.table_spec import TableKind
from genoteca.sdk.testing import MakeSample, materialize_module

HEAD = "rsID,Gene,Chr,Position,Ref,Alt,Genotype,Conclusion,PMID"
GOOD = [
    "rs4988235,MCM6,chr2,135851076,G,A,GG,No copy,11788828",
    "rs4988235,MCM6,chr2,135851076,G,A,G/A,One copy,11788828;16444273",
    "rs4988235,MCM6,chr2,135851076,G,A,A|A,Two copies,",
]
WORDS = {
    "id": "mine",
    "title": "My table",
    "summary": "A table of mine, of one site.",
    "author": "Me",
    "source_name": "A paper",
    "source_url": "https://doi.org/10.1038/ng826",
}


def draft(folder: Path, *rows: str, head: str = HEAD, **more: object) -> Draft:
    path = folder / "table.csv"
    path.write_text("\n".join([head, *rows]) + "\n")
    return Draft.model_validate({"source": str(path), "build": "GRCh38", **WORDS, **more})


def checked(told: Draft, folder: Path, sequences: dict[Build, ReferenceSequence] | None = None) -> CheckedRows:
    look = look_at_draft(told, folder)
    assert look.missing == ()
    return check_rows(read_rows(told, look, folder), look, sequences or {})


def the_only(found: CheckedRows) -> RowFinding:
    assert len(found.findings) == 1, [one.words for one in found.findings]
    return found.findings[0]


def test_columns_are_found_by_their_names(tmp_path: Path) -> None:
    look = look_at_draft(draft(tmp_path, *GOOD), tmp_path)
    assert look.kind is TableKind.GENOTYPES
    assert look.roles == {
        "chrom": "Chr",
        "pos": "Position",
        "ref": "Ref",
        "alt": "Alt",
        "genotype": "Genotype",
        "rsid": "rsID",
        "pmids": "PMID",
    }
    assert [column.name for column in look.kept] == ["rsid", "gene", "conclusion", "pmids"]


def test_a_table_that_does_not_say_its_build_is_asked_for_it(tmp_path: Path) -> None:
    look = look_at_draft(draft(tmp_path, "x,G,2,100,A,C,A/C,said,1", build=None), tmp_path)
    assert look.builds == ()
    assert "genome build" in look.missing[0]


def test_a_good_table_becomes_a_module_that_keeps_every_rule_and_answers(
    tmp_path: Path, genoteca_sample: MakeSample
) -> None:
    told = draft(tmp_path, *GOOD)
    found = checked(told, tmp_path)
    assert (found.read, len(found.good), found.findings) == (3, 3, ())
    folder = tmp_path / "module"
    write_draft(told, look_at_draft(told, tmp_path), found, folder, version="1.0.0")
    assert [one for one in check_module(data_plugin(folder), folder=folder) if not one.ok] == []
    (row,) = materialize_module(data_plugin(folder), genoteca_sample()).table.iter_rows(named=True)
    assert (row["evidence"], row["conclusion"], row["gene"]) == ("called", "One copy", "MCM6")
    assert row["pmids"] == "11788828;16444273"


@pytest.mark.parametrize(
    ("row", "column", "expected", "hint"),
    [
        ("rs4988235,G,2,136608646,G,A,G/G,s,1", "Position", "2:135,851,076, where GRCh38", "its place in GRCh37"),
        ("rs1,G,2,999999999,G,A,G/G,s,1", "Position", "242,193,529", "choose the build"),
        ("rs1,G,2,x,G,A,G/G,s,1", "Position", "a position", "whole number"),
        ("rs1,G,25,100,G,A,G/G,s,1", "Chr", "a chromosome", "with or without chr"),
        ("rs1,G,2,100,G,N,G/G,s,1", "Alt", "letters A, C, G, T", "plus strand"),
        ("rs1,G,2,100,G,G,G/G,s,1", "Alt", "other than the reference", "other one"),
        ("rs1,G,2,100,GA,GC,GA/GC,s,1", "Ref", "101, A, C", "Write 101, A, C"),
        ("rs1,G,2,100,G,A,C/T,s,1", "Genotype", "two of the alleles G, A", "other strand"),
        ("rs1,G,2,100,G,A,G,s,1", "Genotype", "two of the alleles", "REF and ALT"),
        ("rs1,G,MT,100,G,A,G/G,s,1", "Genotype", "one of the alleles", "REF and ALT"),
        ("ss1,G,2,100,G,A,G/G,s,1", "rsID", "rs and a number", "Leave the cell empty"),
        ("rs1,G,2,100,G,A,G/G,s,PMC12", "PMID", "numbers of papers", "no PMC"),
        ("rs1,G,2,100,G,A,G/G,s", "all of them", "as many cells", "quotation marks"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(
    tmp_path: Path, row: str, column: str, expected: str, hint: str
) -> None:
    found = the_only(checked(draft(tmp_path, *GOOD, row), tmp_path))
    assert (found.line, found.column, found.level) == (5, column, "wrong")
    assert expected in found.expected
    assert hint in found.hint


def test_rows_that_contradict_each_other_are_found(tmp_path: Path) -> None:
    again = checked(draft(tmp_path, *GOOD, GOOD[1]), tmp_path)
    assert "row 3 has it already" in the_only(again).expected
    elsewhere = checked(draft(tmp_path, *GOOD, "rs4988235,M,3,100,G,A,G/G,s,1".replace("rs4988235", "rs7")), tmp_path)
    assert elsewhere.wrong == ()
    twice = checked(draft(tmp_path, *GOOD, "rs7,M,3,100,G,A,G/G,s,1", "rs7,M,3,200,G,A,G/G,s,1"), tmp_path)
    assert "one place for it" in the_only(twice).expected
    other = checked(draft(tmp_path, *GOOD, "rs4988235,M,2,135851076,G,T,G/T,s,1"), tmp_path)
    assert "of this place" in the_only(other).expected


def test_a_genotype_without_a_row_is_doubtful_and_said_to_whom_it_concerns(
    tmp_path: Path, genoteca_sample: MakeSample
) -> None:
    told = draft(tmp_path, GOOD[0], GOOD[2])
    found = checked(told, tmp_path)
    assert the_only(found).level == "doubtful"
    assert "a row for A/G" in the_only(found).expected
    folder = tmp_path / "module"
    write_draft(told, look_at_draft(told, tmp_path), found, folder, version="1.0.0")
    (row,) = materialize_module(data_plugin(folder), genoteca_sample()).table.iter_rows(named=True)
    assert (row["genotype"], row["conclusion"]) == ("A/G", None)
    assert row["described"] == "genotype not described by this module"


def test_the_minus_strand_is_turned_only_where_the_table_says_so(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    rows = [f"rs4988235,2,135851076,G,A,{genotype},{genotype},-" for genotype in ("C/C", "C/T", "T/T")]
    told = draft(tmp_path, *rows, head="rsid,chrom,pos,ref,alt,genotype,told,strand")
    found = checked(told, tmp_path)
    assert found.findings == ()
    folder = tmp_path / "module"
    write_draft(told, look_at_draft(told, tmp_path), found, folder, version="1.0.0")
    (row,) = materialize_module(data_plugin(folder), genoteca_sample()).table.iter_rows(named=True)
    assert (row["genotype"], row["told"]) == ("A/G", "C/T")


def test_ref_is_compared_with_an_installed_sequence(tmp_path: Path) -> None:
    sequences = {Build.GRCH38: written(tmp_path / "sequence.parquet", cMT="ACGTACGT")}
    head = "chrom,pos,ref,alt,told"
    good = checked(draft(tmp_path, "MT,2,C,T,x", head=head), tmp_path, sequences)
    assert (good.findings, good.reference_compared) == ((), (Build.GRCH38,))
    for row, hint in (("MT,2,T,C,x", "exchanged"), ("MT,2,G,T,x", "other strand"), ("MT,2,A,T,x", "count")):
        found = the_only(checked(draft(tmp_path, row, head=head), tmp_path, sequences))
        assert (found.line, found.column) == (2, "ref")
        assert "C, which GRCh38 has at MT:2" in found.expected
        assert hint in found.hint


def test_regions_that_count_from_0_are_written_from_1(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    path = tmp_path / "places.bed"
    path.write_text("chr2\t135851075\t135851076\tlactase\n")
    told = Draft.model_validate({"source": str(path), "build": "GRCh38", **WORDS})
    found = checked(told, tmp_path)
    assert found.findings == ()
    folder = tmp_path / "module"
    write_draft(told, look_at_draft(told, tmp_path), found, folder, version="1.0.0")
    table = pl.read_csv(folder / "regions.csv")
    assert table.select("start_GRCh38", "end_GRCh38").row(0) == (135851076, 135851076)
    made = materialize_module(data_plugin(folder), genoteca_sample())
    assert made.table.height == 1


def test_places_of_two_builds_serve_genomes_of_both(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    head = "chrom,pos_GRCh37,pos_GRCh38,ref,alt,told"
    told = draft(tmp_path, "2,136608646,135851076,G,A,carried", head=head, build=None)
    found = checked(told, tmp_path)
    assert found.findings == ()
    folder = tmp_path / "module"
    write_draft(told, look_at_draft(told, tmp_path), found, folder, version="1.0.0")
    for build in ("GRCh37", "GRCh38"):
        made = materialize_module(data_plugin(folder), genoteca_sample(build=build))
        assert made.evidence["called"] == 1


def test_a_sheet_of_a_workbook_is_read_with_its_row_numbers(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Notes").write(0, 0, "nothing here")
        sheet = book.add_worksheet("Sites")
        sheet.write_row(0, 0, HEAD.split(","))
        for number, line in enumerate(GOOD, start=1):
            cells = [int(cell) if cell.isdecimal() else cell for cell in line.split(",")]
            sheet.write_row(number, 0, cells)
        sheet.write_row(5, 0, ["rs1", "G", 2, "x", "G", "A", "G/G", "after an empty row", 1])
    told = Draft.model_validate({"source": str(path), "sheet": "Sites", "build": "GRCh38", **WORDS})
    assert look_at_draft(told, tmp_path).sheets == ("Notes", "Sites")
    found = the_only(checked(told, tmp_path))
    assert (found.line, found.column, found.given) == (6, "Position", "x")
    with pytest.raises(InputError, match="has no sheet"):
        look_at_draft(told.model_copy(update={"sheet": "Other"}), tmp_path)


def test_what_is_no_workbook_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    path.write_bytes(b"no workbook")
    with pytest.raises(InputError, match="cannot be read as a workbook"):
        look_at_draft(Draft(source=str(path)), tmp_path)


def test_a_table_with_something_to_mend_is_not_written(tmp_path: Path) -> None:
    told = draft(tmp_path, *GOOD, "rs1,G,2,x,G,A,G/G,s,1")
    with pytest.raises(InputError, match="Row 5, column Position"):
        write_draft(told, look_at_draft(told, tmp_path), checked(told, tmp_path), tmp_path / "out", version="1.0.0")
    assert not (tmp_path / "out").exists()
