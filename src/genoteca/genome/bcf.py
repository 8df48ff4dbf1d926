"""BCF, the binary form of VCF, as the text of that VCF: decoded by htslib in a process of its own.

The process is `python -m genoteca.genome.bcf`: a damaged file that makes htslib crash or ask for all memory ends that
process, not the reading. The format: section 6 of https://samtools.github.io/hts-specs/VCFv4.3.pdf. QUAL is a 32-bit
float in BCF; htslib writes six digits of it. BCF 2.1 (2012) differs in its version, and in that it fills up a shorter
list of one sample with missing values: its haploid calls beside diploid ones cannot be told from broken ones, and are
set aside as such.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from typing import IO

from genoteca.errors import GenomeFileError
from genoteca.genome.source import Readable

__all__ = ["BcfText", "is_bcf"]

MAGIC = b"BCF\x02"
HEAD = 9
"""Bytes of the magic, its version, and the length of the header's text."""
LONGEST_HEADER = 256 << 20
"""Bytes; the header of 200,000 contigs has 20 MB."""
MEMORY = 2 << 30
"""Bytes of address space that decoding may take, where the system can limit it."""
NOISE = 1 << 20
"""Bytes of complaints that decoding may write."""
PIECE = 1 << 18
LEAVE = 10.0
"""Seconds that a process has to end after its output did."""


def is_bcf(start: bytes) -> bool:
    """Whether (unpacked) bytes are the start of a BCF file."""
    return start.startswith(MAGIC)


class BcfText:
    """The VCF text of a BCF file; its unpacked bytes are `start` and then what `rest` gives.

    Raises:
        GenomeFileError: BCF cannot be read on this system, or the header is not one.

    """

    def __init__(self, start: bytes, rest: Readable, name: str) -> None:
        self._name, self._rest = name, rest
        self._trouble: Exception | None = None
        self._refuse(start)
        self._complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._child = subprocess.Popen(
            [sys.executable, "-m", "genoteca.genome.bcf"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            bufsize=0,
        )
        self._feeder = threading.Thread(target=self._feed, args=(start,), name="bcf-feeder", daemon=True)
        self._feeder.start()

    def readinto(self, view: memoryview, /) -> int:
        """Fill the buffer with the next bytes of text; gives how many, 0 at the end.

        Raises:
            GenomeFileError: the file is damaged.

        """
        out: IO[bytes] | None = self._child.stdout
        count = out.readinto(view) if out is not None and len(view) else 0  # type: ignore[attr-defined] # unbuffered
        if not count and len(view):
            self._finish()
        return count or 0

    def close(self) -> None:
        """End the process, and all that goes with it."""
        self._child.kill()
        self._child.wait()
        self._feeder.join()
        for pipe in (self._child.stdout, self._complaints):
            if pipe is not None:
                pipe.close()

    def _refuse(self, start: bytes) -> None:
        if importlib.util.find_spec("pysam") is None:
            raise GenomeFileError(
                f"{self._name} is a BCF file; the library that decodes it does not exist for Windows.",
                title="BCF cannot be read on this system",
                hint="Convert it to VCF on another computer: bcftools view -Oz -o genome.vcf.gz FILE.",
            )
        length = int.from_bytes(start[5:HEAD], "little")
        if start[4:5] not in (b"\x01", b"\x02"):
            raise GenomeFileError(
                f"{self._name} is BCF 2.{start[4] if len(start) > 4 else '?'}; BCF 2.1 or 2.2 was expected.",
                hint="Convert it to VCF with the program that made it.",
            )
        if len(start) < HEAD or not 0 < length <= LONGEST_HEADER:
            raise self._damaged(f"its header claims {length:,} bytes")

    def _feed(self, start: bytes) -> None:
        """Hand the file's bytes to the process, which takes them as fast as it decodes."""
        pipe = self._child.stdin
        if pipe is None:
            return
        buffer = memoryview(bytearray(PIECE))
        try:
            with suppress(BrokenPipeError):
                pipe.write(MAGIC + b"\x02" + start[5:])
                while count := self._rest.readinto(buffer):
                    _write_all(pipe, buffer[:count])
        except Exception as error:  # noqa: BLE001 - raised again where the text is read
            self._trouble = error
        finally:
            with suppress(BrokenPipeError):
                pipe.close()

    def _finish(self) -> None:
        """See how the process ended, after its output did."""
        try:
            code = self._child.wait(LEAVE)
        except subprocess.TimeoutExpired:
            self._child.kill()
            code = self._child.wait()
        self._feeder.join()
        if self._trouble is not None:
            raise self._trouble
        if code:
            raise self._damaged(self._complaint() or f"decoding it ended with code {code}")

    def _complaint(self) -> str:
        self._complaints.seek(0)
        lines = self._complaints.read(NOISE).decode("utf-8", "replace").splitlines()
        errors = [line for line in lines if line.startswith("[E::")] or [line for line in lines if line.strip()]
        return re.sub(r"^\[E::\w+\] ", "", errors[0])[:300] if errors else ""

    def _damaged(self, why: str) -> GenomeFileError:
        return GenomeFileError(
            f"{self._name} is a damaged or cut off BCF file: {why}.",
            hint="Copy or download the file again and compare its size or checksum with the original.",
        )


def _write_all(pipe: IO[bytes], view: memoryview) -> None:
    while view:
        view = view[pipe.write(view) :]


def main() -> None:
    """Decode the BCF on the input to VCF on the output; ends with 1 when that cannot be done to the end."""
    _limit()
    from pysam import bcftools, set_verbosity
    from pysam.utils import SamtoolsError

    set_verbosity(1)
    try:
        bcftools.view("--no-version", "-Ov", "-", catch_stdout=False)
    except SamtoolsError as error:
        told = re.search(r"stderr=(.*?)\\?n?'?$", str(error))
        sys.stderr.write(f"{told[1] if told else error}\n")
        sys.exit(1)


def _limit() -> None:
    """Take no more memory than any real file needs; Windows and macOS do not keep such limits."""
    if sys.platform != "linux":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (NOISE, NOISE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
