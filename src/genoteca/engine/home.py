"""The Dagster home: a folder with one file of settings, which Dagster fills with its databases."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from genoteca.engine.files import private_folder, write_private

__all__ = ["OWN_SETTINGS", "begin_home", "dagster_yaml", "finish_home", "is_complete"]

# `nux` is the Dagster UI's question for an e-mail address. The compute log manager that Dagster takes by default
# redirects the output of the whole process during a step. Run monitoring would ask a launcher that never launched
# our runs whether they are alive, and call them failed.
OWN_YAML = """\
# Written by Genoteca whenever it opens this folder: changes made by hand are lost.
telemetry:
  enabled: false
nux:
  enabled: false
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
run_monitoring:
  enabled: false
"""

# Whatever Dagster's screens or its daemon want run is queued with the app, by the file that lies in assets/dagster.
QUEUE_YAML = """\
run_launcher:
  module: genoteca_queue
  class: GenotecaLauncher
run_coordinator:
  module: genoteca_queue
  class: GenotecaQueue
  config:
"""


COMPLETE = "complete"
OWN_SETTINGS = "worker.yaml"
"""Settings of the app's own workers, which take their runs from the queue themselves."""


def dagster_yaml(folder: Path) -> str:
    """Give the settings that Dagster's own programs read; in them stand this interpreter and the data folder."""
    told = {"python": sys.executable, "home": str(folder.parent)}
    return OWN_YAML + QUEUE_YAML + "".join(f"    {name}: {json.dumps(value)}\n" for name, value in told.items())


def begin_home(folder: Path) -> None:
    """Make the folder with its settings; call it with `dagster.lock` held.

    A home whose making was interrupted may hold databases that Dagster can never open again: it is made anew.
    One that is complete is given the settings of this version, of this interpreter and of where it lies now.
    """
    if not is_complete(folder) and folder.exists():
        shutil.rmtree(folder)
    for name, text in (("dagster.yaml", dagster_yaml(folder)), (OWN_SETTINGS, OWN_YAML)):
        path = private_folder(folder) / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_private(path, text)


def finish_home(folder: Path) -> None:
    """Say that every database is there."""
    if not is_complete(folder):
        write_private(folder / COMPLETE, "")


def is_complete(folder: Path) -> bool:
    """Whether there is a Dagster home that can be opened."""
    return (folder / COMPLETE).exists()
