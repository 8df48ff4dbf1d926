"""Building and signing a catalogue: what is in it, what is refused, and who can read the keys."""

from __future__ import annotations

import json
import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.workshop import data_folder, forge, project

from genoteca.errors import CatalogueError, GenotecaError, InputError, NotFoundError
from genoteca.store.signed.client import verify
from genoteca.store.signed.index import Index, entries_of
from genoteca.store.signed.place import FolderPlace
from genoteca.store.signed.publishing import build
from genoteca.store.signed.signing import sign

NOW = datetime.now(UTC)


def built(tmp_path: Path, yank: dict[str, str] | None = None) -> Index:
    return build(tmp_path / "in", tmp_path / "out", name="Our lab", modules=tmp_path / "none", yank=yank).index


def test_wheels_projects_and_data_folders_become_artifacts_with_their_facts(tmp_path: Path) -> None:
    data_folder(tmp_path / "in" / "milk", CHANGELOG__md="## 1.0.0\n\nFirst.\n")
    project(tmp_path / "in" / "tiny", "tiny-code", requires=["milk-traits"])
    forge(tmp_path / "in", module_id="forged")
    (tmp_path / "in" / "notes.txt").write_text("not a module")
    index = built(tmp_path)
    assert [(m.id, m.versions[0].tier) for m in index.modules] == [
        ("forged", "data"),
        ("milk-traits", "data"),
        ("tiny-code", "code"),
    ]
    milk = index.modules[1]
    (version,) = milk.versions
    artifact = tmp_path / "out" / "artifacts" / version.wheel
    assert (version.bytes, version.changelog, version.genes) == (artifact.stat().st_size, "First.", ("LCT",))
    assert version.disk_bytes > version.unpacked_bytes - 1 > 0
    assert milk.icon.startswith("<svg")
    assert milk.readme.startswith("# milk-traits")
    assert index.modules[2].versions[0].requires == ("milk-traits",)
    entry = entries_of(index, slug="lab", name="Our lab", key="k", app="0.1.0")[1]
    assert entry.manifest.licence.data == "CC0-1.0"
    assert entry.catalogue == "lab"


def test_older_versions_stay_on_offer_newest_first_and_the_same_again_changes_nothing(tmp_path: Path) -> None:
    for version in ("1.9.0", "1.10.0"):
        data_folder(tmp_path / "in" / "milk", version=version)
        index = built(tmp_path)
    assert [one.version for one in index.modules[0].versions] == ["1.10.0", "1.9.0"]
    before = (tmp_path / "out" / "catalogue.json").read_bytes()
    again = build(tmp_path / "in", tmp_path / "out", modules=tmp_path / "none")
    assert again.added == ()
    assert (tmp_path / "out" / "catalogue.json").read_bytes() == before
    assert len(list((tmp_path / "out" / "artifacts").iterdir())) == 2


def test_a_published_version_never_changes(tmp_path: Path) -> None:
    folder = data_folder(tmp_path / "in" / "milk")
    built(tmp_path)
    with (folder / "alleles.csv").open("a") as file:
        file.write("2,135851077,G,A,LCT\n")
    with pytest.raises(CatalogueError, match="published already"):
        built(tmp_path)


def test_a_version_is_withdrawn_with_a_reason_and_stays_so(tmp_path: Path) -> None:
    data_folder(tmp_path / "in" / "milk")
    built(tmp_path, yank={"milk-traits==1.0.0": "it was wrong"})
    assert built(tmp_path).modules[0].versions[0].yanked == "it was wrong"
    with pytest.raises(NotFoundError) as raised:
        built(tmp_path, yank={"milk-traits==2.0": "?"})
    assert raised.value.hint == "On offer: milk-traits==1.0.0."


def test_two_modules_never_share_an_id(tmp_path: Path) -> None:
    data_folder(tmp_path / "in" / "a", "milk-traits")
    index = built(tmp_path).model_dump(by_alias=True)
    with pytest.raises(ValueError, match="two modules have one id"):
        Index.model_validate(index | {"modules": index["modules"] * 2})
    project(tmp_path / "in" / "b", "milk-traits", "2.0.0", code="")
    with pytest.raises(CatalogueError, match="comes as the distribution"):
        built(tmp_path)


