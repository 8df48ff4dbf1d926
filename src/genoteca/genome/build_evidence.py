"""Which build a VCF is in, by what its header says; never by a guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from genoteca.genome.contigs import accession_of
from genoteca.genome.header import Header
from genoteca.model.build import Build, build_of_lengths, chromosome

__all__ = ["SILENT", "build_of_header", "builds_named", "contig_lengths"]

SILENT = "The file does not say which genome build it is in."

_PATTERNS = {
    Build.NCBI36: re.compile(
        r"ncbi[ _.]?(?:build[ _]?)?36|hg18|hs36|(?<![a-z0-9])b36(?!\d)|build[ _.]?36|g1k_v36", re.IGNORECASE
    ),
    Build.GRCH37: re.compile(
        r"grch37|hg19|hs37|(?<![a-z0-9])b37(?!\d)|build[ _.]?37|g1k_v37"
        r"|gcf_000001405\.(?:13|25)\b|gca_000001405\.14\b",
        re.IGNORECASE,
    ),
    Build.GRCH38: re.compile(
        r"grch38|hg38|hs38|(?<![a-z0-9])b38(?!\d)|build[ _.]?38"
        r"|gcf_000001405\.(?:26|[34]\d)\b|gca_000001405\.(?:15|2\d)\b",
        re.IGNORECASE,
    ),
}

LONG = 60
"""Letters of a header's value that a screen shows."""
_REFERENCE_KEYS = {"reference", "assembly", "source_genome_reference", "genome", "genomebuild", "genome_build", "ref"}
_COMMAND = re.compile(
    r"(?:--?reference|--ref|--ref-dir|--ref_fasta|-R|reference_sequence|--reference_fasta)[= ](?:\[?)(\S+)"
)


def build_of_header(header: Header, contigs: Iterable[str] = ()) -> tuple[Build | None, str]:
    """Tell the build and why; None with the reason when the file does not say, or contradicts itself.

    `contigs`: names that its first records use. In this order, each that says something is named: contig lengths,
    assembly and reference lines, versions of the chromosomes' accessions.
    """
    lengths = contig_lengths(header)
    by_length = build_of_lengths(lengths)
    told = [*_told(header), *_versions([*header.contigs, *contigs])]
    by_name = {build for build, _ in told}
    if by_length:
        return _with_lengths(by_length, lengths, told)
    if any(name != "MT" for name in lengths):
        return None, "The contig lengths in the file fit no genome build that is known here."
    if len(by_name) == 1:
        return told[0][0], f"The header says {_listed(told)}."
    if by_name:
        return None, f"The header contradicts itself: it says {_listed(told)}."
    return None, SILENT


def contig_lengths(header: Header) -> dict[str, int]:
    """Give the told lengths of the chromosomes, by chromosome."""
    folded = ((chromosome(name), contig.length) for name, contig in header.contigs.items())
    return {name: length for name, length in folded if name and length}


def _with_lengths(build: Build, lengths: dict[str, int], told: list[tuple[Build, str]]) -> tuple[Build | None, str]:
    name = next(name for name in build.lengths if name in lengths and name != "MT")
    words = f"The contig lengths are those of {build} (chromosome {name}: {lengths[name]:,} bases)"
    against = [said for other, said in told if other is not build]
    if against:
        return None, f"{words}, but the header also says {against[0]}."
    return build, f"{words}. The header also says {_listed(told)}." if told else f"{words}."


def _told(header: Header) -> Iterator[tuple[Build, str]]:
    """Every name of a build in a line that names the reference, with words that show where."""
    assemblies = {contig.assembly for name, contig in header.contigs.items() if chromosome(name) and contig.assembly}
    lines = [("contig assembly", assembly) for assembly in sorted(assemblies)]
    lines += [(f"##{key}", value) for key, value in header.meta if key.lower() in _REFERENCE_KEYS]
    for key, value in header.meta:
        if "command" in key.lower() or "cmd" in key.lower():
            lines += [(f"##{key}", path) for path in _COMMAND.findall(value)]
    seen: set[tuple[Build, str]] = set()
    for key, value in lines:
        for build in builds_named(value):
            if (build, key) not in seen:
                seen.add((build, key))
                yield build, f"{key}={_around(value, build)}"


def _around(value: str, build: Build) -> str:
    """Shorten a long value to what names the build: of a path, from the folder or file that does."""
    found = _PATTERNS[build].search(value)
    if len(value) <= LONG or found is None:
        return value
    start = value.rfind("/", 0, found.start() + 1) if "/" in value[: found.start() + 1] else found.start()
    rest = value[start : start + LONG]
    return ("…" if start else "") + rest + ("…" if start + LONG < len(value) else "")


def _versions(names: Iterable[str]) -> Iterator[tuple[Build, str]]:
    """The builds of versioned accessions among the names of contigs, each with the first that says so."""
    seen: set[Build] = set()
    for name in names:
        accession = accession_of(name)
        if accession is not None and accession.build is not None and accession.build not in seen:
            seen.add(accession.build)
            yield accession.build, f"contig {name}, which is {accession.build}"


def _listed(told: list[tuple[Build, str]]) -> str:
    return " and ".join(words for _, words in told[:4])


def builds_named(text: str) -> set[Build]:
    """Give the builds whose names stand in a text: GRCh38, hg38, b38 and their like."""
    return {build for build, pattern in _PATTERNS.items() if pattern.search(text)}
