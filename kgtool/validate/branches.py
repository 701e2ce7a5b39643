"""What a result leaves unsaid: how many values there are, and what each of the shapes behind sh:or and its kind says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyoxigraph import NamedNode, Quad

from kgtool.shacl import Data, Endpoint, Result, faults
from kgtool.shacl.literals import AS_VALUES
from kgtool.shacl.paths import Predicate
from kgtool.terms import SH, Term
from kgtool.validate.told import Shown, message, path, readable, text

_COUNTS = {f"{SH}{bound}CountConstraintComponent" for bound in ("Min", "Max")}
# Each reason costs a look at the data; a reader is served by the first of many.
_MOST = 100


def reasons(results: Sequence[Result], data: Data | Endpoint, shapes: Sequence[Quad], shown: Shown) -> list[str]:
    """For each result what its shapes find in its value, in brackets, or how many values there are; empty where neither."""
    nodes: dict[Term, dict[Term, None]] = {}
    for result in [result for result in results if result.branches][:_MOST]:
        for shape in result.branches:
            nodes.setdefault(shape, {})[result.value] = None
    found = {shape: _by_node(faults(data, shapes, shape, values)) for shape, values in nodes.items()}
    return [_reason(result, found, shown) or _count(result, data) for result in results]


def _count(result: Result, data: Data | Endpoint) -> str:
    """How many values there are, where too few or too many are what is wrong and the shape has no words of its own."""
    if result.component not in _COUNTS or result.messages or not isinstance(result.path, Predicate):
        return ""
    if not isinstance(data, Data):
        return ""
    beside = data.store.quads_for_pattern(result.focus, result.path.iri, None)
    count = len({quad.object for quad in beside if quad.graph_name != AS_VALUES})
    return f", found {count or 'none'}"


def _by_node(results: Iterable[Result]) -> dict[Term, list[Result]]:
    grouped: dict[Term, list[Result]] = {}
    for result in results:
        grouped.setdefault(result.focus, []).append(result)
    return grouped


def _reason(result: Result, found: dict[Term, dict[Term, list[Result]]], shown: Shown) -> str:
    if not all(shape in found for shape in result.branches) or not result.branches:
        return ""
    said = [_of_branch(number, shape, found[shape].get(result.value, ()), shown)
            for number, shape in enumerate(result.branches, 1)]
    return f" ({'; '.join(said)})"


def _of_branch(number: int, shape: Term, faults: Iterable[Result], shown: Shown) -> str:
    name = shown(shape.value) if isinstance(shape, NamedNode) else f"branch {number}"
    said = ", ".join(dict.fromkeys(_fault(fault, shown) for fault in faults))
    return f"{name}: {said or 'conforms'}"


def _fault(fault: Result, shown: Shown) -> str:
    value = f": {shown(text(fault.value))}" if fault.path and fault.value is not None else ""
    return " ".join(filter(None, (readable(path(fault.path), shown), message(fault, shown) + value)))
