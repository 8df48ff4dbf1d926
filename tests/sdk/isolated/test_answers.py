from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from genoteca.errors import CheckError, GenotecaError, RunError
from genoteca.model.module import ModuleManifest
from genoteca.sdk import isolated_plugin, load_manifest
from genoteca.sdk import progress as spoken
from genoteca.sdk.isolated.boxes import box_here
from genoteca.sdk.isolated.taking import take_answer
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca.sdk.tiny_sample import TinySample

from .small import small_module

HEAD = "chrom\tpos\tref\talt\trow\tevidence\tmatch\tvariants\tsize\n"
GOOD = "2\t135851076\tG\tA\t0\tcalled\tallele\t1\tfew\n"


@pytest.fixture
def sample(genoteca_sample: MakeSample) -> TinySample:
    return genoteca_sample()


@pytest.fixture
def manifest(tmp_path: Path) -> ModuleManifest:
    return load_manifest(small_module(tmp_path / "module"))


def taken(tmp_path: Path, text: str, manifest: ModuleManifest, sample: TinySample) -> pl.DataFrame:
    path = tmp_path / "annotations.tsv"
    path.write_text(text, "utf-8")
    return take_answer(path, manifest, sample.tables).frame()


def test_a_module_without_packages_answers_from_its_box(tmp_path: Path, sample: TinySample) -> None:
    heard: list[tuple[float, str]] = []
    spoken.set_sink(lambda _asset, fraction, message: heard.append((fraction, message)))
    try:
        made = materialize_module(isolated_plugin(small_module(tmp_path / "module")), sample)
    finally:
        spoken.set_sink(None)
    row = made.table.row(0, named=True)
    assert (row["chrom"], row["evidence"], row["variants"], row["size"]) == ("2", "called", 1, "few")
    assert (row["genotype"], row["dosage"], row["line"], row["allele"]) == ("G/A", 1, 1, 1), "as the genome says"
    assert row["key"] is not None
    assert made.failed_checks == []
    assert made.record().metadata["told"] == {"rows": 1}
    assert made.record().metadata["box"] == box_here().value
    assert (0.09, "Counting") in [(round(fraction, 2), message) for fraction, message in heard]
    assert made.reference["file"].to_list() == ["count.py", "module.toml"]


def test_parquet_goes_in_and_out_of_the_box(tmp_path: Path, sample: TinySample) -> None:
    copies = """
import shutil
import genoteca_isolated as genoteca
shutil.copyfile(genoteca.file("answer.parquet"), genoteca.output())
assert genoteca.variants().read_bytes()[:4] == b"PAR1"
"""
    folder = small_module(tmp_path / "module", copies, tables="parquet")
    pl.DataFrame(
        {"chrom": ["2"], "pos": [135851076], "row": [0], "evidence": ["called"], "variants": [1], "size": ["few"]}
    ).write_parquet(folder / "answer.parquet")
    assert materialize_module(isolated_plugin(folder), sample).table["genotype"].to_list() == ["G/A"]


def test_the_genome_itself_is_untouched_and_its_name_is_not_told(tmp_path: Path, sample: TinySample) -> None:
    looks = """
import json, os
from pathlib import Path
import genoteca_isolated as genoteca
seen = "".join(path.read_text() for path in genoteca.variants().parent.glob("*.json")) + str(dict(os.environ))
genoteca.tell(named=NAME in seen, environment=" ".join(sorted(os.environ)))
genoteca.write([])
""".replace("NAME", repr(sample.sample.id.key))
    before = sample.inputs
    made = materialize_module(isolated_plugin(small_module(tmp_path / "module", looks)), sample)
    assert sample.inputs == before
    told = made.record().metadata["told"]
    assert isinstance(told, dict)
    assert told["named"] is False
    assert set(str(told["environment"]).split()) <= {
        "DAGSTER_PIPES_CONTEXT", "DAGSTER_PIPES_MESSAGES", "HOME", "LANG", "LC_CTYPE", "PYTHONUTF8",
        "TMPDIR",
    }  # fmt: skip


def test_what_cannot_be_tested_says_why(tmp_path: Path, sample: TinySample) -> None:
    script = 'import genoteca_isolated as genoteca\ngenoteca.untestable("It needs\\nmore.")\n'
    made = materialize_module(isolated_plugin(small_module(tmp_path / "module", script)), sample)
    assert (made.outcome, made.reason, len(made.table)) == ("cannot be tested", "It needs more.", 0)


def test_a_script_that_fails_says_where_and_not_what_it_quotes(tmp_path: Path, sample: TinySample) -> None:
    script = "\n\nraise ValueError('genotype G/A at 135851076')\n"
    with pytest.raises(RunError, match=r"count\.py failed in line 3: ValueError") as caught:
        materialize_module(isolated_plugin(small_module(tmp_path / "module", script)), sample)
    assert "135851076" not in f"{caught.value.message}{caught.value.hint}"


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("import os\nos.symlink('/etc/hostname', 'annotations.tsv')\n", "annotations.tsv cannot be read"),
        ("import os\nos.mkfifo('failed.json')\nos._exit(3)\n", "exit code 3"),
    ],
    ids=["a link for the answer", "a pipe for the error"],
)
def test_what_a_hostile_script_leaves_is_refused(tmp_path: Path, sample: TinySample, script: str, told: str) -> None:
    with pytest.raises(GenotecaError, match=told):
        materialize_module(isolated_plugin(small_module(tmp_path / "module", script)), sample)


