"""A shapes graph read into records; whatever is ill-formed is an error, all of it at once."""

# https://www.w3.org/TR/shacl/#syntax-rules

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import BlankNode, Literal, NamedNode

from kgtool.errors import Problem
from kgtool.shacl import paths
from kgtool.shacl.components import Component, components, custom
from kgtool.shacl.index import CLASS, Triples, sh
from kgtool.shacl.parameters import ALLOWED_ONCE, NOT_ON_NODE_SHAPES, PARAMETERS, checked, number
from kgtool.shacl.problems import ShapesError, ill_formed, named
from kgtool.shacl.rules import rule
from kgtool.shacl.shapes import Constraint, Shape, Shapes, Target
from kgtool.shacl.values import is_readable
from kgtool.terms import SH, XSD, Term

_TARGETS = {
    "targetNode": "node",
    "targetClass": "class",
    "targetSubjectsOf": "subjects",
    "targetObjectsOf": "objects",
}
_BEYOND = ("js", "rule", "target", "expression")
_REFERENCES = ("not", "node", "property")
_LISTS = ("and", "or", "xone")


def read(triples: Triples) -> Shapes:
    """Every shape that has a target or a type, and those they refer to."""
    kinds = components(triples)
    found: dict[Term, Shape] = {}
    problems: list[Problem] = []
    waiting = list(dict.fromkeys(_declared(triples)))
    known = set(waiting)
    for node in waiting:
        try:
            found[node] = _shape(triples, node, kinds)
        except ShapesError as error:
            problems += error.problems
            continue
        below = dict.fromkeys(other for constraint in found[node].constraints for other in constraint.shapes)
        waiting += [other for other in below if other not in known]
        known.update(below)
    if problems:
        raise ShapesError(dict.fromkeys(problems))
    return Shapes(found)


def _declared(triples: Triples) -> Iterator[Term]:
    yield from triples.instances(sh("NodeShape"))
    yield from triples.instances(sh("PropertyShape"))
    for local in (*_TARGETS, "target"):
        yield from triples.having(sh(local))


def _shape(triples: Triples, node: Term, kinds: tuple[Component, ...]) -> Shape:
    if isinstance(node, Literal):
        raise ill_formed(node, "a literal cannot be a shape")
    path = _path(triples, node)
    constraints = () if triples.flag(node, sh("deactivated")) else _constraints(triples, node, path, kinds)
    return Shape(
        node,
        path,
        tuple(_targets(triples, node)),
        constraints,
        _severity(triples, node),
        _messages(triples, node),
        triples.flag(node, sh("deactivated")),
        tuple(_beyond(triples, node)),
    )


def _beyond(triples: Triples, node: Term) -> Iterator[str]:
    yield from (f"sh:{local}" for local in _BEYOND if triples.objects(node, sh(local)))
    for pattern in triples.objects(node, sh("pattern")):
        if not is_readable(pattern):
            yield f"the regular expression {pattern}"


def _path(triples: Triples, node: Term) -> paths.Path | None:
    path = triples.one(node, sh("path"))
    if path is not None:
        return paths.read(triples, path)
    if node in triples.instances(sh("PropertyShape")):
        raise ill_formed(node, "a property shape has no sh:path", "add one")
    return None


def _targets(triples: Triples, node: Term) -> Iterator[Target]:
    for local, kind in _TARGETS.items():
        for term in triples.objects(node, sh(local)):
            if isinstance(term, BlankNode) or (kind != "node" and not isinstance(term, NamedNode)):
                raise ill_formed(node, f"{term} cannot be a value of sh:{local}")
            yield Target(kind, term)
    is_shape = any(node in triples.instances(sh(kind)) for kind in ("NodeShape", "PropertyShape"))
    if is_shape and isinstance(node, NamedNode) and node in triples.instances(CLASS):
        yield Target("class", node)


def _severity(triples: Triples, node: Term) -> NamedNode:
    severity = triples.one(node, sh("severity"))
    if not isinstance(severity, NamedNode | None):
        raise ill_formed(node, f"sh:severity must be an IRI, not {severity}")
    return severity or sh("Violation")


