"""What an isolated module's environment is made of: pinned versions, each with its hashes, and nothing else."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from genoteca.errors import ManifestError

__all__ = ["Requirements", "read_requirements"]

HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
PINNED = re.compile(r"==[^=*][^*]*")
LARGEST = 4_000_000
HINT = "Write it with: uv pip compile --universal --generate-hashes --only-binary :all: requirements.in"


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirements:
    """A pinned requirements file."""

    text: str
    """Normalised: what uv is given."""
    names: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """Fingerprint: equal ones share an environment."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_requirements(folder: Path, name: str) -> Requirements:
    """Read a module's requirements; an empty `name` means there are none.

    Raises:
        ManifestError: no such file, or a line that is not one pinned version with sha256 hashes.

    """
    if not name:
        return Requirements(text="", names=())
    path = folder / name
    try:
        content = path.read_bytes()[:LARGEST].decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path} cannot be read: {error}", hint=HINT) from error
    lines = [_line(path, line) for line in _logical(content)]
    return Requirements(text="".join(f"{line}\n" for line, _ in lines), names=tuple(name for _, name in lines))


def _logical(content: str) -> list[str]:
    joined = re.sub(r"\\\r?\n", " ", content)
    return [line.strip() for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def _line(path: Path, line: str) -> tuple[str, str]:
    words = line.split(" --", 1)
    hashes = HASH.findall(line)
    rest = HASH.sub("", line[len(words[0]) :]).strip()
    try:
        wanted = Requirement(words[0].strip())
    except InvalidRequirement as error:
        raise ManifestError(f"{path}: {line[:80]!r} is not a requirement: {error}", hint=HINT) from error
    pinned = len(wanted.specifier) == 1 and PINNED.fullmatch(str(wanted.specifier))
    if not pinned or wanted.url or not hashes or rest:
        raise ManifestError(
            f"{path}: {line[:80]!r}: expected one version (name==1.2) and its --hash=sha256:…, nothing else",
            hint=HINT,
        )
    return " ".join([words[0].strip(), *hashes]), wanted.name
