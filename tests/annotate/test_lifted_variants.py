from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from genoteca.annotate.lifted_variants import SWAPPED_MITOCHONDRIAL, lift_variants, oriented
from genoteca.annotate.publish import publish_alleles, write_published
from genoteca.genome.lift import Bases, Lift, Reason
from genoteca.genome.schema import polars_schema
from genoteca.model.build import Build
from genoteca.model.column import LIFTED_VARIANTS
from genoteca.sdk.testing import MakeSample

CHAIN = """chain 1 1 249250621 + 0 1000 1 248956422 + 100 1100 1
1000

chain 1 2 243199373 + 4900 5100 2 242193529 - 1000 1200 2
200

chain 1 MT 16569 + 0 16569 MT 16569 + 0 16569 3
16569

"""
HEAD = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tME"


def sequence(chrom: str, start: int, end: int) -> str:
    """Chromosome 1 is T, 2 is G, the mitochondrion C, in GRCh38."""
    return {"1": "T", "2": "G", "MT": "C"}[chrom] * (end - start + 1)


@pytest.fixture
def lift(tmp_path: Path) -> Lift:
    (tmp_path / "x.chain").write_text(CHAIN)
    return Lift([tmp_path / "x.chain"])


def rows(
    make: MakeSample, lift: Lift, target: Path, *records: str, bases: Bases | None = sequence
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    contigs = [f"##contig=<ID={chrom},length={Build.GRCH37.lengths[chrom]}>" for chrom in ("1", "2", "MT")]
    lines = [
        "\t".join([*r.split()[:2], ".", *r.split()[2:4], "60", "PASS", ".", "GT:AD:DP", r.split()[4]])
        for r in records
    ]
    sample = make("\n".join(["##fileformat=VCFv4.2", *contigs, HEAD, *lines, ""]), build="GRCh37").tables
    made = lift_variants(sample.variants, target, lift, bases)
    table = pl.read_parquet(target)
    assert table.schema == polars_schema(LIFTED_VARIANTS)
    assert table["key"].is_sorted()
    assert made.rows == len(table)
    return table.sort("variant").to_dicts(), made.set_aside


def test_a_variant_moves_and_remembers_where_it_came_from(
    genoteca_sample: MakeSample, lift: Lift, tmp_path: Path
) -> None:
    (row,), aside = rows(genoteca_sample, lift, tmp_path / "l.parquet", "1 50 T G 0/1:10,11:21")
    assert (row["chrom"], row["pos"], row["ref"], row["alt"], row["dosage"]) == ("1", 150, "T", "G", 1)
    assert (row["from_chrom"], row["from_pos"], row["from_ref"], row["variant"]) == ("1", 50, "T", 0)
    assert (row["swapped"], row["flipped"], row["checked"]) == (False, False, True)
    assert not aside


@pytest.mark.parametrize(
    ("genotype", "copies", "zygosity"), [("1/1", 0, None), ("0/1", 1, "heterozygous"), ("./1", 0, None)]
)
def test_a_swap_turns_copies_depth_and_fraction(
    genoteca_sample: MakeSample, lift: Lift, tmp_path: Path, genotype: str, copies: int, zygosity: str | None
) -> None:
    (row,), _ = rows(genoteca_sample, lift, tmp_path / "l.parquet", f"1 72 C T {genotype}:10,30:40")
    assert (row["ref"], row["alt"], row["swapped"]) == ("T", "C", True)
    assert (row["dosage"], row["allele_depth"], row["zygosity"]) == (copies, 10, zygosity)
    assert row["allele_fraction"] == pytest.approx(0.25)


def test_two_alts_swap_together(genoteca_sample: MakeSample, lift: Lift, tmp_path: Path) -> None:
    found, _ = rows(genoteca_sample, lift, tmp_path / "l.parquet", "1 72 C T,G 1/2:0,12,14:26")
    assert [(row["ref"], row["alt"], row["dosage"]) for row in found] == [("T", "G", 1), ("T", "C", 0)]


def test_a_turned_strand_complements_and_an_indel_is_anchored_anew(
    genoteca_sample: MakeSample, lift: Lift, tmp_path: Path
) -> None:
    found, aside = rows(
        genoteca_sample, lift, tmp_path / "l.parquet", "2 5000 C A 0/1:9,9:18", "2 5010 C CA 0/1:9,9:18"
    )
    assert [(row["ref"], row["alt"], row["flipped"]) for row in found] == [("G", "T", True), ("G", "GT", True)]
    _, aside = rows(
        genoteca_sample, lift, tmp_path / "m.parquet", "2 5000 C A 0/1:9,9:18", "2 5010 C CA 0/1:9,9:18", bases=None
    )
    assert aside == {str(Reason.ANCHOR): 1}


def test_what_does_not_lift_is_counted(genoteca_sample: MakeSample, lift: Lift, tmp_path: Path) -> None:
    found, aside = rows(
        genoteca_sample,
        lift,
        tmp_path / "l.parquet",
        "1 50 A G 0/1:9,9:18",
        "1 9999 A G 0/1:9,9:18",
        "MT 7 A C 1:0,9:9",
    )
    assert not found
    assert aside == {str(Reason.MISMATCH): 1, str(Reason.NOWHERE): 1, SWAPPED_MITOCHONDRIAL: 1}


def test_without_a_sequence_the_modules_reference_turns_what_meets_it_only_the_other_way(
    genoteca_sample: MakeSample, lift: Lift, tmp_path: Path
) -> None:
    lifted, target, reference = tmp_path / "l.parquet", tmp_path / "o.parquet", tmp_path / "r.parquet"
    rows(genoteca_sample, lift, lifted, "1 72 C T 1/1:0,30:30", "1 80 C T 0/1:9,9:18", bases=None)
    sites = pl.DataFrame({"chrom": ["1", "1"], "pos": [172, 180], "ref": ["T", "C"], "alt": ["C", "T"]})
    write_published(publish_alleles(sites), reference)
    assert oriented(lifted, reference, target) == 1
    turned = pl.read_parquet(target)
    assert turned.select("pos", "ref", "alt", "dosage", "swapped").rows() == [
        (172, "T", "C", 0, True),
        (180, "C", "T", 1, False),
    ]
