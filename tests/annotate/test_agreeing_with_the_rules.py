from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.annotate.oracle import alleles_of, carried, copies, expected
from tests.annotate.worlds import ASKED, World, answered, block, record

from genoteca.annotate.answer import Answer
from genoteca.annotate.room import Room
from genoteca.genome.alleles import trim
from genoteca.model.sample import SampleKind, Sex

SEQUENCE = "ACGTTTGACAG"
STARTS = {"1": 1000, "6": 29_000_000, "X": 5_000_000, "Y": 5_000_000, "MT": 100}
"""Chromosomes of the worlds, and where the sequence lies on each: plain, MHC, and outside the PAR."""

chroms = st.sampled_from(["1", "1", "1", *STARTS])


@st.composite
def changes(draw: st.DrawFn) -> tuple[int, str, str]:
    """An allele of the sequence, as offset, REF and ALT."""
    at = draw(st.integers(0, len(SEQUENCE) - 4))
    kind = draw(st.sampled_from(["single", "single", "single", "several", "insertion", "deletion", "complex"]))
    ref = SEQUENCE[at : at + (1 if kind in ("single", "insertion") else draw(st.integers(2, 4)))]
    bases = st.text("ACGT", min_size=1, max_size=3)
    alt = {
        "single": draw(st.sampled_from("ACGT")),
        "several": draw(st.text("ACGT", min_size=len(ref), max_size=len(ref))),
        "insertion": ref + draw(bases),
        "deletion": ref[0],
        "complex": draw(bases),
    }[kind]
    return at, ref, alt


@st.composite
def record_rows(draw: st.DrawFn, line: int) -> list[dict[str, Any]]:
    chrom = draw(chroms)
    at, ref, alt = draw(changes())
    others = draw(st.lists(st.sampled_from(["*", "T", ref + "C", "G"]), max_size=1))
    alts = list(dict.fromkeys(a for a in [alt, *others] if a != ref))
    if not alts:
        return []
    indices = st.sampled_from([".", *(str(n) for n in range(len(alts) + 1))])
    genotype = draw(st.lists(indices, min_size=1, max_size=2))
    if not any(g not in ".0" for g in genotype) and set(genotype) != {".", "0"}:
        return []
    separator = draw(st.sampled_from("/|"))
    fraction = draw(st.sampled_from([None, 0.05, 0.1, 0.9])) if chrom == "MT" else None
    verdict = draw(st.sampled_from(["PASS", None, "q10"]))
    return record(
        line, chrom, STARTS[chrom] + at, ref, ",".join(alts), separator.join(genotype),
        allele_fraction=fraction, filter=verdict,
    )  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn) -> World:
    records = [draw(record_rows(line)) for line in range(1, draw(st.integers(1, 9)))]
    blocks = []
    for line in range(100, 100 + draw(st.integers(0, 4))):
        chrom, at = draw(chroms), draw(st.integers(0, len(SEQUENCE)))
        start = STARTS[chrom] + at
        evidence = draw(st.sampled_from(["reference", "reference", "no_call"]))
        blocks.append(block(line, chrom, start, start + draw(st.integers(0, 8)), evidence))
    return World(
        folder=Path(),
        records=records,
        blocks=blocks,
        kind=draw(st.sampled_from([SampleKind.WHOLE_GENOME, SampleKind.WHOLE_GENOME, SampleKind.GVCF])),
        sex=draw(st.sampled_from(list(Sex))),
    )


@st.composite
def questions(draw: st.DrawFn, world: World) -> pl.DataFrame:
    """Alleles to ask for: some of the sample's own, some others, and one far away."""
    own = [(row["chrom"], row["pos"], row["ref"], row["alt"]) for rows in world.records for row in rows]
    asked = [*own, ("1", 9000, "A", "G"), ("1", 90_000, "A", "G")]
    for _ in range(draw(st.integers(3, 10))):
        chrom = draw(chroms)
        at, ref, alt = draw(changes())
        if ref != alt:
            asked.append((chrom, *trim(STARTS[chrom] + at, ref, alt)))
    rows = [
        dict(zip(("chrom", "pos", "ref", "alt"), allele, strict=True))
        | {"infer": draw(st.booleans()), "always": draw(st.booleans()), "note": ""}
        for allele in dict.fromkeys(asked)
    ]
    return pl.DataFrame(rows, schema=ASKED)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("world")


