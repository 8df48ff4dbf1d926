"""The Dagster home: a folder with one file of settings, which Dagster fills with its databases."""

from __future__ import annotations

import shutil
from pathlib import Path

from genoteca.engine.files import private_folder, write_private

__all__ = ["DAGSTER_YAML", "begin_home", "finish_home", "is_complete"]

# `nux` is the Dagster UI's question for an e-mail address. The compute log manager that Dagster takes by default
# redirects the output of the whole process during a step.
DAGSTER_YAML = """\
telemetry:
  enabled: false
nux:
  enabled: false
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""


COMPLETE = "complete"


def begin_home(folder: Path) -> None:
    """Make the folder with its `dagster.yaml`; call it with `dagster.lock` held.

    A home whose making was interrupted may hold databases that Dagster can never open again: it is made anew.
    """
    if is_complete(folder):
        return
    if folder.exists():
        shutil.rmtree(folder)
    write_private(private_folder(folder) / "dagster.yaml", DAGSTER_YAML)


def finish_home(folder: Path) -> None:
    """Say that every database is there."""
    if not is_complete(folder):
        write_private(folder / COMPLETE, "")


def is_complete(folder: Path) -> bool:
    """Whether there is a Dagster home that can be opened."""
    return (folder / COMPLETE).exists()
