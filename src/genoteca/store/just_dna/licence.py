"""The licence of a just-dna module: what it states, as it stands; where it states none, that is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from genoteca.model.module import Licence, Source
from genoteca.store.just_dna.formats import LICENSING
from genoteca.store.just_dna.texts import text_table

__all__ = ["UNKNOWN", "Term", "licence_of", "read_terms", "term_sources"]

UNKNOWN = "LicenseRef-Unknown"
NO_SALE = "LicenseRef-Not-for-commercial-use"
OURS = "Apache-2.0"
"""Of the manifest that is written here; a data module has no other code."""
COLUMNS = (
    "source", "layer", "license", "license_url", "attribution", "notice", "share_alike", "commercial_use",
    "redistribution",
)  # fmt: skip
_NAMES = {"public-domain": "LicenseRef-PublicDomain", "public domain": "LicenseRef-PublicDomain"}
_NO = ("false", "no", "0")
_YES = ("true", "yes", "1")


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """The terms of one source that a module was made of; empty texts: not stated."""

    source: str
    licence: str
    url: str
    attribution: str
    notice: str
    no_sale: bool
    no_passing_on: bool
    share_alike: bool


def read_terms(folder: Path) -> list[Term]:
    """Read the module's own table of licences, one term per source and licence; empty where there is none.

    Raises:
        InputError: the table cannot be read.

    """
    path = next((folder / name for name in LICENSING if (folder / name).is_file()), None)
    if path is None:
        return []
    table = text_table(path)
    table = table.with_columns(pl.lit(None, pl.String).alias(name) for name in COLUMNS if name not in table.columns)
    rows = table.select(COLUMNS).unique(["source", "license"], keep="first", maintain_order=True)
    return [_term({name: str(cell or "") for name, cell in row.items()}) for row in rows.iter_rows(named=True)]


def licence_of(stated: str, card: str, terms: Sequence[Term]) -> Licence:
    """Put the licence together: what the module states, and that of every source it was made of.

    `stated`: the module's own; `card`: that of the dataset on the Hub, which counts where the module states none.
    """
    own = stated or card
    names = [_spdx(own)] if own else []
    names += [_spdx(term.licence) if term.licence else UNKNOWN for term in terms]
    # A licence that allows sale does not undo a contract that bars it.
    names += [NO_SALE] if any(term.no_sale for term in terms) else []
    said = [f"The module states {stated!r}." if stated else ""]
    if card and not stated:
        said = [f"The module states no licence of its own; the dataset it came with states {card!r}."]
    said += [_said(term) for term in terms]
    if not names:
        names, said = [UNKNOWN], ["The module states no licence: ask its author before you pass anything of it on."]
    expression = " AND ".join(name if " " not in name else f"({name})" for name in dict.fromkeys(names))
    return Licence(code=OURS, data=expression, data_note=" ".join(filter(None, said)))


def term_sources(terms: Sequence[Term], *, fallback_url: str) -> list[Source]:
    """Give what the module was made of as sources to cite."""
    return [
        Source(
            name=term.source or "a source without a name",
            url=term.url if re.fullmatch(r"https://\S+", term.url) else fallback_url,
            licence=term.licence or "not stated",
            citation=term.attribution or term.source or "not stated",
        )
        for term in terms
    ]


def _term(row: dict[str, str]) -> Term:
    return Term(
        source=row["source"],
        licence=row["license"],
        url=row["license_url"],
        attribution=row["attribution"],
        notice=row["notice"],
        no_sale=row["commercial_use"].lower() in _NO,
        no_passing_on=row["redistribution"].lower() in _NO,
        share_alike=row["share_alike"].lower() in _YES,
    )


def _said(term: Term) -> str:
    rules = [
        words
        for holds, words in (
            (term.no_sale, "not for commercial use"),
            (term.no_passing_on, "not to be passed on"),
            (term.share_alike, "share alike"),
        )
        if holds
    ]
    told = f"{term.source or 'A source'}: {term.licence or 'no licence stated'}"
    return f"{told}{', ' + ', '.join(rules) if rules else ''}. {term.notice}".strip()


def _spdx(told: str) -> str:
    """Give the SPDX expression that a text is, else a reference that keeps its words."""
    known = _NAMES.get(told.strip().lower())
    if known:
        return known
    try:
        return str(canonicalize_license_expression(told.strip()))
    except InvalidLicenseExpression:
        slug = re.sub(r"[^A-Za-z0-9.]+", "-", told).strip("-.")[:60]
        return f"LicenseRef-{slug}" if slug else UNKNOWN
