"""What a store says of things, found when it is asked for and kept: for those who ask of few."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TypeVar

Value = TypeVar("Value")


class LookedUp(Mapping[str, Value]):
    """It is no list of what there is: only what was asked for is in it to be counted. What is found may tell of other
    things too, which then need not be found again.
    """

    def __init__(self, find: Callable[[tuple[str, ...]], Mapping[str, Value]]):
        self._find = find
        self._known: dict[str, Value | None] = {}
        self._expected: set[str] = set()

    def fetch(self, things: Collection[str]) -> None:
        """Find many at once, in one question to the store, and with them all that is expected."""
        if not all(thing in self._known for thing in things):
            missing = sorted({*things, *self._expected} - self._known.keys())
            self._expected.clear()
            self._known |= dict.fromkeys(missing) | self._find(tuple(missing))

    def expect(self, things: Iterable[str]) -> None:
        """Let these be found together with what is asked for next."""
        self._expected.update(things)

    def __getitem__(self, thing: str) -> Value:
        if (found := self.get(thing)) is None:
            raise KeyError(thing)
        return found

    def __contains__(self, thing: object) -> bool:
        return self.get(thing) is not None

    def get(self, thing: str, default: Value | None = None) -> Value | None:
        try:  # asked for again and again
            found = self._known[thing]
        except KeyError:
            self.fetch((thing,))
            found = self._known[thing]
        return default if found is None else found

    def __iter__(self) -> Iterator[str]:
        return (thing for thing, found in self._known.items() if found is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Part(Mapping[str, Value]):
    """One part of what is looked up together."""

    def __init__(self, whole: Mapping[str, tuple], place: int):
        self._whole, self._place = whole, place

    def __getitem__(self, thing: str) -> Value:
        return self._whole[thing][self._place]

    def __contains__(self, thing: object) -> bool:
        return self._whole.get(thing) is not None

    def get(self, thing: str, default: Value | None = None) -> Value | None:
        return default if (found := self._whole.get(thing)) is None else found[self._place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._whole)
