"""Which alleles of a reference a person carries, and what the reference says of them: told without our code.

Twice: by bcftools (norm, view, isec and annotate on the two files), and in a few plain loops over their lines.
"""

from __future__ import annotations

import gzip
import re
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Allele = tuple[str, int, str, str]
"""Chromosome without `chr`, 1-based position, REF and ALT, trimmed."""

PER_ALT = re.compile(r"##INFO=<ID=([^,]+),Number=A,")


@dataclass
class Told:
    """One allele that is carried and listed."""

    copies: list[int] = field(default_factory=list)
    """As every record of the sample that spells it has it."""
    values: set[tuple[str, ...]] = field(default_factory=set)
    """ID and the asked INFO values, one of every row of the reference; bcftools gives one of them."""


Oracle = Callable[[Path, str, Path, Sequence[str], Path], dict[Allele, Told]]
"""Sample file, name of the person, reference file, INFO keys, a folder that belongs to the sample."""


def trimmed(pos: int, ref: str, alt: str) -> tuple[int, str, str]:
    while len(ref) > 1 and len(alt) > 1 and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while len(ref) > 1 and len(alt) > 1 and ref[0] == alt[0]:
        pos, ref, alt = pos + 1, ref[1:], alt[1:]
    return pos, ref, alt


def lines_of(path: Path) -> list[str]:
    """The lines of a VCF; contigs without `chr`, and without the tab that one publisher's header ends with."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8", "replace")
    plain = (re.sub(r"^(##contig=<ID=)?chr", r"\1", line) for line in text.splitlines() if line)
    return [line.rstrip("\t") if line.startswith("#CHROM") else line for line in plain]


def as_given(path: Path, keys: Sequence[str]) -> str:
    """A VCF as bcftools takes it: every contig of its records is in the header, and INFO has what is asked for."""
    lines = [line if line.startswith("#") else with_info(line, keys) for line in lines_of(path)]
    named = {found[1] for line in lines if (found := re.match(r"##contig=<ID=([^,>]+)", line))}
    used = {line.partition("\t")[0]: None for line in lines if not line.startswith("#")}
    absent = [f"##contig=<ID={name}>" for name in used if name not in named]
    return "\n".join([lines[0], *absent, *lines[1:]]) + "\n"


def with_info(line: str, keys: Sequence[str]) -> str:
    cells = line.split("\t")
    kept = [entry for entry in cells[7].split(";") if entry.partition("=")[0] in keys]
    return "\t".join([*cells[:7], ";".join(kept) or ".", *cells[8:]])


def by_hand(sample: Path, person: str, reference: Path, keys: Sequence[str], _folder: Path) -> dict[Allele, Told]:
    listed = values_by_hand(reference, keys)
    told: dict[Allele, Told] = {}
    lines = lines_of(sample)
    place = next(line for line in lines if line.startswith("#CHROM")).split("\t").index(person)
    for cells in (line.split("\t") for line in lines if not line.startswith("#")):
        genotype = re.split(r"[/|]", cells[place].split(":")[0])
        for number, allele in alleles_of(cells):
            if (copies := genotype.count(str(number))) and allele in listed:
                told.setdefault(allele, Told(values=listed[allele])).copies.append(copies)
    return told


def values_by_hand(reference: Path, keys: Sequence[str]) -> dict[Allele, set[tuple[str, ...]]]:
    """ID and INFO values of every allele that a reference lists."""
    lines = lines_of(reference)
    per_alt = {found[1] for line in lines if (found := PER_ALT.match(line))}
    listed: defaultdict[Allele, set[tuple[str, ...]]] = defaultdict(set)
    for cells in (line.split("\t") for line in lines if not line.startswith("#")):
        info = dict(entry.partition("=")[::2] for entry in cells[7].split(";"))
        for number, allele in alleles_of(cells):
            said = [info.get(key, ".") for key in keys]
            one = [text.split(",")[number - 1] if key in per_alt and text != "." else text
                   for key, text in zip(keys, said, strict=True)]  # fmt: skip
            listed[allele].add((cells[2], *one))
    return listed


def alleles_of(cells: list[str]) -> Iterator[tuple[int, Allele]]:
    """Number and alleles of every ALT of a record that is a sequence."""
    for number, alt in enumerate(cells[4].upper().split(","), 1):
        if not set(cells[3].upper() + alt) - set("ACGT"):
            yield number, (cells[0], *trimmed(int(cells[1]), cells[3].upper(), alt))


def by_bcftools(sample: Path, person: str, reference: Path, keys: Sequence[str], folder: Path) -> dict[Allele, Told]:
    own, other = folder / "sample.vcf.gz", folder / "reference.vcf.gz"
    if not own.exists():
        one = bcftools("view", "-s", person, given=as_given(sample, ()))
        split = bcftools("norm", "-m", "-any", given=one)
        put_in_order(bcftools("view", "-i", 'GT~"1"', given=split), own)
    put_in_order(bcftools("norm", "-m", "-any", given=as_given(reference, keys)), other)
    shared = bcftools("isec", "-n=2", "-w1", "-c", "none", own, other)
    bare = placed(bcftools("annotate", "-x", "ID,INFO", given=shared), folder / "bare.vcf.gz")
    columns = ",".join(["ID", *(f"INFO/{key}" for key in keys)])
    annotated = bcftools("annotate", "-a", other, "-c", columns, bare)
    told: defaultdict[Allele, Told] = defaultdict(Told)
    for cells in (line.split("\t") for line in annotated.splitlines() if not line.startswith("#")):
        info = dict(entry.partition("=")[::2] for entry in cells[7].split(";"))
        found = told[cells[0], int(cells[1]), cells[3], cells[4]]
        found.copies.append(len(re.findall(r"\b1\b", cells[9].split(":")[0])))
        found.values.add((cells[2], *(info.get(name, ".") for name in keys)))
    return told


def put_in_order(text: str, target: Path) -> None:
    """Trim the split records, sort them, and index the file; what is not a sequence is left out."""
    kept = []
    for line in text.splitlines():
        cells = line.split("\t")
        if line.startswith("#"):
            kept.append(line)
        elif not set(cells[3].upper() + cells[4].upper()) - set("ACGT"):
            pos, ref, alt = trimmed(int(cells[1]), cells[3].upper(), cells[4].upper())
            kept.append("\t".join([cells[0], str(pos), cells[2], ref, alt, *cells[5:]]))
    placed(bcftools("sort", given="\n".join(kept) + "\n"), target)


def placed(text: str, target: Path) -> Path:
    bcftools("view", "-Oz", "-o", target, given=text)
    bcftools("index", "-f", target)
    return target


def bcftools(*arguments: str | Path, given: str = "") -> str:
    command = ["bcftools", *map(str, arguments)]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr[-2000:]}"
    return done.stdout
