"""Reads broken genome files and prints JSON: `uv run python tests/fuzz`.

Each input is made from a number; `--only NUMBER` writes that input to a file and reads it alone. An input must be
read with every record accounted for, or refused in words: without a crash, within 2 seconds of processor time, with
at most 500 MB more than a whole file takes. Linux only: memory is read from /proc.
"""

from __future__ import annotations

import argparse
import json
import queue
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.fuzz.inputs import Maker  # noqa: E402 - found only from here on

STUCK = 60.0
"""Seconds of silence after which a reader is stuck: it uses no processor time then, or the machine is very busy."""


class Reader:
    """A process that reads one input after the other, and is started anew when one of them ended it."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.reader"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, args=(self._process, self._lines), daemon=True).start()
        self.greeting = json.loads(self._lines.get(timeout=STUCK))

    @staticmethod
    def _listen(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
        for line in process.stdout or ():
            lines.put(line)
        lines.put("")

    def read(self, number: int) -> dict[str, Any]:
        """Give what became of an input."""
        if self._process.stdin is None:
            raise AssertionError("the process was started with a pipe")
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()
        try:
            line = self._lines.get(timeout=STUCK)
        except queue.Empty:
            return self._ended(f"said nothing for {STUCK:.0f} seconds")
        if line:
            told: dict[str, Any] = json.loads(line)
            return told
        return self._ended(f"the process ended with code {self._process.wait()}")

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _ended(self, why: str) -> dict[str, Any]:
        self.close()
        self._start()
        return {"outcome": "wrong", "why": why, "seconds": 0.0, "more_mb": 0.0}


def main() -> None:
    """Read as many broken files as asked for; ends with 1 when something was wrong with any."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=10_000, help="how many (10,000)")
    parser.add_argument("--seed", type=int, default=0, help="number of the first (0)")
    parser.add_argument("--only", type=int, help="one number: its input is written to fuzz-NUMBER.bin")
    options = parser.parse_args()
    numbers = range(options.seed, options.seed + options.inputs)
    if options.only is not None:
        numbers = range(options.only, options.only + 1)
        Path(f"fuzz-{options.only}.bin").write_bytes(Maker().make(options.only).data)
    sys.stderr.write(f"seeds {numbers.start} to {numbers.stop - 1}\n")
    found = _fuzzed(numbers)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    sys.exit(1 if found["wrong"] else 0)


def _fuzzed(numbers: range) -> dict[str, Any]:
    outcomes: Counter[str] = Counter()
    wrong: list[dict[str, Any]] = []
    longest = most = 0.0
    reader = Reader()
    greeting = reader.greeting
    try:
        for done, number in enumerate(numbers, start=1):
            told = reader.read(number)
            outcomes[told["outcome"]] += 1
            longest, most = max(longest, told["seconds"]), max(most, told["more_mb"])
            if told["outcome"] == "wrong":
                wrong.append({"seed": number, "made_of": told.get("made_of", ""), "why": told["why"]})
                sys.stderr.write(f"seed {number}: {told['why']}\n")
            if done % 500 == 0:
                sys.stderr.write(f"{done:,} of {len(numbers):,}: {dict(outcomes)}\n")
    finally:
        reader.close()
    return {
        "schema": 1,
        "seeds": [numbers.start, numbers.stop - 1],
        "whole_files": greeting["ready"],
        "outcomes": dict(outcomes),
        "longest_seconds": longest,
        "most_memory_mb": most,
        "wrong": wrong,
    }


if __name__ == "__main__":
    main()
