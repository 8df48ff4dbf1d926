"""Writing a draft as a data module: a folder of `module.toml`, tables and a README."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from genoteca.errors import InputError
from genoteca.model.build import Build
from genoteca.model.column import AnnotationColumn, ColumnType
from genoteca.model.module import Author, Licence, ModuleManifest, Source
from genoteca.model.sample import SampleKind
from genoteca.sdk.authoring.draft import LICENCES, MARK, Draft
from genoteca.sdk.authoring.looking import DraftLook
from genoteca.sdk.authoring.row_rules import CheckedRow
from genoteca.sdk.authoring.table_rules import CheckedRows
from genoteca.sdk.table_spec import TableKind
from genoteca.sdk.toml_text import manifest_toml

__all__ = ["write_draft"]

Table = list[dict[str, str]]
DESCRIBED = AnnotationColumn(
    name="described",
    label="Described",
    type=ColumnType.CATEGORY,
    description="Whether the module has a row for the genotype.",
)
KINDS = (SampleKind.WHOLE_GENOME, SampleKind.EXOME, SampleKind.GVCF, SampleKind.PANEL)


def write_draft(draft: Draft, look: DraftLook, checked: CheckedRows, folder: Path, *, version: str) -> ModuleManifest:
    """Write a module's folder; the same draft gives the same bytes.

    Raises:
        InputError: a row must be mended first, or something that the manifest needs is not said.

    """
    if checked.wrong:
        raise InputError(
            f"{len(checked.wrong)} things in {look.table.file} must be mended first. {checked.wrong[0].words}",
            hint=checked.wrong[0].hint,
        )
    folder.mkdir(parents=True, exist_ok=True)
    complete = look.kind is not TableKind.GENOTYPES or checked.complete
    tables = _tables(draft, look, checked.good)
    for name, rows in tables.items():
        _write(folder / f"{name}.csv", rows)
    digest = hashlib.sha256(b"".join((folder / f"{name}.csv").read_bytes() for name in tables)).hexdigest()[:12]
    manifest = _manifest(draft, look, version=version, data_version=digest, complete=complete)
    spec: dict[str, object] = {"kind": str(look.kind), "dense": look.kind is not TableKind.REGIONS}
    spec |= {} if complete else {"complete": False}
    spec |= {name: f"{name}.csv" for name in tables}
    (folder / "module.toml").write_text(manifest_toml(manifest, spec), "utf-8")
    (folder / "README.md").write_text(_readme(manifest, look, checked), "utf-8")
    return manifest


def _manifest(draft: Draft, look: DraftLook, *, version: str, data_version: str, complete: bool) -> ModuleManifest:
    columns = [
        AnnotationColumn(
            name=column.name, label=column.label, type=column.type, description=column.description, link=column.link
        )
        for column in look.kept
    ]
    return ModuleManifest(
        schema=1,
        id=draft.id,
        title=draft.title,
        summary=draft.summary,
        version=version,
        data_version=data_version,
        authors=(Author(name=draft.author),),
        category=draft.category,
        tags=(MARK,),
        licence=Licence(code=draft.licence, data=draft.licence, data_note=LICENCES.get(draft.licence, "")),
        sources=(
            Source(
                name=draft.source_name,
                url=draft.source_url,
                licence="facts and citation only",
                citation=draft.citation or draft.source_name,
            ),
        ),
        builds=look.builds,
        sample_kinds=(*KINDS, SampleKind.ARRAY) if draft.arrays else KINDS,
        dense=look.kind is not TableKind.REGIONS,
        columns=(*columns, *(() if complete else (DESCRIBED,))),
    )


def _tables(draft: Draft, look: DraftLook, rows: Sequence[CheckedRow]) -> dict[str, Table]:
    if look.kind is TableKind.GENOTYPES:
        return _panel(draft, look, rows)
    if look.kind is TableKind.REGIONS:
        return {"regions": [_told(one, look) | _stretch(one) for one in rows]}
    silence = {"infer": "true"} if draft.infer else {}
    return {"alleles": [_told(one, look) | part | silence for one in rows for part in _alleles(one)]}


def _told(one: CheckedRow, look: DraftLook) -> dict[str, str]:
    return {column.name: _cell(one.row.says.get(column.name), column.type) for column in look.kept}


def _cell(cell: str | None, kind: ColumnType) -> str:
    if cell is None:
        return ""
    return ";".join(part.strip() for part in cell.replace(",", ";").split(";")) if kind is ColumnType.LIST else cell


def _stretch(one: CheckedRow) -> dict[str, str]:
    return {
        f"{name}_{build}": str(value)
        for build, region in one.regions.items()
        for name, value in (("chrom", region.chrom), ("start", region.start), ("end", region.end))
    }


def _alleles(one: CheckedRow) -> Iterable[dict[str, str]]:
    """Give a row for each ALT, in every build."""
    for n in range(len(next(iter(one.sites.values())).alts)):
        yield {
            f"{name}_{build}": str(value)
            for build, site in one.sites.items()
            for name, value in (("chrom", site.chrom), ("pos", site.pos), ("ref", site.ref), ("alt", site.alts[n]))
        }


def _panel(draft: Draft, look: DraftLook, rows: Sequence[CheckedRow]) -> dict[str, Table]:
    """Part what is said of a site, the same in all its rows, from what is said of a genotype."""
    ids = _ids(rows)
    by_site: dict[str, list[CheckedRow]] = {}
    for one in rows:
        by_site.setdefault(ids[_place(one)], []).append(one)
    names = [column.name for column in look.kept]
    several = any(len(ones) > 1 for ones in by_site.values())
    of_site = [
        name
        for name in names
        if several and all(len({one.row.says.get(name) for one in ones}) == 1 for ones in by_site.values())
    ]
    sites: Table = []
    for site, ones in by_site.items():
        first = ones[0]
        place = {
            f"{name}_{build}": value
            for build, there in first.sites.items()
            for name, value in (
                ("chrom", there.chrom),
                ("pos", str(there.pos)),
                ("ref", there.ref),
                ("alt", ",".join(there.alts)),
            )
        }
        told = _told(first, look)
        strand = {"strand": first.strand} if "strand" in look.roles else {}
        infer = {"infer": "true" if draft.infer else "false"}
        sites.append({"site": site} | {name: told[name] for name in of_site} | place | strand | infer)
    genotypes = [
        {"site": ids[_place(one)], "genotype": one.genotype}
        | {name: cell for name, cell in _told(one, look).items() if name not in of_site}
        for one in rows
    ]
    return {"sites": sites, "genotypes": genotypes}


def _place(one: CheckedRow) -> tuple[Build, str, int]:
    build, site = next(iter(one.sites.items()))
    return build, site.chrom, site.pos


def _ids(rows: Iterable[CheckedRow]) -> Mapping[tuple[Build, str, int], str]:
    """Name every place: by its rsID, else by where it is."""
    named: dict[tuple[Build, str, int], str] = {}
    for one in rows:
        place = _place(one)
        named.setdefault(place, (one.row.told.get("rsid") or f"{place[1]}-{place[2]}").lower())
    return named


def _write(path: Path, rows: Table) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _readme(manifest: ModuleManifest, look: DraftLook, checked: CheckedRows) -> str:
    source, builds = manifest.sources[0], " and ".join(manifest.builds)
    compared = " and ".join(checked.reference_compared)
    lines = [
        f"# {manifest.title}",
        "",
        manifest.summary,
        "",
        f"Made of the table {look.table.file}: {len(checked.good):,} rows, positions in {builds}.",
        f"Its reference alleles were compared with the sequence of {compared}."
        if compared
        else "Its reference alleles were not compared with a reference sequence.",
        "",
        "## Source",
        "",
        f"{source.citation} {source.url}",
        "",
        "Not medical advice, and not a test for a disease.",
    ]
    return "\n".join(lines) + "\n"
