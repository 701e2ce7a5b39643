"""What stands above what, and is the same under another name, for the things that claims are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from kgtool.catalogue import Query
from kgtool.judge.hierarchy import Ancestry, Hierarchies, of_nodes
from kgtool.store import Store
from kgtool.terms import Term


class Order:
    """Hierarchies in their default release, groups of products, mappings. ``parts`` are signs and diseases of
    conditions; ``names`` are pairs of a thing and what a mapping calls the same."""

    def __init__(self, things: Ancestry[Term], parts: Mapping[Term, tuple[Term, Term]], names: list[tuple[Term, Term]]):
        self._things = things
        self._parts = parts
        self._whole: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
        for condition, whole in parts.items():
            self._whole[whole].append(condition)
        self._names: dict[Term, set[Term]] = defaultdict(set)
        self._named: dict[Term, set[Term]] = defaultdict(set)
        for thing, name in names:
            self._names[thing].add(name)
            self._named[name].add(thing)
        self._broader: dict[Term, Mapping[Term, str]] = {}

    def broader(self, thing: Term) -> Mapping[Term, str]:
        """All that is broader than a thing, each with the release of a hierarchy that says so, if one was needed.

        A sign within a disease is narrower than the sign, than the disease, and than the same of anything above them.
        """
        if thing not in self._parts:
            return self._things.above(thing)
        if thing not in self._broader:
            self._broader[thing] = self._broader_condition(thing)
        return self._broader[thing]

    def related(self, one: Term, other: Term) -> bool:
        """Whether the two are the same, or one is broader than the other."""
        return one == other or one in self.broader(other) or other in self.broader(one)

    def same(self, thing: Term) -> set[Term]:
        """Other things that are the same by a mapping, under another name."""
        names = {thing, *self._names[thing]} if thing in self._names else {thing}
        return names.union(*(self._named[name] for name in names if name in self._named)) - {thing}

    def _broader_condition(self, condition: Term) -> dict[Term, str]:
        sign, disease = self._parts[condition]
        signs, diseases = {sign: "", **self._things.above(sign)}, {disease: "", **self._things.above(disease)}
        wholes = {
            whole: diseases[d] or signs[s]
            for s in signs for d in diseases for whole in self._whole.get((s, d), ()) if whole != condition
        }
        return {**signs, **diseases, **wholes}


def read(store: Store, queries: Mapping[str, Query], hierarchies: Hierarchies) -> Order:
    """The order of all things in a store, read once and asked often."""
    ours: dict[Term, list[tuple[Term, str]]] = defaultdict(list)
    for narrower, broader in store.select(queries["broader"].text).rows:
        ours[narrower].append((broader, ""))
    released = of_nodes(hierarchies.steps)
    parts = {condition: (sign, disease) for condition, sign, disease in store.select(queries["conditions"].text).rows}
    names = [(thing, name) for thing, name in store.select(queries["exact-matches"].text).rows]
    return Order(Ancestry(lambda thing: [*released(thing), *ours.get(thing, ())]), parts, names)
