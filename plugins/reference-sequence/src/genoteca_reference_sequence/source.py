"""Where a sequence comes from."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from genoteca.sdk import Build, Fetched, ReferenceDataError, ReferenceRequest

__all__ = ["PUBLISHER", "Release", "fetch_sequence"]


class Release(NamedTuple):
    """A publisher's file of one build; its MD5 stands in `md5sum.txt` beside it."""

    address: str
    name: str


_UCSC = "https://hgdownload.soe.ucsc.edu/goldenPath"

# hg19.2bit has the 16,571 bases of NC_001807 as its only mitochondrion; p13.plusMT has the rCRS beside it, as chrMT
# (https://hgdownload.soe.ucsc.edu/goldenPath/hg19/bigZips/, "Differences from the NCBI files").
PUBLISHER = {
    Build.GRCH38: Release(f"{_UCSC}/hg38/bigZips/hg38.2bit", "GRCh38 (GCA_000001405.15), UCSC hg38"),
    Build.GRCH37: Release(
        f"{_UCSC}/hg19/bigZips/p13.plusMT/hg19.p13.plusMT.fa.gz", "GRCh37.p13 with NC_012920.1, UCSC hg19"
    ),
}


def fetch_sequence(request: ReferenceRequest) -> tuple[Fetched, str]:
    """Fetch the publisher's file, or take the one that the user set; gives it with the name of its release.

    Raises:
        FetchError: not reachable, or not what its checksum says.
        ReferenceDataError: nobody publishes this build.

    """
    progress = _first_half(request.progress)
    if told := str(request.settings.get("source") or "").strip():
        source = told.replace("{build}", request.build)
        checksum = str(request.settings.get("checksum") or "").strip()
        fetched = request.fetch.fetch(source, checksum=checksum, progress=progress)
        return fetched, fetched.release or source.rpartition("/")[2]
    if request.build not in PUBLISHER:
        raise ReferenceDataError(
            f"No sequence of {request.build} is published; there are {', '.join(PUBLISHER)}.",
            hint="Set a file of your own as the module's source.",
        )
    release = PUBLISHER[request.build]
    beside = f"{release.address.rpartition('/')[0]}/md5sum.txt"
    return request.fetch.fetch(release.address, checksum_url=beside, progress=progress), release.name


def _first_half(progress: Callable[[float, str], None]) -> Callable[[float, str], None]:
    return lambda fraction, message: progress(0.5 * fraction, message)
