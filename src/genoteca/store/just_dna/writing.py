"""The folder of an imported module: module.toml, tables, and a README of where it is from and what was done."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from genoteca.model.column import AnnotationColumn
from genoteca.model.module import Author, Licence, ModuleManifest, Source, fold
from genoteca.model.sample import SampleKind
from genoteca.sdk.toml_text import manifest_toml
from genoteca.store.just_dna.columns import columns_of
from genoteca.store.just_dna.facts import UNSTATED, Facts
from genoteca.store.just_dna.formats import HOME
from genoteca.store.just_dna.readme import readme
from genoteca.store.just_dna.report import JustDnaReport

__all__ = ["Written", "write_module"]

NO_COLUMN = ("site", "chrom", "pos", "ref", "alt", "genotype", "contradicts")
MOST_TITLE = 60
PATHOGENIC = "pathogenic"
TABLE = {
    "kind": "genotypes",
    "dense": True,
    "complete": False,
    "sites": "sites.parquet",
    "genotypes": "genotypes.parquet",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """Everything that goes into the folder."""

    id: str
    facts: Facts
    report: JustDnaReport
    licence: Licence
    sources: Sequence[Source]
    url: str
    release: str
    sites: pl.DataFrame
    genotypes: pl.DataFrame
    aside: pl.DataFrame


def write_module(folder: Path, made: Written) -> None:
    """Write the folder; the same module gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    filled = [name for name in (*made.sites.columns, *made.genotypes.columns) if name not in NO_COLUMN]
    columns = columns_of(set(filled))
    made.sites.write_parquet(folder / "sites.parquet")
    made.genotypes.drop("contradicts", strict=False).write_parquet(folder / "genotypes.parquet")
    made.aside.write_parquet(folder / "set_aside.parquet")
    tables = ("sites.parquet", "genotypes.parquet")
    manifest = _manifest(made, columns, _digest([folder / name for name in tables]))
    (folder / "module.toml").write_text(manifest_toml(manifest, TABLE), "utf-8")
    (folder / "README.md").write_text(readme(manifest, made.report, made.aside), "utf-8")


def _manifest(made: Written, columns: Sequence[AnnotationColumn], digest: str) -> ModuleManifest:
    report, facts = made.report, made.facts
    return ModuleManifest(
        schema=1,
        id=made.id,
        title=_cut(facts.title, MOST_TITLE) if len(facts.title) > 1 else f"just-dna {made.id}",
        summary=_summary(facts, report),
        description=_description(facts, report),
        version=facts.version,
        data_version=f"{fold(made.release)[:12]}-{digest}" if made.release else digest,
        authors=tuple(Author(name=_cut(name, 200)) for name in facts.authors) or (Author(name="Not stated"),),
        category="just-dna",
        tags=("just-dna", "imported"),
        licence=made.licence,
        sources=(_own_source(made), *made.sources),
        builds=(facts.build,),
        sample_kinds=_kinds(made.genotypes),
        dense=True,
        columns=tuple(columns),
    )


def _kinds(genotypes: pl.DataFrame) -> tuple[SampleKind, ...]:
    """Leave arrays out where the module calls alleles pathogenic: most such calls of an array are wrong.

    Weedon et al. 2021, https://doi.org/10.1136/bmj.n214.
    """
    kinds = (SampleKind.WHOLE_GENOME, SampleKind.EXOME, SampleKind.GVCF, SampleKind.PANEL)
    told = [name for name in ("clin_sig", "flags_true") if name in genotypes.columns]
    grave = any(genotypes[name].str.contains(PATHOGENIC).any() for name in told)
    return kinds if grave else (*kinds, SampleKind.ARRAY)


def _summary(facts: Facts, report: JustDnaReport) -> str:
    counted = f"A just-dna module: {report.genotypes:,} genotypes at {report.sites:,} sites"
    return _cut(f"{facts.description.rstrip('.')}. {counted}." if facts.description else f"{counted}.", 200)


def _description(facts: Facts, report: JustDnaReport) -> str:
    told = (
        f"{facts.description}\n" if facts.description else "",
        (
            f"Imported from a just-dna module ({report.source}). What it says is its authors'; Genoteca looked at "
            "places and alleles, not at the claims."
        ),
        (
            f"{report.rows_kept:,} of {report.rows_read:,} rows are in use; the README counts the others, with the "
            f"reasons. {report.undescribed:,} possible genotypes are not described by the module: who has one is "
            "told so. Nothing is inferred from a file's silence."
        ),
        report.positions,
    )
    return "\n".join(line for line in told if line)


def _own_source(made: Written) -> Source:
    facts = made.facts
    version = "" if facts.version == UNSTATED else f", version {facts.version}"
    by = f" by {', '.join(facts.authors[:3])}" if facts.authors else ""
    return Source(
        name=f"just-dna module {facts.name}",
        url=made.url or HOME,
        release=made.release or ("" if facts.version == UNSTATED else facts.version),
        licence=made.licence.data,
        citation=f"{facts.title}{version}{by}; taken from {made.report.source}.",
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _digest(paths: Sequence[Path]) -> str:
    told = "".join(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)
    return hashlib.sha256(told.encode()).hexdigest()[:12]
