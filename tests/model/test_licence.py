"""What licences let a person do."""

from __future__ import annotations

import pytest

from genoteca.model.licence import Use, use_of


@pytest.mark.parametrize(
    ("spdx", "use"),
    [
        ("CC0-1.0", Use.ANY),
        ("LicenseRef-NCBI-Public-Domain", Use.ANY),
        ("LicenseRef-PublicDomain", Use.ANY),
        ("CC-BY-4.0", Use.NAMED),
        ("ODbL-1.0", Use.ALIKE),
        ("CC-BY-NC-4.0", Use.LEARNING),
        ("CC-BY-NC-SA-4.0", Use.LEARNING),
        ("LicenseRef-Not-for-commercial-use", Use.LEARNING),
        ("LicenseRef-Yours", Use.OWN),
        ("LicenseRef-Unknown", Use.UNKNOWN),
        ("CC-BY-ND-4.0", Use.UNKNOWN),
        ("", Use.UNKNOWN),
    ],
)
def test_a_licence_is_told_by_its_name(spdx: str, use: Use) -> None:
    assert use_of(spdx) is use


def test_of_joined_licences_the_strictest_holds_and_of_a_choice_the_freest() -> None:
    assert use_of("CC0-1.0 AND CC-BY-NC-4.0") is Use.LEARNING
    assert use_of("CC-BY-NC-4.0 OR CC-BY-4.0") is Use.NAMED
    assert use_of("(CC0-1.0 AND CC-BY-4.0) OR LicenseRef-Unknown") is Use.NAMED


def test_only_what_anybody_may_use_for_anything_is_open() -> None:
    assert [use for use in Use if use.open] == [Use.ANY, Use.NAMED, Use.ALIKE]
