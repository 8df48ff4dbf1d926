"""Landlock: which files a process may open, for good (https://docs.kernel.org/userspace-api/landlock.html).

Runs inside the box and, to see whether the kernel has it, in the app: imports the standard library only.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Sequence

__all__ = ["OLDEST", "landlock_version", "restrict_files"]

OLDEST = 3
"""Version that is needed (Linux 6.2): before it, a file that may be read may be cut to nothing."""

CREATE, ADD, RESTRICT = 444, 445, 446
VERSION, PATH_BENEATH = 1, 1
PR_SET_NO_NEW_PRIVS = 38
TCP_FROM, SCOPES_FROM, DEVICES_FROM = 4, 6, 5
"""Versions that brought TCP, signals and abstract sockets, and ioctl of devices."""

WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE, IOCTL = 1 << 1, 1 << 2, 1 << 3, 1 << 14, 1 << 15
OF_FILES = WRITE_FILE | READ_FILE | TRUNCATE | IOCTL | 1
READ = READ_FILE | READ_DIR
ALL = (1 << 15) - 1
DEVICE_NODES = 1 << 6 | 1 << 11 | 1 << 9
"""Making character and block devices, and sockets."""


def landlock_version() -> int:
    """Give the version that the kernel has; 0: none, or not Linux."""
    try:
        return max(_call(CREATE, None, 0, VERSION), 0)
    except (AttributeError, OSError, TypeError):
        return 0


def restrict_files(read: Sequence[str], write: Sequence[str], *, network: bool) -> None:
    """Let this process read below `read` and do everything below `write`, and nothing elsewhere.

    What is not there is passed over. Nothing may be executed. `network`: TCP is let be.

    Raises OSError when the kernel does not take it.
    """
    version = landlock_version()
    if version < OLDEST:
        raise OSError(f"Landlock {OLDEST} is needed, the kernel has {version or 'none'}")
    files = ALL | (IOCTL if version >= DEVICES_FROM else 0)
    tcp = 3 if version >= TCP_FROM and not network else 0
    scopes = 3 if version >= SCOPES_FROM else 0
    size = 24 if version >= SCOPES_FROM else 16 if version >= TCP_FROM else 8
    rules = _call(CREATE, struct.pack("QQQ", files, tcp, scopes)[:size], size, 0)
    if rules < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    for paths, rights in ((read, READ), (write, files & ~DEVICE_NODES)):
        for path in paths:
            _allow(rules, path, rights)
    if ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or _call(RESTRICT, rules, 0):
        raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    os.close(rules)


def _call(number: int, *arguments: bytes | int | None) -> int:
    """Make a system call; every number is given as wide as the kernel reads it."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    wide = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return int(libc.syscall(ctypes.c_long(number), *wide))


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        fitting = rights if stat.S_ISDIR(os.fstat(place).st_mode) else rights & OF_FILES
        if _call(ADD, rules, PATH_BENEATH, struct.pack("=Qi", fitting, place), 0):
            raise OSError(ctypes.get_errno(), f"landlock_add_rule {path}")
    finally:
        os.close(place)
