from __future__ import annotations

import sqlite3
from pathlib import Path

from genoteca.model.build import Build
from genoteca.model.column import AnnotationColumn
from genoteca.model.module import ModuleManifest
from genoteca.store.catalogue import bundled_catalogue
from genoteca.store.settled import SettledColumns

COLUMN = AnnotationColumn(name="score", label="Score", description="How much.")


def manifests() -> dict[str, ModuleManifest]:
    return {entry.id: entry.manifest for entry in bundled_catalogue()}


def test_what_a_module_said_is_in_its_manifest_until_it_is_asked_again(tmp_path: Path) -> None:
    kept, bare = SettledColumns(tmp_path / "app.db"), manifests()["my-reference"]
    assert kept.manifest(bare, "d1") == bare
    assert not bare.is_set_up
    kept.keep(bare.settled([COLUMN], [Build.GRCH37]), "d1")
    assert kept.manifest(bare, "d1").columns == (COLUMN,)
    assert kept.manifest(bare, "d1").builds == (Build.GRCH37,)
    assert kept.manifest(bare, "d1").is_set_up
    kept.keep(bare, "d1")
    assert kept.manifest(bare, "d1") == bare


def test_a_module_that_declares_its_columns_is_left_as_it_is(tmp_path: Path) -> None:
    kept, ensembl = SettledColumns(tmp_path / "app.db"), manifests()["ensembl-variation"]
    kept.keep(ensembl.settled([COLUMN], [Build.GRCH37]), "d1")
    assert kept.manifest(ensembl, "d1") == ensembl
    assert ensembl.is_set_up


def test_what_another_version_kept_is_not_misread(tmp_path: Path) -> None:
    kept, bare = SettledColumns(tmp_path / "app.db"), manifests()["my-reference"]
    kept.keep(bare.settled([COLUMN], [Build.GRCH37]), "d1")
    with sqlite3.connect(tmp_path / "app.db") as connection:
        connection.execute('UPDATE settled_columns SET told = \'{"columns": [{"name": "x"}]}\'')
    connection.close()
    assert kept.manifest(bare, "d1") == bare


def test_every_version_keeps_what_it_said(tmp_path: Path) -> None:
    kept, bare = SettledColumns(tmp_path / "app.db"), manifests()["my-reference"]
    kept.keep(bare.settled([COLUMN], [Build.GRCH37]), "old")
    kept.keep(bare.settled([COLUMN], [Build.GRCH38]), "new")
    assert kept.manifest(bare, "old").builds == (Build.GRCH37,)
    assert kept.manifest(bare, "new").builds == (Build.GRCH38,)
    assert kept.knows(bare, "old")
    kept.forget(bare.id, but="new")
    assert not kept.knows(bare, "old")
    assert kept.knows(bare, "new")
