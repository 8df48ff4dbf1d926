"""What keeping and forgetting cost: deleting a genome among others, the history per run, verifying, a backup."""

from __future__ import annotations

import hashlib
import shutil
import time
from pathlib import Path
from typing import Any

from annotating import make_sample

from genoteca import actions
from genoteca.actions.app import App
from genoteca.actions.backing_up import back_up, restore
from genoteca.actions.forgetting import forget
from genoteca.actions.retention import history_size
from genoteca.actions.verifying import verify
from genoteca.actions.views import AddSample
from genoteca.settings import Settings

__all__ = ["keeping"]

RUNS = 10


def keeping(folder: Path, *, records: int, runs: int = RUNS) -> dict[str, Any]:
    """Give the seconds of each, with the bytes that were worked on; nothing is fetched."""
    make_sample(folder, records)
    source = folder / "genome.vcf.gz"
    app = actions.open_app(Settings(home=folder / "kept", standby_seconds=0, offline=True))
    actions.start(app)
    try:
        actions.install_module(app, "everyday-traits")
        keys = [_added(app, source, name) for name in ("first", "second")]
        return {
            "records": records,
            "history": _history(app, keys[0], runs),
            "verify": _verified(app),
            "backup": _backed_up(app, folder),
            "deletion": _deleted(app, keys[1]),
        }
    finally:
        actions.close(app)


def _added(app: App, source: Path, name: str) -> str:
    copy = app.layout.temporary / f"{name}.vcf.gz"
    shutil.copyfile(source, copy)
    sample, run = actions.add_sample(app, AddSample(path=str(copy), user="bench", sample=name, copy_file=True))
    app.executor.run_until_over(run)
    app.executor.run_until_over(actions.annotate(app, sample.key))
    return sample.key


def _history(app: App, key: str, runs: int) -> dict[str, int]:
    """Give the bytes that one more run adds to the app's list and to Dagster's home."""
    before = history_size(app)
    for _ in range(runs):
        app.executor.run_until_over(actions.annotate(app, key, force=True))
    after = history_size(app)
    return {
        "runs": after.runs - before.runs,
        "app_bytes_per_run": (after.app_bytes - before.app_bytes) // runs,
        "dagster_bytes_per_run": (after.dagster_bytes - before.dagster_bytes) // runs,
    }


def _verified(app: App) -> dict[str, float]:
    files = [path for path in app.layout.users.rglob("*") if path.suffix in (".parquet", ".gz")]
    begun = time.perf_counter()
    for path in files:
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")
    floor, size = time.perf_counter() - begun, sum(path.stat().st_size for path in files)
    found = verify(app)
    return {
        "bytes": found.bytes,
        "damaged": len(found.damage),
        "gb_per_second": round(found.bytes / max(found.seconds, 1e-9) / 1e9, 3),
        "sha256_gb_per_second": round(size / floor / 1e9, 3),
    }


def _backed_up(app: App, folder: Path) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, word in (("plain", ""), ("encrypted", "correct horse battery")):
        begun = time.perf_counter()
        made = back_up(app, folder / name, passphrase=word)
        found[f"{name}_seconds"] = round(time.perf_counter() - begun, 3)
        found["bytes"] = made.bytes
    begun = time.perf_counter()
    restore(folder / "plain", folder / "restored")
    return {**found, "restore_seconds": round(time.perf_counter() - begun, 3)}


def _deleted(app: App, key: str) -> dict[str, float]:
    begun = time.perf_counter()
    receipt = forget(app, key).receipt
    return {
        "seconds": round(time.perf_counter() - begun, 3),
        "removed_bytes": receipt.bytes,
        "searched_bytes": receipt.searched.bytes,
        "found": len(receipt.searched.found),
    }
