"""Reports as pages: what stands in them, what never does, how long they may be, and where they lie."""

from __future__ import annotations

import csv
import json
import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from typer.testing import CliRunner

from genoteca import actions
from genoteca.actions import App, Query, report_fitting
from genoteca.actions.report_document import Missing, ReportDocument, ReportPart, Rest
from genoteca.actions.report_fitting import MOST_BYTES, fitted, with_tables
from genoteca.actions.report_html import page_of
from genoteca.actions.views import AnswerState
from genoteca.cli import build
from genoteca.engine import records
from genoteca.errors import InputError, NotFoundError
from genoteca.model.evidence import Evidence
from genoteca.model.filter import Condition, Operator
from genoteca.model.report import Citation, ReportCount, ReportFinding, Tone

KEY = "demo/synthetic"
TRAITS = "everyday-traits"
HOSTILE = "</p><script src=https://evil.example/x.js></script><img src=x onerror=alert(1)>\"'&\u202e\x00"
TAGS = re.findall(
    r"\w+",
    "html head meta title style body header nav section article footer h1 h2 h3 p ul ol li dl dt dd table tbody "
    "tr th td strong span bdi a svg rect br",
)
ATTRIBUTES = re.findall(
    r"[\w-]+", "lang charset http-equiv content name class id href rel target role aria-label width height x y"
)


