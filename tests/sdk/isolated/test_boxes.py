from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from genoteca.errors import RunError
from genoteca.sdk.isolated import boxes
from genoteca.sdk.isolated.boxes import Box, Opened
from genoteca.sdk.isolated.landlock import OLDEST, landlock_version

from .boxed import INTERPRETER, Boxed

ENDLESS_PARENT = """
import sys
from pathlib import Path
from genoteca.sdk.isolated.boxes import Box
from tests.sdk.isolated.boxed import Boxed
text = "import os\\nopen('pid', 'w').write(str(os.getpid()))\\nwhile True:\\n    pass\\n"
Boxed(Path(sys.argv[1]), text).start(Box.LANDLOCK)
"""
REACHES_OUT = "from pathlib import Path\nPath({target!r}).write_text('x')\n"


def _with_startup_code(folder: Path) -> tuple[Boxed, Path]:
    target = folder / "reached"
    boxed = Boxed(folder, "print('ran')")
    (boxed.site / "evil.py").write_text(REACHES_OUT.format(target=str(target)), "utf-8")
    (boxed.site / "evil.pth").write_text("import evil\n", "utf-8")
    return boxed, target


def test_a_package_that_runs_when_python_starts_does_so_inside_the_box(tmp_path: Path, box: Box) -> None:
    boxed, target = _with_startup_code(tmp_path)
    boxed.start(box)
    assert boxed.printed().strip().endswith("ran")
    assert not target.exists()


def test_without_a_box_that_package_reaches_out(tmp_path: Path) -> None:
    boxed, target = _with_startup_code(tmp_path)
    boxed.start(Box.NONE)
    assert target.exists()


def test_the_network_is_open_only_where_it_is_granted(tmp_path: Path, box: Box) -> None:
    boxed = Boxed(tmp_path, "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()\n")
    boxed.start(box, network=True)
    with pytest.raises(RunError, match="PermissionError"):
        boxed.start(box)


def test_unix_sockets_stay_shut_also_where_the_network_is_granted(tmp_path: Path, box: Box) -> None:
    boxed = Boxed(tmp_path, "import socket\nsocket.socket(socket.AF_UNIX)\n")
    with pytest.raises(RunError, match="PermissionError"):
        boxed.start(box, network=True)


def test_a_box_that_cannot_be_shut_runs_nothing(tmp_path: Path, box: Box) -> None:
    boxed = Boxed(tmp_path, "open('ran', 'w').close()")
    seccomp = boxed.laid_out.library / "seccomp.py"
    seccomp.write_text("def refuse_system_calls(*, network):\n    raise OSError('no filter')\n", "utf-8")
    with pytest.raises(RunError, match="was not run: the box cannot be shut: OSError: no filter"):
        boxed.start(box)
    assert not (boxed.laid_out.output / "ran").exists()


@pytest.mark.skipif(landlock_version() < OLDEST, reason=f"the kernel has no Landlock {OLDEST}")
def test_nothing_is_left_when_the_one_who_waits_is_interrupted(tmp_path: Path) -> None:
    boxed = Boxed(tmp_path, "open('pid', 'w').write(str(__import__('os').getpid()))\nwhile True:\n    pass\n")

    def interrupted() -> None:
        if (boxed.laid_out.output / "pid").exists() and (boxed.laid_out.output / "pid").read_text():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        boxed.start(Box.LANDLOCK, each_beat=interrupted)
    with pytest.raises(ProcessLookupError):
        os.kill(int((boxed.laid_out.output / "pid").read_text()), 0)


@pytest.mark.skipif(landlock_version() < OLDEST, reason=f"the kernel has no Landlock {OLDEST}")
def test_a_script_ends_with_the_app_also_when_that_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", ENDLESS_PARENT, str(tmp_path)], cwd=Path(__file__).parents[3])
    started = tmp_path / "run" / "output" / "pid"
    while not (started.exists() and started.read_text().strip()):
        assert parent.poll() is None
    boxed = psutil.Process(int(started.read_text()))
    parent.kill()
    parent.wait()
    gone, alive = psutil.wait_procs([boxed], timeout=20)
    assert (gone, alive) == ([boxed], [])


def test_threads_and_the_usual_calls_work_inside(tmp_path: Path, box: Box) -> None:
    text = """
import json, os, resource, shutil, tempfile, threading, time, zoneinfo
thread = threading.Thread(target=time.sleep, args=(0,))
thread.start(); thread.join()
with tempfile.TemporaryDirectory() as folder:
    open(os.path.join(folder, "a"), "w").write("a")
    os.rename(os.path.join(folder, "a"), os.path.join(folder, "b"))
    shutil.copyfile(os.path.join(folder, "b"), "c")
resource.getrlimit(resource.RLIMIT_NOFILE)
os.urandom(4), os.cpu_count(), os.getpid()
json.dump("well", open("done", "w"))
"""
    boxed = Boxed(tmp_path, text)
    boxed.start(box)
    assert json.loads((boxed.laid_out.output / "done").read_text("utf-8")) == "well"


@pytest.mark.parametrize(
    ("system", "landlock", "program", "found"),
    [
        ("linux", 7, None, Box.LANDLOCK),
        ("linux", 2, "bwrap", Box.BUBBLEWRAP),
        ("linux", 0, None, Box.NONE),
        ("darwin", 0, "sandbox-exec", Box.SANDBOX_EXEC),
        ("win32", 0, None, Box.NONE),
    ],
)
def test_the_best_box_of_a_system_is_found(
    monkeypatch: pytest.MonkeyPatch, system: str, landlock: int, program: str | None, found: Box
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(boxes, "landlock_version", lambda: landlock)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name == program else None)
    assert boxes.box_here.__wrapped__() is found


def test_the_profile_of_macos_names_what_is_open_and_refuses_the_rest(tmp_path: Path) -> None:
    opened = Opened(
        read=[tmp_path / 'a "quoted" input'], write=[tmp_path / "output"], network=False, interpreter=INTERPRETER
    )
    line = boxes.command(Box.SANDBOX_EXEC, opened, ["launcher.py", "plan.json"], {})
    assert line[:2] == ["sandbox-exec", "-p"]
    profile = line[2].splitlines()
    assert profile[1] == "(deny default)"
    assert not [text for text in profile if "network" in text or "process-fork" in text or "signal" in text]
    assert f'(allow file-read* file-write* (subpath "{tmp_path}/output"))' in profile
    assert f'(allow file-read* (subpath "{tmp_path}/a \\"quoted\\" input"))' in profile
