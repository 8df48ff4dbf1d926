"""Which build a VCF is in, by what its header says; never by a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator

from genoteca.genome.header import Header
from genoteca.model.build import Build, build_of_lengths, chromosome

__all__ = ["build_of_header", "contig_lengths"]

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

_REFERENCE_KEYS = {"reference", "assembly", "source_genome_reference", "genome", "genomebuild", "genome_build", "ref"}
_COMMAND = re.compile(
    r"(?:--?reference|--ref|--ref-dir|--ref_fasta|-R|reference_sequence|--reference_fasta)[= ](?:\[?)(\S+)"
)


def build_of_header(header: Header) -> tuple[Build | None, str]:
    """Tell the build and why; None with the reason when the header does not say, or contradicts itself."""
    lengths = contig_lengths(header)
    by_length = build_of_lengths(lengths)
    told = list(_told(header))
    by_name = {build for build, _ in told}
    if by_length:
        return _with_lengths(by_length, lengths, told)
    if any(name != "MT" for name in lengths):
        return None, "The contig lengths in the file fit no genome build that is known here."
    if len(by_name) == 1:
        build, words = told[0]
        return build, f"The header says {words}."
    if by_name:
        return None, f"The header contradicts itself: it says {' and '.join(words for _, words in told[:4])}."
    return None, "The file does not say which genome build it is in."


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
    return build, f"{words}."


def _told(header: Header) -> Iterator[tuple[Build, str]]:
    """Every name of a build in a line that names the reference, with words that show where."""
    assemblies = {contig.assembly for name, contig in header.contigs.items() if chromosome(name) and contig.assembly}
    lines = [("contig assembly", assembly) for assembly in sorted(assemblies)]
    lines += [(f"##{key}", value) for key, value in header.meta if key.lower() in _REFERENCE_KEYS]
    for key, value in header.meta:
        if "command" in key.lower() or "cmd" in key.lower():
            lines += [(f"##{key}", path) for path in _COMMAND.findall(value)]
    seen: set[Build] = set()
    for key, value in lines:
        for build in _named(value) - seen:
            seen.add(build)
            yield build, f"{key}={value[:120]}"


def _named(text: str) -> set[Build]:
    return {build for build, pattern in _PATTERNS.items() if pattern.search(text)}
