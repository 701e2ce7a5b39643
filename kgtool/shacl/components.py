"""Constraint components that a shapes graph defines for itself, and the constraints that use them."""

# https://www.w3.org/TR/shacl/#sparql-constraint-components

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from pyoxigraph import NamedNode

from kgtool.shacl.index import Triples, sh
from kgtool.shacl.paths import Path
from kgtool.shacl.problems import ill_formed
from kgtool.shacl.rules import rule
from kgtool.shacl.shapes import Constraint
from kgtool.terms import SH, Term

_RESERVED = {"this", "shapesGraph", "currentShape", "path", "PATH", "value"}


@dataclass(frozen=True)
class Component:
    """``parameters`` are (property, variable, optional); ``validators`` are (for which shapes, form, node)."""

    node: Term
    parameters: tuple[tuple[NamedNode, str, bool], ...]
    validators: tuple[tuple[str, str, Term], ...]


def components(triples: Triples) -> tuple[Component, ...]:
    """Every component the graph defines with at least one parameter."""
    found = (_component(triples, node) for node in triples.instances(sh("ConstraintComponent")))
    # The components of SHACL itself may be described in the same graph; they are built in.
    return tuple(c for c in found if c.parameters and not str(c.node).startswith("<" + SH))


def _component(triples: Triples, node: Term) -> Component:
    parameters = tuple(sorted((_parameter(triples, p) for p in triples.objects(node, sh("parameter"))), key=str))
    if parameters and all(optional for _, _, optional in parameters):
        raise ill_formed(node, "a constraint component needs a parameter that is not optional")
    return Component(node, parameters, tuple(_validators(triples, node)))


def _parameter(triples: Triples, node: Term) -> tuple[NamedNode, str, bool]:
    path = triples.one(node, sh("path"))
    if not isinstance(path, NamedNode):
        raise ill_formed(node, "a parameter needs an IRI as its sh:path")
    variable = re.split(r"[/#:]", path.value)[-1]
    if not re.fullmatch(r"[A-Za-z_]\w*", variable) or variable in _RESERVED:
        raise ill_formed(node, f"{variable!r} cannot be the name of a parameter")
    return path, variable, triples.flag(node, sh("optional"))


def _validators(triples: Triples, node: Term) -> Iterator[tuple[str, str, Term]]:
    for local in ("nodeValidator", "propertyValidator", "validator"):
        for validator in sorted(triples.objects(node, sh(local)), key=str):
            forms = [form for form in ("select", "ask") if triples.objects(validator, sh(form))]
            if forms:
                yield local, forms[0], validator


def custom(triples: Triples, node: Term, path: Path | None, known: tuple[Component, ...]) -> Iterator[Constraint]:
    """The constraints a shape makes by giving values to a component's parameters."""
    for component in known:
        for values in _arguments(triples, node, component):
            validator = _validator(component, path)
            if validator:
                form, source = validator
                yield Constraint(str(component.node)[1:-1], rule=rule(triples, source, form, values))


def _validator(component: Component, path: Path | None) -> tuple[str, Term] | None:
    wanted = ("nodeValidator" if path is None else "propertyValidator", "validator")
    found = [(form, node) for local in wanted for kind, form, node in component.validators if kind == local]
    return found[0] if found else None


def _arguments(triples: Triples, node: Term, component: Component) -> Iterator[tuple[tuple[str, Term | None], ...]]:
    values = {p: sorted(triples.objects(node, p), key=str) for p, _, _ in component.parameters}
    if any(not values[p] for p, _, optional in component.parameters if not optional):
        return
    if len(component.parameters) > 1 and any(len(found) > 1 for found in values.values()):
        raise ill_formed(node, f"a parameter of {component.node} has two values", "use two shapes")
    names = [variable for _, variable, _ in component.parameters]
    for row in product(*(values[p] or [None] for p, _, _ in component.parameters)):
        yield tuple(zip(names, row, strict=True))
