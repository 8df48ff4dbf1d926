"""Taking out of a text whatever could say something of a person, before it is shown to anybody else.

Nothing is looked for: only words that Genoteca's own code is written in are let through. A name, a path, a genotype,
an rsID, a position or a gene is none of them, whatever it looks like; what is left out is marked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

import genoteca

__all__ = ["LEFT_OUT", "own_words", "scrubbed"]

LEFT_OUT = "[…]"
PEOPLE = frozenset({"anna", "ann", "ben", "cleo", "maria", "peter", "mary", "john", "jane", "smith"})
"""Names that stand in examples in the code, and might be somebody's."""
_FINDINGS = """
benign carrier carriers heterozygous hemizygous homozygous likely pathogenic positive negative risk male female
protective deficient affected duplicated deleted
"""
FINDINGS = frozenset(_FINDINGS.split())
"""Words of the code that may say what was found in somebody."""
_CAPITALS = """
API ASCII BAM BCF BED BGZF CPU CSV EOF FASTA FORMAT FTP GQ HTTP HTTPS INFO JSON MB GB MD PAR QUAL RAM SHA SQL SSL
TBI TLS TOML TSV URL UTF UUID VCF XML ZIP
"""
IN_CAPITALS = frozenset(_CAPITALS.split())
"""The only words in capitals that are let through: genes and bases are written so."""

_FRAME = re.compile(
    r'^\s*File "(?P<path>[^"]*)", line (?P<line>\d+)(?:, in (?P<name>[\w<>]+))?\s*$'
)  # a line of a traceback
_OURS = re.compile(r"(?:^|[\\/])(?P<place>(?:genoteca|genoteca_[a-z_]+)[\\/][\w\\/]+\.py)$")
_LIBRARY = re.compile(r"[\\/]site-packages[\\/](?P<place>[a-zA-Z_]\w*)[\\/]")
_QUOTED = re.compile(r"""(?<!\w)(['"`])(?:(?!\1).)*\1|“[^”]*”|‘[^’]*’|«[^»]*»""")
"""What somebody gave is quoted in an error."""
_PATH = re.compile(r"(?:(?<=\s)|^)(?:~?[\\/]|[A-Za-z]:[\\/])\S.*[\\/.]\S*|(?:(?<=\s)|^)~?[\\/]\S*")
"""A path, which may hold blanks: all from its first slash to the last one of the line."""
_WORD = re.compile(r"[^\W\d_]+")
_JOINED = re.compile(r"[\\/|@*>:=]|\d.*[^\W\d]|[^\W\d].*\d")
"""Chunks that are no words: paths, genotypes, positions, addresses, letters with figures."""
_EDGE = ".,;:!?()[]{}'\"`“”‘’<>"
_SMALL = re.compile(r"\d{1,3}")


def scrubbed(text: str, names: Collection[str] = ()) -> str:
    """Give a text with everything left out that is no word of the code, or one of `names` (of people and files)."""
    hidden = {part for name in names for part in _WORD.findall(name.lower())} | PEOPLE | FINDINGS
    return "\n".join(_line(line, hidden) for line in text.splitlines())


def _line(line: str, hidden: Collection[str]) -> str:
    if frame := _FRAME.match(line):
        return f"  {_place(frame['path'])}, line {frame['line']}, in {_function(frame['name'] or '')}"
    indent = line[: len(line) - len(line.lstrip())]
    rest = _PATH.sub(LEFT_OUT, _QUOTED.sub(LEFT_OUT, line.strip()))
    told, first = list[str](), True
    for chunk in rest.split():
        told.append(
            chunk if LEFT_OUT in chunk and set(chunk) <= set(LEFT_OUT + _EDGE) else _chunk(chunk, hidden, first=first)
        )
        first = chunk.endswith((".", ":", "!", "?"))
    text = indent + " ".join(told)
    return re.sub(rf"{re.escape(LEFT_OUT)}(?:[\s,;.]*{re.escape(LEFT_OUT)})+", LEFT_OUT, text)


def _chunk(chunk: str, hidden: Collection[str], *, first: bool) -> str:
    core = chunk.strip(_EDGE)
    if not core:
        return chunk if set(chunk) <= set(_EDGE) else LEFT_OUT
    before, _, after = chunk.partition(core)
    return f"{before}{core if _may_pass(core, hidden, first=first) else LEFT_OUT}{after}"


def _may_pass(core: str, hidden: Collection[str], *, first: bool) -> bool:
    if _SMALL.fullmatch(core):
        return True
    words = _WORD.findall(core)
    if _JOINED.search(core) or not words:
        return False
    return all(_is_known(word, first=first) and word.lower() not in hidden for word in words)


def _is_known(word: str, *, first: bool) -> bool:
    """Tell a word of the code, written as there; the `first` of a sentence may begin with a capital."""
    if word.isupper() and word not in ("A", "I"):
        return word in IN_CAPITALS
    return word in own_words() or (first and word.istitle() and word.lower() in own_words())


def _place(path: str) -> str:
    """Say where in a program a line stands: in ours, or in which library; of no place else."""
    if ours := _OURS.search(path):
        return str(ours["place"]).replace("\\", "/") if ours["place"].startswith("genoteca") else LEFT_OUT
    library = _LIBRARY.search(path)
    return f"the library {library['place']}" if library else LEFT_OUT


def _function(name: str) -> str:
    return name if all(word in own_words() for word in _WORD.findall(name)) else LEFT_OUT


@cache
def own_words() -> frozenset[str]:
    """Give every word of Genoteca's own code, written as it stands there."""
    return frozenset(_words_of(Path(genoteca.__file__).parent.rglob("*.py")))


def _words_of(files: Iterable[Path]) -> Iterable[str]:
    for file in files:
        if "bundled" not in file.parts:
            for word in _WORD.findall(file.read_text("utf-8")):
                if word.islower() or word.istitle():
                    yield word
