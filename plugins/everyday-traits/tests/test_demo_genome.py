"""The demo genome is what its script writes, and it shows what its README promises."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

DEMO = Path(__file__).resolve().parents[3] / "assets" / "demo"

if not DEMO.is_dir():
    pytest.skip("the demo genome belongs to the checkout, not to this distribution", allow_module_level=True)


def lines() -> list[list[str]]:
    text = gzip.decompress((DEMO / "demo-genome.vcf.gz").read_bytes()).decode()
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


def answers() -> dict[str, dict[str, dict[str, object]]]:
    told: dict[str, dict[str, dict[str, object]]] = json.loads((DEMO / "answers.json").read_text(encoding="utf-8"))
    return told


def test_the_files_are_what_the_script_writes_twice_over(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        subprocess.run([sys.executable, DEMO / "make_demo.py", "--folder", tmp_path / name], check=True)
    one, two = ((tmp_path / name / "demo-genome.vcf.gz").read_bytes() for name in ("one", "two"))
    assert one == two
    assert gzip.decompress(one) == gzip.decompress((DEMO / "demo-genome.vcf.gz").read_bytes())
    assert (tmp_path / "one" / "answers.json").read_bytes() == (DEMO / "answers.json").read_bytes()


def test_the_file_says_that_it_is_synthetic_and_is_small() -> None:
    path = DEMO / "demo-genome.vcf.gz"
    header = gzip.decompress(path.read_bytes()).decode().split("#CHROM")[0]
    assert "##source=genoteca demo genome, synthetic: not a person" in header
    assert "##contig=<ID=chrM,length=16569,assembly=GRCh38>" in header
    assert path.stat().st_size < 200_000


def test_records_are_in_order_and_blocks_do_not_overlap() -> None:
    last: dict[str, int] = {}
    for fields in lines():
        chrom, pos = fields[0], int(fields[1])
        assert pos >= last.get(chrom, 0)
        ends = [int(item[4:]) for item in fields[7].split(";") if item.startswith("END=")]
        last[chrom] = ends[0] + 1 if ends else pos


def test_what_a_file_can_say_of_its_sites_is_shown() -> None:
    told = answers()["sites"].values()
    assert {answer["evidence"] for answer in told} == {
        "called",
        "partial",
        "no_call",
        "reference",
        "not_covered",
    }
    assert any(answer.get("filtered") for answer in told)
    assert any(answer.get("phased") for answer in told)


@pytest.mark.parametrize(
    ("site", "genotype", "evidence"),
    [
        ("lactase-persistence-13910", "A/G", "called"),
        ("iron-hfe-c282y", "A/G", "called"),
        ("blood-group-o", "T/T", "reference"),
        ("ldl-sort1", None, "no_call"),
        ("beta-carotene-bco1", None, "no_call"),
        ("omega-fats-fads1", None, "not_covered"),
        ("photic-sneeze", "T/?", "partial"),
        ("asparagus-smell", "G/T", "called"),
    ],
)
def test_known_answers_of_the_demo(site: str, genotype: str | None, evidence: str) -> None:
    told = answers()["sites"][site]
    assert (told["genotype"], told["evidence"]) == (genotype, evidence)


def test_the_demo_is_apoe_e3_e3_asserted_and_a_taster() -> None:
    told = answers()["combinations"]
    assert told["apoe"]["result"] == "ε3/ε3"
    assert told["apoe"]["evidence"] == ["reference"]
    assert told["bitter-taste-tas2r38"]["result"] == "PAV/AVI (phase assumed)"
