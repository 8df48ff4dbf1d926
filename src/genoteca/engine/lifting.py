"""Lifting a sample's variants to another build: the plain function behind `sample/lifted`."""

from __future__ import annotations

from genoteca.annotate.lifted_variants import lift_variants
from genoteca.engine.resources import RunPaths
from genoteca.errors import DatasetError
from genoteca.genome.lift import Lift
from genoteca.model.column import LIFTED_VARIANTS
from genoteca.model.record import CheckResult
from genoteca.sdk import verdicts
from genoteca.sdk.chains import CHAINS_MODULE, LIFTED_TO, chains_between
from genoteca.sdk.dataset import Dataset
from genoteca.sdk.lifted import sequence_bases
from genoteca.sdk.parquet import facts
from genoteca.sdk.progress import Progress

__all__ = ["LIFT_VERSION", "lifted_dataset"]

LIFT_VERSION = 1
"""Raised when lifting gives another table of the same variants."""


def lifted_dataset(paths: RunPaths, partition: str, progress: Progress) -> Dataset:
    """Lift the variants of a sample to the one build they lift to; its sha256 and the chains' are its inputs.

    Raises:
        DatasetError: the variants, or a chain, are not there.

    """
    sample, variants = paths.sample(partition), paths.stored(["sample", "variants"], partition)
    target = LIFTED_TO[sample.build]
    chains = chains_between(sample.build, target, paths)
    if not chains:
        raise DatasetError(
            f"There is no chain from {sample.build} to {target}.", hint=f"Install the module {CHAINS_MODULE}."
        )
    inputs = {"sample/variants": variants.record.sha256}
    inputs |= {name: stored.record.sha256 for name, stored in chains.items()}
    name = f"sequence:{target}"
    sequence = paths.capability(name)
    if sequence is not None:
        inputs[name] = sequence.record.sha256
    progress(0.1, f"Lifting the variants from {sample.build} to {target}")
    table = paths.scratch() / "lifted.parquet"
    bases = sequence_bases(sequence, target) if sequence else None
    lifted = lift_variants(variants.path, table, Lift([stored.path for stored in chains.values()]), bases)
    lost = sum(lifted.set_aside.values())
    progress(1.0, f"{lifted.rows:,} of {lifted.rows + lost:,} variant rows lifted")
    return Dataset(
        table=table,
        columns=LIFTED_VARIANTS,
        build=target,
        inputs=inputs,
        checks=[
            verdicts.schema(LIFTED_VARIANTS, facts(table)[0]),
            _reconciled(variants.record.rows, lifted.rows, lost),
        ],
        metadata={
            "from": str(sample.build),
            "set_aside": dict(lifted.set_aside),
            "flipped": lifted.flipped,
            "swapped": lifted.swapped,
            "reference_not_compared": lifted.unchecked,
        },
    )


def _reconciled(rows: int, lifted: int, lost: int) -> CheckResult:
    told = f"{rows} variant rows = {lifted} lifted + {lost} set aside."
    return CheckResult(name="reconciles", passed=rows == lifted + lost, description=told)
