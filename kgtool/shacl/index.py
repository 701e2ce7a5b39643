"""The triples of a shapes graph, looked up by subject and predicate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Quad

from kgtool.shacl.problems import ill_formed, named
from kgtool.terms import RDF, RDFS, SH, XSD, Term

FIRST, REST, NIL, TYPE = (NamedNode(RDF + name) for name in ("first", "rest", "nil", "type"))
SUBCLASS, CLASS = NamedNode(RDFS + "subClassOf"), NamedNode(RDFS + "Class")


def sh(local: str) -> NamedNode:
    """A term of SHACL: sh("path") is sh:path."""
    return NamedNode(SH + local)


class Triples:
    """An index over quads; which graph a triple stands in does not matter for shapes."""

    def __init__(self, quads: Iterable[Quad]):
        self.quads = tuple(dict.fromkeys(quads))
        self._objects: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
        self._subjects: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
        self._by_predicate: dict[Term, list[Term]] = defaultdict(list)
        self._instances: dict[Term, dict[Term, None]] = {}
        for subject, predicate, object_ in dict.fromkeys((q.subject, q.predicate, q.object) for q in self.quads):
            self._objects[subject, predicate].append(object_)
            self._subjects[predicate, object_].append(subject)
            self._by_predicate[predicate].append(subject)

    def objects(self, subject: Term, predicate: Term) -> list[Term]:
        return self._objects.get((subject, predicate), [])

    def subjects(self, predicate: Term, object_: Term) -> list[Term]:
        return self._subjects.get((predicate, object_), [])

    def having(self, predicate: Term) -> list[Term]:
        """Every subject of the predicate, once."""
        return list(dict.fromkeys(self._by_predicate.get(predicate, [])))

    def one(self, subject: Term, predicate: Term) -> Term | None:
        """The only value, None without one; two are an error."""
        found = self.objects(subject, predicate)
        if len(found) > 1:
            raise ill_formed(subject, f"{named(predicate)} has {len(found)} values", "keep one")
        return found[0] if found else None

    def flag(self, subject: Term, predicate: Term) -> bool:
        """A boolean property; false where it is not given."""
        value = self.one(subject, predicate)
        if value is None:
            return False
        if not (isinstance(value, Literal) and value.datatype.value == XSD + "boolean"):
            raise ill_formed(subject, f"{named(predicate)} must be true or false, not {value}")
        # Only the term true switches anything on, not "1"^^xsd:boolean: the W3C tests have it so.
        return value.value == "true"

    def members(self, head: Term) -> tuple[Term, ...]:
        """The members of an RDF list; anything but a well-formed one is an error."""
        found, seen, node = [], set(), head
        while node != NIL:
            firsts, rests = self.objects(node, FIRST), self.objects(node, REST)
            if node in seen or len(firsts) != 1 or len(rests) != 1:
                raise ill_formed(head, "a list was expected here", "write it as ( … )")
            seen.add(node)
            found.append(firsts[0])
            node = rests[0]
        return tuple(found)

    def classes_below(self, class_: Term) -> list[Term]:
        """The class and all its subclasses within this graph."""
        found = [class_]
        for known in found:
            found += [below for below in self.subjects(SUBCLASS, known) if below not in found]
        return found

    def instances(self, class_: Term) -> dict[Term, None]:
        """Every SHACL instance of the class, in order, quick to look one up in."""
        if class_ not in self._instances:
            below = self.classes_below(class_)
            self._instances[class_] = dict.fromkeys(node for known in below for node in self.subjects(TYPE, known))
        return self._instances[class_]
