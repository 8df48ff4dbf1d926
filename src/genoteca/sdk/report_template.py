"""Filling in the report section of a module without code: a closed form, nothing is computed from a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from genoteca.errors import ManifestError
from genoteca.model.column import ANNOTATIONS, GATE, LIFTED, Column, ColumnType
from genoteca.model.evidence import Evidence
from genoteca.model.filter import All, Any_, Condition, Filter, Not, Operator
from genoteca.model.module import ModuleManifest
from genoteca.model.report import (
    BRACES,
    Citation,
    FindingTemplate,
    ReportCount,
    ReportFinding,
    ReportSection,
    ReportTemplate,
)
from genoteca.model.variant import short_bases
from genoteca.sdk.closed import closed_rows_of

if TYPE_CHECKING:
    import polars as pl

    from genoteca.sdk.result import ModuleResult

__all__ = ["counts_of", "filled_section", "filter_rows"]

NUMBERS = frozenset(
    {
        *(ColumnType.INTEGER, ColumnType.POSITION, ColumnType.COUNT, ColumnType.KEY),
        *(ColumnType.NUMBER, ColumnType.FREQUENCY, ColumnType.STARS),
    }
)
PUBMED = "https://pubmed.ncbi.nlm.nih.gov/{}/"


def filled_section(manifest: ModuleManifest, result: ModuleResult) -> ReportSection:
    """Write the section that a manifest's template describes.

    Rows behind a gate are never told: it says how many they are, and no other number counts them.

    Raises:
        ManifestError: the manifest has no template.

    """
    template = manifest.report.template if manifest.report else None
    if template is None:
        raise ManifestError(f"{manifest.id} has no report template.")
    told = [_told(one, result) for one in template.findings]
    findings = [finding for made, _ in told for finding in made]
    words = _words(result, sum(total for _, total in told))
    return ReportSection(
        title=manifest.report.title if manifest.report else manifest.title,
        lead=_filled(template.lead, words),
        counts=counts_of(result),
        findings=tuple(findings),
        not_told=(*_more(told), *_closed(template, result), *(_filled(text, words) for text in template.not_told)),
        paragraphs=tuple(_filled(text, words) for text in template.paragraphs),
        citations=template.citations,
    )


def counts_of(result: ModuleResult) -> tuple[ReportCount, ...]:
    """Give the denominator of an answer: sites, and under which evidence they stand."""
    looked = "site looked up" if result.sites == 1 else "sites looked up"
    sites = [ReportCount(label=looked, count=result.sites)] if result.sites is not None else []
    by_kind = [(kind, result.evidence.get(kind.value, 0)) for kind in Evidence]
    return (*sites, *(ReportCount(label=kind.words, count=count) for kind, count in by_kind if count))


def filter_rows(tree: Filter, columns: Sequence[Column]) -> pl.Expr:
    """Give a filter as an expression over the stored rows: an empty cell fits only what asks for it."""
    import polars as pl

    if isinstance(tree, Condition):
        return _condition(tree, {column.name: column for column in columns})
    if isinstance(tree, Not):
        return ~filter_rows(tree.part, columns)
    parts = [filter_rows(part, columns) for part in tree.parts] or [pl.lit(value=isinstance(tree, All))]
    return pl.any_horizontal(parts) if isinstance(tree, Any_) else pl.all_horizontal(parts)


def _condition(one: Condition, columns: Mapping[str, Column]) -> pl.Expr:
    """Compare one column, as the results' own table does: numbers as numbers, everything else as text."""
    import polars as pl

    cell, kind = pl.col(one.column), columns[one.column].type
    value: Any = one.value  # of the column's own type, or no row fits
    if one.op is Operator.EMPTY:
        return cell.is_null()
    if one.op is Operator.NOT_EMPTY:
        return cell.is_not_null()
    if kind not in NUMBERS and kind is not ColumnType.FLAG:
        cell = cell.cast(pl.String)
    text = cell.cast(pl.String).str.to_lowercase()
    compared: dict[Operator, Callable[[], pl.Expr]] = {
        Operator.CONTAINS: lambda: text.str.contains(str(value).lower(), literal=True),
        Operator.STARTS_WITH: lambda: text.str.starts_with(str(value).lower()),
        Operator.LISTS: lambda: pl.format(";{};", text).str.contains(f";{str(value).lower()};", literal=True),
        Operator.IN: lambda: cell.is_in(value if isinstance(value, list) else [value]),
        Operator.EQUAL: lambda: cell == value,
        Operator.NOT_EQUAL: lambda: cell.ne_missing(pl.lit(value)),
        Operator.LESS: lambda: cell < value,
        Operator.AT_MOST: lambda: cell <= value,
        Operator.GREATER: lambda: cell > value,
        Operator.AT_LEAST: lambda: cell >= value,
    }
    return compared[one.op]().fill_null(value=False)


