"""Every caller's way of writing where nothing differs: what becomes coverage, and what it asserts."""

from __future__ import annotations

import csv
import gzip
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
import pytest

from genoteca.genome.reading import Limits
from genoteca.model.build import Build
from genoteca.model.sample import SampleKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.genome.conftest import Read, Reader


class Flavour(NamedTuple):
    """Records of one caller, and what they become.

    `coverage`: start, end, evidence, depth, genotype quality; `variants`: pos, alt, genotype.
    """

    header: tuple[str, ...]
    records: tuple[str, ...]
    coverage: tuple[tuple[int, int, str, int | None, int | None], ...]
    variants: tuple[tuple[int, str, str], ...] = ()


FLAVOURS = {
    # https://gatk.broadinstitute.org/hc/en-us/articles/360035531812-GVCF-Genomic-Variant-Call-Format
    "GATK": Flavour(
        ("##GVCFBlock0-1=minGQ=0(inclusive),maxGQ=1(exclusive)", '##ALT=<ID=NON_REF,Description="">'),
        (
            "chr20 10000000 . T <NON_REF> . . END=10000116 GT:DP:GQ:MIN_DP:PL 0/0:44:99:38:0,89,1385",
            "chr20 10000117 . C T,<NON_REF> 612.77 . DP=25 GT:AD:DP:GQ:PL 0/1:17,21,0:38:99:1,2,3,4,5,6",
            "chr20 10000118 . T <NON_REF> . . END=10000210 GT:DP:GQ:MIN_DP:PL 0/0:42:99:9:0,80,1314",
            "chr20 10000211 . C <NON_REF> . . END=10000300 GT:DP:GQ:MIN_DP:PL 0/0:42:19:38:0,19,1314",
            "chr20 10000301 . C <NON_REF> . . END=10000400 GT:DP:GQ:MIN_DP:PL 0/0:0:0:0:0,0,0",
            "chr20 10000401 . C A,<NON_REF> 0 . . GT:AD:DP:GQ:PL 0/0:30,2,0:32:40:1,2,3,4,5,6",
            "chr20 10000402 . C A,<NON_REF> 9 . . GT:AD:DP:GQ:PL 0/2:30,0,2:32:40:1,2,3,4,5,6",
        ),
        (
            (10000000, 10000116, "reference", 38, 99),
            (10000118, 10000210, "no_call", 9, 99),
            (10000211, 10000300, "no_call", 38, 19),
            (10000301, 10000400, "no_call", 0, 0),
            (10000401, 10000401, "reference", 32, 40),
        ),
        ((10000117, "T", "C/T"), (10000402, "A", "C/?")),
    ),
    # https://github.com/google/deepvariant/blob/r1.6/docs/deepvariant-gvcf-support.md
    "DeepVariant": Flavour(
        ('##FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description="">',),
        (
            "1 4370 . G <*> . . END=4383 GT:GQ:MIN_DP:PL 0/0:25:23:0,69,689",
            "1 4384 . C <*> . . END=4388 GT:GQ:MIN_DP:PL 0/0:45:9:0,27,269",
            "1 4389 . T TC,<*> 213.73 PASS . GT:GQ:DP:AD:VAF:PL 0/1:21:28:13,15,0:0.5,0:51,0,36,93,92,86",
            "1 4390 . C <*> . . END=4395 GT:GQ:MIN_DP:PL ./.:0:0:0,0,0",
            "1 4396 . G C,<*> 0 RefCall . GT:GQ:DP:AD:VAF:PL 0/0:37:22:20,2,0:0.09,0:0,37,46,99,99,99",
            "1 4397 . A C,<*> 1 RefCall . GT:GQ:DP:AD:VAF:PL ./.:5:22:17,5,0:0.2,0:0,3,46,99,99,99",
        ),
        (
            (4370, 4383, "reference", 23, 25),
            (4384, 4388, "no_call", 9, 45),
            (4390, 4395, "no_call", 0, 0),
            (4396, 4396, "reference", 22, 37),
            (4397, 4397, "no_call", 22, 5),
        ),
        ((4389, "TC", "T/TC"),),
    ),
    # https://help.dragen.illumina.com/product-guides/dragen-v4.3/dragen-dna-pipeline/small-variant-calling/joint-analysis
    "DRAGEN": Flavour(
        ('##ALT=<ID=NON_REF,Description="">',),
        (
            "1 10000 . N <NON_REF> . PASS END=10050 GT:AD:DP:GQ:MIN_DP:PL:SPL:ICNT 0/0:30,0:30:90:28:0,9,9:0,9:0,0",
            "1 10051 . A <NON_REF> . PASS END=10100 GT:AD:DP:GQ:MIN_DP:PL:SPL:ICNT 0/0:30,0:30:90:28:0,9,9:0,9:0,0",
            "1 10101 . A <NON_REF> . LowGQ END=10200 GT:AD:DP:GQ:MIN_DP:PL:SPL:ICNT 0/0:4,0:4:3:3:0,3,99:0,9,9:0,0",
            "1 10201 . A G,<NON_REF> 48 PASS DP=30 GT:AD:AF:DP:GQ:PL 1/1:0,30,0:1,0:30:87:9,8,7,6,5,4",
        ),
        (
            (10000, 10050, "no_call", 28, 90),
            (10051, 10100, "reference", 28, 90),
            (10101, 10200, "no_call", 3, 3),
        ),
        ((10201, "G", "G/G"),),
    ),
    # Every value of a block is the lowest within it (NonvariantBlocks_gVCF-files_swBS.htm beside GQX's page,
    # https://support.illumina.com/help/BaseSpace_Sequence_Hub_OLH_009008_2/Source/Informatics/BS/GenotypeQuality_gVCF-files_swBS.htm).
    "Illumina": Flavour(
        ('##INFO=<ID=BLOCKAVG_min30p3a,Number=0,Type=Flag,Description="">',),
        (
            "chr1 51845 . A . . PASS END=51862;BLOCKAVG_min30p3a GT:GQX:DP:DPF 0/0:39:14:1",
            "chr1 51863 . A . . PASS BLOCKAVG_min30p3a;END=51870 GT:GQX:DP:DPF:MIN_DP 0/0:30:11:0:9",
            "chr1 51871 . A . . LowGQX END=51880;BLOCKAVG_min30p3a GT:GQX:DP:DPF 0/0:12:14:1",
            "chr1 51881 . A . . LowGQX;HighDPFRatio END=51890;BLOCKAVG_min30p3a GT:GQX:DP:DPF .:.:0:9",
            "chr1 51891 . A . . PASS END=51899;BLOCKAVG_min30p3a GT:GQX:DP:DPF 0/0:.:30:0",
            "chr1 51900 . C T 120 PASS SNVSB=-9;SNVHPOL=3 GT:GQ:GQX:DP:DPF:AD 0/1:150:120:30:1:14,16",
            "chr1 51901 . T . 0.00 PASS . GT:GQ:GQX:DP:DPF 0/0:15:40:30:1",
        ),
        (
            (51845, 51862, "reference", 14, 39),
            (51863, 51870, "no_call", 9, 30),
            (51871, 51880, "no_call", 14, 12),
            (51881, 51890, "no_call", 0, None),
            (51891, 51899, "no_call", 30, None),
            (51901, 51901, "no_call", 30, 15),
        ),
        ((51900, "T", "C/T"),),
    ),
    # https://github.com/dnanexus-rnd/GLnexus/wiki/Reading-GLnexus-pVCFs
    "GLnexus": Flavour(
        ('##FILTER=<ID=MONOALLELIC,Description="">',),
        (
            "chr22 20000000 . A G 40 . AF=0.5;AQ=40 GT:DP:AD:GQ:PL:RNC 0/0:31:31,0:50:0,93,929:..",
            "chr22 20000001 . A G 40 . AF=0.5;AQ=40 GT:DP:AD:GQ:PL:RNC ./.:.:.:.:.:MM",
            "chr22 20000002 . A G,T 40 . AF=0.5,0.1;AQ=40,9 GT:DP:AD:GQ:PL:RNC 0/1:30:14,16,0:60:1,2,3,4,5,6:..",
            "chr22 20000003 . A G 40 MONOALLELIC AF=0.5;AQ=40 GT:DP:AD:GQ:PL:RNC ./1:30:14,16:60:1,2,3:1.",
            "chr22 20000004 . A G 40 . AF=0.5;AQ=40 GT:DP:AD:GQ:PL:RNC ./0:30:14,16:60:1,2,3:I.",
            "chr22 20000005 . A G 40 . AF=0.5;AQ=40 GT:DP:AD:GQ:PL:RNC 0/0:8:8,0:50:0,93,929:..",
        ),
        (
            (20000000, 20000000, "reference", 31, 50),
            (20000001, 20000001, "no_call", None, None),
            (20000004, 20000004, "no_call", 30, 60),
            (20000005, 20000005, "no_call", 8, 50),
        ),
        (
            (20000002, "G", "A/G"),
            (20000002, "T", "A/G"),
            (20000003, "G", "?/G"),
            (20000004, "G", "?/A"),
        ),
    ),
    # GATK's -ERC BP_RESOLUTION; the records of 02-sample-vcfs/gatk/gvcf.basepairResolution.vcf look so.
    "base-pair resolution": Flavour(
        ('##ALT=<ID=NON_REF,Description="">',),
        (
            "20 10000000 . T <NON_REF> . . . GT:AD:DP:GQ:PL 0/0:52,0:52:99:0,120,1800",
            "20 10000001 . T <NON_REF> . . . GT:AD:DP:GQ:PL 0/0:9,0:9:27:0,27,1800",
            "20 10000002 . T C,<NON_REF> 99 . . GT:AD:DP:GQ:PL 0|1:20,20,0:40:99:1,2,3,4,5,6",
            "20 10000003 . T <NON_REF> . . . GT:AD:DP:GQ:PL 0/0:51,0:51:99:0,120,1800",
        ),
        (
            (10000000, 10000000, "reference", 52, 99),
            (10000001, 10000001, "no_call", 9, 27),
            (10000003, 10000003, "reference", 51, 99),
        ),
        ((10000002, "C", "T|C"),),
    ),
    # LEN of the sample, and an END that is the longest of all: https://samtools.github.io/hts-specs/VCFv4.5.pdf
    "VCF 4.5": Flavour(
        ('##ALT=<ID=*,Description="">',),
        (
            "1 4370 . G <*> . . END=4383 GT:DP:GQ:MIN_DP:LEN 0/0:25:60:23:14",
            "1 4384 . C <*> . . END=4388 GT:DP:GQ:MIN_DP:LEN 0/0:25:45:22:2",
            "1 4386 . C <*> . . . GT:DP:GQ:MIN_DP:LEN 0/0:25:45:22:.",
            "1 4400 . C <*> . . . GT:DP:GQ:MIN_DP:LEN 0/0:25:45:22:4294967295",
        ),
        (
            (4370, 4383, "reference", 23, 60),
            (4384, 4385, "reference", 22, 45),
            (4386, 4386, "reference", 22, 45),
            (4400, 248956422, "reference", 22, 45),
        ),
    ),
    # bcftools call --gvcf writes no genotype quality: nothing is asserted. https://samtools.github.io/bcftools/bcftools.html
    "bcftools": Flavour(
        ('##INFO=<ID=MinDP,Number=1,Type=Integer,Description="">',),
        ("1 100 . A . . . END=200;MinDP=30 GT:DP 0/0:30",),
        ((100, 200, "no_call", 30, None),),
    ),
}


