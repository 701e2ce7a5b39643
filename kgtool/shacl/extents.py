"""Scans that begin from all triples of a predicate, and ask last whether what is wrong stands at a focus node.

To go through a predicate costs a quarter of looking up each focus node's values, and few of them are wrong. It pays only
where most of the triples are the focus nodes' own, which the data is asked about.
"""

from __future__ import annotations

from kgtool.shacl.constraints import fails, of_focus, of_value
from kgtool.shacl.paths import Path, Predicate
from kgtool.shacl.shapes import Constraint, Shape
from kgtool.shacl.sparql import Binding
from kgtool.shacl.writer import FIRST_FOCUS, Writer, any_of

_ALL_OF = ("Node", "Property", "And")


def begins(writer: Writer, binding: Binding, path: Path | None) -> bool:
    """Whether it pays to begin from the triples of the path."""
    return isinstance(path, Predicate) and bool(binding.member) and writer.is_mostly(path.iri, binding.member)


def values(binding: Binding, path: Predicate, value: str, condition: str) -> str:
    """A pattern for the focus nodes and those values of theirs on which the condition holds."""
    # LATERAL keeps the order, which joins do not.
    return f"{{ {binding.focus} {path.iri} {value} . {condition} }} LATERAL {{ {binding.member} }}"


def crowded(binding: Binding, path: Predicate, constraint: Constraint) -> str:
    """A pattern for the focus nodes that have more values than sh:maxCount allows."""
    return f"{_many(binding.focus, path, constraint)} LATERAL {{ {binding.member} }}"


def _many(node: str, path: Predicate, constraint: Constraint) -> str:
    most, triples = int(constraint.terms[0].value), f"{{ {node} {path.iri} ?_many }}"
    # To count all of them is twice as quick as to count each node's, and mostly shows already that no node has too many.
    # DISTINCT costs half as much again, so it counts those alone that have as many triples.
    any_has = f"SELECT (COUNT(*) AS ?_all) WHERE {triples} HAVING (COUNT(*) - COUNT(DISTINCT {node}) >= {most})"
    have = f"SELECT {node} WHERE {triples} GROUP BY {node} HAVING"
    steps = (any_has, f"{have} (COUNT(*) > {most})", f"{have} (COUNT(DISTINCT ?_many) > {most})")
    return " LATERAL ".join(f"{{ {step} }}" for step in steps)


def failing(writer: Writer, binding: Binding, path: Predicate, value: str, shape: Shape) -> str:
    """A pattern for the focus nodes and those values that do not conform to a shape; empty where none of it can begin so."""
    begun, tests = _parted(writer, shape, value, f"?_near {path.iri} {FIRST_FOCUS} .")
    if not begun:
        return ""
    own = f"{binding.focus} {path.iri} {value} ."
    wrong = " UNION ".join(f"{{ {pattern} }}" for pattern in begun)
    rest = any_of(tests)
    others = f" UNION {{ {own} FILTER({rest}) }}" if rest != "false" else ""
    either = f"{{ {{ SELECT DISTINCT {value} WHERE {{ {wrong} }} }} LATERAL {{ {own} }} }}{others}"
    return f"{{ {either} }} LATERAL {{ {binding.member} }}"


def _parted(writer: Writer, shape: Shape, node: str, near: str) -> tuple[list[str], list[str]]:
    """Patterns for the nodes that fail a shape in something, and a test of one node for all else that it asks.

    ``near`` matches where FIRST_FOCUS is one of the nodes in question.
    """
    begun: list[str] = []
    if isinstance(shape.path, Predicate) and writer.is_mostly(shape.path.iri, near):
        value = writer.fresh("v")
        wrong = any_of(of_value(writer, shape, c, node, value) for c in shape.constraints)
        begun += [f"{node} {shape.path.iri} {value} . FILTER({wrong})"] if wrong != "false" else []
        begun += [_many(node, shape.path, c) for c in shape.constraints if c.kind == "MaxCount"]
        return begun, [of_focus(writer, shape, c, node) for c in shape.constraints if c.kind != "MaxCount"]
    if shape.path:
        return [], [fails(writer, shape, node)]
    tests: list[str] = []
    for constraint in shape.constraints:
        inner = constraint.shapes if constraint.kind in _ALL_OF else ()
        for more in (_parted(writer, writer.shapes[other], node, near) for other in inner):
            begun += more[0]
            tests += more[1]
        tests += [] if inner else [judge(writer, shape, constraint, node) for judge in (_by_value, of_focus)]
    return begun, tests


def _by_value(writer: Writer, shape: Shape, constraint: Constraint, node: str) -> str:
    return of_value(writer, shape, constraint, node, node)
