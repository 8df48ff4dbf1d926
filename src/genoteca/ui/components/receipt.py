"""The receipt of a deletion: shown once with its key, and later without it."""

from __future__ import annotations

from nicegui import ui

from genoteca.actions.forgetting import KINDS, search_words
from genoteca.model.counted import counted
from genoteca.model.receipt import Forgotten, Receipt
from genoteca.ui import words
from genoteca.ui.components.boxes import box, facts, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.desktop import Desktop

__all__ = ["draw_receipt", "save_receipt", "show_forgotten"]


async def show_forgotten(desktop: Desktop, done: Forgotten) -> None:
    """Show what a deletion gave, until the person closes it."""
    receipt = done.receipt
    with ui.dialog(value=True).props("persistent") as dialog, box("sheet"):
        clean = receipt.searched.clean
        heading("Deleted. Nothing of it is left." if clean else "Deleted, but something of it was found")
        draw_receipt(receipt)
        with stack("tight"):
            said("The key of this receipt. It is told now and never again:", "small")
            said(done.opening_key, "mono")
            said(
                "The receipt names nobody. With this key and the file, you can show that this very file was deleted.",
                "faint",
            )
        with row():
            act("Save the receipt with its key", lambda: save_receipt(desktop, done), icon="download")
            act("Close", dialog.close, kind="main-act", more="push")
    await dialog
    if not dialog.is_deleted:
        dialog.delete()


def draw_receipt(receipt: Receipt) -> None:
    """Draw what went, how much, and what was looked for afterwards."""
    clean = receipt.searched.clean
    with row("tight"):
        pill("Nothing was found" if clean else "Something was found", "good" if clean else "bad")
        said(f"{words.when(receipt.ended)} · number {receipt.number}", "faint")
    facts((KINDS[kind], _amount(one.files, one.bytes, one.rows)) for kind, one in receipt.removed.items())
    if receipt.resumed:
        said("It was interrupted and went on; what had gone by then may not be counted.", "small")
    with stack("tight"):
        for line in search_words(receipt.searched):
            said(line, "small")


def save_receipt(desktop: Desktop, told: Receipt | Forgotten) -> None:
    """Let the browser fetch a receipt as a file."""
    receipt = told.receipt if isinstance(told, Forgotten) else told
    path, name = desktop.downloads.place("json"), f"genoteca-receipt-{receipt.number}.json"
    path.write_text(told.model_dump_json(indent=1) + "\n", encoding="utf-8")
    ui.download.from_url(desktop.downloads.offer(path, name), name)


def _amount(files: int, size: int, rows: int) -> str:
    told = [f"{counted(files, 'file')}, {words.file_size(size)}"] if files else []
    told += [counted(rows, "row")] if rows else []
    return " · ".join(told)
