"""From shapes to queries: which SELECTs find every violation, in as few scans as possible.

All constraints on the values of one path share one scan of the focus nodes and those values, each with a variable
that tells whether it is violated; all constraints on the focus nodes as a whole share another.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from kgtool.shacl import extents, sparql
from kgtool.shacl.constraints import (
    ask,
    constants,
    forbidden,
    greater_others,
    of_focus,
    of_value,
    repeated_languages,
    unequal_others,
)
from kgtool.shacl.paths import Path, text
from kgtool.shacl.shapes import Constraint, Shape
from kgtool.shacl.sparql import Binding
from kgtool.shacl.writer import Writer, along, any_of, step, step_if_any

VALUE, PATH = "?_value", "?_path"


@dataclass(frozen=True)
class Check:
    """One constraint of one shape; ``flag`` is the variable that says violated, empty where every row does.

    ``root`` is the shape whose targets the focus nodes are, where they are those of one.
    """

    shape: Shape
    constraint: Constraint
    flag: str = ""
    root: Shape | None = None


@dataclass(frozen=True)
class Scan:
    """One SELECT, the variables that hold focus node, value and path, and the constraints it looks for."""

    query: str
    focus: str
    value: str
    path: str
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Run:
    """Somebody's SELECT, over the whole target or, where that would not be the same, per focus node.

    ``written`` binds the same focus nodes as ``binding``, with literals as they were written.
    """

    check: Check
    binding: Binding
    written: Binding
    at_once: bool


@dataclass(frozen=True)
class _Wanted:
    """A constraint and where it applies: to the focus nodes that a binding has of its root's targets."""

    binding: Binding
    shape: Shape
    constraint: Constraint
    root: Shape

    @property
    def rule_form(self) -> str:
        return self.constraint.rule.form if self.constraint.rule else ""

    def check(self, flag: str = "") -> Check:
        return Check(self.shape, self.constraint, flag, self.root)


def plan(writer: Writer) -> Iterator[Scan | Run]:
    """Every query that has to run, those of one scope and path together."""
    wanted = _all(writer)
    selects = [w for w in wanted if w.rule_form == "select"]
    others = [w for w in wanted if w.rule_form != "select"]
    failing = {w: scan for w in others if (scan := _failing(writer, w))}
    valued = _by_path(writer, [w for w in others if w not in failing and w.constraint.kind not in {*_ROWS} - {"Equals"}])
    begun = {key for key in valued if extents.begins(writer, *key)}
    missing = [w for w in others if _asks_for_one(w) and (w.binding, w.shape.path) in valued.keys() - begun]
    crowded = [w for w in others if w.constraint.kind == "MaxCount" and extents.begins(writer, w.binding, w.shape.path)]
    found = [*missing, *crowded]
    yield from _value_scans(writer, valued, missing, begun)
    yield from _focus_scans(writer, [w for w in others if w.constraint.kind not in _ROWS and w not in found])
    yield from (_crowded(writer, w) for w in crowded)
    yield from failing.values()
    yield from (_ROWS[w.constraint.kind](writer, w) for w in others if w.constraint.kind in _ROWS)
    plain = [w.binding for w in _all(writer.as_values()) if w.rule_form == "select"]
    yield from (_run(w, binding) for w, binding in zip(selects, plain, strict=True))


def _all(writer: Writer) -> list[_Wanted]:
    return [w for shape in writer.shapes.roots for w in _wanted(writer, shape, writer.scope(shape.targets), shape)]


def _wanted(writer: Writer, shape: Shape, binding: Binding, root: Shape) -> Iterator[_Wanted]:
    for constraint in shape.constraints:
        if constraint.kind == "Property":
            inner = along(binding, shape.path) if shape.path else binding
            yield from _wanted(writer, writer.shapes[constraint.shapes[0]], inner, root)
        else:
            yield _Wanted(binding, shape, constraint, root)


