from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest
from tests.sdk.modules import Plugin, manifest

from genoteca.errors import DatasetError, FetchError, ReferenceDataError
from genoteca.model.evidence import Outcome
from genoteca.model.module import ModuleManifest
from genoteca.sdk import (
    ANNOTATE_VERSION,
    AnnotateRequest,
    Answer,
    Dataset,
    ReferenceRequest,
    allele_annotations,
    annotate_alleles,
    annotation_asset,
    publish_alleles,
    reference_asset,
)
from genoteca.sdk.made_with import plain_columns
from genoteca.sdk.progress import report, set_sink
from genoteca.sdk.testing import MakeSample, materialize_module

SITES = pl.DataFrame(
    {
        "chrom": ["2", "16", "1"],
        "pos": [135851076, 48224287, 1000],
        "ref": ["G", "C", "A"],
        "alt": ["A", "T", "G"],
        "meaning": ["milk", "wax", "nothing"],
        "weight": [0.5, 1.0, None],
    }
)


def make(request: ReferenceRequest) -> Dataset:
    return Dataset(table=publish_alleles(SITES), release="first", metadata={"source": "by hand"})


def annotate(request: AnnotateRequest) -> Answer:
    return annotate_alleles(
        request.reference.path, request.sample_tables, columns=request.manifest.columns, dense=True, engine="polars"
    )


def plugin(
    *,
    told: ModuleManifest | None = None,
    made: Callable[[ReferenceRequest], Dataset] = make,
    answered: Callable[[AnnotateRequest], Answer] = annotate,
) -> Plugin:
    told = told or manifest()
    assets = [reference_asset(told, make=made), annotation_asset(told, annotate=answered)]
    return Plugin(told=told, definitions=dg.Definitions(assets=assets))


def test_assets_say_all_that_a_screen_and_dagster_need() -> None:
    told = manifest(id="two-words")
    assets = [reference_asset(told, make=make, code_version="3"), annotation_asset(told, annotate=annotate)]
    reference, annotations = (asset.specs_by_key[asset.key] for asset in assets)
    assert (reference.key.path, annotations.key.path) == (["two-words", "reference"], ["two-words", "annotations"])
    assert reference.partitions_def is None
    assert annotations.partitions_def == dg.DynamicPartitionsDefinition(name="samples")
    assert reference.group_name == annotations.group_name == "two_words"
    assert reference.code_version == "3"
    assert annotations.code_version == f"{ANNOTATE_VERSION}.1.2.0"
    words = str(annotations.description)
    assert words.startswith("A little module of code.\n\nLittle 1.2.0, for GRCh37, GRCh38.")
    assert "[CC0-1.0](https://spdx.org/licenses/CC0-1.0.html)" in words
    assert annotations.kinds == {"parquet"}
    assert {"/".join(dep.asset_key.path) for dep in annotations.deps} == {
        "sample/variants",
        "sample/coverage",
        "sample/structural",
        "two-words/reference",
    }
    for asset, names in zip(
        assets,
        (
            ["schema", "sorted", "rows"],
            ["schema", "ranges", "reference_alleles", "cardinality", "match_rate", "freshness"],
        ),
        strict=True,
    ):
        assert [spec.name for spec in asset.check_specs] == names
        assert asset.get_io_manager_key_for_asset_key(asset.key) == "genoteca_io"
    columns = annotations.metadata["dagster/column_schema"].columns
    assert [column.name for column in columns][-3:] == ["match", "meaning", "weight"]
    assert columns[-2].description == "Meaning. What it means."


def test_a_publishers_dataset_stands_above_its_reference_and_is_made_by_nobody(genoteca_sample: MakeSample) -> None:
    told = manifest()
    assets = [reference_asset(told, make=make, publisher="dataset"), annotation_asset(told, annotate=annotate)]
    above = dg.AssetKey([told.id, "dataset"])
    assert above in {dep.asset_key for dep in next(iter(assets[0].specs)).deps}
    assert above not in {key for asset in assets for key in asset.keys}
    made = materialize_module(Plugin(told=told, definitions=dg.Definitions(assets=assets)), genoteca_sample())
    assert made.record("reference").release == "first"


def test_a_reference_and_its_annotations_are_materialized(genoteca_sample: MakeSample) -> None:
    made = materialize_module(plugin(), genoteca_sample())
    assert made.outcome is Outcome.ANSWERED
    assert made.failed_checks == []
    assert made.evidence["called"] == made.evidence["reference"] == 1
    assert sum(made.evidence.values()) == made.record().sites == 3
    rows = {row["meaning"]: row for row in made.table.iter_rows(named=True)}
    assert (rows["milk"]["evidence"], rows["milk"]["dosage"], rows["milk"]["weight"]) == ("called", 1, 0.5)


