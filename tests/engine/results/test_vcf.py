"""A sample's own VCF with answers in INFO, read back by htslib and compared record by record."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import polars as pl
import pysam
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from genoteca.engine.results.about import about_variant, about_variant_sql
from genoteca.engine.results.bgzip import BgzipWriter
from genoteca.engine.results.vcf import ModuleAnswers, SourceText, Written, write_vcf
from genoteca.engine.results.vcf.info import encoded, keys_of
from genoteca.errors import DatasetError
from genoteca.genome.schema import polars_schema
from genoteca.model.build import Build
from genoteca.model.column import ANNOTATIONS, AnnotationColumn, ColumnType
from genoteca.model.evidence import Evidence, Match

OWN = [
    AnnotationColumn(name="note", label="Note", description='What it "says"; in words.'),
    AnnotationColumn(name="af", label="Frequency", type=ColumnType.FREQUENCY),
    AnnotationColumn(name="count", label="Count", type=ColumnType.INTEGER),
]
HEADER = """##fileformat=VCFv4.2
##contig=<ID=chr1,length=248956422>
##contig=<ID=chr2,length=242193529>
##FILTER=<ID=low,Description="Low">
##INFO=<ID=DP,Number=1,Type=Integer,Description="Depth">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tone\ttwo
"""
RECORDS = """chr1\t100\trs1\tA\tG\t50.10\tPASS\tDP=9\tGT\t0/1\t0/0
chr1\t200\t.\tA\tG,T,*\t50\tlow\t.\tGT\t1/2\t0/0
chr1\t300\t.\tCA\tC\t.\t.\tDP=8;\tGT\t0/0\t0/1
chr2\t50\t.\tG\t.\t.\tPASS\t.\tGT\t0/0\t0/0
"""


def answer(line: int | None, allele: int | None, evidence: Evidence, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "site": 0, "chrom": "1", "pos": 100, "ref": "A", "alt": "G", "line": line, "allele": allele,
        "row": None if allele is None else 0, "genotype": "A/G", "dosage": 1, "filtered": False,
        "evidence": evidence.value, "match": Match.ALLELE.value,
    }  # fmt: skip
    return told | more


def stored(path: Path, rows: list[dict[str, Any]]) -> Path:
    schema = polars_schema((*ANNOTATIONS, *OWN))
    pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema).write_parquet(path)
    return path


def exported(
    folder: Path,
    text: str,
    answers: dict[str, list[dict[str, Any]]],
    *,
    pick: str = "one",
    records: int | None = None,
) -> tuple[Path, Written]:
    source, target, scratch = folder / "in.vcf", folder / "out.vcf.gz", folder / "scratch"
    source.write_bytes(text.encode())
    scratch.mkdir(exist_ok=True)
    modules = [
        ModuleAnswers(
            module=name,
            title=f'The "{name}"',
            release="2026-11",
            path=stored(folder / f"{name}.parquet", rows),
            columns=[*ANNOTATIONS, *OWN],
            own=OWN,
        )
        for name, rows in answers.items()
    ]
    lines = sum(not line.startswith("#") for line in text.splitlines())
    written = write_vcf(
        SourceText(
            path=source, member=None, pick=pick, build=Build.GRCH38, records=lines if records is None else records
        ),
        modules,
        target,
        scratch=scratch,
        packed=True,
        progress=lambda _fraction, _message: None,
    )
    assert written.records == written.counted
    assert all(one.reconciles for one in written.modules.values())
    return target, written


def lines_of(path: Path) -> list[list[str]]:
    with gzip.open(path, "rb") as file:
        lines = [line.decode().split("\t") for line in file]
    return [line for line in lines if not line[0].startswith("#")]


def info(line: list[str]) -> dict[str, str]:
    return dict(part.partition("=")[::2] for part in line[7].split(";") if part)


def complaints(path: Path) -> str:
    if shutil.which("bcftools") is None:
        pytest.skip("bcftools is not installed on this computer")
    done = subprocess.run(
        ["bcftools", "view", str(path), "-Ob", "-o", "/dev/null"], capture_output=True, text=True, check=False
    )
    return done.stderr + ("" if done.returncode == 0 else f"ended with {done.returncode}")


@given(st.text())
@example("a;b=c,d:e%f|g h\t\r\n\x00")
@example(".")
def test_any_text_survives_info_and_holds_nothing_that_info_means(text: str) -> None:
    value = pl.select(encoded(pl.lit(text))).item()
    if not text:
        assert value is None
        return
    assert not re.search(r"[\x00-\x20\x7f;,=:|\"]|^\.$", value)
    assert unquote(value) == text


@given(st.lists(st.binary(max_size=200_000), max_size=6))
def test_bgzip_gives_back_what_was_written(tmp_path_factory: pytest.TempPathFactory, parts: list[bytes]) -> None:
    path = tmp_path_factory.mktemp("bgzip") / "x.gz"
    with path.open("wb") as file:
        writer = BgzipWriter(file)
        for part in parts:
            writer.write(part)
        writer.finish()
    with gzip.open(path, "rb") as packed:
        assert packed.read() == b"".join(parts)


@given(st.from_regex(r"[a-z][a-z0-9-]{1,39}", fullmatch=True), st.sets(st.sampled_from(["a_b_note", "a_b_SITES"])))
def test_keys_are_legal_and_never_those_of_the_source(module: str, taken: set[str]) -> None:
    for name in (module, "a-b"):
        keys = keys_of(name, OWN, taken=taken, large=())
        assert all(re.fullmatch(r"([A-Za-z_][0-9A-Za-z_.]*|1000G)", key) for key in keys.names())
        assert not keys.names() & taken


def test_values_stand_in_the_order_of_the_alts_with_evidence_and_types(tmp_path: Path) -> None:
    rows = [
        answer(2, 2, Evidence.CALLED, note="tri; all=elic, 100%", af=0.25, count=7, genotype="G/T"),
        answer(1, 1, Evidence.CALLED, note=".", af=1e-05, dosage=None),
        answer(2, 1, Evidence.PARTIAL, filtered=True),
    ]
    path, written = exported(tmp_path, HEADER + RECORDS, {"my-module": rows})
    first, second, third, _ = lines_of(path)
    assert info(second) == {
        "my_module_evidence": "partial,called,.",
        "my_module_match": "allele,allele,.",
        "my_module_genotype": "A/G,G/T,.",
        "my_module_dosage": "1,1,.",
        "my_module_filtered": "1,0,.",
        "my_module_note": ".,tri%3B%20all%3Delic%2C%20100%25,.",
        "my_module_af": ".,0.25,.",
        "my_module_count": ".,7,.",
    }
    assert info(first)["my_module_note"] == "%2E"
    assert "my_module_dosage" not in info(first)
    assert third[7] == "DP=8;"
    with pysam.VariantFile(str(path)) as file:
        declared = file.header.info["my_module_af"]
        assert (declared.number, declared.type) == ("A", "Float")
        record = next(iter(file.fetch("chr1", 199, 200)))
        assert record.info["my_module_count"] == (None, 7, None)
        assert record.samples.keys() == ["one"]
    assert complaints(path) == ""
    assert (written.index, written.modules["my-module"].on_variants) == (".tbi", 3)
    assert any("2 people" in note for note in written.notes)


def test_every_other_byte_of_a_record_stays(tmp_path: Path) -> None:
    rows = [answer(line, 1, Evidence.CALLED, note="x") for line in (1, 2, 3)]
    path, _ = exported(tmp_path, HEADER + RECORDS.replace("\n", "\r\n"), {"a": rows, "b": rows[:2]})
    given_ = [line.split("\t") for line in RECORDS.splitlines()]
    for before, after in zip(given_, lines_of(path), strict=True):
        after[-1] = after[-1].rstrip("\n")
        assert [*before[:7], *before[8:10]] == [*after[:7], *after[8:]]
        kept = "" if before[7] == "." else before[7]
        assert after[7].startswith(kept or ("a_", ".")[before[1] == "50"])
    assert complaints(path) == ""


def test_an_answer_about_another_allele_is_never_beside_the_records_own(tmp_path: Path) -> None:
    rows = [
        answer(1, 1, Evidence.OTHER_ALLELE, alt="T", match="position", note="pathogenic"),
        answer(1, 1, Evidence.PARTIAL, alt="C", match="position", note="pathogenic"),
        answer(3, None, Evidence.REFERENCE, pos=301, ref="A", alt="T", match="position", note="pathogenic"),
        answer(None, None, Evidence.INFERRED, note="pathogenic"),
        answer(None, None, Evidence.NOT_COVERED, note="pathogenic"),
    ]
    path, written = exported(tmp_path, HEADER + RECORDS, {"clinvar": rows})
    first, _, third, _ = lines_of(path)
    assert "pathogenic" not in "".join("".join(line) for line in lines_of(path))
    assert info(first)["clinvar_SITES"] == "other_allele|100|A|T|A/G|0,partial|100|A|C|A/G|0"
    assert info(third)["clinvar_SITES"] == "reference|301|A|T|A/G|0"
    counts = written.modules["clinvar"]
    assert (counts.on_variants, counts.on_records, counts.elsewhere) == (0, 3, {"inferred": 1, "not_covered": 1})
    with pysam.VariantFile(str(path)) as file:
        assert 'NotInThisFile="inferred:1 not_covered:1"' in str(file.header)
    assert complaints(path) == ""


def test_further_answers_about_an_allele_are_kept_and_the_exact_one_comes_first(tmp_path: Path) -> None:
    rows = [
        answer(1, 1, Evidence.CALLED, match="decomposed", note="part", site=0),
        answer(1, 1, Evidence.CALLED, note="whole", site=1, af=0.5),
    ]
    path, written = exported(tmp_path, HEADER + RECORDS, {"m1": rows})
    told = info(lines_of(path)[0])
    assert told["m1_note"] == "whole"
    assert told["m1_MORE"] == "1|100|A|G|called|decomposed|A/G|1|0|part|.|."
    assert (written.modules["m1"].on_variants, written.modules["m1"].further) == (1, 1)


def test_what_the_header_does_not_declare_is_declared_so_that_readers_are_content(tmp_path: Path) -> None:
    header = "\n".join(line for line in HEADER.splitlines() if line.startswith(("##file", "#CHROM"))) + "\n"
    path, _ = exported(tmp_path, header + RECORDS, {"m1": [answer(1, 1, Evidence.CALLED)]})
    assert complaints(path) == ""
    with pysam.VariantFile(str(path)) as file:
        assert file.header.contigs["chr1"].length == 248_956_422


def test_an_export_of_an_export_keeps_both(tmp_path: Path) -> None:
    path, _ = exported(tmp_path, HEADER + RECORDS, {"m1": [answer(1, 1, Evidence.CALLED, note="first")]})
    with gzip.open(path, "rb") as file:
        again = file.read().decode()
    folder = tmp_path / "again"
    folder.mkdir()
    path, _ = exported(folder, again, {"m1": [answer(1, 1, Evidence.CALLED, note="second")]})
    told = info(lines_of(path)[0])
    assert (told["m1_note"], told["m1_2_note"]) == ("first", "second")
    assert complaints(path) == ""


def test_lines_that_are_no_records_are_left_out_and_counted(tmp_path: Path) -> None:
    broken = "\nchr1\t250\tfew\nchr1\tx\t.\tA\tG\t.\t.\t.\tGT\t0/1\t0/1\n"
    lines = RECORDS.splitlines(keepends=True)
    path, written = exported(
        tmp_path,
        HEADER + "".join(lines[:2]) + broken + "".join(lines[2:]).rstrip("\n"),
        {"m1": [answer(6, 1, Evidence.CALLED, note="after the broken ones")]},
    )
    assert written.left_out == {
        "blank line": 1, "wrong number of columns": 1, "POS is not a whole number": 1,
    }  # fmt: skip
    assert [line[1] for line in lines_of(path)] == ["100", "200", "300", "50"]
    assert "m1_note" in info(lines_of(path)[2])
    assert complaints(path) == ""


def test_records_out_of_order_keep_their_order_and_say_why_there_is_no_index(tmp_path: Path) -> None:
    turned = "".join(reversed(RECORDS.splitlines(keepends=True)))
    path, written = exported(tmp_path, HEADER + turned, {"m1": [answer(4, 1, Evidence.CALLED)]})
    assert [line[1] for line in lines_of(path)] == ["50", "300", "200", "100"]
    assert written.index == ""
    assert any("not in order" in note for note in written.notes)
    assert not path.with_name(path.name + ".tbi").exists()


def test_a_contig_too_long_for_tabix_gets_the_other_index(tmp_path: Path) -> None:
    far = "chr1\t600000000\t.\tA\tG\t.\tPASS\t.\tGT\t0/1\t0/1\n"
    path, written = exported(tmp_path, HEADER.replace("248956422", "700000000") + far, {"m1": []})
    assert written.index == ".csi"
    assert path.with_name(path.name + ".csi").exists()


def test_answers_of_another_file_are_refused(tmp_path: Path) -> None:
    for rows, records in (
        ([answer(9, 1, Evidence.CALLED)], None),
        ([answer(1, 2, Evidence.CALLED)], None),
        ([], 3),
    ):
        with pytest.raises(DatasetError):
            exported(tmp_path, HEADER + RECORDS, {"m1": rows}, records=records)


def test_a_number_beyond_32_bits_is_a_text(tmp_path: Path) -> None:
    path, _ = exported(tmp_path, HEADER + RECORDS, {"m1": [answer(1, 1, Evidence.CALLED, count=2**31)]})
    with pysam.VariantFile(str(path)) as file:
        assert file.header.info["m1_count"].type == "String"
        assert next(iter(file)).info["m1_count"] == ("2147483648",)


ROWS = st.fixed_dictionaries(
    {
        "row": st.sampled_from([None, 3]),
        "alt": st.sampled_from([None, "G"]),
        "evidence": st.sampled_from([one.value for one in Evidence]),
        "match": st.sampled_from([None, *(one.value for one in Match)]),
        "lift": st.sampled_from([None, "the reference base differs: REF and ALT swapped", "the strands differ"]),
    }
)


@given(st.lists(ROWS, min_size=1, max_size=30))
def test_both_ways_of_telling_what_an_answer_is_about_agree(rows: list[dict[str, Any]]) -> None:
    frame = pl.DataFrame(
        rows, schema_overrides={"row": pl.UInt32, "alt": pl.String, "match": pl.String, "lift": pl.String}
    )
    by_frame = frame.select(about_variant(frame.columns)).to_series().to_list()

    by_sql = duckdb.sql(f"SELECT {about_variant_sql(frame.columns)} FROM frame")
    assert by_sql is not None
    assert by_frame == [row[0] for row in by_sql.fetchall()]
