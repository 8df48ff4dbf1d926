"""Files made to harm are refused with words, or lose what is odd; nothing is written outside, nothing runs."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

from genoteca.errors import InputError
from genoteca.sdk import load_manifest
from genoteca.store.just_dna import formats, texts, unpacking
from genoteca.store.just_dna.documents import front_matter
from genoteca.store.just_dna.unpacking import unpack

from .workshop import ROWS, SPEC, compiled, genotypes, imported, sites, specification


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def of(folder: Path, prefix: str = "") -> dict[str, bytes]:
    return {f"{prefix}{path.name}": path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("prefix", ["", "three_sites/"])
def test_a_zip_holds_a_module_at_its_top_or_in_one_folder(tmp_path: Path, prefix: str) -> None:
    others = {f"{prefix}{name}": b"x" for name in ("run.sh", "logo.png", "pgs.csv")}
    files = of(specification(tmp_path / "in"), prefix) | others
    target = tmp_path / "unpacked"
    target.mkdir()
    unpack(zipped(tmp_path / "module.zip", files), target)
    read = ["module_spec.yaml", "pgs.csv", "studies.csv", "variants.csv"]
    assert sorted(path.name for path in target.iterdir()) == read
    report = imported(target, tmp_path / "out")
    assert (report.sites, report.other_tables) == (3, ("pgs.csv",))


@pytest.mark.parametrize(
    "name",
    ["../variants.csv", "/etc/variants.csv", "a/../../variants.csv", "..\\variants.csv", "a/b/../variants.csv"],
)
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    target = tmp_path / "unpacked"
    target.mkdir()
    with pytest.raises(InputError, match="leaves its folder"):
        unpack(zipped(tmp_path / "evil.zip", {"variants.csv": b"rsid\n", name: b"evil"}), target)
    assert not any(path.name == "variants.csv" for path in tmp_path.iterdir())


def test_a_link_in_a_zip_becomes_a_file_of_ours(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("variants.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    target = tmp_path / "unpacked"
    target.mkdir()
    unpack(tmp_path / "link.zip", target)
    assert not (target / "variants.csv").is_symlink()
    assert (target / "variants.csv").read_text() == "/etc/passwd"


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    source = specification(tmp_path / "in")
    (source / "variants.csv").rename(tmp_path / "elsewhere.csv")
    (source / "variants.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(InputError, match="holds neither"):
        imported(source, tmp_path / "out")


def test_two_modules_in_one_zip_and_one_name_twice_are_refused(tmp_path: Path) -> None:
    source = specification(tmp_path / "in")
    target = tmp_path / "unpacked"
    target.mkdir()
    both = zipped(tmp_path / "both.zip", of(source, "one/") | of(source, "two/"))
    with pytest.raises(InputError, match=r"in 2 folders \(one, two\)"):
        unpack(both, target)
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as archive:
        archive.writestr("variants.csv", "a")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("variants.csv", "b")
    with pytest.raises(InputError, match="twice"):
        unpack(tmp_path / "twice.zip", target)
    with pytest.raises(InputError, match="in 0 folders"):
        unpack(zipped(tmp_path / "none.zip", {"readme.txt": b"x"}), target)


def test_a_zip_that_unpacks_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_BYTES", 1 << 20)
    target = tmp_path / "unpacked"
    target.mkdir()
    bomb = zipped(tmp_path / "bomb.zip", {"variants.csv": b"0" * (8 << 20)})
    with pytest.raises(InputError, match="unpacks to more than"):
        unpack(bomb, target)
    assert (target / "variants.csv").stat().st_size <= 1 << 20


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"hello"])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.zip").write_bytes(content)
    with pytest.raises(InputError, match=r"broken.zip cannot be unpacked"):
        unpack(tmp_path / "broken.zip", tmp_path)


@pytest.mark.parametrize(
    "spec",
    [
        "!!python/object/apply:os.system ['touch owned']",
        "a: [1, 2",
        "\x00",
        "[" * 5000,
        "a: &a [x, x]\nb: &b [*a, *a]\nc: *d",
    ],
)
def test_a_specification_that_is_no_plain_yaml_is_refused(tmp_path: Path, spec: str) -> None:
    with pytest.raises(InputError, match=r"module_spec.yaml cannot be read as YAML"):
        imported(specification(tmp_path / "in", spec=spec), tmp_path / "out")


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "just text",
        "- a\n- list\n",
        "module: text\ngenome_build: {a: b}\ndefaults: [1]\nlicense: [x]\nauthorship: {a: 1}\n",
        "module: {name: 5, title: {}, version: [], description: true}\n",
    ],
)
def test_a_specification_of_other_types_says_nothing(tmp_path: Path, spec: str) -> None:
    imported(specification(tmp_path / "in", spec=spec), tmp_path / "out")
    manifest = load_manifest(tmp_path / "out")
    assert (manifest.builds, manifest.licence.data, manifest.version) == (("GRCh38",), "LicenseRef-Unknown", "0")
    assert manifest.authors[0].name == "Not stated"


def test_a_name_and_texts_made_to_break_the_manifest_stay_texts(tmp_path: Path) -> None:
    title = 'x"]\n[table]\nkind = "code" \x07\u202e <script>alert(1)</script> ' + "long " * 50
    spec = json.dumps({"module": {"name": "A B/../c", "title": title, "description": "\x7f"}, "authors": ["a"]})
    row = {**ROWS[0], "conclusion": "a\nb\x00c\u202ed", "gene": "=cmd()"}
    imported(specification(tmp_path / "in", [row], spec=spec), tmp_path / "out")
    manifest = load_manifest(tmp_path / "out")
    assert manifest.id == "just-dna-a-b-c"
    assert manifest.title.startswith('x"] [table] kind = "code" <script>')
    assert len(manifest.title) <= 60
    assert genotypes(tmp_path / "out")[0]["conclusion"] == "a b c d"
    assert "\\<script\\>" in (tmp_path / "out" / "README.md").read_text()


def test_a_name_of_which_no_id_can_be_made_is_refused_with_what_to_do(tmp_path: Path) -> None:
    spec = SPEC.replace("three_sites", "'???'")
    with pytest.raises(InputError, match="No module id can be made") as told:
        imported(specification(tmp_path / "in", spec=spec), tmp_path / "out")
    assert "--id" in told.value.hint


@pytest.mark.parametrize("content", ["{", "[]" * 3, "nan nan", "[" * 100_000])
def test_a_manifest_that_is_no_json_is_refused(tmp_path: Path, content: str) -> None:
    source = compiled(tmp_path / "in", "0.6")
    (source / "manifest.json").write_text(content)
    with pytest.raises(InputError, match=r"manifest.json cannot be read as JSON"):
        imported(source, tmp_path / "out")


@pytest.mark.parametrize(
    "table",
    [
        {"rsid": ["rs1"], "genotype": [{"a": 1}]},
        {"rsid": ["rs1"], "genotype": [[["A"]]]},
        {"rsid": ["rs1"], "genotype": [b"AA"]},
        {"rsid": ["rs1"], "number": [1], "genotype": [["A"]]},
        {"rsid": ["rs1"], "weight": [1.0]},
        {"name": ["x"], "genotype": [["A"]]},
        {},
    ],
)
def test_tables_of_other_types_or_columns_are_refused(tmp_path: Path, table: dict[str, list[object]]) -> None:
    pl.DataFrame(table).write_parquet(tmp_path / "weights.parquet")
    with pytest.raises(InputError, match=r"weights.parquet"):
        imported(tmp_path, tmp_path / "out")


def test_columns_of_unexpected_but_plain_types_are_read(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    table = pl.DataFrame(
        {
            "rsid": pl.Series(["rs1801133"], dtype=pl.Categorical), "chrom": [1], "start": [11796321.0],
            "ref": ["G"], "alts": ["A"], "genotype": ["A/G"], "weight": ["0.5"], "state": ["risk"],
            "conclusion": [1.5], "gene": [None],
        }
    )  # fmt: skip
    table.write_parquet(source / "weights.parquet")
    assert imported(source, tmp_path / "out").sites == 1
    assert genotypes(tmp_path / "out")[0]["conclusion"] == "1.5"


def test_a_missing_item_of_a_genotype_is_not_one_copy(tmp_path: Path) -> None:
    source = compiled(tmp_path / "in", "0.6")
    table = pl.read_parquet(source / "weights.parquet")
    lists = pl.Series("genotype", [["A", None], ["A", "G"], ["A", ""], None])
    table.with_columns(lists).write_parquet(source / "weights.parquet")
    (source / "manifest.json").unlink()
    report = imported(source, tmp_path / "out")
    assert report.set_aside == {"no genotype of one or two alleles": 3}


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not a table", b"PAR1" + b"\0" * 64 + b"PAR1"])
def test_a_damaged_table_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "weights.parquet").write_bytes(content)
    with pytest.raises(InputError, match=r"weights.parquet cannot be read as Parquet"):
        imported(tmp_path, tmp_path / "out")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"a,a\n1,2\n", b'rsid,genotype\n"' + b"x" * 200_000])
def test_a_damaged_csv_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "variants.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"variants.csv"):
        imported(tmp_path, tmp_path / "out")


def test_a_table_of_too_many_rows_or_bytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = specification(tmp_path / "in")
    with monkeypatch.context() as patched:
        patched.setattr(texts, "MOST_ROWS", 2)
        with pytest.raises(InputError, match="more than 2 rows"):
            imported(source, tmp_path / "out")
        with pytest.raises(InputError, match="more than 2 rows"):
            imported(compiled(tmp_path / "six", "0.6"), tmp_path / "out")
    monkeypatch.setattr(texts, "MOST_BYTES", 10)
    with pytest.raises(InputError, match="more than 10 bytes"):
        imported(source, tmp_path / "out")


def test_a_folder_of_other_tables_names_them(tmp_path: Path) -> None:
    assert "pharm_variants.parquet" in formats.OTHER_TABLES
    (tmp_path / "pharm_variants.parquet").write_bytes(b"")
    with pytest.raises(InputError, match=r"it has pharm_variants.parquet, which are not read here"):
        imported(tmp_path, tmp_path / "out")


@pytest.mark.parametrize(
    "text", ["", "---\n", "no card", "---\n: [\n---\n", "---\n- a\n---\n", "x\n---\nlicense: a\n---"]
)
def test_a_card_without_a_licence_states_none(text: str) -> None:
    assert front_matter(text).text("license") == ""


def test_the_card_of_a_dataset_states_its_licence() -> None:
    for card in ("---\nlicense: mit\ntags: [a]\n---\n# Card\n", "---\r\nlicense: mit\r\n---\r\n# Card\r\n"):
        assert front_matter(card).text("license") == "mit"


def test_the_same_module_gives_the_same_folder(tmp_path: Path) -> None:
    source = specification(tmp_path / "in")
    for name in ("one", "two"):
        imported(source, tmp_path / name)
    assert of(tmp_path / "one") == of(tmp_path / "two")
    assert len(sites(tmp_path / "one")) == 3
