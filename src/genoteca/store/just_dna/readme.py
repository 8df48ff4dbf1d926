"""The README of an imported module: where it is from, under which licence, what was changed and what set aside."""

from __future__ import annotations

import re

import polars as pl

from genoteca.model.module import ModuleManifest
from genoteca.store.just_dna.report import JustDnaReport

__all__ = ["readme"]

SHOWN = 10
"""Rows named of each reason; set_aside.parquet has them all."""


def readme(manifest: ModuleManifest, report: JustDnaReport, aside: pl.DataFrame) -> str:
    """Write the page that the store shows, as Markdown; nothing a module says is read as markup."""
    lines = [
        f"# {_plain(manifest.title)}",
        "",
        f"Imported from a just-dna module, as {report.form}: {_plain(report.source)}.",
        "The texts, weights and papers are its authors'. Genoteca looked at places and alleles, not at the claims.",
        "",
        "## Licence",
        "",
        f"Data: {manifest.licence.data}. {_plain(manifest.licence.data_note)}",
        "",
        "## Sources",
        "",
        *(f"- {_plain(one.name)}: {_plain(one.citation)} ({_plain(one.licence)})" for one in manifest.sources),
        "",
        "## What is in it",
        "",
        f"- Genome build: {report.build} ({report.build_told_by}).",
        f"- Positions: {_plain(report.positions)}",
        (
            f"- Rows read: {report.rows_read:,}; in use: {report.rows_kept:,}; set aside: "
            f"{sum(report.set_aside.values()):,}."
        ),
        f"- Sites: {report.sites:,}. Genotypes described there: {report.genotypes:,}.",
        (
            f"- Genotypes that are possible there and not described: {report.undescribed:,}. Who has one is told "
            "that the module does not describe it."
        ),
        f"- Genotypes of which several rows say different things: {report.contradictions:,}. All are shown, marked.",
        f"- Sites whose rsID names several places: {report.shared:,}. Each place is a site, marked.",
        (
            f"- Studies that speak of these sites: {report.studies_kept:,} of {report.studies_read:,}. Those of a "
            "site are joined into its one row."
        ),
        "- Nothing is inferred from the silence of a file without records.",
        *(f"- {_plain(note)}" for note in report.notes),
    ]
    if report.other_tables:
        lines.append(f"- Tables of other kinds, not read: {', '.join(report.other_tables)}.")
    return "\n".join([*lines, "", *_set_aside(report, aside)]) + "\n"


def _set_aside(report: JustDnaReport, aside: pl.DataFrame) -> list[str]:
    if not report.set_aside:
        return ["## Set aside", "", "Nothing."]
    lines = ["## Set aside", "", "All of them, by row, are in `set_aside.parquet`.", ""]
    for reason, count in report.set_aside.items():
        lines.append(f"- {count:,}: {reason}.")
        for row in aside.filter(pl.col("reason") == reason).head(SHOWN).iter_rows(named=True):
            told = " ".join(str(row[name]) for name in ("rsid", "chrom", "start", "genotype") if row[name])
            lines.append(f"  - row {row['number']:,}{f': {_plain(told)}' if told else ''}")
    return lines


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text)