def _told(template: FindingTemplate, result: ModuleResult) -> tuple[list[ReportFinding], int]:
    """Give the findings of one template, and how many rows fit it."""
    columns = {column.name: column for column in _columns(result)}
    rows = _open_rows(result).filter(filter_rows(template.where, _columns(result))).collect()
    made = [_finding(template, row, columns) for row in rows.head(template.most).iter_rows(named=True)]
    return made, rows.height


def _open_rows(result: ModuleResult) -> pl.LazyFrame:
    import polars as pl

    rows = result.scan()
    gated = any(column.name == GATE for column in result.columns)
    return rows.filter(pl.col(GATE).is_null() | (pl.col(GATE) == "")) if gated else rows


def _columns(result: ModuleResult) -> list[Column]:
    return [*ANNOTATIONS, *LIFTED, *result.columns]


def _finding(template: FindingTemplate, row: Mapping[str, Any], columns: Mapping[str, Column]) -> ReportFinding:
    cells = {name: _cell(columns[name], row.get(name)) for name in columns}
    named = [f"{columns[name].label}: {cells[name]}" for name in template.details if cells[name]]
    numbers = [one.strip() for one in str(row.get(template.pmids) or "").split(";") if one.strip().isdigit()]
    return ReportFinding(
        title=" · ".join(cells[name] for name in template.title if cells[name]) or "A finding",
        text=cells[template.text],
        details=(" · ".join(named),) if named else (),
        tone=template.tone,
        evidence=(Evidence(str(row["evidence"])),),
        citations=tuple(Citation(text=f"PMID {one}", url=PUBMED.format(one)) for one in numbers),
    )


def _cell(column: Column, value: object) -> str:
    """Give a cell as words; a list is told with commas, a long stretch of bases by its beginning."""
    text = "" if value is None else str(value)
    return text.replace(";", ", ") if column.type is ColumnType.LIST else short_bases(text)


def _more(told: Sequence[tuple[list[ReportFinding], int]]) -> list[str]:
    """Say how many rows fit and are not told one by one."""
    left = sum(total - len(made) for made, total in told)
    more = "1 more row fits; it stands" if left == 1 else f"{left:,} more rows fit; they stand"
    return [f"{more} in its table."] if left else []


def _closed(template: ReportTemplate, result: ModuleResult) -> list[str]:
    """Say how many rows stay behind their gates, whether or not they fit a finding; nothing where none is told of."""
    if all(column.name != GATE for column in result.columns) or not template.findings:
        return []
    import polars as pl

    count = closed_rows_of(result.scan()).select(pl.len()).collect().item()
    stay = (
        "1 answer stays closed until you open it"
        if count == 1
        else f"{count:,} answers stay closed until you open them"
    )
    return [f"{stay} in its table."] if count else []


def _words(result: ModuleResult, findings: int) -> dict[str, str]:
    counts = {kind.value: f"{result.evidence.get(kind.value, 0):,}" for kind in Evidence}
    sites = "rows where an allele is carried" if result.sites is None else f"{result.sites:,}"
    return {
        "sites": sites,
        "rows": f"{result.rows:,}",
        "findings": f"{findings:,}",
        "release": result.release or "not named",
        **counts,
    }


def _filled(text: str, words: Mapping[str, str]) -> str:
    """Put words for the names in braces; the manifest holds no other names."""
    return BRACES.sub(lambda found: words[found[1]], text)
