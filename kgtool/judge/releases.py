"""The releases of hierarchies that a store holds, each read as a whole, or term by term."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, partial

from kgtool.catalogue import Query
from kgtool.judge.hierarchy import Hierarchies, Hierarchy, Release, downwards
from kgtool.judge.lookup import LookedUp, Part
from kgtool.store import Store
from kgtool.store.protocol import Row
from kgtool.terms import Term

# A term in one release: its label, and its parents there.
Named = tuple[str, tuple[str, ...]]

_MANY = 20  # terms asked about together


def read(store: Store, queries: Mapping[str, Query]) -> Hierarchies:
    """What a store holds now, each release as a whole; it is not told of what is added later."""
    same = _both_ways((one.value, other.value) for one, other in store.select(queries["exact-matches"].text).rows)
    return Hierarchies(_releases(store, queries), cache(lambda release: _whole(store, queries, release, same)))


def looked_up(store: Store, queries: Mapping[str, Query]) -> Hierarchies:
    """The same for a question about few things: a term is read when it is asked for, and with it all that stands above it."""
    return Hierarchies(_releases(store, queries), cache(_TermByTerm(store, queries).hierarchy))


def closure(graph: str) -> str:
    """The graph in which a build notes what stands above each term of a release that has a graph of its own."""
    return graph.replace("/hierarchy-", "/ancestors-")


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


class _TermByTerm:
    """Who asks one release about terms asks the others and the matches of them too, which find them with what is asked next."""

    def __init__(self, store: Store, queries: Mapping[str, Query]):
        self._store, self._queries = store, queries
        self._known: dict[Release, LookedUp[Named]] = {}
        self._same = LookedUp(self._matches)

    def hierarchy(self, release: Release) -> Hierarchy:
        known = self._known[release] = LookedUp(partial(self._find, release))
        beneath = partial(self._beneath, release.graph)
        return Hierarchy(release.iri, release.name, Part(known, 0), Part(known, 1), self._same, beneath, self._expect)

    def _find(self, release: Release, terms: tuple[str, ...]) -> Mapping[str, Named]:
        above = closure(release.graph)
        if len(terms) > _MANY:  # what stands above so many is mostly among them: what is not is what their parents tell
            found = self._rows(release, terms, release.graph)
            named = {parent.value for _, _, parent in found if parent is not None}
            if missing := named - {*terms, *self._known[release]}:
                found += self._rows(release, sorted(missing), above)
        else:
            found = self._rows(release, terms, above)
        labels, parents = _terms(found, self._store)
        self._expect(labels)
        return {term: (label, parents.get(term, ())) for term, label in labels.items()}

    def _rows(self, release: Release, terms: Iterable[str], above: str) -> tuple[Row, ...]:
        asked = {"graph": release.graph, "closure": above, "term": tuple(terms)}
        return self._store.select(self._queries["release-terms"].bind(asked)).rows

    def _matches(self, things: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
        rows = self._store.select(self._queries["exact-matches-of"].bind({"thing": things})).rows
        self._expect_named([other.value for _, other in rows])
        return _sorted(_sets((one.value, other.value) for one, other in rows))

    def _expect(self, terms: Iterable[str]) -> None:
        self._expect_named(terms)
        self._same.expect(terms)

    def _expect_named(self, terms: Iterable[str]) -> None:
        for known in self._known.values():
            known.expect(terms)

    def _beneath(self, graph: str, terms: set[str]) -> set[str]:
        noted = closure(graph)
        if self._store.ask(f"ASK {{ GRAPH <{noted}> {{ ?term skos:broaderTransitive ?above }} }}"):
            return self._below(noted, terms)
        return downwards(terms, partial(self._below, graph))

    def _below(self, graph: str, terms: Iterable[str]) -> set[str]:
        query = self._queries["release-below"].bind({"graph": graph, "term": tuple(sorted(terms))})
        return {found.value for found, in self._store.select(query).rows}


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
