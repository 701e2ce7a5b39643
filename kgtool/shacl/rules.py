"""The SPARQL a shapes graph carries: its text, with the prefixes it declares, its path and its parameters."""

# https://www.w3.org/TR/shacl/#sparql-constraints

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode

from kgtool.shacl import sparql
from kgtool.shacl.index import Triples, sh
from kgtool.shacl.problems import ill_formed
from kgtool.shacl.shapes import Rule
from kgtool.terms import OWL, XSD, Term


def rule(triples: Triples, node: Term, form: str, parameters: tuple[tuple[str, Term | None], ...] = ()) -> Rule:
    """The query a node carries under sh:select or sh:ask."""
    query = triples.one(node, sh(form))
    if not (isinstance(query, Literal) and query.datatype.value == XSD + "string"):
        raise ill_formed(node, f"sh:{form} must be the text of a query")
    header = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in sorted(_prefixes(triples, node)))
    found = Rule(node, form, header + query.value, _messages(triples, node), parameters)
    sparql.check(found)
    return found


def _messages(triples: Triples, node: Term) -> tuple[Literal, ...]:
    return tuple(sorted((m for m in triples.objects(node, sh("message")) if isinstance(m, Literal)), key=str))


def _prefixes(triples: Triples, node: Term) -> set[tuple[str, str]]:
    found = {pair for source in triples.objects(node, sh("prefixes")) for pair in _declared(triples, source, set())}
    names = [prefix for prefix, _ in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ill_formed(node, f"the prefix {twice[0]}: is declared with two namespaces", "keep one")
    return found


def _declared(triples: Triples, source: Term, seen: set[Term]) -> Iterator[tuple[str, str]]:
    if source in seen:
        return
    seen.add(source)
    for declaration in triples.objects(source, sh("declare")):
        prefix, namespace = (triples.one(declaration, sh(local)) for local in ("prefix", "namespace"))
        if not isinstance(prefix, Literal) or not isinstance(namespace, Literal):
            raise ill_formed(source, "sh:declare needs a sh:prefix and a sh:namespace")
        yield prefix.value, namespace.value
    for imported in triples.objects(source, NamedNode(OWL + "imports")):
        yield from _declared(triples, imported, seen)
