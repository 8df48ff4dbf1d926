"""What a module requires beyond the app, from an index on this computer: a real HTTP server."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest

from genoteca.errors import InstallError
from genoteca.store.installed import installed_modules

from .workshop import Shop, data_folder, forge, project


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        self.server.asked.append(self.path)  # type: ignore[attr-defined]


class Index:
    """A simple index (PEP 503) of wheels."""

    def __init__(self, folder: Path, server: ThreadingHTTPServer) -> None:
        self.folder = folder
        self.asked: list[str] = server.asked  # type: ignore[attr-defined]
        self.address = f"http://127.0.0.1:{server.server_port}/simple/"

    def offer(self, wheel: Path, *, sha256: str = "") -> None:
        name = wheel.name.partition("-")[0]
        page = self.folder / "simple" / name
        page.mkdir(parents=True, exist_ok=True)
        (page / wheel.name).write_bytes(wheel.read_bytes())
        links = [
            f'<a href="{path.name}#sha256={sha256 or hashlib.sha256(path.read_bytes()).hexdigest()}">{path.name}</a>'
            for path in page.glob("*.whl")
        ]
        (page / "index.html").write_text(f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    folder = tmp_path / "index"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        server.asked = []  # type: ignore[attr-defined]
        thread = Thread(target=server.serve_forever)
        thread.start()
        found = Index(folder, server)
        monkeypatch.setenv("UV_DEFAULT_INDEX", found.address)
        monkeypatch.delenv("UV_OFFLINE")
        yield found
        server.shutdown()
        thread.join()


def needy(folder: Path, *lines: str) -> Path:
    return project(folder, "needy-code", dependencies=["genoteca", "polars>=2", *lines])


def test_what_a_module_requires_is_fetched_once_and_kept(shop: Shop, index: Index, tmp_path: Path) -> None:
    index.offer(forge(tmp_path / "w", name="wordkit", package="wordkit", version="4.2.0"))
    module = shop.install(needy(tmp_path / "needy", "wordkit>=4"))
    assert (module.site / "wordkit" / "__init__.py").is_file()
    extras = shop.generations.current().extras  # type: ignore[union-attr]
    assert [(extra.distribution, extra.version) for extra in extras] == [("wordkit", "4.2.0")]
    assert [found.id for found in installed_modules(shop.layout)] == ["needy-code"]
    assert {urlsplit(asked.address).path for asked in shop.outside} == set(index.asked)  # uv's requests and our own
    assert (200, "200") in {(asked.bytes and 200, asked.outcome) for asked in shop.outside}
    shop.outside.clear()
    index.asked.clear()
    shop.install(data_folder(tmp_path / "milk"))
    assert index.asked == []
    assert shop.outside == []
    assert (installed_modules(shop.layout)[0].site / "wordkit" / "__init__.py").is_file()
    shop.generations.remove("needy-code")
    assert shop.generations.current().extras == ()  # type: ignore[union-attr]
    assert index.asked == []


def test_an_update_that_needs_a_newer_one_gets_it(shop: Shop, index: Index, tmp_path: Path) -> None:
    index.offer(forge(tmp_path / "w1", name="wordkit", package="wordkit", version="4.2.0"))
    shop.install(needy(tmp_path / "needy", "wordkit>=4"))
    index.offer(forge(tmp_path / "w2", name="wordkit", package="wordkit", version="5.0.0"))
    shop.install(needy(tmp_path / "newer", "wordkit>=5"))
    extras = shop.generations.current().extras  # type: ignore[union-attr]
    assert [extra.version for extra in extras] == ["5.0.0"]


def test_a_conflict_of_what_it_requires_with_the_app_changes_nothing(
    shop: Shop, index: Index, tmp_path: Path
) -> None:
    index.offer(forge(tmp_path / "w", name="wordkit", package="wordkit", version="4.2.0", requires=["polars<1"]))
    with pytest.raises(InstallError, match="polars"):
        shop.install(needy(tmp_path / "needy", "wordkit>=4"))
    assert installed_modules(shop.layout) == []


def test_a_file_that_is_not_what_the_index_promised_is_refused(shop: Shop, index: Index, tmp_path: Path) -> None:
    index.offer(forge(tmp_path / "w", name="wordkit", package="wordkit", version="4.2.0"), sha256="ab" * 32)
    with pytest.raises(InstallError, match=r"sha256|[Hh]ash"):
        shop.install(needy(tmp_path / "needy", "wordkit>=4"))
    assert installed_modules(shop.layout) == []


def test_a_compiled_requirement_is_refused(shop: Shop, index: Index, tmp_path: Path) -> None:
    index.offer(
        forge(
            tmp_path / "w", name="wordkit", package="wordkit", version="4.2.0", tag="cp311-abi3-manylinux_2_17_x86_64"
        )
    )
    with pytest.raises(InstallError, match="wordkit"):
        shop.install(needy(tmp_path / "needy", "wordkit>=4"))


def test_a_requirement_that_would_shadow_the_app_is_refused(shop: Shop, index: Index, tmp_path: Path) -> None:
    index.offer(forge(tmp_path / "w", name="wordkit", package="polars", version="4.2.0"))
    with pytest.raises(InstallError, match="shadow the app's own 'polars'"):
        shop.install(needy(tmp_path / "needy", "wordkit>=4"))
    assert installed_modules(shop.layout) == []


def test_a_requirement_that_would_overwrite_a_module_is_refused(shop: Shop, index: Index, tmp_path: Path) -> None:
    index.offer(forge(tmp_path / "w", name="wordkit", package="needy_code_module", version="4.2.0"))
    with pytest.raises(InstallError, match="brings 'needy_code_module', and so does wordkit"):
        shop.install(needy(tmp_path / "needy", "wordkit>=4"))
    assert installed_modules(shop.layout) == []
