"""The guide for authors does what it says: its files are written, its commands run, in its order."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from genoteca.model.module import ModuleManifest
from genoteca.sdk import check_module, data_plugin
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca.settings import bundled_plugins

GUIDE = Path(__file__).resolve().parents[2] / "plugins" / "README.md"
BLOCK = re.compile(
    r"(?:^`(?P<file>[\w./-]+)`\n\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
PROGRAMS = {"genoteca", "python", "rm", "sed"}


@dataclass(frozen=True, kw_only=True)
class Block:
    """A box of the guide: a file to write, a part of a manifest, or commands to type."""

    file: str
    text: str
    part: bool

    @property
    def commands(self) -> list[str]:
        """Its commands, line by line."""
        return [] if self.file or self.part else self.text.splitlines()


def blocks() -> Iterator[Block]:
    for found in BLOCK.finditer(GUIDE.read_text("utf-8").split("### The hooks")[0]):
        part = found["language"] == "toml" and not found["file"]
        yield Block(file=found["file"] or "", text=found["text"], part=part)


def write(block: Block, folder: Path) -> None:
    path = folder / block.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, "utf-8")


def test_the_first_module_of_the_guide_has_at_most_fifteen_lines() -> None:
    first, second, third, *_ = blocks()
    assert (first.file, second.file) == ("my-panel/module.toml", "my-panel/alleles.csv")
    assert len(first.text.splitlines()) + len(second.text.splitlines()) <= 15
    assert third.commands[0] == "genoteca module check my-panel"


def test_every_box_of_the_guide_is_a_file_a_part_of_a_manifest_or_commands() -> None:
    for block in blocks():
        assert block.file or block.part or {shlex.split(line)[0] for line in block.commands} <= PROGRAMS, block.text


def test_every_part_of_a_manifest_fits_into_one() -> None:
    manifest = bundled_plugins() / "everyday-traits" / "src" / "genoteca_everyday_traits" / "module.toml"
    whole = tomllib.loads(manifest.read_text("utf-8"))
    parts = [tomllib.loads(block.text) for block in blocks() if block.part]
    assert {name for part in parts for name in part} == {"columns", "filters", "report"}
    for part in parts:
        columns = {"columns": [*whole["columns"], *part.get("columns", [])]}
        told = {name: value for name, value in (whole | part | columns).items() if name != "table"}
        assert ModuleManifest.model_validate(told).id == "everyday-traits"


def test_the_guides_data_modules_keep_every_rule_and_answer(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    checked = 0
    for block in blocks():
        if block.file:
            write(block, tmp_path)
        for line in block.commands:
            match shlex.split(line):
                case ["genoteca", "module", "check", name] if (tmp_path / name).is_dir():
                    checked += 1
                    folder = tmp_path / name
                    findings = check_module(data_plugin(folder), folder=folder)
                    assert [one for one in findings if not one.ok] == []
                    assert materialize_module(data_plugin(folder), genoteca_sample()).table.height
                case ["rm" | "sed", *_]:
                    subprocess.run(line, shell=True, check=True, cwd=tmp_path)  # noqa: S602 - our own guide's line
                case _:
                    pass
    assert checked == 4


@pytest.mark.long
@pytest.mark.timeout(900)
def test_every_command_of_the_guide_runs(tmp_path: Path) -> None:
    here = {**os.environ, "GENOTECA_HOME": str(tmp_path / "home")}
    here["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), here["PATH"]])
    for block in blocks():
        if block.file:
            write(block, tmp_path)
        for line in block.commands:
            if " preview " in line:
                assert_opens(f"{line} --no-browser", tmp_path, here)
                continue
            done = subprocess.run(  # noqa: S602 - our own guide's line
                line, shell=True, capture_output=True, text=True, check=False, cwd=tmp_path, env=here
            )
            assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def assert_opens(line: str, folder: Path, environment: dict[str, str]) -> None:
    with subprocess.Popen(
        shlex.split(line), cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as running:
        try:
            assert running.stdout
            assert "http://127.0.0.1:" in running.stdout.readline()
        finally:
            running.terminate()