class Page(HTMLParser):
    """Notes every tag, attribute and address of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action", "data", "poster")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def hostile_document(findings: int = 2, length: int = 1) -> ReportDocument:
    words = (HOSTILE * length)[:4000]
    finding = ReportFinding(
        title=words,
        text=words,
        details=(words, words),
        tone=Tone.CAUTION,
        evidence=(Evidence.CALLED,),
        citations=(Citation(text=words, url='https://example.org/?a="><script>alert(2)</script>'),),
    )
    part = ReportPart(
        module="evil",
        title=HOSTILE,
        category=HOSTILE,
        release=HOSTILE,
        when=datetime.now(UTC),
        lead=HOSTILE,
        out_of_date=HOSTILE,
        evidence={"called": 2, "not_covered": 5},
        counts=[ReportCount(label=words, count=3)],
        findings=[finding] * findings,
        not_told=[words] * findings,
        paragraphs=[words] * findings,
        citations=[Citation(text=words)] * findings,
        notes=[words] * findings,
    )
    return ReportDocument(
        name=HOSTILE,
        person=HOSTILE,
        synthetic=True,
        made=datetime.now(UTC),
        summary=[HOSTILE],
        facts=[(HOSTILE, HOSTILE)],
        parts=[part],
        closed=[HOSTILE],
        missing=[Missing(title=HOSTILE, state=AnswerState.FAILED, why=HOSTILE)],
        methods=[HOSTILE],
        rests=[
            Rest(
                title=HOSTILE,
                version=HOSTILE,
                release=HOSTILE,
                checksum=HOSTILE,
                code_licence=HOSTILE,
                data_licence=HOSTILE,
                note=HOSTILE,
                sources=[(HOSTILE, HOSTILE, "javascript:alert(3)")],
            )
        ],
    )


@pytest.fixture(scope="module")
def kept(desk: App) -> Iterator[actions.KeptReport]:
    made = actions.keep_report(desk, KEY)
    yield made
    assert [one.name for one in actions.list_reports(desk, KEY)] == [made.name]


def page(app: App, report: actions.KeptReport) -> str:
    return actions.report_path(app, KEY, report.name).read_text("utf-8")


def closed_rows(app: App) -> list[dict[str, Any]]:
    where = actions.parse_where("gate is not empty and conclusion is not empty")
    return actions.result_page(app, KEY, TRAITS, Query(where=where, limit=None)).rows


def test_a_report_tells_findings_sources_what_is_missing_and_how_it_was_made(
    desk: App, kept: actions.KeptReport
) -> None:
    told = Page(page(desk, kept))
    for words in (
        "Lactase persistence",
        "Nothing found does not mean no risk",
        "Synthetic data",
        "GRCh38",
        "CC0-1.0",
    ):
        assert words in told.text
    source = records.current(desk.layout, ["sample", "source"], KEY)
    answers = records.current(desk.layout, [TRAITS, "annotations"], KEY)
    assert source
    assert answers
    assert source.record.sha256 in told.text
    assert answers.record.inputs[f"{TRAITS}/reference"] in told.text
    assert any(link.startswith("https://pubmed.ncbi.nlm.nih.gov/") for link in told.links)
    assert "places looked up" in told.text


def test_a_report_loads_nothing_and_runs_nothing(desk: App, kept: actions.KeptReport) -> None:
    written = page(desk, kept)
    told = Page(written)
    assert told.tags <= set(TAGS)
    assert told.attributes <= set(ATTRIBUTES)
    assert "url(" not in written
    assert "@import" not in written
    assert all(link.startswith(("https://", "#")) for link in told.links)
    assert "default-src 'none'" in written.replace("&#x27;", "'")


def test_no_closed_row_stands_in_it_unless_it_was_opened(desk: App, kept: actions.KeptReport, tmp_path: Path) -> None:
    behind = closed_rows(desk)
    words = {str(row["conclusion"]) for row in behind}
    assert words
    plain = Page(page(desk, kept)).text
    assert not [one for one in words if one in plain]
    carried = next(row for row in behind if row["evidence"] == "called")
    actions.write_report(desk, KEY, tmp_path / "mine.html", opened={TRAITS: {carried["gate"]}})
    mine = Page((tmp_path / "mine.html").read_text("utf-8")).text
    assert carried["conclusion"] in mine
    others = {str(row["conclusion"]) for row in behind if row["gate"] != carried["gate"]}
    assert not [one for one in others if one in mine]


def test_every_text_of_a_module_or_a_file_is_text(tmp_path: Path) -> None:
    written = page_of(fitted(hostile_document(), tmp_path))
    told = Page(written)
    assert told.tags <= set(TAGS)
    assert told.attributes <= set(ATTRIBUTES)
    assert not any(link.startswith(("javascript:", "https://evil")) for link in told.links)
    assert "<script src=https://evil.example/x.js>" in told.text
    assert "\u202e" not in written
    assert "\x00" not in written


@pytest.mark.parametrize("beside", ["", "a#b?c 100%-", "https:-"])
def test_a_table_beside_a_report_is_linked_by_its_own_name_whatever_that_is(tmp_path: Path, beside: str) -> None:
    short = fitted(hostile_document(findings=500, length=200), tmp_path)
    (table,) = short.parts[0].attachments
    (link,) = (one for one in Page(page_of(short, beside=beside)).links if one.endswith(".csv"))
    told = urlsplit(urljoin("file:///folder/report.html", link))
    assert (told.scheme, told.query, told.fragment) == ("file", "", "")
    assert unquote(told.path) == f"/folder/{beside}{table.name}"


def test_a_report_stays_below_its_size_and_the_rest_becomes_a_table(tmp_path: Path) -> None:
    document = hostile_document(findings=500, length=200)
    short = fitted(document, tmp_path)
    assert len(page_of(short).encode()) <= MOST_BYTES
    (part,) = short.parts
    assert 0 < len(part.findings) < 500
    (table,) = part.attachments
    with (tmp_path / table.name).open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == table.rows == 500 - len(part.findings)
    assert "would make this report too long" in part.notes[-1]


def test_a_report_lies_with_its_genome_for_its_owner_alone_until_it_is_deleted(
    desk: App, kept: actions.KeptReport
) -> None:
    path = actions.report_path(desk, KEY, kept.name)
    assert path.is_relative_to(desk.layout.sample("demo", "synthetic") / "reports")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert kept.modules == ["Everyday traits"]
    assert not kept.shows_closed
    assert records.damaged(desk.layout) == []
    again = actions.keep_report(desk, KEY, [TRAITS])
    actions.delete_report(desk, KEY, again.name)
    assert not (path.parent.parent / again.name).exists()
    assert list(desk.layout.temporary.glob("report-*")) == []


@pytest.mark.parametrize(
    ("name", "file"),
    [("..", "report.html"), ("2026-01-01-000000", "../../sample.json"), ("2026-01-01-000000", "report.html")],
)
def test_only_a_report_is_given_as_one(desk: App, name: str, file: str) -> None:
    with pytest.raises(NotFoundError):
        actions.report_path(desk, KEY, name, file)


def test_a_module_without_an_answer_and_a_folder_that_is_not_there_are_refused(desk: App, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="clinvar has no answer"):
        actions.keep_report(desk, KEY, ["clinvar"])
    with pytest.raises(InputError, match="There is no folder"):
        actions.write_report(desk, KEY, tmp_path / "nowhere" / "report.html")


def test_the_command_writes_it_and_says_where(desk: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENOTECA_HOME", str(desk.layout.home))
    root = build(lambda settings, *, browser, announce, preview=None: None)
    out = tmp_path / "told.html"
    asked = ["report", KEY, "--modules", TRAITS, "--show-me", "--out", str(out), "--json"]
    done = CliRunner().invoke(root, asked)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["report"] == str(out)
    told = Page(out.read_text("utf-8")).text
    assert [row for row in closed_rows(desk) if row["evidence"] == "called" and row["conclusion"] in told]


def test_an_older_table_without_a_column_that_is_asked_for_today_gets_no_table_beside_it(
    desk: App, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    newer = Condition(column="of_a_later_release", op=Operator.EQUAL, value=True)
    monkeypatch.setattr(report_fitting, "finding_rows", lambda _manifest, _stored: newer)
    findings = [ReportFinding(title="A", text="B", evidence=(Evidence.CALLED,))] * 500
    part = hostile_document().parts[0].model_copy(update={"module": TRAITS, "findings": findings})
    document = hostile_document().model_copy(update={"parts": [part]})
    (told,) = with_tables(desk, KEY, document, {}, tmp_path).parts
    assert (told.attachments, len(told.findings)) == ([], 500)
