"""What the judgement of a focus node may read: the triples that shapes look at, each with the way that leads to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kgtool.shacl.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence, turned
from kgtool.shacl.patterns import Unclear, steps
from kgtool.shacl.shapes import Constraint, Shape, Shapes, Target
from kgtool.terms import RDF, RDFS

_KIND = Sequence((Predicate(NamedNode(RDF + "type")), Repeat(Predicate(NamedNode(RDFS + "subClassOf")), "*")))
_TARGETS: Mapping[str, tuple[bool, ...]] = {"subjects": (False,), "objects": (True,)}
_OTHER_PROPERTY = {"Equals", "Disjoint", "LessThan", "LessThanOrEquals"}


@dataclass(frozen=True)
class Read:
    """Triples of ``predicate``, of any where it is None, whose subject stands at the end of ``route``.

    Where ``is_backward`` it is their object that stands there. The route begins at the focus node; None is no step.
    """

    route: Path | None
    predicate: NamedNode | None
    is_backward: bool = False


def reads(shapes: Shapes) -> frozenset[Read] | None:
    """All that the shapes with targets may read; None where a rule in SPARQL does not let one tell."""
    try:
        return frozenset(read for shape in shapes.roots for read in _root(shapes, shape))
    except Unclear:
        return None


def _root(shapes: Shapes, shape: Shape) -> Iterator[Read]:
    for target in shape.targets:
        yield from _target(target)
    yield from _shape(shapes, shape, None)


def _target(target: Target) -> Iterator[Read]:
    if target.kind == "class":
        yield from along(_KIND, None)
    elif target.kind in _TARGETS:
        yield Read(None, target.term, target.kind == "objects")


def _shape(shapes: Shapes, shape: Shape, route: Path | None) -> Iterator[Read]:
    """What a shape reads of the node at the end of the route."""
    values = then(route, shape.path)
    if shape.path:
        yield from along(shape.path, route)
    for constraint in shape.constraints:
        yield from _constraint(shape, constraint, route, values)
        for inner in constraint.shapes:
            yield from _shape(shapes, shapes[inner], values)


def _constraint(shape: Shape, constraint: Constraint, route: Path | None, values: Path | None) -> Iterator[Read]:
    if constraint.kind == "Class":
        yield from along(_KIND, values)
    elif constraint.kind in _OTHER_PROPERTY:
        yield Read(route, constraint.terms[0])
    elif constraint.kind == "Closed":
        yield Read(values, None)
    elif rule := constraint.rule:
        known = {"this": route, **({"value": values} if rule.form == "ask" else {})}
        for start, path in steps(rule, shape.path, known, then):
            yield from along(path, start)


def along(path: Path, route: Path | None) -> Iterator[Read]:
    """What is read on the way of a path that begins where the route ends."""
    match path:
        case Predicate(iri):
            yield Read(route, iri)
        case Inverse(Predicate(iri)):
            yield Read(route, iri, True)
        case Inverse(inner):
            yield from along(turned(inner), route)
        case Sequence(parts):
            for part in parts:
                yield from along(part, route)
                route = then(route, part)
        case Alternative(ways):
            for way in ways:
                yield from along(way, route)
        case Repeat(inner, mark):
            yield from along(inner, route if mark == "?" else then(route, Repeat(inner, "*")))


def then(route: Path | None, path: Path | None) -> Path | None:
    """One after the other; None is no step at all."""
    if route is None or path is None:
        return path or route
    return Sequence((*_steps(route), *_steps(path)))


def _steps(path: Path) -> tuple[Path, ...]:
    return path.paths if isinstance(path, Sequence) else (path,)
