"""Shapes as records: what a shapes graph asks for, free of RDF syntax."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode

from kgtool.shacl.paths import Path
from kgtool.terms import SH, Term

# A shape inside another one becomes a pattern inside a pattern: nesting without end would exhaust the engine's stack.
_DEEPEST = 24
_MOST_PIECES = 5_000
_VIOLATION = NamedNode(SH + "Violation")


@dataclass(frozen=True)
class Target:
    """Where a shape looks: ``kind`` is node, class, subjects or objects; any, where it is told which nodes to judge."""

    kind: str
    term: Term


@dataclass(frozen=True)
class Rule:
    """Somebody's own SPARQL: ``text`` with its prefixes, ``parameters`` by variable name (None where left out)."""

    node: Term
    form: str
    text: str
    messages: tuple[Literal, ...] = ()
    parameters: tuple[tuple[str, Term | None], ...] = ()


@dataclass(frozen=True)
class Constraint:
    """One thing asked for: its component's IRI, its parameter values, the shapes or the SPARQL it refers to."""

    component: str
    terms: tuple[Term, ...] = ()
    shapes: tuple[Term, ...] = ()
    flags: str = ""
    rule: Rule | None = None

    @property
    def kind(self) -> str:
        """The component's local name: Class, MinCount, …; the whole IRI where somebody else named it.

        >>> Constraint(SH + "MinCountConstraintComponent").kind
        'MinCount'
        """
        return self.component.removeprefix(SH).removesuffix("ConstraintComponent")


@dataclass(frozen=True)
class Shape:
    """A node shape, or with a path a property shape."""

    node: Term
    path: Path | None = None
    targets: tuple[Target, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    severity: NamedNode = _VIOLATION
    messages: tuple[Literal, ...] = ()
    deactivated: bool = False
    # Features of the shape that no SELECT can carry out, by name.
    beyond: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shapes:
    """Every shape of a graph by its node."""

    by_node: Mapping[Term, Shape] = field(default_factory=dict)

    def __getitem__(self, node: Term) -> Shape:
        return self.by_node[node]

    def __iter__(self) -> Iterator[Shape]:
        return iter(self.by_node.values())

    @property
    def roots(self) -> tuple[Shape, ...]:
        """The shapes that look for focus nodes by themselves."""
        return tuple(shape for shape in self if shape.targets and not shape.deactivated)

    def outside(self, shape: Shape) -> str:
        """Why the shape cannot be compiled; empty where it can."""
        return _measured(self, shape.node, (), {}).reason


@dataclass(frozen=True)
class _Measure:
    """How deep shapes stand inside one another, how many pieces they make, and why they cannot be compiled."""

    depth: int = 0
    pieces: int = 1
    reason: str = ""


def _measured(shapes: Shapes, node: Term, above: tuple[Term, ...], known: dict[Term, _Measure]) -> _Measure:
    if node in above:
        return _Measure(reason="it refers to itself, and SHACL leaves recursion undefined")
    if len(above) > _DEEPEST:
        return _Measure(reason=f"shapes stand more than {_DEEPEST} deep inside one another")
    if node not in known:
        below = [n for constraint in shapes[node].constraints for n in constraint.shapes]
        inside = [_measured(shapes, n, (*above, node), known) for n in below]
        known[node] = _together(shapes[node], inside)
    return known[node]


def _speaks_of_blank_nodes(shape: Shape, rule: Rule | None) -> bool:
    if rule is None:
        return False
    is_named = isinstance(shape.node, NamedNode) or "currentShape" not in rule.text
    return not is_named or any(isinstance(term, BlankNode) for _, term in rule.parameters)


def _together(shape: Shape, inside: list[_Measure]) -> _Measure:
    depth = 1 + max((measure.depth for measure in inside), default=0)
    pieces = 1 + len(shape.constraints) + sum(measure.pieces for measure in inside)
    reasons = [f"{' and '.join(shape.beyond)} cannot be said in a SELECT"] if shape.beyond else []
    if any(_speaks_of_blank_nodes(shape, constraint.rule) for constraint in shape.constraints):
        reasons.append("its SPARQL would have to name a blank node")
    reasons += [measure.reason for measure in inside if measure.reason]
    if depth > _DEEPEST:
        reasons.append(f"shapes stand more than {_DEEPEST} deep inside one another")
    if pieces > _MOST_PIECES:
        reasons.append(f"written out it has more than {_MOST_PIECES} constraints")
    return _Measure(depth, pieces, next(iter(reasons), ""))
