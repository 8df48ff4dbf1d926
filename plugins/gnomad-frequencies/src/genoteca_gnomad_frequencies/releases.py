"""gnomAD's releases of sites: which files they have, how large those are, and what their digests are.

Addresses, sizes and MD5 of every file: gnomAD's downloads page, https://gnomad.broadinstitute.org/downloads, whose
text is in https://github.com/broadinstitute/gnomad-browser (browser/src/DownloadsPage). Sizes are rounded there.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from genoteca.sdk import Build

__all__ = ["CHROMOSOMES", "MIRRORS", "MITOCHONDRIA", "PublishedFile", "files_of", "version_of"]

CHROMOSOMES = (*(str(number) for number in range(1, 23)), "X", "Y", "MT")

MIRRORS = {
    "Google": "https://storage.googleapis.com/gcp-public-data--gnomad",
    "Amazon": "https://gnomad-public-us-east-1.s3.amazonaws.com",
    "Microsoft": "https://datasetgnomad.blob.core.windows.net/dataset",
}
"""Three copies of the same files."""

MITOCHONDRIA = ("v3.1", "mitochondria")
"""Version and data of the one release of mitochondrial variants: of the sequence that GRCh37 and GRCh38 share."""

_PATHS = {
    "v2.1.1": "/release/2.1.1/vcf/{data}/gnomad.{data}.r2.1.1.sites.{chrom}.vcf.bgz",
    "v3.1.2": "/release/3.1.2/vcf/{data}/gnomad.{data}.v3.1.2.sites.chr{chrom}.vcf.bgz",
    "v3.1": "/release/3.1/vcf/genomes/gnomad.genomes.v3.1.sites.chrM.vcf.bgz",
    "v4.1": "/release/4.1/vcf/{data}/gnomad.{data}.v4.1.sites.chr{chrom}.vcf.bgz",
}
_UNITS = {"MiB": 1 << 20, "GiB": 1 << 30}
_LISTED = Path(__file__).with_name("files.tsv")


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedFile:
    """One file of a release."""

    version: str
    data: str
    """exomes, genomes, joint or mitochondria."""
    chrom: str
    bytes: int
    """Rounded as the publisher rounds it."""
    md5: str

    @property
    def path(self) -> str:
        """Where it lies on each of the mirrors."""
        return _PATHS[self.version].format(data=self.data, chrom=self.chrom)

    @property
    def name(self) -> str:
        """File name."""
        return self.path.rpartition("/")[2]

    @property
    def label(self) -> str:
        """Version and data, as `v4.1 exomes`."""
        return f"{self.version} {self.data}"


def version_of(build: Build, chosen: str) -> str:
    """Give the version for a build: GRCh37 has one, for GRCh38 it is `chosen`."""
    return "v2.1.1" if build is Build.GRCH37 else chosen


def files_of(version: str, data: str) -> dict[str, PublishedFile]:
    """Give the files of a release by chromosome, with those of the mitochondrion; empty: there is no such release."""
    found = {file.chrom: file for file in _listed() if (file.version, file.data) == (version, data)}
    shared = {file.chrom: file for file in _listed() if (file.version, file.data) == MITOCHONDRIA}
    return found | shared if found else {}


@cache
def _listed() -> tuple[PublishedFile, ...]:
    with _LISTED.open(encoding="utf-8", newline="") as lines:
        return tuple(_file(row) for row in csv.DictReader(lines, delimiter="\t"))


def _file(row: dict[str, str]) -> PublishedFile:
    number, unit = row["size"].split()
    return PublishedFile(
        version=row["version"],
        data=row["data"],
        chrom=row["chrom"],
        bytes=round(float(number) * _UNITS[unit]),
        md5=row["md5"],
    )
