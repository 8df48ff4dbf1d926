"""The process that reads broken files: numbers come in, one line of JSON goes out for each."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

import polars as pl
from tests.fuzz.inputs import Maker

from genoteca.errors import GenomeFileError
from genoteca.genome.inspect import inspect_file
from genoteca.genome.reading import Limits, read_genome
from genoteca.model.build import Build
from genoteca.model.sample import Sex

MEMORY = 500 << 20
"""Bytes above what a whole file takes, that a broken one may take."""
SECONDS = 2.0
"""Seconds of processor time that one input may take, those of its decoder added."""


def main() -> None:
    """Read numbers from the input until it ends."""
    maker = Maker()
    with tempfile.TemporaryDirectory(prefix="genoteca-fuzz-") as folder:
        place = Path(folder)
        _judged(maker.whole["one person"], place)  # everything is loaded now, and every thread has started
        usual = _peak()
        _say({"ready": len(maker.whole), "usual_mb": round(usual / 1e6)})
        for line in sys.stdin:
            made = maker.make(int(line))
            started = _busy()
            _forget_peak()
            told = _judged(made.data, place)
            seconds, more = _busy() - started, max(0, _peak() - usual)
            if told["outcome"] != "wrong" and seconds > SECONDS:
                told = {"outcome": "wrong", "why": f"took {seconds:.1f} s of processor time"}
            if told["outcome"] != "wrong" and more > MEMORY:
                told = {"outcome": "wrong", "why": f"took {more >> 20} MB of memory"}
            _say({**told, "made_of": made.made_of, "seconds": round(seconds, 3), "more_mb": round(more / 1e6, 1)})


def _judged(data: bytes, folder: Path) -> dict[str, str]:
    path = folder / "genome"
    path.write_bytes(data)
    try:
        why = _read(path, folder)
    except GenomeFileError as error:
        left = sorted(found.name for found in folder.iterdir() if found != path)
        why = f"refused, and left {', '.join(left)}" if left else "" if error.hint else "refused without a hint"
        told = {"outcome": "refused", "why": error.message}
    except MemoryError:
        return {"outcome": "wrong", "why": "no memory was left"}
    except Exception:  # noqa: BLE001 - that is what is looked for
        return {"outcome": "wrong", "why": traceback.format_exc(limit=-4)}
    else:
        told = {"outcome": "read", "why": ""}
    finally:
        for found in folder.iterdir():
            found.unlink()
    return {"outcome": "wrong", "why": why} if why else told


def _read(path: Path, folder: Path) -> str:
    """Read the file as the app would; says what is not as it must be."""
    facts = inspect_file(path)
    if facts.undecided:
        facts = inspect_file(path, facts.members[0])
    variants, coverage, structural = (folder / f"{name}.parquet" for name in ("variants", "coverage", "structural"))
    intake = read_genome(
        path,
        pick=facts.samples[-1] if facts.samples else None,
        build=facts.build or Build.GRCH38,
        sex=Sex.UNSTATED,
        limits=Limits(),
        variants=variants,
        coverage=coverage,
        structural=structural,
        progress=lambda fraction, message: None,
        member=facts.member,
    )
    if not intake.reconciles:
        return f"{intake.records_read} records read, {intake.records_kept} kept: the sum does not hold"
    table = pl.read_parquet(variants)
    rows = [len(table), len(pl.read_parquet(coverage)), len(pl.read_parquet(structural))]
    if rows != [intake.rows, intake.coverage_rows, intake.structural_rows]:
        return "the tables have other numbers of rows than were told"
    return "" if "key" not in table.columns or table["key"].is_sorted() else "the variants are not sorted"


def _busy() -> float:
    decoders = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + decoders.ru_utime + decoders.ru_stime


def _peak() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) << 10
    return 0


def _forget_peak() -> None:
    """Let the peak start again from what is used now: https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html."""
    Path("/proc/self/clear_refs").write_text("5")


def _say(told: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
