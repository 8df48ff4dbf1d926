from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from genoteca.genome.inspect import inspect_file
from genoteca.genome.lift import Lift, Spot
from genoteca.genome.probing import ENOUGH, Probes
from genoteca.genome.well_known import WELL_KNOWN, WellKnown
from genoteca.model.build import Build

SITES = Path(__file__).parents[2] / "plugins/everyday-traits/src/genoteca_everyday_traits/sites.csv"
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tME\n"


def record(known: WellKnown, build: Build, *, name: str | None = None) -> str:
    ref = known.references.get(build, known.alleles[0])
    alt = known.alleles.replace(ref, "")
    place = f"{known.chrom}\t{known.positions[build]}"
    return f"{place}\t{known.rsid if name is None else name}\t{ref}\t{alt}\t50\tPASS\t.\tGT\t0/1\n"


def probed(*lines: str) -> Probes:
    probes = Probes()
    probes.look("".join(lines).encode())
    return probes


def test_the_table_has_more_than_forty_variants_on_most_chromosomes_with_positions_of_their_own() -> None:
    assert len(WELL_KNOWN) >= 40
    assert len({one.chrom for one in WELL_KNOWN}) >= 20
    assert len({one.rsid for one in WELL_KNOWN}) == len(WELL_KNOWN)
    for one in WELL_KNOWN:
        assert len(set(one.positions.values())) == 3
        assert all(pos <= build.lengths[one.chrom] for build, pos in one.positions.items())
        assert set(one.references.values()) <= set(one.alleles)


@pytest.mark.parametrize("build", list(Build))
@pytest.mark.parametrize("named", [True, False])
def test_records_tell_their_build_with_and_without_identifiers(build: Build, named: bool) -> None:
    lines = [record(one, build, name=None if named else ".") for one in WELL_KNOWN[:20]]
    assert probed(*lines).build is build
    assert probed(*lines[: ENOUGH - 1]).build is None
    assert f"where {build} has them" in probed(*lines).words


def test_the_traps_are_told_apart_by_their_reference() -> None:
    leiden = next(one for one in WELL_KNOWN if one.rsid == "rs6025")
    assert leiden.references == {Build.GRCH37: "T", Build.GRCH38: "C"}
    wrong = record(leiden, Build.GRCH37, name=".").replace("T\tC", "C\tT")
    assert not probed(wrong).found[Build.GRCH37]
    assert probed(record(leiden, Build.GRCH37, name=".")).found[Build.GRCH37]


def test_another_variant_at_a_known_position_says_nothing() -> None:
    lines = [record(one, Build.GRCH38, name="rs1") for one in WELL_KNOWN]
    assert not any(probed(*lines).found.values())


def test_two_builds_in_one_file_are_told_as_none() -> None:
    lines = [record(one, Build.GRCH37) for one in WELL_KNOWN[:9]] + [
        record(one, Build.GRCH38) for one in WELL_KNOWN[9:18]
    ]
    assert probed(*lines).build is None


def test_known_names_where_no_build_has_them_speak_against_every_build() -> None:
    moved = [f"{one.chrom}\t{one.positions[Build.GRCH38] + 7}\t{one.rsid}\tA\tG\t.\t.\t.\n" for one in WELL_KNOWN[:5]]
    probes = probed(*moved, *(record(one, Build.GRCH38) for one in WELL_KNOWN[5:15]))
    assert len(probes.elsewhere) == 5
    assert probes.build is None


def vcf(path: Path, *lines: str, header: str = "") -> Path:
    path.write_text(f"##fileformat=VCFv4.2\n{header}{COLUMNS}" + "".join(lines))
    return path


def test_a_silent_header_is_answered_by_the_records(tmp_path: Path) -> None:
    facts = inspect_file(vcf(tmp_path / "x.vcf", *(record(one, Build.NCBI36) for one in WELL_KNOWN[:12])))
    assert facts.build is Build.NCBI36
    assert "12 where NCBI36 has them" in facts.build_evidence


def test_records_of_another_build_than_the_header_says_leave_the_question_open(tmp_path: Path) -> None:
    lines = [record(one, Build.GRCH37) for one in WELL_KNOWN[:12]]
    facts = inspect_file(vcf(tmp_path / "x.vcf", *lines, header="##contig=<ID=1,length=248956422>\n"))
    assert facts.build is None
    assert "GRCh38" in facts.build_evidence
    assert "where GRCh37 has them" in facts.build_evidence


