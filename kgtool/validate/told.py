"""What SHACL finds, told to people: each result as a Finding, in the words of the shape or else in ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from kgtool.report import SEVERITIES, Finding
from kgtool.shacl import Result
from kgtool.shacl.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence
from kgtool.terms import SH, Term, did_you_mean

Shown = Callable[[str], str]
_SEVERITIES = {SH + severity.capitalize(): severity for severity in SEVERITIES}
_DESCRIPTION = NamedNode(SH + "description")
_IRI = re.compile(r"<([^<>\s]+)>")


def findings(results: Iterable[Result], shapes: Iterable[Quad], shown: Shown) -> list[Finding]:
    """One finding a result, in their order; ``shown`` gives an absolute IRI as people read it."""
    shapes = list(shapes)
    remedies = {quad.subject: quad.object.value for quad in sorted(shapes, key=str) if quad.predicate == _DESCRIPTION}
    around = {quad.object: quad.subject for quad in shapes if isinstance(quad.object, BlankNode)}
    return [_finding(result, _named(result.shape, around), remedies.get(result.shape, ""), shown) for result in results]


def _finding(result: Result, shape: str, remedy: str, shown: Shown) -> Finding:
    return Finding(
        severity=_SEVERITIES.get(result.severity, "violation"),
        rule=f"shape {shape.rpartition('/')[2].rpartition('#')[2]}".rstrip(),
        subject=text(result.focus),
        message=message(result, shown),
        remedy=_meant(result, shown) or remedy,
        path=path(result.path),
        value=text(result.value),
        component=result.component,
        shape=shape,
    )


def _named(shape: Term, around: dict[Term, Term]) -> str:
    """The shape's name, or that of the nearest shape around it; "" where there is none."""
    seen: set[Term] = set()
    while isinstance(shape, BlankNode) and shape not in seen:
        seen.add(shape)
        shape = around.get(shape, shape)
    return shape.value if isinstance(shape, NamedNode) else ""


def message(result: Result, shown: Shown) -> str:
    """What is wrong, in the words of the shape where it has any."""
    said = [message.value for message in sorted(result.messages, key=_by_language)]
    if said:
        return said[0]
    if result.expected:
        return f"expected {shortened(result.expected, shown)}{_actual(result, shown)}"
    return f"is found by a rule in SPARQL that has no sh:message, {shown(result.component)}"


def _actual(result: Result, shown: Shown) -> str:
    """Of what datatype a value is, where that is what is wrong with it: its text does not tell."""
    if result.component != SH + "DatatypeConstraintComponent" or not isinstance(result.value, Literal):
        return ""
    actual = f"<{result.value.datatype.value}>"
    return ", spelled as one" if result.expected.endswith(actual) else f", not {shortened(actual, shown)}"


def shortened(words: str, shown: Shown) -> str:
    """Words with the IRIs that stand in them in angle brackets as people read them."""
    return _IRI.sub(lambda iri: shown(iri[1]), words)


def readable(said: str, shown: Shown) -> str:
    """What a finding says, as people read it: an IRI or a path with its IRIs made short, a text as it is."""
    return shortened(said, shown) if said.startswith(("<", "(", "^")) else shown(said)


def _by_language(message: Literal) -> tuple[bool, str, str]:
    """English first, then what has no language, then the others by their tags."""
    language = message.language or ""
    return (not language.startswith("en"), language, message.value)


def _meant(result: Result, shown: Shown) -> str:
    """The allowed term that somebody may have misspelt."""
    given = result.path.iri if result.component == SH + "ClosedConstraintComponent" else result.value
    return did_you_mean(shown(text(given)), [shown(text(term)) for term in result.allowed]) if result.allowed else ""


def text(term: Term | None) -> str:
    """A term as findings hold it: an absolute IRI, a literal's text, or the label of a blank node."""
    if term is None:
        return ""
    return term.value if isinstance(term, NamedNode | Literal) else str(term)


def path(along: Path | None) -> str:
    """A plain predicate as its IRI, any other path as SPARQL writes it, with IRIs in angle brackets."""
    if along is None:
        return ""
    return along.iri.value if isinstance(along, Predicate) else _sparql(along)


def _sparql(along: Path) -> str:
    match along:
        case Predicate(iri):
            return str(iri)
        case Inverse(inner):
            return f"^({_sparql(inner)})"
        case Sequence(steps):
            return "/".join(map(_sparql, steps))
        case Alternative(ways):
            return f"({'|'.join(map(_sparql, ways))})"
        case Repeat(inner, mark):
            return f"({_sparql(inner)}){mark}"
