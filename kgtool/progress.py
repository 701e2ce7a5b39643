"""How far a long piece of work is, told as it goes by what does it to whoever watches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

Tick = Callable[[str, int, str, float], None]  # so far: of what, how many, in which unit, and the share, 0 where not known
_OFTEN = 1000


def unwatched(what: str, count: int, unit: str, share: float) -> None:
    """For work that nobody watches."""


def counted(items: Iterable[Item], tick: Tick, what: str, unit: str, known: int = 0) -> Iterator[Item]:
    """The same items, told of as they pass; ``known`` is how many there will be, where that is known."""
    count = 0
    tick(what, 0, unit, 0)  # from here on time is taken
    for count, item in enumerate(items, 1):
        if count % _OFTEN == 0:
            tick(what, count, unit, min(1, count / known) if known else 0)
        yield item
    tick(what, count, unit, 1)
