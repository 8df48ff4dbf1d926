"""Broken genome files, each made from a number alone: the same number gives the same bytes."""

from __future__ import annotations

import gzip
import os
import random
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.genome.packing import bgzip, tar_of, zip_of

__all__ = ["Input", "Maker"]

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "data"
REAL_FOLDERS = ("01-vcf-conformance", "07-dtc", "09-hostile")
GENOMES = (".vcf", ".vcf.gz", ".bcf", ".txt", ".csv", ".zip")
LARGEST_REAL = 60_000
"""Bytes: what is wrong in a large file is wrong in a small one too."""

COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT"
HEADER = "".join(
    f"##{line}\n"
    for line in (
        "fileformat=VCFv4.2",
        "contig=<ID=1,length=248956422>",
        "contig=<ID=X,length=156040895>",
        "contig=<ID=chrM,length=16569>",
        'FILTER=<ID=q10,Description="Low">',
        'INFO=<ID=END,Number=1,Type=Integer,Description="Last position">',
        'INFO=<ID=SVTYPE,Number=1,Type=String,Description="Kind">',
        'FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        'FORMAT=<ID=AD,Number=R,Type=Integer,Description="Depths">',
        'FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">',
        'FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Quality">',
        'FORMAT=<ID=PS,Number=1,Type=Integer,Description="Phase set">',
    )
)
ONE = (
    "1\t100\trs1\tA\tC\t50\tPASS\t.\tGT:AD:DP:GQ\t0/1:10,12:22:99",
    "1\t200\t.\tACG\tA,T\t12.5\tq10\t.\tGT:PS\t1|2:200",
    "1\t300\t.\tA\t<NON_REF>\t.\t.\tEND=399\tGT:DP:GQ\t0/0:30:60",
    "1\t400\t.\tA\t*,G\t30\tPASS\t.\tGT\t1/2",
    "1\t500\t.\tA\t<DEL>\t30\tPASS\tSVTYPE=DEL;END=900\tGT\t0/1",
    "1\t600\t.\tA\tA]1:900]\t30\tPASS\tSVTYPE=BND\tGT\t0/1",
    "1\t700\t.\tN\t.\t.\t.\t.\tGT:DP\t./.:3",
    "X\t3000000\t.\tG\tT\t60\tPASS\t.\tGT:GQ\t1:99",
    "chrM\t263\t.\tA\tG\t60\tPASS\t.\tGT:AD\t1:1,99",
)
MANY = b"1\t%d\t.\tA\tC\t50\tPASS\t.\tGT:DP\t0/1:%d\n"
TOKENS = (
    *(b".", b"", b"*", b"<NON_REF>", b"<DEL>", b"N", b"chrM", b"Y", b"GT", b"0/1/2", b"./1", b"1|", b"|", b"-1"),
    *(b"0", b"4294967296", b"99999999999999999999", b"1e308", b"nan", b"END=999999999999", b"END=-5", b"\x00"),
    *(b"\r", b"\xff", b"\t", b"\n", b"\n\n", b"##contig=<ID=1>", b"#CHROM", b"A" * 5000, b"\xef\xbb\xbf"),
    *(b'"', b";", b"=", b":" * 300),
)
TEXTS = ["one person", "forty people", "many records"]
SHARES = (5, 2, 3)
"""Of 10 inputs: so many from plain texts with genotypes, from any generated file, from real files."""
BODY = 0.8
"""Share of the changes that fall behind the header: a broken header is refused before a record is read."""


@dataclass(frozen=True, slots=True)
class Input:
    """One broken file: what it was made of, in words, and its bytes."""

    made_of: str
    data: bytes


class Maker:
    """Makes inputs from small generated files, and from real ones where they lie beside the checkout."""

    def __init__(self) -> None:
        self.whole: dict[str, bytes] = _generated()
        for folder in REAL_FOLDERS:
            for path in sorted((REAL / folder).rglob("*")):
                if path.name.endswith(GENOMES) and path.stat().st_size <= LARGEST_REAL:
                    self.whole[str(path.relative_to(REAL))] = path.read_bytes()
        generated = list(_generated())
        self._groups = (TEXTS, generated, [name for name in self.whole if name not in generated] or generated)

    def make(self, number: int) -> Input:
        """Break one file, in the way that the number says."""
        chance = random.Random(number)  # noqa: S311 - the same numbers each time are the point
        name = chance.choice(chance.choices(self._groups, weights=SHARES)[0])
        data = bytearray(self.whole[name])
        steps: list[str] = []
        for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
            step = chance.choice(_BREAKS)
            data = step(data, chance)
            steps.append(step.__name__.lstrip("_"))
        packed = bytes(data)
        if chance.random() < 0.3:
            way, pack = chance.choice(list(_PACKS.items()))
            packed = pack(packed)
            steps.append(f"packed as {way}")
        return Input(f"{name}: {', '.join(steps)}", packed)


