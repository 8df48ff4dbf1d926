import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genoteca.engine.results import Format, ResultTable, parse_where
from genoteca.engine.results.export import write_rows
from genoteca.engine.results.watched import watched
from genoteca.errors import DatasetError, FilterError, InputError, RunError
from genoteca.model.column import Column, ColumnType
from genoteca.model.filter import Sort
from genoteca.model.record import Record

COLUMNS = [
    Column(name="chrom", label="Chromosome", type=ColumnType.CATEGORY),
    Column(name="gene", label="Gene"),
    Column(name="stars", label="Stars", type=ColumnType.STARS),
    Column(name="filtered", label="Filtered", type=ColumnType.FLAG),
]
ROWS = {
    "chrom": ["10", "2", "X", "1"],
    "gene": ["MCM6", None, "=cmd()", "herc2"],
    "stars": [3, 1, None, 4],
    "filtered": [True, False, None, False],
}


def record(sha256: str) -> Record:
    return Record(
        asset=["m", "annotations"],
        partition="u/s",
        run="r",
        created=datetime.now(UTC),
        file="x.parquet",
        rows=4,
        bytes=1,
        sha256=sha256,
        code_version="1",
        data_version="1",
    )


@pytest.fixture
def table(tmp_path: Path) -> Iterator[ResultTable]:
    path = tmp_path / "x.parquet"
    pl.DataFrame(ROWS, schema_overrides={"chrom": pl.Enum(["1", "2", "10", "X"]), "stars": pl.UInt8}).write_parquet(
        path
    )
    opened = ResultTable(path, record("a" * 64), COLUMNS, tmp_path / "cache")
    yield opened
    opened.close()


def numbers(table: ResultTable, where: str) -> list[int]:
    tree = parse_where(where)
    rows = [row["_row"] for row in table.rows(tree)]
    assert table.matched(tree) == len(rows)
    return rows


def test_filters_find_their_rows(table: ResultTable) -> None:
    assert numbers(table, "stars >= 3") == [0, 3]
    assert numbers(table, "gene is empty or gene contains 'HERC'") == [1, 3]
    assert numbers(table, "not (stars = 3)") == [1, 2, 3]
    assert numbers(table, "gene != 'MCM6'") == [1, 2, 3]
    assert numbers(table, "filtered = false") == [1, 3]
    assert numbers(table, "chrom in ('10', 'X')") == [0, 2]
    assert numbers(table, "gene starts with 'mc'") == [0]
    assert numbers(table, "gene lists 'mcm6'") == [0]
    assert numbers(table, "gene lists 'mc'") == []


def test_a_text_is_found_in_any_text_column_and_percent_is_only_a_percent(table: ResultTable) -> None:
    assert [row["_row"] for row in table.rows(text="herc")] == [3]
    assert table.matched(None, "%") == 0


def test_chromosomes_sort_in_their_own_order_and_empty_cells_come_last(table: ResultTable) -> None:
    assert [r["chrom"] for r in table.rows(sort=[Sort(column="chrom")])] == ["1", "2", "10", "X"]
    assert [r["stars"] for r in table.rows(sort=[Sort(column="stars", descending=True)])] == [4, 3, 1, None]


def test_a_page_is_a_stretch_of_the_whole(table: ResultTable) -> None:
    assert [r["_row"] for r in table.rows(start=1, limit=2)] == [1, 2]
    assert table.row(2)["gene"] == "=cmd()"
    with pytest.raises(DatasetError, match="no row 9"):
        table.row(9)


def test_an_unknown_column_is_named_with_the_nearest(table: ResultTable) -> None:
    with pytest.raises(FilterError, match="Did you mean gene"):
        table.rows(parse_where("genes = 'a'"))
    with pytest.raises(FilterError, match="stars"):
        table.rows(parse_where("stars = 'many'"))
    with pytest.raises(FilterError):
        table.rows(sort=[Sort(column='gene" --')])


