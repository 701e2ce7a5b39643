"""Each constraint as a SPARQL expression that is true where it is violated; an error counts as a violation.

Some judge one value node at a time, some the focus node as a whole, a few do both. A shape inside another one is the
expression that at least one of its constraints is violated.
"""

# https://www.w3.org/TR/shacl/#core-components

from __future__ import annotations

from collections.abc import Callable

from kgtool.shacl import sparql
from kgtool.shacl.paths import reaches, values
from kgtool.shacl.shapes import Constraint, Shape
from kgtool.shacl.values import TESTS, less, violated
from kgtool.shacl.writer import Writer, all_of, any_of, negated, one_of


def fails(writer: Writer, shape: Shape, node: str) -> str:
    """An expression that is true where the node does not conform to the shape."""
    value = writer.fresh("v") if shape.path else node
    each = any_of(of_value(writer, shape, c, node, value) for c in shape.constraints)
    if shape.path and each != "false":
        each = f"EXISTS {{ {values(shape.path, node, value)} FILTER({each}) }}"
    return any_of([each, *(of_focus(writer, shape, c, node) for c in shape.constraints)])


def of_value(writer: Writer, shape: Shape, constraint: Constraint, this: str, value: str) -> str:
    """An expression that is true where a value node violates the constraint by itself."""
    if constraint.rule:
        return _asked(writer, constraint, shape, this, value) if constraint.rule.form == "ask" else "false"
    if test := TESTS.get(constraint.kind):
        return test(writer, constraint, value)
    if judge := _VALUE.get(constraint.kind):
        return judge(writer, constraint, this, value)
    return "false"


def of_focus(writer: Writer, shape: Shape, constraint: Constraint, this: str) -> str:
    """An expression that is true where the focus node as a whole violates the constraint."""
    if constraint.rule:
        is_select = constraint.rule.form == "select"
        return f"COALESCE({writer.judge(shape, constraint)}({this}), true)" if is_select else "false"
    judge = _FOCUS.get(constraint.kind)
    return judge(writer, shape, constraint, this) if judge else "false"


def constants(writer: Writer, shape: Shape, constraint: Constraint) -> dict[str, str]:
    """What a rule's pre-bound variables other than $this and $value stand for."""
    given = {name: writer.term(term) for name, term in constraint.rule.parameters if term is not None}
    # A shape without a name is told of only where it is asked for: an endpoint knows no such node.
    current = {"currentShape": writer.term(shape.node)} if "currentShape" in constraint.rule.text else {}
    return {**given, **current, "shapesGraph": SHAPES_GRAPH}


def _asked(writer: Writer, constraint: Constraint, shape: Shape, this: str, value: str) -> str:
    # A rule must not see wrapped literals: it is asked about each value apart, on the plain ones.
    if writer.wrapped:
        return f"COALESCE({writer.judge(shape, constraint)}({this}, {value}), true)"
    return ask(writer, shape, constraint, this, value)


def ask(writer: Writer, shape: Shape, constraint: Constraint, this: str, value: str) -> str:
    """An expression that is true where the ASK query of a component is false."""
    suffix = writer.fresh("x")[1:]
    return f"(!{sparql.ask(constraint.rule, this, value, constants(writer, shape, constraint), suffix)})"


def _node(writer: Writer, constraint: Constraint, this: str, value: str) -> str:
    return fails(writer, writer.shapes[constraint.shapes[0]], value)


def _not(writer: Writer, constraint: Constraint, this: str, value: str) -> str:
    return negated(_node(writer, constraint, this, value))


def _and(writer: Writer, constraint: Constraint, this: str, value: str) -> str:
    return any_of(fails(writer, writer.shapes[node], value) for node in constraint.shapes)


def _or(writer: Writer, constraint: Constraint, this: str, value: str) -> str:
    return all_of(fails(writer, writer.shapes[node], value) for node in constraint.shapes)


def _xone(writer: Writer, constraint: Constraint, this: str, value: str) -> str:
    each = (f"IF({fails(writer, writer.shapes[node], value)}, 0, 1)" for node in constraint.shapes)
    return f"({' + '.join(each) or '0'} != 1)"


def _equals(writer: Writer, constraint: Constraint, this: str, value: str) -> str:
    return f"NOT EXISTS {{ {this} {constraint.terms[0]} {value} }}"


def _disjoint(writer: Writer, constraint: Constraint, this: str, value: str) -> str:
    return f"EXISTS {{ {this} {constraint.terms[0]} {value} }}"


def _less(writer: Writer, constraint: Constraint, this: str, value: str) -> str:
    return f"EXISTS {{ {greater_others(writer, constraint, this, value, writer.fresh('o'))} }}"


