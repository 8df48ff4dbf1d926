"""The places agree with the builds, with the chains and with what the app itself knows; variants in them are told."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from genoteca.annotate.regions import annotate_regions
from genoteca.genome.lift import Lift, Reason
from genoteca.model.build import Build, mhc, par
from genoteca.sdk import Outcome, check_module, data_plugin
from genoteca.sdk.data_tables import tables_of
from genoteca.sdk.manifest import load_manifest
from genoteca.sdk.table_spec import load_table_spec
from genoteca.sdk.testing import MakeSample, materialize_module

PLUGIN = Path(__file__).resolve().parents[1]
PACKAGE = PLUGIN / "src" / "genoteca_hard_to_read_places"
CHAINS = PLUGIN.parents[1] / ".." / "shared" / "data" / "08-liftover" / "ensembl-chains"
BUILDS = ("GRCh37", "GRCh38")
ERROR = "Error of the reference"
OF_THE_APP = {"Very variable", "Shared by X and Y"}
FORBIDDEN = r"\byou should\b|\bmust\b|\baffected\b|\bsuffer|\bdiagnos|\bmutation\b"

with (PACKAGE / "regions.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


def of(build: str) -> dict[str, dict[str, str]]:
    return {row["title"]: row for row in ROWS if row["build"] == build}


def vcf(build: str, *places: tuple[str, int, str]) -> str:
    """Write a VCF with an A>G at each place: chromosome, position, GT."""
    head = f"##fileformat=VCFv4.2\n##reference={build}\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tme\n"
    lines = [f"{chrom}\t{pos}\t.\tA\tG\t50\tPASS\t.\tGT:DP:GQ\t{call}:30:60\n" for chrom, pos, call in places]
    return head + "".join(lines)


Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Publish the table once in each build."""
    folder = tmp_path_factory.mktemp("published")
    tables = tables_of(PACKAGE, load_table_spec(PACKAGE), load_manifest(PACKAGE))
    paths = {build: folder / f"{build}.parquet" for build in BUILDS}
    for build, path in paths.items():
        tables.read(Build(build)).write_parquet(path)
        tables.verify(path)
    return paths


@pytest.fixture
def ask(genoteca_sample: MakeSample, published: dict[str, Path]) -> Ask:
    """Give the rows of a file, without the engine around them: `ask(text, build="GRCh38")`."""

    def answered(text: str, build: str = "GRCh38") -> list[dict[str, Any]]:
        sample = genoteca_sample(text, build=build).tables
        return annotate_regions(published[build], sample, columns=load_manifest(PACKAGE).columns).frame().to_dicts()

    return answered


def test_the_module_keeps_every_rule() -> None:
    broken = [finding for finding in check_module(data_plugin(PACKAGE), folder=PACKAGE) if not finding.ok]
    assert broken == []


def test_every_place_lies_on_its_chromosome_and_is_named_once_in_a_build() -> None:
    assert len(of("GRCh37")) + len(of("GRCh38")) == len(ROWS)
    for row in ROWS:
        assert 1 <= int(row["start"]) < int(row["end"]) <= Build(row["build"]).lengths[row["chrom"]]


def test_both_builds_have_the_same_places_but_for_the_errors_of_grch38() -> None:
    errors = {row["title"] for row in ROWS if row["kind"] == ERROR}
    assert len(errors) == 6
    assert of("GRCh38").keys() - of("GRCh37").keys() == errors
    assert of("GRCh37").keys() <= of("GRCh38").keys()
    for place, row in of("GRCh37").items():
        other = of("GRCh38")[place]
        assert {name for name in row if row[name] != other[name]} <= {"build", "start", "end", "checked"}


@pytest.mark.parametrize("build", BUILDS)
def test_the_hla_region_and_the_ends_of_x_and_y_are_those_the_app_reckons_with(build: str) -> None:
    told = {(row["chrom"], int(row["start"]), int(row["end"])) for row in ROWS if row["kind"] in OF_THE_APP}
    assert {tuple(region) for region in (mhc(Build(build)), *par(Build(build)))} <= told


def test_sentences_are_plain_and_lead_to_a_laboratory() -> None:
    readme = (PLUGIN / "README.md").read_text(encoding="utf-8")
    for row in ROWS:
        assert row["conclusion"].endswith(".")
        assert len(row["effect"]) <= 60
        assert not re.search(FORBIDDEN, row["conclusion"], re.IGNORECASE)
        assert all(f"[{pmid}]" in readme for pmid in filter(None, row["pmids"].split(";")))
        assert f"| {row['title']} | {row['kind']} | {row['build']} |" in readme
        assert row["checked"]
        if row["kind"] in {"Near copy", "Several copies"}:
            assert "talk to a doctor; a laboratory has methods made for this gene." in row["conclusion"]


