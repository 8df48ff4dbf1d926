"""What the tests of this module share: a chain as small as one can be, and Ensembl's own where they lie beside."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "08-liftover" / "ensembl-chains"

LINE = "chain 1 1 249250621 + 169519000 169519100 1 248956422 + 169549762 169549862 1\n100\n\n"
"""GRCh37 to GRCh38 around factor V Leiden, cut out of Ensembl's chain."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder with one chain, from GRCh37 to GRCh38."""
    made = tmp_path / "chains"
    made.mkdir()
    (made / "GRCh37_to_GRCh38.chain.gz").write_bytes(gzip.compress(LINE.encode()))
    return made


@pytest.fixture
def real() -> Path:
    """Folder of Ensembl's chains; a test that needs it says so when it is absent."""
    if not REAL.is_dir():
        pytest.skip("Ensembl's chains do not lie beside this checkout")
    return REAL
