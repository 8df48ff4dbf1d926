"""Dagster Pipes between the app and a boxed script: files in the run's folder, read as what a stranger wrote.

What arrives is progress, facts for the answer's record, and "cannot be tested". Nothing of it becomes a Dagster event
or log: a genotype would stay there when the genome is deleted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import JsonValue

__all__ = ["Heard", "Messages", "PlainContext"]

LONGEST_LINE = 64 * 1024
LONGEST_TEXT = 300
MOST_FACTS = 100
BLOCK = 1 << 20


@dataclass(kw_only=True, slots=True)
class Heard:
    """What a script has said so far."""

    facts: dict[str, JsonValue] = field(default_factory=dict)
    untestable: str = ""
    opened: bool = False
    not_understood: int = 0
    """Messages that are none."""


class PlainContext(dg.PipesContextInjector):
    """Hands the script Dagster's context of the run, without the names of the person and of the sample."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def inject_context(self, context: Any) -> Iterator[dict[str, Any]]:
        """Write the context into the run's folder."""
        nameless = {"partition_key": None, "partition_key_range": None, "partition_time_window": None}
        plain = {**context, **nameless, "provenance_by_asset_key": None}
        self.path.write_text(json.dumps(plain), "utf-8")
        yield {"path": str(self.path)}

    def no_messages_debug_text(self) -> str:
        """Say where the context was written."""
        return f"The context was written to {self.path.name}."


class Messages(dg.PipesMessageReader):
    """Reads a script's messages from the file that the app made and keeps open, whatever the script puts there."""

    expected_writer_count = 1

    def __init__(self, path: Path, progress: Callable[[float, str], None]) -> None:
        self.path = path
        self.heard = Heard()
        self._progress = progress
        self._descriptor = -1
        self._rest = b""

    @contextmanager
    def read_messages(self, handler: Any) -> Iterator[dict[str, Any]]:
        """Make the file, and name it to the script; Dagster itself hears only that the session began and ended."""
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            yield {"path": str(self.path), "include_stdio_in_messages": False}
        finally:
            os.close(self._descriptor)
            self._descriptor = -1
            for method in ("opened", "closed"):
                handler.handle_message({"method": method, "params": {}})

    def listen(self) -> None:
        """Take in what was said since the last time."""
        while block := os.read(self._descriptor, BLOCK):
            *lines, self._rest = (self._rest + block).split(b"\n")
            for line in lines:
                self._take(line)
            if len(self._rest) > LONGEST_LINE:
                self._rest = b""
                self.heard.not_understood += 1

    def no_messages_debug_text(self) -> str:
        """Say where messages were looked for."""
        return f"The messages were read from {self.path.name}."

    def _take(self, line: bytes) -> None:
        try:
            told = json.loads(line[:LONGEST_LINE])
            self._understand(told["method"], told["params"] or {})
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self.heard.not_understood += 1

    def _understand(self, method: str, params: Mapping[str, Any]) -> None:
        if method in {"opened", "closed", "log"}:
            self.heard.opened = True
        elif method == "report_custom_message":
            self._said(params["payload"])
        elif method == "report_asset_materialization":
            self._keep({name: value["raw_value"] for name, value in (params["metadata"] or {}).items()})
        else:
            self.heard.not_understood += 1

    def _said(self, payload: Mapping[str, Any]) -> None:
        if "progress" in payload:
            self._progress(min(max(float(payload["progress"]), 0.0), 1.0), _short(payload.get("message", "")))
        elif "told" in payload:
            self._keep(payload["told"])
        elif "untestable" in payload:
            self.heard.untestable = _short(payload["untestable"]) or "The module cannot test this genome."
        else:
            self.heard.not_understood += 1

    def _keep(self, facts: Mapping[str, Any]) -> None:
        for name, value in facts.items():
            if isinstance(value, str | int | float | bool | None) and len(self.heard.facts) < MOST_FACTS:
                self.heard.facts[_short(name)[:60]] = _short(value) if isinstance(value, str) else value
            else:
                self.heard.not_understood += 1


def _short(text: object) -> str:
    return " ".join(str(text).split())[:LONGEST_TEXT]
