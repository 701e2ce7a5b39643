"""What stands above what in a hierarchy of diseases or signs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kgtool.terms import Term


@dataclass(frozen=True)
class Ancestry:
    """Parents by child, in one release of one hierarchy; ``release`` is its IRI, empty where none was read."""

    parents: Mapping[Term, tuple[Term, ...]]
    release: str = ""
    _known: dict[Term, frozenset[Term]] = field(default_factory=dict, compare=False, repr=False)

    def above(self, thing: Term) -> frozenset[Term]:
        """All ancestors, the thing itself not among them."""
        if thing not in self._known:
            self._known[thing] = frozenset(self._climb(thing)) - {thing}
        return self._known[thing]

    def below_or_same(self, thing: Term, other: Term) -> bool:
        return thing == other or other in self.above(thing)

    def akin(self, one: Term, other: Term) -> bool:
        """Whether they are the same, or one stands above the other."""
        return self.below_or_same(one, other) or self.below_or_same(other, one)

    def _climb(self, thing: Term) -> set[Term]:
        # not recursive: a hierarchy may be deep, and a faulty one may run in a circle
        reached: set[Term] = set()
        waiting = list(self.parents.get(thing, ()))
        while waiting:
            parent = waiting.pop()
            if parent not in reached:
                reached.add(parent)
                waiting += self.parents.get(parent, ())
        return reached


def read(rows: Iterable[tuple[Term | None, ...]]) -> Ancestry:
    """From rows of release, child and parent."""
    parents: dict[Term, tuple[Term, ...]] = {}
    release = ""
    for named, child, parent in rows:
        release = named.value
        parents[child] = (*parents.get(child, ()), parent)
    return Ancestry(parents, release)
