"""What reports of panels share that pick from ClinVar's answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from genoteca.model.evidence import Evidence, Shape
from genoteca.sdk import clinvar_allele, dark_genes, little_known, some_of

ROW: dict[str, Any] = {
    "chrom": "X", "pos": 154863186, "ref": "G", "alt": "A", "genotype": "G/A", "stars": 1, "gene": "F8",
    "significance_class": "pathogenic", "conditions": "Haemophilia A;Bleeding", "clinvar_gene": "F8;F8A1;H2AB1",
}  # fmt: skip


def told(**evidence: int) -> Any:
    counts = {kind: sum(evidence.get(one.value, 0) for one in Evidence if one.shape is kind) for kind in Shape}
    return SimpleNamespace(evidence=evidence, shape=counts.__getitem__)


def test_an_allele_is_named_with_its_stars_and_the_genes_that_are_not_listed() -> None:
    assert clinvar_allele(ROW) == (
        "X:154863186 G>A · genotype G/A · pathogenic, 1 of 4 stars · for: Haemophilia A, Bleeding · "
        "the record also names the genes F8A1, H2AB1"
    )
    bare = ROW | {"genotype": None, "stars": None, "conditions": None, "clinvar_gene": None}
    assert clinvar_allele(bare) == "X:154863186 G>A · pathogenic, no review status"


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        ({"not_covered": 7}, "Your file says nothing about any of them, so that none is ruled out."),
        (
            {"not_covered": 6, "no_call": 1},
            "Your file says nothing, or could not tell, about any of them, so that none is ruled out.",
        ),
        (
            {"not_covered": 6, "reference": 1},
            "None; but it tells something about 1 of them only, and says nothing, or could not tell, about 6.",
        ),
    ],
)
def test_nothing_is_said_to_be_absent_of_which_nothing_was_known(evidence: dict[str, int], words: str) -> None:
    assert little_known(told(**evidence), "None") == words


def test_a_gene_is_dark_where_all_its_alleles_are_and_unlisted_where_it_has_none() -> None:
    rows = pl.LazyFrame({"gene": ["A;B", "B", "C"], "evidence": ["not_covered", "called", "no_call"]})
    assert dark_genes(rows, ["D", "C", "B", "A"]) == (["C", "A"], ["D"])


def test_of_very_many_genes_the_rest_is_counted() -> None:
    assert some_of(["A", "B"]) == "A, B"
    assert some_of(["A"] * 42).endswith(", A and 2 more")
