"""Examining a module for its author: every rule, one finding each, in a child process that may run its code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict

from genoteca.engine.modules import ModuleRef
from genoteca.engine.watched import run_watched
from genoteca.errors import CheckError
from genoteca.sdk.finding import Finding
from genoteca.settings import Settings

__all__ = ["examine"]

TIMEOUT = 60.0
"""Seconds after which an import hangs."""


def examine(settings: Settings, module: ModuleRef, *, timeout: float = TIMEOUT) -> list[Finding]:
    """Look at every rule in a child process.

    Raises:
        CheckError: the module's code ended the child, or hangs.

    """
    try:
        done = run_watched(settings, "genoteca.engine.examine", module.model_dump_json(), timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise CheckError(
            f"{module.entry} was still importing after {timeout:.0f} seconds.", hint="Importing must do no work."
        ) from error
    if done.returncode != 0:
        raise CheckError(
            f"Examining {module.entry} ended with exit code {done.returncode}.", hint=done.stderr.strip()[-500:]
        )
    return [Finding(**one) for one in json.loads(done.stdout)]


def main() -> None:
    """Read the module from the input, print its findings as JSON."""
    from genoteca.engine.loading import load_plugin
    from genoteca.errors import GenotecaError
    from genoteca.sdk.check import check_module, line_in

    # What the module prints goes to standard error, so that it cannot be taken for a finding.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    module = ModuleRef.model_validate_json(sys.stdin.read())
    try:
        findings = check_module(load_plugin(module), folder=module.folder)
    except GenotecaError as error:
        file, line = error.at or line_in(error, module.folder) or ("", 0)
        findings = [
            Finding(rule="it can be loaded", ok=False, message=error.message, hint=error.hint, file=file, line=line)
        ]
    json.dump([asdict(one) for one in findings], out)
    out.flush()


if __name__ == "__main__":
    main()
