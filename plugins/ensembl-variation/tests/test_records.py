"""From a chromosome's file to the reference's table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.sdk import (
    Build,
    DatasetError,
    Fetched,
    Progress,
    ReferenceDataError,
    ReferenceRequest,
    trim,
    verify_published,
)
from genoteca_ensembl_variation.plugin import describe_module, make_reference
from genoteca_ensembl_variation.records import LANDMARKS, Account


@dataclass
class Shelf:
    """Gives files of a folder for whatever is asked, and remembers what that was."""

    folder: Path
    release: str = ""
    asked: list[str] = field(default_factory=list)

    def fetch_all(self, sources: Sequence[str], *, progress: Progress) -> list[Fetched]:
        self.asked += sources
        progress(1.0, "there")
        return [self._file(source) for source in sources]

    def pin(self, source: str, *, progress: Progress) -> str:
        return source.replace("@main", "@" + "a" * 40)

    def _file(self, source: str) -> Fetched:
        path = self.folder / source.rpartition("/")[2]
        size = path.stat().st_size
        return Fetched(path=path, sha256="0" * 64, bytes=size, url=source, from_cache=False, release=self.release)


@dataclass
class Library:
    """What was published before."""

    before: dict[str, Any] | None = None

    def reference(self, module_id: str, build: Build) -> Any:
        if self.before is None:
            raise DatasetError("There is none.")
        return SimpleNamespace(record=SimpleNamespace(metadata=self.before))


def request(
    folder: Path, chroms: set[str], *, shelf: Any = None, before: dict[str, Any] | None = None, **settings: str
) -> ReferenceRequest:
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return ReferenceRequest(
        manifest=describe_module(),
        build=Build.GRCH38,
        fetch=shelf or Shelf(folder),
        paths=Library(before),  # type: ignore[arg-type]
        settings={"source": str(folder), **settings},
        scratch=scratch,
        progress=lambda _fraction, _message: None,
        chromosomes=frozenset(chroms),
    )


def table(folder: Path, *chroms: str) -> pl.DataFrame:
    made = make_reference(request(folder, set(chroms)))
    assert isinstance(made.table, Path)
    verify_published(made.table)
    return pl.read_parquet(made.table)


def test_every_allele_is_in_the_table_or_counted(dataset: Path) -> None:
    made = make_reference(request(dataset, {"1", "21"}))
    told = made.metadata
    assert told["records_read"] == 12
    assert told["alleles_kept"] == len(pl.read_parquet(made.table))  # type: ignore[arg-type]
    assert told["alleles_merged"] == 1
    assert told["set_aside"] == {"ALT is not made of A, C, G, T": 2, "no ALT allele": 1, "ALT is the REF": 1}


def test_an_account_that_does_not_add_up_publishes_nothing() -> None:
    with pytest.raises(ReferenceDataError, match="some are lost"):
        Account(records_read=2, alleles_listed=3, alleles_kept=2).require_sum()


FREQUENCIES = [
    # ref, alts, MA, then the frequency of each alt
    ("A", "C|G", "G", [None, 0.2]),
    ("A", "C|G", "A", [None, None]),
    ("A", "C", "c", [0.2]),
    ("CA", "C", "-", [0.2]),
    ("CA", "C", "A", [None]),
    ("CA", "C|CAA", "AA", [None, 0.2]),
    ("C", "CC", "C", [0.2]),
    ("CC", "C", "C", [None]),
    ("G", "GTT|T", "T", [None, 0.2]),
    ("AG", "CT", "CT", [0.2]),
    ("A", "C", None, [None]),
]


@pytest.mark.parametrize(("ref", "alts", "minor", "expected"), FREQUENCIES)
def test_the_frequency_belongs_to_the_allele_that_is_named(
    shapes: Any, tmp_path: Path, ref: str, alts: str, minor: str, expected: list[float | None]
) -> None:
    shapes.chromosome(tmp_path, "21", [shapes.record("21", 10_000_000, "rs1", ref, alts, MA=minor, MAF=0.2)])
    made = {
        (pos, ref, alt): None if frequency is None else round(frequency, 4)
        for pos, ref, alt, frequency in table(tmp_path, "21").select("pos", "ref", "alt", "frequency").rows()
    }
    assert made == {trim(10_000_000, ref, alt): share for alt, share in zip(alts.split("|"), expected, strict=True)}


def test_facts_of_one_record_are_not_mixed_with_those_of_another(shapes: Any, tmp_path: Path) -> None:
    records = [
        shapes.record("21", 10_000_000, "rs2", "A", "G", TSA="SNV", MA="A", AA="A", E_Freq=True),
        shapes.record("21", 10_000_000, "rs1;COSV7", "A", "G", TSA="substitution", MA="G", MAF=0.5, E_Cited=True),
        shapes.record("21", 10_000_000, None, "A", "G", TSA="SNV", MA="T", MAF=0.1, AA="T"),
    ]
    shapes.chromosome(tmp_path, "21", records)
    (row,) = table(tmp_path, "21").to_dicts()
    assert (row["rsid"], row["other_ids"]) == ("rs2", "rs1;COSV7")
    assert (row["variant_class"], row["minor_allele"], row["frequency"]) == ("substitution", "G", 0.5)
    assert row["ancestral_allele"] is None
    assert row["seen_in"] == "frequency data;publications"


def test_what_is_noted_of_illness_is_not_read(dataset: Path) -> None:
    made = table(dataset, "1")
    assert not [name for name in made.columns if "clin" in name.lower()]
    assert "pathogenic" not in str(made.to_dicts()).lower()


def test_columns_in_lower_case_and_chromosomes_with_chr_are_the_same(shapes: Any, tmp_path: Path) -> None:
    path = shapes.chromosome(tmp_path, "MT", [shapes.record("chrM", 7028, "rs2015062", "C", "T", TSA="SNV")])
    pl.read_parquet(path).rename(str.lower).write_parquet(path)
    assert table(tmp_path, "MT").select("chrom", "pos", "variant_class").rows() == [("MT", 7028, "SNV")]


def test_a_file_without_its_columns_is_refused(shapes: Any, tmp_path: Path) -> None:
    path = shapes.chromosome(tmp_path, "21", [shapes.record("21", 1, "rs1", "A", "C")])
    pl.read_parquet(path).drop("alt").write_parquet(path)
    with pytest.raises(ReferenceDataError, match=r"has no column alt; it has chrom, start"):
        make_reference(request(tmp_path, {"21"}))


def test_a_file_of_another_chromosome_is_refused(shapes: Any, tmp_path: Path) -> None:
    shapes.chromosome(tmp_path, "21", [shapes.record("22", 10_000_000, "rs1", "A", "C")])
    with pytest.raises(ReferenceDataError, match="The file of chromosome 21 has records of 22"):
        make_reference(request(tmp_path, {"21"}))


def test_positions_that_count_from_zero_are_refused(shapes: Any, tmp_path: Path) -> None:
    records = [shapes.record("21", 10_000_000 + n, "rs1", "A", "C") for n in range(3)]
    path = shapes.chromosome(tmp_path, "21", records)
    pl.read_parquet(path).with_columns(pl.col("start") - 1).write_parquet(path)
    with pytest.raises(ReferenceDataError, match="counts positions from 0"):
        make_reference(request(tmp_path, {"21"}))


def test_a_record_beyond_the_chromosome_shows_another_build(shapes: Any, tmp_path: Path) -> None:
    shapes.chromosome(tmp_path, "21", [shapes.record("21", 48_000_000, "rs1", "A", "C")])
    with pytest.raises(ReferenceDataError, match="beyond the chromosome's 46709983 bases") as caught:
        make_reference(request(tmp_path, {"21"}))
    assert caught.value.title == "This release is of another genome build"


@pytest.mark.parametrize("chrom", LANDMARKS)
def test_a_well_known_variant_at_its_old_position_shows_another_build(
    shapes: Any, tmp_path: Path, chrom: str
) -> None:
    name, old, new = LANDMARKS[chrom]
    shapes.chromosome(tmp_path, chrom, [shapes.record(chrom, new, name, "A", "C")])
    assert len(table(tmp_path, chrom)) == 1
    shapes.chromosome(tmp_path, chrom, [shapes.record(chrom, old, name, "A", "C")])
    with pytest.raises(ReferenceDataError, match=f"has {name} at its position in GRCh37"):
        make_reference(request(tmp_path, {chrom}))


def test_main_is_pinned_and_the_commit_is_the_release(dataset: Path) -> None:
    shelf = Shelf(dataset, release="a" * 40)
    made = make_reference(request(dataset, {"21"}, shelf=shelf, source="", revision="main"))
    place = f"hf://datasets/just-dna-seq/ensembl_variations@{'a' * 40}/data/homo_sapiens-chr21.parquet"
    assert shelf.asked == [place]
    assert made.release == "a" * 40
    again = Shelf(dataset, release="b" * 40)
    make_reference(request(dataset, {"21"}, shelf=again, source="hf://datasets/me/mirror@" + "b" * 40))
    assert again.asked == [f"hf://datasets/me/mirror@{'b' * 40}/data/homo_sapiens-chr21.parquet"]


def test_a_folder_is_named_by_what_its_files_are(dataset: Path) -> None:
    release = make_reference(request(dataset, {"21"})).release
    assert release.startswith("local-")
    assert make_reference(request(dataset, {"1", "21"})).release != release


def test_a_source_that_is_neither_is_refused(dataset: Path) -> None:
    with pytest.raises(ReferenceDataError, match="neither a folder on this computer nor a dataset"):
        make_reference(request(dataset, {"21"}, source="https://example.org/files"))


def test_chromosomes_of_other_genomes_are_kept(dataset: Path) -> None:
    asked = request(dataset, {"21"})
    before = {"chromosomes": ["1"], "settings": dict(asked.settings)}
    made = make_reference(request(dataset, {"21"}, before=before))
    assert made.metadata["chromosomes"] == ["1", "21"]
    other = {"chromosomes": ["1"], "settings": {"source": "/elsewhere"}}
    assert make_reference(request(dataset, {"21"}, before=other)).metadata["chromosomes"] == ["21"]


def test_the_dataset_is_of_grch38_only(dataset: Path) -> None:
    asked = request(dataset, {"21"})
    other = ReferenceRequest(**{name: getattr(asked, name) for name in asked.__slots__} | {"build": Build.GRCH37})
    with pytest.raises(ReferenceDataError, match="are of GRCh38; GRCh37 was asked for"):
        make_reference(other)


BASES = st.text("ACGT", min_size=1, max_size=3)
ALTS = st.lists(BASES | st.sampled_from(["", ".", "N", "<DEL>", "a"]), min_size=1, max_size=3)
LISTED = st.lists(st.tuples(st.integers(1, 5), BASES | st.just("N"), ALTS), min_size=1, max_size=12)


@given(LISTED)
def test_no_allele_is_lost_and_none_is_invented(
    tmp_path_factory: pytest.TempPathFactory, listed: list[tuple[int, str, list[str]]]
) -> None:
    folder = tmp_path_factory.mktemp("made")
    rows = [
        {"chrom": "21", "start": pos, "end": pos + len(ref) - 1, "id": f"rs{n}", "ref": ref, "alt": "|".join(alts)}
        for n, (pos, ref, alts) in enumerate(listed)
    ]
    schema = {"start": pl.UInt32, "end": pl.UInt32}
    pl.DataFrame(rows, schema_overrides=schema).write_parquet(folder / "homo_sapiens-chr21.parquet")
    expected = {
        trim(pos, ref, alt.upper()): None
        for pos, ref, alts in listed
        for alt in alts
        if ref != "N" and alt and set(alt.upper()) <= set("ACGT") and alt.upper() != ref
    }
    if not expected:
        with pytest.raises(ReferenceDataError):
            make_reference(request(folder, {"21"}))
        return
    made = table(folder, "21")
    assert sorted(made.select("pos", "ref", "alt").rows()) == sorted(expected)
    names = made.select(pl.concat_str("rsid", "other_ids", separator=";", ignore_nulls=True)).to_series().to_list()
    carried = {
        (trim(pos, ref, alt.upper()), f"rs{n}")
        for n, (pos, ref, alts) in enumerate(listed)
        for alt in alts
        if trim(pos, ref, alt.upper() or "N") in expected and ref != "N"
    }
    found = zip(made.select("pos", "ref", "alt").rows(), names, strict=True)
    assert {(key, name) for key, every in found for name in every.split(";")} == carried
