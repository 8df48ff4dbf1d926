"""`python -m genoteca.engine.results.explore.child`: makes a browse table, telling how far it is line by line.

On its input stands what to make (`Order`); every line that it writes is a `Told`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic import BaseModel

from genoteca.engine.results.explore.spec import WideSpec
from genoteca.errors import GenotecaError

__all__ = ["Order", "Told", "main"]


class Order(BaseModel):
    """What to make, and where."""

    spec: WideSpec
    target: Path
    part: Path
    """The folder it grows in, beside the target; whoever asked removes what is left of it."""


class Told(BaseModel):
    """How far it is, or why it failed."""

    fraction: float = 0.0
    message: str = ""
    trouble: str = ""


def main() -> int:
    """Make the table; 1: it failed, and the last line says why."""
    order = Order.model_validate_json(sys.stdin.read())
    from genoteca.engine.results.explore.building import build

    def tell(fraction: float, message: str) -> None:
        _say(Told(fraction=fraction, message=message))

    try:
        build(order.spec, order.target, tell, part=order.part)
    except (GenotecaError, OSError, ValueError) as error:
        _say(Told(trouble=str(error)))
        return 1
    return 0


def _say(told: Told) -> None:
    sys.stdout.write(f"{told.model_dump_json()}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
