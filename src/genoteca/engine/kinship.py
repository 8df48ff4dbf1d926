"""Which older table a reference is the same as, or completes: answers made with that one need not be made again."""

from __future__ import annotations

from pydantic import JsonValue

from genoteca.engine.records import KEEP
from genoteca.model.record import Record
from genoteca.sdk.dataset import Dataset
from genoteca.sdk.resources import PROVIDES

__all__ = ["MODULE_DIGEST", "chromosomes_of", "kept_files", "kinship", "serves"]

MODULE_DIGEST = "module_digest"
"""Key of a record's metadata: fingerprint of the module that made it, as it was installed."""
SAME = "same_as"
"""Key of a record's metadata: sha256 of older tables that were made of the same files by the same code."""
COMPLETES = "completes"
"""Key of a record's metadata: sha256 of older tables that were made by the same code of some of these files."""

_MAKERS = ("module_version", "module_data_version", "settings", MODULE_DIGEST)


def kinship(before: Record, dataset: Dataset) -> dict[str, JsonValue]:
    """Say in a dataset's metadata what it is to the one that it replaces, which is of the same release and build."""
    old, new = _files(before.metadata), _files(dataset.metadata)
    same_maker = all(before.metadata.get(name) == dataset.metadata.get(name) for name in _MAKERS)
    if not old or not old <= new or not same_maker or before.code_version != dataset.code_version:
        return {}
    same, completed = _told(before, SAME), _told(before, COMPLETES)
    if old == new:
        return {SAME: [before.sha256, *same], COMPLETES: completed}
    return {COMPLETES: [before.sha256, *same, *completed]}


def serves(record: Record, used: str, *, dense: bool) -> bool:
    """Tell whether an answer made with the table of sha256 `used` is what this reference would give.

    A table that was completed since lists the same alleles of the chromosomes that it had: that is enough where only
    what a sample carries has a row. A dense module's sites are all those of the table.
    """
    kin = _told(record, SAME) + ([] if dense else _told(record, COMPLETES))
    return used in (record.sha256, *kin)


def kept_files(record: Record, keep: int = KEEP) -> int:
    """How many files of an asset are kept: of a reference the newest of each release only.

    What genomes are read with is kept as results are: a genome must find the sequence that it was compared with.
    """
    return 1 if record.partition is None and PROVIDES not in record.metadata else keep


def chromosomes_of(record: Record) -> list[str]:
    """Give the chromosomes that a reference was made of; empty: all that there are."""
    return [str(chrom) for chrom in _told(record, "chromosomes")]


def _told(record: Record, name: str) -> list[JsonValue]:
    told = record.metadata.get(name)
    return list(told) if isinstance(told, list) else []


def _files(metadata: dict[str, JsonValue]) -> set[tuple[str, str]]:
    """Address and sha256 of every file that something was made from."""
    files = metadata.get("files")
    told = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    return {(str(file.get("url")), str(file.get("sha256"))) for file in told}
