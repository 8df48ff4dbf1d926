"""A genome's own tables, as screens and commands read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from genoteca import actions
from genoteca.actions import AddSample, App, Query
from genoteca.errors import FilterError, NotFoundError
from genoteca.model.column import STRUCTURAL
from genoteca.model.filter import Sort
from genoteca.model.run import RunStatus
from genoteca.settings import Settings

RECORDS = """##fileformat=VCFv4.2
##contig=<ID=chr1,length=248956422>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tNA1
chr1\t1500001\tfirst\tG\t<DEL>\t812\tPASS\tSVLEN=-3211\tGT:GQ\t0/1:50
chr1\t2500001\t.\tG\tC\t50\tPASS\t.\tGT:GQ\t0/1:50
chr1\t3500001\t.\tN\t<DUP>\t88\tPASS\tEND=3502568\tGT:CN\t./1:6
chr1\t4500001\t.\tN\t<INV>\t88\tPASS\tEND=4502568\tGT\t0/0
"""
KEY = "me/na1"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An open app with one genome that lists structural variants."""
    folder = tmp_path_factory.mktemp("tables")
    path = folder / "genome.vcf"
    path.write_text(RECORDS)
    app = actions.open_app(Settings(home=folder / "home", standby_seconds=0, offline=True))
    actions.start(app)
    try:
        _, run = actions.add_sample(app, AddSample(path=str(path)))
        assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED, actions.run_lines(app, run)
        yield app
    finally:
        actions.close(app)


def test_the_head_of_a_table_names_its_rows_and_columns(app: App) -> None:
    header = actions.show_table(app, KEY, "structural")
    assert (header.rows, header.title, header.source) == (3, "Structural variants", "sample/structural")
    assert [column.name for column in header.columns] == [column.name for column in STRUCTURAL]
    for name in actions.SAMPLE_TABLES:
        head = actions.show_table(app, KEY, name)
        assert set(head.shown) <= {column.name for column in head.columns}


def test_rows_are_filtered_sorted_searched_and_paged(app: App) -> None:
    page = actions.table_page(app, KEY, "structural", Query(where=actions.parse_where("length > 3000")))
    assert ([row["type"] for row in page.rows], page.matched, page.total) == (["DEL"], 1, 3)
    turned = Query(sort=[Sort(column="start", descending=True)], start=1, limit=1)
    assert [row["type"] for row in actions.table_page(app, KEY, "structural", turned).rows] == ["DUP"]
    assert actions.table_page(app, KEY, "structural", Query(text="FIRST")).matched == 1
    assert [row["pos"] for row in actions.table_page(app, KEY, "variants", Query()).rows] == [2500001]
    with pytest.raises(FilterError, match="lenght"):
        actions.table_page(app, KEY, "structural", Query(where=actions.parse_where("lenght > 3000")))


def test_a_row_shows_its_way_from_the_file(app: App) -> None:
    detail = actions.table_row(app, KEY, "structural", 1)
    assert detail.title == "DUP · 1:3,500,001–3,502,568"
    assert {cell.column: cell.text for cell in detail.cells}["copy_number"] == "6"
    assert "record 3, line 7" in detail.lineage[0].text
    assert actions.table_row(app, KEY, "variants", 0).title == "1:2,500,001"


@pytest.mark.parametrize("form", ["csv", "tsv", "parquet", "json"])
def test_a_view_is_exported(app: App, tmp_path: Path, form: str) -> None:
    query, out = Query(where=actions.parse_where("dosage >= 1")), tmp_path / "out"
    columns = ["type", "end"]
    assert actions.export_table(app, KEY, "structural", query, columns=columns, format=form, output=out) == 2
    found = {
        "csv": lambda: pl.read_csv(out),
        "tsv": lambda: pl.read_csv(out, separator="\t"),
        "parquet": lambda: pl.read_parquet(out),
        "json": lambda: pl.read_json(out),
    }[form]()
    assert found.rows() == [("DEL", 1503212), ("DUP", 3502568)]


def test_what_is_not_there_is_said(app: App) -> None:
    with pytest.raises(NotFoundError, match="no table 'genes'"):
        actions.show_table(app, KEY, "genes")
    with pytest.raises(NotFoundError):
        actions.show_table(app, "me/nobody", "structural")


def test_a_card_counts_structural_variants(app: App) -> None:
    intake = actions.show_sample(app, KEY).intake
    assert intake is not None
    assert (intake.structural_rows, intake.structural_carried, intake.records_kept) == (3, 2, 4)
