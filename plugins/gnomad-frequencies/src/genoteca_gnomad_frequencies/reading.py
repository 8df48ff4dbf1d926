"""From the files of a release to batches of alleles with the module's columns, and the account of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from genoteca.sdk import (
    Column,
    Fetched,
    ReferenceDataError,
    ReferenceRequest,
    SiteAccount,
    Stored,
    polars_schema,
    read_site_header,
    site_batches,
)
from genoteca_gnomad_frequencies.fields import label_of, layout_of
from genoteca_gnomad_frequencies.releases import CHROMOSOMES
from genoteca_gnomad_frequencies.source import Part, Plan

__all__ = ["Account", "Reader", "kept_alleles"]

SLICE = 1 << 17
"""Rows of an earlier reference that are taken at once."""
SITE = ("chrom", "pos", "ref", "alt")


@dataclass(kw_only=True, slots=True)
class Account:
    """What became of every record and allele, and of every file."""

    sites: SiteAccount = field(default_factory=SiteAccount)
    taken_over: int = 0
    """Alleles of the reference that was there before."""
    repeated: int = 0
    """Rows that say the same as another."""
    published: int = 0
    files: dict[str, Fetched] = field(default_factory=dict)
    """By address, or path on this computer."""
    files_before: list[Any] = field(default_factory=list)
    """What the record of the reference says of them that was there before."""
    labels: dict[str, str] = field(default_factory=dict)
    """Version and data, by the same."""
    absent: dict[str, list[str]] = field(default_factory=dict)
    """Columns that a kind of data has not."""
    unproven: list[str] = field(default_factory=list)
    """Files for which the publisher's checksum is not known."""
    chromosomes: Counter[str] = field(default_factory=Counter)
    """Alleles by chromosome."""

    def finished(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Count the repeats among the alleles of a sorted table, of which every row of an allele is here."""
        key = pl.col("key")
        shared = rows.filter(((key == key.shift()) | (key == key.shift(-1))).fill_null(value=False))
        self.repeated += len(shared) - shared.n_unique()
        return rows.drop("key")

    def require_sum(self) -> None:
        """Check that of the records read, and of the alleles given, none was lost on the way.

        Raises:
            ReferenceDataError: some were.

        """
        self.sites.require_sum()
        given = self.sites.alleles_kept + self.taken_over
        if given != self.published + self.repeated:
            raise ReferenceDataError(
                f"{given} alleles were given; {self.published} were published and {self.repeated} repeat them: "
                "some are lost.",
                hint="This is a fault of the module, not of the files. Please report it.",
            )

    def told(self, looked_up: Collection[str]) -> dict[str, Any]:
        """What the record of the reference keeps; `looked_up`: the chromosomes that it was made for."""
        sites = self.sites
        chroms = [chrom for chrom in CHROMOSOMES if chrom in looked_up]
        return {
            "chromosomes": chroms,
            "chromosomes_without_data": [chrom for chrom in chroms if not self.chromosomes[chrom]],
            "files": [
                {"url": file.url, "sha256": file.sha256, "bytes": file.bytes, "data": self.labels[source]}
                for source, file in self.files.items()
            ]
            + self.files_before,
            "without_checksum": self.unproven,
            "records_read": sites.records_read,
            "alleles_read": sites.alleles_read,
            "alleles_kept": sites.alleles_kept,
            "alleles_taken_over": self.taken_over,
            "alleles_repeated": self.repeated,
            "set_aside": sites.set_aside,
            "values_left_out": dict(sites.values_left_out),
            "fields_absent": self.absent,
            "build_evidence": sites.build_evidence,
            "warnings": sites.warnings,
        }


class Reader:
    """Fetches and reads the files of a plan, a chromosome after the other."""

    def __init__(self, request: ReferenceRequest, plan: Plan, account: Account) -> None:
        self._request, self._plan, self._account = request, plan, account
        self._schema = polars_schema(request.manifest.columns)
        self._total = plan.bytes
        self._files = sum(len(parts) for parts in plan.parts.values()) or 1
        self._before = 0.0

    def alleles(self, wanted: frozenset[str], earlier: dict[str, Iterator[pl.DataFrame]]) -> Iterator[pl.DataFrame]:
        """Give the alleles of these chromosomes, in order; of some from an `earlier` reference."""
        for chrom in CHROMOSOMES:
            if chrom in earlier:
                yield from earlier[chrom]
            elif chrom in wanted:
                for part in self._plan.parts.get(chrom, ()):
                    yield from self._read(part, frozenset({chrom}))
        for part in self._plan.parts.get("", ()):
            yield from self._read(part, wanted)

    def _read(self, part: Part, chromosomes: frozenset[str]) -> Iterator[pl.DataFrame]:
        account, request = self._account, self._request
        share = self._share(part)
        fetched = request.fetch.fetch(
            part.source,
            checksum=part.checksum,
            progress=lambda done, said: request.progress(self._before + 0.7 * share * done, said),
        )
        layout = layout_of(read_site_header(fetched.path))
        label = part.label or label_of(Path(part.source).name, layout.kind)
        account.files[part.source] = fetched
        account.labels[part.source] = label
        account.absent[label] = list(layout.absent)
        if not part.checksum:
            account.unproven.append(part.source)
        for rows in site_batches(
            fetched.path,
            info=layout.info,
            build=request.build,
            account=account.sites,
            chromosomes=chromosomes,
            progress=lambda done, said: request.progress(
                self._before + share * (0.7 + 0.3 * done), f"{label}: {said}"
            ),
        ):
            made = shaped(layout.columns(rows, label), self._schema)
            account.chromosomes.update(dict(made["chrom"].cast(pl.String).value_counts().iter_rows()))
            yield made
        _require_build(account.sites, part)
        self._before += share

    def _share(self, part: Part) -> float:
        """Give a file's share of the work, of which sorting is the last twentieth."""
        return 0.95 * (part.bytes / self._total if self._total else 1 / self._files)


def shaped(rows: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Give alleles every column that the manifest declares; null where the file has none."""
    cells = (
        pl.col(name).cast(kind) if name in rows.columns else pl.lit(None, kind).alias(name)
        for name, kind in schema.items()
    )
    return rows.select(*SITE, *cells)


def kept_alleles(stored: Stored, chrom: str, columns: tuple[Column, ...], account: Account) -> Iterator[pl.DataFrame]:
    """Give the alleles of a chromosome out of an earlier reference, which is sorted by it, a part at a time."""
    scan = pl.scan_parquet(stored.path)
    counted = scan.group_by(pl.col("chrom").cast(pl.String)).len().collect()
    rows = dict(counted.iter_rows())
    start = sum(rows.get(before, 0) for before in CHROMOSOMES[: CHROMOSOMES.index(chrom)])
    names = [*SITE, *(column.name for column in columns)]
    for offset in range(0, rows.get(chrom, 0), SLICE):
        part = scan.slice(start + offset, min(SLICE, rows[chrom] - offset)).select(names).collect()
        account.taken_over += len(part)
        account.chromosomes[chrom] += len(part)
        yield part


def _require_build(sites: SiteAccount, part: Part) -> None:
    if not sites.build_shown:
        raise ReferenceDataError(
            f"{part.source} does not say which genome build it is in, and gnomAD's files do.",
            hint="Take the publisher's file as it is, with its header.",
        )