def test_the_records_say_inputs_versions_licence_and_release(genoteca_sample: MakeSample) -> None:
    sample = genoteca_sample()
    made = materialize_module(plugin(), sample)
    reference, annotations = made.record("reference"), made.record()
    assert (reference.data_version, reference.licence, reference.build) == ("7", "CC0-1.0", "GRCh38")
    assert (reference.release, reference.partition) == ("first", None)
    made_by = {"module_version": "1.2.0", "module_data_version": "7", "settings": {}, "gates": "none"}
    taken = reference.metadata.pop("taken")
    assert set(taken) == {"seconds", "cpu_seconds", "peak_memory_mb"}  # type: ignore[arg-type]
    columns = plain_columns(manifest().columns)
    assert reference.metadata == {"source": "by hand", "columns": columns, **made_by}
    assert annotations.metadata.items() >= made_by.items()
    assert annotations.partition == sample.sample.id.key
    assert (annotations.data_version, annotations.licence, annotations.release) == ("7", "CC0-1.0", "first")
    assert annotations.inputs == {**sample.inputs, "little/reference": reference.sha256}
    names = ["schema", "ranges", "reference_alleles", "cardinality", "match_rate", "freshness"]
    assert [check.name for check in annotations.checks] == names
    assert {check.name for check in annotations.checks if not check.evaluated} == {*names[2:3], *names[4:]}


def test_the_common_case_is_one_line(genoteca_sample: MakeSample) -> None:
    told = manifest(dense=False)
    assets = [reference_asset(told, make=make), allele_annotations(told)]
    made = materialize_module(Plugin(told=told, definitions=dg.Definitions(assets=assets)), genoteca_sample())
    assert made.record().sites is None
    assert made.table["meaning"].to_list() == ["milk"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "made no reference table"),
        (Path("nowhere.parquet"), r"nowhere\.parquet"),
        (publish_alleles(SITES).reverse(), "sorted: .*row 0 is not numbered in order"),
        (publish_alleles(SITES)[:0], "rows: the reference is empty"),
        (publish_alleles(SITES).drop("weight"), "schema: weight is missing"),
        (publish_alleles(SITES.with_columns(weight=pl.lit("heavy"))), "schema: weight is String, declared Float64"),
    ],
)
def test_a_reference_that_is_not_as_its_joins_need_it_is_not_published(
    genoteca_sample: MakeSample, given: Any, said: str
) -> None:
    with pytest.raises(ReferenceDataError, match=said):
        materialize_module(plugin(made=lambda _: Dataset(table=given)), genoteca_sample())


@pytest.mark.parametrize("how", ["lazy", "file"])
def test_a_reference_may_be_lazy_or_a_file(genoteca_sample: MakeSample, tmp_path: Path, how: str) -> None:
    path = tmp_path / "made.parquet"
    publish_alleles(SITES).write_parquet(path)
    table = pl.scan_parquet(path) if how == "lazy" else path
    made = materialize_module(plugin(made=lambda _: Dataset(table=table)), genoteca_sample())
    assert made.outcome is Outcome.ANSWERED


def test_a_sample_that_cannot_be_tested_gets_an_empty_table_and_the_reason(genoteca_sample: MakeSample) -> None:
    def never(_: AnnotateRequest) -> Answer:
        raise AssertionError("it was decided before")

    told = manifest(builds=["GRCh37"])
    made = materialize_module(plugin(told=told, answered=never), genoteca_sample(build="GRCh38"))
    assert made.outcome is Outcome.CANNOT_BE_TESTED
    assert made.reason.startswith(
        "Little knows positions of GRCh37; this genome is of GRCh38. The module liftover-chains"
    )
    assert made.table.is_empty()
    assert made.table.columns[-2:] == ["meaning", "weight"]
    assert (made.record().sites, made.evidence) == (0, {})
    assert all("cannot be tested" in check.description for check in made.record().checks)
    with pytest.raises(DatasetError):
        made.record("reference")


def test_reference_bases_of_another_build_make_it_untestable(genoteca_sample: MakeSample) -> None:
    def answered(request: AnnotateRequest) -> Answer:
        return replace(annotate(request), compared=40, agreeing=11)

    made = materialize_module(plugin(answered=answered), genoteca_sample())
    assert made.outcome is Outcome.CANNOT_BE_TESTED
    assert "do not agree with GRCh38 (11 of 40); it is probably of another genome build" in made.reason
    assert made.table.is_empty()
    assert [check.name for check in made.failed_checks] == ["reference_alleles"]
    assert "little/reference" in made.record().inputs


