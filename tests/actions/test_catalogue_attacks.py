"""Whoever stands between a store and its users, or took it over: refused, told, and the app goes on."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.engine.publisher import File, Handler, Publisher, publishing

from genoteca import actions
from genoteca.actions import App, CatalogueCard, catalogues
from genoteca.errors import CatalogueError, FetchError, GenotecaError, InstallError
from genoteca.settings import Settings
from genoteca.store.signed import signing, verified

from .stores import Store, serve

Files = dict[str, bytes]


class Market:
    """A store that is served on this computer and was added, and what it served at each of its two signings."""

    def __init__(self, app: App, store: Store, web: Publisher, first: Files) -> None:
        self.app, self.store, self.web = app, store, web
        self.first, self.second = first, store.files()
        self.address = serve(web, self.second)
        store.add(self.address)

    def refresh(self, files: Files) -> CatalogueCard:
        serve(self.web, files)
        return actions.refresh_catalogues(self.app)[0]

    def state(self) -> Files:
        """What was verified last, as it lies on the disk."""
        (state,) = (self.app.layout.catalogue / "our-lab").iterdir()
        return {path.name: path.read_bytes() for path in state.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Files]:
    """A store that was signed twice, and what it served after the first time."""
    folder = tmp_path_factory.mktemp("published")
    app = actions.open_app(Settings(home=folder / "home", standby_seconds=0))
    store = Store(app, folder / "lab")
    store.publish("1.0.0")
    first = store.files()
    store.publish("1.1.0")
    actions.close(app)
    return folder / "lab", first


@pytest.fixture
def market(tmp_path: Path, published: tuple[Path, Files]) -> Iterator[Market]:
    app = actions.open_app(Settings(home=tmp_path / "home", standby_seconds=0))
    shutil.copytree(published[0], tmp_path / "lab")
    with publishing() as web:
        yield Market(app, Store(app, tmp_path / "lab"), web, published[1])
    actions.close(app)


def days_later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """Let the clock of every part that looks at expiry go on."""

    class Later(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return dt.datetime.now(tz) + dt.timedelta(days=days)

    monkeypatch.setattr(verified, "datetime", Later)
    monkeypatch.setattr(signing, "datetime", Later)
    monkeypatch.setattr(catalogues, "datetime", Later)
    clock = SimpleNamespace(datetime=Later, timezone=dt.timezone)
    monkeypatch.setattr("tuf.ngclient._internal.trusted_metadata_set.datetime", clock)


def altered(files: Files, path: str, change: Callable[[bytes], bytes]) -> Files:
    assert change(files[path]) != files[path]
    return files | {path: change(files[path])}


def resigned(tmp: Store) -> Files:
    """The store as somebody else would publish it who has its files, but not its keys."""
    shutil.rmtree(tmp.out / "metadata")
    tmp.keys = tmp.keys.with_name("others")
    for _ in range(4):
        tmp.sign()
    return tmp.files()


def mixed(market: Market) -> Files:
    """The newest timestamp with the files it does not speak of any more."""
    timestamp = {path: body for path, body in market.second.items() if path == "metadata/timestamp.json"}
    renamed = {"metadata/2.snapshot.json": market.first["metadata/1.snapshot.json"]}
    return market.first | timestamp | renamed


ATTACKS: dict[str, tuple[Callable[[Market], Files], str]] = {
    "a replayed timestamp": (
        lambda m: m.second | {"metadata/timestamp.json": m.first["metadata/timestamp.json"]},
        "The catalogue went back",
    ),
    "a rolled back store": (lambda m: m.first, "The catalogue went back"),
    "a timestamp with another version written in": (
        lambda m: altered(m.second, "metadata/timestamp.json", lambda b: b.replace(b'"version":2', b'"version":9')),
        "The catalogue is signed by someone else",
    ),
    "other keys": (lambda m: resigned(m.store), "The catalogue is signed by someone else"),
    "a timestamp that never ends": (
        lambda m: m.second | {"metadata/timestamp.json": b" " * 100_000},
        "The catalogue was altered",
    ),
    "no timestamp": (
        lambda m: {path: body for path, body in m.second.items() if not path.endswith("timestamp.json")},
        "The catalogue cannot be used",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_on_the_metadata_is_refused_and_nothing_is_taken_over(market: Market, attack: str) -> None:
    before = market.state()
    make, title = ATTACKS[attack]
    card = market.refresh(make(market))
    assert card.trouble is not None
    assert (card.trouble.title, bool(card.trouble.hint)) == (title, True)
    assert market.state() == before
    assert actions.show_module(market.app, "milk-story").version == "1.1.0"
    with pytest.raises(CatalogueError) as raised:
        actions.install_module(market.app, "milk-story")
    assert raised.value.title == title
    assert market.refresh(market.second).trouble is None


def next_signing(market: Market) -> Files:
    market.store.publish("1.2.0")
    return market.store.files()


NEXT: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "the index": (
        "catalogue.json",
        lambda b: b.replace(b"about one site", b"about two site"),
        "The catalogue was altered",
    ),
    "the index, longer": ("catalogue.json", lambda b: b + b" ", "The catalogue was altered"),
    "the targets": (
        "metadata/3.targets.json",
        lambda b: b.replace(b'"version":3', b'"version":4'),
        "The catalogue is signed by someone else",
    ),
    "the snapshot": ("metadata/3.snapshot.json", lambda b: b[:-9], "The catalogue was altered"),
}


@pytest.mark.parametrize("what", NEXT)
def test_a_new_signing_that_was_tampered_with_is_refused_whole(market: Market, what: str) -> None:
    before = market.state()
    path, change, title = NEXT[what]
    files = next_signing(market)
    card = market.refresh(altered(files, path, change))
    assert card.trouble is not None
    assert card.trouble.title == title
    assert market.state() == before
    assert market.refresh(files).trouble is None
    assert actions.show_module(market.app, "milk-story").version == "1.2.0"


def test_a_newer_timestamp_with_older_files_is_refused(market: Market) -> None:
    card = market.refresh(
        mixed(market) | {"metadata/timestamp.json": next_signing(market)["metadata/timestamp.json"]}
    )
    assert card.trouble is not None
    assert actions.show_module(market.app, "milk-story").version == "1.1.0"


def test_a_store_that_is_held_back_expires_is_told_and_refuses_installs_until_it_is_signed_again(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    days_later(monkeypatch, 31)
    (card,) = actions.list_catalogues(market.app)
    assert card.trouble is not None
    assert card.trouble.title == "The catalogue has expired"
    assert "milk-story" in {one.id for one in actions.list_modules(market.app)}
    frozen = market.refresh(market.second)
    assert frozen.trouble is not None
    assert frozen.trouble.title == "The catalogue has expired"
    with pytest.raises(CatalogueError) as raised:
        actions.install_module(market.app, "milk-story")
    assert raised.value.title == "The catalogue has expired"
    with pytest.raises(CatalogueError, match="has ended"):
        actions.look_at_catalogue(market.app, market.address)
    market.store.sign()
    assert market.refresh(market.store.files()).trouble is None
    actions.remove_catalogue(market.app, "our-lab")


def test_an_expired_store_refuses_installs_offline_too(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    offline = actions.open_app(Settings(home=market.app.layout.home, standby_seconds=0, offline=True))
    days_later(monkeypatch, 31)
    with pytest.raises(CatalogueError) as raised:
        actions.install_module(offline, "milk-story")
    assert raised.value.title == "The catalogue has expired"
    actions.close(offline)


def test_the_root_is_signed_again_before_it_ends_and_its_key_stays_the_anchor(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    days_later(monkeypatch, 300)
    market.store.sign()
    files = market.store.files()
    assert "metadata/2.root.json" in files
    card = market.refresh(files)
    assert card.trouble is None
    days_later(monkeypatch, 310)
    (market.store.keys / "root.pem").unlink()
    market.store.sign()
    assert market.refresh(market.store.files()).trouble is None


def test_replaced_keys_are_followed_and_who_stole_the_old_ones_is_refused(market: Market, tmp_path: Path) -> None:
    thief = Store(market.app, tmp_path / "thief")
    shutil.copytree(market.store.out, thief.out)
    shutil.copytree(market.store.keys, thief.keys)
    (thief.keys / "root.pem").unlink()
    actions.sign_catalogue(market.app, market.store.out, keys=market.store.keys, new_keys=True)
    assert not list(market.store.keys.glob("*.next.pem"))
    card = market.refresh(market.store.files())
    assert card.trouble is None
    for _ in range(3):
        stolen = actions.sign_catalogue(market.app, thief.out, keys=thief.keys)
    assert stolen.version > 3
    mixed = market.store.files() | {path: body for path, body in thief.files().items() if path not in market.second}
    refused = market.refresh(mixed | {"metadata/timestamp.json": thief.files()["metadata/timestamp.json"]})
    assert refused.trouble is not None
    assert refused.trouble.title == "The catalogue is signed by someone else"
    market.store.sign()
    assert market.refresh(market.store.files()).trouble is None


def test_a_replaced_root_key_is_followed_and_the_old_one_opens_nothing_any_more(
    market: Market, tmp_path: Path
) -> None:
    thief = Store(market.app, tmp_path / "thief")
    shutil.copytree(market.store.out, thief.out)
    shutil.copytree(market.store.keys, thief.keys)
    (before,) = actions.list_catalogues(market.app)
    signed = actions.sign_catalogue(
        market.app, market.store.out, keys=market.store.keys, new_keys=True, new_root=True
    )
    assert signed.fingerprint != before.fingerprint
    card = market.refresh(market.store.files())
    assert (card.trouble, card.fingerprint) == (None, signed.fingerprint)

    stolen = actions.sign_catalogue(market.app, thief.out, keys=thief.keys, new_root=True)
    refused = market.refresh(thief.files())
    assert refused.trouble is not None
    assert refused.trouble.title == "The catalogue is signed by someone else"
    assert refused.fingerprint == signed.fingerprint
    actions.remove_catalogue(market.app, "our-lab")
    with pytest.raises(CatalogueError, match=f"has the fingerprint {stolen.fingerprint}"):
        actions.add_catalogue(market.app, before.location, signed.fingerprint)
    serve(market.web, market.store.files())
    with pytest.raises(CatalogueError, match="was agreed to"):
        actions.add_catalogue(market.app, before.location, before.fingerprint)
    assert actions.add_catalogue(market.app, before.location, signed.fingerprint).trouble is None


def wheel_of(files: Files, version: str = "1.1.0") -> str:
    return next(path for path in files if path.endswith(".whl") and f"-{version}-" in path)


@pytest.mark.parametrize("where", ["web", "folder"])
def test_a_wheel_of_other_bytes_is_refused(market: Market, where: str) -> None:
    path = wheel_of(market.second)
    whole = market.second[path]
    other = whole[:-40] + bytes(byte ^ 1 for byte in whole[-40:])
    if where == "web":
        serve(market.web, market.second | {path: other})
    else:
        actions.remove_catalogue(market.app, "our-lab")
        market.store.add()
        (market.store.out / path).write_bytes(other)
    with pytest.raises(GenotecaError) as raised:
        actions.install_module(market.app, "milk-story")
    assert raised.value.title in {"The file is not what its checksum says", "The catalogue was altered"}
    assert not list(market.app.layout.modules.glob("wheels/*/*.whl"))


def endless(handler: Handler, _file: File) -> None:
    """Send bytes as long as anybody takes them."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"10000\r\n" + b" " * 65536 + b"\r\n")
    except OSError:
        handler.close_connection = True


