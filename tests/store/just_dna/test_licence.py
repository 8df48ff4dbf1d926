"""A module's licence is carried over as it states it, and one that states none is said to."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from packaging.licenses import canonicalize_license_expression

from genoteca.sdk import load_manifest

from .workshop import SPEC, imported, specification

HEADER = "source,layer,license,license_url,attribution,notice,share_alike,commercial_use,redistribution\n"
CLINPGX = "clinpgx,annotation,CC-BY-SA-4.0,https://www.clinpgx.org/terms,ClinPGx team,No sale.,true,false,true\n"
CLINVAR = "clinvar,annotation,public-domain,,NCBI ClinVar,,false,true,true\n"
NONE = SPEC.replace("license: CC-BY-4.0\n", "")


@pytest.mark.parametrize(
    ("stated", "card", "terms", "expected"),
    [
        ("MIT", "", "", "MIT"),
        ("mit", "cc0-1.0", "", "MIT"),
        ("", "mit", "", "MIT"),
        ("", "", "", "LicenseRef-Unknown"),
        ("CC BY-SA 4.0 and no sale", "", "", "LicenseRef-CC-BY-SA-4.0-and-no-sale"),
        ("", "", CLINVAR, "LicenseRef-PublicDomain"),
        ("MIT", "", CLINPGX, "MIT AND CC-BY-SA-4.0 AND LicenseRef-Not-for-commercial-use"),
        ("", "mit", "a,b,,,,,,,\n", "MIT AND LicenseRef-Unknown"),
        ("", "", CLINVAR + CLINVAR.replace("annotation", "resolution"), "LicenseRef-PublicDomain"),
    ],
)
def test_the_licence_is_the_modules_and_that_of_every_source(
    tmp_path: Path, stated: str, card: str, terms: str, expected: str
) -> None:
    spec = f"{NONE}license: {stated}\n" if stated else NONE
    source = specification(tmp_path / "in", spec=spec)
    if terms:
        (source / "licensing.csv").write_text(HEADER + terms)
    imported(source, tmp_path / "out", card=card)
    licence = load_manifest(tmp_path / "out").licence
    assert licence.data == expected
    assert canonicalize_license_expression(licence.data)
    assert f"Data: {expected}." in (tmp_path / "out" / "README.md").read_text()


def test_what_is_not_stated_is_said_in_words(tmp_path: Path) -> None:
    imported(specification(tmp_path / "in", spec=NONE), tmp_path / "out")
    assert load_manifest(tmp_path / "out").licence.data_note.startswith("The module states no licence")
    imported(specification(tmp_path / "again", spec=NONE), tmp_path / "card", card="mit")
    note = load_manifest(tmp_path / "card").licence.data_note
    assert note == "The module states no licence of its own; the dataset it came with states 'mit'."


def test_sources_are_cited_as_the_module_cites_them(tmp_path: Path) -> None:
    source = specification(tmp_path / "in")
    (source / "sources.csv").write_text(HEADER + CLINPGX + CLINVAR)
    imported(source, tmp_path / "out")
    told = [(one.name, one.licence, one.citation) for one in load_manifest(tmp_path / "out").sources]
    assert told[1:] == [("clinpgx", "CC-BY-SA-4.0", "ClinPGx team"), ("clinvar", "public-domain", "NCBI ClinVar")]
    assert "not for commercial use, share alike. No sale." in load_manifest(tmp_path / "out").licence.data_note


def test_a_compiled_module_has_its_terms_in_a_table(tmp_path: Path) -> None:
    source = specification(tmp_path / "in", spec=NONE)
    rows = {"source": ["gnomad"], "layer": ["frequency"], "license": ["CC0-1.0"], "commercial_use": [True]}
    pl.DataFrame(rows).write_parquet(source / "sources.parquet")
    imported(source, tmp_path / "out")
    assert load_manifest(tmp_path / "out").licence.data == "CC0-1.0"