def _generated() -> dict[str, bytes]:
    people = "\t".join(f"P{n}" for n in range(40))
    one = (HEADER + COLUMNS + "\tA\n" + "\n".join(ONE) + "\n").encode()
    made = {
        "one person": one,
        "forty people": (
            HEADER + COLUMNS + f"\t{people}\n" + "".join(line + "\t0/1" * 39 + "\n" for line in ONE)
        ).encode(),
        "many records": one + b"".join(MANY % (n, n) for n in range(1000, 3000)),
        "sites only": (HEADER + COLUMNS.removesuffix("\tFORMAT") + "\n1\t100\t.\tA\tC\t.\t.\t.\n").encode(),
        "array": b"# 23andMe\n# rsid\tchromosome\tposition\tgenotype\nrs1\t1\t100\tAA\nrs2\tX\t200\tC\n",
        "csv array": b'"RSID","CHROMOSOME","POSITION","RESULT"\n"rs1","1","100","AC"\n',
        "zip": zip_of({"a.vcf": one, "readme.txt": b"hello"}),
        "two in a zip": zip_of({"a.vcf": one, "b.vcf": one}),
        "tar": tar_of({"folder/": b"", "a.vcf": one}),
        "tar.gz": gzip.compress(tar_of({"a.vcf": one}), mtime=0),
        "gzip": gzip.compress(one, mtime=0),
        "bgzip": bgzip(one, 300),
    }
    return made | _binary(one)


def _binary(text: bytes) -> dict[str, bytes]:
    """BCF, unpacked so that a flipped bit reaches the decoder; none where BCF cannot be read."""
    if sys.platform == "win32":
        return {}
    from pysam import bcftools

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "a.vcf"), Path(folder, "a.bcf")
        source.write_bytes(text)
        bcftools.view("--no-version", "-Ob", "-o", os.fspath(target), os.fspath(source), catch_stdout=False)
        packed = target.read_bytes()
    return {"BCF": gzip.decompress(packed), "bgzip BCF": packed}


def _body(data: bytearray) -> int:
    """Where the records begin; 0 where that cannot be seen."""
    return data.find(b"\n", max(0, data.find(b"\n#CHROM\t") + 1)) + 1 if b"\n#CHROM\t" in data else 0


def _spot(data: bytearray, chance: random.Random) -> int:
    return chance.randrange(_body(data) if chance.random() < BODY else 0, len(data) + 1)


def _line(data: bytearray, chance: random.Random) -> tuple[list[bytearray], int]:
    """Cut the data into lines and choose one."""
    lines = data.split(b"\n")
    first = data.count(b"\n", 0, _body(data)) if chance.random() < BODY else 0
    return lines, chance.randrange(min(first, len(lines) - 1), len(lines))


def _span(data: bytearray, chance: random.Random, longest: int) -> tuple[int, int]:
    start = _spot(data, chance)
    return start, min(len(data), start + chance.randrange(1, longest))


def _flip_bits(data: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.choice((1, 1, 4, 40)) if data else 0):
        data[min(_spot(data, chance), len(data) - 1)] ^= 1 << chance.randrange(8)
    return data


def _cut(data: bytearray, chance: random.Random) -> bytearray:
    return data[: _spot(data, chance)]


def _cut_the_start(data: bytearray, chance: random.Random) -> bytearray:
    return data[chance.randrange(min(len(data), 200) + 1) :]


def _double(data: bytearray, chance: random.Random) -> bytearray:
    start, end = _span(data, chance, 2000)
    return data[:end] + data[start:end] * chance.choice((1, 1, 20)) + data[end:]


def _remove(data: bytearray, chance: random.Random) -> bytearray:
    start, end = _span(data, chance, 200)
    return data[:start] + data[end:]


def _overwrite(data: bytearray, chance: random.Random) -> bytearray:
    start, end = _span(data, chance, 12)
    data[start:end] = bytes([chance.choice((0, 0x7F, 0x80, 0xFF))]) * (end - start)
    return data


def _insert_noise(data: bytearray, chance: random.Random) -> bytearray:
    start = _spot(data, chance)
    return data[:start] + chance.randbytes(chance.randrange(1, 50)) + data[start:]


def _insert_token(data: bytearray, chance: random.Random) -> bytearray:
    start = _spot(data, chance)
    return data[:start] + chance.choice(TOKENS) + data[start:]


def _replace_field(data: bytearray, chance: random.Random) -> bytearray:
    lines, place = _line(data, chance)
    fields = lines[place].split(b"\t")
    fields[chance.randrange(len(fields))] = bytearray(chance.choice(TOKENS))
    lines[place] = bytearray(b"\t".join(fields))
    return bytearray(b"\n".join(lines))


def _swap_fields(data: bytearray, chance: random.Random) -> bytearray:
    lines, place = _line(data, chance)
    fields = lines[place].split(b"\t")
    one, other = chance.randrange(len(fields)), chance.randrange(len(fields))
    fields[one], fields[other] = fields[other], fields[one]
    lines[place] = bytearray(b"\t".join(fields))
    return bytearray(b"\n".join(lines))


def _swap_lines(data: bytearray, chance: random.Random) -> bytearray:
    lines, one = _line(data, chance)
    other = _line(data, chance)[1]
    lines[one], lines[other] = lines[other], lines[one]
    return bytearray(b"\n".join(lines))


_BREAKS: tuple[Callable[[bytearray, random.Random], bytearray], ...] = (
    *(_flip_bits, _cut, _cut_the_start, _double, _remove, _overwrite, _insert_noise, _insert_token, _insert_token),
    *(_replace_field, _replace_field, _replace_field, _swap_fields, _swap_fields, _swap_lines),
)
_PACKS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "bgzip": bgzip,
    "zip": lambda data: zip_of({"a.vcf": data}),
    "tar": lambda data: tar_of({"a.vcf": data}),
    "bgzip in a zip": lambda data: zip_of({"a.vcf.gz": bgzip(data)}),
}
