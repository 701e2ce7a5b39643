"""What a result leaves unsaid: how many values there are, and what the shapes that a value was judged by say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Quad

from kgtool.shacl import Data, Endpoint, NotHere, Result, Triples, faults, reached
from kgtool.shacl.expectations import demands
from kgtool.shacl.parse import read
from kgtool.shacl.paths import Path
from kgtool.terms import SH, Term
from kgtool.validate.told import Shown, message, path, readable, shortened, text

_COUNTS = {f"{SH}{bound}CountConstraintComponent" for bound in ("Min", "Max")}
_FEWEST = f"{SH}QualifiedMinCountConstraintComponent"
_QUALIFIED = {_FEWEST, f"{SH}QualifiedMaxCountConstraintComponent"}
_NOT = f"{SH}NotConstraintComponent"
# Each reason costs a look at the data; a reader is served by the first of many that one shape has.
MOST = 100
_MOST_VALUES = 5


@dataclass(frozen=True)
class _Looked:
    """What was looked up: the values each focus node has along a path, and what a shape finds in each node."""

    values: dict[tuple[Path, Term], tuple[Term, ...]] = field(default_factory=dict)
    faults: dict[Term, dict[Term, list[Result]]] = field(default_factory=dict)
    demands: Mapping[Term, list[str]] = field(default_factory=dict)


def reasons(results: Sequence[Result], data: Data | Endpoint, shapes: Sequence[Quad], shown: Shown) -> list[str]:
    """For each result what its shapes find in its value, in brackets, or how many values there are; empty where neither."""
    wanted = list(_first(result for result in results if result.branches or _is_count(result)))
    looked = _looked(wanted, data, shapes)
    told = {id(result): _reason(result, looked, shown) for result in wanted}
    return [told.get(id(result), "") for result in results]


def _is_count(result: Result) -> bool:
    """Whether the number of values is what is wrong, and the shape has no words of its own."""
    return result.component in _COUNTS and not result.messages and result.path is not None


def _first(results: Iterable[Result]) -> Iterator[Result]:
    seen: Counter[tuple[Term, str]] = Counter()
    for result in results:
        kind = result.shape, result.component
        seen[kind] += 1
        if seen[kind] <= MOST:
            yield result


def _looked(results: Sequence[Result], data: Data | Endpoint, shapes: Sequence[Quad]) -> _Looked:
    looked, starts, nodes = _Looked(demands=_demands(results, shapes)), {}, {}
    for result in results:
        if result.component in _COUNTS | _QUALIFIED:
            starts.setdefault(result.path, {})[result.focus] = None
    for along, focuses in starts.items():
        with suppress(NotHere):
            found = reached(data, along, focuses)
            looked.values.update({(along, focus): found.get(focus, ()) for focus in focuses})
    for result in results:
        for shape in result.branches:
            nodes.setdefault(shape, {}).update(dict.fromkeys(_judged(result, looked)))
    for shape, judged in nodes.items():
        with suppress(NotHere):
            looked.faults[shape] = _by_node(faults(data, shapes, shape, judged))
    return looked


def _judged(result: Result, looked: _Looked) -> tuple[Term, ...]:
    """The nodes that the shapes of a result were to judge."""
    if result.component in _QUALIFIED:
        return looked.values.get((result.path, result.focus), ())
    return (result.value,)


def _demands(results: Iterable[Result], shapes: Iterable[Quad]) -> dict[Term, list[str]]:
    refused = [shape for result in results if result.component == _NOT for shape in result.branches]
    known = read(Triples(shapes)) if refused else {}
    return {shape: list(demands(known, shape)) for shape in refused}


def _by_node(results: Iterable[Result]) -> dict[Term, list[Result]]:
    """Results by the node that was to be judged: a shape inside may find fault with another one further on."""
    grouped: dict[Term, list[Result]] = {}
    for result in results:
        grouped.setdefault(result.focus if result.origin is None else result.origin, []).append(result)
    return grouped


def _reason(result: Result, looked: _Looked, shown: Shown) -> str:
    if result.component in _COUNTS | _QUALIFIED and (result.path, result.focus) not in looked.values:
        return ""
    if result.component in _COUNTS:
        return f", found {len(looked.values[result.path, result.focus]) or 'none'}"
    if not all(shape in looked.faults for shape in result.branches):
        return ""
    if result.component in _QUALIFIED:
        return f" ({_of_values(result, looked, shown)})"
    if result.component == _NOT:
        return f" ({why})" if (why := _of_refused(result, looked, shown)) else ""
    said = [_of_branch(number, shape, looked.faults[shape].get(result.value, ()), shown)
            for number, shape in enumerate(result.branches, 1)]
    return f" ({'; '.join(said)})"


def _of_refused(result: Result, looked: _Looked, shown: Shown) -> str:
    """The shape that a value should not have conformed to, and what that asks for."""
    (shape,) = result.branches
    if not (result.messages or isinstance(shape, NamedNode)):
        return ""  # the message says what it asks
    asked = ", ".join(shortened(words, shown) for words in _some(looked.demands[shape]))
    return f"conforms to {_name(shape, 'the unnamed shape', shown)}" + (f": {asked}" if asked else "")


def _of_values(result: Result, looked: _Looked, shown: Shown) -> str:
    """How many values conformed; why the others did not where they are too few, which did where they are too many."""
    values = sorted(looked.values[result.path, result.focus], key=str)
    why = {value: _unfit(value, result.branches, looked, shown) for value in values}
    fit = [value for value in values if not why[value]]
    counted = f"{len(fit)} of {len(values)} {'value' if len(values) == 1 else 'values'} conform{'s' if len(fit) == 1 else ''}"
    counted = counted if values else "there is no value"
    asked = [f"expected {shortened(result.expected, shown)}"] if result.messages else []
    if result.component == _FEWEST:
        said = [f"{shown(text(value))}: {why[value]}" for value in values if why[value]]
        return "; ".join([*asked, counted, *_some(said)])
    return "; ".join([*asked, f"{counted}: {', '.join(_some([shown(text(value)) for value in fit]))}"])


def _some(said: list[str]) -> list[str]:
    more = len(said) - _MOST_VALUES
    return [*said[:_MOST_VALUES], f"and {more} more"] if more > 0 else said


def _unfit(value: Term, shapes: Sequence[Term], looked: _Looked, shown: Shown) -> str:
    """Why a value does not count: what the first shape finds in it, or which of the others it conforms to as well."""
    wanted, *others = shapes
    if found := looked.faults[wanted].get(value):
        return _faults(found, shown)
    also = [_name(shape, "an unnamed shape", shown) for shape in others if value not in looked.faults[shape]]
    return f"conforms to {' and '.join(also)} as well" if also else ""


def _of_branch(number: int, shape: Term, found: Iterable[Result], shown: Shown) -> str:
    return f"{_name(shape, f'branch {number}', shown)}: {_faults(found, shown) or 'conforms'}"


def _name(shape: Term, otherwise: str, shown: Shown) -> str:
    return shown(shape.value) if isinstance(shape, NamedNode) else otherwise


def _faults(found: Iterable[Result], shown: Shown) -> str:
    return ", ".join(dict.fromkeys(_fault(fault, shown) for fault in found))


def _fault(fault: Result, shown: Shown) -> str:
    value = f": {shown(text(fault.value))}" if fault.path and fault.value is not None else ""
    return " ".join(filter(None, (readable(path(fault.path), shown), message(fault, shown) + value)))
