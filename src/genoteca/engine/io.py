"""The IO manager: the only place that knows where a partition lies. Its record is the commit."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
import duckdb
import polars as pl

from genoteca.engine import held, records
from genoteca.engine.change_making import settle_changes
from genoteca.engine.files import atomic_path, private_folder, sha256_of
from genoteca.engine.forms import stored_form
from genoteca.engine.kinship import MODULE_DIGEST, kept_files, kinship
from genoteca.engine.release_choice import release_folder
from genoteca.engine.told import told_of
from genoteca.errors import CheckError, DatasetError
from genoteca.model.record import Record
from genoteca.model.run import SAMPLE
from genoteca.sdk.dataset import Dataset, Written
from genoteca.sdk.described import column_schema
from genoteca.sdk.parquet import as_parquet, facts
from genoteca.settings import Layout

if TYPE_CHECKING:
    from genoteca.sdk.dataset import Table

__all__ = ["ParquetIO"]

ANNOTATIONS = "annotations"
JOINED = ["sample", "annotated"]


class ParquetIO(dg.IOManager):
    """Writes a `Dataset` as `<asset>-<run8>.parquet`, then its record: a kill at any moment leaves the old one whole.

    A plain file (`Dataset.ending`) is kept as it is, without rows.
    A sample's assets lie under `users/<user>/<sample>/<module>/`, others under
    `references/<module>/<release>/<build>/`, so that releases stand side by side. `digests`: of every module's
    code as it is installed; records keep it. `keep`: how many versions of a result are kept.
    """

    def __init__(
        self,
        layout: Layout,
        digests: Mapping[str, str] | None = None,
        *,
        keep: int = records.KEEP,
        held: bool = False,
    ) -> None:
        self._layout = layout
        self._keep = keep
        self._digests = digests or {}
        self._held = held

    def handle_output(self, context: dg.OutputContext, obj: object) -> None:
        """Write the table, commit its record, and tell Dagster what there is; never a genotype."""
        if not isinstance(obj, Dataset):
            raise CheckError(
                f"The asset {_asset(context)} gave {type(obj).__name__}, expected a genoteca.sdk.Dataset.",
                hint="Return Dataset(table=…) from the function behind the asset.",
            )
        path = self._record_path(context, obj)
        private_folder(path.parent)
        self._complete(context, obj, path)
        record = self._written(context, obj, path)
        if self._waits(record, path):
            record = held.hold(path, record)
            held.drop(path.parent, unless=record.run)
        else:
            records.write_record(path, record)
            held.drop(path.parent, unless=record.run)
            if record.partition is not None and record.asset[-1] == ANNOTATIONS:
                held.forget_refused(self._layout, record.asset[0], record.partition)
        if record.partition is not None and record.asset[-1] == ANNOTATIONS:
            settle_changes(self._layout, record.asset[0], record.partition, keep=self._keep)
        records.retire(path, keep=kept_files(record, self._keep))
        told = told_of(record, path, self._layout)
        if _key(context) == JOINED:  # its columns are those of the modules that it joins
            told["dagster/column_schema"] = column_schema(obj.columns)
        context.add_output_metadata(told)

    def _waits(self, record: Record, record_file: Path) -> bool:
        """Tell whether a dataset waits beside the one in force: of a module about a sample, if the run says so.

        A first answer has nothing to wait beside, unless it was made of another one that waits. What the run makes
        of answers that are in force is in force as well.
        """
        if not self._held or record.partition is None or record.asset[0] == SAMPLE:
            return False
        if record.asset[-1] == ANNOTATIONS and _stands(record_file):
            return True
        made_of = [name.split("/") for name in record.inputs if name.endswith(f"/{ANNOTATIONS}")]
        return any(held.held(self._layout, asset, record.partition, run=record.run) for asset in made_of)

    def load_input(self, context: dg.InputContext) -> object:
        """Give an upstream asset's table by the type asked for: Path, DataFrame, DuckDB relation, or LazyFrame."""
        key = list(context.asset_key.path)
        partition = context.asset_partition_key if context.has_asset_partitions else None
        stored = records.current(self._layout, key, partition)
        if stored is None:
            raise DatasetError(f"There is no {'/'.join(key)} yet.", hint="It must be made first.")
        wanted = context.dagster_type.typing_type
        if wanted is Path:
            return stored.path
        if wanted is pl.DataFrame:
            return pl.read_parquet(stored.path)
        if wanted is duckdb.DuckDBPyRelation:
            return duckdb.read_parquet(str(stored.path))
        return pl.scan_parquet(stored.path)

    def _record_path(self, context: dg.OutputContext, dataset: Dataset) -> Path:
        build = None if dataset.build is None else str(dataset.build)
        release = dataset.release or dataset.data_version
        return records.record_path(
            self._layout,
            _key(context),
            _partition(context),
            data_version=release_folder(release) if release else "",
            build=build,
        )

    def _complete(self, context: dg.OutputContext, dataset: Dataset, record_file: Path) -> None:
        """Add what only the app knows: the digest of the module's code, and of what this is the same or the whole."""
        dataset.code_version = dataset.code_version or context.asset_spec.code_version or ""
        if digest := self._digests.get(_key(context)[0]):
            dataset.metadata[MODULE_DIGEST] = digest
        if _partition(context) is None and record_file.is_file():
            dataset.metadata |= kinship(records.read_record(record_file), dataset)

    def _written(self, context: dg.OutputContext, dataset: Dataset, record_file: Path) -> Record:
        """Write the table where there is one, and make its record."""
        file, rows, size, digest = None, 0, 0, ""
        if dataset.table is None:
            size, digest = _told(dataset.metadata, "bytes", 0), _told(dataset.metadata, "sha256", "")
        else:
            target = records.dataset_path(record_file, context.run_id, dataset.ending)
            with atomic_path(target) as beside:
                self._write(dataset.table, beside)
            rows = 0 if dataset.ending else facts(target)[1]
            file, size, digest = target.name, target.stat().st_size, sha256_of(target)
        written = Written(file=file, rows=rows, bytes=size, sha256=digest)
        record = dataset.record(
            asset=_key(context), partition=_partition(context), run=context.run_id, written=written
        )
        form = stored_form(record.asset, record_file.with_name(file)) if file else ""
        return record.model_copy(update={"form": form})

    def _write(self, table: Table, target: Path) -> None:
        """Write any table; a Parquet file of the run's scratch folder is moved, another one copied."""
        made = as_parquet(table, target)
        if made == target:
            return
        if made.is_relative_to(self._layout.temporary):
            shutil.move(made, target)
        else:
            shutil.copyfile(made, target)


def _key(context: dg.OutputContext) -> list[str]:
    return list(context.asset_key.path)


def _partition(context: dg.OutputContext) -> str | None:
    return context.asset_partition_key if context.has_asset_partitions else None


def _asset(context: dg.OutputContext) -> str:
    return "/".join(context.asset_key.path)


def _stands(record_file: Path) -> bool:
    """Tell whether there is an answer already that can be read."""
    try:
        records.read_record(record_file)
    except DatasetError:
        return False
    return True


def _told(metadata: dict[str, Any], name: str, otherwise: Any) -> Any:
    return metadata.get(name, otherwise)
