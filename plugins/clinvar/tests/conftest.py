"""What the tests of this module share: a few records, and real releases where they lie beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "03-annotation-dbs" / "clinvar"


@pytest.fixture
def few() -> Path:
    """Twelve records in GRCh38, shortened to what is read.

    Facts of ClinVar's release of 2026-02-26 (NCBI, public domain); of factor V Leiden, HFE and ABCA4 the
    classification as ClinVar's pages give it. Variations 1 and 2 are no one's: an allele with an N, and one that is
    classified only together with another (PER3, haplotype 224889).
    """
    return Path(__file__).with_name("few.vcf")


@pytest.fixture
def real() -> Path:
    """Folder of real releases; a test that needs it says so when it is absent."""
    if not REAL.is_dir():
        pytest.skip("the real ClinVar files do not lie beside this checkout")
    return REAL
