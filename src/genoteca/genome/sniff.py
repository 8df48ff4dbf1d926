"""Files that are neither VCF nor a readable array, told by what they look like."""

from __future__ import annotations

import re

from genoteca.errors import GenomeFileError

__all__ = ["is_genome", "refuse_other_binaries", "refuse_other_text"]

_BINARIES = (
    (b"BCF\x04", "a BCF 1 file, an early binary form of VCF"),
    (b"BAM\x01", "a BAM file of aligned reads"),
    (b"CRAM", "a CRAM file of aligned reads"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"%PDF", "a PDF document"),
    (b"PAR1", "a Parquet file"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
    (b"#\x00#\x00", "text in UTF-16"),
    (b"\x00#\x00#", "text in UTF-16"),
)

_ARRAYS = ("a 23andMe array file", "an AncestryDNA array file", "an array file with one rsID a line")

_TEXTS = (
    (re.compile(rb"#.{0,200}23andMe", re.IGNORECASE | re.DOTALL), _ARRAYS[0]),
    (re.compile(rb"#\s*AncestryDNA", re.IGNORECASE), _ARRAYS[1]),
    (re.compile(rb"(#[^\n]*\n)*#?\s*\"?rsid\"?[\t,]", re.IGNORECASE), _ARRAYS[2]),
    (re.compile(rb"##gff-version|##gtf", re.IGNORECASE), "a gene annotation (GFF or GTF)"),
    (re.compile(rb"@HD\t|@SQ\t"), "a SAM file of aligned reads"),
    (re.compile(rb">"), "a FASTA sequence"),
    (re.compile(rb"<(!DOCTYPE|html)", re.IGNORECASE), "a web page"),
)

_HINT = "Genoteca reads VCF, BCF and the raw data of DNA arrays, packed or not; ask your provider for one of them."
_NOT_THE_MAKERS = (
    "No line of it names an array's columns, and its rows are not an array's; open the file as its maker gave it."
)


def is_genome(start: bytes) -> bool:
    """Whether a file in an archive is a genome, by its first (unpacked) bytes; gzip data may be a damaged one."""
    if start.startswith((b"\x1f\x8b", b"BCF\x02")):
        return True
    text = start.removeprefix(b"\xef\xbb\xbf")
    return text[:16].lower() == b"##fileformat=vcf" or _is_array(text)


def refuse_other_binaries(start: bytes, name: str) -> None:
    """Refuse a file whose first bytes are those of another format.

    Raises:
        GenomeFileError: it is one; the message says which.

    """
    for magic, looks in _BINARIES:
        if start.startswith(magic):
            raise GenomeFileError(f"{name} looks like {looks}, not like a VCF.", hint=_hint(looks))
    if start[257:262] == b"ustar":
        raise GenomeFileError(f"{name} looks like a tar archive, not like a VCF.", hint=_hint("an archive"))


def refuse_other_text(start: bytes, name: str) -> None:
    """Refuse a text that does not begin as VCF 4 does.

    Raises:
        GenomeFileError: it does not; the message says what it looks like.

    """
    told = re.match(rb"##fileformat=VCFv(\S+)", start, re.IGNORECASE)
    if told and told[1].startswith(b"4"):
        return
    if told:
        version = told[1].decode("ascii", "replace")
        raise GenomeFileError(f"{name} is VCF {version}; version 4 was expected.", hint=_HINT)
    looks = next((words for pattern, words in _TEXTS if pattern.match(start)), "")
    if looks in _ARRAYS:
        raise GenomeFileError(f"{name} looks like {looks}, but cannot be read as one.", hint=_NOT_THE_MAKERS)
    said = f"looks like {looks}, not like a VCF" if looks else "does not begin with ##fileformat=VCFv4, as a VCF does"
    raise GenomeFileError(f"{name} {said}.", hint=_HINT)


def _hint(looks: str) -> str:
    if "archive" in looks:
        return "Unpack it and open the genome file inside."
    if "UTF-16" in looks:
        return "Save the file again as UTF-8 (plain text)."
    return _HINT


def _is_array(text: bytes) -> bool:
    """Whether a text begins as an array does; only comments may be seen of one with many."""
    if any(pattern.match(text) for pattern, looks in _TEXTS if looks in _ARRAYS):
        return True
    from genoteca.genome.arrays.layout import layout_of  # its package reads files through what is checked here

    try:
        return layout_of(text, "") is not None
    except GenomeFileError:  # an array that cannot be read: whoever opens it is told why
        return True
