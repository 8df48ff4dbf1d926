"""A VCF or BCF of sites as a table: the fields of its INFO are its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from genoteca.genome.site_header import InfoField, SiteHeader, read_site_header
from genoteca.genome.site_records import SiteAccount, site_batches
from genoteca.genome.stream import GenomeText
from genoteca.model.build import Build
from genoteca.model.column import ColumnType
from genoteca.sdk.own_table.account import TableAccount
from genoteca.sdk.own_table.columns import DBSNP, MOST_KEPT, plain_names, with_choice
from genoteca.sdk.own_table.head import FileKind
from genoteca.sdk.own_table.places import build_of_rows
from genoteca.sdk.own_table.seen import SeenColumn, TableLook
from genoteca.sdk.own_table.told import TableMatch, Told

__all__ = ["FIXED", "look_at_vcf", "sites_of_vcf"]

FIXED = ("ID", "QUAL", "FILTER", "REF", "ALT")
"""Fields of a record beside its place and INFO; its alleles are kept where it is not matched by them."""
OF_RECORD = ("CHROM", "POS", *FIXED)
PLACE = {"chrom": "CHROM", "pos": "POS", "ref": "REF", "alt": "ALT"}
_ALLELE = ["chrom", "pos", "ref", "alt"]
FIRST = 1 << 20
ROWS = 12

_TYPES = {"Integer": ColumnType.INTEGER, "Float": ColumnType.NUMBER, "Flag": ColumnType.FLAG}
_ONE = {"1", "A", "R", "0"}


def look_at_vcf(path: Path, told: Told) -> TableLook:
    """Look at the header and the first records of a VCF.

    Raises:
        GenomeFileError: it is damaged, or has no header.
        InputError: the settings name a column that it has not.

    """
    header = read_site_header(path)
    rows = _first_rows(path, header)
    build, evidence = told.build, "You said so."
    if build is None:
        build, evidence = header.build, header.build_evidence
    if build is None and not header.contradicts and len(rows):
        of_rows, words = build_of_rows(rows, "CHROM", "POS", base=1)
        build, evidence = (of_rows, words) if of_rows else (None, evidence)
    match = told.match or TableMatch.ALLELE
    found = _columns(header, rows, match)
    missing = [] if build else [f"the genome build (build): {evidence}"]
    if told.build and header.build not in (None, told.build):
        missing.append(
            f"the right genome build: you said {told.build}, the file {header.build}. {header.build_evidence}"
        )
    if match is TableMatch.INTERVAL:
        missing.append("a match: a VCF is matched by allele or by position, not by interval")
    many = len(found) > MOST_KEPT and told.columns is None
    return TableLook(
        file=told.name or path.name,
        kind=FileKind.VCF,
        builds=(build,) if build else (),
        build_evidence=evidence,
        match=match,
        base=1,
        places={build: PLACE} if build else {},
        place=PLACE,
        columns=with_choice(found, told.columns),
        names=tuple(rows.columns),
        rows=tuple(tuple(cell or "" for cell in row) for row in rows.head(ROWS).iter_rows()),
        missing=tuple(missing),
        notes=(f"It has {len(found)} fields; the first {MOST_KEPT} are kept until others are chosen.",)
        if many
        else (),
    )


def sites_of_vcf(
    path: Path, look: TableLook, build: Build, account: TableAccount, say: Callable[[float, str], None]
) -> Iterator[pl.DataFrame]:
    """Give the alleles of a VCF, or (matched by position) where they stand, with the kept columns under their names.

    Raises:
        GenomeFileError: it is damaged or cut off.
        ReferenceDataError: it is of another build.

    """
    header, read = read_site_header(path), SiteAccount()
    fields = {
        one.name: header.field(one.source.removeprefix("INFO/")) for one in look.kept if one.source not in FIXED
    }
    given = {one.name: one.source.lower() for one in look.kept if one.source in FIXED}
    given |= {name: field.column for name, field in fields.items()}
    kept = [pl.col(source).alias(name) for name, source in given.items()]
    by_place = look.match is TableMatch.POSITION
    place = ["chrom", pl.col("pos").alias("start"), pl.col("pos").alias("end")] if by_place else _ALLELE
    for rows in site_batches(path, info=list(fields.values()), build=build, account=read, progress=say):
        yield rows.select(*place, *kept)
    account.rows_read = read.records_read
    account.listed = read.alleles_read + read.records_set_aside.total()
    account.set_aside.update(read.set_aside)
    account.values_left_out.update(read.values_left_out)
    account.warnings += read.warnings


def _columns(header: SiteHeader, rows: pl.DataFrame, match: TableMatch) -> tuple[SeenColumn, ...]:
    fields = {f"INFO/{name}" if name in OF_RECORD else name: field for name, field in header.fields.items()}
    sources = [*FIXED, *fields]
    made = []
    for source, name in zip(sources, plain_names(sources), strict=True):
        field = fields.get(source)
        kind, description = (_type_of(field), field.description) if field else _fixed(source)
        rsids = source == "ID" and rows["ID"].count() > 0 and rows["ID"].drop_nulls().str.contains(r"^rs\d+$").all()
        made.append(
            SeenColumn(
                source=source,
                name=name,
                label=source.replace("_", " "),
                type=ColumnType.LINK if rsids else kind,
                link=DBSNP if rsids else "",
                description=description or f"The field {source} of INFO.",
                examples=tuple(rows[source].drop_nulls().unique(maintain_order=True).head(3))
                if source in rows
                else (),
                role=source.lower() if source in ("REF", "ALT") else "",
                kept=source not in ("REF", "ALT") or match is TableMatch.POSITION,
            )
        )
    return tuple(made)


def _type_of(field: InfoField) -> ColumnType:
    if field.number not in _ONE:
        return ColumnType.LIST
    kind = _TYPES.get(field.type, ColumnType.TEXT)
    named = field.name.upper()
    share = kind is ColumnType.NUMBER and (named == "AF" or named.startswith("AF_") or named.endswith("_AF"))
    return ColumnType.FREQUENCY if share else kind


def _fixed(source: str) -> tuple[ColumnType, str]:
    return {
        "ID": (ColumnType.TEXT, "The identifier of the record."),
        "QUAL": (ColumnType.NUMBER, "The quality of the record, phred-scaled."),
        "FILTER": (ColumnType.TEXT, "The filters of the record: PASS, or what it failed."),
        "REF": (ColumnType.TEXT, "The reference allele of the record."),
        "ALT": (ColumnType.TEXT, "The alternative allele that the record lists."),
    }[source]


def _first_rows(path: Path, header: SiteHeader) -> pl.DataFrame:
    """Give the first records as text: the fixed fields, then INFO's."""
    with GenomeText(path) as text:
        text.header()
        lines = text.start(FIRST).decode("utf-8", "replace").split("\n")
    cells = [line.removesuffix("\r").split("\t") for line in lines[:2000] if line and not line.startswith("#")]
    whole = [row for row in cells if len(row) >= 8]
    fixed = ("CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER")
    told = [dict(part.partition("=")[::2] for part in row[7].split(";")) for row in whole]
    columns = {name: [_cell(row[n]) for row in whole] for n, name in enumerate(fixed)}
    info = {
        (f"INFO/{name}" if name in OF_RECORD else name): [
            _cell(one[name] or "yes") if name in one else None for one in told
        ]
        for name in header.fields
    }
    return pl.DataFrame(columns | info, schema=dict.fromkeys([*columns, *info], pl.String))


def _cell(text: str) -> str | None:
    return None if text in ("", ".") else text
