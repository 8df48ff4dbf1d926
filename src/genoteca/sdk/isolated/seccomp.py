"""What a boxed process may not ask the kernel for: a seccomp filter, written as BPF.

Runs inside the box, under any Python from 3.11 on, and imports the standard library only.

Landlock governs opening, making and removing files, and TCP. What it lets through is refused here: every socket
(UDP, and the Unix sockets of other programs), other processes (so a fork bomb is one process, and nothing is executed
outside), `chmod` and its kin (which work on any file of the user's, by its path), io_uring (which asks past this
filter), and what reaches into other processes. Numbers: arch/x86/entry/syscalls/syscall_64.tbl and
include/uapi/asm-generic/unistd.h of Linux.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct

__all__ = ["ARCHITECTURES", "refuse_system_calls"]

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""AUDIT_ARCH_… by machine; others have no filter here."""

EPERM, ENOSYS = 1, 38
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
X32 = 0x40000000
"""From here on x86_64 takes its calls under other numbers."""
CLONE_THREAD = 0x10000
AF_INET, AF_INET6 = 2, 10
F_SETOWN, F_SETOWN_EX = 8, 15

X86_64 = {
    "socket": 41, "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "kill": 62, "fcntl": 72, "chmod": 90,
    "fchmod": 91, "chown": 92, "fchown": 93, "lchown": 94, "ptrace": 101, "syslog": 103, "setpgid": 109,
    "setsid": 112, "rt_sigqueueinfo": 129, "utime": 132, "personality": 135, "setpriority": 141,
    "sched_setparam": 142, "sched_setscheduler": 144, "pivot_root": 155, "chroot": 161, "acct": 163,
    "settimeofday": 164, "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168, "reboot": 169,
    "sethostname": 170, "setdomainname": 171, "iopl": 172, "ioperm": 173, "init_module": 175, "delete_module": 176,
    "quotactl": 179, "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190, "removexattr": 197, "lremovexattr": 198,
    "fremovexattr": 199, "tkill": 200, "sched_setaffinity": 203, "clock_settime": 227, "tgkill": 234, "utimes": 235,
    "mq_open": 240, "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250, "ioprio_set": 251,
    "inotify_init": 253, "migrate_pages": 256, "fchownat": 260, "futimesat": 261, "fchmodat": 268, "unshare": 272,
    "move_pages": 279, "utimensat": 280, "inotify_init1": 294, "rt_tgsigqueueinfo": 297, "perf_event_open": 298,
    "fanotify_init": 300, "prlimit64": 302, "open_by_handle_at": 304, "setns": 308, "process_vm_readv": 310,
    "process_vm_writev": 311, "kcmp": 312, "finit_module": 313, "sched_setattr": 314, "memfd_create": 319,
    "kexec_file_load": 320, "bpf": 321, "execveat": 322, "userfaultfd": 323, "shmget": 29, "semget": 64, "msgget": 68,
}  # fmt: skip
AARCH64 = {
    "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "removexattr": 14, "lremovexattr": 15, "fremovexattr": 16,
    "fcntl": 25, "inotify_init1": 26, "ioprio_set": 30, "umount2": 39, "mount": 40, "pivot_root": 41, "chroot": 51,
    "fchmod": 52, "fchmodat": 53, "fchownat": 54, "fchown": 55, "quotactl": 60, "utimensat": 88, "acct": 89,
    "personality": 92, "unshare": 97, "kexec_load": 104, "init_module": 105, "delete_module": 106,
    "clock_settime": 112, "syslog": 116, "ptrace": 117, "sched_setparam": 118, "sched_setscheduler": 119,
    "sched_setaffinity": 122, "kill": 129, "tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138, "setpriority": 140,
    "reboot": 142, "setpgid": 154, "setsid": 157, "sethostname": 161, "setdomainname": 162, "settimeofday": 170,
    "mq_open": 180, "msgget": 186, "semget": 190, "shmget": 194, "socket": 198, "add_key": 217, "request_key": 218,
    "keyctl": 219, "clone": 220, "execve": 221, "swapon": 224, "swapoff": 225, "migrate_pages": 238,
    "move_pages": 239, "rt_tgsigqueueinfo": 240, "perf_event_open": 241, "prlimit64": 261, "fanotify_init": 262,
    "open_by_handle_at": 265, "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272,
    "finit_module": 273, "sched_setattr": 274, "memfd_create": 279, "bpf": 280, "execveat": 281, "userfaultfd": 282,
    "kexec_file_load": 294,
}  # fmt: skip
BOTH = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "pidfd_open": 434, "clone3": 435, "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442,
    "memfd_secret": 447, "process_mrelease": 448, "fchmodat2": 452, "setxattrat": 463, "removexattrat": 466,
    "open_tree_attr": 467, "file_setattr": 469,
}  # fmt: skip
"""Calls since Linux 5.1 have one number everywhere."""

