"""What became of the rows of a file of one's own."""

from __future__ import annotations

from genoteca import actions
from genoteca.actions.module_views import ModuleCard
from genoteca.ui import words
from genoteca.ui.components.boxes import card, facts, heading, said
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show_table_read"]


async def show_table_read(desktop: Desktop, module: ModuleCard) -> None:
    """Show for every build in which the file was read how many rows it has, and why some are not used."""
    for read in await ask(actions.read_of_own_table, desktop.app, module.id):
        with card():
            heading(f"What became of its rows ({read.build})", 3)
            lines = {
                reason: ", ".join(words.count(line) for line in found) for reason, found in read.first_lines.items()
            }
            several = f", which list {words.count(read.listed)} alleles" if read.listed != read.rows_read else ""
            facts(
                [
                    ("Read", f"{words.count(read.rows_read)} rows{several}"),
                    ("Used", words.count(read.kept)),
                    ("The same twice", words.count(read.repeats) if read.repeats else ""),
                    *(
                        (
                            f"Set aside: {words.count(count)}",
                            f"{reason}{f' (first in line {lines[reason]})' if lines.get(reason) else ''}",
                        )
                        for reason, count in read.set_aside.items()
                    ),
                    ("From", read.release),
                ]
            )
            if not read.reference_checked:
                said(
                    "Its reference alleles were not compared with the sequence of the genome build: the module "
                    "Reference sequence is not prepared, or the file is not looked up by allele.",
                    "faint small",
                )
