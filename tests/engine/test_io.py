from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import polars as pl
import pytest

from genoteca.engine import records
from genoteca.engine.io import ParquetIO
from genoteca.errors import CheckError
from genoteca.model.build import Build
from genoteca.sdk import Dataset
from genoteca.sdk.dataset import Table
from genoteca.settings import Layout

SAMPLES = dg.DynamicPartitionsDefinition(name="samples")
FRAME = pl.DataFrame({"key": [1, 2, 3], "says": ["a", "b", "c"]})


@pytest.fixture(scope="module")
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("samples", ["anna/g1"])
        yield instance


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "home")


def store(
    layout: Layout, instance: dg.DagsterInstance, made: Any, *, raises: bool = True
) -> dg.ExecuteInProcessResult:
    @dg.asset(key=["t", "annotations"], partitions_def=SAMPLES, io_manager_key="genoteca_io", code_version="7")
    def annotations() -> Any:
        return made

    return dg.materialize(
        [annotations],
        instance=instance,
        partition_key="anna/g1",
        resources={"genoteca_io": ParquetIO(layout)},
        raise_on_error=raises,
    )


def scratch_file(layout: Layout) -> Path:
    path = layout.temporary / "run-1" / "x.parquet"
    path.parent.mkdir(parents=True)
    FRAME.write_parquet(path)
    return path


@pytest.mark.parametrize("kind", ["frame", "lazy", "relation", "path"])
def test_any_table_is_stored_as_parquet_with_its_record(
    layout: Layout, instance: dg.DagsterInstance, kind: str
) -> None:
    tables: dict[str, Table] = {
        "frame": FRAME,
        "lazy": FRAME.lazy(),
        "relation": duckdb.from_arrow(FRAME.to_arrow()),
        "path": scratch_file(layout),
    }
    result = store(layout, instance, Dataset(table=tables[kind], build=Build.GRCH38, data_version="2026"))
    found = records.current(layout, ["t", "annotations"], "anna/g1")
    assert found is not None
    assert pl.read_parquet(found.path).equals(FRAME)
    assert records.verified(found) is found
    record = found.record
    assert (record.rows, record.code_version, record.data_version, record.build) == (3, "7", "2026", "GRCh38")
    assert record.run == result.run_id
    assert found.path.name == f"annotations-{result.run_id[:8]}.parquet"
    assert found.path.stat().st_mode & 0o777 == 0o600


