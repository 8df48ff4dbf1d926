"""A report as one page: no script, nothing loaded from anywhere, every text from a module or a file escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from urllib.parse import quote

from genoteca import __version__
from genoteca.actions.report_document import Missing, ReportDocument, ReportPart, Rest
from genoteca.actions.views import AnswerState
from genoteca.model.evidence import EVIDENCE_ORDER, Evidence, Shape
from genoteca.model.report import Citation, ReportFinding, Tone
from genoteca.settings import assets_folder

__all__ = ["finding_html", "page_of", "policy_of", "text"]

ADVICE = (
    "For learning about a genome. It is not medical advice and no diagnosis: before any decision about your health, "
    "have a finding confirmed by a laboratory and talk it over with a doctor or a genetic counsellor."
)
CONTROL = dict.fromkeys(
    [
        *(n for n in range(32) if n not in (9, 10)),
        127,
        *range(0x80, 0xA0),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ]
)
"""Characters that show nothing or turn the direction of the text around: left out."""
STATES = {
    AnswerState.OUT_OF_DATE: "out of date",
    AnswerState.WAITING: "out of date; new answers wait to be looked at",
    AnswerState.KEPT: "out of date; the older answers were kept",
    AnswerState.FAILED: "failed",
    AnswerState.CANNOT_BE_TESTED: "cannot be tested",
    AnswerState.NOT_RUN: "not looked up",
    AnswerState.RUNNING: "being looked up when this was made",
}
SHAPES = (Shape.ANSWERED, Shape.REFERENCE, Shape.NOT_CALLABLE, Shape.NOT_APPLICABLE)


def page_of(document: ReportDocument, *, beside: str = "") -> str:
    """Write a report as HTML; `beside`: what stands before the names of its attachments."""
    style = (assets_folder() / "report" / "report.css").read_text("utf-8")
    title = f"Genome report: {document.name}"
    body = [
        _cover(document),
        _contents(document.parts),
        _summary(document),
        *(_part(part, beside) for part in document.parts),
        _not_tested(document),
        _methods(document),
        _rests(document.rests),
        f"<footer><p>{text(ADVICE)}</p><p>Made by Genoteca {__version__} on {_day(document.made)}.</p></footer>",
    ]
    head = (
        '<meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy_of(style), quote=True)}">'
        '<meta name="referrer" content="no-referrer">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{style}</style>"
    )
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{"".join(body)}\n</body></html>\n'


def policy_of(style: str) -> str:
    """Give the policy under which the page is shown: its own style, and nothing else at all."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def text(told: str) -> str:
    """Escape a text; what shows nothing, or turns its direction around, is left out."""
    return escape(told.translate(CONTROL), quote=True)


def finding_html(finding: ReportFinding) -> str:
    """Write one finding."""
    mark = '<span class="care">Read with care</span> ' if finding.tone is Tone.CAUTION else ""
    known = ", ".join(kind.words for kind in finding.evidence)
    return "".join(
        [
            f'<article class="finding"><h3>{mark}<bdi>{text(finding.title)}</bdi></h3>',
            f"<p>{text(finding.text)}</p>" if finding.text else "",
            _list(finding.details, "details"),
            f'<p class="known">How it is known: {text(known)}.</p>' if known else "",
            _citations(finding.citations),
            "</article>",
        ]
    )


def _cover(document: ReportDocument) -> str:
    synthetic = '<p class="synthetic">Synthetic data: this is no person.</p>' if document.synthetic else ""
    facts = "".join(f"<dt>{text(term)}</dt><dd>{text(value)}</dd>" for term, value in document.facts if value)
    return (
        f'<header><p class="brand">Genoteca</p><h1>Genome report: <bdi>{text(document.name)}</bdi></h1>'
        f'<p class="of">of <bdi>{text(document.person)}</bdi>, made on {_day(document.made)}</p>{synthetic}'
        f'<p class="advice">{text(ADVICE)}</p><dl class="facts">{facts}</dl></header>\n'
    )


def _contents(parts: Sequence[ReportPart]) -> str:
    inside = "".join(f'<li><a href="#m-{text(part.module)}">{text(part.title)}</a></li>' for part in parts)
    more = (
        '<li><a href="#not-looked-at">What does not stand here</a></li>'
        '<li><a href="#methods">How it was made</a></li>'
        '<li><a href="#rests">Versions, sources and licences</a></li>'
    )
    return f'<nav aria-label="Contents"><h2>Contents</h2><ol>{inside}{more}</ol></nav>\n'


def _summary(document: ReportDocument) -> str:
    lines = "".join(f"<p>{text(line)}</p>" for line in document.summary)
    return f'<section class="summary"><h2>In short</h2>{lines}</section>\n'


def _part(part: ReportPart, beside: str) -> str:
    about = " · ".join(filter(None, (part.category, _release(part.release), _looked_up(part.when))))
    old = f'<p class="note">Out of date: {text(part.out_of_date)}.</p>' if part.out_of_date else ""
    return "".join(
        [
            f'<section class="module" id="m-{text(part.module)}"><h2>{text(part.title)}</h2>',
            f'<p class="about">{text(about)}</p>{old}<p class="lead">{text(part.lead)}</p>',
            _evidence(part.evidence),
            _counts(part),
            *(finding_html(finding) for finding in part.findings),
            *(f'<p class="note">{text(note)}</p>' for note in part.notes),
            _attached(part, beside),
            _under("What could not be told", part.not_told),
            _under("How to read it", part.paragraphs),
            _citations(part.citations),
            "</section>\n",
        ]
    )


