"""Looking at a user's table: what its settings do not say is found out from the file, or named as missing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import JsonValue

from genoteca.model.build import Build
from genoteca.sdk.module_file import of_a_module
from genoteca.sdk.own_table.columns import MOST_KEPT, named_column, seen_columns, with_choice
from genoteca.sdk.own_table.head import BED, FileKind, Head, read_head
from genoteca.sdk.own_table.places import build_of_rows, build_of_words, counts_from_zero, places_named
from genoteca.sdk.own_table.seen import TableLook
from genoteca.sdk.own_table.told import TableMatch, Told
from genoteca.sdk.own_table.vcf import look_at_vcf

__all__ = ["look_at_table"]

ROWS = 12
"""First rows that a form shows."""

NEEDED = {
    TableMatch.ALLELE: ("chrom", "pos", "ref", "alt"),
    TableMatch.POSITION: ("chrom", "pos"),
    TableMatch.INTERVAL: ("chrom", "start", "end"),
}
BUILDS = (Build.GRCH37, Build.GRCH38)
SHARED = ("chrom", "ref", "alt")
"""What a second place in the same row may lack: it is that of the first."""

Place = dict[str, str]


def look_at_table(path: Path, settings: Mapping[str, JsonValue]) -> TableLook:
    """Look at a file's beginning and say how it would be used; what the settings do not say is found out.

    Raises:
        InputError: no such file, no table, or the settings name a column that it has not.
        GenomeFileError: it is damaged, or another binary format.

    """
    told = Told.of(settings)
    with of_a_module():
        head = read_head(path, told.name or path.name)
        return look_at_vcf(path, told) if head.kind is FileKind.VCF else _table(path, head, told)


def _table(path: Path, head: Head, told: Told) -> TableLook:
    plain, tagged = _named_places(head, told)
    build, evidence = _build(path, head, told, plain)
    places = _places(told, plain, tagged, build)
    if build is None and places:
        evidence = "Columns of their own say of which build their places are."
    shown = next(iter(places.values()), plain)
    match = told.match or _match(shown)
    shown = _with_start(shown, match)
    places = {one: _with_start(place, match) for one, place in places.items()}
    roles = {column: role for place in (*tagged.values(), plain, shown) for role, column in place.items()}
    beside = [shown[role] for role in ("ref", "alt") if role in shown and match is not TableMatch.ALLELE]
    found = seen_columns(head.rows, roles, told.missing, beside=beside)
    if head.kind is FileKind.BED:
        drawn = BED[BED.index("thickStart") :]
        found = tuple(one.model_copy(update={"kept": one.kept and one.source not in drawn}) for one in found)
    columns = with_choice(found, told.columns)
    return TableLook(
        file=told.name or path.name,
        kind=head.kind,
        builds=tuple(places),
        build_evidence=evidence,
        match=match,
        base=_base(head, told, shown),
        places=places,
        place=shown,
        columns=columns,
        names=head.names,
        rows=tuple(tuple(cell or "" for cell in row) for row in head.rows.head(ROWS).iter_rows()),
        missing=_missing(match, shown, evidence, known=bool(places) or build is not None),
        notes=_notes(found, told),
    )


def _named_places(head: Head, told: Told) -> tuple[Place, dict[Build, Place]]:
    if head.kind is FileKind.BED:
        plain, tagged = dict(zip(("chrom", "start", "end"), head.names, strict=False)), dict[Build, Place]()
    else:
        plain, tagged = places_named(head.names)
    said = {role: named_column(column, head.names, f"the setting {role}") for role, column in told.place.items()}
    return plain | said, {} if said.keys() & {"pos", "start"} else tagged


def _build(path: Path, head: Head, told: Told, plain: Place) -> tuple[Build | None, str]:
    """Tell the build of the places that name none."""
    if told.build:
        return told.build, "You said so."
    named, words = build_of_words([*head.remarks, *plain.values(), told.name or path.name])
    at = plain.get("pos") or plain.get("start")
    if named or words or "chrom" not in plain or at is None:
        return named, words
    return build_of_rows(head.rows, plain["chrom"], at, base=_base(head, told, plain))


def _places(told: Told, plain: Place, tagged: dict[Build, Place], build: Build | None) -> dict[Build, Place]:
    """Give the columns by role in each build that the file has places in, as far as the user wants it."""
    whole = {
        one: {role: plain[role] for role in SHARED if role in plain} | place
        for one, place in tagged.items()
        if one in BUILDS and ("pos" in place or "start" in place)
    }
    located = "chrom" in plain and ("pos" in plain or "start" in plain)
    if build is None and located and len(whole) == 1:
        # dbNSFP: places without a build beside those of hg19 are of GRCh38 (https://www.dbnsfp.org)
        (build,) = {*BUILDS} - whole.keys()
    if build is not None and located and build not in whole:
        whole[build] = plain
    return {one: whole[one] for one in whole if told.build in (None, one)}


def _match(place: Place) -> TableMatch | None:
    if {"chrom", "ref", "alt"} <= place.keys() and place.keys() & {"pos", "start"}:
        return TableMatch.ALLELE
    if {"chrom", "start", "end"} <= place.keys():
        return TableMatch.INTERVAL
    return TableMatch.POSITION if {"chrom", "pos"} <= place.keys() else None


def _with_start(place: Place, match: TableMatch | None) -> Place:
    """Take the start for the position where a table of alleles or positions has only that, and the reverse."""
    if match is TableMatch.INTERVAL and "start" not in place and "pos" in place:
        return place | {"start": place["pos"]}
    if match is not TableMatch.INTERVAL and "pos" not in place and "start" in place:
        return place | {"pos": place["start"]}
    return place


def _base(head: Head, told: Told, place: Place) -> int:
    if told.base is not None:
        return told.base
    return 0 if head.kind is FileKind.BED or counts_from_zero(place) else 1


def _missing(match: TableMatch | None, place: Place, evidence: str, *, known: bool) -> tuple[str, ...]:
    if match is None:
        missing = ["the columns that say where a row lies (chrom and pos, with ref and alt; or chrom, start and end)"]
    else:
        missing = [f"the column {role} (match is {match})" for role in NEEDED[match] if role not in place]
    if not known:
        missing.append(
            f"the genome build (build){': ' + evidence if evidence else ', of which the file says nothing'}"
        )
    return tuple(missing)


def _notes(found: tuple[object, ...], told: Told) -> tuple[str, ...]:
    many = len(found) > MOST_KEPT and told.columns is None
    return (f"It has {len(found)} columns; the first {MOST_KEPT} are kept until others are chosen.",) if many else ()
