"""What is found in a user's table: its columns, what each was taken for, its build, and what is missing to use it."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict

from genoteca.errors import InputError
from genoteca.model.build import Build
from genoteca.model.column import AnnotationColumn, ColumnType
from genoteca.sdk.own_table.head import FileKind
from genoteca.sdk.own_table.told import TableMatch

__all__ = ["INTERVAL_END", "LISTED", "OWN_VARIANT", "SeenColumn", "TableLook"]

SHOWN = 8
"""Columns shown in a result until the user chooses others."""

INTERVAL_END = AnnotationColumn(
    name="interval_end",
    label="Interval ends at",
    type=ColumnType.POSITION,
    description="Last base of the interval (1-based, included); Position is its first.",
)
OWN_VARIANT = AnnotationColumn(
    name="own_variant",
    label="Your variant",
    type=ColumnType.TEXT,
    description="The genome's variant that lies here: chromosome, position (1-based), REF and ALT, after trimming.",
)
LISTED = AnnotationColumn(
    name="listed", label="Listed", type=ColumnType.FLAG, description="The file has a row for it."
)


class SeenColumn(BaseModel):
    """One column of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    """As the file names it."""
    name: str
    """As Genoteca names it."""
    label: str
    type: ColumnType
    description: str
    link: str = ""
    examples: tuple[str, ...] = ()
    role: str = ""
    """What of the place it says; empty: it is no part of it."""
    kept: bool = True


class TableLook(BaseModel):
    """A file as it would be used under the settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    kind: FileKind
    builds: tuple[Build, ...]
    """In which the file has places; none: it does not say."""
    build_evidence: str
    match: TableMatch | None
    """None: nothing says where the rows lie."""
    base: int
    """What the first base of a chromosome is numbered: 1, or 0 with ends that are not included."""
    places: dict[Build, dict[str, str]]
    """Columns by role, of each build."""
    place: dict[str, str]
    """Columns by role, as a form shows them: of the first build, or of the one that is not known yet."""
    columns: tuple[SeenColumn, ...]
    names: tuple[str, ...]
    """Heads of `rows`."""
    rows: tuple[tuple[str, ...], ...]
    """The first rows, as text."""
    missing: tuple[str, ...] = ()
    """What must be said before the file can be used; none: it can."""
    notes: tuple[str, ...] = ()

    @property
    def kept(self) -> tuple[SeenColumn, ...]:
        """Columns that are kept."""
        return tuple(column for column in self.columns if column.kept)

    def annotation_columns(self) -> tuple[AnnotationColumn, ...]:
        """Give the kept columns as a module declares them; the first few are shown until others are chosen.

        Of intervals, their end stands before them: the position of an answer is the interval's first base. Where no
        alleles are compared, the genome's variant follows, which only annotating can tell. Of a file that has no
        other column, that a row lists it.
        """
        if self.match is TableMatch.INTERVAL:
            return (INTERVAL_END, OWN_VARIANT, *self._declared())
        if self.match is TableMatch.POSITION:
            return (OWN_VARIANT, *self._declared())
        return self._declared() or (LISTED,)

    def _declared(self) -> tuple[AnnotationColumn, ...]:
        return tuple(
            AnnotationColumn(
                name=column.name,
                label=column.label,
                type=column.type,
                description=column.description,
                null="the file says nothing here",
                link=column.link,
                hidden=place >= SHOWN,
            )
            for place, column in enumerate(self.kept)
        )

    def require(self) -> Self:
        """Check that the file can be used.

        Raises:
            InputError: something is missing, with what was found.

        """
        if self.missing:
            found = ", ".join(self.names[:40]) + (" …" if len(self.names) > 40 else "")
            raise InputError(
                f"{self.file} is a {self.kind} file with these columns: {found}. Missing: {'; '.join(self.missing)}.",
                title="This file cannot be used yet",
                hint="Say what is missing in the settings: chrom, pos, ref, alt, start and end each name a column, "
                "build is GRCh37 or GRCh38, match is allele, position or interval.",
            )
        return self
