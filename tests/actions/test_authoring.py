"""A module written, checked, packed, previewed, and made of a table, through the actions alone."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from genoteca import actions
from genoteca.actions import App, drafts
from genoteca.errors import CheckError, InputError

TABLE = """rsid,chrom,pos,ref,alt,genotype,conclusion
rs4988235,2,135851076,G,A,G/G,No copy
rs4988235,2,135851076,G,A,A/G,One copy
rs4988235,2,135851076,G,A,A/A,Two copies
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "my-panel"
    actions.new_module(made)
    return made


def manifest_of(folder: Path) -> Path:
    return folder / "src" / "genoteca_my_panel" / "module.toml"


def test_the_same_folder_is_packed_into_the_same_bytes(desk: App, folder: Path, tmp_path: Path) -> None:
    first = actions.pack_module(desk, folder)
    second = actions.pack_module(desk, folder, tmp_path / "again")
    assert Path(first.path).parent == folder / "dist"
    assert (first.sha256, first.tier) == (second.sha256, "data")
    assert Path(first.path).read_bytes() == Path(second.path).read_bytes()
    table = folder / "src" / "genoteca_my_panel" / "genotypes.csv"
    table.write_text(table.read_text().replace("A/G", "A/C"))
    with pytest.raises(CheckError, match=r"src/genoteca_my_panel/genotypes.csv:3"):
        actions.pack_module(desk, folder)


def test_what_keeps_a_module_from_being_built_is_found_key_by_key(desk: App, folder: Path) -> None:
    manifest = manifest_of(folder)
    manifest.write_text(manifest.read_text().replace("schema = 1", 'titel = "x"\nversion = 3', 1))
    found = actions.check_module_folder(desk, folder)
    assert {one.place for one in found} == {"src/genoteca_my_panel/module.toml:9"}
    manifest.write_text("titel = 3\n")
    found = actions.check_module_folder(desk, folder)
    assert not any(one.ok for one in found)
    assert {one.file for one in found} == {"src/genoteca_my_panel/module.toml"}
    assert any("titel" in one.message and one.line == 1 for one in found)
    assert all(one.hint for one in found)


@pytest.mark.long
def test_a_preview_goes_on_with_what_it_had_when_a_save_is_broken(desk: App, folder: Path) -> None:
    preview = actions.Preview(app=desk, folder=folder, demo=False)
    preview.load()
    assert (preview.state.module_id, preview.state.broken, preview.state.trouble) == ("my-panel", (), None)
    loaded = preview.state.loaded
    manifest = manifest_of(folder)
    good = manifest.read_text()
    manifest.write_text("not TOML")
    preview.load()
    assert preview.state.broken[0].place == "src/genoteca_my_panel/module.toml:1"
    assert (preview.state.module_id, preview.state.loaded) == ("my-panel", loaded)
    manifest.write_text(good.replace('title = "My panel"', 'title = "Another title"'))
    preview.load()
    assert preview.state.broken == ()
    assert actions.show_module(desk, "my-panel").manifest.title == "Another title"
    actions.remove_module(desk, "my-panel")


def draft(tmp_path: Path, **more: object) -> drafts.Draft:
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    told = {
        "source": str(path),
        "build": "GRCh38",
        "title": "Milk & me",
        "summary": "A table of mine, of one site.",
        "author": "Me",
        "source_name": "A paper",
        "source_url": "https://doi.org/10.1038/ng826",
    }
    return drafts.Draft.model_validate(told | more)


def test_a_table_is_tried_saved_saved_again_and_taken_out(desk: App, tmp_path: Path) -> None:
    told = draft(tmp_path)
    assert drafts.missing_words(told) == {}
    tried = drafts.try_draft(desk, told, "demo/synthetic")
    assert tried.outcome == "answered"
    assert tried.rows[0][:4] == ["called", "A/G", "rs4988235", "One copy"]
    assert (drafts.save_draft(desk, told).version, drafts.save_draft(desk, told).version) == ("1.0.0", "1.0.1")
    wheel = drafts.export_draft(desk, told, tmp_path, form="wheel")
    assert wheel.name == "genoteca_data_milk_me-1.0.2-py3-none-any.whl"
    packed = drafts.export_draft(desk, told, tmp_path, form="folder")
    assert {name.rpartition("/")[2] for name in ZipFile(packed).namelist()} == {
        "module.toml",
        "sites.csv",
        "genotypes.csv",
        "README.md",
    }
    actions.remove_module(desk, "milk-me")


def test_the_name_of_a_module_that_others_made_is_not_taken(desk: App, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="made by someone else"):
        drafts.save_draft(desk, draft(tmp_path, title="Everyday traits"))


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    told = draft(tmp_path, title="", summary="short", source_url="http://x")
    assert list(drafts.missing_words(told)) == ["title", "summary", "source_url"]
