"""Keeping and forgetting: whether everything is whole, a copy of it, how much of the past, and what was deleted."""

from __future__ import annotations

from genoteca.ui.components.backup_card import BackupCard
from genoteca.ui.components.boxes import box, heading, stack
from genoteca.ui.components.buttons import link
from genoteca.ui.components.history_card import HistoryCard
from genoteca.ui.components.receipts import ReceiptsCard
from genoteca.ui.components.restore_card import RestoreCard
from genoteca.ui.components.verify_card import VerifyCard
from genoteca.ui.desktop import Desktop

__all__ = ["show"]


async def show(desktop: Desktop) -> None:
    """Draw the page."""
    link("‹ Settings", "/settings")
    heading("Keeping and forgetting", 1)
    with box("halves"):
        with stack("loose"):
            VerifyCard(desktop)
            HistoryCard(desktop)
        with stack("loose"):
            BackupCard(desktop)
            RestoreCard(desktop)
            receipts = ReceiptsCard(desktop)
    await receipts.draw()
