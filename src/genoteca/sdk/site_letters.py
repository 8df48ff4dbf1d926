"""The alleles of a panel's sites, in the letters that its authors write genotypes with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from genoteca.annotate.panel import ordered_genotype
from genoteca.genome.lift import complement
from genoteca.sdk.table_file import LINE, refuse

__all__ = ["STRAND", "WRITTEN_ON", "SiteLetters", "letters_of"]

STRAND = "strand"
"""Optional column of the sites: `-` where the genotypes are written on the minus strand. REF and ALT never are."""
WRITTEN_ON = "_strand"
"""The same while the tables are read, beside a column of the module's that may have its name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteLetters:
    """How genotypes are written, by site.

    Everything is on the plus strand, unless a site declares the other one: nothing is ever turned by guessing.
    """

    alleles: dict[str, tuple[str, ...]]
    """REF and every ALT of a site, on the plus strand."""
    minus: frozenset[str]
    """Sites whose genotypes are written on the minus strand."""

    def written(self, site: str) -> tuple[str, ...]:
        """Give a site's alleles as its genotypes are written."""
        return tuple(complement(one) if site in self.minus else one for one in self.alleles[site])

    def on_plus(self, site: str, genotype: str) -> str:
        """Spell a written genotype on the plus strand, in the one order."""
        parts = genotype.upper().split("/")
        return ordered_genotype("/".join(complement(one) if site in self.minus else one for one in parts))


def letters_of(path: Path, sites: pl.DataFrame) -> SiteLetters:
    """Read the strands of the sites of one build (`site_id`, `ref`, `alt`, WRITTEN_ON, their lines).

    Raises:
        ReferenceDataError: a strand is neither + nor -, or an insertion or deletion stands on the minus strand, where
            its anchor would be another base.

    """
    alleles = {str(row["site_id"]): (str(row["ref"]), *str(row["alt"]).split(",")) for row in _rows(sites)}
    minus = set[str]()
    for row in _rows(sites):
        strand, line = row[WRITTEN_ON], int(str(row[LINE]))
        if strand not in ("+", "-", None):
            refuse(path, line, STRAND, strand, "+ or - (empty: +)")
        if strand == "-":
            if len({len(one) for one in alleles[str(row["site_id"])]}) > 1:
                refuse(path, line, STRAND, strand, "+, for an insertion or deletion is written on the plus strand,")
            minus.add(str(row["site_id"]))
    return SiteLetters(alleles=alleles, minus=frozenset(minus))


def _rows(sites: pl.DataFrame) -> Iterator[dict[str, object]]:
    return sites.select("site_id", "ref", "alt", WRITTEN_ON, LINE).iter_rows(named=True)
