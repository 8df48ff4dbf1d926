from typing import Any

import pytest
from pydantic import ValidationError

from genoteca.model.column import AnnotationColumn
from genoteca.model.module import ModuleManifest, fold

GOOD: dict[str, Any] = {
    "schema": 1,
    "id": "tiny-panel",
    "title": "Tiny panel",
    "summary": "Two sites, for tests.",
    "version": "1.0.0",
    "data_version": "2026-01-01",
    "authors": [{"name": "A. Uthor"}],
    "category": "Traits",
    "licence": {"code": "Apache-2.0", "data": "CC0-1.0"},
    "sources": [{"name": "dbSNP", "url": "https://www.ncbi.nlm.nih.gov/snp/"}],
    "builds": ["GRCh38"],
    "columns": [{"name": "conclusion", "label": "What it says"}],
}


def test_a_complete_manifest_is_read() -> None:
    manifest = ModuleManifest.model_validate(GOOD)
    assert manifest.dense
    assert fold(manifest.id) == "tiny_panel"
    assert [column.name for column in manifest.shown_columns()] == ["conclusion"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"id": "Tiny"}, "module id"),
        ({"id": "sample"}, "module id"),
        ({"version": "one"}, "version"),
        ({"requires_app": "new"}, "requires_app"),
        ({"builds": ["hg38"]}, "builds"),
        ({"builds": []}, "builds"),
        ({"sources": [{"name": "x", "url": "http://x"}]}, "url"),
        ({"tittle": "x"}, "tittle"),
        ({"columns": [{"name": "evidence", "label": "x"}]}, "evidence"),
        ({"columns": [{"name": "a", "label": "x"}, {"name": "a", "label": "y"}]}, "declared twice"),
        ({"columns": [{"name": "gate", "label": "x"}], "dense": False}, "just by being there"),
    ],
)
def test_a_wrong_manifest_names_what_is_wrong(change: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ModuleManifest.model_validate({**GOOD, **change})
    assert named in str(caught.value)


def test_a_link_is_https_with_one_place_for_the_value() -> None:
    with pytest.raises(ValidationError, match="https"):
        AnnotationColumn(name="x", label="X", link="javascript:alert({})")
