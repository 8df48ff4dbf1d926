"""A filter as a person types it, parsed into the one filter tree.

```
evidence = 'called' and stars >= 2
gene in ('MCM6', 'HERC2') or not (significance contains 'benign')
rsid is not empty
```
Words are read without regard to case; a column stands bare, a text in single quotes (`''` is a quote).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from genoteca.errors import FilterError
from genoteca.model.filter import All, Any_, Condition, Filter, Not, Operator

__all__ = ["parse_where"]

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.])"
    r"|(?P<sign><=|>=|<>|!=|==|=|<|>|\(|\)|,)|(?P<word>[A-Za-z_][A-Za-z0-9_]*))"
)

SIGNS = {
    "=": Operator.EQUAL,
    "==": Operator.EQUAL,
    "!=": Operator.NOT_EQUAL,
    "<>": Operator.NOT_EQUAL,
    "<": Operator.LESS,
    "<=": Operator.AT_MOST,
    ">": Operator.GREATER,
    ">=": Operator.AT_LEAST,
}

Value = str | float | int | bool


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, text or sign, with where it starts (0-based)."""

    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        """Give the word in lower case; empty for anything else."""
        return self.text.lower() if self.kind == "word" else ""


def parse_where(text: str) -> Filter:
    """Parse a filter.

    Raises:
        FilterError: it does not parse; says where and what was expected.

    """
    parser = _Parser(text)
    tree = parser.either()
    if parser.here.kind != "end":
        parser.refuse("`and`, `or` or the end")
    return tree


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while text[at:].strip():
        found = TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise _error(text, at, "a column, a value or a sign")
        tokens.append(Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup)))
        at = found.end()
    return [*tokens, Token("end", "", len(text))]


def _error(text: str, at: int, expected: str) -> FilterError:
    given = text[at:].strip()[:20] or "the end"
    return FilterError(
        f"At character {at + 1} of {text!r} stands {given!r}; expected {expected}.",
        hint="Write it like: evidence = 'called' and stars >= 2",
    )


class _Parser:
    """Recursive descent over the tokens; one method a rule."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.next = 0

    @property
    def here(self) -> Token:
        return self.tokens[self.next]

    def refuse(self, expected: str) -> FilterError:
        raise _error(self.text, self.here.at, expected)

    def take(self) -> Token:
        token = self.here
        self.next += 1
        return token

    def accept(self, *words: str) -> bool:
        """Take the words (or one sign) if all of them stand here."""
        found = [(t.word or t.text) for t in self.tokens[self.next : self.next + len(words)]]
        if found != list(words):
            return False
        self.next += len(words)
        return True

    def either(self) -> Filter:
        parts = [self.both()]
        while self.accept("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Any_(parts=parts)

    def both(self) -> Filter:
        parts = [self.one()]
        while self.accept("and"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else All(parts=parts)

    def one(self) -> Filter:
        if self.accept("not"):
            return Not(part=self.one())
        if self.accept("("):
            inner = self.either()
            if not self.accept(")"):
                self.refuse("`)`")
            return inner
        return self.condition()

    def condition(self) -> Filter:
        if self.here.kind != "word":
            self.refuse("a column")
        column = self.take().text
        if self.here.text in SIGNS:
            return Condition(column=column, op=SIGNS[self.take().text], value=self.value())
        if self.accept("is", "not"):
            return self.emptiness(column, Operator.NOT_EMPTY)
        if self.accept("is"):
            return self.emptiness(column, Operator.EMPTY)
        if self.accept("not", "in"):
            return Not(part=Condition(column=column, op=Operator.IN, value=list(self.values())))
        if self.accept("in"):
            return Condition(column=column, op=Operator.IN, value=list(self.values()))
        if self.accept("contains"):
            return Condition(column=column, op=Operator.CONTAINS, value=self.value())
        if self.accept("starts", "with"):
            return Condition(column=column, op=Operator.STARTS_WITH, value=self.value())
        if self.accept("lists"):
            return Condition(column=column, op=Operator.LISTS, value=self.value())
        raise self.refuse("=, !=, <, <=, >, >=, in, contains, starts with, lists, is empty or is not empty")

    def emptiness(self, column: str, operator: Operator) -> Condition:
        if not (self.accept("empty") or self.accept("null")):
            self.refuse("`empty`")
        return Condition(column=column, op=operator)

    def values(self) -> list[Value]:
        if not self.accept("("):
            self.refuse("`(`")
        found = [self.value()]
        while self.accept(","):
            found.append(self.value())
        if not self.accept(")"):
            self.refuse("`,` or `)`")
        return found

    def value(self) -> Value:
        token = self.here
        if token.kind == "text":
            self.next += 1
            return token.text[1:-1].replace("''", "'")
        if token.kind == "number":
            self.next += 1
            return float(token.text) if any(c in token.text for c in ".eE") else int(token.text)
        if token.word in ("true", "false"):
            self.next += 1
            return token.word == "true"
        raise self.refuse("a text in single quotes, a number, true or false")
