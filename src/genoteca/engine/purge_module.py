"""Forgetting what a module said: its events in Dagster, and what its publishers were asked.

The work is done by `python -m genoteca.engine.purge_module`, which reads the id on its input, and loads Dagster.
"""

from __future__ import annotations

import os
import subprocess
import sys

from genoteca.engine.news_notes import NewsNotes
from genoteca.engine.process import run_child
from genoteca.errors import DatasetError
from genoteca.settings import Layout, Settings

__all__ = ["forget_in_dagster", "purge_module"]


def purge_module(settings: Settings, module_id: str, *, timeout: float = 300) -> None:
    """Forget a module's assets in Dagster, with every materialization of them.

    Raises:
        DatasetError: it could not be done; asking again is safe.

    """
    NewsNotes(settings.layout.database).forget([module_id])
    if not settings.layout.dagster.is_dir():
        return
    try:
        child = run_child(settings, "genoteca.engine.purge_module", module_id, timeout=timeout)
        told = child.stderr if child.returncode else ""
    except subprocess.TimeoutExpired:
        told = f"it took longer than {timeout:.0f} seconds"
    if told:
        raise DatasetError(
            f"The history of {module_id} could not be deleted: {told.strip().splitlines()[-1]}",
            title="Not everything could be deleted",
            hint="The module and its results are gone. `genoteca doctor` says whether the data folder is sound.",
        )


def forget_in_dagster(layout: Layout, module_id: str) -> None:
    """Do the work, in this process; the events in the logs of its runs stay, they hold no genotype."""
    from genoteca.engine.instance import open_instance

    instance = open_instance(layout)
    instance.wipe_assets([key for key in instance.all_asset_keys() if key.path[0] == module_id])
    instance.dispose()


def main() -> None:
    """Forget the module that the input names, in the data folder that the environment names."""
    os.umask(0o077)
    forget_in_dagster(Settings().layout, sys.stdin.read())


if __name__ == "__main__":
    main()
