"""A look at the head of a genome file, before anything is read or stored."""

from __future__ import annotations

import re
from pathlib import Path

from genoteca.genome.archive import genome_members
from genoteca.genome.arrays import START, array_facts, layout_of
from genoteca.genome.build_evidence import SILENT, build_of_header
from genoteca.genome.header import Header, parse_header
from genoteca.genome.probing import Probes
from genoteca.genome.stream import GenomeText
from genoteca.model.intake import FileFacts
from genoteca.model.sample import SampleKind

__all__ = ["HEAD", "facts_of", "inspect_file"]

HEAD = 1 << 20
"""Bytes of the records that are looked at before a file is read."""
HEAD_RECORDS = 1000

_EXOME = re.compile(r"exome|(?<![a-z0-9])wes(?![a-z0-9])|sureselect|seqcap|xgen", re.IGNORECASE)
_TELLS_THE_MAKER = re.compile(r"command|cmd|source|intervals|targets|assay|library|experiment", re.IGNORECASE)
_REFERENCE_BLOCK = re.compile(
    rb"\t(?:[^\t\n]*,)?<(?:NON_REF|\*)>\t|\t\.\t[^\t\n]*\t[^\t\n]*\t(?:[^\t\n]*;)?END=\d", re.IGNORECASE
)
# Callers of copy numbers write a stretch of two copies as a block without an ALT too; it says nothing of its bases.
_COPY_NUMBER = re.compile(rb"[\t;](?:SVTYPE=|REFLEN=)")
_HAS_GT = re.compile(r"(?:^|:)GT(?::|$)")


def inspect_file(path: Path, member: str | None = None) -> FileFacts:
    """Tell what the head of a file says: format, samples, build, kind.

    Of an archive with several genomes and no `member` chosen, only their names are told (`FileFacts.undecided`).

    `kind` is what can be said before the records are read: a file that may turn out to be a whole genome is `panel or
    region` until then.

    Raises:
        GenomeFileError: empty, damaged, or neither VCF nor array; the message says what it looks like.

    """
    members = genome_members(path)
    if member is None and len(members) > 1:
        return _undecided(path, members)
    with GenomeText(path, member) as text:
        if layout := layout_of(text.start(START), path.name):
            return array_facts(path, text, layout).model_copy(update={"members": members})
        header = parse_header(text.header(), path.name)
        head = next(text.blocks(HEAD), b"")
        facts = facts_of(path, text, header, head).model_copy(update={"members": members})
    return _probed(path, facts, head, member)


def _probed(path: Path, facts: FileFacts, head: bytes, member: str | None) -> FileFacts:
    """Hold the build against the well-known variants of the head; where nothing tells it, scan some of the file.

    What the header says against itself no variant settles: the person is asked.
    """
    probes = Probes()
    probes.look(head)
    silent = facts.build_evidence == SILENT
    if silent and not probes.sure and len(head) >= HEAD:
        with GenomeText(path, member) as text:
            text.header()
            probes.scan(text.blocks())
    found = probes.build
    if facts.build is not None and found not in (None, facts.build):
        against = f"{facts.build_evidence} But its records say otherwise. {probes.words}"
        return facts.model_copy(update={"build": None, "build_evidence": against})
    said = " ".join(filter(None, [facts.build_evidence, probes.words]))
    return facts.model_copy(update={"build": found if silent else facts.build, "build_evidence": said})


def _undecided(path: Path, members: list[str]) -> FileFacts:
    return FileFacts(
        path=str(path),
        name=path.name,
        bytes=path.stat().st_size,
        format="Archive",
        compression="none",
        samples=[],
        build=None,
        build_evidence="no file of the archive was chosen yet",
        kind=SampleKind.NO_GENOTYPES,
        has_genotypes=False,
        gvcf=False,
        synthetic=False,
        header_lines=0,
        members=members,
    )


def facts_of(path: Path, text: GenomeText, header: Header, head: bytes) -> FileFacts:
    """Put together what the header and the first records say."""
    build, evidence = build_of_header(header, _contigs(head))
    gvcf = _is_gvcf(header, head)
    genotypes = bool(header.samples) and _has_genotypes(header, head)
    return FileFacts(
        path=str(path),
        name=path.name,
        bytes=text.bytes,
        format=f"{text.format} {header.version}" if text.format == "VCF" else f"BCF of VCF {header.version}",
        compression=text.compression,
        samples=header.samples,
        build=build,
        build_evidence=evidence,
        kind=_kind(header, gvcf=gvcf, genotypes=genotypes),
        has_genotypes=genotypes,
        gvcf=gvcf,
        synthetic=any("synthetic" in value.lower() for value in header.values("source")),
        header_lines=header.lines,
        member=text.member,
    )


def _contigs(head: bytes) -> list[str]:
    lines = head.split(b"\n", HEAD_RECORDS)[:HEAD_RECORDS]
    return list(dict.fromkeys(line.partition(b"\t")[0].decode("utf-8", "replace") for line in lines if line))


def _kind(header: Header, *, gvcf: bool, genotypes: bool) -> SampleKind:
    if not genotypes:
        return SampleKind.NO_GENOTYPES
    if gvcf:
        return SampleKind.GVCF
    return SampleKind.EXOME if _is_exome(header) else SampleKind.PANEL


def _is_gvcf(header: Header, head: bytes) -> bool:
    if any(key.lower().startswith("gvcfblock") for key, _ in header.meta):
        return True
    lines = head.split(b"\n", HEAD_RECORDS)[:HEAD_RECORDS]
    return any(_REFERENCE_BLOCK.search(line) and not _COPY_NUMBER.search(line) for line in lines)


def _is_exome(header: Header) -> bool:
    return any(_TELLS_THE_MAKER.search(key) and _EXOME.search(value) for key, value in header.meta)


def _has_genotypes(header: Header, head: bytes) -> bool:
    """Whether a GT stands among the first records; a file without any record is asked what it declares."""
    lines = [line.split(b"\t", 9) for line in head.split(b"\n", HEAD_RECORDS)[:HEAD_RECORDS] if line.strip()]
    formats = {line[8].decode("utf-8", "replace") for line in lines if len(line) > 9}
    return any(_HAS_GT.search(form) for form in formats) or not lines or header.declares("FORMAT", "GT")