HEADER = """##fileformat=VCFv4.2
##contig=<ID=1,length=248956422>
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tME
"""


@pytest.mark.parametrize(("wrong", "outcome"), [(18, Outcome.CANNOT_BE_TESTED), (2, Outcome.ANSWERED)])
def test_a_sparse_list_of_another_build_is_not_answered_with_silence(
    genoteca_sample: MakeSample, wrong: int, outcome: Outcome
) -> None:
    places = range(1000, 1024)

    def listed(_: ReferenceRequest) -> Dataset:
        refs = ["C" if number < wrong else "A" for number in range(len(places))]
        frame = pl.DataFrame(
            {"chrom": "1", "pos": places, "ref": refs, "alt": "T"}, schema_overrides={"pos": pl.UInt32}
        )
        return Dataset(
            table=publish_alleles(frame.with_columns(meaning=pl.lit("x"), weight=pl.lit(0.5))), release="1"
        )

    def sparse(request: AnnotateRequest) -> Answer:
        columns = request.manifest.columns
        path = request.reference.path
        return annotate_alleles(path, request.sample_tables, columns=columns, dense=False, engine="polars")

    vcf = HEADER + "".join(f"1\t{pos}\t.\tA\tG\t60\tPASS\t.\tGT:DP:GQ\t0/1:30:99\n" for pos in places)
    made = materialize_module(
        plugin(told=manifest(dense=False), made=listed, answered=sparse), genoteca_sample(vcf, kind="whole genome")
    )
    assert made.outcome is outcome
    if outcome is Outcome.CANNOT_BE_TESTED:
        assert "do not agree with GRCh38 (6 of 24); it is probably of another genome build" in made.reason
        assert [check.name for check in made.failed_checks] == ["reference_alleles"]
    else:
        assert made.failed_checks == []
        assert made.record().metadata["unusable"] == {"its reference base is not the module's": 2}


def test_a_value_outside_its_limits_is_kept_and_shown(genoteca_sample: MakeSample) -> None:
    def heavy(request: AnnotateRequest) -> Answer:
        answer = annotate(request)
        return replace(answer, table=answer.frame().with_columns(weight=pl.lit(7.0)))

    made = materialize_module(plugin(answered=heavy), genoteca_sample())
    assert [(check.name, check.verdict) for check in made.failed_checks] == [("ranges", "warning")]
    assert made.outcome is Outcome.ANSWERED


def test_answers_of_which_one_was_lost_are_not_taken(genoteca_sample: MakeSample) -> None:
    def forgetful(request: AnnotateRequest) -> Answer:
        return replace(annotate(request), sites=4)

    with pytest.raises(DatasetError, match="4 sites, but 3 counted") as caught:
        materialize_module(plugin(answered=forgetful), genoteca_sample())
    assert caught.value.title == "A check did not pass"


def test_what_the_module_raises_is_raised(genoteca_sample: MakeSample) -> None:
    def refuse(request: ReferenceRequest) -> Dataset:
        request.fetch.fetch("https://example.org/x.vcf.gz", progress=request.progress)
        return make(request)

    with pytest.raises(FetchError, match=r"https://example\.org/x\.vcf\.gz"):
        materialize_module(plugin(made=refuse), genoteca_sample())


def test_settings_arrive_with_their_defaults(genoteca_sample: MakeSample) -> None:
    told = manifest(
        settings={
            "depth": {"type": "integer", "default": 3},
            "word": {"type": "text", "default": "a"},
        }
    )
    seen: list[dict[str, Any]] = []

    def noted(request: ReferenceRequest) -> Dataset:
        seen.append(dict(request.settings))
        return make(request)

    assets = [reference_asset(told, make=noted, settings={"word": "b"}), annotation_asset(told, annotate=annotate)]
    materialize_module(Plugin(told=told, definitions=dg.Definitions(assets=assets)), genoteca_sample())
    assert seen == [{"depth": 3, "word": "b"}]


def test_progress_is_of_the_asset_at_work(genoteca_sample: MakeSample) -> None:
    heard: list[str | None] = []
    sample = genoteca_sample()
    set_sink(lambda asset, fraction, message: heard.append(asset))
    try:

        def telling(request: ReferenceRequest) -> Dataset:
            request.progress(0.5, "half")
            report(0.6, "more")
            return make(request)

        def quiet(request: AnnotateRequest) -> Answer:
            request.progress(1.0, "done")
            return annotate(request)

        materialize_module(plugin(made=telling, answered=quiet), sample)
    finally:
        set_sink(None)
    assert heard == ["little/reference", "little/reference", "little/annotations"]
