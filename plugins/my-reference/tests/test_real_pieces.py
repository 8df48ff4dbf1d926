"""Real pieces of gnomAD, dbSNP and ClinVar, as VCF and as tables made of them, against bcftools on the same files."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from genoteca.sdk import trim
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca_my_reference import plugin

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "03-annotation-dbs"
BCFTOOLS = shutil.which("bcftools")
GNOMAD = "gnomad/grch38/v4.0/gnomad-genomes.1.vcf.bgz"
PIECES = {
    "gnomAD 2.0.1": ("jvarkit/gnomad.genomes.r2.0.1.sites.1.vcf.gz", "AF", "af"),
    "dbSNP 135": (
        "gatk-snippets/Homo_sapiens_assembly19.dbsnp135.chr1_1M.exome_intervals.vcf",
        "dbSNPBuildID",
        "dbsnpbuildid",
    ),
    "dbSNP with accessions": ("gnomad/dbsnp/example/dbsnp.brca1.vcf.bgz", "RS", "rs"),
}
LENGTHS = {"1": 249250621, "17": 81195210}
Allele = tuple[str, int, str, str]

pytestmark = pytest.mark.real_data


def piece(name: str) -> Path:
    if not SHARED.is_dir():
        pytest.skip("the real files do not lie beside this checkout")
    if BCFTOOLS is None:
        pytest.skip("bcftools is not installed")
    return SHARED / name


def bcftools(*arguments: str | Path) -> str:
    done = subprocess.run([str(BCFTOOLS), *map(str, arguments)], capture_output=True, text=True, check=True)
    return done.stdout


def listed(path: Path, field: str, folder: Path) -> list[tuple[Allele, str]]:
    """Every allele of a file with one field, as bcftools splits and prints them."""
    split = folder / "split.vcf"
    split.write_text(bcftools("norm", "-m-any", path))
    told = bcftools("query", "-f", f"%CHROM\t%POS\t%REF\t%ALT\t%INFO/{field}\n", split)
    rows = [line.split("\t") for line in told.splitlines()]
    plain = [row for row in rows if set(row[3]) <= set("ACGT") and set(row[2]) <= set("ACGT")]
    return [((chrom, *trim(int(pos), ref, alt)), value) for chrom, pos, ref, alt, value in plain]


def with_accessions(path: Path, folder: Path) -> Path:
    """Name chromosome 17 as dbSNP's releases do; nothing else says the build then."""
    lines = bcftools("view", path).splitlines()
    kept = [line for line in lines if not line.startswith(("##contig", "##reference", "##bcftools"))]
    made = folder / "dbsnp.vcf"
    made.write_text(
        "".join(f"{line.replace('17', 'NC_000017.10', 1) if line[0] != '#' else line}\n" for line in kept)
    )
    return made


