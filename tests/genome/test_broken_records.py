"""Records broken in any way: the file is refused in words, or every record is kept or set aside. Never a crash."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genoteca.errors import GenomeFileError
from genoteca.model.sample import Sex

if TYPE_CHECKING:
    from tests.genome.conftest import Reader

SOUND = b"\n".join(
    [
        b"##fileformat=VCFv4.2",
        b"##contig=<ID=chr1,length=248956422>",
        b'##INFO=<ID=END,Number=1,Type=Integer,Description="End">',
        b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS",
        b"chr1\t100\trs1\tA\tG\t50\tPASS\t.\tGT:AD:DP:GQ\t0/1:10,12:22:99",
        b"chr1\t200\t.\tAC\tA,<NON_REF>\t50\tq10\t.\tGT:AD:DP:GQ:PS\t1|0:9,9,0:18:80:200",
        b"chr1\t201\t.\tC\t<NON_REF>\t.\t.\tEND=300\tGT:DP:GQ:MIN_DP\t0/0:30:60:28",
        b"chr1\t400\t.\tA\tG,*\t50\tPASS\tDP=5\tGT:AF\t1/2:0.5,0.5",
        b"chrX\t5000000\t.\tT\tC\t50\tPASS\t.\tGT\t0/1",
        b"chrM\t300\t.\tT\tC\t50\tPASS\t.\tGT:AF\t0/1:0.3",
        b"",
    ]
)
RECORDS = SOUND.index(b"chr1\t100")
PIECES = st.sampled_from([b"", b"\t", b"\t\t", b"\n", b".", b":", b"/", b"0", b"9" * 12, b"-1", b"\x00", b"\xff"])


def outcome(path: Path, read_file: Reader) -> bool:
    try:
        return read_file(path, sex=Sex.MALE).intake.reconciles
    except GenomeFileError as error:
        return bool(error.message and error.hint)


@pytest.mark.parametrize("place", range(10))
def test_an_empty_cell_never_stops_the_reading(tmp_path: Path, read_file: Reader, place: int) -> None:
    cells = b"chr1\t500\t.\tA\tG\t50\tPASS\t.\tGT\t0/1".split(b"\t")
    cells[place] = b""
    path = tmp_path / "genome.vcf"
    path.write_bytes(SOUND + b"\t".join(cells) + b"\n")
    intake = read_file(path).intake
    assert intake.reconciles
    assert intake.records_read == 7
    kept = place in (2, 5, 6, 7)
    assert intake.records_kept == 6 + kept


def test_an_empty_format_is_a_wrong_number_of_columns(read_file: Reader, tmp_path: Path) -> None:
    path = tmp_path / "genome.vcf"
    path.write_bytes(SOUND + b"chr1\t500\t.\tA\tG\t50\tPASS\t.\t\t0/1\n")
    (reason,) = read_file(path).intake.set_aside.items()
    assert (reason[0], reason[1].first_lines) == ("wrong number of columns", [7])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(st.integers(RECORDS, len(SOUND)), st.integers(0, 6), PIECES | st.binary(max_size=2)),
        min_size=1,
        max_size=4,
    )
)
def test_any_damage_is_refused_in_words_or_reconciled(
    tmp_path: Path, read_file: Reader, changes: list[tuple[int, int, bytes]]
) -> None:
    text = SOUND
    for at, length, piece in changes:
        text = text[:at] + piece + text[at + length :]
    path = tmp_path / "genome.vcf"
    path.write_bytes(text)
    assert outcome(path, read_file)
