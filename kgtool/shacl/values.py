"""The constraints that look at a value by itself: its class, datatype, kind, size, text and language."""

# https://www.w3.org/TR/shacl/#core-components-value-type

from __future__ import annotations

from collections.abc import Callable

from pyoxigraph import Literal, Store

from kgtool.shacl.literals import DERIVED_INTEGERS, WRITTEN, is_normalised, well_formed
from kgtool.shacl.parameters import NODE_KINDS
from kgtool.shacl.shapes import Constraint
from kgtool.shacl.writer import Writer, all_of, any_of, one_of
from kgtool.terms import SH, XSD

# Datatypes with an order in SPARQL; everything else compares with nothing, not even with itself.
_ORDERED = {"boolean", "string", "dateTime", "dateTimeStamp", "date", "time", "integer", "decimal", "double", "float",
            "duration", "yearMonthDuration", "dayTimeDuration", "gYear", "gYearMonth"}  # fmt: skip
_CASTS = {XSD + name for name in ("boolean", "integer", "decimal", "double", "float", "dateTime", "date", "time")}
_COMPARISONS = {"MinExclusive": ">", "MinInclusive": ">=", "MaxExclusive": "<", "MaxInclusive": "<="}


def violated(test: str) -> str:
    """An expression that is true where the test is not, be it by an error."""
    return f"(!COALESCE({test}, false))"


def _class(writer: Writer, constraint: Constraint, value: str) -> str:
    return f"NOT EXISTS {{ {writer.is_a(value, constraint.terms[0])} }}"


def _datatype(writer: Writer, constraint: Constraint, value: str) -> str:
    datatype = constraint.terms[0]
    actual = f"DATATYPE({value})"
    if writer.wrapped and is_normalised(datatype.value):
        return violated(one_of(actual, (str(datatype), f"<{WRITTEN}{datatype.value}>")))
    if writer.judged or not is_normalised(datatype.value):
        return violated(f"sameTerm({actual}, {datatype})")
    if datatype.value in DERIVED_INTEGERS:
        return violated(_in_range(value, datatype.value))
    cast = f"isLiteral({datatype}(STR({value})))" if datatype.value in _CASTS else "true"
    return violated(all_of((f"sameTerm({actual}, {datatype})", cast)))


def _in_range(value: str, datatype: str) -> str:
    """A store that knows integers only cannot say which kind was written: those that fit are taken to be it."""
    low, high = DERIVED_INTEGERS[datatype]
    bounds = [f"{value} >= {low}" if low is not None else "true", f"{value} <= {high}" if high is not None else "true"]
    return all_of([f"sameTerm(DATATYPE({value}), <{XSD}integer>)", *bounds])


def _node_kind(writer: Writer, constraint: Constraint, value: str) -> str:
    kinds = NODE_KINDS[constraint.terms[0].value.removeprefix(SH)]
    return f"(!{any_of(f'{test}({value})' for test in kinds)})"


def _compared(writer: Writer, constraint: Constraint, value: str) -> str:
    bound = constraint.terms[0]
    if not _is_ordered(bound):
        return "true"
    return violated(f"{_plain(writer, value)} {_COMPARISONS[constraint.kind]} {bound}")


def _is_ordered(term: Literal) -> bool:
    datatype = term.datatype.value
    known = datatype.removeprefix(XSD) in _ORDERED or datatype in DERIVED_INTEGERS
    return known and well_formed(term.value, datatype)


def less(writer: Writer, value: str, other: str, may_be_equal: bool) -> str:
    """An expression that is true where one value is less than another, an error where they have no order."""
    left, right = _plain(writer, value), _plain(writer, other)
    # Two equal terms pass <= in the engine even where their datatype has no order.
    known = (f"DATATYPE({right}) = <{XSD}{name}>" for name in sorted(_ORDERED))
    equal = f" || ({left} = {right} && ({' || '.join(known)}))" if may_be_equal else ""
    return f'LANG({value}) = "" && LANG({other}) = "" && ({left} < {right}{equal})'


def _plain(writer: Writer, value: str) -> str:
    """The value of a literal that may be wrapped."""
    if not writer.wrapped:
        return value
    datatype = f"STR(DATATYPE({value}))"
    inner = f"STRDT(STR({value}), IRI(STRAFTER({datatype}, {Literal(WRITTEN)})))"
    return f"IF(STRSTARTS({datatype}, {Literal(WRITTEN)}), {inner}, {value})"


def _min_length(writer: Writer, constraint: Constraint, value: str) -> str:
    return violated(f"STRLEN(STR({value})) >= {int(constraint.terms[0].value)}")


def _max_length(writer: Writer, constraint: Constraint, value: str) -> str:
    return violated(f"STRLEN(STR({value})) <= {int(constraint.terms[0].value)}")


def _pattern(writer: Writer, constraint: Constraint, value: str) -> str:
    return violated(f"REGEX(STR({value}), {constraint.terms[0]}, {Literal(constraint.flags)})")


def is_readable(pattern: Literal) -> bool:
    """Whether the engine understands the regular expression; it knows no look-around and no back references."""
    answer = next(iter(Store().query(f'SELECT (REGEX("", {pattern}) AS ?r) {{}}')))
    return answer["r"] is not None


def _language_in(writer: Writer, constraint: Constraint, value: str) -> str:
    return violated(any_of(f"LANGMATCHES(LANG({value}), {tag})" for tag in constraint.terms))


def _in(writer: Writer, constraint: Constraint, value: str) -> str:
    return f"(!{writer.is_among(value, constraint.terms)})"


TESTS: dict[str, Callable[[Writer, Constraint, str], str]] = {
    "Class": _class,
    "Datatype": _datatype,
    "NodeKind": _node_kind,
    **dict.fromkeys(_COMPARISONS, _compared),
    "MinLength": _min_length,
    "MaxLength": _max_length,
    "Pattern": _pattern,
    "LanguageIn": _language_in,
    "In": _in,
}
