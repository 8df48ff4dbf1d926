"""Runs several modules over one sample as the app does, in a worker, and prints what each part of that took."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from genoteca.engine.executor import Executor
from genoteca.engine.modules import ModuleRef
from genoteca.engine.samples import write_sample
from genoteca.model.build import Build
from genoteca.model.module import Tier
from genoteca.model.run import Run, RunKind, RunRequest
from genoteca.model.sample import Sample, SampleId, SampleKind, SourceFile
from genoteca.settings import Settings

CODE = """
import sys
from pathlib import Path

sys.path.insert(0, {here!r})
from references import COLUMNS

from genoteca.sdk import (
    Author, Dataset, Licence, ModuleManifest, Source, allele_annotations, hookimpl, reference_asset
)

MANIFEST = ModuleManifest(
    id={id!r}, title="A module", summary="For a benchmark.", version="1.0.0", data_version="1",
    authors=(Author(name="Nobody"),), category="Tests", licence=Licence(code="Apache-2.0", data="CC0-1.0"),
    sources=(Source(name="Nowhere", url="https://example.org/", citation="Nobody, 2026"),), builds=("GRCh38",),
    columns=tuple(COLUMNS),
)


@hookimpl
def describe_module():
    return MANIFEST


@hookimpl
def build_definitions(context):
    import dagster as dg

    reference = reference_asset(MANIFEST, make=lambda request: Dataset(table=Path({path!r})))
    return dg.Definitions(assets=[reference, allele_annotations(MANIFEST)])
"""
READY = 5.0
"""Seconds after which the next worker stands by, as it does in the app when a person has read what there is."""
SAMPLE = [["sample", name] for name in ("source", "variants", "coverage", "structural")]


def main(folder: Path, count: int) -> None:
    """Read the genome, prepare the modules, and measure the run that asks them all."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        settings = Settings(home=Path(place) / "home", standby_seconds=60)
        refs = {f"module{n}": _module(Path(place) / "site", f"module{n}", folder) for n in range(count)}
        sample = _sample(settings, folder / "genome.vcf.gz")
        executor = Executor(settings, modules=lambda wanted: [refs[name] for name in wanted])
        executor.start()
        names = list(refs)
        try:
            reading = _run(executor, RunRequest(kind=RunKind.IMPORT, partition=sample.key, assets=SAMPLE))
            references = [[name, "reference"] for name in names]
            _run(executor, RunRequest(kind=RunKind.REFERENCE, assets=references, modules=names, build="GRCh38"))
            assets = [[name, "annotations"] for name in names]
            asked = RunRequest(kind=RunKind.ANNOTATE, partition=sample.key, assets=assets, modules=names)
            time.sleep(READY)
            annotating = _run(executor, asked)
        finally:
            executor.stop()
    sys.stdout.write(json.dumps({"reading": reading, "annotating": annotating}) + "\n")


def _run(executor: Executor, request: RunRequest) -> dict[str, object]:
    begun = time.perf_counter()
    run: Run = executor.run_until_over(executor.index.enqueue(request).id)
    if run.error is not None or run.failed_assets:
        raise RuntimeError(f"{request.kind}: {run.error or run.failed_assets}")
    return {
        "wall": round(time.perf_counter() - begun, 2),
        "cpu": round(run.cpu_seconds or 0, 2),
        "peak_mb": round(run.peak_memory_mb or 0),
    }


def _module(site: Path, name: str, folder: Path) -> ModuleRef:
    package = site / f"genoteca_{name}"
    package.mkdir(parents=True)
    here = str(Path(__file__).resolve().parent)
    (package / "__init__.py").write_text(CODE.format(id=name, here=here, path=str(folder / f"{name}.parquet")))
    return ModuleRef(id=name, tier=Tier.CODE, site=site, entry=f"genoteca_{name}", folder=package)


def _sample(settings: Settings, path: Path) -> SampleId:
    source = SourceFile(path=str(path), name=path.name, kept="in place", bytes=path.stat().st_size)
    known = Sample(
        id=SampleId(user="bench", sample="mark"),
        user_name="Bench",
        sample_name="Mark",
        source=source,
        build=Build.GRCH38,
        build_evidence="contig lengths",
        kind=SampleKind.WHOLE_GENOME,
        synthetic=True,
        added=datetime.now(UTC),
    )
    settings.home.mkdir(parents=True)
    write_sample(settings.layout, known)
    return known.id


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
