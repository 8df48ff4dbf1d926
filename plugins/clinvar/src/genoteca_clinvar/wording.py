"""ClinVar's INFO values as a person reads them: underscores and percent signs undone, lists joined with `;`."""

from __future__ import annotations

from urllib.parse import unquote

import polars as pl

__all__ = ["consequences", "counted", "decoded", "genes", "identifiers", "listed", "numbered", "rsids", "words"]


def decoded(cells: pl.Series) -> pl.Series:
    """Undo percent encoding, as VCF uses it for its own separators.

    A semicolon becomes a comma: in our lists it parts, and inside a value it would part what belongs together.
    """
    encoded = cells.filter(cells.str.contains("%", literal=True)).unique().to_list()
    return cells.replace(encoded, [unquote(text).replace(";", ",") for text in encoded]) if encoded else cells


def words(column: str) -> pl.Expr:
    """One text: `no_assertion_criteria_provided` → `no assertion criteria provided`."""
    return pl.col(column).str.replace_all("_", " ", literal=True)


def listed(column: str) -> pl.Expr:
    """A list of texts: `Lynch_syndrome,_type_2|not_provided` → `Lynch syndrome, type 2;not provided`."""
    return words(column).str.replace_all("|", ";", literal=True)


def identifiers(column: str) -> pl.Expr:
    """A list of identifiers, which keep their underscores; those of one condition stay joined by commas."""
    return pl.col(column).str.replace_all("|", ";", literal=True)


def numbered(column: str, database: str, number: str) -> pl.Expr:
    """Identifiers of one database among those of all conditions, each once: `MedGen:C0,OMIM:1|MedGen:C0` → `C0`."""
    found = pl.col(column).str.extract_all(rf"(?:^|[|,]){database}{number}")
    plain = found.list.eval(pl.element().str.replace(rf"^[|,]?{database}", "")).list.unique(maintain_order=True)
    return pl.when(plain.list.len() > 0).then(plain.list.join(";"))


def counted(column: str) -> pl.Expr:
    """The submissions behind a conflict: `Pathogenic(1)|Benign(2)`; until 2022 they were joined with `%3B`."""
    return listed(column).str.replace_all("%3B", ";", literal=True)


def genes(column: str) -> pl.Expr:
    """Symbols of `BRCA2:675|LOC106721785:106721785`."""
    return pl.col(column).str.replace_all(r":\d+", "").str.replace_all("|", ";", literal=True)


def consequences(column: str) -> pl.Expr:
    """Names of `SO:0001583|missense_variant,SO:0001627|intron_variant`."""
    named = pl.col(column).str.replace_all(r"SO:\d+\|", "").str.replace_all(",", ";", literal=True)
    return named.str.replace_all("_", " ", literal=True)


def rsids(column: str) -> pl.Expr:
    """Identifiers of dbSNP with their prefix: `765028059` → `rs765028059`."""
    return "rs" + pl.col(column).str.replace_all(r"[|,]", ";rs")
