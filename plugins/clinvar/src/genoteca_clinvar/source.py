"""Where a release comes from, and whether it is what was asked for."""

from __future__ import annotations

from collections.abc import Callable

from genoteca.sdk import Build, Fetched, ReferenceDataError, ReferenceRequest, SitesFile

__all__ = ["PUBLISHER", "fetch_release", "release_of", "require_clinvar"]

PUBLISHER = "https://ftp.ncbi.nlm.nih.gov/pub/clinvar/vcf_{build}/clinvar{part}.vcf.gz"
PARTS = ("", "_papu")
"""`_papu` holds what lies in the pseudoautosomal regions, on patches and on unplaced contigs."""

# versions of the chromosomes' RefSeq accessions (NC_000001.10 …) in GRCh37; every one is a higher number in GRCh38.
# Assembly reports GCF_000001405.25 and .40, https://ftp.ncbi.nlm.nih.gov/genomes/all/GCF/000/001/405/ (public domain)
_GRCH37 = (10, 11, 11, 11, 9, 11, 13, 10, 11, 10, 9, 11, 10, 8, 9, 9, 10, 9, 9, 10, 8, 10, 10, 9)
_ACCESSION = r"^NC_0000(\d\d)\.(\d+):g"


def fetch_release(request: ReferenceRequest) -> list[Fetched]:
    """Fetch the files of one release: the publisher's two, or the one file or address that the user set.

    Raises:
        FetchError: not reachable, or not what its checksum says.

    """
    told = str(request.settings.get("source") or "").strip()
    if told:
        # a mirror, or a folder of one's own, may have both builds: …/vcf_{build}/clinvar.vcf.gz
        source = told.replace("{build}", request.build)
        checksum = str(request.settings.get("checksum") or "").strip()
        return [request.fetch.fetch(source, checksum=checksum, progress=_share(request.progress, 0.0, 0.5))]
    fetched = []
    for place, part in zip(((0.0, 0.45), (0.45, 0.5)), PARTS, strict=True):
        url = PUBLISHER.format(build=request.build, part=part)
        fetched.append(request.fetch.fetch(url, checksum_url=f"{url}.md5", progress=_share(request.progress, *place)))
    return fetched


def release_of(file: SitesFile, fetched: Fetched) -> str:
    """Name of the release: the file's own date, else the publisher's."""
    return (file.header.get("fileDate") or [""])[0] or fetched.release or fetched.path.name


def require_clinvar(file: SitesFile, name: str, build: Build) -> None:
    """Check that a file is a ClinVar VCF, of the build that was asked for.

    Raises:
        ReferenceDataError: it is another file, or of another build.

    """
    if not file.table["clnsig"].count() or not file.table["id"].count():
        raise ReferenceDataError(
            f"{name} is not ClinVar's VCF: no record of {file.records_read} has both a Variation ID and a CLNSIG.",
            hint=f"Take the file of {PUBLISHER.format(build=build, part='')}.",
        )
    found = _builds(file)
    if found - {build}:
        raise ReferenceDataError(
            f"{name} is of {' and '.join(sorted(found))}; {build} was asked for.",
            title="This release is of another genome build",
            hint="Set the file of that build as the source; {build} in its path stands for the build's name.",
        )


def _builds(file: SitesFile) -> set[str]:
    """Builds that the file names in its header, else by the accessions of its HGVS expressions; empty: none."""
    told = {value.strip() for value in file.header.get("reference") or ()}
    named = {build.value for build in Build for value in told if value.lower().startswith(build.value.lower())}
    if named:
        return named
    accessions = (
        file.table["clnhgvs"].drop_nulls().str.extract_groups(_ACCESSION).struct.unnest().unique().drop_nulls()
    )
    return {build for number, version in accessions.iter_rows() if (build := _build_of(int(number), int(version)))}


def _build_of(number: int, version: int) -> str:
    """Build of NC_0000<number>.<version>; empty: neither of ours."""
    if not 1 <= number <= len(_GRCH37):
        return ""
    return {0: Build.GRCH37.value, 1: Build.GRCH38.value}.get(version - _GRCH37[number - 1], "")


def _share(progress: Callable[[float, str], None], start: float, end: float) -> Callable[[float, str], None]:
    """Report progress of a part as progress of the whole."""
    return lambda fraction, message: progress(start + fraction * (end - start), message)