@pytest.mark.parametrize("name", FLAVOURS)
def test_what_a_caller_asserts_becomes_coverage(read_records: Reader, name: str) -> None:
    flavour = FLAVOURS[name]
    read = read_records(*flavour.records, header=flavour.header)
    assert tuple(read.coverage.select("start", "end", "evidence", "depth", "genotype_quality").rows()) == (
        flavour.coverage
    )
    assert tuple(read.variants.select("pos", "alt", "genotype").rows()) == flavour.variants
    assert read.intake.set_aside == {}
    assert read.intake.records_kept == len(flavour.records)
    assert read.structural.is_empty()


@pytest.mark.parametrize("name", sorted(set(FLAVOURS) - {"GLnexus"}))
def test_a_file_of_blocks_is_a_gvcf(read_records: Reader, name: str) -> None:
    flavour = FLAVOURS[name]
    assert read_records(*flavour.records, header=flavour.header).intake.kind is SampleKind.GVCF


@pytest.mark.parametrize(
    ("limits", "evidence"),
    [
        (Limits(), ["reference", "no_call", "no_call", "no_call", "reference"]),
        (Limits(reference_quality=19), ["reference", "no_call", "reference", "no_call", "reference"]),
        (Limits(reference_depth=9), ["reference", "reference", "no_call", "no_call", "reference"]),
        (Limits(reference_depth=39), ["no_call"] * 5),
        (Limits(reference_quality=0, reference_depth=0), ["reference"] * 5),
    ],
)
def test_the_limits_of_an_asserted_reference_can_be_set(
    write_vcf: Callable[..., Path], read_file: Reader, limits: Limits, evidence: list[str]
) -> None:
    path = write_vcf(*FLAVOURS["GATK"].records[:5], "chr20 10000401 . C <NON_REF> . . . GT:DP:GQ 0/0:38:99")
    assert read_file(path, limits=limits).coverage["evidence"].to_list() == evidence


