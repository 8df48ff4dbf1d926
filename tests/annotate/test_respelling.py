"""One haplotype is one allele, however the file and the module spell it, once the sequence is there."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as options
from hypothesis import strategies as st
from tests.annotate.worlds import ASKED, NOTE, allele_site
from tests.genome.sequences import repetitive, written

from genoteca.annotate.alleles import annotate_alleles
from genoteca.annotate.answer import Answer
from genoteca.annotate.genotypes import Panel, annotate_genotypes
from genoteca.annotate.matching import Engine
from genoteca.annotate.publish import publish_alleles, verify_published, write_published
from genoteca.annotate.room import Room
from genoteca.annotate.sample_tables import SampleTables
from genoteca.genome.reading import Limits, read_genome
from genoteca.genome.sequence import ReferenceSequence
from genoteca.model.build import Build
from genoteca.model.column import Column
from genoteca.model.sample import SampleKind, Sex

Allele = tuple[int, str, str]

START = "NNNNNACGTTTTTTTTGCACACACAG"
"""TTTTTTTT from 9 to 16, CACACACA from 18 to 25."""
BASES = START + repetitive(3000, 11)


@cache
def sequence_path() -> Path:
    path = Path(mkdtemp(prefix="genoteca-sequence-")) / "s.parquet"
    written(path, c21=BASES)
    return path


@pytest.fixture(scope="module", autouse=True)
def _removed() -> Any:
    yield
    shutil.rmtree(sequence_path().parent)


def sample_of(folder: Path, *records: str, aligned: bool = True) -> SampleTables:
    """Read records `pos ref alt genotype` of chromosome 21 as the app does."""
    path, variants, coverage = folder / "g.vcf", folder / "variants.parquet", folder / "coverage.parquet"
    fields = [record.split() for record in records]
    rows = [f"chr21\t{pos}\t.\t{ref}\t{alt}\t50\tPASS\t.\tGT\t{genotype}\n" for pos, ref, alt, genotype in fields]
    columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
    path.write_text("##fileformat=VCFv4.2\n" + columns + "".join(rows))
    read_genome(
        path,
        pick=None,
        build=Build.GRCH38,
        sex=Sex.UNSTATED,
        limits=Limits(),
        variants=variants,
        coverage=coverage,
        structural=folder / "structural.parquet",
        progress=lambda _fraction, _message: None,
        sequence=ReferenceSequence(sequence_path(), Build.GRCH38) if aligned else None,
    )
    return SampleTables(
        variants=variants,
        coverage=coverage,
        build=Build.GRCH38,
        kind=SampleKind.WHOLE_GENOME,
        sequence=sequence_path() if aligned else None,
    )


def ask(folder: Path, sample: SampleTables, *alleles: str, dense: bool = True, engine: Engine = "polars") -> Answer:
    path = folder / "reference.parquet"
    frame = pl.DataFrame([allele_site(f"21:{text}") for text in alleles], schema=ASKED)
    write_published(publish_alleles(frame), path)
    verify_published(path)
    return annotate_alleles(path, sample, columns=[NOTE], dense=dense, engine=engine)


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize("spelled", ["8 GT>G", "12 TT>T", "15 TT>T", "14 TTTG>TTG"])
def test_a_deletion_in_a_run_is_found_in_any_spelling(
    tmp_path: Path, dense: bool, engine: Engine, spelled: str
) -> None:
    sample = sample_of(tmp_path, "13 TT T 0/1", "24 C G 1/1")
    answer = ask(tmp_path, sample, spelled, dense=dense, engine=engine)
    row = answer.frame().row(0, named=True)
    assert (row["evidence"], row["dosage"], row["match"], row["line"]) == ("called", 1, "allele", 1)
    trimmed = {"14 TTTG>TTG": (14, "TT", "T")}.get(spelled)
    pos, change = spelled.split()
    assert (row["pos"], row["ref"], row["alt"]) == (trimmed or (int(pos), *change.split(">")))


def test_without_a_sequence_the_spelling_decides(tmp_path: Path) -> None:
    sample = sample_of(tmp_path, "13 TT T 0/1", aligned=False)
    assert ask(tmp_path, sample, "13 TT>T").evidence["called"] == 1
    assert ask(tmp_path, sample, "15 TT>T").evidence["called"] == 0


def test_another_indel_of_the_run_is_another_allele(tmp_path: Path) -> None:
    sample = sample_of(tmp_path, "13 TTT T 0/1")
    answer = ask(tmp_path, sample, "15 TT>T", "16 T>TT", "25 A>ACA")
    told = dict(zip(answer.frame()["note"], answer.frame()["evidence"], strict=True))
    assert told["21:15 TT>T"] == told["21:16 T>TT"] == "other_allele"
    assert answer.evidence["called"] == 0


def test_sites_that_move_and_sites_that_stay_are_answered_together(tmp_path: Path) -> None:
    sample = sample_of(tmp_path, "10 T A 0/1", "13 TT T 0/1", "23 ACA A 1/1")
    alleles = ("10 T>A", "15 TT>T", "8 G>GT", "21 ACA>A", "17 GCA>G", "24 C>T", "18 C>CAC")
    answer = ask(tmp_path, sample, *alleles)
    told = dict(zip(answer.frame()["note"], answer.frame()["evidence"], strict=True))
    called = {note.removeprefix("21:") for note, evidence in told.items() if evidence == "called"}
    assert called == {"10 T>A", "15 TT>T", "21 ACA>A", "17 GCA>G"}
    assert answer.frame()["site"].is_sorted()
    sparse = ask(tmp_path, sample, *alleles, dense=False)
    assert set(sparse.frame()["note"]) == {f"21:{text}" for text in called}


def test_a_panel_s_indel_is_found_in_any_spelling_and_concludes_by_its_own_genotype(tmp_path: Path) -> None:
    sample = sample_of(tmp_path, "13 T TT 0/1", "23 ACA A 1/1")
    sites = pl.DataFrame(
        [(0, "run", "21", 16, "T", "TT"), (1, "repeat", "21", 21, "ACAC", "AC")],
        schema=["site", "site_id", "chrom", "pos", "ref", "alt"],
        orient="row",
    ).with_columns(infer=pl.lit(value=False), chrom=pl.col("chrom").cast(pl.String))
    texts = [("run", "T/TT", "one more"), ("run", "T/T", "as most"), ("repeat", "AC/AC", "shorter twice")]
    genotypes = pl.DataFrame(texts, schema=["site_id", "genotype", "conclusion"], orient="row")
    combinations = pl.DataFrame(schema=dict.fromkeys(("combination", "members", "opt_in", "conclusion"), pl.String))
    panel = Panel(sites=_panel_sites(sites), genotypes=genotypes, combinations=combinations)
    columns = [Column(name="conclusion", label="Conclusion")]
    table = annotate_genotypes(panel, sample, columns=columns, opted_in=frozenset()).frame()
    told = table.select(pl.col("evidence").cast(pl.String), "pos", "ref", "genotype", "conclusion").rows()
    assert told == [("called", 16, "T", "T/TT", "one more"), ("called", 21, "ACAC", "AC/AC", "shorter twice")]


def _panel_sites(sites: pl.DataFrame) -> pl.DataFrame:
    from genoteca.genome.schema import CHROM

    return sites.with_columns(pl.col("chrom").cast(CHROM), pl.col("site", "pos").cast(pl.UInt32))


def test_what_left_alignment_moves_is_found_once_for_a_reference(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    sample = replace(sample_of(tmp_path, "13 TT T 0/1"), room=Room(cache=cache))
    first = ask(tmp_path, sample, "15 TT>T", "24 C>T")
    (kept,) = cache.iterdir()
    reference = tmp_path / "reference.parquet"
    again = annotate_alleles(reference, sample, columns=[NOTE], dense=True, engine="polars")
    assert again.frame().equals(first.frame())
    assert again.evidence["called"] == 1
    pl.read_parquet(kept).clear().write_parquet(kept)
    assert annotate_alleles(reference, sample, columns=[], dense=True, engine="polars").evidence["called"] == 0


def test_another_reference_under_the_same_name_is_looked_at_anew(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    sample = replace(sample_of(tmp_path, "13 TT T 0/1"), room=Room(cache=cache))
    assert ask(tmp_path, sample, "24 C>T").evidence["called"] == 0
    assert ask(tmp_path, sample, "15 TT>T", "24 C>T").evidence["called"] == 1
    assert len(list(cache.iterdir())) == 2


def test_a_table_lifted_for_one_run_is_not_kept(tmp_path: Path) -> None:
    cache, scratch = tmp_path / "cache", tmp_path / "run" / "one"
    scratch.mkdir(parents=True)
    cache.mkdir()
    sample = replace(sample_of(tmp_path, "13 TT T 0/1"), room=Room(cache=cache, scratch=scratch))
    assert ask(scratch.parent, sample, "15 TT>T").evidence["called"] == 1
    assert list(cache.iterdir()) == []


@st.composite
def spellings(draw: st.DrawFn) -> tuple[Allele, Allele]:
    """Two spellings of one indel: cut out of, or put into, a stretch of the sequence, seen in two frames."""
    at = draw(st.integers(60, len(BASES) - 80))
    if draw(st.booleans()):
        gone = draw(st.integers(1, 8))
        changed = BASES[:at] + BASES[at + gone :]
    else:
        changed = BASES[:at] + draw(st.text("ACGT", min_size=1, max_size=8)) + BASES[at:]
    grown = len(changed) - len(BASES)
    found = []
    for _ in range(2):
        before, after = draw(st.integers(1, 30)), draw(st.integers(0, 30))
        start, end = at - before, at + max(-grown, 0) + after
        found.append((start + 1, BASES[start:end], changed[start : end + grown]))
    return found[0], _slid(found[1], changed, draw(st.integers(-20, 20)))


def _slid(allele: Allele, changed: str, by: int) -> Allele:
    """Spell the same haplotype with the indel elsewhere in its run, where that is possible; else as given."""
    grown = len(changed) - len(BASES)
    size, step = abs(grown), 1 if by > 0 else -1
    start = next((n for n in range(len(BASES)) if BASES[n : n + 1] != changed[n : n + 1]), len(BASES))
    for _ in range(abs(by)):
        here = start + step
        other = (
            BASES[:here] + BASES[here + size :]
            if grown < 0
            else BASES[:here] + changed[here : here + size] + BASES[here:]
        )
        if other != changed or here < 30:
            break
        start = here
    if grown < 0:
        return start, BASES[start - 1 : start + size], BASES[start - 1]
    return start, BASES[start - 1], BASES[start - 1] + changed[start : start + size]


@options(max_examples=60)
@given(spellings())
def test_whatever_the_two_spellings_the_carrier_is_called(pair: tuple[Allele, Allele]) -> None:
    (pos, ref, alt), (site, s_ref, s_alt) = pair
    with TemporaryDirectory(dir=sequence_path().parent) as folder:
        sample = sample_of(Path(folder), f"{pos} {ref} {alt} 0/1")
        row = ask(Path(folder), sample, f"{site} {s_ref}>{s_alt}").frame().row(0, named=True)
    assert (row["evidence"], row["dosage"]) == ("called", 1)
