"""A user's table made into a reference: alleles, positions or intervals, sorted and published in flat memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
from pydantic import JsonValue

from genoteca.annotate.place_batches import publish_places, verify_places
from genoteca.annotate.publish import publish_batches, verify_published
from genoteca.errors import ReferenceDataError
from genoteca.genome.reference_check import ReferenceCheck
from genoteca.genome.sequence import ReferenceSequence
from genoteca.model.build import Build
from genoteca.model.column import Column
from genoteca.sdk.own_table.account import TableAccount
from genoteca.sdk.own_table.head import FileKind, read_head
from genoteca.sdk.own_table.placing import alleles_of_rows, beyond, intervals_of_rows, typed
from genoteca.sdk.own_table.reading import table_rows
from genoteca.sdk.own_table.seen import INTERVAL_END, LISTED, OWN_VARIANT, TableLook
from genoteca.sdk.own_table.told import TableMatch, Told
from genoteca.sdk.own_table.vcf import sites_of_vcf
from genoteca.sdk.place_file import REGIONS
from genoteca.sdk.publishing import PUBLISHED
from genoteca.sdk.requests import ReferenceRequest

__all__ = ["publish_table", "table_reference_columns", "verify_table"]

ROLES = {
    TableMatch.ALLELE: ("chrom", "pos", "ref", "alt"),
    TableMatch.POSITION: ("chrom", "pos"),
    TableMatch.INTERVAL: ("chrom", "start", "end"),
}
ENOUGH_COMPARED, SHARE_AGREEING = 100, 0.9
"""As for a genome's own records: `genome.reference_check`."""

Say = Callable[[float, str], None]


def publish_table(
    source: Path,
    look: TableLook,
    target: Path,
    *,
    request: ReferenceRequest,
    say: Say = lambda _fraction, _message: None,
) -> dict[str, JsonValue]:
    """Read a table and publish it at `target` in the build asked for; gives what the reference's record says of it.

    Matched by allele it becomes what `publish_batches` makes, else what `publish_places` does, with the kept columns.
    Where the sequence of the build is installed, a REF that it contradicts is set aside and counted.

    Raises:
        ReferenceDataError: nothing can be used, the file is of another build, or a cell is not of its type.
        GenomeFileError: the file is damaged.

    """
    account, build = TableAccount(), request.build
    sequence = request.paths.capability(f"sequence:{build}") if look.match is TableMatch.ALLELE else None
    check = ReferenceCheck(ReferenceSequence(sequence.path, build)) if sequence else None
    if look.kind is FileKind.VCF:
        batches = sites_of_vcf(source, look, build, account, say)
    else:
        batches = _batches(source, look, Told.of(request.settings), build, account, say)
    if check:
        batches = _checked(batches, check, account)
    rows = (_whole(frame, look, account) for frame in batches)
    publish = publish_batches if look.match is TableMatch.ALLELE else publish_places
    try:
        sites = publish(rows, target)
    except ReferenceDataError as error:
        raise _nothing(account, look, build) if not account.kept else error from error
    account.repeats = account.kept - sites
    account.require_sum()
    beyond(account, build, look.file)
    _require_agreement(account, look, build)
    return {"match": str(look.match), "base": look.base, "reference_checked": check is not None, **account.plain()}


def table_reference_columns(look: TableLook) -> tuple[Column, ...]:
    """Give every column of the published table."""
    return (*(PUBLISHED if look.match is TableMatch.ALLELE else REGIONS), *look.annotation_columns())


def verify_table(path: Path) -> None:
    """Prove that a published table, of either form, is what its joins rely on.

    Raises:
        ReferenceDataError: it is not.

    """
    by_place = "start" in pl.scan_parquet(path).collect_schema()
    (verify_places if by_place else verify_published)(path)


def _batches(
    source: Path, look: TableLook, told: Told, build: Build, account: TableAccount, say: Say
) -> Iterator[pl.DataFrame]:
    """Give alleles or intervals with the kept columns as text."""
    match = look.match or TableMatch.ALLELE
    place = look.places[build]
    wanted = {f"_{role}": place[role] for role in ROLES[match]} | {one.name: one.source for one in look.kept}
    silent = [*told.missing, ""]
    placed = alleles_of_rows if match is TableMatch.ALLELE else intervals_of_rows
    for rows in table_rows(source, read_head(source, look.file), wanted, account, say):
        text = pl.col(*wanted)
        bare = rows.with_columns(pl.when(~text.str.to_lowercase().is_in(silent)).then(text))
        yield placed(bare, look.base, build, account)


def _checked(batches: Iterator[pl.DataFrame], check: ReferenceCheck, account: TableAccount) -> Iterator[pl.DataFrame]:
    """Set the alleles aside whose REF is not what the reference sequence has."""
    for frame in batches:
        if "ref" not in frame.columns:
            yield frame
            continue
        kept, wrong = check.part(frame)
        for (reason,), rows in wrong.group_by("reason"):
            account.count(str(reason), rows)
        account.compared, account.agreeing = check.compared, check.agreeing
        yield kept


def _whole(frame: pl.DataFrame, look: TableLook, account: TableAccount) -> pl.DataFrame:
    account.kept += len(frame)
    made = typed(frame, look.kept)
    place = ("chrom", "pos", "ref", "alt") if "pos" in made.columns else ("chrom", "start", "end")
    nobody = pl.lit(None, pl.String)
    more = {INTERVAL_END.name: pl.col("end"), OWN_VARIANT.name: nobody, LISTED.name: pl.lit(value=True)}
    declared = [more.get(column.name, pl.col(column.name)).alias(column.name) for column in look.annotation_columns()]
    return made.select(*place, *declared)


def _nothing(account: TableAccount, look: TableLook, build: Build) -> ReferenceDataError:
    told = ", ".join(f"{count:,}: {reason}" for reason, count in account.set_aside.most_common())
    return ReferenceDataError(
        f"Of {account.rows_read:,} rows of {look.file} none can be used in {build} ({told or 'it has no rows'}).",
        title="Nothing in this file can be used",
        hint="Look at what each column was taken for, and at the genome build.",
    )


def _require_agreement(account: TableAccount, look: TableLook, build: Build) -> None:
    if account.compared < ENOUGH_COMPARED or account.agreeing >= SHARE_AGREEING * account.compared:
        return
    other = "0" if look.base == 1 else "1"
    raise ReferenceDataError(
        f"Of {account.compared:,} alleles of {look.file} only {account.agreeing:,} have the base of the {build} "
        "sequence as REF.",
        title="The file does not fit its genome build",
        hint=f"It is of another build than {build}, or its positions count from {other} (base = {other}).",
    )