def _messages(triples: Triples, node: Term) -> tuple[Literal, ...]:
    found = triples.objects(node, sh("message"))
    if wrong := [term for term in found if not _is_text(term)]:
        raise ill_formed(node, f"sh:message must be text, not {wrong[0]}")
    return tuple(sorted(found, key=str))


def _is_text(term: Term) -> bool:
    return isinstance(term, Literal) and bool(term.language or term.datatype.value == XSD + "string")


def _constraints(
    triples: Triples, node: Term, path: paths.Path | None, kinds: tuple[Component, ...]
) -> tuple[Constraint, ...]:
    _check(triples, node, path)
    return (
        *_simple(triples, node),
        *_referring(triples, node),
        *_closed(triples, node),
        *_qualified(triples, node),
        *_sparql(triples, node),
        *custom(triples, node, path, kinds),
    )


def _check(triples: Triples, node: Term, path: paths.Path | None) -> None:
    for local in ALLOWED_ONCE:
        triples.one(node, sh(local))
    for local in NOT_ON_NODE_SHAPES:
        if path is None and triples.objects(node, sh(local)):
            raise ill_formed(node, f"sh:{local} needs a property shape", "add sh:path, or move it into sh:property")


def _simple(triples: Triples, node: Term) -> Iterator[Constraint]:
    for local, parameter in PARAMETERS.items():
        for value in triples.objects(node, sh(local)):
            terms = triples.members(value) if parameter.is_list else (value,)
            checked(node, local, parameter, terms)
            if parameter.is_switch and not triples.flag(node, sh(local)):
                continue
            flags = triples.one(node, sh("flags")) if local == "pattern" else None
            yield Constraint(_component(parameter.component), terms, flags=flags.value if flags else "")


def _referring(triples: Triples, node: Term) -> Iterator[Constraint]:
    for local in _REFERENCES:
        for other in triples.objects(node, sh(local)):
            if local == "property" and not triples.objects(other, sh("path")):
                raise ill_formed(node, f"the value of sh:property, {named(other)}, has no sh:path", "add one")
            if local == "node" and triples.objects(other, sh("path")):
                raise ill_formed(node, f"the value of sh:node, {named(other)}, has a sh:path", "use sh:property")
            yield Constraint(_component(local.capitalize()), shapes=(other,))
    for local in _LISTS:
        for head in triples.objects(node, sh(local)):
            yield Constraint(_component(local.capitalize()), shapes=triples.members(head))


def _closed(triples: Triples, node: Term) -> Iterator[Constraint]:
    ignored = triples.one(node, sh("ignoredProperties"))
    allowed = list(triples.members(ignored)) if ignored is not None else []
    if triples.flag(node, sh("closed")):
        properties = (triples.one(p, sh("path")) for p in triples.objects(node, sh("property")))
        allowed += [p for p in properties if isinstance(p, NamedNode)]
        yield Constraint(_component("Closed"), tuple(dict.fromkeys(allowed)))


def _qualified(triples: Triples, node: Term) -> Iterator[Constraint]:
    for shape in triples.objects(node, sh("qualifiedValueShape")):
        others = _siblings(triples, node) - {shape} if triples.flag(node, sh("qualifiedValueShapesDisjoint")) else ()
        for bound in ("Min", "Max"):
            count = triples.one(node, sh(f"qualified{bound}Count"))
            if count is not None:
                number(node, f"qualified{bound}Count", count)
                yield Constraint(_component(f"Qualified{bound}Count"), (count,), (shape, *sorted(others, key=str)))


def _siblings(triples: Triples, node: Term) -> set[Term]:
    parents = triples.subjects(sh("property"), node)
    properties = {p for parent in parents for p in triples.objects(parent, sh("property"))}
    return {shape for p in properties for shape in triples.objects(p, sh("qualifiedValueShape"))}


def _sparql(triples: Triples, node: Term) -> Iterator[Constraint]:
    for constraint in triples.objects(node, sh("sparql")):
        if not triples.flag(constraint, sh("deactivated")):
            yield Constraint(SH + "SPARQLConstraintComponent", rule=rule(triples, constraint, "select"))


def _component(kind: str) -> str:
    return f"{SH}{kind}ConstraintComponent"