def _run(wanted: _Wanted, plain: Binding) -> Run:
    return Run(wanted.check(), plain, wanted.binding, sparql.is_the_same_for_all(wanted.constraint.rule))


def rule_text(writer: Writer, check: Check, binding: Binding) -> str:
    """A rule's SELECT over a binding, with all that is pre-bound in place."""
    shape, constraint = check.shape, check.constraint
    path = f"({text(shape.path)})" if shape.path else ""
    return sparql.select(constraint.rule, binding, constants(writer, shape, constraint), path)


def check_rule(writer: Writer, check: Check) -> None:
    """Nothing where a rule can be read with everything in place, an error otherwise."""
    rule, some_node = check.constraint.rule, "VALUES ?_f0 { <urn:kgtool:some> }"
    if rule and rule.form == "select":
        sparql.check_written_out(rule, rule_text(writer, check, Binding(some_node, ("?_f0",))))
    elif rule:
        sparql.check_written_out(rule, asked_text(writer, check, some_node, "?_f0", "?_f0"))


def asked_text(writer: Writer, check: Check, bound: str, this: str, value: str) -> str:
    """A SELECT with a row where a component's ASK query finds fault with one bound value."""
    return f"SELECT {this} WHERE {{ {bound} FILTER({ask(writer, check.shape, check.constraint, this, value)}) }}"


_Test = tuple[_Wanted, str]
_Scope = tuple[Binding, Path | None]
_Paths = dict[_Scope, list[_Test]]
# From a condition to the pattern that matches where it holds.
_Pattern = Callable[[str], str]


def _asks_for_one(wanted: _Wanted) -> bool:
    return wanted.constraint.kind == "MinCount" and wanted.constraint.terms[0].value == "1"


def _by_path(writer: Writer, wanted: list[_Wanted]) -> _Paths:
    """The tests of values that can be true at all, those of one binding and path together."""
    groups: _Paths = {}
    for each in wanted:
        value = VALUE if each.shape.path else each.binding.focus
        test = of_value(writer, each.shape, each.constraint, each.binding.focus, value)
        if test != "false":
            groups.setdefault((each.binding, each.shape.path), []).append((each, test))
    return groups


def _value_scans(writer: Writer, groups: _Paths, missing: list[_Wanted], begun: Container[_Scope]) -> Iterator[Scan]:
    """A scan of the values of each path, which also finds those without any where ``missing`` asks for one."""
    for (binding, path), tests in groups.items():
        one = [wanted for wanted in missing if (wanted.binding, wanted.shape.path) == (binding, path)]
        if one:
            # IF, not &&: the engine takes the sides of && in any order, and to count the values of nothing is to count all.
            tests = [(each, f"IF(BOUND({VALUE}), {test}, false)") for each, test in tests]
            tests += [(wanted, f"(!BOUND({VALUE}))") for wanted in one]
            yield _flagged(binding, _where(step_if_any(binding, path, VALUE)), VALUE, tests)
        elif (binding, path) in begun:
            yield _flagged(binding, partial(extents.values, binding, path, VALUE), VALUE, tests)
        elif path:
            yield _flagged(binding, _where(step(binding, path, VALUE)), VALUE, tests)
        else:
            yield _flagged(binding, _where(binding.whole), binding.focus, tests)


def _focus_scans(writer: Writer, wanted: list[_Wanted]) -> Iterator[Scan]:
    groups: dict[Binding, list[_Test]] = {}
    for each in wanted:
        test = of_focus(writer, each.shape, each.constraint, each.binding.focus)
        if test != "false":
            groups.setdefault(each.binding, []).append((each, test))
    yield from (_flagged(binding, _where(binding.whole), "", tests) for binding, tests in groups.items())


def _where(pattern: str) -> _Pattern:
    return lambda condition: f"{pattern} {condition}"


