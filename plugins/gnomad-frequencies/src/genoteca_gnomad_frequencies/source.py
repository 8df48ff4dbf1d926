"""Where the files of a release come from: the publisher, or what the user names instead."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from genoteca.sdk import ReferenceDataError, ReferenceRequest
from genoteca_gnomad_frequencies.releases import (
    CHROMOSOMES,
    MIRRORS,
    MITOCHONDRIA,
    PublishedFile,
    files_of,
    version_of,
)

__all__ = ["Part", "Plan", "plan"]

ENDINGS = (".vcf.bgz", ".vcf.gz", ".vcf", ".bcf")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One file that is to be read."""

    source: str
    """Address, or path on this computer."""
    checksum: str
    """`md5:…`; empty: the publisher's is not known."""
    chrom: str
    """The one chromosome that is read of it; empty: whichever are wanted."""
    bytes: int
    """As the publisher rounds it; 0: not known."""
    label: str
    """Version and data; empty: the file's name tells."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Which files are read for which chromosomes."""

    parts: dict[str, list[Part]]
    """By chromosome, in order; under "" files that may have any."""
    release: str
    """Empty: the files themselves tell."""

    @property
    def bytes(self) -> int:
        """Of all files together, as far as it is known."""
        return sum(part.bytes for parts in self.parts.values() for part in parts)

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of what is fetched, by address, as far as they are known."""
        return {part.source: part.bytes for parts in self.parts.values() for part in parts if "://" in part.source}


def plan(request: ReferenceRequest, wanted: Collection[str]) -> Plan:
    """Find the files for these chromosomes; a chromosome that the release has no file of has no part.

    Raises:
        ReferenceDataError: there is no such release, or no such file.

    """
    told = str(request.settings.get("source") or "").strip()
    chroms = [chrom for chrom in CHROMOSOMES if chrom in wanted]
    if not told:
        return _published(request, chroms)
    parts = _named(request, told, chroms)
    if not any(parts.values()):
        raise ReferenceDataError(
            f"{told} has no file of gnomAD for chromosome {', '.join(chroms)}.",
            hint="Name a folder with the publisher's files, one of them, or an address with {chrom} in it.",
        )
    return Plan(parts=parts, release="")


def _published(request: ReferenceRequest, chroms: list[str]) -> Plan:
    version = version_of(request.build, str(request.settings["version"]))
    data = str(request.settings["data"])
    mirror = MIRRORS[str(request.settings["mirror"])]
    parts: dict[str, list[Part]] = {chrom: [] for chrom in chroms}
    for one in data.split(" and "):
        files = files_of(version, one)
        if not files:
            raise ReferenceDataError(
                f"gnomAD {version} for {request.build} has no {one}.",
                hint="v2.1.1 (GRCh37) has exomes and genomes, v3.1.2 genomes, v4.1 exomes, genomes and joint.",
            )
        for chrom in chroms:
            if chrom in files and not (chrom == "MT" and parts[chrom]):  # the one file, whatever the data
                parts[chrom].append(_part(files[chrom], mirror))
    return Plan(parts=parts, release=f"{version}-{data.replace(' ', '-')}")


def _part(file: PublishedFile, mirror: str) -> Part:
    return Part(
        source=mirror + file.path,
        checksum=f"md5:{file.md5}",
        chrom=file.chrom,
        bytes=file.bytes,
        label=file.label,
    )


def _named(request: ReferenceRequest, told: str, chroms: list[str]) -> dict[str, list[Part]]:
    """Files of an address or path that the user set; `{build}` stands for the build, `{chrom}` for a chromosome."""
    told = told.replace("{build}", request.build)
    if "{chrom}" in told:
        return {chrom: [_own(told.replace("{chrom}", chrom), chrom)] for chrom in chroms if _there(told, chrom)}
    folder = Path(told).expanduser()
    if "://" not in told and folder.is_dir():
        return {chrom: _in_folder(folder, chrom, request) for chrom in chroms}
    return {"": [_own(told, "")]}


def _there(told: str, chrom: str) -> bool:
    return "://" in told or Path(told.replace("{chrom}", chrom)).expanduser().is_file()


def _own(source: str, chrom: str) -> Part:
    return Part(source=source, checksum="", chrom=chrom, bytes=0, label="")


def _in_folder(folder: Path, chrom: str, request: ReferenceRequest) -> list[Part]:
    """Files of a folder that are named as the publisher names them; of the very release, with their checksum."""
    version, data = version_of(request.build, str(request.settings["version"])), str(request.settings["data"])
    there = sorted(path for path in folder.iterdir() if path.name.endswith(ENDINGS))
    if chrom == "MT":
        data = "mitochondria"
    return [part for one in data.split(" and ") for part in _best(there, version, one, chrom)]


def _best(there: list[Path], version: str, data: str, chrom: str) -> list[Part]:
    """Give the file of a chromosome: the release's own, else that of one beside it (v4.1.1, v4.0), the newest."""
    published = files_of(*((version, data) if data != "mitochondria" else MITOCHONDRIA)).get(chrom)
    if published and (own := [path for path in there if path.name == published.name]):
        return [replace(_own(str(own[0]), chrom), checksum=f"md5:{published.md5}", label=published.label)]
    name = ".sites.chrM." if chrom == "MT" else rf"gnomad\.{data}\.[rv]{version[1]}\.[\d.]*sites\.(chr)?{chrom}\."
    alike = [path for path in there if re.search(name, path.name)]
    return [_own(str(path), chrom) for path in alike[-1:]]
