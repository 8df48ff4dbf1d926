"""The command line as a terminal sees it: real files, JSON read back.

The first commands, and an error, are processes of their own; the others run in this one, which has all imported.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.store.just_dna.workshop import specification

from genoteca.__main__ import main
from genoteca.genome.stream import GenomeText

VCF = """##fileformat=VCFv4.2
##contig=<ID=chr1,length=248956422>
##contig=<ID=chr2,length=242193529>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tone\ttwo
chr2\t135851076\trs4988235\tG\tA\t50\tPASS\t.\tGT:DP:GQ\t0/1:30:99\t0/0:30:99
chr1\t1000\t.\tA\t<DEL>\t50\tPASS\tEND=2000\tGT:DP:GQ\t0/1:30:99\t0/1:30:99
chrUn_X\t5\t.\tA\tC\t50\tPASS\t.\tGT:DP:GQ\t0/1:30:99\t0/1:30:99
"""


class Terminal:
    """Runs commands on one data folder."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *arguments: str, code: int = 0) -> str:
        outputs = io.BytesIO(), io.BytesIO()
        printed, complaint = (io.TextIOWrapper(output, "utf-8", write_through=True) for output in outputs)
        ended: object = 0
        with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as streams:
            patch.setenv("GENOTECA_OFFLINE", "1")
            patch.setattr(sys, "argv", ["genoteca", "--home", str(self.home), *arguments])
            patch.setattr(sys, "stdin", io.StringIO())
            streams.enter_context(contextlib.redirect_stdout(printed))
            streams.enter_context(contextlib.redirect_stderr(complaint))
            try:
                main()
            except SystemExit as end:
                ended = end.code or 0
        told, self.complaint = (output.getvalue().decode() for output in outputs)
        assert ended == code, told + self.complaint
        return told

    def process(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "genoteca", "--home", str(self.home), *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, "GENOTECA_OFFLINE": "1"},
            check=False,
        )
        self.complaint = done.stderr
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def json(self, *arguments: str, code: int = 0) -> Any:
        found = json.loads(self(*arguments, "--json", code=code))
        assert found.pop("schema") == 1
        return found


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    return Terminal(tmp_path_factory.mktemp("terminal") / "home")


