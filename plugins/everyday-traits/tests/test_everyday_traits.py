"""The tables agree with themselves, the rules for everyday traits and the cases every build must answer."""

from __future__ import annotations

import csv
import gzip
import re
import tomllib
from collections import Counter
from itertools import combinations_with_replacement
from pathlib import Path

import pytest

PLUGIN = Path(__file__).resolve().parents[1]
PACKAGE = PLUGIN / "src" / "genoteca_everyday_traits"
CHAINS = PLUGIN.parents[1] / ".." / "shared" / "data" / "08-liftover" / "ensembl-chains"

SITE_COLUMNS = (
    "site,rsid,gene,trait,category,chrom_GRCh37,pos_GRCh37,ref_GRCh37,alt_GRCh37,"
    "chrom_GRCh38,pos_GRCh38,ref_GRCh38,alt_GRCh38,infer,gate,ancestry,checked"
)
GENOTYPE_COLUMNS = "site,genotype,conclusion,effect,effect_direction,strength,pmids,checked"
COMBINATION_COLUMNS = (
    "combination,trait,gene,category,members,opt_in,gate,ancestry,result,conclusion,effect,effect_direction,"
    "strength,pmids,checked"
)
MAY_BE_EMPTY = {"gate", "opt_in"}
FORBIDDEN = (
    r"\baffected\b|\bsuffer|\bvictim|\bdiagnos|\bBRCA|\bPRNP\b|\bHTT\b|\bHuntington|\bprion|\bcilantro|\bcoriander"
    r"|\byou should\b|\bconsult\b|\bdoctor\b|\bmust\b|\bcauses?d? (?:cancer|dementia)|\bdefect|\bmutation|\bbad gene"
)
GATED_FOR_RELATIVES = {"HFE", "F5", "F2"}
GATED_MILDLY = {"TCF7L2", "MTNR1B", "ABCG2", "CHRNA5"}
NEVER_INFERRED = {"HFE", "F5", "F2", "APOE", "ABO", "CCR5", "CYP1A2", "ABCG2", "UGT1A1", "FUT2", "COMT", "MTHFR"}


def read(table: str) -> list[dict[str, str]]:
    with (PACKAGE / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SITES = read("sites.csv")
GENOTYPES = read("genotypes.csv")
COMBINATIONS = read("combinations.csv")
BY_SITE = {row["site"]: row for row in SITES}
READ_ALONE = [row["site"] for row in SITES if row["category"] != "member"]


def spell(alleles: tuple[str, ...]) -> str:
    return "/".join(sorted(alleles, key=lambda allele: (len(allele), allele)))


def possible(row: dict[str, str], build: str = "GRCh38") -> set[str]:
    alleles = [row[f"ref_{build}"], *row[f"alt_{build}"].split(",")]
    return {spell(pair) for pair in combinations_with_replacement(alleles, 2)}


def says(site: str, genotype: str) -> dict[str, str]:
    return next(row for row in GENOTYPES if (row["site"], row["genotype"]) == (site, genotype))


def at(build: str, chrom: str, pos: int) -> dict[str, str]:
    return next(row for row in SITES if (row[f"chrom_{build}"], row[f"pos_{build}"]) == (chrom, str(pos)))


def test_the_tables_have_the_columns_of_their_contract() -> None:
    for table, columns in (
        ("sites.csv", SITE_COLUMNS),
        ("genotypes.csv", GENOTYPE_COLUMNS),
        ("combinations.csv", COMBINATION_COLUMNS),
    ):
        assert (PACKAGE / table).read_text(encoding="utf-8").splitlines()[0] == columns


def test_the_package_holds_no_code() -> None:
    assert (PACKAGE / "__init__.py").read_bytes() == b""
    assert {path.suffix for path in PACKAGE.iterdir() if path.is_file() and path.name != "__init__.py"} == {
        ".csv",
        ".md",
        ".svg",
        ".toml",
    }


def test_at_least_32_sites_are_read_alone() -> None:
    assert len(READ_ALONE) >= 32


def test_no_cell_is_empty_but_gates_and_opt_ins() -> None:
    for row in (*SITES, *GENOTYPES, *COMBINATIONS):
        assert None not in row
        assert None not in row.values()
        assert {name for name, value in row.items() if not value} <= MAY_BE_EMPTY, row
        assert all(value == value.strip() for value in row.values()), row


@pytest.mark.parametrize("column", ["site", "rsid", "pos_GRCh37", "pos_GRCh38"])
def test_no_two_sites_are_the_same(column: str) -> None:
    chrom = column.replace("pos", "chrom")
    counted = Counter((row[chrom] if column.startswith("pos") else "", row[column]) for row in SITES)
    assert max(counted.values()) == 1


@pytest.mark.parametrize("row", SITES, ids=lambda row: row["site"])
def test_a_site_has_sound_coordinates_in_both_builds(row: dict[str, str]) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["site"])
    assert re.fullmatch(r"rs[1-9]\d*", row["rsid"])
    for build in ("GRCh37", "GRCh38"):
        ref, alts = row[f"ref_{build}"], row[f"alt_{build}"].split(",")
        assert row[f"chrom_{build}"] in {*(str(n) for n in range(1, 23)), "X", "Y", "MT"}
        assert int(row[f"pos_{build}"]) > 0
        assert re.fullmatch(r"[ACGT]+", ref)
        for alt in alts:
            assert re.fullmatch(r"[ACGT]+", alt)
            assert alt != ref
            # Trimmed; and a one-base anchor that differs from the last base cannot be shifted to the left.
            assert ref[-1] != alt[-1]
            assert ref[0] != alt[0] or min(len(ref), len(alt)) == 1
    assert row["chrom_GRCh37"] == row["chrom_GRCh38"]
    assert possible(row, "GRCh37") == possible(row, "GRCh38")
    assert row["infer"] in {"true", "false"}


