"""Every real file of sites, against bcftools: the same alleles with the same values of every field of INFO."""

from __future__ import annotations

import gzip
import math
import re
import shutil
import subprocess
from pathlib import Path

import polars as pl
import pytest

from genoteca.errors import GenomeFileError
from genoteca.genome.contigs import place_of
from genoteca.genome.site_header import InfoField, SiteHeader, read_site_header
from genoteca.genome.site_records import SiteAccount, site_batches
from genoteca.model.build import Build

FIXED = "%CHROM\t%POS\t%REF\t%ALT\t%ID\t%QUAL\t%FILTER"
ENCODED = {"%3A": ":", "%3B": ";", "%3D": "=", "%25": "%", "%2C": ",", "%0D": "\r", "%0A": "\n", "%09": "\t"}
REFUSED = {"test_vcf_clnsig.vcf.gz"}
"""What is no VCF: spaces for tabs; for bcftools neither."""
ONLY_OURS = {"dbsnp_135.b37.1000.vcf"}
"""What bcftools refuses, for a tab at the end of the line of columns."""
UNEVEN = {"exac.vcf.gz", "exac_with_duplicated_row.vcf.gz", "th_test.vcf.gz"}
"""Files in which a field has another number of values than it declares, which bcftools does not split."""

Row = tuple[object, ...]


def files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.name.endswith((".vcf", ".vcf.gz", ".vcf.bgz"))]


def compared(header: SiteHeader, uneven: set[str]) -> list[InfoField]:
    """Fields of which bcftools gives an allele one value, as we do."""
    numbers = {"A", "R", "1", "0"}
    return [told for told in header.fields.values() if told.number in numbers and told.name not in uneven]


def declared(path: Path) -> bytes:
    """The text of a file with every contig, filter and field declared that it uses: bcftools writes no others."""
    opener = gzip.open if path.name.endswith("gz") else open
    with opener(path, "rb") as text:
        *head, rest = re.split(rb"^(?=#CHROM)", text.read(), maxsplit=1, flags=re.MULTILINE)
    used: dict[bytes, str] = {}
    for line in rest.splitlines()[1:]:
        cells = line.split(b"\t")
        used[cells[0]] = "contig"
        used |= dict.fromkeys(cells[6].split(b";"), "FILTER")
        used |= {entry.split(b"=")[0]: "INFO" for entry in cells[7].split(b";")}
    lines = []
    for name, kind in used.items():
        more = {"FILTER": ',Description="."', "INFO": ',Number=.,Type=String,Description="."'}.get(kind, "")
        if name != b"." and not re.search(
            rf"^##{kind}=<ID={re.escape(name.decode())}[,>]".encode(), head[0], re.MULTILINE
        ):
            lines.append(f"##{kind}=<ID={name.decode()}{more}>\n".encode())
    return head[0] + b"".join(lines) + rest


def bcftools(*arguments: str, given: bytes) -> bytes:
    return subprocess.run(["bcftools", *arguments], input=given, capture_output=True, check=True).stdout


def expected(path: Path, fields: list[InfoField], build: Build, uneven: set[str]) -> list[Row]:
    """What bcftools says of every allele that is a sequence on a chromosome."""
    text = declared(path)
    if uneven:
        text = bcftools("annotate", "-x", ",".join(f"INFO/{name}" for name in sorted(uneven)), given=text)
    wanted = "\t".join([FIXED, *(f"%INFO/{told.name}" for told in fields)])
    split = bcftools("norm", "-m", "-any", given=text)
    rows = []
    for line in bcftools("query", "-f", wanted + "\n", given=split).decode().splitlines():
        contig, pos, ref, alt, name, qual, filters, *values = line.split("\t")
        chrom = place_of(contig, None, build).chrom or place_of(contig, 16569, build).chrom
        if (
            chrom is None
            or not re.fullmatch("[ACGT]+", ref, re.IGNORECASE)
            or not re.fullmatch("[ACGT]+", alt, re.IGNORECASE)
        ):
            continue
        plain = [None if cell == "." else cell for cell in (name, qual, filters)]
        typed = [value_of(field, value) for field, value in zip(fields, values, strict=True)]
        rows.append((chrom, int(pos), ref.upper(), alt.upper(), plain[0], number(plain[1]), plain[2], *typed))
    return rows


def value_of(field: InfoField, text: str) -> object:
    if field.type == "Flag":
        return text == "1"
    if field.number == "R":
        text = text.split(",")[-1]
    if text == ".":
        return None
    if field.type == "Float":
        return number(text)
    if field.type == "Integer":
        return int(text)
    return re.sub("%(3A|3B|3D|25|2C|0D|0A|09)", lambda found: ENCODED[found[0].upper()], text, flags=re.IGNORECASE)


def number(text: str | None) -> float | None:
    return None if text is None or math.isnan(float(text)) else float(text)


def by_allele(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: [str(cell) for cell in row if not isinstance(cell, float)])


def same(ours: Row, theirs: Row) -> bool:
    """Whether every cell is the same; bcftools keeps numbers in 32 bits and writes six digits of them."""
    return all(
        math.isclose(mine, other, rel_tol=1e-5, abs_tol=1e-38)
        if isinstance(mine, float) and isinstance(other, float)
        else mine == other
        for mine, other in zip(ours, theirs, strict=True)
    )


@pytest.mark.long
@pytest.mark.real_data
@pytest.mark.skipif(not shutil.which("bcftools"), reason="bcftools is not on this computer")
def test_every_site_of_every_file_is_what_bcftools_reads(shared_data: Path) -> None:
    wrong, alleles, values = [], 0, 0
    for path in files(shared_data / "03-annotation-dbs"):
        if path.name in ONLY_OURS:
            continue
        if path.name in REFUSED:
            with pytest.raises(GenomeFileError, match="separated by tabs"):
                read_site_header(path)
            continue
        header = read_site_header(path)
        build = header.build or Build.GRCH37
        account = SiteAccount()
        table = pl.concat(site_batches(path, info=list(header.fields), build=build, account=account))
        account.require_sum()
        uneven = {words.split(":")[0] for words in account.values_left_out}
        assert bool(uneven) == (path.name in UNEVEN), path.name
        fields = compared(header, uneven)
        table = table.select("chrom", "pos", "ref", "alt", "id", "qual", "filter", *(told.column for told in fields))
        ours = by_allele(table.with_columns(pl.col("chrom").cast(pl.String)).rows())
        theirs = by_allele(expected(path, fields, build, uneven))
        alleles, values = alleles + len(ours), values + len(ours) * len(fields)
        differing = [pair for pair in zip(ours, theirs, strict=False) if not same(*pair)]
        if differing or len(ours) != len(theirs):
            wrong.append((path.name, len(ours), len(theirs), differing[:1]))
    assert wrong == []
    assert alleles > 60_000
    assert values > 1_000_000
