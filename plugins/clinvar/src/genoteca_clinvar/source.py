"""Where a release comes from, and whether it is what was asked for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import polars as pl

from genoteca.sdk import Build, Fetched, NotOfferedError, ReferenceDataError, ReferenceRequest, SitesScan

__all__ = ["PUBLISHER", "Origin", "fetch_release", "release_of"]

PUBLISHER = "https://ftp.ncbi.nlm.nih.gov/pub/clinvar/vcf_{build}/clinvar{part}.vcf.gz"
ARCHIVE = (
    "https://ftp.ncbi.nlm.nih.gov/pub/clinvar/vcf_{build}/clinvar_{day}{part}.vcf.gz",
    "https://ftp.ncbi.nlm.nih.gov/pub/clinvar/vcf_{build}/weekly/clinvar_{day}{part}.vcf.gz",
    "https://ftp.ncbi.nlm.nih.gov/pub/clinvar/vcf_{build}/archive_2.0/{year}/clinvar_{day}{part}.vcf.gz",
)
"""Where a release of a known day may lie: the newest, one of the last weeks, the first one of a month.

https://ftp.ncbi.nlm.nih.gov/pub/clinvar/README.txt (NCBI, public domain).
"""
PARTS = ("", "_papu")
"""`_papu` holds what lies in the pseudoautosomal regions, on patches and on unplaced contigs."""

DIGITS = 8
"""Of a day in the archive's names: 20260226."""

# versions of the chromosomes' RefSeq accessions (NC_000001.10 …) in GRCh37; every one is a higher number in GRCh38.
# Assembly reports GCF_000001405.25 and .40, https://ftp.ncbi.nlm.nih.gov/genomes/all/GCF/000/001/405/ (public domain)
_GRCH37 = (10, 11, 11, 11, 9, 11, 13, 10, 11, 10, 9, 11, 10, 8, 9, 9, 10, 9, 9, 10, 8, 10, 10, 9)
_ACCESSION = r"^NC_0000(\d\d)\.(\d+):g"


def fetch_release(request: ReferenceRequest) -> list[Fetched]:
    """Fetch the files of one release: the publisher's two, or the one file or address that the user set.

    A release that is asked for by its day is looked for in the publisher's archive.

    Raises:
        FetchError: not reachable, not what its checksum says, or no longer offered.

    """
    told = str(request.settings.get("source") or "").strip()
    if told:
        # a mirror, or a folder of one's own, may have both builds: …/vcf_{build}/clinvar.vcf.gz
        source = told.replace("{build}", request.build)
        checksum = str(request.settings.get("checksum") or "").strip()
        return [request.fetch.fetch(source, checksum=checksum, progress=_share(request.progress, 0.0, 0.5))]
    day = request.release.replace("-", "")
    if not (len(day) == DIGITS and day.isdecimal()):
        return _both(request, PUBLISHER)
    for address in ARCHIVE:
        dated = address.replace("{day}", day).replace("{year}", day[:4])
        with suppress(NotOfferedError):
            return _both(request, dated)
    raise NotOfferedError(
        f"ClinVar {request.release} lies neither among the publisher's newest files nor in its archive.",
        title="This release can no longer be fetched",
        hint="NCBI keeps the first release of each month. Use the newest, or set a file of your own as the source.",
    )


def _both(request: ReferenceRequest, address: str) -> list[Fetched]:
    fetched = []
    for place, part in zip(((0.0, 0.45), (0.45, 0.5)), PARTS, strict=True):
        url = address.format(build=request.build, part=part)
        fetched.append(request.fetch.fetch(url, checksum_url=f"{url}.md5", progress=_share(request.progress, *place)))
    return fetched


def release_of(file: SitesScan, fetched: Fetched) -> str:
    """Name of the release: the file's own date, else the publisher's."""
    return (file.header.get("fileDate") or [""])[0] or fetched.release or fetched.path.name


class Origin:
    """Whether a file is ClinVar's VCF of the build that was asked for, as far as it has been read.

    Raises:
        ReferenceDataError: its header names another build.

    """

    def __init__(self, file: SitesScan, name: str, build: Build) -> None:
        self._file, self._name, self._build = file, name, build
        self._named = _builds_named(file.header)
        self._classified = self._identified = False
        self._accessions: set[tuple[str, str]] = set()
        self._require_build(self._named)

    def look(self, alleles: pl.DataFrame) -> None:
        """Look at the next alleles of the file."""
        self._classified |= bool(alleles["clnsig"].count())
        self._identified |= bool(alleles["id"].count())
        if not self._named:
            groups = alleles["clnhgvs"].drop_nulls().str.extract_groups(_ACCESSION).struct.unnest()
            self._accessions.update(groups.unique().drop_nulls().iter_rows())

    def require(self) -> None:
        """Check what was seen, at the end of the file.

        Raises:
            ReferenceDataError: it is another file, or of another build.

        """
        if not (self._classified and self._identified):
            raise ReferenceDataError(
                f"{self._name} is not ClinVar's VCF: no record of {self._file.records_read} has both a Variation ID "
                "and a CLNSIG.",
                hint=f"Take the file of {PUBLISHER.format(build=self._build, part='')}.",
            )
        self._require_build({_build_of(int(number), int(version)) for number, version in self._accessions} - {""})

    def _require_build(self, found: set[str]) -> None:
        if found - {self._build}:
            raise ReferenceDataError(
                f"{self._name} is of {' and '.join(sorted(found))}; {self._build} was asked for.",
                title="This release is of another genome build",
                hint="Set the file of that build as the source; {build} in its path stands for the build's name.",
            )


def _builds_named(header: dict[str, list[str]]) -> set[str]:
    told = {value.strip() for value in header.get("reference") or ()}
    return {build.value for build in Build for value in told if value.lower().startswith(build.value.lower())}


def _build_of(number: int, version: int) -> str:
    """Build of NC_0000<number>.<version>; empty: neither of ours."""
    if not 1 <= number <= len(_GRCH37):
        return ""
    return {0: Build.GRCH37.value, 1: Build.GRCH38.value}.get(version - _GRCH37[number - 1], "")


def _share(progress: Callable[[float, str], None], start: float, end: float) -> Callable[[float, str], None]:
    """Report progress of a part as progress of the whole."""
    return lambda fraction, message: progress(start + fraction * (end - start), message)
