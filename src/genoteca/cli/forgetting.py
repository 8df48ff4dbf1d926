"""`genoteca forget`: a genome, or a person with all of theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genoteca.actions.forgetting import forget as forget_all
from genoteca.actions.forgetting import receipt_words, samples_meant
from genoteca.actions.forgetting import receipts as kept
from genoteca.cli.printing import print_json, say, status
from genoteca.cli.session import Json, session
from genoteca.errors import DatasetError, InputError
from genoteca.model.receipt import Forgotten

__all__ = ["forget"]

ReceiptFile = Annotated[
    Path | None, typer.Option("--receipt", metavar="FILE", help="Also write the receipt and its key to a file.")
]


def forget(
    context: typer.Context,
    target: Annotated[
        str | None, typer.Argument(metavar="[U|U/S]", help="A sample, as user/sample; or a user, with every sample.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    receipt: ReceiptFile = None,
    receipts: Annotated[bool, typer.Option("--receipts", help="Only show the receipts of what was deleted.")] = False,
    as_json: Json = False,
) -> None:
    """Delete a genome or a person, look for what is left in every byte, and give a receipt."""
    if receipts or target is None:
        _show_receipts(context, asked=receipts, as_json=as_json)
        return
    with session(context).app() as app:
        keys = ", ".join(sample.key for sample in samples_meant(app, target))
        if not yes and (as_json or not typer.confirm(f"Delete {keys} and everything made from it?")):
            raise InputError(f"{keys} was not deleted.", title="Nothing was deleted", hint="Say --yes to delete it.")
        done = forget_all(app, target, waits=status)
    tell(done, receipt, as_json=as_json)


def tell(done: Forgotten, receipt: Path | None, *, as_json: bool) -> None:
    """Print a receipt with its key, and write it to a file where one is named.

    Raises:
        DatasetError: something was found.

    """
    if receipt is not None:
        receipt.write_text(done.model_dump_json(indent=1) + "\n", encoding="utf-8")
        receipt.chmod(0o600)
    if as_json:
        print_json(receipt=done.receipt, opening_key=done.opening_key)
    else:
        say(f"Receipt {done.receipt.number}")
        for line in receipt_words(done.receipt):
            say(line)
        say(f"Key of this receipt, told once: {done.opening_key}")
    if not done.receipt.searched.clean:
        raise DatasetError(
            "Something of what was deleted was found afterwards; the receipt names the files.",
            title="Not everything is gone",
            hint="Look at these files and delete them by hand.",
        )


def _show_receipts(context: typer.Context, *, asked: bool, as_json: bool) -> None:
    if not asked:
        raise InputError(
            "Nothing was named.", title="What shall be deleted?", hint="genoteca forget USER/SAMPLE, or USER."
        )
    with session(context).app() as app:
        found = kept(app)
    if as_json:
        print_json(receipts=found)
        return
    for one in found:
        say(f"Receipt {one.number}")
        for line in receipt_words(one):
            say(f"  {line}")
