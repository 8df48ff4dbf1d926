"""Which columns say where a row lies, by what they are called; of each genome build that the file has places in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import polars as pl

from genoteca.genome.build_evidence import builds_named
from genoteca.genome.contigs import accession_of
from genoteca.genome.well_known import WELL_KNOWN
from genoteca.model.build import Build, chromosome

__all__ = ["build_of_rows", "build_of_words", "counts_from_zero", "places_named"]

_ALIKE = {
    "chrom": (
        "chrom",
        "chr",
        "chromosome",
        "contig",
        "seqname",
        "seqnames",
        "chromosomename",
        "chrname",
        "chromname",
    ),
    "pos": ("pos", "position", "bp", "basepair", "coordinate", "genomicposition", "chrpos", "location"),
    "ref": ("ref", "reference", "refallele", "referenceallele", "referencebase", "refbase"),
    "alt": ("alt", "alternate", "alternative", "altallele", "alternateallele", "alternativeallele", "altbase"),
    "start": ("start", "chromstart", "begin", "startposition", "regionstart", "startpos", "chrstart", "posstart"),
    "end": ("end", "chromend", "stop", "endposition", "regionend", "endpos", "chrend", "stopposition", "posend"),
}
_ROLE = {word: role for role, words in _ALIKE.items() for word in words}
_COUNTED = re.compile(r"\(?(?:[01][- ]?based|1based|0based)\)?", re.IGNORECASE)
_ZERO = re.compile(r"0[- _]?based", re.IGNORECASE)
_BUILD_WORD = re.compile(r"(?:grch|hg|b)(?:3[678]|1[89])|ncbi36", re.IGNORECASE)


def places_named(names: Sequence[str]) -> tuple[dict[str, str], dict[Build, dict[str, str]]]:
    """Give the columns by role: those that name no build, and those of each build that is named (`hg19_pos`)."""
    plain: dict[str, str] = {}
    tagged: dict[Build, dict[str, str]] = {}
    for name in names:
        builds = builds_named(name)
        bare = re.sub(r"[^a-z0-9]", "", _COUNTED.sub("", _BUILD_WORD.sub("", name)).lower())
        role = _ROLE.get(bare)
        if role is None:
            continue
        found = tagged.setdefault(next(iter(builds)), {}) if len(builds) == 1 else plain
        found.setdefault(role, name)
    return plain, tagged


def counts_from_zero(place: Mapping[str, str]) -> bool:
    """Tell whether the names of the columns say that the first base is 0: in so many words, or as UCSC's tables do.

    chromStart and chromEnd: https://genome.ucsc.edu/FAQ/FAQtracks#tracks1.
    """
    said = " ".join(place.values())
    return _ZERO.search(said) is not None or "chromstart" in place.get("start", "").lower()


def build_of_words(words: Sequence[str]) -> tuple[Build | None, str]:
    """Tell the build from remarks and names, and which of them says so; None: none does, or they contradict."""
    told = {build: text for text in reversed(words) for build in builds_named(text)}
    if len(told) != 1:
        return None, f"The file names {' and '.join(told)}." if told else ""
    ((build, text),) = told.items()
    return build, f"The file says so: {text.strip()[:80]}"


def build_of_rows(rows: pl.DataFrame, chrom: str, pos: str, *, base: int) -> tuple[Build | None, str]:
    """Tell the build from the first rows: versions of accessions, well-known variants, the chromosomes' lengths."""
    names = rows[chrom].drop_nulls().unique().to_list()
    versions = {found.build for name in names if (found := accession_of(name)) and found.build}
    if versions:
        (build, *others) = versions
        return (None, "The accessions are of several builds.") if others else (build, "The accessions say so.")
    folded = {name: chromosome(name) for name in names}
    places = rows.select(
        chrom=pl.col(chrom).replace_strict(folded, default=None, return_dtype=pl.String),
        pos=pl.col(pos).cast(pl.Int64, strict=False) + (1 - base),
    ).drop_nulls()
    return _of_known(rows, places) or _of_lengths(places) or (None, "")


def _of_known(rows: pl.DataFrame, places: pl.DataFrame) -> tuple[Build, str] | None:
    """Find well-known variants that are named by their rsID."""
    known = {one.rsid: one for one in WELL_KNOWN}
    told: dict[Build, str] = {}
    if len(places) != len(rows):
        return None
    for name in rows.columns:
        at = rows[name].is_in(list(known)).arg_true().to_list()
        for n in at[:50]:
            one = known[rows[name][n]]
            for build, pos in one.positions.items():
                if (one.chrom, pos) == places.row(n):
                    told.setdefault(build, f"{one.rsid} stands at {one.chrom}:{pos:,}, where {build} has it.")
    return next(iter(told.items())) if len(told) == 1 else None


def _of_lengths(places: pl.DataFrame) -> tuple[Build, str] | None:
    """Leave the one build in which every place lies on its chromosome; most files are silent here."""
    last = dict(places.group_by("chrom").agg(pl.col("pos").max()).iter_rows())
    fitting = [b for b in (Build.GRCH37, Build.GRCH38) if all(end <= b.lengths[chrom] for chrom, end in last.items())]
    if len(fitting) != 1:
        return None
    return fitting[0], f"Its places lie on the chromosomes of {fitting[0]} only."
