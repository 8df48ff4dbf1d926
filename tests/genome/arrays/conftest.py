"""Array files written from their rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from genoteca.model.build import Build
from genoteca.model.sample import Sex

if TYPE_CHECKING:
    from tests.genome.conftest import Read, Reader

PLUS = "# genotype call oriented with respect to the plus strand\n"
NAMES = "# rsid\tchromosome\tposition\tgenotype\n"

ReadRows = Callable[..., "Read"]


@pytest.fixture
def read_text(tmp_path: Path, read_file: Reader) -> ReadRows:
    """Read an array given as text, GRCh37 unless told."""

    def read(text: str | bytes, *, build: Build = Build.GRCH37, sex: Sex = Sex.UNSTATED) -> Read:
        path = tmp_path / "array.txt"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_file(path, build=build, sex=sex)

    return read


@pytest.fixture
def read_rows(read_text: ReadRows) -> ReadRows:
    """Read rows given as `rs1 1 101 AA`."""

    def read(*rows: str, head: str = PLUS + NAMES, build: Build = Build.GRCH37, sex: Sex = Sex.UNSTATED) -> Read:
        body = "".join(row.replace(" ", "\t") + "\n" for row in rows)
        return read_text(head + body, build=build, sex=sex)

    return read
