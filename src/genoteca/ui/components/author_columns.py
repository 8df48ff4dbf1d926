"""What the columns of a table are: one select for each part of the place, for the genotype, for names and papers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from genoteca.actions.drafts import ROLES_OF_KIND, Draft
from genoteca.model.build import Build
from genoteca.sdk.table_spec import TableKind
from genoteca.ui.components.boxes import box, heading, said

if TYPE_CHECKING:
    from genoteca.sdk.authoring.looking import DraftLook

__all__ = ["ColumnRoles", "first_rows"]

KINDS = {
    TableKind.GENOTYPES: "Genotypes: what each genotype of a place means",
    TableKind.ALLELES: "Variants: what one change (REF to ALT) means",
    TableKind.REGIONS: "Regions: what a stretch of a chromosome means",
}
ROLES = {
    "chrom": "Chromosome",
    "pos": "Position",
    "ref": "Reference allele (REF)",
    "alt": "Alternative allele (ALT)",
    "start": "Start",
    "end": "End",
    "genotype": "Genotype",
    "rsid": "rsID (optional)",
    "strand": "Strand of the genotypes (optional)",
    "pmids": "Papers, PubMed numbers (optional)",
}
NONE = "-"
BUILDS = (Build.GRCH37, Build.GRCH38)
ROWS = 5

Change = Callable[[dict[str, object]], Awaitable[None]]


class ColumnRoles:
    """The selects; each change is told, and the table looked at again under it."""

    def __init__(self, draft: Draft, look: DraftLook, on_change: Change) -> None:
        self._draft, self._look, self._on_change = draft, look, on_change

    def show(self) -> None:
        """Draw them."""
        look = self._look
        kinds = {str(kind): words for kind, words in KINDS.items()}
        with box("fields"):
            ui.select(kinds, label="Each row says", value=str(look.kind), on_change=self._kind)
            self._build()
            if len(look.sheets) > 1:
                value = self._draft.sheet or look.sheets[0]
                ui.select(list(look.sheets), label="Sheet", value=value, on_change=self._sheet)
        if look.table.build_evidence:
            said(look.table.build_evidence, "faint")
        with box("fields"):
            for role in ROLES_OF_KIND[look.kind]:
                columns = {NONE: "none"} | {name: name for name in look.table.names}
                ui.select(
                    columns, label=ROLES[role], value=look.roles.get(role, NONE), on_change=partial(self._role, role)
                )

    def _build(self) -> None:
        builds = self._look.builds
        if len(builds) > 1 and self._draft.build is None:
            said(f"Places of {' and '.join(builds)}.")
            return
        value = str(builds[0]) if builds else None
        ui.select([str(one) for one in BUILDS], label="Genome build", value=value, on_change=self._choose_build)

    async def _kind(self, event: object) -> None:
        kind = TableKind(str(getattr(event, "value", "")))
        await self._on_change({"kind": kind})

    async def _choose_build(self, event: object) -> None:
        build = Build(str(getattr(event, "value", "")))
        await self._on_change({"build": build})

    async def _sheet(self, event: object) -> None:
        sheet = str(getattr(event, "value", ""))
        await self._on_change({"sheet": sheet, "roles": {}, "columns": None})

    async def _role(self, role: str, event: object) -> None:
        roles = self._draft.roles | {role: str(getattr(event, "value", NONE))}
        await self._on_change({"roles": roles})


def first_rows(look: DraftLook) -> None:
    """Show the first rows under what each column was taken for."""
    used = {column: role for role, column in look.roles.items()}
    kept = {column.source for column in look.kept}
    heading("The first rows", 3)
    with (
        box("first-rows").props("tabindex=0 role=region aria-label='The first rows of the table'"),
        box("", "table"),
    ):
        with box("", "thead"), box("", "tr"):
            for name in look.table.names:
                with box("", "th"):
                    said(name, "strong")
                    taken = ROLES[used[name]].partition(" (")[0] if name in used else ""
                    said(taken or ("said" if name in kept else "left out"), "faint small")
        with box("", "tbody"):
            for cells in look.table.rows[:ROWS]:
                with box("", "tr"):
                    for cell in cells:
                        with box("", "td"):
                            ui.label(cell)
