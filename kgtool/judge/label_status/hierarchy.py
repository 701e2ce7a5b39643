"""One release of a hierarchy of diseases or signs: what lies below what, and over which path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kgtool.catalogue import Query
from kgtool.judge.label_status.rule import Ways
from kgtool.store import Store


@dataclass(frozen=True)
class Hierarchy:
    """``labels`` has every term of the release; ``same`` joins terms of other hierarchies to them, both ways."""

    release: str
    name: str
    labels: Mapping[str, str]
    parents: Mapping[str, tuple[str, ...]]
    same: Mapping[str, tuple[str, ...]]
    _known: dict[str | None, Ways] = field(default_factory=dict, compare=False, repr=False)

    def ways(self, term: str | None) -> Ways:
        """From a term to itself and all it lies below, under every name, with the shortest path of the release's terms.

        Each term is walked once: what it costs is the number of its ancestors, not the size of the release.
        """
        if term not in self._known:
            self._known[term] = dict(self._walk(term)) if term else {}
        return self._known[term]

    def holds(self, term: str) -> bool:
        """Whether the release has the term, under its own name or an exact match."""
        return any(name in self.labels for name in self.names(term))

    def below(self, term: str) -> list[str]:
        """The release's own terms that lie below a term, sorted."""
        children: dict[str, list[str]] = defaultdict(list)
        for child, parents in self.parents.items():
            for parent in parents:
                children[parent].append(child)
        own = {name for name in self.names(term) if name in self.labels}
        found, waiting = set(), list(own)
        while waiting:
            following = [child for child in children[waiting.pop()] if child not in found]
            found.update(following)
            waiting += following
        return sorted(found - own)

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


@dataclass(frozen=True)
class Release:
    """One release that the store holds in a graph of its own; ``default`` where nobody asks for another."""

    iri: str
    hierarchy: str
    name: str
    graph: str
    default: bool


def releases(store: Store, views: Mapping[str, Query]) -> list[Release]:
    found = store.select(views["hierarchies"].text).rows
    return [Release(iri.value, hierarchy.value, name.value, graph.value, default.value == "true")
            for iri, hierarchy, name, graph, default in found]


def read(store: Store, views: Mapping[str, Query], release: Release) -> Hierarchy:
    """A release as its graph in the store has it."""
    labels: dict[str, str] = {}
    parents: dict[str, set[str]] = defaultdict(set)
    for term, label, parent in store.select(views["hierarchy"].bind({"graph": release.graph})).rows:
        if parent is not None:
            parents[term.value].add(parent.value)
        known = labels.get(term.value) or store.prefixes.contract(term.value)
        labels[term.value] = known if label is None else label.value
    matches = store.select(views["hierarchy-matches"].bind({"graph": release.graph})).rows
    pairs = ((one.value, other.value) for one, other in matches)
    return Hierarchy(release.iri, release.name, labels, _sorted(parents), _both_ways(pairs))


def _both_ways(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
        found[other].add(one)
    return _sorted(found)


def _sorted(found: Mapping[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {term: tuple(sorted(others)) for term, others in found.items()}
