import pytest

from genoteca.engine.results import parse_where
from genoteca.errors import FilterError
from genoteca.model.filter import All, Any_, Condition, Not, Operator


def test_and_binds_tighter_than_or() -> None:
    tree = parse_where("a = 1 or b = 'x' and not c is empty")
    assert tree == Any_(
        parts=[
            Condition(column="a", op=Operator.EQUAL, value=1),
            All(
                parts=[
                    Condition(column="b", op=Operator.EQUAL, value="x"),
                    Not(part=Condition(column="c", op=Operator.EMPTY)),
                ]
            ),
        ]
    )


def test_lists_quotes_and_words_are_read() -> None:
    assert parse_where("gene IN ('MCM6', 'O''Neil')") == Condition(
        column="gene", op=Operator.IN, value=["MCM6", "O'Neil"]
    )
    assert parse_where("gene not in (1)") == Not(part=Condition(column="gene", op=Operator.IN, value=[1]))
    assert parse_where("t Starts With 'rs'").op is Operator.STARTS_WITH  # type: ignore[union-attr]
    assert parse_where("q >= -1.5e2").value == -150.0  # type: ignore[union-attr]
    assert parse_where("(f = true)").value is True  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "the end"),
        ("gene", "the end"),
        ("gene = ", "the end"),
        ("gene = 'a", "'a"),
        ("gene ~ 'a'", "~"),
        ("(a = 1", "the end"),
        ("a = 1 b = 2", "b = 2"),
        ("a = 1; drop table answers", "; drop"),
        ("a in ()", ")"),
        ("a is 3", "3"),
    ],
)
def test_a_filter_that_does_not_parse_says_where(text: str, place: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_where(text)
    assert place in caught.value.message
    assert "expected" in caught.value.message
