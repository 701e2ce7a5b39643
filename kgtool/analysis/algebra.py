"""A query as its algebra, by rdflib, and what its groups join."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import rdflib
from rdflib.paths import Path
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import BNode, Identifier, Variable

from kgtool import syntax
from kgtool.errors import QueryError

LATERAL = rdflib.URIRef("urn:kgtool:lateral")
_LATERAL_OR_SERVICE = r"(?<![?$:\w-])(?:(LATERAL)(?=\s*\{)|SERVICE(?![\w:-])(?:\s+SILENT(?![\w:-]))?)"
Pattern = tuple[Identifier, Identifier | Path, Identifier]


def read(sparql: str, prefixes: Mapping[str, str]) -> CompValue:
    """The algebra of a query that is known to be SPARQL; a QueryError where rdflib cannot read it."""
    try:
        return translateQuery(parseQuery(_as_graphs(sparql)), initNs=dict(prefixes)).algebra
    except Exception as error:  # pyparsing's and rdflib's own, of many kinds
        first = str(error).partition("\n")[0]
        raise QueryError(f"only queries of SPARQL 1.1 are explained, with LATERAL and without triple terms: {first}") from error


def _as_graphs(sparql: str) -> str:
    """The query with each LATERAL as the graph of that name, which nobody has, and each SERVICE as the graph of its server's:
    rdflib cannot read the one, and takes the other apart without end where it stands in a group."""
    for found in reversed(list(re.finditer(_LATERAL_OR_SERVICE, syntax.blanked(sparql), re.I))):
        name = f"GRAPH {LATERAL.n3() if found.group(1) else ''}"
        sparql = f"{sparql[:found.start()]}{name}{sparql[found.end():]}"
    return sparql


def is_lateral(part: CompValue) -> bool:
    return part.name == "Graph" and part.term == LATERAL


def islands(patterns: list[Pattern], linked: list[set[Identifier]]) -> list[list[Pattern]]:
    """Patterns that hang together by their variables or by what links these, each group in order."""
    found: list[tuple[set[Identifier], list[Pattern]]] = []
    for names, own in [*((variables_of(pattern), [pattern]) for pattern in patterns), *((link, []) for link in linked)]:
        touching = [island for island in found if names & island[0]]
        found = [island for island in found if island not in touching]
        found.append((names.union(*(of for of, _ in touching)), [*(p for _, held in touching for p in held), *own]))
    return [held for _, held in found if held]


def links(part: CompValue) -> Iterator[set[Identifier]]:
    """Variables of a group that hang together without a pattern: by BIND, by the name of a graph, by LATERAL or a subquery."""
    if part.name == "Extend":
        yield {part.var, *variables(part)}
    elif part.name in ("Graph", "ToMultiSet", "Project"):
        inside = (variables_of(pattern) for one in parts(part) if one.name == "BGP" for pattern in one.triples)
        yield set().union(*inside, *([{part.term}] if part.name == "Graph" else []))
    if part.name == "Join":
        yield from (*links(part.p1), *links(part.p2))
    elif part.name in _OF_THE_GROUP:
        yield from links(part.p1 if part.name == "LeftJoin" else part.p)


_OF_THE_GROUP = ("Extend", "Filter", "LeftJoin", "OrderBy", "Distinct", "Slice")


def joined(part: CompValue) -> Iterator[Pattern]:
    """The patterns that one group joins; those of a subquery, an OPTIONAL or a branch are groups of their own."""
    if part.name == "BGP":
        yield from part.triples
    elif part.name == "Join":
        yield from joined(part.p1)
        yield from joined(part.p2)
    elif part.name in _OF_THE_GROUP or (part.name == "Graph" and not is_lateral(part)):
        yield from joined(part.p1 if part.name == "LeftJoin" else part.p)


def parts(part: object) -> Iterator[CompValue]:
    """All parts of an algebra, those inside expressions too, outer before inner."""
    if isinstance(part, CompValue):
        yield part
        for value in part.values():
            yield from parts(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from parts(value)


def chain(part: CompValue) -> Iterator[CompValue]:
    """The solution modifiers of a query, outermost first."""
    while isinstance(part, CompValue):
        yield part
        part = part.get("p")


def tests(expression: object, names: tuple[str, ...]) -> Iterator[CompValue]:
    return (part for part in parts(expression) if part.name in names)


def conditions(expression: object) -> Iterator[CompValue]:
    """All that a FILTER asks for at once."""
    if isinstance(expression, CompValue) and expression.name == "ConditionalAndExpression":
        for part in (expression.expr, *expression.other):
            yield from conditions(part)
    elif isinstance(expression, CompValue):
        yield expression


def variables(part: CompValue) -> Iterator[Variable]:
    for value in part.values():
        if isinstance(value, Variable):
            yield value
        elif isinstance(value, CompValue):
            yield from variables(value)


def variables_of(pattern: Pattern) -> set[Identifier]:
    return {term for term in pattern if isinstance(term, Variable | BNode)}


def anchored(patterns: Iterable[Pattern]) -> bool:
    """Whether some pattern begins from a thing: a constant subject, or a constant object that is no mere class."""
    return any(
        not isinstance(s, Variable | BNode) or (p != rdflib.RDF.type and not isinstance(o, Variable | BNode))
        for s, p, o in patterns
    )
