"""The part `[table]` of a data module's `module.toml`: which kind of table, in which files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from genoteca.errors import ManifestError
from genoteca.sdk.manifest import MANIFEST_FILE, complaint, read_toml

__all__ = ["TABLE_SUFFIXES", "TableKind", "TableSpec", "load_table_spec"]

TABLE_SUFFIXES = (".csv", ".tsv", ".parquet")


class TableKind(StrEnum):
    """What a row of a data module's table is about."""

    ALLELES = "alleles"
    """One ALT allele at a position: `chrom, pos, ref, alt`."""
    GENOTYPES = "genotypes"
    """A site and a genotype, and what they mean."""
    REGIONS = "regions"
    """A stretch of a chromosome: `chrom, start, end`, 1-based, both included."""


class TableSpec(BaseModel):
    """Which tables a data module is made of. Files lie beside `module.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: TableKind
    dense: bool = True
    """Every site gets its evidence, or only carried alleles have rows."""
    complete: bool = True
    """Kind `genotypes`: every possible genotype of every site has a row. Where that cannot be (`false`: tables that
    others wrote), the column `described`, which the manifest declares, says so to whom it concerns."""
    alleles: str = ""
    """Kind `alleles`: the table."""
    regions: str = ""
    """Kind `regions`: the table."""
    sites: str = ""
    """Kind `genotypes`: one row per site, with coordinates in every build."""
    genotypes: str = ""
    """Kind `genotypes`: one row per site and genotype."""
    combinations: str = ""
    """Kind `genotypes`, optional: conclusions from several sites together."""
    rsids: str = ""
    """Kind `genotypes`, optional: the column of `sites` with their rsIDs. A site without chromosome and position in a
    build is then asked for by its rsID there, and every such answer is marked; empty: every site has a place."""

    @model_validator(mode="after")
    def _files_fit_the_kind(self) -> Self:
        needed = {
            TableKind.ALLELES: ("alleles",),
            TableKind.GENOTYPES: ("sites", "genotypes"),
            TableKind.REGIONS: ("regions",),
        }[self.kind]
        allowed = {*needed, *(("combinations",) if self.kind is TableKind.GENOTYPES else ())}
        named = {key: name for key, name in self.files().items() if name}
        if missing := [key for key in needed if key not in named]:
            raise ValueError(f"a table of kind {self.kind} names its {' and '.join(missing)}")
        if foreign := sorted(named.keys() - allowed):
            raise ValueError(f"a table of kind {self.kind} has no {', '.join(foreign)}")
        if self.rsids and self.kind is not TableKind.GENOTYPES:
            raise ValueError(
                f"rsids names a column of the sites of genotypes; a table of kind {self.kind} needs places"
            )
        if self.kind is TableKind.REGIONS and self.dense:
            raise ValueError("regions list what is carried in them and count nothing else: write dense = false")
        if not self.complete and self.kind is not TableKind.GENOTYPES:
            raise ValueError(f"complete = false is of genotypes; a table of kind {self.kind} lists what it lists")
        for name in named.values():
            if Path(name).name != name or Path(name).suffix not in TABLE_SUFFIXES:
                raise ValueError(f"{name!r} is not the name of a .csv, .tsv or .parquet file beside {MANIFEST_FILE}")
        return self

    def files(self) -> dict[str, str]:
        """Give the file name of every table by its key; empty: not given."""
        keys = ("alleles", "regions", "sites", "genotypes", "combinations")
        return {key: getattr(self, key) for key in keys}


def load_table_spec(folder: Path) -> TableSpec:
    """Read the part `[table]` of a package folder's `module.toml`.

    Raises:
        ManifestError: it is missing, or a key of it is unknown or not valid.

    """
    path = folder / MANIFEST_FILE
    told = read_toml(folder).get("table")
    if told is None:
        raise ManifestError(
            f"{path} has no part [table].", hint="A data module says in [table] which tables it is made of."
        )
    try:
        return TableSpec.model_validate(told)
    except ValidationError as error:
        raise complaint(error, path, inside="table") from error
