from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from genoteca.errors import ManifestError, ReferenceDataError
from genoteca.genome.schema import CHROM
from genoteca.model.build import Build
from genoteca.model.column import Column, ColumnType
from genoteca.sdk.table_file import flag, on_build, read_table, require_columns, typed

BUILDS = (Build.GRCH37, Build.GRCH38)
PLACE = ("chrom", "pos")


def written(folder: Path, text: str, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_cells_are_text_empty_ones_null_and_lines_are_the_files(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, '\ufeffa,b\n1, x \n,"y, z"\n'))
    assert table.to_dict(as_series=False) == {"line": [2, 3], "a": ["1", None], "b": ["x", "y, z"]}


def test_tab_separated_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "a\tb\r\n1\t2\r\n", "t.tsv"))
    assert table.to_dict(as_series=False) == {"line": [2], "a": ["1"], "b": ["2"]}


def test_parquet_is_read_with_row_numbers(tmp_path: Path) -> None:
    pl.DataFrame({"a": [5, 6]}).write_parquet(tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet").to_dict(as_series=False) == {"line": [1, 2], "a": [5, 6]}


@pytest.mark.parametrize("text", ['a\n"x\ny"\n', "a,b\n1,2,3\n", ""])
def test_a_table_that_is_not_one_row_a_line_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ReferenceDataError, match=r"t\.csv"):
        read_table(written(tmp_path, text))


def test_bytes_that_are_no_parquet_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReferenceDataError, match="cannot be read as a parquet table"):
        read_table(written(tmp_path, "nonsense", "t.parquet"))


def test_a_missing_file_and_a_taken_name_are_the_manifests_faults(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"none\.csv is named"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(ManifestError, match="named line"):
        read_table(written(tmp_path, "line\n1\n"))


def test_an_unknown_column_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    path = written(tmp_path, "site,genotpye\na,b\n")
    with pytest.raises(ManifestError, match="'genotpye' is not known") as caught:
        require_columns(path, read_table(path), needed=["site"], allowed=["genotype"])
    assert caught.value.hint == "Did you mean genotype?"
    with pytest.raises(ManifestError, match="has no column ref"):
        require_columns(path, read_table(path), needed=["ref"])


def test_flags_are_read_in_words(tmp_path: Path) -> None:
    path = written(tmp_path, "f,g\ntrue,x\nNo,x\n1,x\n,x\n")
    assert flag(path, read_table(path), "f")["f"].to_list() == [True, False, True, None]
    with pytest.raises(ReferenceDataError, match=r"t\.csv, line 2, column g: 'x' was given, true or false"):
        flag(path, read_table(path), "g")


def test_declared_columns_get_their_types_and_absent_ones_are_null(tmp_path: Path) -> None:
    path = written(tmp_path, "n,c\n1.5,low\n,\n")
    columns = [
        Column(name="n", label="N", type=ColumnType.NUMBER),
        Column(name="c", label="C", type=ColumnType.CATEGORY, values=("low", "high")),
        Column(name="none", label="None", type=ColumnType.COUNT),
    ]
    table = typed(path, read_table(path), columns)
    assert table.schema == {"line": pl.UInt32, "n": pl.Float64, "c": pl.Enum(["low", "high"]), "none": pl.UInt32}
    assert table["n"].to_list() == [1.5, None]


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        (ColumnType.NUMBER, (), r"line 3, column x: 'high' was given, a value of type number"),
        (ColumnType.CATEGORY, ("1",), r"line 3, column x: 'high' was given, one of 1 was expected"),
        (ColumnType.FLAG, (), r"line 3, column x: 'high' was given, true or false"),
    ],
)
def test_a_cell_of_another_type_is_named(
    tmp_path: Path, kind: ColumnType, values: tuple[str, ...], said: str
) -> None:
    path = written(tmp_path, "x\n1\nhigh\n")
    with pytest.raises(ReferenceDataError, match=said):
        typed(path, read_table(path), [Column(name="x", label="X", type=kind, values=values)])


def test_columns_per_build_are_taken_for_the_build(tmp_path: Path) -> None:
    path = written(tmp_path, "chrom_GRCh37,pos_GRCh37,chrom_GRCh38,pos_GRCh38,x\nchr1,10,chrM,20,a\n")
    for build, place in ((Build.GRCH37, ("1", 10)), (Build.GRCH38, ("MT", 20))):
        table = on_build(path, read_table(path), build, BUILDS, PLACE)
        assert table.columns == ["line", "x", "chrom", "pos"]
        assert table.select(PLACE).row(0) == place
        assert table.schema["chrom"] == CHROM


def test_a_column_build_chooses_rows(tmp_path: Path) -> None:
    path = written(tmp_path, "build,chrom,pos\nGRCh37,1,10\nGRCh38,1,20\n")
    assert on_build(path, read_table(path), Build.GRCH38, BUILDS, PLACE)["pos"].to_list() == [20]


def test_one_build_in_the_manifest_needs_no_word(tmp_path: Path) -> None:
    path = written(tmp_path, "chrom,pos\n1,10\n")
    assert on_build(path, read_table(path), Build.GRCH38, [Build.GRCH38], PLACE)["pos"].to_list() == [10]
    with pytest.raises(ManifestError, match="does not say of which build"):
        on_build(path, read_table(path), Build.GRCH38, BUILDS, PLACE)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("chrom,pos\n1,5\n25,5\n", "line 3, column chrom: '25' was given"),
        ("chrom,pos\n,5\n", "line 2, column chrom: nothing was given"),
        ("chrom,pos\n21,46709984\n", "column pos: '46709984' was given, a position on the chromosome in GRCh38"),
        ("chrom,pos\n21,0\n", "column pos: '0' was given"),
        ("chrom,pos\n21,x\n", "column pos: 'x' was given"),
        ("chrom,pos\n21,\n", "column pos: nothing was given"),
        ("build,chrom,pos\nhg19,1,5\n", "column build: 'hg19' was given, one of GRCh38 was expected"),
    ],
)
def test_a_wrong_place_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ReferenceDataError, match=said):
        on_build(path, read_table(path), Build.GRCH38, [Build.GRCH38], PLACE)


def test_a_table_without_places_is_the_manifests_fault(tmp_path: Path) -> None:
    path = written(tmp_path, "chrom\n1\n")
    with pytest.raises(ManifestError, match="has neither pos nor chrom_GRCh38, pos_GRCh38"):
        on_build(path, read_table(path), Build.GRCH38, BUILDS, PLACE)
