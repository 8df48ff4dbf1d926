"""just-dna modules of every format version, made by hand: the same three sites, as each version writes them."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from genoteca.store.just_dna.converting import convert
from genoteca.store.just_dna.origin import Origin
from genoteca.store.just_dna.placing import BasesOf
from genoteca.store.just_dna.report import JustDnaReport

SPEC = """schema_version: "1.0"
module:
  name: three_sites
  title: "Three sites"
  description: "Three sites for a test"
  version: "1.2.0"
defaults: {curator: someone, method: reading, priority: medium}
genome_build: GRCh38
license: CC-BY-4.0
"""

MTHFR = {"rsid": "rs1801133", "chrom": "1", "start": 11796321, "ref": "G", "alts": "A", "gene": "MTHFR"}
LACTASE = {"rsid": "rs4988235", "chrom": "2", "start": 135851076, "ref": "G", "alts": "A", "gene": "MCM6"}
EARWAX = {"rsid": "rs17822931", "chrom": "16", "start": 48224287, "ref": "C", "alts": "T", "gene": "ABCC11"}

ROWS: tuple[dict[str, Any], ...] = (
    {**MTHFR, "genotype": "A/A", "weight": -1.2, "state": "risk", "conclusion": "two copies", "phenotype": "Folate"},
    {**MTHFR, "genotype": "A/G", "weight": -0.5, "state": "risk", "conclusion": "one copy", "phenotype": "Folate"},
    {
        **LACTASE,
        "genotype": "A/G",
        "weight": 0.5,
        "state": "protective",
        "conclusion": "milk",
        "phenotype": "Lactase",
    },
    {**EARWAX, "genotype": "C/C", "weight": 0.0, "state": "neutral", "conclusion": "wet", "phenotype": "Earwax"},
)
"""No site has all of its genotypes."""

STUDIES: tuple[dict[str, Any], ...] = (
    {"rsid": "rs1801133", "pmid": "9545397", "population": "European", "p_value": None, "conclusion": "first",
     "study_design": "cohort"},
    {"rsid": "rs1801133", "pmid": "[PMID: 21732829]", "population": "Mixed", "p_value": "<0.001",
     "conclusion": "second", "study_design": "meta-analysis"},
)  # fmt: skip

WEIGHTS_0_1: dict[str, Any] = {
    "rsid": pl.String, "genotype": pl.List(pl.String), "module": pl.String, "weight": pl.Float64, "state": pl.String,
    "priority": pl.String, "conclusion": pl.String, "curator": pl.String, "method": pl.String, "chrom": pl.String,
    "start": pl.UInt32, "end": pl.UInt32, "ref": pl.String, "alts": pl.List(pl.String), "clinvar": pl.Boolean,
    "pathogenic": pl.Boolean, "benign": pl.Boolean, "likely_pathogenic": pl.Boolean, "likely_benign": pl.Boolean,
}  # fmt: skip
WEIGHTS_0_4 = WEIGHTS_0_1 | {
    "phased": pl.Boolean, "negatives": pl.String, "direction": pl.String, "stat_significance": pl.String,
    "effect_size": pl.Float64, "effect_measure": pl.String, "effect_allele": pl.String, "flags": pl.List(pl.String),
    "trait_efo_id": pl.String, "clin_sig": pl.String, "requires_callable": pl.Boolean, "acmg_sf": pl.Boolean,
    "actionability": pl.String,
}  # fmt: skip
WEIGHTS_0_5 = WEIGHTS_0_4 | {
    "variant_key": pl.String, "authored_ident": pl.List(pl.String), "callable_from": pl.String,
    "quality_from": pl.String, "min_quality": pl.Float64,
}  # fmt: skip
WEIGHTS_0_6 = WEIGHTS_0_5 | {"locus_index": pl.UInt32, "locus_count": pl.UInt32}
WEIGHTS = {"0.1": WEIGHTS_0_1, "0.2": WEIGHTS_0_1, "0.4": WEIGHTS_0_4, "0.5": WEIGHTS_0_5, "0.6": WEIGHTS_0_6}
_FALSE = ("clinvar", "pathogenic", "benign", "likely_pathogenic", "likely_benign")


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as a specification has them; the first names the columns."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def specification(
    folder: Path,
    rows: Sequence[Mapping[str, Any]] = ROWS,
    *,
    spec: str = SPEC,
    studies: Sequence[Mapping[str, Any]] = STUDIES,
) -> Path:
    """Write a specification."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "module_spec.yaml").write_text(spec)
    write_csv(folder / "variants.csv", rows)
    if studies:
        write_csv(folder / "studies.csv", studies)
    return folder


