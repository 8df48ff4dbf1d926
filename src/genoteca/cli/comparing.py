"""`genoteca compare`: two genomes side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genoteca import actions
from genoteca.actions import ComparedGenomes, Query
from genoteca.cli.printing import print_json, print_table, say, status
from genoteca.cli.results import Format, write_out
from genoteca.cli.session import Json, session
from genoteca.model.comparison import Difference

__all__ = ["compare"]

One = Annotated[str, typer.Argument(metavar="A", help="A sample, as user/sample.")]
Other = Annotated[str, typer.Argument(metavar="B", help="The one it is compared with.")]


def compare(
    context: typer.Context,
    first: One,
    second: Other,
    where: Annotated[str, typer.Option("--where", help="Which rows to write: difference = 'only in the first'")] = "",
    form: Annotated[Format, typer.Option("--format", help="How to write the rows that differ.")] = Format.TABLE,
    output: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write them there.")] = None,
    relatedness: Annotated[
        bool, typer.Option("--relatedness", help="Also say what their likeness suggests of a kinship.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compare two genomes: what both carry, what only one does, and what a file cannot speak of."""
    query = Query(where=actions.parse_where(where) if where else None, limit=None)
    with session(context).app() as app:
        shown = actions.compare(app, first, second, progress=lambda _, message: status(message))
        if form is not Format.TABLE and not as_json:

            def export(target: Path) -> int:
                return actions.export_compared(app, first, second, query, format=form.value, output=target)

            write_out(export, output)
            return
    if as_json:
        print_json(**_document(shown, relatedness=relatedness))
        return
    for line in actions.comparison_words(shown):
        say(line)
    kinds = [one for one in Difference if shown.told.count(one)]
    print_table(
        ["Chromosome", *(one.value for one in kinds)],
        [[chrom, *(f"{counts.get(one, 0):,}" for one in kinds)] for chrom, counts in shown.told.counts.items()],
    )
    if relatedness:
        say(actions.kinship_words(shown))


def _document(shown: ComparedGenomes, *, relatedness: bool) -> dict[str, object]:
    told = shown.told
    document: dict[str, object] = {
        "first": told.first,
        "second": told.second,
        "build": told.build,
        "lifted": told.lifted,
        "counts": {one.value: told.count(one) for one in Difference},
        "why": told.why,
        "chromosomes": told.counts,
        "called_in_both": told.called_in_both,
        "concordance": told.concordance,
        "set_aside": told.set_aside,
        "rows": shown.rows,
    }
    if relatedness:
        counts = told.kinship
        document["kinship"] = counts and {**counts.model_dump(), "coefficient": counts.coefficient}
        document["kinship_words"] = actions.kinship_words(shown)
    return document