def _evidence(evidence: Mapping[str, int]) -> str:
    """Draw how the answers are known, in four patterns; the numbers follow as a list."""
    counts = {shape: sum(evidence.get(kind.value, 0) for kind in Evidence if kind.shape is shape) for shape in SHAPES}
    total, start, drawn = sum(counts.values()), 0.0, []
    for shape, count in counts.items():
        if count:
            wide = 100 * count / total
            place = f'x="{start:.3f}%" y="0" width="{wide:.3f}%" height="12"'
            drawn.append(f'<rect class="{shape.value.replace(" ", "-")}" {place}></rect>')
            start += wide
    told = ", ".join(f"{count:,} {shape.value}" for shape, count in counts.items() if count)
    return (
        f'<svg class="bar" width="100%" height="12" role="img" aria-label="{text(told)}">{"".join(drawn)}</svg>'
        if drawn
        else ""
    )


def _counts(part: ReportPart) -> str:
    lines = "".join(f"<dt>{one.count:,}</dt><dd>{text(one.label)}</dd>" for one in part.counts)
    return f'<dl class="counts">{lines}</dl>' if lines else ""


def _attached(part: ReportPart, beside: str) -> str:
    lines = [
        f'<p class="attached">{text(one.label)} ({one.rows:,} rows): '
        f'<a href="{text(f"./{quote(beside + one.name)}")}">{text(beside + one.name)}</a></p>'
        for one in part.attachments
    ]
    return "".join(lines)


def _not_tested(document: ReportDocument) -> str:
    closed = (
        f"<p>Closed until somebody asks, so that nothing of it is told here: {text(', '.join(document.closed))}.</p>"
        if document.closed
        else ""
    )
    missing = "".join(f"<li>{_missing(one)}</li>" for one in document.missing)
    listed = f"<ul>{missing}</ul>" if missing else ""
    none = (
        "" if closed or missing else "<p>Every module that was chosen has answered, and its answer is up to date.</p>"
    )
    return f'<section id="not-looked-at"><h2>What does not stand here</h2>{closed}{listed}{none}</section>\n'


def _missing(one: Missing) -> str:
    why = f": {text(one.why.removesuffix('.'))}" if one.why else ""
    return f"<strong>{text(one.title)}</strong>, {STATES.get(one.state, one.state.value)}{why}."


def _methods(document: ReportDocument) -> str:
    lines = "".join(f"<p>{text(line)}</p>" for line in document.methods)
    words = "".join(f"<li>{text(kind.value.replace('_', ' '))}: {text(kind.words)}</li>" for kind in EVIDENCE_ORDER)
    return (
        f'<section id="methods"><h2>How it was made</h2>{lines}<h3>How an answer can be known</h3>'
        f'<ul class="words">{words}</ul></section>\n'
    )


def _rests(rests: Sequence[Rest]) -> str:
    head = "<tr><th>Module</th><th>Version</th><th>Data</th><th>Licences</th></tr>"
    rows = "".join(
        f"<tr><td>{text(one.title)}</td><td>{text(one.version)}</td><td>{text(one.release)}{_checksum(one.checksum)}</td>"
        f"<td>code {text(one.code_licence)}; data {text(one.data_licence)}"
        f"{f'. {text(one.note)}' if one.note else ''}</td></tr>"
        for one in rests
    )
    sources = "".join(
        f"<li><strong>{text(one.title)}</strong>: {_source(*source)}</li>" for one in rests for source in one.sources
    )
    return (
        f'<section id="rests"><h2>Versions, sources and licences</h2><table>{head}{rows}</table>'
        f"<h3>Sources</h3><ul>{sources}</ul></section>\n"
    )


def _checksum(checksum: str) -> str:
    return f'<br><span class="sum">sha256 {text(checksum)}</span>' if checksum else ""


def _source(name: str, citation: str, url: str) -> str:
    return f"{text(citation or name)} {_link(url, url.removeprefix('https://'))}"


def _under(title: str, lines: Sequence[str]) -> str:
    return f"<h3>{text(title)}</h3>{_list(lines)}" if lines else ""


def _list(lines: Iterable[str], classes: str = "") -> str:
    inside = "".join(f"<li>{text(line)}</li>" for line in lines)
    return f'<ul class="{classes}">{inside}</ul>' if inside else ""


def _citations(citations: Sequence[Citation]) -> str:
    inside = " ".join(f"<li>{_link(one.url, one.text)}</li>" for one in citations)
    return f'<ul class="cited">{inside}</ul>' if inside else ""


def _link(url: str, words: str) -> str:
    """Link to a page on the internet, opened by a click alone; anything but https is shown as text."""
    if not url.startswith("https://"):
        return text(words)
    return f'<a href="{text(url)}" rel="noopener noreferrer" target="_blank">{text(words)}</a>'


def _release(release: str) -> str:
    return f"release {release}" if release else ""


def _looked_up(when: datetime | None) -> str:
    return f"looked up on {_day(when)}" if when else ""


def _day(when: datetime) -> str:
    return f"{when.day} {when:%B %Y}"