def _flagged(binding: Binding, pattern: _Pattern, value: str, tests: list[_Test]) -> Scan:
    """A scan for rows where a test is true, with a flag for each where there are several."""
    variables = [*binding.variables, *filter(None, (value,))]
    if len(tests) == 1:
        (wanted, test), = tests
        found = pattern(f"FILTER({test})")
        return _scan(dict.fromkeys(variables), found, binding.focus, value, "", (wanted.check(),))
    flags = [f"?_c{number}" for number in range(len(tests))]
    checks = tuple(wanted.check(flag) for (wanted, _), flag in zip(tests, flags, strict=True))
    # The flags are worked out for the few rows that are left, not for all.
    told = " ".join(f"BIND({test} AS {flag})" for (_, test), flag in zip(tests, flags, strict=True))
    found = f"{{ {pattern(f'FILTER({any_of(test for _, test in tests)})')} }} {told}"
    return _scan(dict.fromkeys((*variables, *flags)), found, binding.focus, value, "", checks)


def _scan(variables: Iterable[str], pattern: str, focus: str, value: str, path: str, checks: tuple[Check, ...]) -> Scan:
    # Paths, unions and overlapping graphs repeat rows; the variables of the binding keep apart what must be.
    return Scan(f"SELECT DISTINCT {' '.join(variables)} WHERE {{ {pattern} }}", focus, value, path, checks)


def _valued(writer: Writer, wanted: _Wanted) -> tuple[_Pattern, str]:
    """The pattern of the focus nodes with their value nodes, and the variable that holds those."""
    binding, path = wanted.binding, wanted.shape.path
    if extents.begins(writer, binding, path):
        return partial(extents.values, binding, path, VALUE), VALUE
    return (_where(step(binding, path, VALUE)), VALUE) if path else (_where(binding.whole), binding.focus)


def _rows(wanted: _Wanted, pattern: str, value: str = "", path: str = "", more: tuple[str, ...] = ()) -> Scan:
    binding = wanted.binding
    variables = dict.fromkeys((*binding.variables, *filter(None, (value, path)), *more))
    return _scan(variables, pattern, binding.focus, value, path, (wanted.check(),))


def _closed(writer: Writer, wanted: _Wanted) -> Scan:
    pattern, node = _valued(writer, wanted)
    return _rows(wanted, pattern(forbidden(wanted.constraint, node, PATH, "?_o")), "?_o", PATH, (node,))


def _less(writer: Writer, wanted: _Wanted) -> Scan:
    pattern, value = _valued(writer, wanted)
    others = greater_others(writer, wanted.constraint, wanted.binding.focus, value, "?_o")
    return _rows(wanted, pattern(others), value, more=("?_o",))


def _unique_lang(writer: Writer, wanted: _Wanted) -> Scan:
    pattern, value = _valued(writer, wanted)
    query = repeated_languages(wanted.binding.variables, pattern(""), value, "?_l")
    return Scan(query, wanted.binding.focus, "", "", (wanted.check(),))


def _failing(writer: Writer, wanted: _Wanted) -> Scan | None:
    binding, path = wanted.binding, wanted.shape.path
    if wanted.constraint.kind != "Node" or not extents.begins(writer, binding, path):
        return None
    pattern = extents.failing(writer, binding, path, VALUE, writer.shapes[wanted.constraint.shapes[0]])
    return _rows(wanted, pattern, VALUE) if pattern else None


def _crowded(writer: Writer, wanted: _Wanted) -> Scan:
    return _rows(wanted, extents.crowded(wanted.binding, wanted.shape.path, wanted.constraint))


def _equals(writer: Writer, wanted: _Wanted) -> Scan:
    """The half of sh:equals that looks back: values the other property has and the path has not."""
    binding = wanted.binding
    others = unequal_others(wanted.shape, wanted.constraint, binding.focus, VALUE)
    return _rows(wanted, f"{binding.whole} LATERAL {{ {others} }}", VALUE)


# Constraints whose results are rows of their own, not one for each value node or focus node.
_ROWS = {
    "Equals": _equals,
    "Closed": _closed,
    "LessThan": _less,
    "LessThanOrEquals": _less,
    "UniqueLang": _unique_lang,
}