@pytest.mark.parametrize("build", BUILDS)
def test_a_variant_at_either_end_of_a_place_is_in_it_and_one_base_further_is_not(ask: Ask, build: str) -> None:
    row = of(build)["SMN1"]
    start, end = int(row["start"]), int(row["end"])
    places = [("5", pos, "0/1") for pos in (start - 1, start, end, end + 1)]
    rows = ask(vcf(build, *places), build)
    assert [(found["row"], found["title"], found["evidence"]) for found in rows] == [
        (1, "SMN1", "called"),
        (2, "SMN1", "called"),
    ]


def test_every_place_is_told_of_a_variant_in_its_middle_in_both_builds(ask: Ask) -> None:
    for build in BUILDS:
        rows = list(of(build).values())
        middles = [(row["chrom"], (int(row["start"]) + int(row["end"])) // 2, "1/1") for row in rows]
        assert {found["title"] for found in ask(vcf(build, *middles), build)} == set(of(build))


def test_a_reference_call_is_no_variant_and_a_half_call_is_said_to_be_one(ask: Ask) -> None:
    text = vcf("GRCh38", ("5", 70920000, "0/0"), ("5", 70930000, "./1"))
    assert [(found["evidence"], found["title"]) for found in ask(text)] == [("partial", "SMN1")]


def test_the_errors_of_grch38_say_nothing_in_grch37(ask: Ask) -> None:
    cbs = of("GRCh38")["CBS"]
    pos = int(cbs["start"]) + 5000
    (row,) = ask(vcf("GRCh38", ("21", pos, "0/1")))
    assert row["kind"] == ERROR
    assert "a file made with GRCh37 is not concerned" in row["conclusion"]
    assert ask(vcf("GRCh37", ("21", 44_480_000, "0/1")), "GRCh37") == []


def test_the_tiny_sample_of_an_author_lies_nowhere_hard(genoteca_sample: MakeSample) -> None:
    made = materialize_module(data_plugin(PACKAGE), genoteca_sample())
    assert (made.outcome, made.failed_checks) == (Outcome.ANSWERED, [])
    assert made.table.is_empty()


def test_a_chip_cannot_be_asked() -> None:
    manifest = tomllib.loads((PACKAGE / "module.toml").read_text(encoding="utf-8"))
    assert "array" not in manifest["sample_kinds"]


def test_the_manifest_and_the_distribution_agree() -> None:
    manifest = tomllib.loads((PACKAGE / "module.toml").read_text(encoding="utf-8"))
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert manifest["version"] == project["version"]
    assert project["entry-points"]["genoteca"] == {manifest["id"]: PACKAGE.name}
    assert manifest["licence"]["data"] == "CC0-1.0"
    assert f"## {manifest['version']}" in (PACKAGE / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.real_data
@pytest.mark.parametrize(("source", "target"), [BUILDS, BUILDS[::-1]])
def test_the_ends_of_every_place_lift_to_the_other_build(source: str, target: str) -> None:
    path = CHAINS / f"{source}_to_{target}.chain.gz"
    if not path.is_file():
        pytest.skip("the Ensembl chains are not in the data folder beside the checkout")
    lift = Lift([path])
    for place, row in of(source).items():
        other = of(target).get(place)
        if row["kind"] in OF_THE_APP or other is None:
            continue
        for end in ("start", "end"):
            spot = lift.base(row["chrom"], int(row[end]))
            assert not isinstance(spot, Reason), (place, spot)
            assert (spot.chrom, spot.forward) == (other["chrom"], True)
            assert abs(spot.pos - int(other[end])) <= 3, (place, end)


@pytest.mark.real_data
def test_the_false_copies_of_grch38_have_no_place_in_grch37() -> None:
    path = CHAINS / "GRCh38_to_GRCh37.chain.gz"
    if not path.is_file():
        pytest.skip("the Ensembl chains are not in the data folder beside the checkout")
    lift = Lift([path])
    for gene in ("CBS", "CRYAA", "KCNE1"):
        false, true = of("GRCh38")[f"{gene}, the false copy"], of("GRCh38")[gene]
        for end in ("start", "end"):
            assert lift.base("21", int(false[end])) is Reason.NOWHERE
            assert not isinstance(lift.base("21", int(true[end])), Reason)
