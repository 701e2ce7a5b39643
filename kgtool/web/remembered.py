"""What was worked out before, for what is short: what clients send must not fill memory by being remembered."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

MOST_LENGTH = 4000
Answered = TypeVar("Answered")


def remembered(number: int) -> Callable[[Callable[..., Answered]], Callable[..., Answered]]:
    """As `lru_cache`, of a function whose first argument is a text or bytes.

    >>> calls = []
    >>> count = remembered(2)(lambda text: calls.append(text) or len(text))
    >>> count("short"), count("short"), count("long" * 1001), count("long" * 1001), len(calls)
    (5, 5, 4004, 4004, 3)
    """

    def of_short(work: Callable[..., Answered]) -> Callable[..., Answered]:
        known = lru_cache(number)(work)

        @wraps(work)
        def answer(first: str | bytes, *more: object) -> Answered:
            return (known if len(first) <= MOST_LENGTH else work)(first, *more)

        return answer

    return of_short
