"""gnomAD's own files in pieces: what a genome is told is what bcftools annotates it with from the same files."""

from __future__ import annotations

import math
import shutil
import subprocess
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from genoteca.sdk import Build, trim
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca_gnomad_frequencies import plugin

V2 = {
    "allele_count": "AC", "allele_number": "AN", "frequency": "AF", "homozygotes": "nhomalt",
    "allele_count_xy": "AC_male", "allele_number_xy": "AN_male", "highest_group": "popmax",
    "highest_frequency": "AF_popmax", "filtering_frequency": "faf95", "frequency_afr": "AF_afr",
    "frequency_nfe": "AF_nfe", "frequency_eas": "AF_eas", "frequency_asj": "AF_asj", "frequency_remaining": "AF_oth",
}  # fmt: skip
V3 = V2 | {
    "allele_count_xy": "AC_XY", "allele_number_xy": "AN_XY", "highest_filtering_frequency": "faf95_popmax",
    "frequency_mid": "AF_mid", "frequency_ami": "AF_ami", "frequency_sas": "AF_sas",
}  # fmt: skip
V4 = V3 | {
    "highest_group": "grpmax", "highest_frequency": "AF_grpmax", "highest_filtering_frequency": "fafmax_faf95_max",
    "frequency_remaining": "AF_remaining",
}  # fmt: skip
EXOMES_V4 = {column: field for column, field in V4.items() if column != "frequency_ami"}
MT = {
    "allele_number": "AN", "homoplasmic_count": "AC_hom", "heteroplasmic_count": "AC_het",
    "homoplasmic_frequency": "AF_hom", "heteroplasmic_frequency": "AF_het", "highest_heteroplasmy": "max_hl",
}  # fmt: skip
PIECES: list[tuple[str, Build, dict[str, str], int]] = [
    ("grch37/v2.1/gnomad-exomes.1.vcf.bgz", Build.GRCH37, V2, 293),
    ("grch37/v2.1/gnomad-exomes.X.vcf.bgz", Build.GRCH37, V2, 1),
    ("grch37/v2.1/gnomad-exomes.Y.vcf.bgz", Build.GRCH37, V2, 1),
    ("gnomad-nuclear/example-genomes-grch37/v2.1/gnomad-genomes.vcf.bgz", Build.GRCH37, V2, 3),
    ("gnomad-nuclear/example-genomes-grch38/v3.1/gnomad-genomes.vcf.bgz", Build.GRCH38, V3, 6),
    ("grch38/v4.0/gnomad-exomes.1.vcf.bgz", Build.GRCH38, EXOMES_V4, 101),
    ("grch38/v4.0/gnomad-exomes.X.vcf.bgz", Build.GRCH38, EXOMES_V4, 891),
    ("grch38/v4.0/gnomad-exomes.Y.vcf.bgz", Build.GRCH38, EXOMES_V4, 510),
    ("grch38/v4.0/gnomad-genomes.1.vcf.bgz", Build.GRCH38, V4, 22),
    ("grch38/v4.0/gnomad-genomes.X.vcf.bgz", Build.GRCH38, V4, 5005),
    ("grch38/v4.0/gnomad-genomes.Y.vcf.bgz", Build.GRCH38, V4, 507),
    ("grch37/v2.1/reading/gnomad.chrM.vcf.bgz", Build.GRCH38, MT, 3),
    ("grch37/v2.1/reading/gnomad.chrM.vcf.bgz", Build.GRCH37, MT, 3),
    ("gnomad-mtdna/example/gnomad-mtdna.vcf.bgz", Build.GRCH37, MT, 4),
    ("gnomad-mtdna/example/gnomad-mtdna.vcf.bgz", Build.GRCH38, MT, 4),
]
"""File, build of the genome, fields by column, alleles."""
Alleles = dict[tuple[str, int, str, str], dict[str, object]]

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not shutil.which("bcftools"), reason="bcftools is not on this computer"),
]


def bcftools(*arguments: str | Path) -> str:
    return subprocess.run(["bcftools", *arguments], capture_output=True, text=True, check=True).stdout


def genome(folder: Path, piece: Path) -> Path:
    """Write a genome that carries every allele of a piece, with the piece's own contigs."""
    contigs = [line for line in bcftools("view", "-h", piece).splitlines() if line.startswith("##contig")]
    head = ["##fileformat=VCFv4.2", *contigs, '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">']
    head.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tme")
    listed = bcftools("query", "-f", "%CHROM\t%POS\t.\t%REF\t%ALT\t50\t.\t.\tGT\t0/1\n", piece)
    path = folder / "genome.vcf"
    path.write_text("\n".join(head) + "\n" + listed)
    return path


