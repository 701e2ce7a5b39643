"""Hierarchies of diseases and signs: what lies below what, and over which path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from pyoxigraph import NamedNode

from kgtool.terms import Term

# A thing and all it lies below, each with the path to it; the thing itself with a path of one.
Ways = Mapping[str, tuple[str, ...]]

Thing = TypeVar("Thing", bound=Hashable)
# What stands directly above a thing, each with the release that says so; empty where none was needed.
Steps = Callable[[Thing], Iterable[tuple[Thing, str]]]


@dataclass(frozen=True)
class Hierarchy:
    """A release. ``labels`` has all of its terms; ``same`` joins terms of any release to exact matches, both ways.

    ``beneath`` finds all that stands below some terms, where that is not to be had from the parents of all; ``expect`` is
    told about which terms it will be asked next.
    """

    release: str
    name: str
    labels: Mapping[str, str]
    parents: Mapping[str, tuple[str, ...]]
    same: Mapping[str, tuple[str, ...]]
    beneath: Callable[[set[str]], set[str]] | None = None
    expect: Callable[[Iterable[str]], None] = lambda terms: None
    _known: dict[str | None, Ways] = field(default_factory=dict, compare=False, repr=False)

    def ways(self, term: str | None) -> Ways:
        """From a term to itself and all it lies below, under every name, with the shortest path of the release's terms.

        Each term is walked once: what it costs is the number of its ancestors, not the size of the release.
        """
        if term not in self._known:
            self._known[term] = dict(self._walk(term)) if term else {}
        return self._known[term]

    def steps(self, term: str) -> list[tuple[str, str]]:
        """Its parents, by the names of this release alone."""
        return [(parent, self.release) for parent in self.parents.get(term, ())]

    def holds(self, term: str) -> bool:
        """Whether the release has the term, under its own name or an exact match."""
        return any(name in self.labels for name in self.names(term))

    def below(self, term: str) -> list[str]:
        """The release's own terms that lie below a term, sorted."""
        own = {name for name in self.names(term) if name in self.labels}
        found = sorted(self.under(own) - own)
        self.expect(found)
        return found

    def under(self, terms: set[str]) -> set[str]:
        """All that stands below some of its terms; one of these only where it stands below another."""
        if self.beneath:
            return self.beneath(terms)
        return downwards(terms, lambda row: (child for term in row for child in self._turned.get(term, ())))

    @cached_property
    def _turned(self) -> Mapping[str, list[str]]:
        below: dict[str, list[str]] = defaultdict(list)
        for child, parents in self.parents.items():
            for parent in parents:
                below[parent].append(child)
        return below

    def names(self, term: str) -> tuple[str, ...]:
        """A term and all that is exactly the same."""
        return (term, *self.same.get(term, ()))

    def _walk(self, term: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        named, walked = {term}, set()
        yield term, (term,)
        row = {own: (own,) for own in self.names(term) if own in self.labels}
        while row:
            walked |= set(row)
            for path in row.values():
                for name in self.names(path[-1]):
                    if name not in named:
                        named.add(name)
                        yield name, path
            following = ((*path, parent) for path in row.values() for parent in self.parents.get(path[-1], ()))
            row = {path[-1]: path for path in sorted(following, reverse=True) if path[-1] not in walked}


# Where no release is at hand, each thing is itself and lies below nothing.
NONE = Hierarchy("", "no hierarchy", {}, {}, {})


class Ancestry(Generic[Thing]):
    """What stands above what, over however many steps; ``release`` is the one that it follows, where that is one."""

    def __init__(self, steps: Steps, release: str = ""):
        self.release = release
        self._steps = steps
        self._known: dict[Thing, dict[Thing, str]] = {}

    def above(self, thing: Thing) -> Mapping[Thing, str]:
        """All ancestors, the thing itself not among them, each with the release of the last step to it."""
        if thing not in self._known:
            self._known[thing] = self._climb(thing)
        return self._known[thing]

    def kinds(self, thing: Thing | None) -> set[Thing]:
        """All that a thing is a kind of: itself and its ancestors; of what was not said, nothing."""
        return set() if thing is None else {thing, *self.above(thing)}

    def below_or_same(self, thing: Thing, other: Thing) -> bool:
        return thing == other or other in self.above(thing)

    def akin(self, one: Thing, other: Thing) -> bool:
        """Whether they are the same, or one stands above the other."""
        return self.below_or_same(one, other) or self.below_or_same(other, one)

    def _climb(self, thing: Thing) -> dict[Thing, str]:
        # not recursive: a hierarchy may be deep, and a faulty one may run in a circle
        reached: dict[Thing, str] = {}
        waiting = [thing]
        while waiting:
            for parent, release in self._steps(waiting.pop()):
                if parent not in reached and parent != thing:
                    reached[parent] = release
                    waiting.append(parent)
        return reached


@dataclass(frozen=True)
class Release:
    """One release that the store holds in a graph of its own; ``default`` where nobody asks for another."""

    iri: str
    hierarchy: str
    name: str
    graph: str
    default: bool


@dataclass(frozen=True)
class Hierarchies:
    """The releases that a store holds, for all who judge over it; ``read`` reads each once, when it is asked for."""

    releases: tuple[Release, ...]
    read: Callable[[Release], Hierarchy]

    def default(self, hierarchy: str) -> Hierarchy:
        """The release of a hierarchy that is followed where nobody asks for another."""
        found = (self.read(one) for one in self.releases if one.default and one.hierarchy == hierarchy)
        return next(found, NONE)

    def steps(self, term: str) -> list[tuple[str, str]]:
        """The parents of a term in all default releases."""
        return [step for one in self._followed for step in one.steps(term)]

    def below(self, term: str) -> set[str]:
        """All from which such steps lead to a term."""
        found: set[str] = set()
        rows = [(one, {term}) for one in self._followed]
        while rows:
            reached = [(one, one.under(row) - found) for one, row in rows]
            found |= set().union(*(row for _, row in reached))
            # below what one release has found, others may have more
            beside = [(one, set().union(*(row for other, row in reached if other is not one))) for one in self._followed]
            rows = [(one, row) for one, row in beside if row]
        return found - {term}

    def expect(self, terms: Iterable[str]) -> None:
        """Be told about which terms the followed releases will be asked next."""
        for one in self._followed:
            one.expect(terms)

    @property
    def _followed(self) -> list[Hierarchy]:
        return [self.read(one) for one in self.releases if one.default]


def downwards(tops: set[str], directly_below: Callable[[list[str]], Iterable[str]]) -> set[str]:
    """What stands below some terms, row by row; the terms are in it only where they run in a circle."""
    found, row = set(), tops
    while row:
        row = set(directly_below(sorted(row))) - found
        found |= row
    return found


def of_nodes(steps: Steps[str]) -> Steps[Term]:
    """The same steps from node to node; nothing stands above a literal."""
    return lambda thing: (
        [(NamedNode(parent), release) for parent, release in steps(thing.value)] if isinstance(thing, NamedNode) else []
    )
