"""Where the files come from: the dataset at one commit, or a folder on this computer."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from genoteca.sdk import Build, Fetched, ReferenceDataError, ReferenceRequest

__all__ = ["CHROMOSOMES", "DATASET", "Release", "fetch_release", "file_of"]

DATASET = "hf://datasets/just-dna-seq/ensembl_variations"
HUB = "hf://"
CHROMOSOMES = (*(str(number) for number in range(1, 23)), "X", "Y", "MT")


class Release:
    """The files of one release, by chromosome in order."""

    def __init__(self, name: str, files: dict[str, Fetched]) -> None:
        self.name = name
        """The dataset's commit; for a folder `local-` and a digest of its files."""
        self.files = files


def file_of(chrom: str) -> str:
    """Name of a chromosome's file."""
    return f"homo_sapiens-chr{chrom}.parquet"


def fetch_release(request: ReferenceRequest, chromosomes: Iterable[str]) -> Release:
    """Fetch the files of some chromosomes, all of them or none.

    Raises:
        FetchError: not reachable, or not what the commit says.
        ReferenceDataError: another build than the dataset's is asked for, or the source is no folder and no dataset.

    """
    if request.build is not Build.GRCH38:
        raise ReferenceDataError(f"Ensembl's variants are of GRCh38; {request.build} was asked for.")
    wanted = [chrom for chrom in CHROMOSOMES if chrom in set(chromosomes)]
    told = str(request.settings.get("source") or "").strip() or DATASET
    places = _in_dataset(request, told, wanted) if told.startswith(HUB) else _in_folder(told, wanted)
    fetched = request.fetch.fetch_all(places, progress=lambda done, said: request.progress(0.5 * done, said))
    files = dict(zip(wanted, fetched, strict=True))
    return Release(fetched[0].release or _name_of(files), files)


def _in_dataset(request: ReferenceRequest, told: str, wanted: list[str]) -> list[str]:
    dataset, _, revision = told.rstrip("/").partition("@")
    revision = request.release or revision or str(request.settings.get("revision") or "").strip() or "main"
    pinned = request.fetch.pin(f"{dataset}@{revision}/data/", progress=request.progress)
    return [pinned + file_of(chrom) for chrom in wanted]


def _in_folder(told: str, wanted: list[str]) -> list[str]:
    folder = Path(told).expanduser()
    if not folder.is_dir():
        raise ReferenceDataError(
            f"{told} is neither a folder on this computer nor a dataset on the Hub.",
            hint=f"Name a folder that holds {file_of('1')} and so on, or write {DATASET}.",
        )
    inside = folder / "data" if (folder / "data").is_dir() else folder
    return [str(inside / file_of(chrom)) for chrom in wanted]


def _name_of(files: dict[str, Fetched]) -> str:
    told = "".join(f"{chrom} {file.sha256}\n" for chrom, file in files.items())
    return f"local-{sha256(told.encode()).hexdigest()[:12]}"
