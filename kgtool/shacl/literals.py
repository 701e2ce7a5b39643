"""Literals as somebody wrote them: kept through a store that would otherwise normalise them.

A store turns "01"^^xsd:integer into 1 and forgets that "5" was an xsd:int, so that sh:datatype, sh:in and sh:pattern
would judge something nobody wrote. Such a literal is kept under a private datatype that carries the real one, a
second private datatype marks the ill-formed ones, and results show what was written.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from kgtool.terms import XSD, Term

WRITTEN = "urn:kgtool:written:"
ILL_FORMED = "urn:kgtool:ill-formed:"
AS_WRITTEN = NamedNode("urn:kgtool:as-written")
AS_VALUES = NamedNode("urn:kgtool:as-values")
_DEFAULT = DefaultGraph()
# By subject, predicate and the value that a store makes of them.
Forms = Mapping[tuple[Term, NamedNode, Term], Set[Literal]]

_RANGES = {
    "byte": (-(2**7), 2**7 - 1),
    "short": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
    "unsignedByte": (0, 2**8 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
}
DERIVED_INTEGERS = {XSD + name: limits for name, limits in _RANGES.items()}
_ZONE = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?"
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_YEAR = r"-?(?:[1-9]\d{3,}|0\d{3})"
_DAY = rf"(?P<year>{_YEAR})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])"
NORMALISED = {
    "integer": r"[+-]?\d+",
    "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
    "double": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
    "boolean": r"true|false|1|0",
    "dateTime": rf"{_DAY}T{_TIME}{_ZONE}",
    "dateTimeStamp": rf"{_DAY}T{_TIME}{_ZONE.removesuffix('?')}",
    "date": _DAY + _ZONE,
    "time": _TIME + _ZONE,
    "gYear": _YEAR + _ZONE,
    "gYearMonth": rf"{_YEAR}-(?:0[1-9]|1[0-2]){_ZONE}",
    "gMonth": rf"--(?:0[1-9]|1[0-2]){_ZONE}",
    "gDay": rf"---(?:0[1-9]|[12]\d|3[01]){_ZONE}",
    "gMonthDay": rf"--(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]){_ZONE}",
    "duration": r"-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?",
    "yearMonthDuration": r"-?P(?=.)(?:\d+Y)?(?:\d+M)?",
    "dayTimeDuration": r"-?P(?=.)(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?",
    "hexBinary": r"(?:[0-9a-fA-F]{2})*",
}
NORMALISED |= {"float": NORMALISED["double"]} | dict.fromkeys(_RANGES, NORMALISED["integer"])
NORMALISED = {XSD + name: form for name, form in NORMALISED.items()}
# Spaces around a value belong to its lexical form in all of these (XML Schema collapses them).
# Most literals are of these forms, which are well-formed and which a store keeps as they are.
USUAL = {
    XSD + "integer": r"0|-?[1-9]\d{0,17}",
    XSD + "decimal": r"0|-?[1-9]\d{0,11}|-?(?:0|[1-9]\d{0,11})\.\d{0,10}[1-9]",
    XSD + "boolean": "true|false",
    XSD + "date": r"[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])",
    XSD + "gYear": r"[12]\d{3}",
    XSD + "dateTime": r"[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ?",
}
_IS_USUAL = {datatype: re.compile(form).fullmatch for datatype, form in USUAL.items()}


@dataclass(frozen=True)
class Data:
    """What is validated: a store, and whether all its graphs count as one.

    ``judged``: its literals came through load(), so that each is well-formed or marked; ``wrapped``: some are wrapped.
    """

    store: Store
    union: bool = False
    judged: bool = False
    wrapped: bool = False

    def written(self) -> Iterator[Quad]:
        """The triples, with their literals as they were written."""
        for quad in self.store:
            if quad.graph_name != AS_VALUES:
                yield Quad(quad.subject, quad.predicate, unwrap(quad.object))


def stored(store: Store) -> Data:
    """The union of a store's graphs, its literals being what the store made of them.

    A triple that stands in two graphs counts once everywhere but in aggregates of somebody's own SPARQL.
    """
    return Data(store, union=next(iter(store.named_graphs()), None) is not None)


def load(quads: Iterable[Quad]) -> Data:
    """Everything the quads say, as one graph, with each literal as it was written."""
    return add(Store(), quads)


def add(store: Store, quads: Iterable[Quad], wrapped: bool = False) -> Data:
    """The same into a store that holds what load() or this function put there; ``wrapped`` is what that was."""
    unsure: list[Quad] = []
    store.bulk_extend(_usual(quads, unsure))
    instead_of = _wrapped(quad.object for quad in unsure)
    pairs = [(quad, instead_of.get(quad.object)) for quad in unsure]
    store.bulk_extend(Quad(quad.subject, quad.predicate, quad.object) for quad, instead in pairs if not instead)
    changed = [(quad, instead) for quad, instead in pairs if instead]
    store.bulk_extend(Quad(quad.subject, quad.predicate, instead, AS_WRITTEN) for quad, instead in changed)
    # A value that stands there anyway must not be seen twice.
    plain = (Quad(quad.subject, quad.predicate, quad.object) for quad, _ in changed)
    new = [quad for quad in plain if quad not in store]
    store.bulk_extend(Quad(quad.subject, quad.predicate, quad.object, AS_VALUES) for quad in new)
    return Data(store, judged=True, wrapped=wrapped or bool(changed))


def change(data: Data, removed: Iterable[Quad | Triple] = (), added: Iterable[Quad | Triple] = ()) -> Data:
    """What load() made, in place without some triples and with others; literals are named as they were written."""
    removed, added = list(removed), list(added)
    touched = dict.fromkeys((triple.subject, triple.predicate) for triple in (*removed, *added))
    before = [quad for subject, predicate in touched for quad in data.store.quads_for_pattern(subject, predicate, None)]
    written = dict.fromkeys(_triple(quad) for quad in before if quad.graph_name != AS_VALUES)
    for quad in removed:
        written.pop(_triple(quad), None)
    for quad in before:
        data.store.remove(quad)
    return add(data.store, (*written, *map(_triple, added)), data.wrapped)


def _triple(quad: Quad | Triple) -> Quad:
    return Quad(quad.subject, quad.predicate, unwrap(quad.object))


def as_written(quads: Iterable[Quad]) -> Forms:
    """How values that a store might change, or that might be ill-formed, stand in what it was made from; gone through once,
    and once more where one of them seems to stand there in its usual form as well."""
    unsure: list[Quad] = []
    usual: set[int] = set()  # by their hashes: they are many, and hardly any is looked for
    for quad in quads:
        term = quad.object
        if isinstance(term, Literal) and term.datatype.value in NORMALISED:
            if _is_usual(term):
                usual.add(hash((quad.subject, quad.predicate, term)))
            else:
                unsure.append(quad)
    after = after_storing(quad.object for quad in unsure)
    forms: dict[tuple[Term, NamedNode, Term], set[Literal]] = {}
    for quad in unsure:
        forms.setdefault((quad.subject, quad.predicate, after[quad.object]), set()).add(quad.object)
    if not usual.isdisjoint(map(hash, forms)):
        for quad in quads:
            if known := forms.get((quad.subject, quad.predicate, quad.object)):
                known.add(quad.object)
    return forms


def restored(quads: Iterable[Quad], forms: Forms) -> Iterator[Quad]:
    """The quads of a store, each literal as it was written."""
    if not forms:
        yield from quads
        return
    for quad in quads:
        # most have no literal, and to look up three terms costs more than to pass them on
        known = forms.get((quad.subject, quad.predicate, quad.object)) if isinstance(quad.object, Literal) else None
        if known is None:
            yield quad
        else:
            yield from (Quad(quad.subject, quad.predicate, form, quad.graph_name) for form in known)


def _usual(quads: Iterable[Quad], others: list[Quad]) -> Iterator[Quad]:
    for quad in quads:
        term = quad.object
        if isinstance(term, Literal) and not _is_usual(term):
            others.append(quad)
        elif quad.graph_name == _DEFAULT:
            yield quad
        else:
            yield Quad(quad.subject, quad.predicate, term)


def _is_usual(literal: Literal) -> bool:
    datatype = literal.datatype.value
    if datatype not in NORMALISED:
        return True
    usual = _IS_USUAL.get(datatype)
    return bool(usual and usual(literal.value))


def _wrapped(literals: Iterable[Literal]) -> dict[Literal, Literal]:
    """Those literals that are ill-formed or that a store would change, each with what it is wrapped in."""
    found = {}
    for literal, after in after_storing(literals).items():
        if not well_formed(literal.value, literal.datatype.value):
            found[literal] = _under(ILL_FORMED, literal)
        elif after != literal:
            found[literal] = _under(WRITTEN, literal)
    return found


def _under(kind: str, literal: Literal) -> Literal:
    return Literal(literal.value, datatype=NamedNode(kind + literal.datatype.value))


def wrap(term: Term) -> Term:
    """The literal as load() keeps it; the same object where a store keeps it anyway."""
    if not isinstance(term, Literal) or _is_usual(term):
        return term
    return _wrapped([term]).get(term, term)


def is_normalised(datatype: str) -> bool:
    """Whether a store may change literals of this datatype."""
    return datatype in NORMALISED


def unwrap(term: Term | None) -> Term | None:
    """The literal as it was written."""
    if isinstance(term, Literal):
        for kind in (WRITTEN, ILL_FORMED):
            if term.datatype.value.startswith(kind):
                return Literal(term.value, datatype=NamedNode(term.datatype.value[len(kind):]))
    return term


def kept(term: Term) -> Term:
    """What a store makes of a term."""
    return after_storing([term])[term] if isinstance(term, Literal) and is_normalised(term.datatype.value) else term


def after_storing(literals: Iterable[Literal]) -> dict[Literal, Literal]:
    """What a store makes of each literal."""
    written, predicate, scratch = tuple(dict.fromkeys(literals)), NamedNode("urn:kgtool:is"), Store()
    nodes = [NamedNode(f"urn:kgtool:{number}") for number in range(len(written))]
    scratch.bulk_extend(Quad(node, predicate, term) for node, term in zip(nodes, written, strict=True))
    after = {quad.subject: quad.object for quad in scratch}
    return {term: after[node] for node, term in zip(nodes, written, strict=True)}


def well_formed(value: str, datatype: str) -> bool:
    """Whether the text is in the lexical space; true for datatypes nobody here knows.

    >>> well_formed("2023-02-29", XSD + "date"), well_formed("300", XSD + "byte")
    (False, False)
    """
    if datatype not in NORMALISED:
        return True
    form = _form(datatype)
    match = form.fullmatch(value.strip(" \t\r\n"))
    if not match:
        return False
    if "day" in form.groupindex:
        return _is_a_day(match)
    low, high = DERIVED_INTEGERS.get(datatype, (None, None))
    return (low is None or int(value) >= low) and (high is None or int(value) <= high)


@cache
def _form(datatype: str) -> re.Pattern:
    return re.compile(NORMALISED[datatype])


def _is_a_day(match: re.Match) -> bool:
    # Leap years repeat every 400 years, so that years beyond what calendar knows are judged too.
    year = int(match["year"]) % 400 + 400
    return int(match["day"]) <= calendar.monthrange(year, int(match["month"]))[1]