def rows_of(world: World) -> list[dict[str, Any]]:
    """Variant rows as the oracle reads them, numbered in the order of the file."""
    rows = [row for rows in world.records for row in rows]
    numbered = pl.read_parquet(world.folder / "variants.parquet").with_row_index("row")
    index = {(line, allele): row for row, line, allele in numbered.select("row", "line", "allele").iter_rows()}
    full = []
    for row in rows:
        known = row | {"row": index[row["line"], row["allele"]], "filtered": row["filter"] == "q10", "exact": False}
        known["filtered"] |= two_alleles_of_a_male(row, world)
        known["carried"] = carried(row, rows)
        known["copies"] = copies(known)
        full.append(known)
    return full


def two_alleles_of_a_male(row: dict[str, Any], world: World) -> bool:
    """None of the worlds reaches a pseudoautosomal region."""
    alleles = alleles_of(row)
    male = world.sex is Sex.MALE and row["chrom"] in ("X", "Y")
    return male and "?" not in alleles and len(set(alleles)) > 1


@given(data=st.data())
def test_every_answer_is_that_of_the_rules_read_slowly(data: st.DataObject, folder: Path) -> None:
    world = data.draw(worlds())
    world.folder = folder
    asked = data.draw(questions(world))
    answer = world.ask_frame(asked)
    rows = rows_of(world)
    found = {
        (row["chrom"], row["pos"], row["ref"], row["alt"]): (row["evidence"], row["genotype"], row["dosage"])
        for row in answer.frame().iter_rows(named=True)
    }
    for site in asked.iter_rows(named=True):
        place = (site["chrom"], site["pos"], site["ref"], site["alt"])
        told = [
            row | {"exact": (row["chrom"], row["pos"], row["ref"], row["alt"]) == place, "asked": site["alt"]}
            for row in rows
        ]
        want = expected(site, told, list(world.blocks), world)
        shown = want[0] != "not_covered" or site["always"]
        assert found.get(place) == (want if shown else None), place


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_both_engines_give_the_same_table(data: st.DataObject, folder: Path) -> None:
    world = data.draw(worlds())
    world.folder = folder
    written = world.put(data.draw(questions(world)))
    for dense in (True, False):
        by_polars = answered(*written, dense=dense, engine="polars")
        by_duckdb = answered(*written, dense=dense, engine="duckdb")
        assert_frame_equal(by_polars.frame(), by_duckdb.frame())
        assert counts(by_polars) == counts(by_duckdb)


@pytest.mark.long
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_an_answer_made_in_small_steps_and_written_to_a_file_is_the_same(data: st.DataObject, folder: Path) -> None:
    world = data.draw(worlds())
    world.folder = folder
    asked = data.draw(questions(world))
    for dense in (True, False):
        world.room = Room()
        whole = world.ask_frame(asked, dense=dense)
        world.room = Room(scratch=folder, sites=data.draw(st.integers(1, 4)))
        stepwise = world.ask_frame(asked, dense=dense, engine=data.draw(st.sampled_from(["polars", "duckdb"])))
        assert_frame_equal(whole.frame(), stepwise.frame())
        assert isinstance(stepwise.table, Path) == (len(whole.frame()) > world.room.step)
        assert_frame_equal(pl.concat(stepwise.parts()), whole.frame())
        assert counts(whole) == counts(stepwise)


def counts(answer: Answer) -> tuple[Any, ...]:
    return answer.sites, answer.evidence, answer.filtered, answer.compared, answer.agreeing


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_sparse_answer_is_the_carried_part_of_the_dense_one(data: st.DataObject, folder: Path) -> None:
    world = data.draw(worlds())
    world.folder = folder
    written = world.put(data.draw(questions(world)))
    dense = answered(*written)
    sparse = answered(*written, dense=False)
    carries = pl.col("evidence").is_in(["called", "partial"]) & (pl.col("match") == "allele")
    own = dense.frame().filter(carries & ((pl.col("dosage") >= 1) | (pl.col("chrom") == "MT")))
    assert_frame_equal(sparse.frame().filter(pl.col("chrom") != "MT"), own.filter(pl.col("chrom") != "MT"))
    assert set(sparse.frame()["site"]) <= set(own["site"])
    assert sparse.sites is None
