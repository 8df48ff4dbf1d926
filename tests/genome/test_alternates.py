from __future__ import annotations

import pytest

from genoteca.genome.alternates import NO_SEQUENCE, STRUCTURAL, AlleleClass, alternates_table, classify


@pytest.mark.parametrize(
    ("allele", "kind"),
    [
        ("A", AlleleClass.SEQUENCE),
        ("acgt", AlleleClass.SEQUENCE),
        ("<NON_REF>", AlleleClass.UNKNOWN),
        ("<*>", AlleleClass.UNKNOWN),
        ("*", AlleleClass.DELETED),
        ("<DEL>", AlleleClass.STRUCTURAL),
        ("<CGA_CNVWIN>", AlleleClass.STRUCTURAL),
        ("G]17:198982]", AlleleClass.STRUCTURAL),
        ("]13:123456]T", AlleleClass.STRUCTURAL),
        (".TGCA", AlleleClass.STRUCTURAL),
        ("R", AlleleClass.OTHER),
        ("N", AlleleClass.OTHER),
    ],
)
def test_an_allele_is_told_by_how_it_is_written(allele: str, kind: AlleleClass) -> None:
    assert classify(allele) is kind


def test_a_record_is_set_aside_only_when_it_lists_no_sequence() -> None:
    table = alternates_table([".", "A,<DEL>", "<DEL>", "R", "<NON_REF>", "*", "G,*"])
    rows = {alt: (alleles, sequences, reason) for alt, alleles, sequences, reason in table.iter_rows()}
    assert rows["."] == (0, 0, None)
    assert rows["A,<DEL>"] == (2, 1, None)
    assert rows["<DEL>"] == (1, 0, STRUCTURAL)
    assert rows["R"] == (1, 0, NO_SEQUENCE)
    assert rows["<NON_REF>"] == (1, 0, None)
    assert rows["*"] == (1, 0, None)
    assert rows["G,*"] == (2, 1, None)
