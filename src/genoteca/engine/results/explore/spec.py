"""What a browse table is made of, and where it lies: a name that changes with whatever it is made of."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from genoteca.engine.results.joined import JoinedModule
from genoteca.model.column import AnnotationColumn

__all__ = ["PLACES", "TABLE", "WideAbout", "WideModule", "WideSpec", "part_of"]

LAYOUT = 2
"""Of the browse table; a number of its own for every layout there ever was."""
TABLE = "table.duckdb"
PLACES = "places.npy"
"""Row numbers in genome order, where rows without a variant stand among the others."""


class Plain(BaseModel):
    """A value handed between processes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WideModule(Plain):
    """One module's stored answers."""

    id: str
    title: str
    release: str = ""
    path: Path
    sha256: str
    columns: tuple[AnnotationColumn, ...]
    """Every column of the table."""

    def joined(self) -> JoinedModule:
        """Give the module as the wide table takes it: with all its answers, closed ones among them."""
        return JoinedModule(
            module=self.id, title=self.title, release=self.release, path=self.path, columns=self.columns
        )


class WideSpec(Plain):
    """What one browse table is made of."""

    variants: Path
    sha256: str
    modules: tuple[WideModule, ...] = ()
    memory_gb: float = 1.0
    """What building it may take."""

    @property
    def name(self) -> str:
        """Name it by its contents: another reading, another answer or another column is another table."""
        told = [str(LAYOUT), self.sha256]
        for one in self.modules:
            told += [one.id, one.title, one.sha256, *(column.model_dump_json() for column in one.columns)]
        return blake2b("\n".join(told).encode(), digest_size=16).hexdigest()


class WideAbout(Plain):
    """What a browse table says of itself."""

    columns: tuple[AnnotationColumn, ...]
    """Every column, labelled with its module."""
    names: dict[str, dict[str, str]]
    """By module: each of its columns, and its name in the wide table."""
    titles: dict[str, str]
    variants: int
    rows: int
    """Rows about variants: they stand first. Those without a variant follow, up to `total`."""
    total: int
    identifiers: tuple[str, ...] = ()
    """Columns that name rsIDs."""
    letters: dict[str, str] = Field(default_factory=dict)
    """By column of text: every byte that stands in it, as 256 bits in hexadecimal digits."""


def part_of(target: Path) -> Path:
    """Name a folder beside `target` in which nobody else makes it."""
    return target.with_name(f".{target.name}.{uuid4().hex}.tmp")
