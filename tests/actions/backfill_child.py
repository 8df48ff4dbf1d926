"""Begins a backfill of every genome by every module in a process of its own, and says how far it is.

`python backfill_child.py HOME`: made to be killed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from genoteca import actions
from genoteca.actions.backfills import follow_backfill, start_backfill
from genoteca.settings import Settings


def main() -> None:
    """Work on it to its end."""
    app = actions.open_app(Settings(home=Path(sys.argv[1]), standby_seconds=0, offline=True))
    actions.start(app)
    number = start_backfill(app).backfill.id
    for seen in follow_backfill(app, number):
        sys.stdout.write(f"{seen.backfill.over}\n")
        sys.stdout.flush()
    actions.close(app)


if __name__ == "__main__":
    main()
