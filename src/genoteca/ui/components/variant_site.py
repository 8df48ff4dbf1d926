"""What the file says of one site, for the owner of the genome."""

from __future__ import annotations

from nicegui import ui

from genoteca.actions.variant_views import ClosedAnswer, OtherSample, SiteShown, VariantDetail
from genoteca.model.evidence import Evidence, Shape
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import link
from genoteca.ui.components.cells import cell_facts
from genoteca.ui.components.evidence import evidence_legend, evidence_mark, shape_mark
from genoteca.ui.components.show_me import ask_first
from genoteca.ui.desktop import Desktop

__all__ = ["closed_card", "elsewhere", "site_card"]

CLOSED = "An answer about this place stays closed. Until you open it nothing of what your file says here is shown."


def site_card(detail: VariantDetail) -> None:
    """Show the genotype with how it is known, and what the record says of its quality."""
    with card("site"):
        heading("In your file", 2)
        if detail.site is None:
            said("The alleles are not named here, so nothing can be decided. The modules' answers follow.", "soft")
            return
        _evidence(detail.site)
        cell_facts(detail.site.calls, {})
        if detail.site.other_alleles:
            with stack("tight"):
                said("Your file has another allele at the same place:", "small soft")
                for other in detail.site.other_alleles:
                    link(other, f"/variant/{detail.sample.id.key}/{other}")
        evidence_legend()


def _evidence(site: SiteShown) -> None:
    with row("known"):
        with box("genotype", "span"):
            ui.label(site.genotype or "–").props["aria-label"] = f"Genotype: {site.genotype or 'not known'}"
        with stack("tight grow"):
            with row("tight"):
                evidence_mark(site.evidence)
                said(words.EVIDENCE[site.evidence], "h3")
                if site.filtered:
                    _filtered()
            said(words.sentence(site.words))


def _filtered() -> None:
    with box("pill warn", "span") as made:
        ui.icon("filter_alt").props("aria-hidden=true")
        ui.label("Filtered")
    with made:
        ui.tooltip("The file's own filter, or your limits, speak against this call. It is shown all the same.")


def closed_card(desktop: Desktop, key: str, closed: list[ClosedAnswer]) -> None:
    """Say that something is known and stays closed, and open it once the person asks."""
    for gate in dict.fromkeys(one.gate for one in closed):
        mine = [one for one in closed if one.gate == gate]
        titles = " and ".join(one.title for one in mine)
        ask_first(
            desktop,
            key,
            [one.module for one in mine],
            gate,
            ui.navigate.reload,
            title=titles,
            heading=f"{titles}: closed until you ask",
            more=CLOSED,
        )


def elsewhere(others: list[OtherSample], variant: str) -> None:
    """Show what the same person's other genomes have at the site."""
    if not others:
        said("There is no other genome of this person.", "faint")
        return
    with box("elsewhere", "ul"):
        for other in others:
            with box("", "li"):
                _sign(other.evidence)
                with stack("tight grow"):
                    with row("tight"):
                        link(other.name, f"/variant/{other.key}/{variant}")
                        if other.genotype:
                            said(other.genotype, "mono")
                        if other.filtered:
                            _filtered()
                    told = f"{words.EVIDENCE[other.evidence]}: {other.words}" if other.evidence else other.words
                    said(words.sentence(told), "small soft")


def _sign(evidence: Evidence | None) -> None:
    if evidence is None:
        shape_mark(Shape.NOT_LOOKED_UP)
    else:
        evidence_mark(evidence)