LOOKED_AT = frozenset(
    {"socket", "clone", "clone3", "fcntl", "kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"}
)
OF_ITSELF = frozenset({"prlimit64", "sched_setaffinity"})
"""Refused of any other process; 0 means the caller."""


def refuse_system_calls(*, network: bool) -> None:
    """Put the filter over this process and all its threads, for good; `network`: sockets of IPv4 and IPv6 are let be.

    Raises OSError when the kernel does not take it.
    """
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        raise OSError(f"no filter is known for {machine}")
    program = _program(machine, network=network)
    held = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(header), 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


def _program(machine: str, *, network: bool) -> bytes:
    """Write the filter. Every block begins with the call's number loaded, and leaves it so for the next."""
    numbers = (X86_64 if machine == "x86_64" else AARCH64) | BOTH
    lines = [_load(ARCHITECTURE), _jump(EQUAL, ARCHITECTURES[machine], 1, 0), _give(KILL), _load(NUMBER)]
    if machine == "x86_64":
        lines += [_jump(AT_LEAST, X32, 0, 1), _give(REFUSE | ENOSYS)]
    for name, number in numbers.items():
        if name not in LOOKED_AT | OF_ITSELF:
            lines += [_jump(EQUAL, number, 0, 1), _give(REFUSE | EPERM)]
    for name in OF_ITSELF:
        lines += _unless(numbers[name], 0, [0])
    for name in ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"):
        lines += _unless(numbers[name], 0, [os.getpid()])
    lines += _unless(numbers["socket"], 0, [AF_INET, AF_INET6] if network else [])
    lines += _if_any(numbers["fcntl"], 1, [F_SETOWN, F_SETOWN_EX])
    # A thread may be made, a process not. clone3 hides its flags behind a pointer; without it, clone is used.
    lines += [_jump(EQUAL, numbers["clone3"], 0, 1), _give(REFUSE | ENOSYS)]
    lines += [_jump(EQUAL, numbers["clone"], 0, 4), _load(ARGUMENTS), _jump(ANY_BIT, CLONE_THREAD, 1, 0)]
    lines += [_give(REFUSE | EPERM), _load(NUMBER)]
    return b"".join([*lines, _give(ALLOW)])


def _unless(number: int, argument: int, values: list[int]) -> list[bytes]:
    """Refuse a call unless the low half of its argument is one of these values."""
    tests = [_jump(EQUAL, value, len(values) - at, 0) for at, value in enumerate(values)]
    inner = [_load(ARGUMENTS + 8 * argument), *tests, _give(REFUSE | EPERM), _load(NUMBER)]
    return [_jump(EQUAL, number, 0, len(inner)), *inner]


def _if_any(number: int, argument: int, values: list[int]) -> list[bytes]:
    """Refuse a call if the low half of its argument is one of these values."""
    tests = [line for value in values for line in (_jump(EQUAL, value, 0, 1), _give(REFUSE | EPERM))]
    inner = [_load(ARGUMENTS + 8 * argument), *tests, _load(NUMBER)]
    return [_jump(EQUAL, number, 0, len(inner)), *inner]


def _load(offset: int) -> bytes:
    return struct.pack("HBBI", LOAD, 0, 0, offset)


def _jump(test: int, value: int, then: int, otherwise: int) -> bytes:
    return struct.pack("HBBI", test, then, otherwise, value)


def _give(verdict: int) -> bytes:
    return struct.pack("HBBI", RETURN, 0, 0, verdict)
