"""Finding: what a few typed letters may mean, and the page each leads to.

Places in a genome, genes that the installed modules know, the person's own notes and tags, modules, samples,
settings, help pages, words of the glossary and things to do.
Nothing of any answer is looked at, so nothing of a closed one can be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote

from genoteca.actions.findable import Findable, findable
from genoteca.actions.finding_notes import noted
from genoteca.actions.remembering import known_samples
from genoteca.actions.view import View
from genoteca.model.jump import Jump, JumpKind, jump_of

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.actions.remembering import KnownSample

__all__ = ["Found", "FoundKind", "find"]

MOST = 24
"""Offers for one search."""
MOST_OF_A_KIND = 8
MOST_AT_FIRST = 12
"""Offers before anything was typed."""


class FoundKind(StrEnum):
    """What sort of thing was found, in the order the sorts are shown in."""

    PLACE = "place"
    GENE = "gene"
    NOTE = "note"
    ACTION = "action"
    PAGE = "page"
    SAMPLE = "sample"
    MODULE = "module"
    SETTING = "setting"
    HELP = "help"
    TERM = "term"


class Found(View):
    """One offer."""

    kind: FoundKind
    label: str
    detail: str
    target: str
    """Address in the app."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ranked:
    rank: int
    found: Found


def find(app: App, text: str, sample: str = "") -> list[Found]:
    """Give what was probably meant, the likeliest first; of no text, what one can do.

    `sample`: the key of the genome that is looked at, whose places are led to; empty: there is none.
    """
    typed = " ".join(text.split())
    known = {one.key: one for one in known_samples(app)}
    whose = known.get(sample)
    offers = [*_about(known.values(), whose), *findable(app)]
    if not typed:
        return [_found(one) for one in offers if one.first][:MOST_AT_FIRST]
    ranked = [*_fitting(offers, typed), *_genes(app, typed, whose), *_notes(app, typed, known, whose)]
    ranked.sort(key=lambda one: (one.rank, list(FoundKind).index(one.found.kind), len(one.found.label)))
    return [*_place(typed, whose), *_few(one.found for one in ranked)][:MOST]


def _few(found: Iterable[Found]) -> Iterator[Found]:
    """Give no more of one kind than leave the others room."""
    given: dict[FoundKind, int] = {}
    for one in found:
        given[one.kind] = given.get(one.kind, 0) + 1
        if given[one.kind] <= MOST_OF_A_KIND:
            yield one


def _place(typed: str, whose: KnownSample | None) -> Iterator[Found]:
    jump = jump_of(typed, whose.build if whose else None)
    if jump is not None:
        yield Found(kind=FoundKind.PLACE, label=jump.shown, detail=_whose(jump, whose), target=_to(jump, whose))


def _whose(jump: Jump, whose: KnownSample | None) -> str:
    what = {JumpKind.RSID: "rsID", JumpKind.REGION: "Region", JumpKind.VARIANT: "Variant"}[jump.kind]
    if whose is None:
        return f"{what}: add a genome first to look there"
    build = "" if jump.kind is JumpKind.RSID else f", on {whose.build}"
    return f"{what} in {whose.who} / {whose.name}{build}"


def _to(jump: Jump, whose: KnownSample | None) -> str:
    if whose is None:
        return "/genomes"
    if jump.kind is JumpKind.VARIANT:
        return f"/variant/{whose.key}/{jump.text}"
    return f"/explore/{whose.key}?jump={quote(jump.text)}"


def _genes(app: App, typed: str, whose: KnownSample | None) -> Iterator[_Ranked]:
    """Give the genes whose symbol begins so, a whole one first."""
    wanted = typed.casefold()
    if " " in wanted:
        return
    for gene in findable(app).genes_beginning(wanted):
        where = ", ".join(gene.titles[:3]) + (f" and {len(gene.titles) - 3} more" if len(gene.titles) > 3 else "")
        if whose is None:
            detail, target = f"Gene, known to {where}: add a genome first to look there", "/genomes"
        else:
            detail = f"Gene in {whose.who} / {whose.name}; known to {where}"
            target = f"/explore/{whose.key}?jump={quote(gene.symbol)}"
        found = Found(kind=FoundKind.GENE, label=gene.symbol, detail=detail, target=target)
        yield _Ranked(rank=0 if gene.symbol.casefold() == wanted else 2, found=found)


def _notes(app: App, typed: str, known: Mapping[str, KnownSample], whose: KnownSample | None) -> Iterator[_Ranked]:
    """Give the person's notes that hold the words, those on the genome that is looked at first."""
    first = [whose.key] if whose else []
    for note, tagged in noted(app, dict.fromkeys([*first, *known]), typed):
        one = known[note.sample]
        tags = "".join(f" · {tag}" for tag in note.tags)
        found = Found(
            kind=FoundKind.NOTE,
            label=note.label,
            detail=f"Your note on {note.variant} in {one.who} / {one.name}{tags}",
            target=f"/variant/{note.sample}/{quote(note.variant)}",
        )
        yield _Ranked(rank=1 if tagged else 3, found=found)


def _fitting(offers: Iterable[Findable], typed: str) -> Iterator[_Ranked]:
    wanted = typed.casefold()
    words = wanted.split()
    for one in offers:
        label = one.label.casefold()
        if all(word in one.said for word in words):
            begins = label.startswith(wanted) or f" {wanted}" in label
            named = all(word in label for word in words)
            if len(wanted) == 1 and not begins:
                continue  # one letter stands in everything
            yield _Ranked(rank=1 if begins else 3 if named else 4, found=_found(one))


def _found(one: Findable) -> Found:
    return Found(kind=FoundKind(one.kind), label=one.label, detail=one.detail, target=one.target)


def _about(samples: Iterable[KnownSample], whose: KnownSample | None) -> Iterator[Findable]:
    """Give what can be done with the genome that is looked at, and the way to every genome."""
    if whose is not None:
        name = f"{whose.who} / {whose.name}"
        for label, detail, target in (
            (f"Results of {name}", "What every module says", f"/results/{whose.key}"),
            (f"Explore {name}", "Every variant with every module's columns", f"/explore/{whose.key}"),
            (f"Annotate {name}", "Ask modules about this genome", f"/genomes/{whose.key}/annotate"),
            (f"Make a report of {name}", "A page to keep or to print", f"/report/{whose.key}"),
            (f"Compare {name}", "With another genome: shared, only here, different", f"/compare?a={whose.key}"),
            (f"Export the results of {name}", "From the page of its results", f"/results/{whose.key}"),
            (f"File and quality of {name}", "What was read, and how good it is", f"/genomes/{whose.key}"),
        ):
            yield Findable(kind="action", label=label, detail=detail, target=target, first=True)
        for label, detail, target, more in (
            (f"What changed about {name}", "Newer answers beside older ones", f"/changes/{whose.key}", "update news"),
            (
                f"Where the results of {name} come from",
                "Every version and checksum, drawn",
                f"/lineage/{whose.key}",
                "lineage lock provenance",
            ),
        ):
            yield Findable(kind="action", label=label, detail=detail, target=target, more=more)
    for one in samples:
        detail = f"{one.kind_words}, {one.build}" + (", synthetic" if one.synthetic else "")
        target = f"/results/{one.key}"
        yield Findable(kind="sample", label=f"{one.who} / {one.name}", detail=detail, target=target, more=one.key)