@pytest.fixture(scope="module")
def genome(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("genome") / "two people.vcf"
    path.write_text(VCF)
    return path


@pytest.fixture(scope="module")
def annotated(terminal: Terminal, genome: Path) -> dict[str, Any]:
    """Everything a person types from an empty folder to the first answer."""
    terminal.process("modules", "install", "everyday-traits")
    added: dict[str, Any] = json.loads(
        terminal.process("samples", "add", str(genome), "--user", "Anna", "--pick", "one", "--json")
    )
    assert added.pop("schema") == 1
    return {"added": added, "annotated": terminal.json("annotate", "anna/one")}


def test_adding_prints_the_pinned_document(annotated: dict[str, Any]) -> None:
    added = annotated["added"]
    assert set(added) == {
        *("sample", "build", "build_evidence", "kind", "samples_in_file", "records_read", "records_kept"),
        *("set_aside", "alleles_set_aside", "rows", "structural_rows", "seconds", "peak_memory_mb"),
    }
    assert (added["sample"], added["build"], added["samples_in_file"]) == ("anna/one", "GRCh38", 2)
    assert added["records_read"] == 3 == added["records_kept"] + sum(added["set_aside"].values())
    assert (added["rows"], added["structural_rows"]) == (1, 1)


def test_annotating_prints_the_pinned_document(annotated: dict[str, Any]) -> None:
    told = annotated["annotated"]
    assert set(told) == {"run", "sample", "modules"}
    assert told["modules"]["everyday-traits"]["outcome"] == "answered"
    assert told["modules"]["everyday-traits"]["evidence"]["called"] >= 1


def test_everything_is_exported_with_an_account_of_every_answer(
    annotated: dict[str, Any], terminal: Terminal, tmp_path: Path
) -> None:
    assert annotated
    out = tmp_path / "one.vcf.gz"
    told = terminal.json("export", "anna/one", "--format", "vcf", "--output", str(out))
    assert set(told) == {
        *("sample", "format", "file", "bytes", "rows", "counted", "variants", "index", "notes", "left_out"),
        *("modules", "not_included"),
    }
    assert (told["rows"], told["counted"], told["index"]) == (3, 3, f"{out}.tbi")
    traits = told["modules"]["everyday-traits"]
    assert traits["rows"] == sum(
        (
            traits["hidden"],
            traits["on_variants"],
            traits["further"],
            traits["on_records"],
            *traits["elsewhere"].values(),
        )
    )
    with GenomeText(out) as text:
        text.header()
        records = b"".join(text.blocks()).decode().splitlines()
    for before, after in zip(VCF.splitlines()[5:], records, strict=True):
        given, kept = before.split("\t"), after.split("\t")
        assert [*given[:7], *given[8:10]] == [*kept[:7], *kept[8:]]
    assert "everyday_traits_evidence=called" in records[0]
    assert records[1].split("\t")[7] == "END=2000"
    words = terminal("export", "anna/one", "--format", "csv", "--output", str(tmp_path / "one.csv"))
    assert "counted in the finished file" in words
    assert "Everyday traits" in words
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENOTECA_OUTPUT", str(tmp_path / "out"))
        terminal("export", "anna/one", "--format", "csv")
        assert (tmp_path / "out" / "anna-one.csv").read_bytes() == (tmp_path / "one.csv").read_bytes()
        assert "There is a file" in terminal("export", "anna/one", "--format", "csv", code=1) + terminal.complaint
    terminal("export", "anna/one", "--module", "absent", "--format", "csv", "--output", "x.csv", code=1)
    assert "absent" in terminal.complaint


def test_the_wide_table_is_made_as_an_asset(annotated: dict[str, Any], terminal: Terminal) -> None:
    assert annotated
    told = terminal.json("join", "anna/one")
    assert (told["status"], told["error"]) == ("succeeded", None)
    assert (terminal.home / "users" / "anna" / "one" / "sample" / "annotated.json").is_file()


def test_one_module_goes_to_excel_and_vcf(annotated: dict[str, Any], terminal: Terminal, tmp_path: Path) -> None:
    assert annotated
    book, vcf = tmp_path / "x.xlsx", tmp_path / "x.vcf"
    terminal("results", "anna/one", "everyday-traits", "--format", "xlsx", "--output", str(book))
    with zipfile.ZipFile(book) as file:
        assert b"Not medical advice" in file.read("xl/worksheets/sheet2.xml")
    terminal("results", "anna/one", "everyday-traits", "--format", "vcf", "--output", str(vcf))
    assert vcf.read_text().startswith("##fileformat=VCFv4.2\n")
    assert "Everyday traits" in terminal.complaint
    terminal("samples", "table", "anna/one", "variants", "--format", "vcf", code=2)


def test_results_are_filtered_and_written(annotated: dict[str, Any], terminal: Terminal, tmp_path: Path) -> None:
    assert annotated
    where = ("--where", "rsid = 'rs4988235'")
    found = terminal.json("results", "anna/one", "everyday-traits", *where)
    assert [row["genotype"] for row in found["rows"]] == ["A/G"]
    csv = terminal("results", "anna/one", "everyday-traits", *where, "--columns", "rsid,genotype", "--format", "csv")
    assert csv.splitlines() == ["rsid,genotype", "rs4988235,A/G"]
    out = tmp_path / "out.tsv"
    terminal("results", "anna/one", "everyday-traits", "--format", "tsv", "--output", str(out))
    assert len(out.read_text().splitlines()) > 30
    assert "lactase" in terminal("results", "anna/one", "everyday-traits", *where).lower()


@pytest.mark.parametrize("form", ["table", "csv", "vcf"])
def test_an_answer_that_stays_closed_is_printed_only_to_who_asks(
    annotated: dict[str, Any], terminal: Terminal, form: str
) -> None:
    assert annotated
    about = ("results", "anna/one", "everyday-traits", "--where", "gene = 'HFE'")
    told = terminal(*about, "--format", form)
    assert "rs1800562" not in told
    assert "iron" not in told.lower().split("#chrom")[-1]
    assert "answers stay closed: --show-me" in terminal.complaint
    shown = terminal(*about, "--format", form, "--show-me")
    assert "rs1800562" in shown or form == "vcf"
    assert "stay closed" not in terminal.complaint


def test_closed_rows_are_counted_in_json_whatever_is_asked(annotated: dict[str, Any], terminal: Terminal) -> None:
    assert annotated
    about = ("results", "anna/one", "everyday-traits")
    told, shown = terminal.json(*about), terminal.json(*about, "--show-me")
    behind = [row for row in shown["rows"] if row["gate"]]
    assert behind
    assert (told["closed"], shown["closed"]) == (len(behind), 0)
    assert told["rows"] == [row for row in shown["rows"] if not row["gate"]]
    narrowed = terminal.json(*about, "--where", "gate is not empty")
    assert (narrowed["closed"], narrowed["rows"]) == (len(behind), [])


def test_a_genomes_own_tables_are_filtered_and_written(
    annotated: dict[str, Any], terminal: Terminal, tmp_path: Path
) -> None:
    assert annotated
    found = terminal.json("samples", "table", "anna/one", "structural", "--where", "type = 'DEL'")
    assert [(row["start"], row["end"], row["genotype"]) for row in found["rows"]] == [(1000, 2000, "A/<DEL>")]
    columns = ("--columns", "chrom,end,type", "--format", "csv")
    assert terminal("samples", "table", "anna/one", "structural", *columns).splitlines() == [
        "chrom,end,type",
        "1,2000,DEL",
    ]
    out = tmp_path / "variants.tsv"
    terminal("samples", "table", "anna/one", "variants", "--format", "tsv", "--output", str(out))
    assert [line.split("\t")[2] for line in out.read_text().splitlines()] == ["pos", "135851076"]
    assert "0 of 0 rows" in terminal("samples", "table", "anna/one", "coverage")
    assert "1 structural variants, 1 carried" in terminal("samples", "show", "anna/one")
    terminal("samples", "table", "anna/one", "genes", code=2)


def test_an_error_ends_with_a_code_a_title_and_a_hint(annotated: dict[str, Any], terminal: Terminal) -> None:
    assert annotated
    told = terminal.json("results", "anna/one", "everyday-traits", "--where", "rsid =", code=1)["error"]
    assert told["title"] == "This filter cannot be applied"
    assert told["hint"]
    terminal.process("samples", "show", "anna/nobody", code=1)
    assert "Not found" in terminal.complaint
    assert "Traceback" not in terminal.complaint


def test_a_file_with_several_samples_asks_which(terminal: Terminal, genome: Path) -> None:
    told = terminal.json("samples", "add", str(genome), "--user", "bert", code=1)["error"]
    assert "one, two" in told["message"]


def test_the_stated_build_may_not_contradict_the_file(terminal: Terminal, genome: Path) -> None:
    told = terminal.json("samples", "add", str(genome), "--pick", "two", "--build", "GRCh37", code=1)["error"]
    assert "GRCh38" in told["message"]


def test_a_build_that_nobody_states_is_asked_for(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "silent.vcf"
    path.write_text(
        "\n".join(line for line in VCF.splitlines() if "contig" not in line and "chrUn" not in line) + "\n"
    )
    told = terminal.json("samples", "add", str(path), "--pick", "two", code=1)["error"]
    assert told["title"] == "Which genome build is this file?"


def test_lists_and_health(annotated: dict[str, Any], terminal: Terminal) -> None:
    assert annotated
    assert [s["sample"]["id"]["user"] for s in terminal.json("samples", "list")["samples"]] == ["anna"]
    assert {m["id"] for m in terminal.json("modules", "list")["modules"]} >= {"clinvar", "everyday-traits"}
    found = [m["id"] for m in terminal.json("modules", "search", "clinvar")["modules"]]
    assert "clinvar" in found
    assert "blood-groups" not in found
    assert terminal.json("modules", "info", "clinvar")["module"]["tier"] == "code"
    runs = terminal.json("runs", "list")["runs"]
    assert {run["run"]["status"] for run in runs} == {"succeeded"}
    assert terminal.json("runs", "show", runs[0]["run"]["id"][:8])["lines"]
    assert all(check["ok"] for check in terminal.json("doctor")["checks"])
    assert "everyday-traits" in terminal("modules", "list")


def test_a_module_is_configured_by_its_own_types(annotated: dict[str, Any], terminal: Terminal) -> None:
    assert annotated
    assert terminal.json("modules", "configure", "everyday-traits", "--set", "apoe=true")["settings"]["apoe"] is True
    assert (
        "apoe" in terminal.json("modules", "configure", "everyday-traits", "--set", "apo=1", code=1)["error"]["hint"]
    )
    terminal("modules", "configure", "everyday-traits", "--set", "apoe=")


def test_an_author_starts_from_a_working_module(terminal: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "my-panel"
    assert terminal.json("module", "new", str(folder))["files"]
    findings = terminal.json("module", "check", str(folder))["findings"]
    assert findings
    assert all(one["ok"] for one in findings)
    terminal("module", "new", str(folder), code=1)


def test_a_just_dna_module_is_shown_before_it_is_installed(terminal: Terminal, tmp_path: Path) -> None:
    source = specification(tmp_path / "three_sites")
    shown = json.loads(terminal("modules", "import", str(source), "--json"))
    assert (shown["installed"], shown["report"]["rows_read"], shown["report"]["rows_kept"]) == (False, 4, 4)
    told = terminal("modules", "import", str(source), "--id", "three", "--keep", str(tmp_path / "kept"), "--yes")
    assert "Licence of the data: CC-BY-4.0." in told
    assert "Rows: 4 read, 4 in use, 0 set aside." in told
    assert "Three sites 1.2.0 is installed." in told
    assert "!!" not in terminal("module", "check", str(tmp_path / "kept"))
    modules = json.loads(terminal("modules", "list", "--json"))["modules"]
    assert [module["tier"] for module in modules if module["id"] == "three"] == ["data"]
    terminal("modules", "import", str(source), "--keep", str(tmp_path / "kept"), code=1)
    assert "exists already" in terminal.complaint


def test_forgetting_asks_first_and_leaves_nothing(terminal: Terminal, genome: Path) -> None:
    terminal.json("samples", "add", str(genome), "--user", "Zebulon", "--pick", "two", "--name", "quagga")
    assert "not deleted" in terminal.json("samples", "forget", "zebulon/quagga", code=1)["error"]["message"]
    terminal.json("samples", "forget", "zebulon/quagga", "--yes")
    left = [
        path.name
        for path in terminal.home.rglob("*")
        if path.is_file() and any(word in path.read_bytes().lower() for word in (b"zebulon", b"quagga"))
    ]
    assert left == []


def test_several_people_of_one_file_are_added_at_once(terminal: Terminal, genome: Path) -> None:
    picked = terminal.json("samples", "add", str(genome), "--user", "both", "--pick", "two", "--pick", "one")
    assert [one["sample"] for one in picked["samples"]] == ["both/two", "both/one"]
    assert [one["rows"] for one in picked["samples"]] == [0, 1]
    everyone = terminal.json("samples", "add", str(genome), "--user", "everyone", "--all")
    assert [one["sample"] for one in everyone["samples"]] == ["everyone/one", "everyone/two"]
    told = terminal.json("samples", "add", str(genome), "--pick", "one", "--all", code=1)["error"]
    assert "--all and --pick" in told["message"]
    told = terminal.json("samples", "add", str(genome), "--user", "e", "--all", "--name", "x", code=1)["error"]
    assert told["title"] == "One name for several genomes"


def test_the_genome_of_an_archive_is_chosen_by_its_name(terminal: Terminal, genome: Path, tmp_path: Path) -> None:
    path = tmp_path / "delivery.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(genome, "a.vcf")
        archive.write(genome, "b.vcf")
    told = terminal.json("samples", "add", str(path), "--user", "zip", code=1)["error"]
    assert told["title"] == "Which file of this archive?"
    assert "a.vcf, b.vcf" in told["message"]
    added = terminal.json("samples", "add", str(path), "--user", "zip", "--member", "b.vcf", "--pick", "one")
    assert (added["sample"], added["rows"]) == ("zip/one", 1)


def test_quality_is_printed_and_the_inferred_sex_only_on_request(
    annotated: dict[str, Any], terminal: Terminal
) -> None:
    assert annotated
    told = terminal.json("samples", "quality", "anna/one")
    assert (told["quality"]["alleles"], told["quality"]["snvs"]) == (1, 1)
    assert "sex" not in told["quality"]
    assert told["kind_evidence"]
    assert terminal.json("samples", "quality", "anna/one", "--inferred-sex")["quality"]["sex"]["pattern"] is None
    assert "X and Y" not in terminal("samples", "quality", "anna/one")
    assert "cannot be told" in terminal("samples", "quality", "anna/one", "--inferred-sex")


def test_limits_are_tried_kept_and_cleared(annotated: dict[str, Any], terminal: Terminal) -> None:
    assert annotated
    tried = terminal.json("samples", "limits", "anna/one", "--gq", "100", "--balance", "0.2", "--preview")
    assert tried["preview"] == {
        "rows": 1,
        "marked": 1,
        "reasons": {"filter": 0, "genotype_quality": 1, "balance": 0},
        "not_judged": {"balance": 1},
    }
    assert terminal.json("samples", "limits", "anna/one")["limits"]["min_genotype_quality"] is None
    terminal.json("samples", "limits", "anna/one", "--gq", "100", "--filter-failing", "none")
    kept = terminal.json("samples", "limits", "anna/one")["limits"]
    assert (kept["min_genotype_quality"], kept["failing"]) == (100, [])
    assert "your limits changed" in terminal("samples", "show", "anna/one")
    refused = terminal.json("samples", "limits", "anna/one", "--balance", "0.7", code=1)["error"]
    assert refused["title"] == "This limit cannot be set"
    assert "delete none" in terminal("samples", "limits", "anna/one", "--clear")
    assert "your limits changed" not in terminal("samples", "show", "anna/one")


def test_what_is_out_of_date_is_told_locked_out_and_updated(
    annotated: dict[str, Any], terminal: Terminal, tmp_path: Path
) -> None:
    assert annotated
    told = terminal.json("lineage", "anna/one", "everyday-traits")
    assert [one["module"] for one in told["answers"]] == ["everyday-traits"]
    assert told["answers"][0]["table"]["run"][:8] in terminal("lineage", "anna/one")
    terminal("lock", "anna/one", "-o", str(tmp_path / "one.json"))
    assert json.loads((tmp_path / "one.json").read_text("utf-8")) == json.loads(terminal("lock", "anna/one"))
    assert "none is out of date" in terminal("status", "anna/one")

    terminal.json("samples", "limits", "anna/one", "--gq", "7")
    sample = next(one for one in terminal.json("status")["samples"] if one["sample"] == "anna/one")
    module = next(one for one in sample["modules"] if one["module"] == "everyday-traits")
    assert (module["state"], module["reasons"][0]["kind"]) == ("out of date", "limits")
    assert "1 out of date. Catching up (genoteca update) takes" in terminal("status")
    terminal("lock", "anna/one", code=1)
    assert "genoteca update anna/one" in terminal.complaint
    (seen,) = terminal.json("update", "anna/one", "--preview")["runs"]
    assert seen["modules"]["everyday-traits"]["outcome"] == "answered"
    (changed,) = terminal.json("changes", "anna/one")["modules"]
    assert changed["waiting"]["run"] == seen["run"]
    assert seen["modules"]["everyday-traits"]["waits"] is True
    assert "New answers wait: genoteca changes anna/one" in terminal("status")
    assert terminal.json("update", "anna/one")["runs"] == [], "what waits is not made again"
    terminal("update", "--take", "--preview", code=1)
    assert "two different things" in terminal.complaint
    (left,) = terminal.json("changes", "anna/one", "everyday-traits", "--refuse")["modules"]
    assert left["kept"].startswith("your limits changed")
    assert terminal.json("update", "anna/one")["runs"] == [], "nor what was left"
    terminal.json("samples", "limits", "anna/one", "--gq", "8")
    (run,) = terminal.json("update", "anna/one", "--take")["runs"]
    assert (run["modules"]["everyday-traits"]["outcome"], "waits" in run["modules"]["everyday-traits"]) == (
        "answered", False,
    )  # fmt: skip
    terminal.json("samples", "limits", "anna/one", "--clear")
    assert "everyday-traits: answered" in terminal("update", "--take")
    assert terminal.json("update")["runs"] == []
    terminal("runs", "replay", "nothing", code=1)
    terminal("reproduce", str(tmp_path / "one.json"), str(tmp_path / "gone.vcf"), code=1)
    assert "There is no file" in terminal.complaint


def test_a_genome_is_read_again(annotated: dict[str, Any], terminal: Terminal) -> None:
    again = terminal.json("samples", "read-again", "anna/one")
    assert again["rows"] == annotated["added"]["rows"]


def test_a_second_annotation_has_nothing_to_do_unless_forced(annotated: dict[str, Any], terminal: Terminal) -> None:
    assert annotated
    told = terminal.json("annotate", "anna/one")
    assert told["modules"]["everyday-traits"]["reused"] is True
    assert "up to date, nothing to do" in terminal("annotate", "anna/one")
    forced = terminal.json("annotate", "anna/one", "--force")
    assert "reused" not in forced["modules"]["everyday-traits"]
    assert forced["run"] != told["run"]


def test_the_releases_of_a_modules_data_are_listed_used_and_deleted(
    annotated: dict[str, Any], terminal: Terminal
) -> None:
    assert annotated
    (there,) = terminal.json("modules", "release", "everyday-traits")["releases"]
    assert (there["builds"], there["used_in"], there["chosen"]) == (["GRCh38"], ["GRCh38"], False)
    chosen = terminal.json("modules", "release", "everyday-traits", "--use", there["name"])["releases"]
    assert chosen[0]["chosen"] is True
    assert "chosen" in terminal("modules", "release", "everyday-traits")
    told = terminal.json("modules", "release", "everyday-traits", "--use", "1999", code=1)["error"]
    assert there["name"] in told["hint"]
    told = terminal.json("modules", "release", "everyday-traits", "--drop", there["name"], code=1)["error"]
    assert told["title"] == "Nothing was deleted"
    dropped = terminal.json("modules", "release", "everyday-traits", "--drop", there["name"], "--yes")
    assert dropped["releases"] == []
    assert dropped["freed"] == there["bytes"]
    ready = terminal.json("modules", "prepare", "everyday-traits", "--build", "GRCh38")
    assert ready["run"]
    again = terminal.json("modules", "prepare", "everyday-traits", "--build", "GRCh38")
    assert (again["run"], again["release"]) == (None, ready["release"])
    assert terminal.json("annotate", "anna/one")["modules"]["everyday-traits"]["reused"] is True


def test_publishers_are_not_asked_offline(annotated: dict[str, Any], terminal: Terminal) -> None:
    assert annotated
    assert terminal.json("modules", "updates", code=1)["error"]["title"] == "Not available offline"
