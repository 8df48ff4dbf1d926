import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.errors import InputError
from genoteca.model.sample import SLUG, SampleId, slug

slugs = st.from_regex(SLUG, fullmatch=True)


@given(user=slugs, sample=slugs)
def test_a_partition_key_splits_into_what_it_was_joined_from(user: str, sample: str) -> None:
    joined = SampleId(user=user, sample=sample)
    assert SampleId.parse(joined.key) == joined


@given(text=st.text())
def test_a_name_becomes_a_slug_or_is_refused(text: str) -> None:
    try:
        made = slug(text)
    except InputError:
        return
    assert SLUG.fullmatch(made)
    assert slug(made) == made


@pytest.mark.parametrize("key", ["", "a", "a/b/c", "a/", "/b", "A/b", "../b", "a/..", "a b/c", "a\\b/c"])
def test_what_is_not_a_partition_key_is_refused(key: str) -> None:
    with pytest.raises(InputError, match="user/sample"):
        SampleId.parse(key)


def test_accents_and_spaces_become_plain_letters() -> None:
    assert slug("Žofie  Nováková") == "zofie-novakova"
