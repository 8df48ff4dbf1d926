"""What a publisher's no means, in words that say what to do."""

from __future__ import annotations

from genoteca.errors import FetchError, NotOfferedError

__all__ = ["refusal"]

TOKEN = "set your access token as HF_TOKEN"  # noqa: S105 - words, not a password


GONE = frozenset({404, 410})


def refusal(what: str, status: int, *, reason: str = "", code: str = "", token: bool = False) -> FetchError:
    """Give the error for an answer that will not change by asking again.

    `what` was asked for; `reason` is the words beside the status; `code` is the Hub's X-Error-Code; `token` says that
    one was shown.
    """
    said = f"{what} answered {status} {reason}".strip() + "."
    if code == "GatedRepo":
        return FetchError(
            f"{said} Its owner gives it to those who accept its terms.",
            title="The publisher asks you to accept its terms",
            hint=f"Open its page, sign in and accept the terms; then {TOKEN}.",
        )
    if code in {"RevisionNotFound", "EntryNotFound"}:
        absent = "commit" if code == "RevisionNotFound" else "file"
        return NotOfferedError(
            f"{said} There is no such {absent}.", hint="Check the source in the module's settings."
        )
    if status == 401 or code == "RepoNotFound":
        known = "with this token" if token else "without a token"
        return FetchError(
            f"{said} {known.capitalize()} it is not there: absent, private, or asking who you are.",
            title="The publisher asks who you are",
            hint=f"Check the source's name. If it is private, {TOKEN}{', or another one' if token else ''}.",
        )
    if status == 403:
        return FetchError(
            f"{said} It may not be read {'with this token' if token else 'by everybody'}.",
            title="The publisher does not allow this",
            hint="Accept its terms on its page if it has any, or set another source for the module.",
        )
    kind = NotOfferedError if status in GONE else FetchError
    return kind(
        said, hint="The publisher may have moved the file. Try again later, or set another source for the module."
    )
