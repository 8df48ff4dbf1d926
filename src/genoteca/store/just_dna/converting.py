"""From a just-dna module's files to the folder of a data module."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from genoteca.errors import InputError
from genoteca.store.just_dna.beside import Studies, read_studies, with_annotations
from genoteca.store.just_dna.facts import Facts, module_id_of, read_facts
from genoteca.store.just_dna.formats import HOME, RESOLUTION
from genoteca.store.just_dna.found import Found, find
from genoteca.store.just_dna.licence import licence_of, read_terms, term_sources
from genoteca.store.just_dna.origin import Origin
from genoteca.store.just_dna.placing import BasesOf, Placed, prove
from genoteca.store.just_dna.report import JustDnaReport
from genoteca.store.just_dna.resolving import resolve
from genoteca.store.just_dna.rows import content_of, on_chromosomes, read_rows
from genoteca.store.just_dna.sieve import Sieve
from genoteca.store.just_dna.sites import Sites, site_rows, with_shared
from genoteca.store.just_dna.tables import genotype_table, site_table
from genoteca.store.just_dna.writing import Written, write_module

__all__ = ["build_of", "convert"]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """A module as it was read, before anything is written."""

    found: Found
    facts: Facts
    sieve: Sieve
    read: int
    foreign: list[str]
    placed: Placed
    sites: Sites
    studies: Studies


def convert(
    folder: Path, out: Path, *, origin: Origin, module_id: str = "", bases_of: BasesOf | None = None
) -> JustDnaReport:
    """Write the data module of a just-dna module's folder into `out`, which must be new or empty.

    `module_id`: empty takes one made of their name. `bases_of`: the reference sequence of the module's build.

    Raises:
        InputError: it is no such module, it cannot be read, or none of its rows can be used.

    """
    found = find(folder)
    facts = read_facts(folder, fallback=origin.name)
    made = _read(found, facts, bases_of)
    sites, genotypes = site_table(made.sites, made.studies.table), genotype_table(made.sites)
    terms = read_terms(folder)
    report = _report(made, origin, sites, genotypes)
    write_module(
        out,
        Written(
            id=module_id_of(facts.name, module_id),
            facts=facts,
            report=report,
            licence=licence_of(facts.licence, origin.card_licence, terms),
            sources=term_sources(terms, fallback_url=origin.url or HOME),
            url=origin.url,
            release=origin.release,
            sites=sites,
            genotypes=genotypes,
            aside=made.sieve.rows(),
        ),
    )
    return report


def build_of(folder: Path) -> str:
    """Give the genome build that a module's positions are of, before anything else of it is read."""
    return read_facts(folder, fallback="module").build


def _read(found: Found, facts: Facts, bases_of: BasesOf | None) -> _Read:
    sieve = Sieve()
    rows, read, foreign = read_rows(found.rows, facts, sieve)
    if found.annotations:
        rows = with_annotations(rows, found.annotations)
    rows = resolve(rows, found.resolution or found.folder / RESOLUTION, facts.build, sieve)
    rows = on_chromosomes(rows, facts.build, sieve)
    placed = prove(rows, facts.build, sieve, bases_of)
    sites = site_rows(with_shared(placed.rows), content_of(rows), sieve)
    if sites.sites.is_empty():
        reasons = "; ".join(f"{count:,}: {reason}" for reason, count in sieve.counts(sites.kept).items())
        raise InputError(
            f"None of the {read:,} rows of {found.rows.name} can be used ({reasons or 'there is none'}).",
            title="Nothing of this module can be looked up",
            hint="Where rows have only an rsID, give the compiled module, or one with its resolution.csv.",
        )
    studies = read_studies(found.studies, sites.sites) if found.studies else Studies(_NO_STUDIES, 0, 0)
    return _Read(
        found=found,
        facts=facts,
        sieve=sieve,
        read=read,
        foreign=foreign,
        placed=placed,
        sites=sites,
        studies=studies,
    )


_NO_STUDIES = pl.DataFrame(
    schema=dict.fromkeys(("site", "pmids", "p_values", "populations", "study_findings"), pl.String)
)


def _report(made: _Read, origin: Origin, sites: pl.DataFrame, genotypes: pl.DataFrame) -> JustDnaReport:
    return JustDnaReport(
        source=origin.given,
        form=made.found.form,
        name=made.facts.name,
        version=made.facts.version,
        build=made.facts.build,
        build_told_by=made.facts.build_told_by,
        positions=made.placed.told_by,
        rows_read=made.read,
        rows_kept=len(made.sites.kept),
        set_aside=dict(made.sieve.counts(made.sites.kept)),
        sites=len(sites),
        genotypes=len(genotypes),
        undescribed=_undescribed(made.sites),
        contradictions=int(genotypes["contradicts"].is_not_null().sum()) if "contradicts" in genotypes else 0,
        shared=int(made.sites.sites["shared"].sum()),
        studies_read=made.studies.read,
        studies_kept=made.studies.kept,
        other_tables=made.found.others,
        notes=tuple(_notes(made)),
    )


def _undescribed(sites: Sites) -> int:
    """Count the genotypes of two copies (one on Y and MT) that no row is about."""
    alleles = pl.col("alt").str.count_matches(",", literal=True).cast(pl.Int64) + 2
    one = pl.col("chrom").is_in(["Y", "MT"])
    possible = sites.sites.select(pl.when(one).then(alleles).otherwise(alleles * (alleles + 1) // 2).sum()).item()
    homes = dict(sites.sites.select("site", "chrom").iter_rows())
    copies = pl.col("genotype").str.count_matches("/", literal=True) + 1
    home = pl.col("site").replace_strict(homes, return_dtype=pl.String)
    wanted = pl.when(home.is_in(["Y", "MT"])).then(1).otherwise(2)
    return int(possible) - len(sites.genotypes.filter(copies == wanted))


def _notes(made: _Read) -> list[str]:
    told = []
    if made.found.stale:
        told.append(f"Not named by the module's manifest, and not read: {', '.join(made.found.stale)}.")
    if made.foreign:
        told.append(f"Columns that are not carried over: {', '.join(made.foreign)}.")
    if made.sites.left_out:
        told.append(
            f"{made.sites.left_out:,} alternative alleles that are no letters (A, C, G, T) and of no genotype were "
            "left out."
        )
    return told
