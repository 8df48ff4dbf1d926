"""SQLite's write-ahead log, read byte by byte: SQLite itself passes over a damaged one in silence.

It ignores the first frame whose sum is wrong, and all that follow: what was committed there would be lost without a
word. A log that ends within a frame, or whose last frame is not whole, was cut off by a kill, as may happen.
Format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
"""

from __future__ import annotations

import struct
from pathlib import Path

__all__ = ["wrong_in_log"]

HEADER, FRAME = 32, 24
BIG_ENDIAN = 0x377F0683
MAGIC = (0x377F0682, BIG_ENDIAN)
WORD = 0xFFFFFFFF


def wrong_in_log(log: Path) -> str:
    """Say what is wrong with a log; empty: nothing, or there is none. Nobody may write it meanwhile."""
    data = log.read_bytes() if log.exists() else b""
    if len(data) < HEADER + FRAME:
        return ""
    magic, _, page, _, *salts_and_sums = struct.unpack(">8I", data[:HEADER])
    salts, sums = salts_and_sums[:2], (salts_and_sums[2], salts_and_sums[3])
    if magic not in MAGIC:
        return "its log does not begin like one"
    order = ">" if magic == BIG_ENDIAN else "<"
    if _sums(data[: HEADER - 8], order, (0, 0)) != sums:
        return "the beginning of its log is damaged"
    return _wrong_frame(data, page, order, list(salts), sums)


def _wrong_frame(data: bytes, page: int, order: str, salts: list[int], sums: tuple[int, int]) -> str:
    """Follow the sums from frame to frame; one that is wrong and is not the last one of this log is damage."""
    starts = range(HEADER, len(data) - FRAME - page + 1, FRAME + page)
    mine = [start for start in starts if list(struct.unpack_from(">2I", data, start + 8)) == salts]
    for number, start in enumerate(starts):
        if not mine or start > mine[-1]:
            return ""
        sums = _sums(data[start : start + 8], order, sums)
        sums = _sums(data[start + FRAME : start + FRAME + page], order, sums)
        told = struct.unpack_from(">4I", data, start + 8)
        if tuple(told[2:]) != sums or list(told[:2]) != salts:
            return "" if start == mine[-1] else f"part {number + 1} of its log is damaged, and with it what follows"
    return ""


def _sums(data: bytes, order: str, sums: tuple[int, int]) -> tuple[int, int]:
    one, two = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & WORD
        two = (two + second + one) & WORD
    return one, two
