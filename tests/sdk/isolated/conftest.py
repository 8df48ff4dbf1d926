"""Boxes of this system, and what an attack aims at."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from genoteca.sdk.isolated.boxes import Box
from genoteca.sdk.isolated.landlock import OLDEST, landlock_version


def _bubblewrap_works() -> bool:
    if not sys.platform.startswith("linux") or shutil.which("bwrap") is None:
        return False
    tried = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "/bin/true"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


CLOSED = [
    pytest.param(
        Box.LANDLOCK,
        id="landlock",
        marks=pytest.mark.skipif(landlock_version() < OLDEST, reason=f"the kernel has no Landlock {OLDEST}"),
    ),
    pytest.param(
        Box.BUBBLEWRAP,
        id="bubblewrap",
        marks=pytest.mark.skipif(not _bubblewrap_works(), reason="bwrap is not here, or may make no namespaces"),
    ),
]


@pytest.fixture(params=CLOSED)
def box(request: pytest.FixtureRequest) -> Box:
    """Give each of the boxes that this system has."""
    found: Box = request.param
    return found
