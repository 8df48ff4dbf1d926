"""The explorer's table: what Polars finds in the joined frames, and nothing of what is closed."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genoteca.engine.files import LONG_AGO
from genoteca.engine.results.explore import (
    Closed,
    View,
    WideModule,
    WideSpec,
    WideTable,
    apart,
    genes_of,
    jump,
    orders,
    values_of,
)
from genoteca.engine.results.explore.asking import build_wide
from genoteca.engine.results.explore.building import ROW_GROUP, build
from genoteca.engine.results.explore.orders import Key, Orders, Rows
from genoteca.engine.results.explore.rsids import near, write_index
from genoteca.engine.results.explore.spec import TABLE, part_of
from genoteca.engine.results.joined import JoinedTable
from genoteca.engine.results.sql import where
from genoteca.errors import DatasetError, FilterError
from genoteca.genome.schema import polars_schema
from genoteca.model.column import ANNOTATIONS, VARIANTS, AnnotationColumn, ColumnType
from genoteca.model.filter import All, Any_, Condition, Filter, Not, Operator, Sort
from genoteca.settings import Settings

OWN = (
    AnnotationColumn(name="gene", label="Gene"),
    AnnotationColumn(name="note", label="Note"),
    AnnotationColumn(name="stars", label="Stars", type=ColumnType.STARS),
    AnnotationColumn(name="share", label="Share", type=ColumnType.FREQUENCY),
    AnnotationColumn(name="gate", label="Gate", hidden=True),
)
GATE = "Do you want to know? It's grave."
GRAVE = "a grave finding"


def variants(path: Path, number: int) -> Path:
    schema = polars_schema(VARIANTS)
    rows = [
        {
            "key": n,
            "chrom": "1" if n < number // 2 else "2",
            "pos": 100 + 10 * (n % (number // 2)),
            "ref": "ACGT"[n % 4],
            "alt": "CGTA"[n % 4],
            "id": f"rs{n}" if n % 3 else None,
            "genotype": "A/G",
            "zygosity": "heterozygous" if n % 2 else "homozygous",
            "depth": n * 7 % 11,
            "phased": bool(n % 2),
            "line": n + 1,
            "allele": 1,
        }
        for n in range(number)
    ]
    pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema).write_parquet(path)
    return path


def answers(path: Path, rows: list[dict[str, Any]], own: tuple[AnnotationColumn, ...] = OWN) -> WideModule:
    schema = polars_schema((*ANNOTATIONS, *own))
    base = {"site": 0, "chrom": "1", "pos": 100, "ref": "A", "alt": "C", "filtered": False}
    pl.DataFrame([dict.fromkeys(schema) | base | row for row in rows], schema=schema).write_parquet(path)
    columns = (*(AnnotationColumn.model_validate(one.model_dump()) for one in ANNOTATIONS), *own)
    return WideModule(id=path.stem, title=path.stem.title(), path=path, sha256=path.stem, columns=columns)


def called(row: int, **more: Any) -> dict[str, Any]:
    return {"row": row, "line": row + 1, "allele": 1, "evidence": "called", "match": "allele", **more}


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> WideSpec:
    folder = tmp_path_factory.mktemp("wide")
    first = [called(n, gene=f"G{n // 4}", note=f"Note {n}" if n % 2 else None, stars=n % 5) for n in range(0, 40, 2)]
    first += [called(4, note="a second answer", share=0.25)]
    first += [{"pos": 55 + n, "evidence": "reference", "gene": "G1", "note": "no copy"} for n in range(3)]
    second = [called(n, gene=f"H{n}", share=n / 40) for n in range(0, 40, 5)]
    second += [called(7, note=GRAVE, gene="GRAVE", gate=GATE), called(8, note=GRAVE, stars=4, gate=GATE)]
    second += [called(8, note=f"{GRAVE} again", gate=GATE)]
    second += [{"pos": 77, "evidence": "no_call", "note": GRAVE, "gate": GATE}]
    modules = (answers(folder / "first.parquet", first), answers(folder / "second.parquet", second))
    return WideSpec(variants=variants(folder / "variants.parquet", 40), sha256="made", modules=modules)


@pytest.fixture
def built(spec: WideSpec, tmp_path: Path) -> Path:
    """Folder of a table that was just built, with no orders yet."""
    target = tmp_path / "genome" / spec.name
    build(spec, target, lambda _fraction, _message: None)
    return target


@pytest.fixture(scope="module")
def table(spec: WideSpec, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WideTable]:
    target = tmp_path_factory.mktemp("explored") / "genome" / spec.name
    build(spec, target, lambda _fraction, _message: None)
    table = WideTable(target)
    yield table
    table.close()


@pytest.fixture(scope="module")
def frame(spec: WideSpec) -> pl.DataFrame:
    """Every row of the wide table as Polars joins it, under its number in the browse table."""
    joined = pl.concat(list(JoinedTable(spec.variants, [one.joined() for one in spec.modules]).frames()))
    sites = joined.filter(pl.col("row_kind") == "site").sort("chrom", "pos", "ref", "alt", maintain_order=True)
    whole = pl.concat([joined.filter(pl.col("row_kind") != "site"), sites]).with_row_index("_row")
    return whole.with_columns(gene=pl.coalesce("first_gene", "second_gene"), rsid=pl.col("id"))


ALL = View(sites=True)
CLOSED = Closed(opened={})


def numbers(table: WideTable, view: View) -> list[int]:
    return [int(row) for row in table.shown(view)]


def is_(column: str, value: Any, op: Operator = Operator.EQUAL) -> Condition:
    return Condition(column=column, op=op, value=value)


def test_every_row_of_the_joined_frames_stands_in_the_table_once(table: WideTable, frame: pl.DataFrame) -> None:
    names = list(table.columns)
    rows = table.rows(range(len(frame)), names, Closed())
    assert table.about.total == len(frame)
    expected = frame.select("_row", *(pl.col(name) for name in names)).to_dicts()
    assert [{**row} for row in rows] == expected


def test_the_rows_lie_as_they_come_in_portions_that_are_not_written_twice(tmp_path: Path) -> None:
    many = variants(tmp_path / "variants.parquet", 40)
    few = pl.read_parquet(many)
    number = 2 * ROW_GROUP + 10
    rows = pl.concat([few] * (number // len(few) + 1)).head(number).with_columns(line=pl.int_range(number))
    rows.cast({"line": pl.UInt32}).write_parquet(many)
    module = answers(tmp_path / "twice.parquet", [called(row, share=0.1) for row in (3, 3, 5, ROW_GROUP)])
    build(WideSpec(variants=many, sha256="many", modules=(module,)), tmp_path / "made", lambda _part, _told: None)
    table = WideTable(tmp_path / "made")
    assert table.values(
        "SELECT count(*), count(DISTINCT _row), max(_row), sum((_row = rowid)::INT) FROM answers"
    ) == [(number + 1, number + 1, number, number + 1)]
    held = "SELECT sum(count) FROM pragma_storage_info('answers') WHERE column_name = '_row' "
    held += "AND segment_type <> 'VALIDITY' GROUP BY row_group_id ORDER BY row_group_id"
    assert [rows for (rows,) in table.values(held)] == [ROW_GROUP, ROW_GROUP, 11]
    table.close()


def test_rows_are_numbered_variants_first_and_shown_in_genome_order_with_sites(table: WideTable) -> None:
    assert table.about.rows == 42
    assert table.matched(View()) == (42, 5 - 1)
    rows = table.rows(numbers(table, ALL), ["chrom", "pos"], Closed())
    places = [(row["chrom"], row["pos"]) for row in rows]
    assert places == sorted(places)
    assert len(places) == table.about.total


TEXTS = ("id", "first_note", "second_note", "first_gene", "chrom", "ref")
FIGURES = ("pos", "depth", "first_stars", "second_share")
values = st.one_of(
    st.sampled_from(["rs1", "Note 4", "second", "G1", "A", "1", "n"]), st.text("aNrs12;%_?'", max_size=3)
)
texts = st.builds(
    is_,
    st.sampled_from(TEXTS),
    values,
    st.sampled_from(
        [
            Operator.EQUAL,
            Operator.NOT_EQUAL,
            Operator.CONTAINS,
            Operator.STARTS_WITH,
            Operator.LISTS,
            Operator.EMPTY,
            Operator.NOT_EMPTY,
        ]
    ),
)
figures = st.builds(
    is_,
    st.sampled_from(FIGURES),
    st.sampled_from([0, 1, 3, 0.25, 120, 200]),
    st.sampled_from(
        [Operator.EQUAL, Operator.NOT_EQUAL, Operator.LESS, Operator.AT_MOST, Operator.GREATER, Operator.AT_LEAST]
    ),
)
several = st.builds(is_, st.sampled_from(TEXTS), st.lists(values, max_size=3), st.just(Operator.IN))
trees: st.SearchStrategy[Filter] = st.recursive(
    st.one_of(texts, figures, several),
    lambda inner: st.one_of(
        st.builds(lambda part: Not.model_validate({"not": part}), inner),
        st.builds(lambda parts: All.model_validate({"and": parts}), st.lists(inner, max_size=3)),
        st.builds(lambda parts: Any_.model_validate({"or": parts}), st.lists(inner, max_size=3)),
    ),
    max_leaves=6,
)
sorts = st.lists(
    st.builds(Sort, column=st.sampled_from([*TEXTS[1:4], *FIGURES]), descending=st.booleans()),
    max_size=2,
    unique_by=lambda one: one.column,
)


def polars_filter(tree: Filter) -> pl.Expr:
    """Say the same in Polars: what is empty fits nothing but `is empty` and `is not`."""
    if isinstance(tree, Not):
        return ~polars_filter(tree.part)
    if isinstance(tree, All):
        return pl.all_horizontal(pl.lit(value=True), *map(polars_filter, tree.parts))
    if isinstance(tree, Any_):
        return pl.any_horizontal(pl.lit(value=False), *map(polars_filter, tree.parts))
    column = pl.col(tree.column)
    cell = column.cast(pl.String) if tree.column in TEXTS else column
    low = column.cast(pl.String).str.to_lowercase()
    match tree.op:
        case Operator.EMPTY:
            return column.is_null()
        case Operator.NOT_EMPTY:
            return column.is_not_null()
        case Operator.NOT_EQUAL:
            return cell.ne_missing(pl.lit(tree.value))
        case Operator.CONTAINS:
            return low.str.contains(str(tree.value).lower(), literal=True).fill_null(value=False)
        case Operator.STARTS_WITH:
            return low.str.starts_with(str(tree.value).lower()).fill_null(value=False)
        case Operator.LISTS:
            return (";" + low + ";").str.contains(f";{str(tree.value).lower()};", literal=True).fill_null(value=False)
        case Operator.IN:
            wanted = [str(one) for one in tree.value] if isinstance(tree.value, list) else []
            return cell.is_in(wanted).fill_null(value=False)
    compared = {"=": cell.eq, "<": cell.lt, "<=": cell.le, ">": cell.gt, ">=": cell.ge}
    return compared[tree.op.value](tree.value).fill_null(value=False)


@given(tree=trees, sort=sorts, sites=st.booleans())
@settings(max_examples=80, deadline=None)
def test_a_view_holds_the_rows_that_polars_finds_in_the_joined_frames(
    table: WideTable, frame: pl.DataFrame, tree: Filter, sort: list[Sort], sites: bool
) -> None:
    expected = frame.filter(polars_filter(tree))
    expected = expected if sites else expected.filter(pl.col("row_kind") != "site")
    backwards = len(sort) == 1 and sort[0].descending
    if sort:
        by, falling = [one.column for one in sort], [one.descending for one in sort]
        expected = expected.sort([*by, "_row"], descending=[*falling, backwards], nulls_last=True)
    elif sites:
        expected = expected.sort("chrom", "pos", "_row")
    view = View(where=tree, sort=tuple(sort), sites=sites)
    assert numbers(table, view) == expected["_row"].to_list()
    assert table.numbers(view, 1, 3) == expected["_row"].to_list()[1:4]
    assert table.matched(view)[0] == len(expected)
    assert table.count(tree, View(sites=sites)) == len(expected)


def test_the_top_of_an_order_is_the_same_before_and_after_all_of_it_is_computed(built: Path) -> None:
    table = WideTable(built)
    view = View(sort=(Sort(column="depth", descending=True),))
    top = table.numbers(view, 0, 10)
    table.settle()
    assert list(built.glob("order-*.npy"))
    assert table.numbers(view, 0, 10) == top == numbers(table, view)[:10]
    table.close()
    again = WideTable(built)
    assert again.numbers(view, 0, 10) == top
    again.close()


@pytest.mark.parametrize("walked", [-1, 0, 100_000])
@pytest.mark.parametrize("descending", [False, True])
def test_the_first_rows_of_an_order_are_the_same_however_far_it_is_walked(
    table: WideTable, monkeypatch: pytest.MonkeyPatch, walked: int, descending: bool
) -> None:
    monkeypatch.setattr("genoteca.engine.results.explore.table.WALKED", walked)
    for depth in (-1, 8, 10, 11):
        above = Condition(column="depth", op=Operator.GREATER, value=depth)
        for sites in (False, True):
            view = View(where=above, sort=(Sort(column="zygosity", descending=descending),), sites=sites)
            whole = [int(row) for row in table.shown(view)]
            assert table.numbers(view, 2, 5) == whole[2:7]


def test_of_the_orders_asked_for_one_after_another_the_first_and_the_last_are_kept(built: Path) -> None:
    table = WideTable(built)
    asked = [View(sort=(Sort(column=name),)) for name in ("depth", "qual", "pos", "ref", "alt")]
    tops = [table.numbers(view, 0, 10) for view in asked]
    table.settle()
    assert len(list(built.glob("order-*.npy"))) == 2
    assert [numbers(table, view)[:10] for view in asked] == tops
    assert len(list(built.glob("order-*.npy"))) == len(asked)
    table.close()


def test_an_order_that_was_cut_off_on_the_disk_is_computed_again(built: Path) -> None:
    table = WideTable(built)
    view = View(sort=(Sort(column="depth"),))
    whole = numbers(table, view)
    (order,) = built.glob("order-*.npy")
    for left in (0, 100, order.stat().st_size - 4):
        os.truncate(order, left)
        again = WideTable(built)
        assert again.numbers(view, 0, 10) == whole[:10]
        assert numbers(again, view) == whole
        again.close()
    table.close()


def test_an_order_has_its_own_memory_and_without_enough_of_it_says_so_while_pages_are_read_on(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = WideTable(built)
    view = View(sort=(Sort(column="depth"),))
    monkeypatch.setattr(apart, "APART", 0)
    with pytest.raises(DatasetError, match="more memory than is left"):
        table.shown(view)
    top = table.numbers(view, 0, 10)
    assert len(table.rows(top, ["depth"], Closed())) == 10
    table.settle()
    monkeypatch.undo()
    assert list(table.shown(view, 0, 10)) == top
    assert [path.name for path in built.parent.iterdir()] == [built.name], "nothing is left of what was spilled"
    table.close()


def test_an_order_that_is_dropped_at_once_is_given_in_its_direction(
    table: WideTable, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = View(sort=(Sort(column="depth", descending=True),))
    expected = numbers(table, view)
    monkeypatch.setattr(orders, "KEPT", 0)
    dropped = WideTable(built)
    assert numbers(dropped, view) == expected
    assert not list(built.glob("order-*.npy"))
    dropped.close()


def test_an_order_that_cannot_be_computed_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised = list[object]()
    monkeypatch.setattr(threading, "excepthook", lambda args: raised.append(args.exc_value))

    def fails() -> duckdb.DuckDBPyConnection:
        raise MemoryError("no room")

    kept = Orders(tmp_path, 3, fails)
    first, second = (Key(parts=((name, False),), values=[]) for name in ("depth", "pos"))

    def waits() -> None:
        kept.prepare(first)
        kept.prepare(second)  # waits for its turn behind the first one
        kept.settle()
        try:
            kept.wait(first)
        except MemoryError as error:
            raised.append(error)
        kept.close()

    waiting = threading.Thread(target=waits, daemon=True)
    waiting.start()
    waiting.join(30)
    assert not waiting.is_alive()
    assert [str(one) for one in raised] == ["no room"] * 3  # of each order, and of who waits for one


MANY = 2_000_000


@pytest.mark.parametrize("somebody_waits", [False, True])
def test_a_question_ends_an_order_that_nobody_waits_for_and_it_is_computed_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, somebody_waits: bool
) -> None:
    monkeypatch.setattr(orders, "QUIET", 0.05)
    path, opened = tmp_path / "many.duckdb", list[None]()
    with duckdb.connect(str(path)) as made:
        made.execute(f"CREATE TABLE answers AS SELECT n::UINTEGER AS _row, hash(n) AS k FROM range({MANY}) r(n)")

    def counted() -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        opened.append(None)
        return apart.opened_apart(path)

    kept, key, found = Orders(tmp_path, MANY, counted), Key(parts=(("k", False),), values=[]), list[Rows]()
    waiting = threading.Thread(target=lambda: found.append(kept.wait(key)))
    kept.prepare(key)
    while not opened:
        time.sleep(0.005)
    if somebody_waits:
        waiting.start()
    for _ in range(40):
        kept.heed()
        time.sleep(0.005)
    kept.settle()
    told = kept.known(key)
    assert told is not None
    with duckdb.connect(str(path), read_only=True) as read:
        expected = read.execute("SELECT _row FROM answers ORDER BY k, _row LIMIT 5").fetchall()
    assert told.stretch(0, 5).tolist() == [row for (row,) in expected]
    if somebody_waits:
        waiting.join()
        assert found[0][:5].tolist() == told.stretch(0, 5).tolist()
    else:
        assert len(opened) > 1
    kept.close()


@pytest.mark.parametrize("text", ["SECOND", "note 4", "rs", "%", "no copy", "hETERO"])
def test_a_search_looks_into_every_text_without_regard_to_case(
    table: WideTable, frame: pl.DataFrame, text: str
) -> None:
    found = numbers(table, View(text=text, sites=True))
    words = [name for name, column in table.columns.items() if frame.schema[name] in (pl.String, pl.Enum)]
    held = pl.any_horizontal(
        pl.col(name)
        .cast(pl.String)
        .str.to_lowercase()
        .str.contains(text.lower(), literal=True)
        .fill_null(value=False)
        for name in words
    )
    assert sorted(found) == frame.filter(held)["_row"].to_list()


def test_what_is_closed_is_found_by_no_search_filter_sort_count_value_or_gene(table: WideTable) -> None:
    for tree in (
        is_("second_note", GRAVE, Operator.CONTAINS),
        is_("second_gene", "GRAVE"),
        is_("gene", "GRAVE"),
        is_("second_stars", 4),
        is_("second_gate", None, Operator.NOT_EMPTY),
    ):
        assert table.matched(View(where=tree, sites=True)) != (0, 0)
        assert table.matched(View(where=tree, sites=True, closed=CLOSED)) == (0, 0)
        assert table.count(tree, View(sites=True, closed=CLOSED)) == 0
    assert table.matched(View(text=GRAVE, sites=True, closed=CLOSED)) == (0, 0)
    assert table.matched(View(text="want to know", sites=True)) == (0, 0)  # what a gate says is not searched
    view = View(sites=True, closed=CLOSED)
    assert values_of(table, view, "second_note") == []
    assert "GRAVE" not in dict(values_of(table, view, "gene"))
    of_one = View(where=is_("line", 8))
    assert table.says(of_one, "gene")
    assert not table.says(replace(of_one, closed=CLOSED), "gene")
    assert "GRAVE" not in {gene.name for gene in genes_of(table, view).genes}
    assert not jump(table, view, "GRAVE").found
    assert table.matched(view) == (table.about.total - 2, 0)  # a further answer and a site that are closed
    sorted_by = View(sort=(Sort(column="second_stars", descending=True),), closed=CLOSED)
    (first,) = table.rows(numbers(table, sorted_by)[:1], ["second_stars"], CLOSED)
    assert first["second_stars"] is None


def test_closed_cells_are_empty_and_named_and_open_again_once_agreed_to(table: WideTable) -> None:
    number = numbers(table, View(where=is_("second_gene", "GRAVE")))[0]
    (row,) = table.rows([number], ["chrom", "second_note", "second_evidence"], CLOSED)
    assert row == {"chrom": "1", "second_note": None, "second_evidence": None, "_row": number, "_unsaid": ["second"]}
    (row,) = table.rows([number], ["second_note"], Closed(opened={"second": {GATE}}))
    assert row == {"second_note": GRAVE, "_row": number}


def test_a_closed_answer_is_not_told_apart_from_none(table: WideTable) -> None:
    names = [name for name in table.columns if name.startswith("second_")]
    silent = numbers(table, View(where=is_("second_evidence", None, Operator.EMPTY)))
    gated = numbers(table, View(where=is_("second_gate", None, Operator.NOT_EMPTY)))
    rows = table.rows([*silent, *gated], names, CLOSED)
    assert len({str({name: value for name, value in row.items() if name != "_row"}) for row in rows}) == 1
    assert rows[0]["_unsaid"] == ["second"]
    answered = numbers(table, View(where=is_("second_evidence", "called"), closed=CLOSED))
    assert not any("_unsaid" in row for row in table.rows(answered, names, CLOSED))
    opened = Closed(opened={"second": {GATE}})
    assert not any("_unsaid" in row for row in table.rows([*silent, *gated], names, opened))


def test_of_a_module_that_stays_closed_nothing_is_told_at_all(table: WideTable) -> None:
    closed = Closed(modules=frozenset({"second"}), opened={})
    view = View(sites=True, closed=closed)
    assert table.matched(View(where=is_("second_evidence", None, Operator.NOT_EMPTY), closed=closed)) == (0, 0)
    rows = table.rows(numbers(table, view), ["second_gene", "first_gene"], closed)
    assert {row["second_gene"] for row in rows} == {None}
    assert all(row["_closed"] == ["second"] for row in rows)


def test_an_export_holds_the_view_with_closed_cells_empty(table: WideTable) -> None:
    select, bound = table.query(View(sites=True, sort=(Sort(column="depth"),), closed=CLOSED))
    written = pl.concat(list(table.frames(select, bound)))
    assert written.columns == list(table.columns)
    assert len(written) == table.about.total - 2
    assert GRAVE not in str(written.to_dicts())


@pytest.mark.parametrize(
    ("wanted", "kind", "found", "words"),
    [
        ("1:140", "place", True, "1:140"),
        ("chr2:1-130", "place", True, "2:1–130"),
        ("2", "place", True, "chromosome 2"),
        ("1:141", "place", False, "1:141"),
        ("rs5", "rsid", True, "rs5"),
        ("g2", "gene", True, "G2"),
        ("1-120-G-T", "variant", True, "1:120 G>T"),
        ("nothing", "gene", False, "NOTHING"),
    ],
)
def test_a_jump_finds_the_row(table: WideTable, wanted: str, kind: str, found: bool, words: str) -> None:
    for view in (View(), ALL, View(sort=(Sort(column="depth"),))):
        jumped = jump(table, view, wanted)
        assert (jumped.kind, jumped.found, jumped.words) == (kind, found, words)
        if found:
            assert jumped.index is not None
            assert jumped.where is not None
            assert numbers(table, view)[jumped.index] in numbers(table, View(where=jumped.where, sites=view.sites))
    after = jump(table, View(), "1:141").index
    assert after is not None
    assert table.rows([numbers(table, View())[after]], ["pos"], Closed())[0]["pos"] == 150


def test_a_jump_finds_a_name_in_any_case_among_others_and_never_the_beginning_of_one(tmp_path: Path) -> None:
    names = {3: "BRCA2", 5: "BRCA2;LOC106721785", 7: "NBR2;BRCA1P1", 9: "C9orf72", 11: "LOC1;BRCA2", 13: "A;brca2;B"}
    module = answers(tmp_path / "named.parquet", [called(row, gene=gene) for row, gene in names.items()])
    spec = WideSpec(variants=variants(tmp_path / "variants.parquet", 40), sha256="named", modules=(module,))
    build(spec, tmp_path / "made", lambda _fraction, _message: None)
    table = WideTable(tmp_path / "made")
    for wanted, rows in {"BRCA2": [3, 5, 11, 13], "brca2": [3, 5, 11, 13], "c9orf72": [9], "BRCA1P1": [7]}.items():
        jumped = jump(table, View(), wanted)
        assert (jumped.found, jumped.index) == (True, rows[0])
        assert numbers(table, View(where=jumped.where)) == rows
    assert not jump(table, View(), "BRCA1").found
    assert not jump(table, View(), "LOC").found
    table.close()


RSID_TEXT = st.one_of(
    st.none(),
    st.sampled_from(["RS3", "rs3;rs4", "rs4;rs33", "rs4,rs3", "3", "rs", "rs0003", "rs4294967299", "1:100:A:G", ""]),
    st.integers(1, 40).map(lambda number: f"rs{number}"),
)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(RSID_TEXT, RSID_TEXT), min_size=1), st.sampled_from(["rs3", "Rs4"]), st.sampled_from(Operator)
)
def test_the_index_of_rsids_leaves_out_no_row_that_a_filter_finds(
    cells: list[tuple[str | None, str | None]], wanted: str, op: Operator
) -> None:
    columns = {name: AnnotationColumn(name=name, label=name) for name in ("id", "own")}
    frame = pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String), orient="row")
    value = [wanted] if op is Operator.IN else None if op in (Operator.EMPTY, Operator.NOT_EMPTY) else wanted
    asked = [is_("id", value, op), is_("own", value, op)]
    with duckdb.connect() as connection:
        connection.register("frame", frame.to_arrow())
        connection.execute(
            "CREATE TABLE answers AS SELECT *, (row_number() OVER () - 1)::UINTEGER AS _row FROM frame"
        )
        write_index(connection, list(columns))
        trees: list[Filter] = [*asked, Any_.model_validate({"or": asked}), Not.model_validate({"not": asked[1]})]
        for tree in trees:
            found = []
            for indexed in (lambda part: near(part, list(columns)), lambda _part: ""):
                clause, values = where(tree, "", columns, near=indexed)
                statement = f"SELECT _row FROM answers{clause} ORDER BY _row"
                found.append(connection.execute(statement, values).fetchall())
            assert found[0] == found[1]


def test_an_rsid_is_searched_whole_among_others_and_in_the_words_of_a_module(tmp_path: Path) -> None:
    notes = {1: "beside rs77", 3: "rs5 of rs177"}
    module = answers(tmp_path / "named.parquet", [called(row, note=note) for row, note in notes.items()])
    made = variants(tmp_path / "variants.parquet", 40)
    names = {5: "rs77", 6: "rs177", 7: "rs5;rs77", 8: "RS77", 9: "rs7"}
    ids = [names.get(row) for row in range(40)]
    pl.read_parquet(made).with_columns(id=pl.Series(ids, dtype=pl.String)).write_parquet(made)
    spec = WideSpec(variants=made, sha256="rsids", modules=(module,))
    build(spec, tmp_path / "made", lambda _fraction, _message: None)
    table = WideTable(tmp_path / "made")
    assert numbers(table, View(text="rs77")) == numbers(table, View(text=" Rs77 ")) == [1, 5, 7, 8]
    assert numbers(table, View(text="rs177")) == [3, 6]
    assert numbers(table, View(where=is_("id", "rs77"))) == [5]
    assert numbers(table, View(where=is_("rsid", "rs77"))) == [5]
    assert table.rows([8, 4], ["rsid"], Closed()) == [{"rsid": "RS77", "_row": 8}, {"rsid": None, "_row": 4}]
    assert numbers(table, View(where=is_("id", ["rs77", "rs7"], Operator.IN))) == [5, 9]
    assert numbers(table, View(where=Not.model_validate({"not": is_("id", "rs77", Operator.LISTS)}))) == [
        row for row in range(40) if row not in (5, 7, 8)
    ]
    assert jump(table, View(), "rs77").index == 5
    table.close()


def test_an_rsid_that_a_closed_answer_names_is_not_found(tmp_path: Path) -> None:
    own = (*OWN, AnnotationColumn(name="rsid", label="rsID"))
    rows = [called(3, rsid="rs900", gate=GATE), called(4, rsid="rs900;rs901")]
    module = answers(tmp_path / "named.parquet", rows, own)
    spec = WideSpec(variants=variants(tmp_path / "variants.parquet", 40), sha256="closed", modules=(module,))
    build(spec, tmp_path / "made", lambda _fraction, _message: None)
    table = WideTable(tmp_path / "made")
    for closed, found in ((Closed(), [3, 4]), (CLOSED, [4]), (Closed(modules=frozenset({"named"})), [])):
        assert numbers(table, View(text="rs900", closed=closed)) == found
        assert numbers(table, View(where=is_("named_rsid", "rs900", Operator.LISTS), closed=closed)) == found
        assert jump(table, View(closed=closed), "rs900").index == (found[0] if found else None)
        gathered = [row for row in found if row == 3]  # of row 4 the file itself names an rsID
        assert numbers(table, View(where=is_("rsid", "rs900"), closed=closed)) == gathered
    assert numbers(table, View(text="rs900", closed=Closed(opened={"named": [GATE]}))) == [3, 4]
    table.close()


def test_rows_are_gathered_by_gene_and_unfolded(table: WideTable) -> None:
    genes = genes_of(table, ALL)
    assert sum(gene.rows for gene in genes.genes) == genes.total == table.about.total
    assert genes.genes[-1].name == ""
    folded = genes.lines(table, ALL, (), 0, 100)
    assert [line.gene for line in folded] == genes.genes
    whole = genes.lines(table, ALL, {"G1"}, 0, 100)
    of_g1 = [line.number for line in whole if line.number is not None]
    assert len(of_g1) == next(gene.rows for gene in genes.genes if gene.name == "G1")
    assert len(whole) == genes.length({"G1"})
    parts = [line for start in range(0, len(whole), 2) for line in genes.lines(table, ALL, {"G1"}, start, 2)]
    assert parts == whole


def test_an_unknown_column_is_refused(table: WideTable) -> None:
    with pytest.raises(FilterError, match="no column 'nope'"):
        table.matched(View(where=is_("nope", 1)))
    with pytest.raises(FilterError, match="no column 'nope'"):
        table.rows([0], ["nope"], Closed())


def test_another_answer_makes_another_table(spec: WideSpec) -> None:
    other = spec.modules[0].model_copy(update={"sha256": "other"})
    assert spec.model_copy(update={"modules": (other, spec.modules[1])}).name != spec.name
    assert spec.model_copy(update={"sha256": "other"}).name != spec.name
    assert spec.model_copy(update={"memory_gb": 4.0}).name == spec.name


def test_a_damaged_table_is_said_to_be_so(spec: WideSpec, tmp_path: Path) -> None:
    (tmp_path / "table.duckdb").write_bytes(b"no table" * 4096)
    with pytest.raises(DatasetError, match="damaged"):
        WideTable(tmp_path)


def test_a_build_that_ends_leaves_another_one_s_work_and_sweeps_what_was_given_up(
    spec: WideSpec, tmp_path: Path
) -> None:
    target = tmp_path / "genome" / spec.name
    at_work, given_up = part_of(target), part_of(target)
    for part, ago in ((at_work, 0), (given_up, 2 * LONG_AGO)):
        part.mkdir(parents=True)
        (part / TABLE).touch()
        for path in (part / TABLE, part):
            os.utime(path, (time.time() - ago,) * 2)
    (given_up.parent / ".long.tmp").mkdir()
    (given_up.parent / ".long.tmp" / TABLE).touch()
    os.utime(given_up.parent / ".long.tmp", (0, 0))
    build_wide(Settings(home=tmp_path / "home"), spec, target, lambda _fraction, _message: None)
    assert {path.name for path in target.parent.iterdir()} == {target.name, at_work.name, ".long.tmp"}
    assert {path.name for path in at_work.iterdir()} == {TABLE}
