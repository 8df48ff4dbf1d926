from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from genoteca.sdk.isolated.boxes import Box

from .boxed import Boxed

ATTACKS = Path(__file__).with_name("attacks.py")
OF_THE_NOTES = {
    "read_another_genome", "read_etc_passwd", "list_the_home", "write_elsewhere", "write_the_input", "tcp_out",
    "tcp_loopback", "udp", "read_the_apps_environment", "signal_the_app", "execute_a_program",
}  # fmt: skip
CANARY = "genoteca-canary-7d1f"


class Scene:
    """A home with another genome, listening sockets, and a script that goes for them."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self.other = self.home / "other.vcf"
        self.other.write_text("another genome", "utf-8")
        self.other.chmod(0o600)
        self.boxed = Boxed(folder, ATTACKS.read_text("utf-8"))
        self.genome = folder / "variants.parquet"
        self.genome.write_bytes(b"PAR1 the genome PAR1")
        os.link(self.genome, self.boxed.laid_out.input / "variants.parquet")
        self.tcp = socket.create_server(("0.0.0.0", 0))  # noqa: S104 - an attack asks for this computer's own address
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.udp.setblocking(False)
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(str(self.home / "socket"))
        self.unix.listen()
        waiting = [sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()"]
        self.app = subprocess.Popen(waiting, env={"TOKEN": CANARY}, stdin=subprocess.PIPE)
        """Stands for the app: its environment holds a token."""

    def try_all(self, box: Box) -> dict[str, str]:
        """Run every attack; give what became of each."""
        self.boxed.give(
            "targets.json",
            {
                "other_genome": str(self.other),
                "home": str(self.home),
                "address": _own_address(),
                "tcp": self.tcp.getsockname()[1],
                "udp": self.udp.getsockname()[1],
                "unix": str(self.home / "socket"),
                "parent": self.app.pid,
                "canary": CANARY,
                "boxed": box is not Box.NONE,
            },
        )
        self.boxed.start(box)
        found: dict[str, str] = json.loads((self.boxed.laid_out.output / "found.json").read_text("utf-8"))
        return found

    def close(self) -> None:
        """Let go of the sockets."""
        for one in (self.tcp, self.udp, self.unix):
            one.close()
        self.app.communicate()


def _own_address() -> str:
    """Give an address of this computer that is not the loopback's, where it has one."""
    every = (one for addresses in psutil.net_if_addrs().values() for one in addresses)
    own = [one.address for one in every if one.family is socket.AF_INET and not one.address.startswith("127.")]
    return own[0] if own else "127.0.0.1"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    made.close()


def test_every_attack_is_stopped_in_the_box(scene: Scene, box: Box) -> None:
    found = scene.try_all(box)

    assert found.keys() >= OF_THE_NOTES
    assert {name for name, what in found.items() if what == "done"} == set()
    assert scene.genome.read_bytes() == b"PAR1 the genome PAR1"
    assert scene.genome.stat().st_mtime > 0
    assert scene.other.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in scene.home.iterdir()) == ["other.vcf", "socket"]
    with pytest.raises(BlockingIOError):
        scene.udp.recv(10)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the attacks are those of Linux")
def test_without_a_box_every_attack_succeeds(scene: Scene) -> None:
    found = scene.try_all(Box.NONE)
    assert {name for name, what in found.items() if what != "done"} == set()
