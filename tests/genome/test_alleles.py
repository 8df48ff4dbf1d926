from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from genoteca.genome.alleles import trim, trim_frame

bases = st.text("ACGTacgtN", min_size=1, max_size=12)
positions = st.integers(20, 1000)


def _spelt(pos: int, ref: str, alt: str, around: str) -> tuple[str, str]:
    """The reference and the haplotype around an allele, on a made-up chromosome."""
    end = pos - 1 + len(ref)
    before, after = around[: pos - 1], around[end:]
    return before + ref + after, before + alt + after


def test_what_both_alleles_share_is_taken_from_the_right_and_then_from_the_left() -> None:
    assert trim(32340300, "GTGG", "GGG") == (32340300, "GT", "G")
    assert trim(100, "CAT", "CAAT") == (100, "C", "CA")
    assert trim(7, "ACGT", "ACGA") == (10, "T", "A")


def test_at_least_one_base_of_each_allele_is_kept() -> None:
    assert trim(5, "AA", "AA") == (5, "A", "A")
    assert trim(5, "A", "AAA") == (5, "A", "AAA")


def test_lower_case_becomes_upper_case() -> None:
    assert trim(1, "a", "g") == (1, "A", "G")


@given(positions, bases, bases)
def test_trimming_twice_is_trimming_once(pos: int, ref: str, alt: str) -> None:
    once = trim(pos, ref, alt)
    assert trim(*once) == once


@given(positions, bases, bases)
def test_a_trimmed_allele_spells_the_same_haplotype(pos: int, ref: str, alt: str) -> None:
    around = "ACGT" * 300
    whole, changed = _spelt(pos, ref.upper(), alt.upper(), around)
    trimmed_pos, trimmed_ref, trimmed_alt = trim(pos, ref, alt)
    assert whole[trimmed_pos - 1 :].startswith(trimmed_ref)
    end = trimmed_pos - 1 + len(trimmed_ref)
    assert whole[: trimmed_pos - 1] + trimmed_alt + whole[end:] == changed


@given(st.lists(st.tuples(positions, bases, bases), min_size=1, max_size=20))
def test_a_frame_is_trimmed_row_by_row_and_keeps_its_other_columns(rows: list[tuple[int, str, str]]) -> None:
    frame = pl.DataFrame(rows, schema={"pos": pl.UInt32, "ref": pl.String, "alt": pl.String}, orient="row")
    made = trim_frame(frame.with_row_index("row"))
    assert made.select("pos", "ref", "alt").rows() == [trim(*row) for row in rows]
    assert made.get_column("row").to_list() == list(range(len(rows)))
    assert made.schema["pos"] == pl.UInt32
