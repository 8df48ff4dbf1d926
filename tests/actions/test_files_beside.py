"""A folder of files as a module's source: a file that comes into it later is noticed."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from genoteca.actions.references import local_change
from genoteca.engine.fetching import Fetcher
from genoteca.model.record import Record
from genoteca.sdk.noted_fetch import NotedFetch


def record(home: Path, settings: dict[str, Any], *used: Path) -> Record:
    """Give the record of a reference that is made of these files now."""
    fetch = NotedFetch(Fetcher(home / "cache", hosts=[]), settings)
    for path in used:
        fetch.fetch(str(path), progress=lambda _done, _said: None)
    told = {"asset": ["m", "reference"], "partition": None, "run": "1", "created": datetime.now(UTC), "file": "x"}
    more = {"rows": 1, "bytes": 1, "sha256": "", "code_version": "1", "data_version": "1"}
    return Record.model_validate({**told, **more, "metadata": {**fetch.notes(), "settings": settings}})


def files(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return [folder / name for name in names]


def test_a_file_that_comes_into_the_folder_is_noticed_and_an_index_or_another_kind_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "gnomad"
    used, *_ = files(folder, "sites.chr21.vcf.bgz", "sites.chr21.vcf.bgz.tbi", "anna.vcf.gz", "sites.chr22.vcf.bgz")
    made = record(tmp_path, {"source": str(folder), "data": "exomes"}, used)
    assert local_change(made) == ""
    files(folder, "README.txt", "sites.chr20.vcf.bgz.tbi", ".sites.chr20.vcf.bgz")
    assert local_change(made) == ""
    files(folder, "sites.chr20.vcf.bgz")
    assert local_change(made) == "folder has a new file"
    assert local_change(record(tmp_path, {"source": str(folder)}, used)) == "", "made again, it is known"


def test_the_files_that_were_used_are_looked_at_too_and_no_neighbour_is_named(tmp_path: Path) -> None:
    used, _ = files(tmp_path / "data", "chr21.parquet", "anna.parquet")
    made = record(tmp_path, {"source": str(tmp_path / "data")}, used)
    assert "anna" not in made.model_dump_json()
    used.write_text("another")
    assert local_change(made) == "file changed"


def test_a_pattern_stands_for_its_folder_and_a_folder_below_is_looked_into(tmp_path: Path) -> None:
    used, *_ = files(tmp_path / "set", "data/chr21.parquet")
    made = record(tmp_path, {"source": str(tmp_path / "set")}, used)
    by_name = record(tmp_path, {"source": str(tmp_path / "set" / "data" / "chr{chrom}.parquet")}, used)
    files(tmp_path / "set", "data/chr22.parquet")
    assert (local_change(made), local_change(by_name)) == ("folder has a new file", "folder has a new file")


def test_one_file_that_is_named_has_no_neighbours(tmp_path: Path) -> None:
    used, *_ = files(tmp_path, "list.tsv")
    made = record(tmp_path, {"source": str(used), "release": "https://example.org/a.tsv"}, used)
    files(tmp_path, "other.tsv")
    assert local_change(made) == ""
    os.utime(used, ns=(1, 1))
    assert local_change(made) == "file changed"


def test_a_reference_that_was_made_before_this_was_noted_is_not_called_old(tmp_path: Path) -> None:
    used, *_ = files(tmp_path / "set", "chr21.parquet")
    made = record(tmp_path, {"source": str(tmp_path / "set")}, used)
    del made.metadata["beside"]
    files(tmp_path / "set", "chr22.parquet")
    assert local_change(made) == ""
