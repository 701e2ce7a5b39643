"""A validation report in Turtle, nested as people write it: equal results give equal bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from kgtool.shacl.index import FIRST, NIL, REST, TYPE
from kgtool.shacl.results import Result, report
from kgtool.terms import RDF, RDFS, SH, XSD, Prefixes, Term

_STEP = "    "
_TRUE, _FALSE = (Literal(word, datatype=NamedNode(XSD + "boolean")) for word in ("true", "false"))


def write(results: Iterable[Result], prefixes: Prefixes, unjudged: Iterable[str] = ()) -> str:
    """The report of the W3C on these results, in their order, with those prefixes that it uses; ``unjudged`` says what has
    not been judged."""
    triples = list(report(results, unjudged))
    usual = {"sh": SH, "xsd": XSD, "rdf": RDF, "rdfs": RDFS}
    others = {prefix: name for prefix, name in prefixes.items() if prefix not in usual and name not in usual.values()}
    names = Prefixes(usual | others)
    writer = _Writer(triples, names)
    body = f"[] {writer.properties(triples[0].subject, 1)} .\n"
    declared = "".join(f"@prefix {prefix}: <{names[prefix]}> .\n" for prefix in sorted(writer.used))
    return f"{declared}\n{body}"


class _Writer:
    """Terms as Turtle; a blank node that the triples describe is written out where it is mentioned."""

    def __init__(self, triples: Iterable[Triple], prefixes: Prefixes):
        self.used: set[str] = set()
        self._prefixes = prefixes
        self._described: dict[Term, dict[NamedNode, list[Term]]] = {}
        for triple in triples:
            self._described.setdefault(triple.subject, {}).setdefault(triple.predicate, []).append(triple.object)

    def properties(self, node: Term, depth: int) -> str:
        indent = "\n" + _STEP * depth
        lines = (f"{self._predicate(predicate)} {self._objects(values, depth)}"
                 for predicate, values in self._described[node].items())
        return f" ;{indent}".join(lines)

    def _objects(self, values: list[Term], depth: int) -> str:
        return " , ".join(self._node(value, depth) for value in values)

    def _node(self, node: Term, depth: int) -> str:
        if isinstance(node, NamedNode):
            return self._name(node)
        if isinstance(node, Literal):
            return self._literal(node)
        if node not in self._described:
            return str(node)
        if FIRST in self._described[node]:
            return f"( {' '.join(self._node(member, depth) for member in self._members(node))} )"
        indent = "\n" + _STEP * depth
        return f"[{indent}{_STEP}{self.properties(node, depth + 1)}{indent}]"

    def _members(self, node: Term) -> Iterator[Term]:
        while node != NIL:
            yield self._described[node][FIRST][0]
            node = self._described[node][REST][0]

    def _literal(self, literal: Literal) -> str:
        if literal in (_TRUE, _FALSE):
            return literal.value
        if literal.language or literal.datatype.value == XSD + "string":
            return str(literal)
        return f"{Literal(literal.value)}^^{self._name(literal.datatype)}"

    def _predicate(self, predicate: NamedNode) -> str:
        return "a" if predicate == TYPE else self._name(predicate)

    def _name(self, node: NamedNode) -> str:
        curie = self._prefixes.contract(node.value)
        # what is beyond ASCII may be a letter to Python and none to Turtle
        if curie == node.value or not curie.isascii() or "%" in curie:
            return str(node)
        self.used.add(curie.partition(":")[0])
        return curie
