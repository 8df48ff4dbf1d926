"""What every module says of one variant: answers with their evidence, and in one line each those that have none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nicegui import ui

from genoteca.actions.variant_views import Standing, VariantAnswer, VariantRow
from genoteca.model.evidence import Shape
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, pill, row, rule, said, stack
from genoteca.ui.components.buttons import link, outside_link
from genoteca.ui.components.cells import cell_facts, link_parts
from genoteca.ui.components.evidence import evidence_mark, shape_mark
from genoteca.ui.components.icon import module_icon
from genoteca.ui.components.notice import notice, trouble_box
from genoteca.ui.components.show_me import ask_first, hide_again
from genoteca.ui.desktop import Desktop

__all__ = ["answer_cards", "links_out", "silent_modules"]

SHAPES = {
    Standing.ABSENT: Shape.ABSENT,
    Standing.FAILED: Shape.FAILED,
    Standing.NOT_LOOKED_UP: Shape.NOT_LOOKED_UP,
    Standing.RUNNING: Shape.NOT_LOOKED_UP,
    Standing.CANNOT_BE_TESTED: Shape.NOT_LOOKED_UP,
    Standing.WHOLE: Shape.NOT_APPLICABLE,
}
NAMES = {
    Standing.ABSENT: "Looked up and absent",
    Standing.FAILED: "Module failed",
    Standing.NOT_LOOKED_UP: "Not looked up",
    Standing.RUNNING: "Being looked up",
    Standing.CANNOT_BE_TESTED: "Cannot be tested",
    Standing.WHOLE: "Not about single variants",
    Standing.CLOSED: "Closed until you ask",
}


def answer_cards(desktop: Desktop, key: str, answers: Sequence[VariantAnswer]) -> None:
    """Show every module that says something, or that failed, on a card of its own."""
    for answer in answers:
        if answer.standing is Standing.ANSWERED:
            _answer(desktop, key, answer)
        elif answer.standing is Standing.CLOSED:
            _closed(desktop, key, answer)
        elif answer.standing is Standing.FAILED:
            with card("snug"):
                _head(answer)
                _standing(answer)
                if answer.trouble:
                    trouble_box(answer.trouble)


def silent_modules(answers: Sequence[VariantAnswer]) -> None:
    """Name in one line each the modules that have nothing to say here, and why."""
    quiet = [one for one in answers if one.standing in SHAPES and one.standing is not Standing.FAILED]
    if not quiet:
        return
    with card("snug"):
        heading("Other modules", 2)
        with box("elsewhere", "ul"):
            for one in sorted(quiet, key=lambda answer: list(SHAPES).index(answer.standing)):
                with box("", "li"):
                    shape_mark(SHAPES[one.standing])
                    with stack("tight grow"):
                        with row("tight"):
                            said(one.title, "strong")
                            said(NAMES[one.standing], "small")
                        said(words.sentence(one.words), "small soft")
                        if one.why:
                            said(words.sentence(f"Out of date: {one.why}"), "small soft")


def links_out(answers: Sequence[VariantAnswer]) -> None:
    """Gather the addresses that modules give for this variant, with what opening one means."""
    found: dict[str, str] = {}
    for answer in answers:
        for one in answer.rows:
            for cell in (*one.cells, *one.technical):
                template = answer.links.get(cell.column, "")
                for part, address in link_parts(cell.text, template) if template else ():
                    found.setdefault(address, f"{cell.label}: {part}")
    if not found:
        return
    with card("snug"):
        heading("On the internet", 2)
        said(
            "These leave your computer, and only when you click. The site sees the address, which names the variant "
            "or its number, and where you ask from; nothing else of your genome is sent.",
            "small soft",
        )
        with stack("tight"):
            for address, text in found.items():
                outside_link(text, address)


def _head(answer: VariantAnswer) -> None:
    with row("keep top-line"):
        module_icon(answer.icon, "tiny")
        with stack("tight grow"):
            heading(answer.title, 3)
            told = (answer.release and f"Release {answer.release}", answer.when and words.when(answer.when))
            said(" · ".join(str(one) for one in told if one), "faint")
        if answer.why:
            pill("Out of date", "warn", "update")


def _standing(answer: VariantAnswer) -> None:
    with row("tight"):
        if answer.standing in SHAPES:
            shape_mark(SHAPES[answer.standing])
        said(NAMES[answer.standing], "strong")
    said(words.sentence(answer.words))


def _closed(desktop: Desktop, key: str, answer: VariantAnswer) -> None:
    with card("snug"):
        _head(answer)
        name = NAMES[Standing.CLOSED]
        ask_first(desktop, key, answer.module, answer.gate, ui.navigate.reload, title=answer.title, heading=name)


def _answer(desktop: Desktop, key: str, answer: VariantAnswer) -> None:
    with card("snug"):
        _head(answer)
        opened = sorted(desktop.opened(key, answer.module))
        hide_again(desktop, key, answer.module, opened, ui.navigate.reload, title=answer.title)
        if answer.why:
            said(words.sentence(f"Out of date: {answer.why}"), "small soft")
        if answer.lifted:
            said(answer.lifted, "small soft")
        for number, one in enumerate(answer.rows):
            if number:
                rule()
            _row(one, answer.links)
        link("Its whole table", f"/results/{key}/{answer.module}")
        if answer.sources:
            with ui.expansion("Sources, on the internet"), row("tight"):
                for name, address in answer.sources:
                    outside_link(name, address)


def _row(one: VariantRow, templates: Mapping[str, str]) -> None:
    with row("tight"):
        evidence_mark(one.evidence)
        said(words.EVIDENCE[one.evidence], "strong")
        if one.title:
            said(one.title, "strong title")
        if one.filtered:
            pill("Filtered", "warn", "filter_alt")
        if one.number is None:
            pill("Looked up just now", "info", "search")
        if one.matched in ("rsid", "decomposed"):
            pill({"rsid": "Matched by its rsID", "decomposed": "Matched in parts"}[one.matched], "warn", "rule")
    said(words.sentence(one.evidence.words), "small soft")
    if one.caution:
        with notice("warn", "Read this first", one.caution):
            pass
    cell_facts(one.cells, templates)
    if one.technical:
        with ui.expansion("Technical values"):
            cell_facts(one.technical, templates)