def greater_others(writer: Writer, constraint: Constraint, this: str, value: str, other: str) -> str:
    """A pattern for the values of the other property that this value is not less than."""
    may_be_equal = constraint.kind == "LessThanOrEquals"
    test = violated(less(writer, value, other, may_be_equal))
    return f"{this} {constraint.terms[0]} {other} . FILTER({test})"


def _closed(writer: Writer, constraint: Constraint, this: str, value: str) -> str:
    return f"EXISTS {{ {forbidden(constraint, value, writer.fresh('p'), writer.fresh('o'))} }}"


def forbidden(constraint: Constraint, node: str, predicate: str, object_: str) -> str:
    """A pattern for the triples that a closed shape does not allow."""
    return f"{node} {predicate} {object_} . FILTER({negated(one_of(predicate, map(str, constraint.terms)))})"


def unequal_others(shape: Shape, constraint: Constraint, this: str, other: str) -> str:
    """A pattern for the values of the other property that the path does not have."""
    has = f"EXISTS {{ {reaches(shape.path, this, other)} }}" if shape.path else f"sameTerm({this}, {other})"
    return f"{this} {constraint.terms[0]} {other} . FILTER(!{has})"


def _unequal(writer: Writer, shape: Shape, constraint: Constraint, this: str) -> str:
    return f"EXISTS {{ {unequal_others(shape, constraint, this, writer.fresh('o'))} }}"


def _has_value(writer: Writer, shape: Shape, constraint: Constraint, this: str) -> str:
    term = writer.term(constraint.terms[0])
    if shape.path is None:
        return f"(!sameTerm({this}, {term}))"
    value = writer.fresh("v")
    return f"NOT EXISTS {{ {values(shape.path, this, value)} FILTER(sameTerm({value}, {term})) }}"


def _min_count(writer: Writer, shape: Shape, constraint: Constraint, this: str) -> str:
    return negated(_counted(writer, shape, this, int(constraint.terms[0].value)))


def _max_count(writer: Writer, shape: Shape, constraint: Constraint, this: str) -> str:
    return _counted(writer, shape, this, int(constraint.terms[0].value) + 1)


def _qualified_min(writer: Writer, shape: Shape, constraint: Constraint, this: str) -> str:
    return negated(_counted(writer, shape, this, int(constraint.terms[0].value), constraint.shapes))


def _qualified_max(writer: Writer, shape: Shape, constraint: Constraint, this: str) -> str:
    return _counted(writer, shape, this, int(constraint.terms[0].value) + 1, constraint.shapes)


def _counted(writer: Writer, shape: Shape, this: str, least: int, qualified: tuple = ()) -> str:
    """An expression that is true where at least so many value nodes conform to the first shape and none of the rest."""
    if least <= 0:
        return "true"
    value = writer.fresh("v")
    pattern = values(shape.path, this, value)
    if qualified:
        wanted, *others = (fails(writer, writer.shapes[node], value) for node in qualified)
        pattern = f"{pattern} FILTER({all_of([negated(wanted), *others])})"
    if least == 1:
        return f"EXISTS {{ {pattern} }}"
    return (
        f"EXISTS {{ SELECT {this} WHERE {{ {pattern} }} GROUP BY {this} HAVING (COUNT(DISTINCT {value}) >= {least}) }}"
    )


def _unique_lang(writer: Writer, shape: Shape, constraint: Constraint, this: str) -> str:
    language = writer.fresh("l")
    return f"EXISTS {{ {repeated_languages((this,), values(shape.path, this, '?_u'), '?_u', language)} }}"


def repeated_languages(variables: tuple[str, ...], pattern: str, value: str, language: str) -> str:
    """A SELECT of the languages that occur twice, for each row of the variables."""
    wanted = " ".join((*variables, language))
    tagged = f'{pattern} BIND(LCASE(LANG({value})) AS {language}) FILTER({language} != "")'
    return f"SELECT {wanted} WHERE {{ {tagged} }} GROUP BY {wanted} HAVING (COUNT(DISTINCT {value}) > 1)"


SHAPES_GRAPH = "<urn:kgtool:shapes-graph>"
_VALUE: dict[str, Callable[[Writer, Constraint, str, str], str]] = {
    "Node": _node,
    "Property": _node,
    "Not": _not,
    "And": _and,
    "Or": _or,
    "Xone": _xone,
    "Equals": _equals,
    "Disjoint": _disjoint,
    "LessThan": _less,
    "LessThanOrEquals": _less,
    "Closed": _closed,
}
_FOCUS: dict[str, Callable[[Writer, Shape, Constraint, str], str]] = {
    "Equals": _unequal,
    "HasValue": _has_value,
    "MinCount": _min_count,
    "MaxCount": _max_count,
    "QualifiedMinCount": _qualified_min,
    "QualifiedMaxCount": _qualified_max,
    "UniqueLang": _unique_lang,
}
