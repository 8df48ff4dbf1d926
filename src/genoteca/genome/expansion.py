"""How far packed bytes may grow: a bound that real genomes stay far below and decompression bombs do not."""

from __future__ import annotations

from collections.abc import Callable

from genoteca.errors import GenomeFileError

__all__ = ["Expansion"]

RATIO_FREE = 64 << 20
RATIO = 200
"""Text may be this many times its packed bytes, after the first 64 MiB. Real gVCFs reach 30."""


class Expansion:
    """Counts unpacked bytes of `name` against `packed()`, the bytes on the disk they were unpacked from."""

    def __init__(self, name: str, packed: Callable[[], int]) -> None:
        self._name, self._packed = name, packed
        self.bytes = 0

    def grew(self, more: int) -> None:
        """Note that so many bytes were unpacked.

        Raises:
            GenomeFileError: by now they are more than 200 times what was read for them.

        """
        self.bytes += more
        if self.bytes > RATIO_FREE and self.bytes > RATIO * self._packed():
            raise GenomeFileError(
                f"{self._name} unpacks to more than {RATIO} times its size ({self.bytes:,} bytes of text "
                f"out of {self._packed():,}); a real genome file stays below 50 times.",
                title="This file looks like a decompression bomb",
                hint="If the file is genuine, unpack it yourself and open the unpacked file.",
            )