def test_what_is_no_module_is_named_and_nothing_is_published(tmp_path: Path) -> None:
    (data_folder(tmp_path / "in" / "milk") / "run.py").write_text("print()")
    with pytest.raises(CatalogueError, match=r"^milk: .*run\.py"):
        built(tmp_path)
    assert not (tmp_path / "out" / "catalogue.json").exists()
    with pytest.raises(CatalogueError, match="holds no module"):
        build(tmp_path / "in" / "milk", tmp_path / "out", name="Our lab", modules=tmp_path / "none")
    with pytest.raises(InputError, match="needs a name"):
        build(tmp_path / "in", tmp_path / "other", modules=tmp_path / "none")


@pytest.mark.parametrize("wheel", ["../../evil.whl", "a/b.whl", "..", ".hidden", "c:\\d.whl"])
def test_an_index_cannot_name_a_file_outside_of_its_folder(tmp_path: Path, wheel: str) -> None:
    data_folder(tmp_path / "in" / "milk")
    text = built(tmp_path).model_dump_json(by_alias=True)
    told = json.loads(text)
    told["modules"][0]["versions"][0]["wheel"] = wheel
    with pytest.raises(ValueError, match="is not the name of a file"):
        Index.model_validate(told)


@pytest.mark.parametrize("name", ["O", "Our\u202elab", "Our\nlab", "Our\u200blab", " Our lab", "x" * 61])
def test_a_catalogues_name_is_what_it_looks_like(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        Index.model_validate({"schema": 1, "name": name})


def test_what_a_later_app_adds_to_an_index_or_a_manifest_hides_only_what_needs_it(tmp_path: Path) -> None:
    data_folder(tmp_path / "in" / "milk")
    told = built(tmp_path).model_dump(mode="json", by_alias=True) | {"moods": ["bright"]}
    newer = told["modules"][0]["versions"][0] | {"version": "2.0.0", "colour": "red"}
    newer["manifest"] = newer["manifest"] | {"version": "2.0.0", "unheard_of": 1}
    told["modules"][0]["versions"].append(newer)
    (entry,) = entries_of(Index.model_validate(told), slug="lab", name="Our lab", key="k", app="0.1.0")
    assert entry.version == "1.0.0"
    assert "another version of Genoteca" in entry.versions[0].why_not("0.1.0")


def test_keys_are_their_owners_alone_and_never_where_they_would_be_served(tmp_path: Path) -> None:
    data_folder(tmp_path / "in" / "milk")
    built(tmp_path)
    with pytest.raises(CatalogueError, match="everybody can read"):
        sign(tmp_path / "out", tmp_path / "out" / "keys")
    assert not list((tmp_path / "out").rglob("*.pem"))
    sign(tmp_path / "out", tmp_path / "keys")
    assert {path.name for path in (tmp_path / "keys").iterdir()} == {
        "root.pem",
        "targets.pem",
        "snapshot.pem",
        "timestamp.pem",
    }
    if sys.platform != "win32":
        assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()} == {0o600}
        (tmp_path / "keys" / "targets.pem").chmod(0o644)
        with pytest.raises(CatalogueError, match="read by others"):
            sign(tmp_path / "out", tmp_path / "keys")


def test_every_signing_has_the_next_version_and_ends_when_it_says(tmp_path: Path) -> None:
    data_folder(tmp_path / "in" / "milk")
    built(tmp_path)
    signed = [sign(tmp_path / "out", tmp_path / "keys", now=NOW) for _ in range(3)]
    assert [one.version for one in signed] == [1, 2, 3]
    assert {one.fingerprint for one in signed} == {signed[0].fingerprint}
    assert signed[0].expires == NOW.replace(microsecond=0) + timedelta(days=30)
    assert signed[0].root_expires == NOW.replace(microsecond=0) + timedelta(days=365)
    names = {path.name for path in (tmp_path / "out" / "metadata").iterdir()}
    assert names == {
        "1.root.json",
        "timestamp.json",
        *(f"{n}.{role}.json" for n in (2, 3) for role in ("snapshot", "targets")),
    }