def test_a_head_that_cannot_decide_is_followed_by_a_scan(tmp_path: Path) -> None:
    filler = "".join(f"1\t{1000 + n}\t.\tA\tC\t50\tPASS\tX={'y' * 200}\tGT\t0/1\n" for n in range(10_000))
    lines = [record(one, Build.GRCH37) for one in WELL_KNOWN]
    path = tmp_path / "x.vcf.gz"
    with gzip.open(path, "wt") as text:
        text.write(f"##fileformat=VCFv4.2\n{COLUMNS}{filler}{''.join(lines)}")
    assert inspect_file(path).build is Build.GRCH37


def test_accessions_of_the_records_tell_the_build(tmp_path: Path) -> None:
    line = "NC_000001.9\t5\t.\tA\tC\t50\tPASS\t.\tGT\t0/1\n"
    assert inspect_file(vcf(tmp_path / "x.vcf", line)).build is Build.NCBI36
    facts = inspect_file(vcf(tmp_path / "y.vcf", line.replace("NC_000001.9", "CM000663.2")))
    assert facts.build is Build.GRCH38
    assert "CM000663.2" in facts.build_evidence


@pytest.mark.real_data
def test_every_row_agrees_with_ensembls_chains_there_and_back(shared_data: Path) -> None:
    folder = shared_data / "08-liftover" / "ensembl-chains"
    lifts = {
        (source, target): Lift([folder / f"{source}_to_{target}.chain.gz"])
        for source, target in [
            (Build.GRCH37, Build.GRCH38), (Build.GRCH38, Build.GRCH37), (Build.GRCH37, Build.NCBI36),
            (Build.NCBI36, Build.GRCH37), (Build.NCBI36, Build.GRCH38),
        ]
    }  # fmt: skip
    for one in WELL_KNOWN:
        for (source, target), lift in lifts.items():
            assert lift.base(one.chrom, one.positions[source]) == Spot(one.chrom, one.positions[target], forward=True)


def test_the_rows_of_the_traits_are_those_that_the_module_cites() -> None:
    with SITES.open(encoding="utf-8") as file:
        cited = {row["rsid"]: row for row in csv.DictReader(file)}
    shared = [one for one in WELL_KNOWN if one.rsid in cited]
    assert len(shared) >= 45
    for one in shared:
        row = cited[one.rsid]
        for build in (Build.GRCH37, Build.GRCH38):
            assert (row[f"chrom_{build}"], int(row[f"pos_{build}"])) == (one.chrom, one.positions[build])
            assert row[f"ref_{build}"] == one.references[build]


@pytest.mark.real_data
def test_files_that_name_a_variant_have_it_where_the_table_says(shared_data: Path) -> None:
    """Ensembl VEP's examples and the PGS Catalog name both builds for some; those of the traits have no such file."""
    named = defaultdict[str, dict[Build, int]](dict)
    for build in (Build.GRCH37, Build.GRCH38):
        for line in (shared_data / "04-consequence" / "vep" / f"homo_sapiens_{build}.vcf").read_text().splitlines():
            if not line.startswith("#"):
                _, pos, name, *_ = line.split("\t")
                named[name][build] = int(pos)
        for number in ("PGS000001", "PGS000002"):
            path = shared_data / "06-prs" / "pygscatalog-core" / f"{number}_hmPOS_{build}.txt.gz"
            with gzip.open(path, "rt") as text:
                lines = [line.rstrip("\n").split("\t") for line in text if not line.startswith("#")]
            for row in (dict(zip(lines[0], line, strict=False)) for line in lines[1:]):
                if row.get("hm_pos", "").isdigit():
                    named[row.get("hm_rsID") or row["rsID"]][build] = int(row["hm_pos"])
    counts = Counter[int]()
    for one in WELL_KNOWN:
        found = named.get(one.rsid, {})
        counts[len(found)] += 1
        assert all(one.positions[build] == pos for build, pos in found.items())
    assert counts[2] >= 25
    assert counts[0] == len(WELL_KNOWN) - counts[1] - counts[2]


@pytest.mark.real_data
@pytest.mark.parametrize("build", [Build.GRCH37, Build.GRCH38])
def test_a_file_of_identifiers_and_positions_alone_is_recognised(shared_data: Path, build: Build) -> None:
    facts = inspect_file(shared_data / "04-consequence" / "vep" / f"homo_sapiens_{build}.vcf")
    assert facts.build is build, facts.build_evidence


@pytest.mark.real_data
def test_a_thinned_genome_without_its_header_is_not_guessed(shared_data: Path, tmp_path: Path) -> None:
    """One record in forty is left in it, and none of the known ones."""
    source = shared_data / "02-sample-vcfs" / "NA12878_NIST2.19_wholegenome_indels.vcf.gz"
    target = tmp_path / "bare.vcf"
    with gzip.open(source, "rt") as lines, target.open("w") as bare:
        bare.write("##fileformat=VCFv4.2\n")
        bare.writelines(line for line in lines if not line.startswith("##"))
    assert inspect_file(target).build is None
