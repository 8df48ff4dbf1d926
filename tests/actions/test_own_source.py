"""A module that reads a file of the user's: what it says of its data, and what may be read from the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from genoteca import actions
from genoteca.settings import Settings
from genoteca.ui import words
from genoteca.ui.components.permissions import permissions_line


@pytest.fixture
def app(settings: Settings) -> Iterator[actions.App]:
    made = actions.open_app(settings)
    yield made
    actions.close(made)


def test_a_file_for_each_build_is_offered_where_it_is_there_and_the_publisher_is_not_spoken_of(
    app: actions.App, tmp_path: Path
) -> None:
    card = actions.install_module(app, "clinvar")
    assert "no network after the download" in permissions_line(card)
    assert actions.module_data(app, "clinvar").missing == ["GRCh37", "GRCh38"]

    (tmp_path / "clinvar.GRCh38.vcf.gz").write_bytes(b"")
    card = actions.configure_module(app, "clinvar", {"source": f"{tmp_path}/clinvar.{{build}}.vcf.gz"})
    data = actions.module_data(app, "clinvar")
    assert (data.missing, data.own_source) == (["GRCh38"], card.own_source)
    assert "no network ·" in permissions_line(card)
    assert words.data_of(card) == "read from your own copy"
