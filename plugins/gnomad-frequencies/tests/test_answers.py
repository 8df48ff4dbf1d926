"""What a sample is told: the reference and the annotations, made as the app makes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from genoteca.sdk import AnnotateRequest, Build, DatasetError, FetchError, Outcome, ReferenceDataError
from genoteca.sdk.local_resources import LocalEngine
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca_gnomad_frequencies import plugin, releases, source

if TYPE_CHECKING:
    from genoteca.sdk.materialized import Materialized

OF_A_GROUP = (
    "AC=3;AN=100;AF=0.03;nhomalt=1;AC_XY=1;AN_XY=40;grpmax=afr;AF_grpmax=0.05;faf95=0.01;fafmax_faf95_max=0.02;"
    "AF_afr=0.05;AN_afr=60;AF_remaining=0;AN_remaining=0"
)
V4 = (
    f"chr21 5032000 rs1 A C 50 PASS {OF_A_GROUP}",
    # several alleles in one record, which gnomAD itself does not write, and what its own filter does not trust
    "chr21 5032100 . G T,GA 50 AC0;AS_VQSR AC=0,5;AN=200;AF=0,0.025;nhomalt=0,2;AC_XY=0,1;AN_XY=90",
    # measured in nobody: v4 writes a frequency of zero
    "chr21 5032200 . C T 50 AC0 AC=0;AN=0;AF=0;nhomalt=0;faf95=0;AF_afr=0;AN_afr=0",
    "chr21 5032300 . CA C 50 PASS AC=7;AN=70;AF=0.1;nhomalt=0",
    "chr21 5032400 . C * 50 PASS AC=7;AN=70;AF=0.1;nhomalt=0",
)
V4_X = (
    "chrX 5000000 . G A 50 PASS AC=4;AN=150;AF=0.0267;nhomalt=1;AC_XY=2;AN_XY=50;non_par",
    "chrX 1000000 . G A 50 PASS AC=4;AN=200;AF=0.02;nhomalt=1;AC_XY=2;AN_XY=100",
)
MT = (
    "chrM 73 . A G . PASS AN=56434;AC_hom=40000;AC_het=12;AF_hom=0.7088;AF_het=0.0002;max_hl=1",
    "chrM 10 . T C . npg AN=0;AC_hom=0;AC_het=0;AF_hom=0;AF_het=0;max_hl=0",
)
CARRIED = (
    "21 5032000 A C 0/1", "21 5032100 G T,GA 1/2", "21 5032200 C T 1/1", "21 5032300 CAA CA 0/1",
    "21 5032500 C T 0/1", "X 5000000 G A 1", "MT 73 A G 1", "MT 10 T C 1", "MT 11 T C 1",
)  # fmt: skip
GenomeText = Callable[..., str]


@pytest.fixture
def folder(sites: Any) -> Path:
    """The exomes of chromosomes 21 and X, and the mitochondrion."""
    sites.write("gnomad.exomes.v4.0.sites.chr21.vcf.gz", "v4", *V4)
    sites.write("gnomad.exomes.v4.0.sites.chrX.vcf.gz", "v4", *sorted(V4_X))
    sites.write("gnomad.genomes.v3.1.sites.chrM.vcf.gz", "mt", *sorted(MT))
    return Path(sites.folder)


@pytest.fixture
def answered(folder: Path, genoteca_sample: MakeSample, genome_text: GenomeText) -> Materialized:
    sample = genoteca_sample(genome_text(*CARRIED), kind="whole genome")
    return materialize_module(plugin, sample, settings={"source": str(folder)})


def rows_of(made: Materialized, *columns: str) -> dict[tuple[str, int, str], tuple[object, ...]]:
    table = made.table.with_columns(pl.col("chrom").cast(pl.String)).select("chrom", "pos", "alt", *columns)
    return {row[:3]: row[3:] for row in table.rows()}


def test_every_carried_allele_that_is_listed_has_one_row(answered: Materialized) -> None:
    assert answered.failed_checks == []
    assert answered.outcome is Outcome.ANSWERED
    told = rows_of(answered, "frequency", "allele_count", "allele_number", "homozygotes", "dosage")
    assert told == {
        ("21", 5032000, "C"): (0.03, 3, 100, 1, 1),
        ("21", 5032100, "T"): (0.0, 0, 200, 0, 1),
        ("21", 5032100, "GA"): (0.025, 5, 200, 2, 1),
        ("21", 5032200, "T"): (None, 0, 0, 0, 2),
        ("21", 5032300, "C"): (0.1, 7, 70, 0, 1),
        ("X", 5000000, "A"): (0.0267, 4, 150, 1, 1),
        ("MT", 73, "G"): (None, None, 56434, None, None),
        ("MT", 10, "C"): (None, None, 0, None, None),
    }
    assert answered.record().sites is None


def test_a_share_of_nobody_is_unknown_and_not_zero(answered: Materialized) -> None:
    told = rows_of(answered, "frequency", "filtering_frequency", "frequency_afr", "frequency_remaining")
    assert told["21", 5032200, "T"] == (None, None, None, None)
    assert told["21", 5032000, "C"] == (0.03, 0.01, 0.05, None)
    shares = rows_of(answered, "homoplasmic_frequency", "heteroplasmic_frequency", "highest_heteroplasmy")
    assert shares["MT", 10, "C"] == (None, None, None)


def test_groups_filters_and_men_are_told(answered: Materialized) -> None:
    told = rows_of(
        answered, "highest_group", "highest_frequency", "highest_filtering_frequency", "gnomad_filter", "rsid"
    )
    assert told["21", 5032000, "C"] == ("afr", 0.05, 0.02, "PASS", "rs1")
    assert told["21", 5032100, "T"][3] == "AC0;AS_VQSR"
    men = rows_of(answered, "allele_count_xy", "allele_number_xy", "outside_par")
    assert men["X", 5000000, "A"] == (2, 50, True)
    assert men["21", 5032100, "GA"] == (1, 90, False)


def test_the_mitochondrion_has_its_own_numbers(answered: Materialized) -> None:
    told = rows_of(
        answered,
        *("homoplasmic_count", "heteroplasmic_count", "homoplasmic_frequency", "heteroplasmic_frequency"),
        *("highest_heteroplasmy", "gnomad_filter", "dataset"),
    )
    assert told["MT", 73, "G"] == (40000, 12, 0.7088, 0.0002, 1.0, "PASS", "v3.1 mitochondria")
    assert told["21", 5032000, "C"] == (None, None, None, None, None, "PASS", "v4.0 exomes")


def test_the_record_reconciles_and_says_what_is_absent(answered: Materialized) -> None:
    assert answered.record("reference").release.startswith("v4.0-exomes-local-")
    told = answered.record("reference").metadata
    assert told["chromosomes"] == ["21", "X", "MT"]
    assert told["set_aside"] == {"ALT is a deleted copy (*)": 1}
    assert told["alleles_read"] == told["alleles_kept"] + 1 == 10
    assert answered.record("reference").rows == told["alleles_kept"]
    assert "frequency_ami" in told["fields_absent"]["v4.0 exomes"]
    assert "frequency_afr" not in told["fields_absent"]["v4.0 exomes"]
    assert told["fields_absent"]["v3.1 mitochondria"] == []
    assert [file["data"] for file in told["files"]] == ["v4.0 exomes", "v4.0 exomes", "v3.1 mitochondria"]
    assert len(told["without_checksum"]) == 3


def test_exomes_and_genomes_stand_apart(
    folder: Path, sites: Any, genoteca_sample: MakeSample, genome_text: GenomeText
) -> None:
    sites.write("gnomad.genomes.v4.0.sites.chr21.vcf.gz", "v4", V4[0].replace("AF=0.03", "AF=0.5"))
    sample = genoteca_sample(genome_text(CARRIED[0]), kind="whole genome")
    made = materialize_module(plugin, sample, settings={"source": str(folder), "data": "exomes and genomes"})
    assert made.table.select("dataset", "frequency").sort("dataset").rows() == [
        ("v4.0 exomes", 0.03), ("v4.0 genomes", 0.5),
    ]  # fmt: skip
    assert made.failed_checks == []


def test_the_joint_files_are_read_by_their_own_names(
    sites: Any, genoteca_sample: MakeSample, genome_text: GenomeText
) -> None:
    record = (
        "chr21 5032000 . A C 50 EXOMES_FILTERED AC_joint=3;AN_joint=100;AF_joint=0.03;nhomalt_joint=1;AC_joint_XY=2;"
        "AN_joint_XY=9;grpmax_joint=eas;AF_grpmax_joint=0.07;faf95_joint=0.01;fafmax_faf95_max_joint=0.04;"
        "AF_joint_afr=0.06;AN_joint_afr=50"
    )
    path = sites.write("gnomad.joint.v4.1.sites.chr21.vcf.gz", "joint", record)
    sample = genoteca_sample(genome_text(CARRIED[0]), kind="whole genome")
    made = materialize_module(plugin, sample, settings={"source": str(path)})
    told = rows_of(
        made,
        *("frequency", "allele_count_xy", "highest_group", "highest_frequency", "filtering_frequency"),
        *("highest_filtering_frequency", "frequency_afr", "gnomad_filter", "dataset"),
    )
    assert told == {
        ("21", 5032000, "C"): (0.03, 2, "eas", 0.07, 0.01, 0.04, 0.06, "EXOMES_FILTERED", "v4.1 joint"),
    }  # fmt: skip


def test_a_genome_of_grch37_is_answered_by_v2_and_its_own_field_names(
    sites: Any, genoteca_sample: MakeSample, genome_text: GenomeText
) -> None:
    record = (
        "21 9411000 . A C 50 RF AC=3;AN=100;AF=0.03;nhomalt=1;AC_male=2;AN_male=40;popmax=nfe;AF_popmax=0.04;"
        "faf95=0.01;AF_oth=0.2;AN_oth=10"
    )
    sites.write("gnomad.exomes.r2.1.1.sites.21.vcf.gz", "v2", record, build=Build.GRCH37)
    sites.write("gnomad.genomes.v3.1.sites.chrM.vcf.gz", "mt", *sorted(MT))
    text = genome_text("21 9411000 A C 0/1", "MT 73 A G 1", build=Build.GRCH37)
    sample = genoteca_sample(text, build="GRCh37", kind="whole genome")
    made = materialize_module(plugin, sample, settings={"source": str(sites.folder)})
    told = rows_of(
        made,
        "frequency",
        "allele_count_xy",
        "highest_group",
        "highest_frequency",
        "frequency_remaining",
        "gnomad_filter",
    )
    assert told["21", 9411000, "C"] == (0.03, 2, "nfe", 0.04, 0.2, "RF")
    assert rows_of(made, "homoplasmic_frequency")["MT", 73, "G"] == (0.7088,)
    assert made.record("reference").build == "GRCh37"


def test_a_file_of_the_other_build_never_becomes_a_reference(
    sites: Any, genoteca_sample: MakeSample, genome_text: GenomeText
) -> None:
    path = sites.write(
        "some.vcf.gz", "v2", "21 9411000 . A C 50 RF AC=3;AN=100;AF=0.03;nhomalt=1", build=Build.GRCH37
    )
    sample = genoteca_sample(genome_text(CARRIED[0]), kind="whole genome")
    with pytest.raises(ReferenceDataError, match="is not of GRCh38"):
        materialize_module(plugin, sample, settings={"source": str(path)})


def test_a_file_of_something_else_is_refused(
    tmp_path: Path, genoteca_sample: MakeSample, genome_text: GenomeText
) -> None:
    path = tmp_path / "other.vcf"
    path.write_text(genome_text(CARRIED[0]))
    sample = genoteca_sample(genome_text(CARRIED[0]), kind="whole genome")
    with pytest.raises(
        ReferenceDataError, match="is not gnomAD's list of sites: its header declares no INFO field AC"
    ):
        materialize_module(plugin, sample, settings={"source": str(path)})
    with pytest.raises(ReferenceDataError, match="has no file of gnomAD for chromosome 21"):
        materialize_module(plugin, sample, settings={"source": str(tmp_path)})


def test_variants_on_a_chromosome_without_data_are_counted_and_not_called_absent(
    folder: Path, genoteca_sample: MakeSample, genome_text: GenomeText
) -> None:
    text = genome_text(*CARRIED[:2], "22 20000000 A C 0/1", "22 20000100 A C,G 1/2")
    made = materialize_module(
        plugin,
        genoteca_sample(text, kind="whole genome"),
        settings={"source": str(folder / "gnomad.exomes.v4.0.sites.chr21.vcf.gz")},
    )
    assert made.record("reference").metadata["chromosomes_without_data"] == ["22"]
    assert made.record().metadata["unusable"] == {
        "gnomAD's data as set in the module has nothing of chromosome 22": 3
    }


def test_silence_of_a_chromosome_that_was_not_asked_for_is_never_an_answer(
    folder: Path, genoteca_sample: MakeSample, genome_text: GenomeText
) -> None:
    alone = materialize_module(
        plugin, genoteca_sample(genome_text(CARRIED[0]), kind="whole genome"), settings={"source": str(folder)}
    )
    assert alone.record("reference").metadata["beside"]["source"], "a file that comes into the folder can be noticed"
    both = genoteca_sample(genome_text(*CARRIED), kind="whole genome")
    asked = AnnotateRequest(
        manifest=alone.manifest,
        sample_tables=both.tables,
        reference=alone.paths.stored([alone.manifest.id, "reference"]),
        settings={},
        engine=LocalEngine(both),
        progress=lambda _fraction, _message: None,
    )
    with pytest.raises(DatasetError, match="The reference has no chromosome X, MT"):
        plugin.annotate(asked)


def publish(monkeypatch: pytest.MonkeyPatch, folder: Path) -> dict[str, Path]:
    """Let the files of a folder be those that the publisher lists, and give them by their address."""
    import hashlib

    listed = []
    for file in releases.files_of("v4.1", "exomes").values():
        path = folder / file.name.replace("v4.1", "v4.0").replace("bgz", "gz")
        if path.is_file():
            digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
            listed.append(
                releases.PublishedFile(version=file.version, data=file.data, chrom=file.chrom, bytes=9, md5=digest)
            )
    monkeypatch.setattr(releases, "_listed", lambda: tuple(listed))
    names = {file.chrom: file.name.replace("v4.1", "v4.0").replace("bgz", "gz") for file in listed}
    return {releases.MIRRORS["Google"] + file.path: folder / names[file.chrom] for file in listed}


def test_the_publishers_files_are_fetched_by_chromosome_and_held_to_their_checksum(
    folder: Path, monkeypatch: pytest.MonkeyPatch, genoteca_sample: MakeSample, genome_text: GenomeText
) -> None:
    sources = publish(monkeypatch, folder)
    sample = genoteca_sample(genome_text(CARRIED[0], CARRIED[5]), kind="whole genome")
    made = materialize_module(plugin, sample, sources=sources)
    told = made.record("reference")
    assert told.release == "v4.1-exomes"
    assert [file["url"].rpartition("/")[2] for file in told.metadata["files"]] == [
        "gnomad.exomes.v4.1.sites.chr21.vcf.bgz", "gnomad.exomes.v4.1.sites.chrX.vcf.bgz",
    ]  # fmt: skip
    assert told.metadata["without_checksum"] == []
    assert made.table["dataset"].unique().to_list() == ["v4.1 exomes"]
    changed = dict.fromkeys(sources, folder / "gnomad.genomes.v3.1.sites.chrM.vcf.gz")
    with pytest.raises(FetchError, match="md5"):
        materialize_module(plugin, sample, sources=changed)


def test_a_release_that_the_publisher_has_not_is_said_to_be_none(
    genoteca_sample: MakeSample, genome_text: GenomeText
) -> None:
    sample = genoteca_sample(genome_text(CARRIED[0]), kind="whole genome")
    with pytest.raises(ReferenceDataError, match=r"gnomAD v3\.1\.2 for GRCh38 has no exomes"):
        materialize_module(plugin, sample, settings={"version": "v3.1.2"})


def test_each_kind_of_file_is_told_by_its_name(tmp_path: Path) -> None:
    for name in (
        "gnomad.genomes.v4.0.sites.chr2.vcf.bgz",
        "gnomad.genomes.v4.1.1.sites.chr2.vcf.bgz",
        "gnomad.genomes.v4.1.sites.chr21.vcf.bgz",
    ):
        (tmp_path / name).touch()
    found = source._best(sorted(tmp_path.iterdir()), "v4.1", "genomes", "2")
    assert [Path(part.source).name for part in found] == ["gnomad.genomes.v4.1.1.sites.chr2.vcf.bgz"]
    (part,) = source._best(sorted(tmp_path.iterdir()), "v4.1", "genomes", "21")
    assert part.checksum == "md5:9b6584cfe62f6e8bd0c3cea90a4ce56a"
    assert source._best(sorted(tmp_path.iterdir()), "v4.1", "exomes", "2") == []