def annotated(genome: Path, piece: Path, fields: dict[str, str]) -> Alleles:
    """What bcftools writes into the genome, by allele; a share of no alleles is known to be none."""
    packed = genome.with_suffix(".vcf.gz")
    bcftools("view", "-Oz", "-o", packed, genome)
    bcftools("index", packed)
    numbers = {field: field.replace("AF_", "AN_") for field in fields.values() if field.startswith("AF_")}
    declared = bcftools("view", "-h", piece)
    numbers = {field: number for field, number in numbers.items() if f"ID={number}," in declared}
    wanted = [*fields.values(), *numbers.values()]
    made = genome.with_suffix(".annotated.vcf")
    columns = ",".join(["FILTER", "ID", *(f"INFO/{field}" for field in dict.fromkeys(wanted))])
    bcftools("annotate", "-a", piece, "-c", columns, "-o", made, packed)
    cells = "\t".join(f"%INFO/{field}" for field in wanted)
    found: Alleles = {}
    for line in bcftools("query", "-f", f"%CHROM\t%POS\t%REF\t%ALT\t%FILTER\t%ID\t{cells}\n", made).splitlines():
        contig, pos, ref, alt, filters, name, *values = line.split("\t")
        told = dict(zip(wanted, values, strict=True))
        nobody = {field for field, number in numbers.items() if told[number] in ("0", ".")}
        if told["AN"] == "0":
            nobody |= {"AF", "faf95", "AF_hom", "AF_het", "max_hl", "AF_grpmax", "AF_popmax", "fafmax_faf95_max"}
        cell = {column: None if field in nobody else value_of(told[field]) for column, field in fields.items()}
        chrom = contig.removeprefix("chr").replace("MT", "M").replace("M", "MT")
        cell |= {"gnomad_filter": value_of(filters), "rsid": value_of(name)}
        found[chrom, *trim(int(pos), ref, alt)] = cell
    return found


def value_of(text: str) -> object:
    if text == ".":
        return None
    try:
        return float(text)
    except ValueError:
        return text


def same(ours: object, theirs: object) -> bool:
    """Whether two cells are the same; bcftools keeps 32 bits of a number and writes six digits."""
    if isinstance(ours, (int, float)) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=1e-5)
    return ours == theirs


@pytest.mark.parametrize(("name", "build", "fields", "alleles"), PIECES)
def test_what_a_genome_is_told_is_what_bcftools_annotates(
    shared_data: Path,
    tmp_path: Path,
    genoteca_sample: MakeSample,
    name: str,
    build: Build,
    fields: dict[str, str],
    alleles: int,
) -> None:
    piece = shared_data / "03-annotation-dbs" / "gnomad" / name
    text = genome(tmp_path, piece).read_text()
    sample = genoteca_sample(text, build=build, kind="whole genome")
    made = materialize_module(plugin, sample, settings={"source": str(piece)})
    assert made.failed_checks == []
    columns = [*fields, "gnomad_filter", "rsid"]
    table = made.table.with_columns(pl.col("chrom").cast(pl.String))
    ours = {
        row[:4]: dict(zip(columns, row[4:], strict=True))
        for row in table.select("chrom", "pos", "ref", "alt", *columns).rows()
    }
    theirs = annotated(tmp_path / "genome.vcf", piece, fields)
    assert len(ours) == len(table) == alleles
    assert set(ours) == set(theirs)
    wrong = [
        (allele, column, ours[allele][column], theirs[allele][column])
        for allele in ours
        for column in columns
        if not same(ours[allele][column], theirs[allele][column])
    ]
    assert wrong == []


def count(made: Any, column: str) -> int:
    return int(made.table[column].count())


def test_nothing_is_compared_that_is_empty_everywhere(
    shared_data: Path, tmp_path: Path, genoteca_sample: MakeSample
) -> None:
    piece = shared_data / "03-annotation-dbs" / "gnomad" / "grch38" / "v4.0" / "gnomad-genomes.X.vcf.bgz"
    sample = genoteca_sample(genome(tmp_path, piece).read_text(), kind="whole genome")
    made = materialize_module(plugin, sample, settings={"source": str(piece)})
    assert all(count(made, column) > 300 for column in V4)
    assert made.table["gnomad_filter"].value_counts().height == 4
    # a share of nobody: 23 alleles of which v4.0 writes AF=0
    assert made.table["frequency"].null_count() == made.table.filter(pl.col("allele_number") == 0).height == 23
    assert (made.record("reference").metadata["build_evidence"][0]).startswith(
        "gnomad-genomes.X.vcf.bgz: The contig lengths"
    )


def test_a_v2_file_lifted_to_grch38_is_of_grch38(
    shared_data: Path, tmp_path: Path, genoteca_sample: MakeSample
) -> None:
    """Exomes of v2.1.1 lifted over by gnomAD: GRCh38's contigs with v2's field names."""
    piece = shared_data / "03-annotation-dbs/gnomad/gnomad-nuclear/example-exomes-grch38/v2.1/gnomad-exomes.vcf.bgz"
    sample = genoteca_sample(genome(tmp_path, piece).read_text(), kind="whole genome")
    made = materialize_module(plugin, sample, settings={"source": str(piece)})
    assert len(made.table) == 3
    assert count(made, "frequency_remaining") > 0


def test_men_are_counted_on_their_one_y(shared_data: Path, tmp_path: Path, genoteca_sample: MakeSample) -> None:
    piece = shared_data / "03-annotation-dbs" / "gnomad" / "grch38" / "v4.0" / "gnomad-genomes.Y.vcf.bgz"
    sample = genoteca_sample(genome(tmp_path, piece).read_text(), kind="whole genome")
    made = materialize_module(plugin, sample, settings={"source": str(piece)})
    assert made.table["outside_par"].all()
    assert made.table["allele_count_xy"].sum() == made.table["allele_count"].sum() == 3986
    assert made.table["homozygotes"].sum() == 0
