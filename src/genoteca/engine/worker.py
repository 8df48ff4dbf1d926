"""A worker: `python -m genoteca.engine.worker` imports, and works."""

from __future__ import annotations

import gc

__all__ = ["main"]


def main() -> None:
    """Be a worker of the data folder that the environment names."""
    gc.disable()  # what is loaded is no garbage, and looking for some is a sixth of the start
    from genoteca.engine.working import work

    gc.enable()
    work()


if __name__ == "__main__":
    main()
