"""The launcher of a boxed script: `python -I -S -B launcher.py plan.json` shuts itself in, then runs the script.

It is started by the plain interpreter, without any site-packages: a package of the module's environment may run code
when Python starts (`.pth`), and must not before the box is shut. What cannot be shut is not run: exit code 97.
Imports the standard library, and the two files beside it that do the shutting.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from pathlib import Path
from typing import Any

NOT_SHUT = 97
FAILED_FILE = "failed.json"
"""Names the error that ended the script."""
PR_SET_PDEATHSIG, SIGKILL, PR_CAPBSET_DROP = 1, 9, 24
CAPABILITY_VERSION = 0x20080522
MEGABYTE = 1_000_000
HEADROOM_MB = 512
"""Private memory that Python, threads and allocators set aside and do not use."""
OPEN_FILES, PROCESSES = 256, 512


def main() -> None:
    """Shut the box that the plan describes, and run its script in it."""
    plan: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    here = Path(__file__).resolve().parent
    sys.path.insert(0, str(here))
    try:
        _shut(plan)
    except Exception as error:  # noqa: BLE001 - whatever it was: nothing of the module has run, and nothing will
        sys.stderr.write(f"the box cannot be shut: {type(error).__name__}: {error}\n")
        sys.stderr.flush()
        os._exit(NOT_SHUT)
    _run(plan)


def _shut(plan: dict[str, Any]) -> None:
    _limit(plan)
    if plan["box"] in {"landlock", "bubblewrap"}:
        _die_with_the_app(plan["parent"] if plan["box"] == "landlock" else None)
        _drop_capabilities()
    if plan["box"] == "landlock":
        from landlock import restrict_files  # type: ignore[import-not-found, unused-ignore] # lies beside this file

        restrict_files(plan["read"], plan["write"], network=plan["network"])
    if plan["box"] in {"landlock", "bubblewrap"}:
        from seccomp import refuse_system_calls  # type: ignore[import-not-found, unused-ignore] # likewise

        _no_new_privileges()
        refuse_system_calls(network=plan["network"])


def _limit(plan: dict[str, Any]) -> None:
    try:
        import resource
    except ImportError:  # Windows has none; the app watches
        return
    memory, output = (plan["memory_mb"] + HEADROOM_MB) * MEGABYTE, plan["output_mb"] * MEGABYTE
    limits = {
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": output,
        "RLIMIT_NOFILE": OPEN_FILES,
        "RLIMIT_CPU": plan["seconds"] * (os.cpu_count() or 1) + 1,
        "RLIMIT_DATA": memory,
    }
    if plan["box"] == "sandbox-exec":
        limits["RLIMIT_NPROC"] = PROCESSES
    for name, value in limits.items():
        hard = resource.getrlimit(getattr(resource, name))[1]
        lower = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(getattr(resource, name), (lower, lower))


def _die_with_the_app(parent: int | None) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        raise OSError("the app is gone")


def _drop_capabilities() -> None:
    """Of root: nothing stays by which a limit could be lifted."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    if libc.capset(ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)())):
        raise OSError(ctypes.get_errno(), "capset")


def _no_new_privileges() -> None:
    if ctypes.CDLL(None).prctl(38, 1, 0, 0, 0):
        raise OSError("no_new_privs")


def _run(plan: dict[str, Any]) -> None:
    """Run the script as `__main__`, with its environment's packages; only now are their `.pth` files looked at."""
    import runpy
    import site

    sys.path[:] = [path for path in sys.path if path != str(Path(__file__).resolve().parent)]
    site.addsitedir(plan["site"])
    sys.path += [plan["library"], plan["module"]]
    sys.argv = [plan["script"]]
    try:
        runpy.run_path(plan["script"], run_name="__main__")
    except SystemExit as end:
        if end.code not in (None, 0):
            _fail(plan, end)
        raise
    except BaseException as error:
        _fail(plan, error)
        raise


def _fail(plan: dict[str, Any], error: BaseException) -> None:
    """Say the kind of the error and the script's line: not its words, which may quote the genome."""
    line = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == plan["script"]:
            line = trace.tb_lineno
        trace = trace.tb_next
    told = {"kind": type(error).__name__, "line": line}
    Path(plan["output"], FAILED_FILE).write_text(json.dumps(told), "utf-8")


if __name__ == "__main__":
    main()
