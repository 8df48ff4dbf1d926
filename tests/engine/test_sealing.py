from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.engine.sealing import is_sealed, seal, unsealed

OBJECTS = st.dictionaries(st.text(max_size=8), st.one_of(st.text(max_size=20), st.integers(), st.none()), min_size=1)


@given(OBJECTS)
def test_a_sealed_text_is_the_same_object_and_comes_back_byte_for_byte(told: dict[str, object]) -> None:
    text = json.dumps(told, indent=1, ensure_ascii=False)
    sealed = seal(text).encode()
    assert is_sealed(sealed) is True
    assert unsealed(sealed) == text.encode()
    assert json.loads(sealed) == told | {"seal": json.loads(sealed)["seal"]}
    assert seal(sealed.decode()).encode() == sealed


@given(OBJECTS, st.data())
def test_a_flipped_bit_anywhere_in_a_sealed_text_is_seen(told: dict[str, object], data: st.DataObject) -> None:
    sealed = bytearray(seal(json.dumps(told, indent=1)).encode())
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    assert is_sealed(bytes(sealed)) is not True


def test_a_sealed_text_that_somebody_wrote_anew_is_read_and_is_no_longer_sealed() -> None:
    anew = json.dumps(json.loads(seal(json.dumps({"sex": "male"}, indent=1)))).encode()
    assert json.loads(unsealed(anew)) == {"sex": "male"}
    assert is_sealed(anew) is None


def test_what_is_no_indented_object_cannot_be_sealed() -> None:
    with pytest.raises(ValueError, match="indent"):
        seal("[]")
