"""What the app had to say, kept while it is open: nothing vanishes before it was read."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from nicegui import Event

__all__ = ["Message", "Messages"]

Kind = Literal["info", "good", "warn", "bad"]
MOST = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One thing that was said."""

    text: str
    kind: Kind = "info"
    target: str = ""
    """Address of the page that it is about; empty: none."""
    sample: str = ""
    """Key of the sample that it is about; empty: none."""
    when: datetime = field(default_factory=lambda: datetime.now(UTC))


def _named(sample: str) -> Callable[[Message], bool]:
    """Make a function that tells whether a message is about a sample, or names it: `anna/g10` is not `anna/g1`."""
    slug = "A-Za-z0-9._-"
    key = re.compile(rf"(?<![{slug}]){re.escape(sample)}(?![{slug}])")
    return lambda one: one.sample == sample or any(key.search(told) for told in (one.text, one.target))


class Messages:
    """The last messages, newest first."""

    def __init__(self) -> None:
        self._kept: deque[Message] = deque(maxlen=MOST)
        self.unread = 0
        self.came: Event[[]] = Event()
        """Tells every open page that there is another, or that all were read."""

    @property
    def kept(self) -> list[Message]:
        """Give them, newest first."""
        return list(self._kept)

    def say(self, text: str, kind: Kind = "info", *, target: str = "", sample: str = "") -> None:
        """Say something on every open page; it stays at hand until the app is closed."""
        if self._kept and (self._kept[0].text, self._kept[0].target) == (text, target):
            self._kept.popleft()  # the same again is one message, of now
        else:
            self.unread += 1
        self._kept.appendleft(Message(text=text, kind=kind, target=target, sample=sample))
        self.came.emit()

    def forget(self, sample: str) -> None:
        """Drop what was said of a sample."""
        about = _named(sample)
        self._kept = deque((one for one in self._kept if not about(one)), maxlen=MOST)
        self.unread = min(self.unread, len(self._kept))
        self.came.emit()

    def read(self) -> None:
        """Note that all were looked at."""
        self.unread = 0
        self.came.emit()

    def clear(self) -> None:
        """Drop them all."""
        self._kept.clear()
        self.read()
