"""What the tests of this module share: small files of sites as gnomAD writes them, made on the spot."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from genoteca.sdk import Build

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
NUCLEAR = {
    "v4": ("AC:A:Integer AN:1:Integer AF:A:Float nhomalt:A:Integer AC_XY:A:Integer AN_XY:1:Integer non_par:0:Flag "
           "grpmax:A:String AF_grpmax:A:Float faf95:A:Float fafmax_faf95_max:A:Float "
           "AF_afr:A:Float AN_afr:1:Integer AF_remaining:A:Float AN_remaining:1:Integer"),
    "v2": ("AC:A:Integer AN:1:Integer AF:A:Float nhomalt:A:Integer AC_male:A:Integer AN_male:1:Integer nonpar:0:Flag "
           "popmax:A:String AF_popmax:A:Float faf95:A:Float "
           "AF_afr:A:Float AN_afr:1:Integer AF_oth:A:Float AN_oth:1:Integer"),
    "joint": ("AC_joint:A:Integer AN_joint:1:Integer AF_joint:A:Float nhomalt_joint:A:Integer "
              "AC_joint_XY:A:Integer AN_joint_XY:1:Integer grpmax_joint:A:String AF_grpmax_joint:A:Float "
              "faf95_joint:A:Float fafmax_faf95_max_joint:A:Float AF_joint_afr:A:Float AN_joint_afr:1:Integer"),
    "mt": "AN:1:Integer AC_hom:1:Integer AC_het:1:Integer AF_hom:1:Float AF_het:1:Float max_hl:1:Float",
}  # fmt: skip
"""Fields as the releases declare them: name, Number, Type."""


class Sites:
    """Writes files of sites; a test's own module cannot import this one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, fields: str, *records: str, build: Build = Build.GRCH38) -> Path:
        """Write a file; records as texts with spaces for tabs, `fields` a key of NUCLEAR."""
        declared = (field.split(":") for field in NUCLEAR[fields].split())
        lines = [
            "##fileformat=VCFv4.2",
            *(f'##INFO=<ID={name},Number={number},Type={kind},Description=".">' for name, number, kind in declared),
            *self.contigs(build, fields),
            "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
            *(record.replace(" ", "\t") for record in records),
        ]
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / name
        path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))
        return path

    @staticmethod
    def contigs(build: Build, fields: str) -> list[str]:
        """Contig lines as gnomAD writes them: all chromosomes, or chrM alone."""
        if fields == "mt":
            return ["##contig=<ID=chrM,length=16569,assembly=GRCh38_chrM>"]
        prefix = "chr" if build is Build.GRCH38 else ""
        return [
            f"##contig=<ID={prefix}{chrom},length={length},assembly=gnomAD_{build}>"
            for chrom, length in build.lengths.items()
            if chrom != "MT"
        ]


@pytest.fixture
def sites(tmp_path: Path) -> Sites:
    return Sites(tmp_path / "gnomad")


def vcf(*records: str, build: Build = Build.GRCH38) -> str:
    """A genome that carries these alleles, `CHROM POS REF ALT GT`."""
    contigs = "".join(f"##contig=<ID={chrom},length={length}>\n" for chrom, length in build.lengths.items())
    head = '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tme"
    lines = []
    for record in records:
        chrom, pos, ref, alt, genotype = record.split()
        lines.append(f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t50\tPASS\t.\tGT\t{genotype}\n")
    return f"##fileformat=VCFv4.2\n{contigs}{head}{columns}\n{''.join(lines)}"


@pytest.fixture
def genome_text() -> object:
    return vcf


@pytest.fixture
def shared_data() -> Path:
    """Folder of real genomes and references; a test that needs it says so when it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the real files do not lie beside this checkout")
    return SHARED