@pytest.mark.parametrize(
    ("content", "told"), [(b"chrom\n", "Columns that are missing"), (bytes(range(256)), "cannot be read as a table")]
)
def test_what_is_no_answer_is_refused(
    tmp_path: Path, manifest: ModuleManifest, sample: TinySample, content: bytes, told: str
) -> None:
    path = tmp_path / "annotations.tsv"
    path.write_bytes(content)
    with pytest.raises(CheckError, match=told):
        take_answer(path, manifest, sample.tables)


def test_hostile_messages_are_counted_and_nothing_else(tmp_path: Path, sample: TinySample) -> None:
    script = """
import json, os
import genoteca_isolated as genoteca
genoteca.write([])
genoteca.tell(good=1)
path = os.path.join(os.getcwd(), "messages.jsonl")
with open(path, "a") as out:
    for line in ("rubbish", "[1]", '{"method": "report_asset_check", "params": {}}', "[" * 60000, "x" * 200000,
                 json.dumps({"method": "report_custom_message", "params": {"payload": {"told": {"a": {"b": 1}}}}})):
        out.write(line + "\\n")
os.remove(path)
os.symlink("/etc/hostname", path)
"""
    made = materialize_module(isolated_plugin(small_module(tmp_path / "module", script)), sample)
    assert made.record().metadata["told"] == {"good": 1}
    assert made.record().metadata["messages_not_understood"] == 6


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + GOOD.replace("135851076", "0").replace("\t0\tcalled", "\t\tcalled"), "pos is below 1"),
        (HEAD + GOOD.replace("135851076", "seven"), "pos is not a whole number, first in row 0"),
        (HEAD + GOOD.replace("called", "sure"), "evidence is not one of called"),
        (HEAD + GOOD.replace("2\t135", "99\t135"), "chrom is not one of"),
        (HEAD + GOOD.replace("called", ""), "evidence is empty, first in row 0"),
        (HEAD + GOOD.replace("\t0\tcalled", "\t7\tcalled"), "row 7 is named; the genome has 1 variant rows"),
        (HEAD + GOOD.replace("2\t135", "3\t135"), "chrom is not that of the genome's variant row 0"),
        (HEAD + GOOD.replace("135851076", "135851077"), "pos is not that of the genome's variant row 0"),
        (HEAD + GOOD.replace("few", "plenty"), "size is not one of few, many"),
        (HEAD + GOOD.replace("\t1\tfew", "\t1000001\tfew"), "variants: 1 rows outside at most 1e"),
        (HEAD.replace("size", "guess") + GOOD, "Columns that are not declared: guess"),
        (HEAD.replace("\tsize", "") + GOOD.replace("\tfew", ""), "Columns that are missing: size"),
        (HEAD.replace("match", "genotype") + GOOD.replace("allele", "A/A"), "genotype is not that of the genome's"),
    ],
)
def test_an_answer_that_is_wrong_is_refused_with_its_first_row(
    tmp_path: Path, manifest: ModuleManifest, sample: TinySample, text: str, told: str
) -> None:
    assert len(taken(tmp_path, HEAD + GOOD, manifest, sample)) == 1
    with pytest.raises(CheckError, match=told):
        taken(tmp_path, text, manifest, sample)


def test_rows_are_put_in_the_genomes_order_and_numbered(
    tmp_path: Path, manifest: ModuleManifest, sample: TinySample
) -> None:
    text = HEAD + "X\t5\t\t\t\tno_call\t\t1\tfew\n" + "10\t9\t\t\t\treference\t\t1\tmany\n" + GOOD
    found = taken(tmp_path, text, manifest, sample)
    assert found.select("site", "chrom", "pos").rows() == [(0, "2", 135851076), (1, "10", 9), (2, "X", 5)]
    assert found["key"].is_null().to_list() == [False, True, True]


def test_a_parquet_that_says_it_unpacks_to_too_much_is_not_unpacked(
    tmp_path: Path, manifest: ModuleManifest, sample: TinySample
) -> None:
    path = tmp_path / "annotations.parquet"
    pl.select(chrom=pl.repeat("a" * 1000, 400_000)).write_parquet(
        path, use_pyarrow=True, pyarrow_options={"use_dictionary": False}
    )
    assert path.stat().st_size < 20_000_000
    with pytest.raises(CheckError, match="It says that it unpacks to"):
        take_answer(path, manifest, sample.tables)


def test_a_genome_of_another_build_cannot_be_tested(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    made = materialize_module(isolated_plugin(small_module(tmp_path / "module")), genoteca_sample(build="GRCh37"))
    assert made.reason == "Small counts is made for GRCh38; this genome is of GRCh37."
