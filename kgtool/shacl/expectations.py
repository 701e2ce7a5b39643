"""What a constraint asks for, in words: for results whose shape says nothing itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import Literal

from kgtool.shacl.paths import text
from kgtool.shacl.problems import named
from kgtool.shacl.shapes import Constraint, Shapes
from kgtool.terms import Term

_MOST_NAMED = 12
_ONE = re.compile(r"^(at (?:least|most) 1 (?:value|character))s")
_WORDS = {
    "Class": "an instance of {}",
    "Datatype": "a literal of datatype {}",
    "NodeKind": "a node of kind {}",
    "MinCount": "at least {} values",
    "MaxCount": "at most {} values",
    "MinExclusive": "more than {}",
    "MinInclusive": "at least {}",
    "MaxExclusive": "less than {}",
    "MaxInclusive": "at most {}",
    "MinLength": "at least {} characters",
    "MaxLength": "at most {} characters",
    "Pattern": "text that matches {}",
    "LanguageIn": "text in one of the languages {}",
    "UniqueLang": "at most one value in each language",
    "Equals": "the same values as {}",
    "Disjoint": "no value shared with {}",
    "LessThan": "less than every value of {}",
    "LessThanOrEquals": "not more than any value of {}",
    "HasValue": "the value {}",
    "In": "one of {}",
    "Closed": "no property but {}",
    "QualifiedMinCount": "at least {} values that conform to {}",
    "QualifiedMaxCount": "at most {} values that conform to {}",
    "Node": "a node that conforms to {}",
    "Not": "a node that does not conform to {}",
    "And": "a node that conforms to all of {}",
    "Or": "a node that conforms to at least one of {}",
    "Xone": "a node that conforms to exactly one of {}",
}


def expected(constraint: Constraint) -> str:
    """Words for what was asked, IRIs in angle brackets; empty for rules in SPARQL, which have their own messages.

    >>> expected(Constraint("http://www.w3.org/ns/shacl#MaxLengthConstraintComponent", (Literal(1),)))
    'at most 1 character'
    >>> expected(Constraint("http://www.w3.org/ns/shacl#MinCountConstraintComponent", (Literal(2),)))
    'at least 2 values'
    """
    words = _WORDS.get(constraint.kind, "")
    if words.count("{}") == 2:
        return _counted(words.format(constraint.terms[0].value, named(constraint.shapes[0])))
    return _counted(words.format(_listed(constraint.terms or constraint.shapes)))


def demands(shapes: Shapes, node: Term) -> Iterator[str]:
    """What a shape asks for, each with the path it is asked of; IRIs in angle brackets."""
    path = f"{text(shapes[node].path)} " if shapes[node].path else ""
    for constraint in shapes[node].constraints:
        if constraint.kind == "Property":
            yield from (path + asked for asked in demands(shapes, constraint.shapes[0]))
        else:
            yield path + (expected(constraint) or "what a rule in SPARQL says")


def _counted(words: str) -> str:
    return _ONE.sub(r"\1", words).replace("1 value that conform ", "1 value that conforms ")


def _listed(terms: tuple[Term, ...]) -> str:
    shown = [_shown(term) for term in terms[:_MOST_NAMED]]
    more = len(terms) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _shown(term: Term) -> str:
    return term.value if isinstance(term, Literal) else named(term)