def test_only_the_two_known_sites_swap_their_reference_between_the_builds() -> None:
    swapped = {row["gene"] for row in SITES if row["ref_GRCh37"] != row["ref_GRCh38"]}
    assert swapped == {"F5", "ACTN3"}


@pytest.mark.parametrize("site", READ_ALONE)
def test_every_genotype_of_a_site_is_authored_once_and_no_other(site: str) -> None:
    written = [row["genotype"] for row in GENOTYPES if row["site"] == site]
    assert len(written) == len(set(written))
    assert set(written) == possible(BY_SITE[site])


def test_members_have_no_genotype_rows_and_every_row_has_its_site() -> None:
    assert {row["site"] for row in GENOTYPES} == set(READ_ALONE)


@pytest.mark.parametrize("row", [*GENOTYPES, *COMBINATIONS], ids=lambda row: row.get("site") or row["members"])
def test_a_conclusion_is_short_plain_and_cited(row: dict[str, str]) -> None:
    assert row["effect_direction"] in {"increased", "decreased", "typical", "mixed"}
    assert row["strength"] in {"established", "strong", "moderate", "limited"}
    assert all(re.fullmatch(r"[1-9]\d{5,7}", pmid) for pmid in row["pmids"].split(";"))
    assert len(set(row["pmids"].split(";"))) == len(row["pmids"].split(";"))
    assert 1 <= len(re.findall(r"[.](?:\s|$)", row["conclusion"])) <= 3
    assert row["conclusion"].endswith(".")
    assert len(row["conclusion"]) <= 330
    assert len(row["effect"]) <= 60
    for words in (row["conclusion"], row["effect"]):
        assert not re.search(FORBIDDEN, words, re.IGNORECASE), words
    assert "checked" in row["checked"] or "not re-read" in row["checked"]


def test_no_forbidden_subject_is_in_any_table() -> None:
    for row in SITES:
        assert not re.search(r"BRCA|PRNP|HTT|OR6A2", row["gene"])
        assert not re.search(FORBIDDEN, f"{row['trait']} {row['gate']} {row['ancestry']}", re.IGNORECASE), row


def test_health_findings_are_gated_and_the_graver_ones_name_the_relatives() -> None:
    for row in SITES:
        assert bool(row["gate"]) == (row["gene"] in GATED_FOR_RELATIVES | GATED_MILDLY), row["site"]
        assert bool(row["gate"]) == (row["category"] == "Health findings"), row["site"]
        assert not row["gate"] or row["gate"].endswith("Open it only if you want to know.")
        assert ("parents, brothers, sisters and children" in row["gate"]) == (row["gene"] in GATED_FOR_RELATIVES)
    assert all(row["gate"] and row["opt_in"] == "apoe" for row in COMBINATIONS if row["combination"] == "apoe")


def test_silence_is_never_read_as_reference_where_it_may_not_be() -> None:
    for row in SITES:
        indel = len(row["ref_GRCh38"]) != 1 or any(len(alt) != 1 for alt in row["alt_GRCh38"].split(","))
        if indel or row["gene"] in NEVER_INFERRED or row["ref_GRCh37"] != row["ref_GRCh38"]:
            assert row["infer"] == "false", row["site"]