@pytest.mark.parametrize(
    ("info", "end"),
    [
        ("END=1500", 1500),
        ("END=1000", 1000),
        ("END=999", 1000),
        ("END=0", 1000),
        ("END=-5", 1000),
        ("END=", 1000),
        ("END=1e9", 1000),
        ("END=99999999999", 1000),
        ("END=60000000", 50818468),
        ("DP=3;END=1500;X=1", 1500),
        ("CIEND=1500", 1000),
        ("END", 1000),
        (".", 1000),
    ],
)
def test_an_end_is_believed_only_within_its_chromosome(read_records: Reader, info: str, end: int) -> None:
    read = read_records(f"22 1000 . A <NON_REF> . . {info} GT:DP:GQ:MIN_DP 0/0:30:60:30")
    assert read.coverage.select("start", "end", "evidence").rows() == [(1000, end, "reference")]


def test_blocks_that_overlap_are_all_kept(read_records: Reader) -> None:
    read = read_records(
        "1 1000 . A <NON_REF> . . END=2000 GT:DP:GQ:MIN_DP 0/0:30:60:30",
        "1 1500 . A <NON_REF> . . END=1600 GT:DP:GQ:MIN_DP 0/0:30:5:30",
        "1 1500 . A <NON_REF> . . END=1700 GT:DP:GQ:MIN_DP 0/0:30:50:30",
    )
    found = read.coverage.select("start", "end", "evidence", "line").rows()
    assert found == [(1000, 2000, "reference", 1), (1500, 1600, "no_call", 2), (1500, 1700, "reference", 3)]


