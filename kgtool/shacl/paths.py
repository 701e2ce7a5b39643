"""Property paths: from their RDF form in a shapes graph to records, to SPARQL, and back to RDF."""

# https://www.w3.org/TR/shacl/#property-paths

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode, Triple

from kgtool.shacl.index import FIRST, NIL, REST, Triples, sh
from kgtool.shacl.problems import ill_formed
from kgtool.terms import Term


@dataclass(frozen=True)
class Predicate:
    iri: NamedNode | None


@dataclass(frozen=True)
class Inverse:
    path: Path


@dataclass(frozen=True)
class Sequence:
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class Alternative:
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class Repeat:
    """A path taken any number of times (*), at least once (+), or at most once (?)."""

    path: Path
    mark: str


Path = Predicate | Inverse | Sequence | Alternative | Repeat

_REPEATS = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


def read(triples: Triples, node: Term, seen: frozenset[Term] = frozenset()) -> Path:
    """The path a node stands for; an ill-formed or circular one is an error."""
    if isinstance(node, NamedNode):
        return Predicate(node)
    if node in seen or not isinstance(node, BlankNode):
        raise ill_formed(node, "this is not a property path")
    inside = seen | {node}
    # A node that is both a list and something else counts as the list, as the W3C tests have it.
    if triples.objects(node, FIRST):
        return Sequence(_several(triples, node, inside))
    if inverse := triples.one(node, sh("inversePath")):
        return Inverse(read(triples, inverse, inside))
    if alternative := triples.one(node, sh("alternativePath")):
        return Alternative(_several(triples, alternative, inside))
    for local, mark in _REPEATS.items():
        if repeated := triples.one(node, sh(local)):
            return Repeat(read(triples, repeated, inside), mark)
    raise ill_formed(node, "this is not a property path", "use an IRI, a list, sh:inversePath or sh:alternativePath")


def _several(triples: Triples, head: Term, seen: frozenset[Term]) -> tuple[Path, ...]:
    paths = tuple(read(triples, member, seen) for member in triples.members(head))
    if len(paths) < 2:
        raise ill_formed(head, "a path list needs at least two members")
    return paths


def text(path: Path) -> str:
    """The path in SPARQL.

    >>> text(Inverse(Repeat(Predicate(NamedNode("http://e/p")), "*")))
    '^((<http://e/p>)*)'
    """
    match path:
        case Predicate(iri):
            return str(iri)
        case Inverse(inner):
            return f"^({text(inner)})"
        case Sequence(paths):
            return "/".join(f"({text(p)})" for p in paths)
        case Alternative(paths):
            return "|".join(f"({text(p)})" for p in paths)
        case Repeat(inner, mark):
            return f"({text(inner)}){mark}"


def nullable(path: Path) -> bool:
    """Whether the path leads from every node to itself, even from one that no triple mentions."""
    match path:
        case Predicate():
            return False
        case Inverse(inner):
            return nullable(inner)
        case Sequence(paths):
            return all(nullable(p) for p in paths)
        case Alternative(paths):
            return any(nullable(p) for p in paths)
        case Repeat(inner, mark):
            return mark != "+" or nullable(inner)


def turned(path: Path) -> Path:
    """The path from its end to its start.

    >>> text(turned(Sequence((Predicate(NamedNode("e:p")), Repeat(Predicate(NamedNode("e:q")), "*")))))
    '((^(<e:q>))*)/(^(<e:p>))'
    """
    match path:
        case Predicate():
            return Inverse(path)
        case Inverse(inner):
            return inner
        case Sequence(paths):
            return Sequence(tuple(turned(p) for p in reversed(paths)))
        case Alternative(paths):
            return Alternative(tuple(turned(p) for p in paths))
        case Repeat(inner, mark):
            return Repeat(turned(inner), mark)


def values(path: Path, start: str, end: str) -> str:
    """A SPARQL pattern from a bound start to the value nodes; to be used in EXISTS or LATERAL."""
    along = f"{start} {text(path)} {end} ."
    # In SPARQL a zero-length path from a variable stops at the nodes of the graph; in SHACL it does not.
    return f"{{ {along} }} UNION {{ BIND({start} AS {end}) }}" if nullable(path) else along


def reaches(path: Path, start: str, end: str) -> str:
    """A SPARQL pattern that matches where a path leads from one bound node to another."""
    along = f"{start} {text(path)} {end} ."
    return f"{{ {along} }} UNION {{ FILTER(sameTerm({start}, {end})) }}" if nullable(path) else along


def rdf(path: Path) -> tuple[Term, tuple[Triple, ...]]:
    """The path's node in RDF and the triples that describe it, with new blank nodes."""
    match path:
        case Predicate(iri):
            return iri, ()
        case Inverse(inner):
            return _described("inversePath", *rdf(inner))
        case Repeat(inner, mark):
            local = next(name for name, known in _REPEATS.items() if known == mark)
            return _described(local, *rdf(inner))
        case Alternative(paths):
            return _described("alternativePath", *_list(paths))
        case Sequence(paths):
            return _list(paths)


def _described(local: str, inner: Term, triples: tuple[Triple, ...]) -> tuple[Term, tuple[Triple, ...]]:
    node = BlankNode()
    return node, (Triple(node, sh(local), inner), *triples)


def _list(paths: tuple[Path, ...]) -> tuple[Term, tuple[Triple, ...]]:
    head, triples = NIL, ()
    for path in reversed(paths):
        node = BlankNode()
        member, inner = rdf(path)
        triples = (Triple(node, FIRST, member), Triple(node, REST, head), *inner, *triples)
        head = node
    return head, triples