def test_combinations_name_members_and_possible_genotypes_once() -> None:
    seen = set()
    for row in COMBINATIONS:
        members = dict(member.split("=") for member in row["members"].split(";"))
        assert all(genotype in possible(BY_SITE[site]) for site, genotype in members.items())
        assert all(BY_SITE[site]["category"] == "member" for site in members)
        assert all(BY_SITE[site]["infer"] == "false" for site in members)
        key = (row["combination"], row["members"])
        assert key not in seen
        seen.add(key)
    for name in {row["combination"] for row in COMBINATIONS}:
        rows = [row for row in COMBINATIONS if row["combination"] == name]
        for column in ("trait", "gene", "category", "opt_in", "gate", "ancestry"):
            assert len({row[column] for row in rows}) == 1
        assert len({tuple(member.split("=")[0] for member in row["members"].split(";")) for row in rows}) == 1


def test_every_member_is_used_by_a_combination() -> None:
    used = {member.split("=")[0] for row in COMBINATIONS for member in row["members"].split(";")}
    assert used == {row["site"] for row in SITES if row["category"] == "member"}


def apoe(rs429358: str, rs7412: str) -> str | None:
    wanted = f"apoe-rs429358={rs429358};apoe-rs7412={rs7412}"
    return next((row["result"] for row in COMBINATIONS if row["members"] == wanted), None)


def haplotype_pairs(site_a: str, site_b: str) -> dict[tuple[str, str], str]:
    """APOE pairs built from the alleles of each form, to compare with the table."""
    forms = {"ε2": ("T", "T"), "ε3": ("T", "C"), "ε4": ("C", "C")}
    assert (site_a, site_b) == ("rs429358", "rs7412")
    return {
        (spell((forms[x][0], forms[y][0])), spell((forms[x][1], forms[y][1]))): f"{x}/{y}"
        for x, y in combinations_with_replacement(forms, 2)
    }


def test_apoe_types_follow_from_their_alleles() -> None:
    built = haplotype_pairs("rs429358", "rs7412")
    assert len(built) == 6
    for (first, second), result in built.items():
        told = apoe(first, second)
        assert told is not None
        assert told.removesuffix(" (phase assumed)") == result
    assert apoe("C/T", "C/T") == "ε2/ε4 (phase assumed)"
    assert apoe("C/C", "C/T") is None


def test_bitter_taste_types_follow_from_their_alleles() -> None:
    forms = {"PAV": "GGC", "AVI": "CAT", "AAV": "CGC", "AAI": "CGT"}
    for row in (row for row in COMBINATIONS if row["combination"] == "bitter-taste-tas2r38"):
        genotypes = [member.split("=")[1] for member in row["members"].split(";")]
        first, second = row["result"].removesuffix(" (phase assumed)").split("/")
        assert genotypes == [spell(pair) for pair in zip(forms[first], forms[second], strict=True)]
        heterozygous = sum(len(set(genotype.split("/"))) == 2 for genotype in genotypes)
        assert row["result"].endswith("(phase assumed)") == (heterozygous > 1)


def test_case_1_a_grch37_reference_at_factor_v_is_homozygous_leiden() -> None:
    site = at("GRCh37", "1", 169519049)
    assert (site["ref_GRCh37"], site["alt_GRCh37"]) == ("T", "C")
    assert "homozygous for factor V Leiden" in says(site["site"], "T/T")["conclusion"]
    assert says(site["site"], "C/C")["effect"] == "No factor V Leiden"


def test_case_2_apoe_needs_both_sites() -> None:
    assert at("GRCh38", "19", 44908684)["infer"] == "false"
    assert at("GRCh38", "19", 44908822)["infer"] == "false"
    assert all(row["members"].count("=") == 2 for row in COMBINATIONS if row["combination"] == "apoe")


def test_case_4_a_reference_at_abo_is_homozygous_for_the_o_deletion() -> None:
    site = at("GRCh38", "9", 133257521)
    assert (site["ref_GRCh38"], site["alt_GRCh38"]) == ("T", "TC")
    assert says(site["site"], "T/T")["effect"].startswith("Homozygous for the O deletion")


def test_case_6_one_hfe_c282y_is_a_carrier() -> None:
    site = at("GRCh38", "6", 26092913)
    row = says(site["site"], "A/G")
    assert "carrier" in row["conclusion"]
    assert "disease" not in row["conclusion"]
    assert row["effect_direction"] == "typical"


def test_case_10_one_a_at_lactase_persistence_is_enough() -> None:
    site = at("GRCh38", "2", 135851076)
    assert (site["ref_GRCh38"], site["alt_GRCh38"]) == ("G", "A")
    assert says(site["site"], "A/G")["effect"] == says(site["site"], "A/A")["effect"] == "Likely lactase persistent"


