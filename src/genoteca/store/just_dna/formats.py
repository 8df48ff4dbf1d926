"""The just-dna module formats 0.1 to 0.6, as far as they are read here: files, columns, limits.

A *specification* is a folder of text that its author writes: `module_spec.yaml`, `variants.csv`, `studies.csv`. A
*compiled* module is what their compiler makes of it: `weights.parquet`, `annotations.parquet`, `studies.parquet`, from
0.2 on with `manifest.json`. Coordinates are of the one build that the manifest or the specification names, and of no
column; where neither names one, it is GRCh38. `start` is the 1-based position of VCF. (The schema of 0.1 to 0.4 called
it 0-based while every table that was published held 1-based positions; a later guide tells of modules whose authors
subtracted one. So positions are proven here wherever something proves them: `placing`.)

Sources, all read 2026-11-21, facts only:
- tables of 2026-01, before the specification existed:
  https://github.com/dna-seq/prepare-annotations/blob/045b9bbd3d2d1aabcd512203b3db5336fac285d1/docs/modules_schema.md
- published rows with their positions (rs429358 at 19:44908684, rs12740374 at 1:109274968):
  https://github.com/dna-seq/just-dna-lite/blob/ad630c6cfc419adac63e21fa3ea0b891ef0e6aae/notebooks/inspect_annotators.ipynb
- 0.2 to 0.4: columns, types and manifest.json:
  https://github.com/dna-seq/just-dna-format/tree/06bfb674f89e0f966175bd5512ee1045c23d5ee7
- what 0.5 added: https://github.com/dna-seq/just-dna-lite/blob/98a52dab5ff0b636053a589c058d1f87c7c26e4a/docs/MODULE_FORMAT_0_5_MIGRATION.md
- 0.6 and after: https://github.com/dna-seq/just-dna-compiler/blob/bc12b0aba5ebd503445f0431a5244564421fda52/compiler/src/just_dna_compiler/compiler/parquets.py
- what a reader owes the format: https://github.com/dna-seq/just-dna-compiler/blob/36da51ec6512df39546deb05efb803064c1f7f25/docs/CONSUMING.md
"""  # noqa: E501 - addresses are not broken

from __future__ import annotations

__all__ = [
    "ANNOTATIONS",
    "FACTS",
    "FLAGS",
    "HOME",
    "LICENSING",
    "MANIFEST",
    "METADATA",
    "MOST_BYTES",
    "MOST_ROWS",
    "NUMBERS",
    "OTHER_TABLES",
    "READ_FILES",
    "RESOLUTION",
    "SPEC",
    "STUDIES",
    "STUDIES_CSV",
    "TEXTS",
    "VARIANTS",
    "WEIGHTS",
]

HOME = "https://github.com/dna-seq/just-dna-format"

SPEC = "module_spec.yaml"
VARIANTS = "variants.csv"
STUDIES_CSV = "studies.csv"
RESOLUTION = "resolution.csv"
"""From 0.5: where the rsIDs of a specification lie, found by the author's tools."""
MANIFEST = "manifest.json"
METADATA = "metadata.yaml"
"""What stood in the Hub's folders before manifest.json did."""
WEIGHTS = "weights.parquet"
ANNOTATIONS = "annotations.parquet"
STUDIES = "studies.parquet"
LICENSING = ("licensing.csv", "sources.csv", "sources.parquet")
"""Terms of every source; named licensing.csv from 0.6 on, and sources.parquet in a compiled module."""

READ_FILES = (SPEC, VARIANTS, STUDIES_CSV, RESOLUTION, MANIFEST, METADATA, WEIGHTS, ANNOTATIONS, STUDIES, *LICENSING)

OTHER_TABLES = tuple(
    f"{name}.{ending}"
    for name in (
        "activity_phenotype", "allele_function", "copynumbers", "diplotypes", "haplotypes", "heteroplasmy", "pgs",
        "pharm_variants", "repeat_alleles",
    )
    for ending in ("csv", "parquet")
)  # fmt: skip
"""Tables of other kinds: haplotypes, copy numbers, repeats, drugs, scores. They are named, and not read."""

TEXTS = (
    "state", "conclusion", "negatives", "priority", "gene", "phenotype", "category", "direction", "clin_sig",
    "stat_significance", "effect_measure", "effect_allele", "flags", "trait_efo_id", "actionability", "curator",
    "method",
)  # fmt: skip
NUMBERS = ("weight", "effect_size")
FLAGS = ("clinvar", "pathogenic", "likely_pathogenic", "benign", "likely_benign", "acmg_sf")
"""Up to 0.4 an unstated flag was written as false: only true says something."""
FACTS = ("gene", "phenotype", "category")
"""What annotations.parquet holds; in a specification they stand in variants.csv."""

MOST_ROWS = 3_000_000
"""Of one table; the largest published module has 617,001."""
MOST_BYTES = 1 << 30
"""Of one file."""