def test_a_wheel_without_end_fills_no_disk(market: Market) -> None:
    market.web.fail(f"/store/{wheel_of(market.second)}", endless, endless)
    with pytest.raises(FetchError, match="ended at"):
        actions.install_module(market.app, "milk-story")
    assert sum(path.stat().st_size for path in market.app.layout.cache.rglob("*") if path.is_file()) < 200_000


def test_a_wheel_that_is_gone_is_told(market: Market) -> None:
    path = wheel_of(market.second)
    serve(market.web, {name: body for name, body in market.second.items() if name != path})
    with pytest.raises(FetchError, match="404"):
        actions.install_module(market.app, "milk-story")


def test_a_publisher_whose_index_shows_another_module_than_the_wheel_is_refused(market: Market) -> None:
    index = json.loads((market.store.out / "catalogue.json").read_bytes())
    told = index["modules"][0]["versions"][0]
    told["manifest"]["permissions"] = {"network": ["elsewhere.example.org"]}
    told["tier"] = "code"
    (market.store.out / "catalogue.json").write_text(json.dumps(index))
    actions.sign_catalogue(market.app, market.store.out, keys=market.store.keys)
    assert market.refresh(market.store.files()).trouble is None
    with pytest.raises(InstallError, match="other permissions, tier"):
        actions.install_module(market.app, "milk-story")


