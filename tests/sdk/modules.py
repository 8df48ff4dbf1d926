"""Modules that the tests of the SDK look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from genoteca.sdk import ModuleContext, ModuleManifest, hookimpl

MODULE_TOML = """
schema = 1
id = "two-sites"
title = "Two sites"
summary = "Two sites and a type read from both."
version = "1.0.0"
data_version = "2026-11-01"
category = "Traits"
builds = ["GRCh38"]
licence = { code = "Apache-2.0", data = "CC0-1.0" }
[[authors]]
name = "An author"
[[sources]]
name = "A paper"
url = "https://doi.org/10.1038/ng826"
citation = "A paper, 2002."
[table]
kind = "genotypes"
dense = true
sites = "sites.csv"
genotypes = "genotypes.csv"
combinations = "combinations.csv"
[[columns]]
name = "trait"
label = "Trait"
description = "What the site is about."
[[columns]]
name = "conclusion"
label = "What it says"
description = "What the genotype means."
[[columns]]
name = "strength"
label = "Strength"
type = "category"
description = "How sure."
values = ["strong", "weak"]
[settings.pair]
type = "boolean"
default = false
"""

SITES = """site,trait,chrom_GRCh38,pos_GRCh38,ref_GRCh38,alt_GRCh38,infer,checked
milk,Lactase,chr2,135851076,G,A,true,by hand
wax,Earwax,16,48224287,c,T,false,
"""

GENOTYPES = """site,genotype,conclusion,strength
milk,G/G,none,strong
milk,G/A,one,strong
milk,A/A,two,weak
wax,C/C,wet,strong
wax,C/T,wet too,strong
wax,T/T,dry,strong
"""

COMBINATIONS = """combination,members,opt_in,trait,conclusion,strength
both,milk=A/G;wax=C/C,pair,Both,milk and wet,weak
both,milk=G/G;wax=T/T,pair,Both,neither,weak
"""


def write_module(
    folder: Path,
    *,
    toml: str = MODULE_TOML,
    sites: str = SITES,
    genotypes: str = GENOTYPES,
    combinations: str = COMBINATIONS,
) -> Path:
    """Write a data module of two sites into a new package folder."""
    package = folder / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "module.toml").write_text(toml)
    (package / "sites.csv").write_text(sites)
    (package / "genotypes.csv").write_text(genotypes)
    (package / "combinations.csv").write_text(combinations)
    return package


def manifest(**changes: Any) -> ModuleManifest:
    """Give a valid manifest of a code module, changed as told."""
    told: dict[str, Any] = {
        "id": "little",
        "title": "Little",
        "summary": "A little module of code.",
        "version": "1.2.0",
        "data_version": "7",
        "authors": [{"name": "An author"}],
        "category": "Tests",
        "licence": {"code": "Apache-2.0", "data": "CC0-1.0"},
        "sources": [{"name": "A paper", "url": "https://doi.org/10.1038/ng826", "citation": "A paper, 2002."}],
        "builds": ["GRCh37", "GRCh38"],
        "columns": [
            {"name": "meaning", "label": "Meaning", "description": "What it means."},
            {
                "name": "weight",
                "label": "Weight",
                "type": "number",
                "description": "From 0 to 1.",
                "minimum": 0,
                "maximum": 1,
            },
        ],
    }
    return ModuleManifest.model_validate(told | changes)


CONTEXT = ModuleContext(module_id="little", version="1.2.0", data_version="7", settings={})


class Plugin:
    """A code module with both hooks; what they give can be replaced."""

    def __init__(self, *, told: Any = None, definitions: Any = None) -> None:
        self.told = manifest() if told is None else told
        self.definitions = definitions

    @hookimpl
    def describe_module(self) -> Any:
        if isinstance(self.told, Exception):
            raise self.told
        return self.told

    @hookimpl
    def build_definitions(self, context: ModuleContext) -> Any:
        if isinstance(self.definitions, Exception):
            raise self.definitions
        return self.definitions