def genome(alleles: list[Allele]) -> tuple[str, list[Allele]]:
    """A genome that carries every third of them, one a position, and its alleles."""
    carried = list({(chrom, pos): (chrom, pos, ref, alt) for chrom, pos, ref, alt in alleles[::3]}.values())
    head = ["##fileformat=VCFv4.2", *(f"##contig=<ID={chrom},length={size}>" for chrom, size in LENGTHS.items())]
    head.append('##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">')
    head.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tHG")
    lines = [f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t50\tPASS\t.\tGT\t0/1" for chrom, pos, ref, alt in sorted(carried)]
    return "\n".join([*head, *lines]) + "\n", carried


def found(made: Any, column: str) -> list[tuple[Allele, str]]:
    rows = made.table.select("chrom", "pos", "ref", "alt", column).rows()
    return sorted(((str(c), p, r, a), plain(v)) for c, p, r, a, v in rows)


def plain(value: object) -> str:
    return "." if value in (None, ".") else f"{float(str(value)):.6g}"


@pytest.mark.parametrize("name", PIECES)
def test_answers_are_those_of_bcftools_from_a_vcf_and_from_a_table_of_it(
    name: str, genoteca_sample: MakeSample, tmp_path: Path
) -> None:
    file, field, column = PIECES[name]
    path = piece(file)
    alleles = listed(path, field, tmp_path)
    text, carried = genome([allele for allele, _ in alleles])
    expected = sorted((allele, plain(value)) for allele, value in set(alleles) if allele in set(carried))
    assert len(expected) > 5
    sample = genoteca_sample(text, build="GRCh37")
    given = with_accessions(path, tmp_path) if "accessions" in name else path
    of_vcf = materialize_module(plugin, sample, settings={"source": str(given), "columns": field})
    assert of_vcf.failed_checks == []
    assert sorted(set(found(of_vcf, column))) == expected
    packed = tmp_path / "sites.bcf"
    bcftools("view", "-Ob", "-o", packed, path)
    of_bcf = materialize_module(plugin, sample, settings={"source": str(packed), "columns": field})
    assert of_bcf.table.equals(of_vcf.table)
    table = tmp_path / "table.b37.tsv"
    header = f"CHROM\tPOS\tREF\tALT\t{field}\n"
    table.write_text(header + bcftools("query", "-f", f"chr%CHROM\t%POS\t%REF\t%ALT\t%INFO/{field}\n", path))
    of_table = materialize_module(plugin, sample, settings={"source": str(table), "columns": f"{field}:number"})
    assert sorted(set(found(of_table, column))) == expected
    account = of_table.record("reference").metadata
    assert account["listed"] == account["kept"] + sum(account["set_aside"].values())


def test_intervals_are_those_of_a_plain_comparison(genoteca_sample: MakeSample, tmp_path: Path) -> None:
    path = piece(PIECES["dbSNP 135"][0])
    text, carried = genome([allele for allele, _ in listed(path, "dbSNPBuildID", tmp_path)])
    lines = bcftools("query", "-f", "%CHROM\t%POS0\t%END\n", path).splitlines()
    wide = [[*line.split("\t"), f"site {n}"] for n, line in enumerate(lines)]
    bed = tmp_path / "sites.hg19.bed"
    # each record as an interval, and one of a hundred bases around every tenth: they overlap
    around = [[c, str(int(s) - 50), str(int(e) + 50), f"near {n}"] for c, s, e, n in wide[::10]]
    bed.write_text("".join("\t".join(row) + "\n" for row in [*around, *wide]))
    made = materialize_module(plugin, genoteca_sample(text, build="GRCh37"), settings={"source": str(bed)})
    got = sorted(made.table.select("name", "line").rows())
    order = {allele: line for line, allele in enumerate(sorted(carried), 1)}
    expected = sorted(
        (name, line)
        for (_, pos, ref, alt), line in order.items()
        for _, start, end, name in [*around, *wide]
        if overlaps(pos, ref, alt, int(start) + 1, int(end))
    )
    assert got == expected
    assert len({line for _, line in got}) < len(got)


def overlaps(pos: int, ref: str, alt: str, start: int, end: int) -> bool:
    """A base of REF lies in the interval; the base before an insertion or deletion counts only where it is all."""
    first = pos + 1 if len(ref) > 1 and alt == ref[0] else pos
    return first <= end and pos + len(ref) - 1 >= start


def test_a_gnomad_release_is_understood_without_a_word(genoteca_sample: MakeSample) -> None:
    path = piece(GNOMAD)
    (line,) = bcftools("query", "-f", "%CHROM\t%POS\t%REF\t%ALT\n", path).splitlines()[:1]
    chrom, pos, ref, alt = line.split("\t")
    text = (
        f"##fileformat=VCFv4.2\n##contig=<ID={chrom},length=248956422>\n"
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
        f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tHG\n{line}".replace(
            line, f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t50\tPASS\t.\tGT\t0/1\n"
        )
    )
    made = materialize_module(plugin, genoteca_sample(text), settings={"source": str(path)})
    told = bcftools("query", "-f", "%INFO/AC\t%INFO/AN\n", path).splitlines()[0].split("\t")
    assert made.table.select("ac", "an").row(0) == (int(told[0]), int(told[1]))
    assert len(made.table.columns) > 60