def compiled(folder: Path, version: str, rows: Sequence[Mapping[str, Any]] = ROWS) -> Path:
    """Write the compiled tables of a format version."""
    folder.mkdir(parents=True, exist_ok=True)
    schema = WEIGHTS[version]
    made = [_weight(row, version) for row in rows]
    cells = [{name: row.get(name) for name in schema} for row in made]
    pl.DataFrame(cells, schema=schema).write_parquet(folder / "weights.parquet")
    _annotations(made, version).write_parquet(folder / "annotations.parquet")
    studies = [{**study, "module": "three_sites"} for study in STUDIES]
    pl.DataFrame(studies, schema_overrides={"p_value": pl.String}).write_parquet(folder / "studies.parquet")
    if version != "0.1":
        write_manifest(folder)
    return folder


def write_manifest(folder: Path, **more: Any) -> None:
    """Write manifest.json, with the digests of the tables that are there."""
    files = [
        {"name": path.name, "sha256": f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}", "size": 1}
        for path in sorted(folder.glob("*.parquet"))
    ]
    told = {
        "manifest_version": "1.0",
        "schema_version": "1.0",
        "identity": {"namespace": None, "name": "three_sites", "version": "1.2.0"},
        "display": {"title": "Three sites", "description": "Three sites for a test", "report_title": "Three"},
        "genome_build": "GRCh38",
        "license": "CC-BY-4.0",
        "artifact": {"digest": "sha256:0", "files": files},
    }
    (folder / "manifest.json").write_text(json.dumps(told | more))


def _weight(row: Mapping[str, Any], version: str) -> dict[str, Any]:
    known = {"module": "three_sites", "priority": "medium", "curator": "someone", "method": "reading", "end": 0}
    if version in ("0.1", "0.2", "0.4"):
        known |= dict.fromkeys(_FALSE, False)  # what up to 0.4 wrote where nothing is said
    named = {"variant_key": row["rsid"], "authored_ident": ["rsid"], "locus_index": 0, "locus_count": 1}
    lists = {"genotype": row["genotype"].split("/"), "alts": row["alts"].split(",") if row["alts"] else None}
    return {**known, **named, **row, **lists, "spelled": row["genotype"]}


def _annotations(rows: Sequence[Mapping[str, Any]], version: str) -> pl.DataFrame:
    """Up to 0.4 one row an rsID (the first counts), in 0.5 one a conclusion, from 0.6 on one a genotype."""
    facts = ("rsid", "gene", "phenotype", "category")
    keys = {"0.5": ("variant_key", "conclusion", "negatives"), "0.6": ("variant_key", "genotype", "conclusion")}
    columns = (*facts, *keys.get(version, ()))
    made = [{name: row["spelled"] if name == "genotype" else row.get(name) for name in columns} for row in rows]
    table = pl.DataFrame(made, schema=dict.fromkeys(columns, pl.String))
    return table.unique(keys.get(version, ("rsid",)), keep="first", maintain_order=True)


def imported(source: Path, out: Path, *, bases_of: BasesOf | None = None, card: str = "") -> JustDnaReport:
    """Convert a module, and hold its counts to their sum."""
    origin = Origin(given="a test", name=source.name, card_licence=card)
    report = convert(source, out, origin=origin, bases_of=bases_of)
    assert report.rows_read == report.rows_kept + sum(report.set_aside.values())
    assert report.undescribed >= 0
    return report


def sites(out: Path) -> list[dict[str, Any]]:
    """Give the sites that were written."""
    return pl.read_parquet(out / "sites.parquet").to_dicts()


def genotypes(out: Path) -> list[dict[str, Any]]:
    """Give the genotypes that were written."""
    return pl.read_parquet(out / "genotypes.parquet").to_dicts()
