"""What uv says that it asks; tests/store/test_extras.py compares it with what a real index was asked."""

from __future__ import annotations

from genoteca.model.outside import Asked
from genoteca.sdk.uv_log import BY_UV, tell_requests, without_log

SAID = """\
DEBUG uv 0.13.9
DEBUG No cache entry for: https://pypi.org/simple/six/
DEBUG Sending fresh GET request for: https://pypi.org/simple/six/
DEBUG Found fresh response for: https://pypi.org/simple/idna/
DEBUG Sending revalidation request for: https://me:secret@index.example.org/simple/six/?token=secret
DEBUG Sending fresh HEAD request for: https://files.pythonhosted.org/packages/six-1.16.0-py2.py3-none-any.whl
  × No solution found when resolving dependencies
Resolved 1 package in 162ms
""".splitlines()


def test_each_request_is_told_once_and_what_came_from_the_cache_is_none() -> None:
    heard: list[Asked] = []
    tell_requests(SAID, heard.append)
    assert heard == [
        Asked("https://pypi.org/simple/six/", None, BY_UV),
        Asked("https://index.example.org/simple/six/", None, BY_UV),
        Asked("https://files.pythonhosted.org/packages/six-1.16.0-py2.py3-none-any.whl", None, BY_UV),
    ]


def test_a_reason_is_what_remains_without_the_log() -> None:
    assert without_log(SAID) == ["  × No solution found when resolving dependencies", "Resolved 1 package in 162ms"]
