"""The planted cases on the command line: a module written, installed, asked; counts as they are planted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.cases.planted import CASES, genome
from tests.cases.test_planted import module


def genoteca(home: Path, *arguments: str) -> Any:
    """Run a command as a terminal does, and give the document that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "genoteca", "--home", str(home), *arguments, "--json"],
        capture_output=True, text=True, env={**os.environ, "GENOTECA_OFFLINE": "1"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def package(folder: Path, name: str, tables: Path) -> Path:
    """Make a module that can be installed, as `genoteca module new` starts one, of planted tables."""
    made = folder / name
    genoteca_new = [sys.executable, "-m", "genoteca", "--home", str(folder / "home"), "module", "new", name]
    subprocess.run(genoteca_new, cwd=folder, capture_output=True, check=True)
    inside = made / "src" / f"genoteca_{name}"
    for path in (*inside.glob("*.csv"), *made.glob("tests/*")):
        path.unlink()
    for path in tables.iterdir():
        (inside / path.name).write_text(path.read_text())
    manifest = inside / "module.toml"
    manifest.write_text(manifest.read_text().replace('id = "planted"', f'id = "{name}"'))
    project = made / "pyproject.toml"
    project.write_text(project.read_text().replace('version = "0.1.0"', 'version = "1.0.0"'))
    return made


@pytest.mark.long
def test_installed_and_asked_by_command_the_cases_have_their_answers(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (tmp_path / "planted.vcf").write_text(genome())
    genoteca(home, "modules", "install", str(package(tmp_path, "many", module(tmp_path, "alleles"))))
    added = genoteca(home, "samples", "add", str(tmp_path / "planted.vcf"), "--name", "planted", "--sex", "male")
    assert (added["build"], added["kind"]) == ("GRCh38", "gVCF")
    assert added["records_read"] == added["records_kept"] + sum(added["set_aside"].values())
    told = genoteca(home, "annotate", added["sample"])["modules"]["many"]
    assert told["outcome"] == "answered"
    assert told["sites"] == sum(told["evidence"].values()) == len(CASES)
    # in a file that states its reference nothing is inferred
    expected = Counter("not_covered" if case.name == "inferred" else case.says.evidence for case in CASES)
    assert {evidence: count for evidence, count in told["evidence"].items() if count} == expected
    assert told["unusable"] == {"its reference base is not the module's": 1}
