"""What Dagster's catalogue says of a module's asset: what it is, by whom, of which sources, under which licence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genoteca.model.column import Column
    from genoteca.model.module import ModuleManifest, Source

__all__ = ["column_schema", "described", "told_of_module"]

SPDX = "https://spdx.org/licenses/{}.html"
OWN = "LicenseRef-"
"""Start of a licence's name that SPDX does not list."""


def described(manifest: ModuleManifest, what: str) -> str:
    """Give the description of an asset, in Markdown; `what`: its first paragraph."""
    builds = ", ".join(str(one) for one in manifest.builds)
    about = f"{manifest.title} {manifest.version}" + (f", for {builds}" if builds else "")
    asks = "It asks before it is shown: its numbers stay closed here." if manifest.gate else ""
    sources = "\n".join(f"- {_source(one)}" for one in manifest.sources)
    licence = f"Licence of the data: {_licence(manifest.licence.data)}. {manifest.licence.data_note}".strip()
    return "\n\n".join(filter(None, [what, f"{about}.", asks, sources and f"Sources:\n\n{sources}", licence]))


def told_of_module(manifest: ModuleManifest) -> dict[str, Any]:
    """Give what stands beside the description: the module's version and licences, and a link to each source."""
    import dagster as dg

    told: dict[str, Any] = {
        "module": f"{manifest.title} {manifest.version}",
        "data version": manifest.data_version,
        "licence of the data": manifest.licence.data,
        "licence of the code": manifest.licence.code,
    }
    return told | {f"source: {one.name}": dg.MetadataValue.url(one.url) for one in manifest.sources}


def column_schema(columns: Iterable[Column]) -> Any:
    """Give a table's columns as Dagster shows them: with what they mean, and what an empty cell means."""
    import dagster as dg

    return dg.TableSchema(
        columns=[dg.TableColumn(column.name, column.type.value, description=_meaning(column)) for column in columns]
    )


def _meaning(column: Column) -> str:
    empty = f"Empty: {column.null}." if column.null else ""
    return " ".join(filter(None, [f"{column.label}.", column.description, empty]))


def _source(source: Source) -> str:
    more = [source.citation, f"Licence: {source.licence}" if source.licence else ""]
    return ". ".join([f"[{source.name}]({source.url})", *(one.rstrip(".") for one in more if one)]) + "."


def _licence(name: str) -> str:
    """Link a licence that SPDX lists; an expression of several, or one of the publisher's own, stands as it is."""
    return name if name.startswith(OWN) or " " in name else f"[{name}]({SPDX.format(name)})"