def test_nobody_signs_with_other_keys_or_what_differs_from_the_index(tmp_path: Path) -> None:
    data_folder(tmp_path / "in" / "milk")
    index = built(tmp_path)
    with pytest.raises(CatalogueError, match="holds no catalogue"):
        sign(tmp_path / "in", tmp_path / "keys")
    sign(tmp_path / "out", tmp_path / "keys")
    (tmp_path / "other").mkdir()
    with pytest.raises(CatalogueError, match=r"holds no targets\.pem"):
        sign(tmp_path / "out", tmp_path / "other")
    (tmp_path / "out" / "artifacts" / index.modules[0].versions[0].wheel).write_bytes(b"other")
    with pytest.raises(CatalogueError, match="other bytes than its"):
        sign(tmp_path / "out", tmp_path / "keys")


def test_new_keys_take_over_even_after_a_kill_right_after_the_root_named_them(tmp_path: Path) -> None:
    data_folder(tmp_path / "in" / "milk")
    built(tmp_path)
    keys = tmp_path / "keys"
    first = sign(tmp_path / "out", keys)
    before = {path.name: path.read_bytes() for path in keys.iterdir()}
    second = sign(tmp_path / "out", keys, new_keys=True)
    assert second.fingerprint == first.fingerprint
    changed = {name for name, body in before.items() if (keys / name).read_bytes() != body}
    assert changed == {"targets.pem", "snapshot.pem", "timestamp.pem"}
    for name in changed:
        (keys / name).rename(keys / name.replace(".pem", ".next.pem"))
        (keys / name).write_bytes(before[name])
        (keys / name).chmod(0o600)
    assert sign(tmp_path / "out", keys).version == 3
    (keys / "root.pem").unlink()
    with pytest.raises(CatalogueError, match=r"holds no root\.pem"):
        sign(tmp_path / "out", keys, new_keys=True)


def test_a_new_root_key_takes_over_even_after_a_kill_right_after_the_root_named_it(tmp_path: Path) -> None:
    data_folder(tmp_path / "in" / "milk")
    built(tmp_path)
    keys = tmp_path / "keys"
    first = sign(tmp_path / "out", keys)
    before = {path.name: path.read_bytes() for path in keys.iterdir()}
    second = sign(tmp_path / "out", keys, new_root=True)
    assert second.fingerprint != first.fingerprint
    assert {name for name, body in before.items() if (keys / name).read_bytes() != body} == {"root.pem"}
    (keys / "root.pem").rename(keys / "root.next.pem")
    (keys / "root.pem").write_bytes(before["root.pem"])
    (keys / "root.pem").chmod(0o600)
    third = sign(tmp_path / "out", keys, new_keys=True)
    assert (third.version, third.fingerprint) == (3, second.fingerprint)
    (keys / "root.pem").write_bytes(before["root.pem"])
    with pytest.raises(CatalogueError, match=r"holds another root\.pem"):
        sign(tmp_path / "out", keys, new_root=True)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("signed")
    data_folder(folder / "in" / "milk")
    built(folder)
    sign(folder / "out", folder / "keys")
    return folder


class Altered(FolderPlace):
    """A folder of which one file has one byte changed on the way."""

    def __init__(self, folder: Path, path: str, at: int, byte: int) -> None:
        super().__init__(folder)
        self.path, self.at, self.byte = path, at, byte

    def read(self, path: str) -> bytes:
        body = bytearray(super().read(path))
        if path == self.path:
            body[self.at % len(body)] = self.byte
        return bytes(body)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(
        ["catalogue.json", *(f"metadata/{name}.json" for name in ("timestamp", "1.snapshot", "1.targets"))]
    ),
    at=st.integers(min_value=0, max_value=5000),
    byte=st.integers(min_value=0, max_value=255),
)
def test_whatever_byte_is_changed_the_same_is_read_or_nothing(
    signed: Path, tmp_path_factory: pytest.TempPathFactory, path: str, at: int, byte: int
) -> None:
    state = tmp_path_factory.mktemp("state") / "state"
    truth = Index.model_validate_json((signed / "out" / "catalogue.json").read_bytes())
    try:
        found = verify(Altered(signed / "out", path, at, byte), state, where="it")
    except GenotecaError as error:
        assert error.hint  # noqa: PT017 - most changes end here, some change nothing
    else:
        assert found.index == truth
