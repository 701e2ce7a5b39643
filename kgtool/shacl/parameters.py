"""The parameters of SHACL Core: which component each belongs to, and what its values must be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kgtool.shacl.index import sh
from kgtool.shacl.literals import DERIVED_INTEGERS, well_formed
from kgtool.shacl.problems import ill_formed
from kgtool.terms import XSD, Term

NODE_KINDS = {
    "IRI": ("isIRI",),
    "BlankNode": ("isBlank",),
    "Literal": ("isLiteral",),
    "BlankNodeOrIRI": ("isBlank", "isIRI"),
    "BlankNodeOrLiteral": ("isBlank", "isLiteral"),
    "IRIOrLiteral": ("isIRI", "isLiteral"),
}


def _iri(term: Term) -> bool:
    return isinstance(term, NamedNode)


def _literal(term: Term) -> bool:
    return isinstance(term, Literal)


def _any(term: Term) -> bool:
    return True


def _text(term: Term) -> bool:
    return isinstance(term, Literal) and term.datatype.value == XSD + "string"


def _boolean(term: Term) -> bool:
    return isinstance(term, Literal) and term.datatype.value == XSD + "boolean"


def _integer(term: Term) -> bool:
    return (
        isinstance(term, Literal)
        and (term.datatype.value == XSD + "integer" or term.datatype.value in DERIVED_INTEGERS)
        and well_formed(term.value, term.datatype.value)
    )


def _node_kind(term: Term) -> bool:
    return term in {sh(local) for local in NODE_KINDS}


@dataclass(frozen=True)
class Parameter:
    """``component`` without its usual ending; a list is one constraint, and so is a switch that is on."""

    component: str
    fits: Callable[[Term], bool]
    what: str
    is_list: bool = False
    is_switch: bool = False


PARAMETERS = {
    "class": Parameter("Class", _iri, "an IRI"),
    "datatype": Parameter("Datatype", _iri, "an IRI"),
    "nodeKind": Parameter("NodeKind", _node_kind, "a node kind of SHACL"),
    "minCount": Parameter("MinCount", _integer, "an integer"),
    "maxCount": Parameter("MaxCount", _integer, "an integer"),
    "minExclusive": Parameter("MinExclusive", _literal, "a literal"),
    "minInclusive": Parameter("MinInclusive", _literal, "a literal"),
    "maxExclusive": Parameter("MaxExclusive", _literal, "a literal"),
    "maxInclusive": Parameter("MaxInclusive", _literal, "a literal"),
    "minLength": Parameter("MinLength", _integer, "an integer"),
    "maxLength": Parameter("MaxLength", _integer, "an integer"),
    "pattern": Parameter("Pattern", _text, "text"),
    "languageIn": Parameter("LanguageIn", _text, "language tags", is_list=True),
    "uniqueLang": Parameter("UniqueLang", _boolean, "true or false", is_switch=True),
    "equals": Parameter("Equals", _iri, "an IRI"),
    "disjoint": Parameter("Disjoint", _iri, "an IRI"),
    "lessThan": Parameter("LessThan", _iri, "an IRI"),
    "lessThanOrEquals": Parameter("LessThanOrEquals", _iri, "an IRI"),
    "hasValue": Parameter("HasValue", _any, "a term"),
    "in": Parameter("In", _any, "terms", is_list=True),
}

ALLOWED_ONCE = (
    "datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive", "maxExclusive", "maxInclusive",
    "minLength", "maxLength", "pattern", "flags", "languageIn", "uniqueLang", "in", "closed", "ignoredProperties",
    "qualifiedValueShape", "qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint",
)  # fmt: skip
NOT_ON_NODE_SHAPES = (
    "minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals", "qualifiedValueShape",
)  # fmt: skip


def checked(node: Term, local: str, parameter: Parameter, terms: tuple[Term, ...]) -> None:
    """Nothing where every term fits the parameter, an error otherwise."""
    for term in terms:
        if not parameter.fits(term):
            raise ill_formed(node, f"sh:{local} needs {parameter.what}, not {term}")


def number(node: Term, local: str, term: Term) -> int:
    """The integer a parameter holds."""
    if not _integer(term):
        raise ill_formed(node, f"sh:{local} needs an integer, not {term}")
    return int(term.value)
