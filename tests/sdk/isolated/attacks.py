"""What a hostile script tries; run inside a box by the tests, and without one to show that each would succeed.

Every attack is judged by what it reached, and written down as `done` or as the error that stopped it.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

TARGETS = json.loads(Path(os.environ["GENOTECA_INPUT"], "targets.json").read_text("utf-8"))
INPUT = Path(os.environ["GENOTECA_INPUT"])
PARENT = TARGETS["parent"]
IO_URING_SETUP = 425
PROCESS_VM_READV = 310
libc = ctypes.CDLL(None, use_errno=True)


def read_another_genome() -> object:
    return Path(TARGETS["other_genome"]).read_text("utf-8")


def read_etc_passwd() -> object:
    return Path("/etc/passwd").read_text("utf-8")[:4]


def list_the_home() -> object:
    return [*Path(TARGETS["home"]).iterdir()]


def write_elsewhere() -> object:
    return Path(TARGETS["home"], "escaped").write_text("x", "utf-8")


def write_the_input() -> object:
    return Path(INPUT, "added").write_text("x", "utf-8")


def overwrite_the_genome() -> object:
    with Path(INPUT, "variants.parquet").open("r+b") as file:
        return file.write(b"x")


def truncate_the_genome() -> None:
    os.truncate(INPUT / "variants.parquet", 0)


def link_the_genome_and_write() -> object:
    os.link(INPUT / "variants.parquet", "mine")
    with Path("mine").open("r+b") as file:
        return file.write(b"x")


def tcp_out() -> object:
    return socket.create_connection((TARGETS["address"], TARGETS["tcp"]), 2)


def tcp_loopback() -> object:
    return socket.create_connection(("127.0.0.1", TARGETS["tcp"]), 2)


def udp() -> object:
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"out", ("127.0.0.1", TARGETS["udp"]))


def unix_socket() -> None:
    socket.socket(socket.AF_UNIX).connect(TARGETS["unix"])


def io_uring() -> object:
    if (got := libc.syscall(IO_URING_SETUP, 1, ctypes.create_string_buffer(120))) < 0:
        raise OSError(ctypes.get_errno(), "io_uring_setup")
    return got


def read_the_apps_environment() -> object:
    for process in [str(PARENT), *(one.name for one in Path("/proc").iterdir() if one.name.isdecimal())]:
        if TARGETS["canary"].encode() in Path("/proc", process, "environ").read_bytes():
            return process
    raise PermissionError("the canary was not found")


def read_the_apps_memory() -> object:
    held = ctypes.create_string_buffer(8)
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(held), 8)
    asked = libc.syscall(PROCESS_VM_READV, PARENT, vector, 1, (ctypes.c_size_t * 2)(8, 8), 1, ctypes.c_long(0))
    if asked < 0 and ctypes.get_errno() != errno.EFAULT:  # a wrong address was asked for, and looked up
        raise OSError(ctypes.get_errno(), "process_vm_readv")
    return "asked"


def signal_the_app() -> None:
    os.kill(PARENT, 0)


def signal_everybody() -> None:
    os.kill(-1, 0)


def limit_the_app() -> object:
    return resource.prlimit(PARENT, resource.RLIMIT_NOFILE)


def execute_a_program() -> object:
    return subprocess.run(["/bin/sh", "-c", f"echo x > {TARGETS['home']}/executed"], check=True)


def replace_itself_by_a_program() -> object:
    if TARGETS["boxed"]:
        os.execv("/bin/true", ["true"])  # noqa: S606 - an attack
    if (pid := os.fork()) == 0:
        os.execv("/bin/true", ["true"])  # noqa: S606 - an attack
    return os.waitpid(pid, 0)


def fork_bomb() -> object:
    """A careful one: with no box three processes show that it would go on."""
    made = []
    for _ in range(3):
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        made.append(pid)
    return [os.waitpid(pid, 0) for pid in made]


def leave_the_session() -> object:
    if (pid := os.fork()) == 0:
        os.setsid()
        os._exit(0)
    if os.waitpid(pid, 0)[1]:
        raise PermissionError("setsid")
    return pid


def shut_out_the_owner() -> object:
    """Landlock lets the mode of any file be changed, by its path."""
    Path(TARGETS["other_genome"]).chmod(0o644)
    return oct(Path(TARGETS["other_genome"]).stat().st_mode)


def change_the_genomes_times() -> None:
    os.utime(INPUT / "variants.parquet", (0, 0))


def memory_without_a_file() -> object:
    return os.memfd_create("hidden")


def watch_other_files() -> object:
    if (got := libc.inotify_init()) < 0:
        raise OSError(ctypes.get_errno(), "inotify_init")
    return got


ATTACKS: list[Callable[[], object]] = [
    value for name, value in list(globals().items())
    if callable(value) and getattr(value, "__module__", None) == __name__ and not name.startswith("_")
]  # fmt: skip


def main() -> None:
    """Try everything."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    found = {}
    for attack in ATTACKS:
        if attack is main:
            continue
        try:
            attack()
            found[attack.__name__] = "done"
        except Exception as error:  # noqa: BLE001 - what stopped it is the answer
            found[attack.__name__] = f"{type(error).__name__}: {error}"
    Path("found.json").write_text(json.dumps(found), "utf-8")
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
