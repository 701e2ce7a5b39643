"""Hierarchies of diseases and signs, as their releases have them: what lies below what, and over which path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from typing import Generic, TypeVar

from pyoxigraph import NamedNode

from kgtool.catalogue import Query
from kgtool.store import Store
from kgtool.store.protocol import Row
from kgtool.terms import Term

# A term in one release: its label, and its parents there.
Named = tuple[str, tuple[str, ...]]
# A thing and all it lies below, each with the path to it; the thing itself with a path of one.
Ways = Mapping[str, tuple[str, ...]]

_MANY = 20  # terms asked about together

Thing = TypeVar("Thing", bound=Hashable)
Value = TypeVar("Value")
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
        return _downwards(terms, lambda row: (child for term in row for child in self._turned.get(term, ())))

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


def _downwards(tops: set[str], directly_below: Callable[[list[str]], Iterable[str]]) -> set[str]:
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


class LookedUp(Mapping[str, Value]):
    """What a store says of things, found when it is asked for and kept: for those who ask of few.

    It is no list of what there is: only what was asked for is in it to be counted. What is found may tell of other
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


def read(store: Store, queries: Mapping[str, Query]) -> Hierarchies:
    """What a store holds now, each release as a whole; it is not told of what is added later."""
    same = _both_ways((one.value, other.value) for one, other in store.select(queries["exact-matches"].text).rows)
    return Hierarchies(_releases(store, queries), cache(lambda release: _whole(store, queries, release, same)))


def looked_up(store: Store, queries: Mapping[str, Query]) -> Hierarchies:
    """The same for a question about few things: a term is read when it is asked for, and with it all that stands above it."""
    releases: list[LookedUp[Named]] = []

    def expect(terms: Iterable[str]) -> None:
        """Who asks one release about terms asks others about them too."""
        for known in releases:
            known.expect(terms)

    def expect_all(terms: Iterable[str]) -> None:
        expect(terms)
        same.expect(terms)

    def matching(things: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
        rows = store.select(queries["exact-matches-of"].bind({"thing": things})).rows
        expect([other.value for _, other in rows])
        return _sorted(_sets((one.value, other.value) for one, other in rows))

    @cache
    def by_term(release: Release) -> Hierarchy:
        def rows(terms: Iterable[str], above: str) -> tuple[Row, ...]:
            asked = {"graph": release.graph, "closure": above, "term": tuple(terms)}
            return store.select(queries["release-terms"].bind(asked)).rows

        def find(terms: tuple[str, ...]) -> Mapping[str, Named]:
            above = closure(release.graph)
            if len(terms) > _MANY:  # what stands above so many is mostly among them: what is not is what their parents tell
                found = rows(terms, release.graph)
                if missing := {parent.value for _, _, parent in found if parent is not None} - {*terms, *known}:
                    found += rows(sorted(missing), above)
            else:
                found = rows(terms, above)
            labels, parents = _terms(found, store)
            expect_all(labels)
            return {term: (label, parents.get(term, ())) for term, label in labels.items()}

        known = LookedUp(find)
        releases.append(known)
        beneath = partial(_beneath, store, queries["release-below"], release.graph)
        return Hierarchy(release.iri, release.name, _Part(known, 0), _Part(known, 1), same, beneath, expect_all)

    same = LookedUp(matching)
    return Hierarchies(_releases(store, queries), by_term)


def closure(graph: str) -> str:
    """The graph in which a build notes what stands above each term of a release that has a graph of its own."""
    return graph.replace("/hierarchy-", "/ancestors-")


def _beneath(store: Store, query: Query, graph: str, terms: set[str]) -> set[str]:
    def below(row: Iterable[str], within: str) -> set[str]:
        return {found.value for found, in store.select(query.bind({"graph": within, "term": tuple(row)})).rows}

    if store.ask(f"ASK {{ GRAPH <{closure(graph)}> {{ ?term skos:broaderTransitive ?above }} }}"):
        return below(sorted(terms), closure(graph))
    return _downwards(terms, lambda row: below(row, graph))


def _releases(store: Store, queries: Mapping[str, Query]) -> tuple[Release, ...]:
    found = store.select(queries["releases"].text).rows
    return tuple(
        Release(iri.value, hierarchy.value, name.value, graph.value, default.value == "true")
        for iri, hierarchy, name, graph, default in found
    )


def _whole(
    store: Store, queries: Mapping[str, Query], release: Release, same: Mapping[str, tuple[str, ...]]
) -> Hierarchy:
    labels, parents = _terms(store.select(queries["release"].bind({"graph": release.graph})).rows, store)
    return Hierarchy(release.iri, release.name, labels, parents, same)


class _Part(Mapping[str, Value]):
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


def _terms(rows: Iterable[tuple[Term | None, ...]], store: Store) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The labels of terms, each with one, and their parents."""
    named: dict[str, set[str]] = defaultdict(set)
    parents: dict[str, set[str]] = defaultdict(set)
    for term, label, parent in rows:
        named[term.value].update([label.value] if label is not None else ())
        if parent is not None:
            parents[term.value].add(parent.value)
    return {term: max(found, default=store.prefixes.contract(term)) for term, found in named.items()}, _sorted(parents)


def _both_ways(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    return _sorted(_sets(pair for one, other in pairs for pair in ((one, other), (other, one))))


def _sets(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
    return found


def _sorted(found: Mapping[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {term: tuple(sorted(others)) for term, others in found.items()}
