"""What a client holds already is not sent again: the tags of answers, and whether one is named in a request.

https://www.rfc-editor.org/rfc/rfc9110#name-conditional-requests
"""

from __future__ import annotations

import hashlib

ANY = "*"


def of(*told: str | bytes) -> str:
    """A tag that is the same where the same is told of an answer, as its type and its content are."""
    digests = (hashlib.sha256(each.encode() if isinstance(each, str) else each).digest() for each in told)
    return f'"{hashlib.sha256(b"".join(digests)).hexdigest()[:32]}"'


def named(none_match: str) -> set[str]:
    """The tags in an If-None-Match, which are compared as weak ones are.

    >>> sorted(named('W/"a", "b"')), named("*"), named("")
    (['"a"', '"b"'], {'*'}, set())
    """
    return {each.strip().removeprefix("W/") for each in none_match.split(",")} - {""}
