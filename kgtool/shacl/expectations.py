"""What a constraint asks for, in words: for results whose shape says nothing itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from pyoxigraph import Literal, NamedNode

from kgtool.shacl.paths import text
from kgtool.shacl.problems import named
from kgtool.shacl.shapes import Constraint, Shapes
from kgtool.terms import Term

_MOST_NAMED, _MOST_DEMANDS, _DEEPEST = 12, 3, 2
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


def expected(constraint: Constraint, shapes: Shapes, depth: int = _DEEPEST) -> str:
    """Words for what was asked, IRIs in angle brackets; empty for rules in SPARQL, which have their own messages.

    Shapes go by their names, and those without by what they ask, in brackets.

    >>> expected(Constraint("http://www.w3.org/ns/shacl#MaxLengthConstraintComponent", (Literal(1),)), Shapes())
    'at most 1 character'
    >>> expected(Constraint("http://www.w3.org/ns/shacl#MinCountConstraintComponent", (Literal(2),)), Shapes())
    'at least 2 values'
    """
    words = _WORDS.get(constraint.kind, "")
    if not words:
        return ""
    told = [_told(shape, shapes, depth) for shape in constraint.shapes]
    if words.count("{}") == 2:
        return _counted(words.format(constraint.terms[0].value, told[0]))
    return _counted(words.format(_listed(list(map(_shown, constraint.terms)) or told)))


def _told(shape: Term, shapes: Shapes, depth: int) -> str:
    """A shape by its name, else by what it asks, which may be told by shapes without a name in turn."""
    if isinstance(shape, NamedNode):
        return named(shape)
    if not depth:
        return "(…)"
    asked = list(islice(demands(shapes, shape, depth - 1), _MOST_DEMANDS + 1))
    return f"({', '.join([*asked[:_MOST_DEMANDS], *('…' for _ in asked[_MOST_DEMANDS:])]) or 'anything'})"


def demands(shapes: Shapes, node: Term, depth: int = _DEEPEST) -> Iterator[str]:
    """What a shape asks for, each with the path it is asked of; IRIs in angle brackets."""
    path = f"{text(shapes[node].path)} " if shapes[node].path else ""
    for constraint in shapes[node].constraints:
        if constraint.kind == "Property":
            yield from (path + asked for asked in demands(shapes, constraint.shapes[0], depth))
        else:
            yield path + (expected(constraint, shapes, depth) or "what a rule in SPARQL says")


def _counted(words: str) -> str:
    return _ONE.sub(r"\1", words).replace("1 value that conform ", "1 value that conforms ")


def _listed(shown: list[str]) -> str:
    more = len(shown) - _MOST_NAMED
    return ", ".join(shown[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _shown(term: Term) -> str:
    return term.value if isinstance(term, Literal) else named(term)
