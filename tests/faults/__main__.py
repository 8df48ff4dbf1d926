"""Tries what a bad module, or a bad moment, could do to the store: `uv run python tests/faults`.

Prints a table and ends with 1 if anything held that should not. `--short` starts the app without its window and kills
two installs instead of fifty; `--only modules` or `--only kills` does one of the two; `--json` prints JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.faults.bad_modules import BAD_MODULES
from tests.faults.killing import killed_installs
from tests.faults.trying import Outcome, home_with_a_good_module, try_module

KILLS = 50


def main() -> int:
    """Try what was asked for; give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--only", choices=["modules", "kills"])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--kills", type=int, default=None)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--like", default="", help="only the bad modules whose name holds this")
    options = parser.parse_args()
    found: dict[str, object] = {"schema": 1}
    ok = True
    with tempfile.TemporaryDirectory(prefix="genoteca-faults-") as folder:
        if options.only in (None, "modules"):
            settings = home_with_a_good_module(Path(folder) / "home")
            chosen = [bad for bad in BAD_MODULES if options.like in bad.name and not (options.short and bad.long)]
            outcomes = [try_module(settings, bad, whole_desktop=not options.short) for bad in chosen]
            found["modules"] = [asdict(one) | {"ok": one.ok} for one in outcomes]
            ok = all(one.ok for one in outcomes)
            if not options.json:
                _print(outcomes)
        if options.only in (None, "kills"):
            kills = options.kills or (2 if options.short else KILLS)
            told = killed_installs(Path(folder) / "killed", kills, random.Random(options.seed))  # noqa: S311
            found["kills"] = told
            ok = ok and told["repairs"] == 0
            if not options.json:
                sys.stdout.write(json.dumps(told, indent=1) + "\n")
    if options.json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 0 if ok else 1


def _print(outcomes: list[Outcome]) -> None:
    for one in outcomes:
        marks = [" yes " if told else "*NO* " for told in (one.as_expected, one.untouched, one.starts)]
        sys.stdout.write(f"{one.name[:52]:52} {' '.join(marks)} {one.said[:110]}\n")
    good = sum(one.ok for one in outcomes)
    sys.stdout.write(f"{good} of {len(outcomes)}: refused as they should be, nothing touched, the app starts\n")


if __name__ == "__main__":
    sys.exit(main())
