"""A small isolated module without packages of its own, written where a test wants it."""

from __future__ import annotations

from pathlib import Path

MODULE = """\
schema = 1
id = "small-counts"
title = "Small counts"
summary = "Counts the variants of every chromosome, in a closed box."
version = "1.0.0"
data_version = "2026-11-21"
category = "Tests"
builds = ["GRCh38"]
licence = {{ code = "Apache-2.0", data = "CC0-1.0" }}
dense = false
{more}
[[authors]]
name = "An author"
[[sources]]
name = "A paper"
url = "https://doi.org/10.1038/ng826"
citation = "A paper, 2002."
[isolated]
script = "count.py"
tables = "{tables}"
seconds = 20
output_mb = 2
{isolated}
[[columns]]
name = "variants"
label = "Variants"
type = "count"
description = "How many."
maximum = 1000000
[[columns]]
name = "size"
label = "Size"
type = "category"
description = "In a word."
values = ["few", "many"]
"""
COUNT = """
from collections import Counter

import genoteca_isolated as genoteca

genoteca.progress(0.1, "Counting")
rows = list(genoteca.rows(genoteca.variants()))
genoteca.tell(rows=len(rows))
genoteca.write(
    {"chrom": row["chrom"], "pos": row["pos"], "ref": row["ref"], "alt": row["alt"], "row": at, "evidence": "called",
     "match": "allele", "filtered": False, "variants": len(rows), "size": "few"}
    for at, row in enumerate(rows)
)
"""


def small_module(
    folder: Path, script: str = COUNT, *, tables: str = "tsv", isolated: str = "", more: str = "", **files: str
) -> Path:
    """Write the module's package; `files`: further ones, with `__` for the dot."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "module.toml").write_text(MODULE.format(tables=tables, isolated=isolated, more=more), "utf-8")
    (folder / "count.py").write_text(script, "utf-8")
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, "utf-8")
    return folder