@settings(max_examples=60)
@given(value=st.text(max_size=12))
def test_no_value_reaches_the_sql_as_text(value: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("t")
    path = folder / "x.parquet"
    pl.DataFrame({"gene": [value, "other"]}).write_parquet(path)
    table = ResultTable(path, record("b" * 64), [COLUMNS[1]], folder / "cache")
    try:
        found = [row["_row"] for row in table.rows(parse_where("gene = '" + value.replace("'", "''") + "'"))]
    finally:
        table.close()
    assert 0 in found


def test_an_export_is_exactly_the_view(table: ResultTable, tmp_path: Path) -> None:
    where = parse_where("stars is not empty")
    out = tmp_path / "view.csv"
    assert (
        write_rows(table, out, Format.CSV, where=where, sort=[Sort(column="stars")], columns=["gene", "stars"]) == 3
    )
    assert out.read_text().splitlines() == ["gene,stars", ",1", "MCM6,3", "herc2,4"]
    parquet = tmp_path / "view.parquet"
    write_rows(table, parquet, Format.PARQUET, columns=["chrom"])
    assert pl.read_parquet(parquet)["chrom"].to_list() == ROWS["chrom"]
    write_rows(table, tmp_path / "view.json", Format.JSON, where=parse_where("stars = 4"))
    assert json.loads((tmp_path / "view.json").read_text()) == [
        {"chrom": "1", "gene": "herc2", "stars": 4, "filtered": False}
    ]


def test_a_spreadsheet_formula_is_written_as_text(table: ResultTable, tmp_path: Path) -> None:
    out = tmp_path / "view.tsv"
    write_rows(table, out, Format.TSV, columns=["gene"])
    assert "'=cmd()" in out.read_text().splitlines()


def test_a_missing_folder_is_named(table: ResultTable, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder"):
        write_rows(table, tmp_path / "absent" / "x.csv", Format.CSV)


def sheet(path: Path, number: int) -> str:
    with zipfile.ZipFile(path) as book:
        return book.read(f"xl/worksheets/sheet{number}.xml").decode()


def test_a_workbook_keeps_types_and_says_what_it_is(table: ResultTable, tmp_path: Path) -> None:
    out = tmp_path / "view.xlsx"
    assert write_rows(table, out, Format.XLSX, about=[("Sample", "u/s")]) == 4
    rows = sheet(out, 1)
    assert rows.count("<row ") == 5
    assert "<v>3</v>" in rows
    assert '<c r="D2" t="b"><v>1</v></c>' in rows
    assert "Sample" in sheet(out, 2)
    assert "u/s" in sheet(out, 2)
    assert "Chromosome" in sheet(out, 3)
    assert not [file for file in tmp_path.iterdir() if file.name not in ("view.xlsx", "x.parquet", "cache")]


def test_a_workbook_holds_no_formula(table: ResultTable, tmp_path: Path) -> None:
    out = tmp_path / "view.xlsx"
    write_rows(table, out, Format.XLSX, columns=["gene"])
    rows = sheet(out, 1)
    assert "<f>" not in rows
    cell = re.search(r'<c r="A4" s="(\d+)" t="inlineStr"><is><t>=cmd\(\)</t></is></c>', rows)
    assert cell is not None
    with zipfile.ZipFile(out) as book:
        formats = re.search(r"<cellXfs.*?</cellXfs>", book.read("xl/styles.xml").decode())
    assert formats is not None
    assert 'quotePrefix="1"' in re.findall(r"<xf .*?>", formats[0])[int(cell[1])]


def test_a_workbook_that_cannot_hold_the_rows_is_refused_before_it_is_begun(tmp_path: Path) -> None:
    path = tmp_path / "many.parquet"
    pl.select(gene=pl.repeat("A", 1_048_576)).write_parquet(path)
    many = ResultTable(path, record("c" * 64), [COLUMNS[1]], tmp_path / "cache")
    try:
        with pytest.raises(InputError, match=r"holds 1,048,575 rows; these are 1,048,576"):
            write_rows(many, tmp_path / "many.xlsx", Format.XLSX)
        assert write_rows(many, tmp_path / "many.csv", Format.CSV) == 1_048_576
    finally:
        many.close()
    assert not (tmp_path / "many.xlsx").exists()


@pytest.mark.parametrize("kind", [kind for kind in Format if kind is not Format.VCF])
def test_an_export_tells_how_far_it_is_up_to_its_end(table: ResultTable, tmp_path: Path, kind: Format) -> None:
    told: list[tuple[float, str]] = []
    rows = write_rows(table, tmp_path / "view", kind, progress=lambda share, said: told.append((share, said)))
    shares = [share for share, _ in told]
    assert rows == 4
    assert shares == sorted(shares)
    assert told[0] == (0.0, "4 rows to write")
    assert told[-1] == (0.95, "Counting the rows of the finished file")


def test_a_statement_that_would_never_end_is_ended() -> None:
    told: list[float] = []

    def stop(share: float) -> None:
        told.append(share)
        raise RunError("stopped")

    with duckdb.connect() as connection, pytest.raises(RunError, match="stopped"), watched(connection, stop):
        connection.execute("SELECT sum(a.range * b.range) FROM range(100000000) a, range(100000000) b")
    assert len(told) == 1
    assert 0 <= told[0] < 0.5


@pytest.mark.parametrize("kind", [Format.CSV, Format.XLSX])
def test_a_large_export_is_stopped_in_its_middle_and_leaves_no_file(tmp_path: Path, kind: Format) -> None:
    path = tmp_path / "large.parquet"
    pl.DataFrame({"gene": pl.arange(900_000, eager=True).cast(pl.String)}).write_parquet(path)
    table = ResultTable(path, record("c" * 64), [COLUMNS[1]], tmp_path / "cache")

    def stop(share: float, _: str) -> None:
        if share > 0:
            raise RunError("stopped")

    try:
        with pytest.raises(RunError, match="stopped"):
            write_rows(table, tmp_path / "view", kind, progress=stop)
    finally:
        table.close()
    assert {file.name for file in tmp_path.iterdir()} == {"large.parquet", "cache"}
