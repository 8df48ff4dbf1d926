from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import polars as pl
import pytest
from tests.genome.sequences import written

from genoteca.errors import ReferenceDataError
from genoteca.model.build import Build
from genoteca.sdk import ReferenceRequest, look_at_table, publish_table, verify_table

BASES = "ACGTTGCATTACGGATCCAA" * 10
"""The first bases of a made-up chromosome 21."""


@dataclass
class Sequences:
    """The paths of a run in which a reference sequence is installed, or none."""

    path: Path | None

    def capability(self, name: str) -> Any:
        return SimpleNamespace(path=self.path) if self.path and name == "sequence:GRCh38" else None


def published(folder: Path, rows: list[str], *, sequence: bool = True, **settings: str) -> dict[str, Any]:
    source, target = folder / "list.hg38.tsv", folder / "made.parquet"
    source.write_text("\n".join(["chrom\tpos\tref\talt\tnote", *rows]) + "\n")
    path = folder / "sequence.parquet"
    if sequence:
        written(path, c21=BASES)
    request = SimpleNamespace(
        build=Build.GRCH38, paths=Sequences(path if sequence else None), settings={"missing": ".", **settings}
    )
    look = look_at_table(source, request.settings).require()
    told = publish_table(source, look, target, request=cast(ReferenceRequest, request))
    verify_table(target)
    return {**told, "table": pl.read_parquet(target)}


def row(pos: int, ref: str, note: str = "x") -> str:
    return f"21\t{pos}\t{ref}\t{'A' if ref[0] != 'A' else 'C'}\t{note}"


def test_a_reference_allele_that_the_sequence_contradicts_is_set_aside_and_counted(tmp_path: Path) -> None:
    right = [row(pos, BASES[pos - 1]) for pos in range(1, 121)]
    told = published(tmp_path, [*right, row(5, "G"), row(6, "T")])
    assert told["set_aside"] == {"REF is not what the reference sequence has": 2}
    assert told["first_lines"] == {"REF is not what the reference sequence has": [122, 123]}
    assert (told["ref_compared"], told["ref_agreeing"], told["kept"]) == (122, 120, 120)
    assert told["reference_checked"] is True
    assert len(told["table"]) == 120
    without = published(tmp_path, [*right, row(5, "G"), row(6, "T")], sequence=False)
    assert (without["reference_checked"], without["kept"]) == (False, 122)


def test_a_file_that_mostly_contradicts_is_refused_and_told_what_may_be_wrong(tmp_path: Path) -> None:
    from_zero = [row(pos - 1, BASES[pos - 1]) for pos in range(2, 160)]
    with pytest.raises(ReferenceDataError, match=r"alleles of list\.hg38\.tsv only") as error:
        published(tmp_path, from_zero)
    assert "count from 0 (base = 0)" in error.value.hint
    assert published(tmp_path, from_zero, base="0")["kept"] == 158


def test_a_file_of_which_nothing_can_be_used_says_why(tmp_path: Path) -> None:
    with pytest.raises(ReferenceDataError, match=r"Of 2 rows of list\.hg38\.tsv none can be used in GRCh38") as error:
        published(tmp_path, ["chrUn\t5\tA\tG\tx", "21\t.\tA\tG\tx"])
    assert "1: no position" in error.value.message


def test_rows_in_any_order_over_many_blocks_are_published_in_order(tmp_path: Path, monkeypatch: Any) -> None:
    from genoteca.genome import stream

    blocks = stream.GenomeText.blocks
    monkeypatch.setattr(stream.GenomeText, "blocks", lambda self: blocks(self, 64))
    rows = [row(pos, BASES[pos - 1], f"row {pos}") for pos in range(1, 150)]
    told = published(tmp_path, rows[::-1] + rows[:5])
    assert (told["rows_read"], told["kept"], told["repeats"]) == (154, 154, 5)
    assert told["table"]["pos"].to_list() == list(range(1, 150))
    assert told["table"]["note"].to_list() == [f"row {pos}" for pos in range(1, 150)]


def test_a_quoted_cell_over_several_lines_and_blocks_stays_one_cell(tmp_path: Path, monkeypatch: Any) -> None:
    from genoteca.genome import stream

    blocks = stream.GenomeText.blocks
    monkeypatch.setattr(stream.GenomeText, "blocks", lambda self: blocks(self, 32))
    source = tmp_path / "list.hg38.csv"
    source.write_text('chrom,pos,note\n21,5,plain\n21,6,"two\nlines, and ""more"""\n21,7,last\n')
    request = SimpleNamespace(build=Build.GRCH38, paths=Sequences(None), settings={"missing": "."})
    look = look_at_table(source, request.settings).require()
    told = publish_table(source, look, tmp_path / "made.parquet", request=cast(ReferenceRequest, request))
    assert told["rows_read"] == 3
    notes = pl.read_parquet(tmp_path / "made.parquet")["note"].to_list()
    assert notes == ["plain", 'two\nlines, and "more"', "last"]
