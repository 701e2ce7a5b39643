"""The pieces every compiled query is put together from: variables, terms, classes, targets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from pyoxigraph import BlankNode, NamedNode

from kgtool.shacl.literals import kept, wrap
from kgtool.shacl.paths import Path, Predicate, values
from kgtool.shacl.shapes import Constraint, Shape, Shapes, Target
from kgtool.shacl.sparql import Binding
from kgtool.terms import RDF, RDFS, Term

TYPE = f"<{RDF}type>"
_SUBCLASS = f"<{RDFS}subClassOf>"
# The variable of every query's outermost focus node.
FIRST_FOCUS = "?_f0"
# So many terms are compared one by one; more are looked up in a set.
_MOST_TERMS = 100
# Up to so many classes are listed in a query; above, a path over rdfs:subClassOf finds them.
_MOST_CLASSES = 40


@dataclass
class Writer:
    """What one compilation knows and hands out: names that are new, and the terms and rules queries call for.

    ``subclasses`` gives the classes below one in the data; ``judged`` and ``wrapped`` are those of the Data,
    ``among`` are the only focus nodes to judge, where not all are; ``has_sets`` is whether a function can look into one.
    ``is_mostly`` tells whether most subjects of a predicate match a pattern, as far as it pays to look.
    """

    shapes: Shapes
    subclasses: Callable[[NamedNode], tuple[NamedNode, ...]]
    is_mostly: Callable[[NamedNode, str], bool] = lambda predicate, pattern: False
    judged: bool = False
    wrapped: bool = False
    among: tuple[Term, ...] | None = None
    has_sets: bool = True
    # Blank nodes, sets and rules have no name in SPARQL: queries get at them by calling a function.
    nodes: dict[NamedNode, BlankNode] = field(default_factory=dict)
    sets: dict[NamedNode, frozenset[Term]] = field(default_factory=dict)
    judges: dict[NamedNode, tuple[Shape, Constraint]] = field(default_factory=dict)
    _count: int = 0

    def as_values(self) -> Writer:
        """The same writer for queries that see plain values; what queries call stays shared."""
        return replace(self, wrapped=False)

    def fresh(self, stem: str) -> str:
        """A variable that no other part of the query uses."""
        self._count += 1
        return f"?_{stem}{self._count}"

    def term(self, term: Term) -> str:
        """A term as an expression."""
        if isinstance(term, BlankNode):
            name = NamedNode(f"urn:kgtool:node:{term.value}")
            self.nodes[name] = term
            return f"{name}()"
        return str(wrap(term)) if self.wrapped else str(term)

    def is_among(self, variable: str, terms: tuple[Term, ...]) -> str:
        """An expression that is true where the variable is one of the terms."""
        if len(terms) <= _MOST_TERMS or not self.has_sets:
            return one_of(variable, map(self.term, terms))
        name = NamedNode(f"urn:kgtool:set:{len(self.sets)}")
        self.sets[name] = frozenset(wrap(term) if self.wrapped else kept(term) for term in terms)
        return f"COALESCE({name}({variable}), false)"

    def judge(self, shape: Shape, constraint: Constraint) -> str:
        """The name of a function that is true for the focus nodes a rule finds fault with."""
        known = next((name for name, pair in self.judges.items() if pair == (shape, constraint)), None)
        name = known or NamedNode(f"urn:kgtool:judge:{len(self.judges)}")
        self.judges[name] = (shape, constraint)
        return str(name)

    def is_a(self, node: str, class_: NamedNode) -> str:
        """A pattern that matches where a bound node is an instance."""
        classes = self.subclasses(class_)
        if len(classes) == 1:
            return f"{node} {TYPE} {class_} ."
        if len(classes) > _MOST_CLASSES:
            return f"{node} {TYPE}/{_SUBCLASS}* {class_} ."
        return _of_one(node, self.fresh("t"), classes)

    def scope(self, targets: Iterable[Target]) -> Binding:
        """Every focus node of the targets, or those of them that are to be judged."""
        found = self._scope(targets)
        if self.among is None:
            return found
        # From the few nodes to their targets: the other way round would walk through every focus node.
        return Binding(f"{self._listed()} FILTER(EXISTS {{ {found.pattern} }})", ("?_f0",))

    def _listed(self) -> str:
        named = " ".join(self.term(node) for node in self.among or () if not isinstance(node, BlankNode))
        blank = (self.term(node) for node in self.among or () if isinstance(node, BlankNode))
        return " UNION ".join([f"{{ VALUES ?_f0 {{ {named} }} }}", *(f"{{ BIND({call} AS ?_f0) }}" for call in blank)])

    def _scope(self, targets: Iterable[Target]) -> Binding:
        merged = tuple(_merged(tuple(targets)))
        is_wide = any(kind not in ("node", "any") for kind, _ in merged)
        patterns = list(dict.fromkeys(map(self._target, merged)))
        if len(patterns) == 1:
            (pattern, repeats), member = patterns[0], self._member(*merged[0])
            return Binding(pattern, ("?_f0",), repeats, is_wide, member)
        union = " UNION ".join(f"{{ {pattern} }}" for pattern, _ in patterns)
        return Binding(union, ("?_f0",), repeats=True, is_wide=is_wide)

    def _target(self, target: tuple[str, tuple[Term, ...]]) -> tuple[str, bool]:
        kind, terms = target
        match kind:
            case "any":
                return "", False
            case "node":
                return f"VALUES ?_f0 {{ {' '.join(map(self.term, terms))} }}", False
            case "subjects":
                return f"?_f0 {terms[0]} ?_near .", True
            case "objects":
                return f"?_near {terms[0]} ?_f0 .", True
        classes = self.subclasses(terms[0])
        if len(classes) == 1:
            return f"?_f0 {TYPE} {terms[0]} .", False
        if len(classes) > _MOST_CLASSES:
            return f"?_f0 {TYPE}/{_SUBCLASS}* {terms[0]} .", True
        return f"VALUES ?_class {{ {' '.join(map(str, classes))} }} LATERAL {{ ?_f0 {TYPE} ?_class }}", True

    def _member(self, kind: str, terms: tuple[Term, ...]) -> str:
        """A pattern that matches where ?_f0 is a focus node of the target."""
        classes = self.subclasses(terms[0]) if kind == "class" else ()
        if 1 < len(classes) <= _MOST_CLASSES:
            return _of_one("?_f0", "?_kind", classes)
        return self._target((kind, terms))[0] if kind not in ("any", "node") else ""


def _of_one(node: str, kind: str, classes: tuple[NamedNode, ...]) -> str:
    return f"{node} {TYPE} {kind} . FILTER({one_of(kind, map(str, classes))})"


def _merged(targets: tuple[Target, ...]) -> Iterable[tuple[str, tuple[Term, ...]]]:
    """All node targets as one, then the others each by itself."""
    nodes = tuple(sorted({target.term for target in targets if target.kind == "node"}, key=str))
    if nodes:
        yield "node", nodes
    others = {target for target in targets if target.kind != "node"}
    yield from ((target.kind, (target.term,)) for target in sorted(others, key=str))


def step(binding: Binding, path: Path, variable: str) -> str:
    """A pattern for the binding and the value nodes its focus node leads to."""
    if isinstance(path, Predicate) and _is_plain(binding):
        return f"{binding.pattern} {binding.focus} {path.iri} {variable} ."
    # One look-up per focus node: joining the path's whole extent instead would lose nodes of no triple.
    return f"{binding.whole} LATERAL {{ {values(path, binding.focus, variable)} }}"


def step_if_any(binding: Binding, path: Path, variable: str) -> str:
    """The same, with a row without value for a focus node that has none."""
    return f"{binding.whole} LATERAL {{ OPTIONAL {{ {values(path, binding.focus, variable)} }} }}"


def _is_plain(binding: Binding) -> bool:
    return not binding.repeats and "{" not in binding.pattern


def along(binding: Binding, path: Path) -> Binding:
    """The value nodes of a path as focus nodes, one for each way to get there."""
    variable = f"?_f{len(binding.variables)}"
    pattern = step(binding, path, variable)
    is_simple = isinstance(path, Predicate)
    return Binding(pattern, (*binding.variables, variable), repeats=binding.repeats or not is_simple, is_wide=binding.is_wide)


def one_of(variable: str, terms: Iterable[str]) -> str:
    """An expression that is true where the variable is one of the terms, as written rather than by value."""
    return any_of(f"sameTerm({variable}, {term})" for term in terms)


def any_of(tests: Iterable[str]) -> str:
    wanted = [test for test in tests if test != "false"]
    return f"({' || '.join(wanted)})" if wanted else "false"


def all_of(tests: Iterable[str]) -> str:
    wanted = [test for test in tests if test != "true"]
    return f"({' && '.join(wanted)})" if wanted else "true"


def negated(test: str) -> str:
    return {"true": "false", "false": "true"}.get(test, f"(!{test})")
