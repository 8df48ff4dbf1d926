r"""Small JSON files that carry their own sha256, so that a flipped bit in them is seen.

The last line before the closing brace is `"seal": "…"`: the sha256 of the text without it. A text without a seal was
written by somebody else, or is damaged: `genoteca verify` names it.
"""

from __future__ import annotations

import hashlib
import re

__all__ = ["is_sealed", "own_seal", "seal", "unsealed"]

_ANY = re.compile(rb',\s*"seal":\s*"[0-9a-f]{64}"\s*\}\s*\Z')
"""A seal in whatever layout: of a file that somebody has written anew, it says nothing any more."""
_SEAL = re.compile(rb',\n "seal": "([0-9a-f]{64})"\n\}\n?\Z')
_TAIL = 400
"""Bytes at the end of a text among which its seal is."""


def seal(text: str) -> str:
    """Give the text of a JSON object, written with an indent of one, with its seal; an old seal gives way.

    Raises:
        ValueError: it is no such text.

    """
    plain = unsealed(text.encode("utf-8"))
    if not plain.endswith(b"\n}"):
        raise ValueError("only a JSON object with an indent of one can be sealed")
    body = plain.removesuffix(b"\n}").decode("utf-8")
    return f'{body},\n "seal": "{hashlib.sha256(plain).hexdigest()}"\n}}'


def unsealed(data: bytes) -> bytes:
    """Give the text without its seal."""
    found = _ANY.search(data, max(0, len(data) - _TAIL))
    return data[: found.start()] + b"\n}" if found else data


def is_sealed(data: bytes) -> bool | None:
    """Whether a text is what was sealed; None: it has no seal."""
    told = own_seal(data)
    return None if not told else hashlib.sha256(unsealed(data)).hexdigest() == told


def own_seal(data: bytes) -> str:
    """Give the seal that stands in a text, whether or not it fits; empty: there is none."""
    found = _SEAL.search(data, max(0, len(data) - _TAIL))
    return found[1].decode() if found else ""
