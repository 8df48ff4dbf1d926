"""Of what everything about a genome was made, as a picture and in words, for its own page."""

from __future__ import annotations

from collections.abc import Mapping

from nicegui import ui
from pydantic import JsonValue

from genoteca.actions.tracing import AnswerTrace, TableTrace, Trace
from genoteca.actions.variant_views import LineageBranch
from genoteca.actions.views import Step
from genoteca.actions.words import release_words
from genoteca.ui import words
from genoteca.ui.components.boxes import card, facts, heading, pill, row, said, stack
from genoteca.ui.components.buttons import link
from genoteca.ui.components.variant_lineage import lineage_card

__all__ = ["answer_facts", "file_facts", "traced_picture"]

SHORT = 16
"""Letters of a digest that stand in the picture; all of them stand below it."""


def traced_picture(told: Trace) -> None:
    """Draw file → variants → reference → result → run of every answer, and say the same in words."""
    source = told.source
    digest = f", sha256 {source.sha256[:SHORT]}…" if source.sha256 else ""
    variants = next((one for one in told.tables if one.asset == "sample/variants"), None)
    origin = [
        Step(title="File", text=f"{source.name} ({source.build}{digest})"),
        Step(
            title="Variants",
            text=f"read by version {source.reader} of the reader" if source.reader else "not read yet",
            when=variants.made if variants else None,
        ),
    ]
    lineage_card(origin, [_branch(one) for one in told.answers], "From the file to the answers")


def _branch(one: AnswerTrace) -> LineageBranch:
    built = f"; built on {', '.join(one.requires)}" if one.requires else ""
    old = "out of date; " if one.reasons else ""
    result = f"{old}module {one.module_version}{built}; sha256 {one.table.sha256[:SHORT]}…"
    return LineageBranch(
        module=one.module,
        title=one.title,
        reference=Step(title="Reference", text=_reference(one), when=one.reference.made if one.reference else None),
        result=Step(title="Result", text=result),
        run=Step(title="Run", text=f"Run {one.table.run[:8]}", when=one.table.made),
        run_id=one.table.run,
    )


def _reference(one: AnswerTrace) -> str:
    used = one.reference
    if used is None:
        return "none: this genome cannot be tested with it"
    commit = f", commit {used.commit[:8]}" if used.commit else ""
    lifted = f" lifted from {used.build}" if used.build and used.build != one.table.build else ""
    return f"release {release_words(used.release)}{commit}, {one.table.build}{lifted}"


_LIMITS = {
    "min_quality": "quality (QUAL) from {}",
    "min_depth": "reads from {}",
    "min_genotype_quality": "genotype quality from {}",
    "min_balance": "share of reads for one of two letters from {}",
    "failing": "filters that count: {}",
    "infer_within": "silence is read as “no difference” within {} bases of a call",
    "reference_quality": "from a genotype quality of {}",
    "reference_depth": "from {} reads",
}
"""How limits are told, by their names in a record."""


def file_facts(told: Trace) -> None:
    """Write every version and hash of the file and of what was read of it."""
    source = told.source
    with card("snug"):
        heading("The file, and how it was read", 2)
        facts(
            (
                ("File", f"{source.name}, {words.file_size(source.bytes)}"),
                ("Checksum (SHA-256)", source.sha256),
                ("In the archive", source.member or ""),
                ("Sample in the file", source.pick or ""),
                ("Genome build", f"{source.build}, {source.kind}"),
                ("Reader", source.reader and f"version {source.reader}"),
                ("“No difference” counts", _values(source.limits)),
            )
        )
        with ui.expansion("Tables made of it"), stack():
            for one in told.tables:
                _table(one.asset.partition("/")[2].capitalize(), one)


def answer_facts(key: str, one: AnswerTrace) -> None:
    """Write every version and hash of one answer."""
    used = one.reference
    with card("snug"):
        with row():
            with stack("tight grow"):
                heading(one.title, 2)
            if one.reasons:
                pill("Out of date", "warn", "update")
            link("Its answers ›", f"/results/{key}/{one.module}")
        for reason in one.reasons:
            said(words.sentence(reason.words), "soft")
        facts(
            (
                ("Module", f"version {one.module_version}, data {one.module_data_version}"),
                ("Reference", _reference(one)),
                ("No longer stored", "This very table was replaced since." if used and not used.there else ""),
                ("Built on the answers of", ", ".join(one.requires)),
                ("Its settings", _settings(one)),
                ("Limits", _values(one.limits) or "none: no call is marked"),
            )
        )
        with ui.expansion("Every version and checksum"), stack():
            facts(
                (
                    ("Contents of the module", one.digest),
                    ("Reference", used.sha256 if used else ""),
                    ("Commit", used.commit if used else ""),
                )
            )
            _table("Result", one.table)
            for file in used.files if used else ():
                with stack("tight"):
                    said(f"The reference is made of {file.get('url', '')}", "small")
                    said(f"sha256 {file.get('sha256', 'not known')}", "mono faint")
        _made(one.table)


def _made(one: TableTrace) -> None:
    with row("tight"):
        said(f"Looked up {words.when(one.made)}", "faint")
        link(f"Run {one.run[:8]} ›", f"/runs/{one.run}")


def _table(title: str, one: TableTrace) -> None:
    versions = one.versions
    with stack("tight"):
        said(title, "strong")
        facts(
            (
                ("Checksum (SHA-256)", one.sha256),
                ("Version of the code", versions.code_version),
                ("Version of the data", versions.data_version),
                ("Version of the columns", versions.schema_version or "none of its own"),
                ("Made", words.when(one.made)),
            )
        )


def _settings(one: AnswerTrace) -> str:
    return "; ".join(f"{one.setting_titles.get(name, name)}: {_said(value)}" for name, value in one.settings.items())


def _values(told: Mapping[str, JsonValue]) -> str:
    """Write settings; limits in the words of the page where they are set, and none that is switched off."""
    return ", ".join(
        _LIMITS[name].format(_said(value)) if name in _LIMITS else f"{name.replace('_', ' ')} {_said(value)}"
        for name, value in told.items()
        if name not in _LIMITS or value not in (None, 0)
    )


def _said(value: JsonValue) -> str:
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, int):
        return words.count(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
