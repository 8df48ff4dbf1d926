"""A publisher's checksum file: the digest of one file, alone or in a list of many."""

from __future__ import annotations

import re

__all__ = ["published_digest"]

_DIGEST = re.compile(r"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{32})(?![0-9a-fA-F])")


def published_digest(text: str, name: str) -> str | None:
    """Give the MD5 or SHA-256 digest, in lower case, of the file `name`; None: there is none, or of others only.

    Of a list (`md5sum.txt`) the line that ends with the name counts; a file with a single digest need not name it.
    """
    lines = [(found[0].lower(), line) for line in text.splitlines() if (found := _DIGEST.search(line))]
    named = [digest for digest, line in lines if re.split(r"[\s*/]", line.strip())[-1] == name]
    if named:
        return named[0]
    return lines[0][0] if len(lines) == 1 else None
