"""What may be said: the classes, relations, qualifiers and closed lists of ontology/, ready to be asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from kgtool.terms import KG, RDF, RDFS

_TYPE = NamedNode(RDF + "type")
_SUBCLASS = NamedNode(RDFS + "subClassOf")
_RANGE = NamedNode(RDFS + "range")
_NEGATES = NamedNode(KG + "expressesNegation")


@dataclass(frozen=True)
class Vocabulary:
    """All names are absolute IRIs. ``parents`` holds every class with all its superclasses, itself among them;
    ``values`` maps a class to the values of the ontology that belong to it (the closed lists)."""

    parents: dict[str, frozenset[str]]
    relations: frozenset[str]
    qualifiers: tuple[str, ...]
    properties: frozenset[str]
    ranges: dict[str, str]
    values: dict[str, frozenset[str]]
    negations: frozenset[str]

    def is_a(self, kinds: Iterable[str], wanted: str) -> bool:
        """Whether one of the kinds is the wanted class or a subclass of it."""
        return any(wanted in self.parents.get(kind, (kind,)) for kind in kinds)


def read(quads: Iterable[Quad]) -> Vocabulary:
    """The vocabulary that the quads of ontology/ declare."""
    types: dict[str, set[str]] = {}
    above: dict[str, set[str]] = {}
    ranges: dict[str, str] = {}
    negations = set()
    for quad in quads:
        subject = quad.subject.value
        if quad.predicate == _TYPE:
            types.setdefault(quad.object.value, set()).add(subject)
        elif quad.predicate == _SUBCLASS:
            above.setdefault(subject, set()).add(quad.object.value)
        elif quad.predicate == _RANGE:
            ranges[subject] = quad.object.value
        elif quad.predicate == _NEGATES:
            negations.add(subject)
    return Vocabulary(
        parents={name: frozenset(_closure(name, above)) for name in types.get(RDFS + "Class", ())},
        relations=frozenset(types.get(KG + "Relation", ())),
        qualifiers=tuple(sorted(types.get(KG + "Qualifier", ()))),
        properties=frozenset(types.get(RDF + "Property", ())),
        ranges=ranges,
        values={kind: frozenset(things) for kind, things in types.items() if kind.startswith(KG)},
        negations=frozenset(negations),
    )


def _closure(name: str, above: dict[str, set[str]]) -> set[str]:
    reached, waiting = set(), [name]
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting.extend(above.get(one, ()))
    return reached
