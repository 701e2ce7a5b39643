"""What validation finds: results, and the report about them in RDF."""

# https://www.w3.org/TR/shacl/#results-validation-report

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kgtool.shacl.index import TYPE, sh
from kgtool.shacl.paths import Path, rdf, text
from kgtool.terms import RDFS, XSD, Term


@dataclass(frozen=True)
class Result:
    """One violation. ``component`` and ``severity`` are absolute IRIs; ``expected`` says in words what was asked for.

    ``origin`` is the focus node of the outermost shape, from which ``focus`` was come to, where the compiled engine found it.
    ``constraint`` is the node that carries the SPARQL, None for the constraints of SHACL Core; ``allowed`` are the
    terms of a closed list that the value, or the predicate that led to it, is none of; ``branches`` are the shapes that
    the value was judged by.
    """

    focus: Term
    path: Path | None
    value: Term | None
    component: str
    severity: str
    shape: Term
    messages: tuple[Literal, ...] = ()
    constraint: Term | None = None
    expected: str = ""
    allowed: tuple[Term, ...] = ()
    branches: tuple[Term, ...] = ()
    origin: Term | None = field(default=None, compare=False)

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Sorts by focus node, then path, component, value and shape; labels of blank nodes change with each run."""
        path = text(self.path) if self.path else ""
        terms = ("_" if isinstance(term, BlankNode) else str(term) for term in (self.focus, self.value, self.shape))
        focus, value, shape = terms
        return (focus, path, self.component, value, shape, *map(str, self.messages))


_PLACEHOLDER = re.compile(r"\{[?$](\w+)\}")


def filled(message: Literal, row: Mapping[str, Term]) -> Literal:
    """A message with its {?variables} replaced by what they stand for.

    >>> filled(Literal("dose {?value} is too high"), {"value": Literal("9")}).value
    'dose 9 is too high'
    """

    def shown(match: re.Match) -> str:
        term = row.get(match[1])
        return match[0] if term is None else term.value if isinstance(term, Literal | NamedNode) else str(term)

    said = _PLACEHOLDER.sub(shown, message.value)
    return Literal(said, language=message.language) if message.language else Literal(said)


def report(results: Iterable[Result], unjudged: Iterable[str] = ()) -> Iterator[Triple]:
    """A sh:ValidationReport; it conforms only where there is no result of any severity.

    Of what has not been judged it holds a comment each; where nothing was found until then, it does not say whether it conforms.
    """
    node, results, unjudged = BlankNode(), tuple(results), tuple(unjudged)
    yield Triple(node, TYPE, sh("ValidationReport"))
    if results or not unjudged:
        yield Triple(node, sh("conforms"), Literal(str(not results).lower(), datatype=NamedNode(XSD + "boolean")))
    yield from (Triple(node, NamedNode(RDFS + "comment"), Literal(said)) for said in unjudged)
    for result in results:
        found = BlankNode()
        yield Triple(node, sh("result"), found)
        yield from _described(found, result)


def _described(node: BlankNode, result: Result) -> Iterator[Triple]:
    yield Triple(node, TYPE, sh("ValidationResult"))
    yield Triple(node, sh("focusNode"), result.focus)
    yield Triple(node, sh("resultSeverity"), NamedNode(result.severity))
    yield Triple(node, sh("sourceConstraintComponent"), NamedNode(result.component))
    yield Triple(node, sh("sourceShape"), result.shape)
    if result.value is not None:
        yield Triple(node, sh("value"), result.value)
    if result.constraint is not None:
        yield Triple(node, sh("sourceConstraint"), result.constraint)
    if result.path:
        path, triples = rdf(result.path)
        yield Triple(node, sh("resultPath"), path)
        yield from triples
    yield from (Triple(node, sh("resultMessage"), message) for message in result.messages)