def test_a_block_that_declares_its_end_late_is_read_whole(read_records: Reader) -> None:
    """The head of a file need not show a block: MIN_DP in the header tells that there may be some."""
    records = [f"1 {100 + n} A C GT:DP:GQ 0/1:30:60" for n in range(1100)]
    block = "1 50000 . A <NON_REF> . . END=60000 GT:DP:GQ:MIN_DP 0/0:30:60:30"
    header = ('##FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description="">',)
    assert read_records(*records, block, header=header).coverage["end"].to_list() == [60000]


REAL = (
    *("NA12878.prod.chr20snippet.g.vcf.gz", "NA12878_GATK_wholegenome_thinned.hg38.g.vcf.gz"),
    *("gatk/NA12878.MT.g.vcf", "gatk/YRIoffspring.chr20snippet.g.vcf", "gatk/gvcf.basepairResolution.vcf"),
    *("glow/NA12878_21_10002403.g.vcf", "hail-1kg-chr22-gvcf/HG00187.hg38.g.vcf.gz", "non_ref_call.g.vcf.gz"),
)


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL)
def test_every_block_of_a_real_gvcf_is_what_its_line_says(shared_data: Path, read_file: Reader, name: str) -> None:
    """Counted by hand from the text: hom-ref and uncalled records, their bases, and how many assert the reference."""
    folder = shared_data / "02-sample-vcfs"
    with (folder / "truth" / "facts.tsv").open() as file:
        build = next(row["build"] for row in csv.DictReader(file, delimiter="\t") if row["file"] == name)
    read = read_file(folder / name, build=Build(build))
    assert read.intake.set_aside == {}
    expected = _counted(folder / name)
    asserted = read.coverage.filter(pl.col("evidence") == "reference")
    assert expected["records"] == read.intake.records_read
    assert expected["blocks"] == len(read.coverage)
    assert expected["bases"] == _bases(read.coverage)
    assert expected["asserted"] == (len(asserted), _bases(asserted))


def _bases(coverage: pl.DataFrame) -> int:
    return int(coverage.select((pl.col("end").cast(pl.Int64) - pl.col("start") + 1).sum()).item())


def _counted(path: Path) -> dict[str, object]:
    """Read the text line by line, without the code under test."""
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    records = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    sizes, asserted = [], []
    for fields in records:
        said = dict(zip(fields[8].split(":"), fields[9].split(":"), strict=False))
        called = set(said["GT"].replace("|", "/").split("/"))
        lone = fields[4] in ("<NON_REF>", ".")
        if not (called <= {"0", "."} or lone):
            continue
        ends = [part[4:] for part in fields[7].split(";") if part.startswith("END=")]
        last = int(ends[0]) if lone and ends else int(fields[1]) + len(fields[3]) - 1
        sizes.append(last - int(fields[1]) + 1)
        depth, quality = said.get("MIN_DP", said.get("DP", ".")), said.get("GQ", ".")
        good = "." not in (depth, quality) and int(quality) >= 20 and int(depth) >= 10
        if good and called == {"0"} and "N" not in fields[3].upper():
            asserted.append(sizes[-1])
    return {
        "records": len(records),
        "blocks": len(sizes),
        "bases": sum(sizes),
        "asserted": (len(asserted), sum(asserted)),
    }


def test_the_flavours_are_read_alike_with_windows_line_ends(
    write_vcf: Callable[..., Path], read_file: Reader
) -> None:
    for flavour in FLAVOURS.values():
        plain: Read = read_file(write_vcf(*flavour.records, header=flavour.header))
        windows: Read = read_file(write_vcf(*flavour.records, header=flavour.header, end="\r\n"))
        assert windows.coverage.equals(plain.coverage)
        assert windows.variants.equals(plain.variants)
