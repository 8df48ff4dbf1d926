"""The build of an array by the positions of well-known SNPs."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from genoteca.genome.arrays.known import KNOWN, build_of_positions
from genoteca.model.build import Build

TRAITS = Path(__file__).resolve().parents[3] / "plugins/everyday-traits/src/genoteca_everyday_traits/sites.csv"


def places(build: Build, *rsids: str) -> list[tuple[str, str, int]]:
    return [(rsid, KNOWN[rsid].chrom, KNOWN[rsid].positions[build]) for rsid in rsids or KNOWN]


@pytest.mark.parametrize("build", list(Build))
def test_all_of_them_and_two_of_them_tell_the_build(build: Build) -> None:
    assert build_of_positions(places(build))[0] is build
    found, why = build_of_positions(places(build, "rs4680", "rs7412"))
    assert found is build
    assert "2 well-known SNPs" in why


def test_one_alone_is_not_enough_and_twice_the_same_is_one() -> None:
    assert build_of_positions(places(Build.GRCH37, "rs7412") * 2)[0] is None


def test_none_tells_nothing() -> None:
    assert build_of_positions([("rs1", "1", 5)])[0] is None


def test_one_that_lies_elsewhere_is_a_contradiction() -> None:
    found, why = build_of_positions([*places(Build.GRCH37), ("rs1800497", "1", 1234)])
    assert found is None
    assert "contradict" in why


def test_positions_of_no_build_are_named() -> None:
    found, why = build_of_positions([("rs7412", "19", 5), ("rs4680", "22", 5)])
    assert found is None
    assert "rs4680 at 22:5" in why


def test_two_builds_that_share_a_position_stay_two() -> None:
    assert build_of_positions([("rs4477212", "1", 82154)])[0] is None


def test_positions_are_those_of_the_traits_table() -> None:
    with TRAITS.open(encoding="utf-8", newline="") as file:
        rows = {row["rsid"]: row for row in csv.DictReader(file)}
    shared = rows.keys() & KNOWN.keys()
    assert len(shared) >= 12
    for rsid in shared:
        for build in (Build.GRCH37, Build.GRCH38):
            assert (rows[rsid][f"chrom_{build}"], int(rows[rsid][f"pos_{build}"])) == (
                KNOWN[rsid].chrom,
                KNOWN[rsid].positions[build],
            )


@pytest.mark.real_data
@pytest.mark.parametrize(("chain", "build"), [("NCBI36", Build.NCBI36), ("GRCh38", Build.GRCH38)])
def test_the_chains_lift_every_position_to_what_stands_here(shared_data: Path, chain: str, build: Build) -> None:
    blocks = list(_blocks(shared_data / "08-liftover" / "ensembl-chains" / f"GRCh37_to_{chain}.chain.gz"))
    for rsid, (chrom, positions) in KNOWN.items():
        at = positions[Build.GRCH37] - 1
        lifted = {
            (to, target + at - start + 1 if strand == "+" else size - (target + at - start))
            for name, start, end, to, target, size, strand in blocks
            if name == chrom and start <= at < end
        }
        assert lifted == {(chrom, positions[build])}, rsid


def _blocks(path: Path) -> Iterator[tuple[str, int, int, str, int, int, str]]:
    """Every block: contig, start, end (0-based), and where it goes."""
    with gzip.open(path, "rt") as file:
        for line in file:
            parts = line.split()
            if parts[:1] == ["chain"]:
                name, start, to, size, strand, target = parts[2], int(parts[5]), *_target(parts)
            elif parts:
                yield name, start, start + int(parts[0]), to, target, size, strand
                if len(parts) == 3:
                    start, target = start + int(parts[0]) + int(parts[1]), target + int(parts[0]) + int(parts[2])


def _target(parts: list[str]) -> tuple[str, int, str, int]:
    return parts[7], int(parts[8]), parts[9], int(parts[10])