def test_a_conclusion_that_names_a_disease_is_gated() -> None:
    gated = {row["site"] for row in SITES if row["gate"]}
    for row in GENOTYPES:
        if re.search(r"diabetes|gout|clot|iron build-up|syndrome", row["conclusion"], re.IGNORECASE):
            assert row["site"] in gated, row["conclusion"]


def test_every_row_says_what_confirmed_its_direction_and_every_paper() -> None:
    for row in GENOTYPES:
        assert row["checked"].startswith("Effect allele and direction: ")
    for row in (*GENOTYPES, *COMBINATIONS):
        assert f"PMID {row['pmids'].replace(';', ', ')}: each found in a public text" in row["checked"]
        assert "memory" not in row["checked"]


def test_mthfr_is_told_with_no_action() -> None:
    for row in (row for row in GENOTYPES if row["site"] == "folate-mthfr-677"):
        assert "o action follows from this result" in row["conclusion"]


def test_the_manifest_declares_every_column_the_tables_bring() -> None:
    manifest = tomllib.loads((PACKAGE / "module.toml").read_text(encoding="utf-8"))
    declared = {column["name"] for column in manifest["columns"]}
    brought = {*SITE_COLUMNS.split(","), *GENOTYPE_COLUMNS.split(","), *COMBINATION_COLUMNS.split(",")}
    keys = {"site", "genotype", "combination", "members", "opt_in", "infer"}
    assert declared == {name for name in brought - keys if not name.endswith(("_GRCh37", "_GRCh38"))}
    for column in manifest["columns"]:
        if "values" in column:
            assert {row[column["name"]] for row in GENOTYPES} <= set(column["values"])
    assert manifest["settings"]["apoe"]["default"] is False
    assert {row["opt_in"] for row in COMBINATIONS} - {""} == set(manifest["settings"])


def test_the_manifest_and_the_readme_count_the_sites_rightly() -> None:
    manifest = tomllib.loads((PACKAGE / "module.toml").read_text(encoding="utf-8"))
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    readme = (PLUGIN / "README.md").read_text(encoding="utf-8")
    for words in (manifest["summary"], manifest["description"], project["description"], readme):
        assert f"{len(READ_ALONE)} well-studied" in words
    assert manifest["version"] == project["version"]
    assert project["entry-points"]["genoteca"] == {manifest["id"]: PACKAGE.name}


def test_the_readme_lists_every_site_and_every_paper() -> None:
    readme = (PLUGIN / "README.md").read_text(encoding="utf-8")
    cited = {pmid for row in (*GENOTYPES, *COMBINATIONS) for pmid in row["pmids"].split(";")}
    assert set(re.findall(r"PMID \[(\d+)\]", readme)) == cited
    for row in SITES:
        assert f"| {row['site']} | {row['rsid']} |" in readme


def blocks(path: Path) -> dict[str, list[tuple[int, int, str, int, str, int]]]:
    """Aligned blocks of a chain file: start, end, target, start there, strand there, size there; all 0-based."""
    found: dict[str, list[tuple[int, int, str, int, str, int]]] = {}
    here = there = size = 0
    source = target = strand = ""
    with gzip.open(path, "rt") as file:
        for fields in (line.split() for line in file):
            if fields[:1] == ["chain"]:
                source, here, target, strand = fields[2], int(fields[5]), fields[7], fields[9]
                size, there = int(fields[8]), int(fields[10])
            elif fields:
                length = int(fields[0])
                found.setdefault(source, []).append((here, here + length, target, there, strand, size))
                gaps = [int(field) for field in fields[1:]] or [0, 0]
                here, there = here + length + gaps[0], there + length + gaps[1]
    return found


@pytest.mark.real_data
@pytest.mark.parametrize(("source", "target"), [("GRCh37", "GRCh38"), ("GRCh38", "GRCh37")])
def test_every_site_lifts_to_its_place_in_the_other_build(source: str, target: str) -> None:
    path = CHAINS / f"{source}_to_{target}.chain.gz"
    if not path.is_file():
        pytest.skip("the Ensembl chains are not in the data folder beside the checkout")
    aligned = blocks(path)
    for row in SITES:
        chrom, start = row[f"chrom_{source}"], int(row[f"pos_{source}"]) - 1
        end = start + len(row[f"ref_{source}"])
        places = {(b[2], b[3] + start - b[0], b[4]) for b in aligned[chrom] if b[0] <= start and end <= b[1]}
        assert (row[f"chrom_{target}"], int(row[f"pos_{target}"]) - 1, "+") in places, row["site"]
