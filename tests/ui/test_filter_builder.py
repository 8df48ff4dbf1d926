"""A filter that is taken apart to be edited says the same when it is put together again."""

from hypothesis import given
from hypothesis import strategies as st

from genoteca.model.filter import All, Any_, Condition, Filter, Not, Operator
from genoteca.ui.components.filter_builder import Group, Rule, built, taken_apart

conditions = st.one_of(
    st.builds(
        Condition, column=st.sampled_from(["pos", "gene"]), op=st.just(Operator.EQUAL), value=st.integers(1, 9)
    ),
    st.builds(Condition, column=st.just("gene"), op=st.just(Operator.EMPTY)),
)
trees: st.SearchStrategy[Filter] = st.recursive(
    conditions,
    lambda inner: st.one_of(
        st.builds(lambda part: Not.model_validate({"not": part}), inner),
        st.builds(lambda parts: All.model_validate({"and": parts}), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: Any_.model_validate({"or": parts}), st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=8,
)


def holds(tree: Filter, row: dict[str, int | None]) -> bool:
    if isinstance(tree, Not):
        return not holds(tree.part, row)
    if isinstance(tree, All | Any_):
        held = [holds(part, row) for part in tree.parts]
        return all(held) if isinstance(tree, All) else any(held)
    return row[tree.column] is None if tree.op is Operator.EMPTY else row[tree.column] == tree.value


@given(
    tree=trees,
    rows=st.lists(st.fixed_dictionaries({"pos": st.integers(1, 9), "gene": st.none() | st.integers(1, 9)})),
)
def test_what_is_taken_apart_and_put_together_holds_of_the_same_rows(
    tree: Filter, rows: list[dict[str, int | None]]
) -> None:
    again = built(taken_apart(tree))
    assert again is not None
    assert [holds(again, row) for row in rows] == [holds(tree, row) for row in rows]


def test_a_condition_that_is_not_whole_yet_is_left_out() -> None:
    whole = Rule(column="pos", op=Operator.AT_LEAST, value=5)
    assert built(Group(parts=[Rule(), Rule(column="gene"), Group(parts=[Rule()]), whole])) == All.model_validate(
        {"and": [Condition(column="pos", op=Operator.AT_LEAST, value=5)]}
    )
    assert built(Group(parts=[Rule()], negated=True)) is None
    assert built(taken_apart(None)) is None
