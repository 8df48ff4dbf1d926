"""Making sure that what was written outlives a power cut, before anything points to it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

__all__ = ["keep_file", "sync_file", "sync_folder", "sync_tree"]


def sync_file(path: Path) -> None:
    """Have a file's bytes written to the disk."""
    descriptor = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Have a folder's names written to the disk, where the system lets one ask for it."""
    if sys.platform != "win32":
        sync_file(folder)


def sync_tree(folder: Path) -> None:
    """Have everything under a folder, and its own name, written to the disk."""
    for place, _folders, files in os.walk(folder):
        for name in files:
            sync_file(Path(place, name))
        sync_folder(Path(place))
    sync_folder(folder.parent)


def keep_file(path: Path, target: Path) -> None:
    """Move a file to where it is kept, whole or not at all: also after a power cut, also from another disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.tmp")
    shutil.move(path, beside)
    sync_file(beside)
    beside.replace(target)
    sync_folder(target.parent)
    sync_folder(target.parent.parent)
