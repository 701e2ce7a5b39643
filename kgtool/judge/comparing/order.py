"""What stands above what, and what is called what elsewhere, for the things that claims are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from kgtool.catalogue import Query
from kgtool.store import Store
from kgtool.terms import Term


class Order:
    """Hierarchies in their default release, groups of products, mappings: read once, asked often."""

    def __init__(self, store: Store, views: Mapping[str, Query]):
        self._above: dict[Term, list[tuple[Term, str]]] = defaultdict(list)
        for narrower, broader, release in store.select(views["comparing-broader"].text).rows:
            self._above[narrower].append((broader, release.value if release is not None else ""))
        parts = store.select(views["comparing-conditions"].text).rows
        self._parts = {condition: (sign, disease) for condition, sign, disease in parts}
        self._whole: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
        for condition, whole in self._parts.items():
            self._whole[whole].append(condition)
        self._names: dict[Term, set[Term]] = defaultdict(set)
        self._named: dict[Term, set[Term]] = defaultdict(set)
        for thing, name in store.select(views["comparing-mapped"].text).rows:
            self._names[thing].add(name)
            self._named[name].add(thing)
        self._broader: dict[Term, dict[Term, str]] = {}
        self._things_above: dict[Term, dict[Term, str]] = {}

    def broader(self, thing: Term) -> dict[Term, str]:
        """All that is broader than a thing, each with the release of a hierarchy that says so, if one was needed.

        A sign within a disease is narrower than the sign, than the disease, and than the same of anything above them.
        """
        if thing not in self._broader:
            self._broader[thing] = self._broader_condition(thing) if thing in self._parts else self._ancestors(thing)
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
        signs, diseases = {sign: "", **self._ancestors(sign)}, {disease: "", **self._ancestors(disease)}
        wholes = {
            whole: diseases[d] or signs[s]
            for s in signs for d in diseases for whole in self._whole.get((s, d), ()) if whole != condition
        }
        return {**signs, **diseases, **wholes}

    def _ancestors(self, thing: Term) -> dict[Term, str]:
        if thing in self._things_above:
            return self._things_above[thing]
        reached: dict[Term, str] = {}
        waiting = [(thing, "")]
        while waiting:
            one, _ = waiting.pop()
            for broader, release in self._above.get(one, ()):
                if broader not in reached and broader != thing:
                    reached[broader] = release
                    waiting.append((broader, release))
        self._things_above[thing] = reached
        return reached
