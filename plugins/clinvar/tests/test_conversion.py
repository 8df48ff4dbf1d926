from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from genoteca.sdk import ReferenceDataError, polars_schema, scan_sites
from genoteca_clinvar.classification import classify
from genoteca_clinvar.conversion import HAPLOTYPE_ONLY, INFO, LISTED_TWICE, Account, convert
from genoteca_clinvar.plugin import describe_module

COLUMNS = describe_module().columns


class Made(NamedTuple):
    table: pl.DataFrame
    account: Account


Convert = Callable[..., Made]


@pytest.fixture
def converted(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    def batches(paths: Sequence[Path], rows: int, account: Account) -> Iterator[pl.DataFrame]:
        for path in paths:
            with scan_sites(path, info=INFO) as file:
                for batch in file.batches():
                    yield from batch.iter_slices(rows)
                account.read(file)

    def made(*paths: Path, rows: int = 100_000) -> Made:
        target = tmp_path_factory.mktemp("scratch") / "clinvar.parquet"
        account = Account()
        convert(batches(paths, rows, account), account, COLUMNS, target)
        return Made(pl.read_parquet(target), account)

    return made


def row(made: Made, variation: str) -> dict[str, Any]:
    return made.table.filter(pl.col("variation_id") == variation).row(0, named=True)


def test_every_record_is_kept_or_set_aside_with_its_reason(few: Path, converted: Convert) -> None:
    made = converted(few)
    assert made.account.records_read == 12
    assert made.account.alleles_kept == made.table.height == 8
    assert sum(made.account.set_aside.values()) == 4
    assert made.account.set_aside[HAPLOTYPE_ONLY] == 1
    assert sorted(made.account.set_aside.values()) == [1, 1, 1, 1]


def test_the_table_has_the_declared_columns_after_the_sites(few: Path, converted: Convert) -> None:
    table = converted(few).table
    names = [column.name for column in COLUMNS]
    assert table.columns[-len(names) :] == names
    assert table.select(names).schema == polars_schema(COLUMNS)
    assert table["key"].is_sorted()


def test_an_indel_is_trimmed_and_all_its_columns_are_in_words(few: Path, converted: Convert) -> None:
    brca2 = row(converted(few), "9325")
    assert (brca2["chrom"], brca2["pos"], brca2["ref"], brca2["alt"]) == ("13", 32340300, "GT", "G")
    assert brca2["significance_class"] == brca2["significance"].lower() == "pathogenic"
    assert brca2["stars"] == 3
    assert brca2["review_status"] == "reviewed by expert panel"
    assert brca2["gene"] == "BRCA2"
    assert brca2["condition_ids"] == "MONDO:MONDO:0011584,OMIM:605724;MONDO:MONDO:0003582,MeSH:D061325"
    assert (brca2["mondo"], brca2["omim"], brca2["medgen"]) == ("MONDO:0011584;MONDO:0003582", "605724", None)
    assert (brca2["allele_id"], brca2["rsid"], brca2["hgvs"]) == (24364, "rs80359550", "NC_000013.11:g.32340301del")


def test_factor_v_leiden_is_of_note_although_it_is_no_pathogenic_allele(few: Path, converted: Convert) -> None:
    leiden = row(converted(few), "642")
    assert leiden["significance_class"] == "drug response"
    assert (leiden["of_note"], leiden["always"], leiden["infer"]) == (True, True, False)


def test_a_conflict_shows_who_says_what(few: Path, converted: Convert) -> None:
    apc = row(converted(few), "822")
    assert apc["significance_class"] == "conflicting"
    assert apc["conflict"] == "Pathogenic(1);Uncertain significance(3);Benign(2)"
    assert apc["conditions"].split(";")[0] == "Diffuse midline glioma, H3 K27-altered"
    assert not apc["infer"]


def test_low_penetrance_beside_pathogenic_is_seen_in_the_words(few: Path, converted: Convert) -> None:
    abca4 = row(converted(few), "7888")
    assert abca4["significance_class"] == "pathogenic"
    assert abca4["significance"] == "Pathogenic;Likely pathogenic;Pathogenic, low penetrance"


def test_tumour_classifications_stand_apart(few: Path, converted: Convert) -> None:
    made = converted(few)
    mlh1, apc = row(made, "89945"), row(made, "42248")
    assert (mlh1["oncogenicity"], mlh1["oncogenicity_conditions"]) == ("Likely oncogenic", "Neoplasm")
    assert (apc["somatic_impact"], apc["somatic_impact_conditions"]) == ("Tier II - Potential", "Carcinoma of colon")
    assert mlh1["origin"] == "germline;somatic"
    assert mlh1["significance_class"] == "likely pathogenic"


def with_info(few: Path, folder: Path, old: str, new: str) -> Path:
    """The few records, with a part of one INFO replaced."""
    text = few.read_text()
    assert old in text
    path = folder / "edited.vcf"
    path.write_text(text.replace(old, new, 1))
    return path


def test_a_tumour_classification_has_its_own_stars_identifiers_and_conflict(
    few: Path, tmp_path: Path, converted: Convert
) -> None:
    told = (
        "ONC=Conflicting_classifications_of_oncogenicity;ONCCONF=Oncogenic(1)|Uncertain_significance(2)"
        ";ONCREVSTAT=criteria_provided,_conflicting_classifications;ONCDISDB=MONDO:MONDO:0005070,MedGen:C0027651"
        ";SCIREVSTAT=criteria_provided,_multiple_submitters;SCIDISDB=MedGen:C0699790|.;SCI=Tier_I"
    )
    made = converted(with_info(few, tmp_path, "CLNSIG=drug_response", f"CLNSIG=drug_response;{told}"))
    leiden = row(made, "642")
    assert leiden["oncogenicity_conflict"] == "Oncogenic(1);Uncertain significance(2)"
    assert (leiden["oncogenicity_stars"], leiden["somatic_impact_stars"], leiden["stars"]) == (1, 2, 3)
    assert leiden["oncogenicity_ids"] == "MONDO:MONDO:0005070,MedGen:C0027651"
    assert leiden["somatic_impact_ids"] == "MedGen:C0699790;."
    assert (leiden["medgen"], leiden["significance_class"]) == (None, "drug response")
    assert made.account.unknown_reviews == {}


def test_a_tumour_classification_keeps_an_allele_whose_germline_one_is_a_haplotypes(
    few: Path, tmp_path: Path, converted: Convert
) -> None:
    both = with_info(few, tmp_path, "CLNSIGINCL=224889:Pathogenic", "CLNSIGINCL=224889:Pathogenic;ONC=Oncogenic")
    made = converted(both)
    assert row(made, "2")["oncogenicity"] == "Oncogenic"
    assert row(made, "2")["significance_class"] == "unclassified"
    assert HAPLOTYPE_ONLY not in made.account.set_aside
    assert made.account.haplotypes == 1
    alone = with_info(few, tmp_path, "CLNSIGINCL=224889:Pathogenic", "SCIINCL=224889:Tier_I")
    assert converted(alone).account.set_aside[HAPLOTYPE_ONLY] == 1


def test_an_allele_without_a_classification_is_unclassified(few: Path, converted: Convert) -> None:
    mutyh = row(converted(few), "4438502")
    assert mutyh["significance_class"] == "unclassified"
    assert mutyh["significance"] is None
    assert mutyh["stars"] is None
    assert (mutyh["of_note"], mutyh["infer"], mutyh["origin"]) == (False, False, "unknown")


def test_no_word_of_the_table_says_that_someone_is_ill(few: Path, converted: Convert) -> None:
    table = converted(few).table
    words = " ".join(str(cell) for cell in table.select(pl.col(pl.String)).rows()).lower()
    assert "carrier" not in words
    assert "affected" not in words


def test_what_the_second_file_repeats_is_counted_and_kept_once(few: Path, converted: Convert) -> None:
    alone, twice = converted(few), converted(few, few)
    assert twice.table.equals(alone.table)
    assert twice.account.set_aside[LISTED_TWICE] == alone.account.alleles_kept
    assert twice.account.alleles_kept + sum(twice.account.set_aside.values()) == twice.account.records_read == 24


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_batches_of_any_size_give_the_same_table_and_account(few: Path, converted: Convert, rows: int) -> None:
    whole, parts = converted(few, few), converted(few, few, rows=rows)
    assert_frame_equal(parts.table, whole.table)
    assert parts.account == whole.account


def test_records_in_any_order_give_the_same_table(few: Path, tmp_path: Path, converted: Convert) -> None:
    lines = few.read_text().splitlines(keepends=True)
    head = [line for line in lines if line.startswith("#")]
    backwards = tmp_path / "backwards.vcf"
    backwards.write_text("".join([*head, *reversed(lines[len(head) :])]))
    assert_frame_equal(converted(backwards, rows=3).table, converted(few).table)


def test_of_an_allele_listed_in_two_batches_the_first_is_kept(few: Path, tmp_path: Path, converted: Convert) -> None:
    later = tmp_path / "later.vcf"
    text = few.read_text()
    leiden = next(line for line in text.splitlines() if "\t642\t" in line)
    later.write_text(text + leiden.replace("drug_response", "Newly_benign") + "\n")
    made = converted(later, rows=3)
    assert_frame_equal(made.table, converted(few).table)
    assert made.account.set_aside[LISTED_TWICE] == 1
    assert made.account.unknown_terms == {}


def test_an_allele_that_is_lost_is_noticed(few: Path, tmp_path: Path) -> None:
    account = Account(alleles_listed=1)
    with scan_sites(few, info=INFO) as file, pytest.raises(ReferenceDataError, match="some are lost"):
        convert(file.batches(), account, COLUMNS, tmp_path / "clinvar.parquet")


def test_new_words_are_counted_and_kept(few: Path, tmp_path: Path, converted: Convert) -> None:
    newer = tmp_path / "newer.vcf"
    newer.write_text(few.read_text().replace("CLNSIG=drug_response", "CLNSIG=Newly_pathogenic|Benign"))
    made = converted(newer)
    assert made.account.unknown_terms == {"Newly pathogenic": 1}
    assert made.account.unknown_reviews == {}
    leiden = row(made, "642")
    assert (leiden["significance_class"], leiden["of_note"], leiden["infer"]) == ("benign", True, False)


def test_a_new_review_status_has_no_stars_and_is_counted(few: Path, tmp_path: Path, converted: Convert) -> None:
    newer = tmp_path / "newer.vcf"
    newer.write_text(few.read_text().replace("reviewed_by_expert_panel", "reviewed_by_two_panels"))
    made = converted(newer)
    assert made.account.unknown_reviews == {"reviewed_by_two_panels": 4}
    assert row(made, "642")["stars"] is None


def test_one_allele_of_two_variations_has_two_rows(few: Path, tmp_path: Path, converted: Convert) -> None:
    both = tmp_path / "both.vcf"
    text = few.read_text()
    leiden = next(line for line in text.splitlines() if "\t642\t" in line)
    both.write_text(text + leiden.replace("\t642\t", "\t643\t").replace("drug_response", "Benign") + "\n")
    rows = converted(both).table.filter(pl.col("pos") == 169549811)
    assert rows["variation_id"].to_list() == ["642", "643"]
    assert rows["site"].n_unique() == 2


def test_a_file_with_several_alleles_a_record_is_accounted_for_by_allele(
    few: Path, tmp_path: Path, converted: Convert
) -> None:
    several = tmp_path / "several.vcf"
    several.write_text(few.read_text().replace("\t642\tC\tT\t", "\t642\tC\tT,G,*\t"))
    made = converted(several)
    assert made.table.filter(pl.col("variation_id") == "642")["alt"].to_list() == ["G", "T"]
    assert made.account.alleles_kept == 9
    assert made.account.alleles_kept + made.account.set_aside.total() == 14


def records(path: Path) -> Iterator[tuple[list[str], dict[str, str]]]:
    """The records of a VCF, read without anything of ours."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#"):
                fields = line.rstrip("\n").split("\t")
                yield fields, dict(pair.partition("=")[::2] for pair in fields[7].split(";"))


# the release of 2026-02-26 spells its classes in twelve ways; each is one class here
SPELLED = {
    "Uncertain_significance": "uncertain significance",
    "Likely_benign": "likely benign",
    "Pathogenic": "pathogenic",
    "Conflicting_classifications_of_pathogenicity": "conflicting",
    "Benign/Likely_benign": "likely benign",
    "Benign": "benign",
    "Likely_pathogenic": "likely pathogenic",
    "Pathogenic/Likely_pathogenic": "pathogenic",
    "other": "other",
    "not_provided": "not provided",
    "Conflicting_classifications_of_pathogenicity|association|risk_factor": "conflicting",
    "": "unclassified",
}


@pytest.mark.real_data
def test_the_release_of_2026_is_counted_class_by_class(real: Path, converted: Convert) -> None:
    path = real / "clinvar_20260226.GRCh38.genes_without_chr17.vcf.gz"
    made = converted(path)
    assert_frame_equal(converted(path, rows=777).table, made.table)
    assert made.account.records_read == 50_483
    assert made.account.alleles_kept + sum(made.account.set_aside.values()) == 50_483
    usable = [(f, info) for f, info in records(path) if not set(f[3] + f[4]) - set("ACGT")]
    assert made.table.height == made.account.alleles_kept == len(usable) == 50_443
    assert max(made.account.set_aside.values()) == 35
    expected = Counter(SPELLED[info.get("CLNSIG", "")] for _, info in usable)
    assert dict(made.table.group_by("significance_class").len().iter_rows()) == expected
    assert (made.account.unknown_terms, made.account.unknown_reviews, made.account.haplotypes) == ({}, {}, 5)
    reviews = Counter(info.get("CLNREVSTAT") for _, info in usable)
    assert made.table["stars"].null_count() == reviews[None]
    assert made.table.filter(pl.col("stars") == 3).height == reviews["reviewed_by_expert_panel"]
    assert made.table["oncogenicity"].count() == sum("ONC" in info for _, info in usable)
    assert made.table["somatic_impact"].count() == sum("SCI" in info for _, info in usable)
    assert made.table["oncogenicity_stars"].count() == sum("ONCREVSTAT" in info for _, info in usable)
    assert made.table["somatic_impact_ids"].count() == sum("SCIDISDB" in info for _, info in usable)
    for name, database in (("medgen", "MedGen:"), ("mondo", "MONDO:"), ("omim", "OMIM:")):
        assert Counter(made.table[name].to_list()) == Counter(named(info, database) for _, info in usable), name


def named(info: dict[str, str], database: str) -> str | None:
    """Identifiers of one database, each once; of OMIM the entries only."""
    every = [one for condition in info.get("CLNDISDB", "").split("|") for one in condition.split(",")]
    told = dict.fromkeys(one.removeprefix(database) for one in every if one.startswith(database))
    kept = [one for one in told if database != "OMIM:" or one.isdecimal()]
    return ";".join(kept) or None


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["clinvar_20191007.vcf.gz", "vep-testset/input.vcf.gz"])
def test_other_releases_reconcile_and_every_word_is_known(real: Path, name: str, converted: Convert) -> None:
    made = converted(real / name)
    own = list(records(real / name))
    assert made.account.records_read == made.account.alleles_kept == made.table.height == len(own)
    assert (made.account.unknown_terms, made.account.unknown_reviews) == ({}, {})
    expected = Counter(classify(info.get("CLNSIG")).significance.value for _, info in own)
    assert dict(made.table.group_by("significance_class").len().iter_rows()) == expected
    by_id = {fields[2]: info for fields, info in own}
    for variation, conflict in made.table.select("variation_id", "conflict").drop_nulls().iter_rows():
        counts = by_id[variation]["CLNSIGCONF"].replace("%3B", "|").split("|")
        assert conflict.replace(" ", "_").split(";") == counts
