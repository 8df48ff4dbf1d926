"""A data folder with a tiny genome, and modules written on the spot."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from genoteca.engine.modules import ModuleRef
from genoteca.engine.samples import write_sample
from genoteca.model.build import Build
from genoteca.model.module import Tier
from genoteca.model.run import RunKind, RunRequest
from genoteca.model.sample import Sample, SampleId, SampleKind, SourceFile
from genoteca.settings import Settings

CORE = [["sample", name] for name in ("source", "variants", "coverage", "structural")]

HEADER = """\
##fileformat=VCFv4.2
##contig=<ID=chr1,length=248956422>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tHG
"""

MODULE = """
import sys
import threading

import polars as pl

from genoteca.sdk import Author, Dataset, Licence, ModuleManifest, Source, hookimpl
from genoteca.sdk import allele_annotations, publish_alleles, reference_asset

MANIFEST = ModuleManifest(
    id="{id}",
    title="A tiny module",
    summary="Says one thing of one allele, for tests.",
    version="1.0.0",
    data_version="1",
    authors=(Author(name="Nobody"),),
    category="Tests",
    licence=Licence(code="Apache-2.0", data="CC0-1.0"),
    sources=(Source(name="Nowhere", url="https://example.org/", citation="Nobody, 2026"),),
    builds=("GRCh38",),
    columns=({{"name": "says", "label": "Says", "description": "What it says."}},),
)


def make(request):
{make}


@hookimpl
def describe_module():
    return MANIFEST


@hookimpl
def build_definitions(context):
    import dagster as dg

    return dg.Definitions(assets=[reference_asset(MANIFEST, make=make), allele_annotations(MANIFEST)])
"""

MAKE = """\
request.progress(0.5, "Half way")
table = pl.DataFrame({"chrom": ["1"], "pos": [1010], "ref": ["A"], "alt": ["G"], "says": ["something"]})
return Dataset(table=publish_alleles(table))
"""


class Workshop:
    """Makes what the tests need in one data folder."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self.refs: dict[str, ModuleRef] = {}

    def genome(self, user: str = "anna", sample: str = "g1", *, records: int = 20) -> SampleId:
        """Add a sample whose file has heterozygous A>G every ten bases of chromosome 1, from 1000 on."""
        path = self.folder / f"{user}-{sample}.vcf"
        rows = [f"chr1\t{1000 + 10 * n}\t.\tA\tG\t50\tPASS\t.\tGT:DP:GQ\t0/1:30:99\n" for n in range(records)]
        path.write_text(HEADER + "".join(rows))
        return self.sample_of(path, user, sample)

    def sample_of(self, path: Path, user: str, sample: str) -> SampleId:
        """Add a sample of a file."""
        source = SourceFile(path=str(path), name=path.name, kept="in place", bytes=path.stat().st_size)
        known = Sample(
            id=SampleId(user=user, sample=sample),
            user_name=user.title(),
            sample_name=sample.upper(),
            source=source,
            build=Build.GRCH38,
            build_evidence="contig lengths",
            kind=SampleKind.WHOLE_GENOME,
            added=datetime.now(UTC),
        )
        write_sample(self.settings.layout, known)
        return known.id

    def module(self, name: str, make: str = MAKE, *, source: str | None = None) -> ModuleRef:
        """Write a code module; `make` is the body of its reference function, `source` replaces its whole code."""
        site = self.folder / "site"
        package = site / f"genoteca_{name}"
        package.mkdir(parents=True, exist_ok=True)
        code = MODULE.format(id=name, make=textwrap.indent(make, "    ")) if source is None else source
        (package / "__init__.py").write_text(code)
        ref = ModuleRef(id=name, tier=Tier.CODE, site=site, entry=f"genoteca_{name}", folder=package)
        self.refs[name] = ref
        return ref

    def modules(self, wanted: Sequence[str]) -> list[ModuleRef]:
        """Give the modules of these names, as an executor asks for them."""
        return [self.refs[name] for name in wanted]


def import_of(sample: SampleId) -> RunRequest:
    """Ask for the reading of a sample."""
    return RunRequest(kind=RunKind.IMPORT, partition=sample.key, assets=CORE)


def reference_of(*modules: str) -> RunRequest:
    """Ask for the references of modules in GRCh38."""
    assets = [[module, "reference"] for module in modules]
    return RunRequest(kind=RunKind.REFERENCE, assets=assets, modules=list(modules), build="GRCh38")


def annotate_with(sample: SampleId, *modules: str) -> RunRequest:
    """Ask for a sample's annotations."""
    assets = [[module, "annotations"] for module in modules]
    return RunRequest(kind=RunKind.ANNOTATE, partition=sample.key, assets=assets, modules=list(modules))