def test_what_is_withdrawn_between_the_look_and_the_install_is_not_installed(market: Market) -> None:
    market.store.sign(**{"milk-story==1.1.0": "it was wrong"})
    serve(market.web, market.store.files())
    with pytest.raises(InstallError, match=r"was withdrawn: it was wrong"):
        actions.install_module(market.app, "milk-story")
    assert actions.show_module(market.app, "milk-story").version == "1.0.0"


def test_a_damaged_state_is_told_and_the_app_lives(market: Market) -> None:
    (state,) = (market.app.layout.catalogue / "our-lab").iterdir()
    shutil.rmtree(state / "metadata")
    (state / "catalogue.json").write_text("{")
    (card,) = actions.list_catalogues(market.app)
    assert card.trouble is not None
    assert {one.catalogue for one in actions.list_modules(market.app)} == {""}
    assert market.refresh(resigned(market.store)).trouble is not None
    assert market.refresh(market.second).trouble is None
    assert actions.show_module(market.app, "milk-story").version == "1.1.0"


def test_catalogues_are_asked_by_themselves_only_when_the_settings_say_so_and_it_is_time(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    daily = actions.open_app(Settings(home=market.app.layout.home, standby_seconds=0, check_updates="daily"))
    market.web.requests.clear()
    assert not actions.refresh_catalogues_when_due(market.app)
    assert not actions.refresh_catalogues_when_due(daily)
    assert market.web.requests == []
    days_later(monkeypatch, 2)
    assert not actions.refresh_catalogues_when_due(market.app)
    assert actions.refresh_catalogues_when_due(daily)
    assert market.web.requests
    assert not actions.refresh_catalogues_when_due(daily), "it was asked just now"
    actions.close(daily)