def test_a_file_of_the_scratch_folder_is_moved_and_another_one_copied(
    layout: Layout, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    mine, shipped = scratch_file(layout), tmp_path / "shipped.parquet"
    FRAME.write_parquet(shipped)
    store(layout, instance, Dataset(table=mine))
    store(layout, instance, Dataset(table=shipped))
    assert not mine.exists()
    assert shipped.exists()


def test_dagster_is_told_rows_and_hash_and_no_row(layout: Layout, instance: dg.DagsterInstance) -> None:
    result = store(layout, instance, Dataset(table=FRAME, evidence={"called": 3}, metadata={"gates": "none"}))
    (event,) = result.asset_materializations_for_node("t__annotations")
    told = {name: value.value for name, value in event.metadata.items()}
    assert told["dagster/row_count"] == 3
    assert len(str(told["sha256"])) == 64
    assert told["evidence"] == {"called": 3}


def test_an_asset_that_fails_leaves_the_last_result_as_it_was(layout: Layout, instance: dg.DagsterInstance) -> None:
    store(layout, instance, Dataset(table=FRAME))
    before = records.current(layout, ["t", "annotations"], "anna/g1")
    broken = FRAME.lazy().select(pl.col("says").cast(pl.Int64))
    assert not store(layout, instance, Dataset(table=broken), raises=False).success
    assert records.current(layout, ["t", "annotations"], "anna/g1") == before
    assert before is not None
    assert not list(before.path.parent.glob(".*"))


def test_something_that_is_no_dataset_is_refused(layout: Layout, instance: dg.DagsterInstance) -> None:
    with pytest.raises(CheckError, match=r"t/annotations gave DataFrame, expected a genoteca\.sdk\.Dataset"):
        store(layout, instance, FRAME)


def test_a_record_without_a_file_keeps_what_it_is_told(layout: Layout, instance: dg.DagsterInstance) -> None:
    store(layout, instance, Dataset(table=None, metadata={"bytes": 12, "sha256": "ab"}))
    found = records.current(layout, ["t", "annotations"], "anna/g1")
    assert found is not None
    assert (found.record.file, found.record.bytes, found.record.sha256) == (None, 12, "ab")


def test_an_upstream_table_comes_as_the_type_asked_for(layout: Layout, instance: dg.DagsterInstance) -> None:
    store(layout, instance, Dataset(table=FRAME))
    seen: dict[str, object] = {}
    given = {"table": dg.AssetIn(key=["t", "annotations"])}

    @dg.asset(partitions_def=SAMPLES, ins=given, io_manager_key="genoteca_io", key=["t", "a"])
    def as_path(table: Path) -> Dataset:
        seen["path"] = pl.read_parquet(table)
        return Dataset(table=FRAME)

    @dg.asset(partitions_def=SAMPLES, ins=given, io_manager_key="genoteca_io", key=["t", "b"])
    def as_lazy(table: pl.LazyFrame) -> Dataset:
        seen["lazy"] = table.collect()
        return Dataset(table=table)

    upstream = dg.AssetSpec(
        ["t", "annotations"], partitions_def=SAMPLES, metadata={"dagster/io_manager_key": "genoteca_io"}
    )
    dg.materialize(
        [as_path, as_lazy, upstream],
        instance=instance,
        partition_key="anna/g1",
        resources={"genoteca_io": ParquetIO(layout)},
    )
    assert all(isinstance(table, pl.DataFrame) and table.equals(FRAME) for table in seen.values())
    assert set(seen) == {"path", "lazy"}


def publish(
    layout: Layout, instance: dg.DagsterInstance, release: str, **metadata: object
) -> dg.ExecuteInProcessResult:
    @dg.asset(key=["t", "reference"], io_manager_key="genoteca_io", code_version="7")
    def reference() -> Any:
        made = Dataset(table=FRAME, build=Build.GRCH38, data_version="1", release=release, licence="CC0-1.0")
        made.metadata.update(metadata)  # type: ignore[arg-type]
        return made

    return dg.materialize(
        [reference], instance=instance, resources={"genoteca_io": ParquetIO(layout, {"t": "digest of its code"})}
    )


def test_releases_of_a_reference_lie_side_by_side_and_each_keeps_its_newest_table_only(
    layout: Layout, instance: dg.DagsterInstance
) -> None:
    for release in ("2026-02-26", "2026-03-05", "2026-03-05"):
        publish(layout, instance, release)
    tables = sorted(str(path.parent.relative_to(layout.home)) for path in layout.references("t").rglob("*.parquet"))
    assert tables == ["references/t/2026-02-26/GRCh38", "references/t/2026-03-05/GRCh38"]
    found = records.latest_reference(layout, "t", "GRCh38")
    assert found is not None
    assert (found.record.release, found.record.metadata["module_digest"]) == ("2026-03-05", "digest of its code")


def test_what_genomes_are_read_with_is_kept_when_it_is_made_again(
    layout: Layout, instance: dg.DagsterInstance
) -> None:
    for _ in range(2):
        publish(layout, instance, "hg38", provides=["sequence:GRCh38"])
    assert len(list(layout.references("t").rglob("*.parquet"))) == 2


def test_dagster_is_told_where_it_lies_in_the_data_folder_and_no_path_of_the_computer(
    layout: Layout, instance: dg.DagsterInstance
) -> None:
    files = [
        {"url": "https://example.org/a.gz", "sha256": "a", "bytes": 3, "cached": True, "checksum": "md5:ab"},
        {"url": "https://example.org/b.gz", "sha256": "b", "bytes": 4, "cached": False},
        {"url": "own.vcf", "sha256": "c", "bytes": 5, "cached": False},
    ]
    result = publish(layout, instance, "2026-02-26", files=files, bytes_downloaded=4)
    (event,) = result.asset_materializations_for_node("t__reference")
    told = {name: one.value for name, one in event.metadata.items()}
    assert told["place"] == f"references/t/2026-02-26/GRCh38/reference-{result.run_id[:8]}.parquet"
    assert told["fetched"] == "1 downloaded, 1 from the cache, 1 on this computer"
    assert (told["bytes fetched"], told["bytes downloaded"], told["file count"]) == (12, 4, 3)
    assert told["publisher's checksums"] == {"https://example.org/a.gz": "md5:ab"}
    assert (told["release"], told["licence"]) == ("2026-02-26", "CC0-1.0")
    assert str(layout.home) not in str(told)
