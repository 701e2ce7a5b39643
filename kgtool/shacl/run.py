"""Validation itself: shapes compiled, their queries run on the data, and rows turned into results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, Store

from kgtool.shacl.compile import Check, Run, Scan, asked_text, check_rule, plan, rule_text
from kgtool.shacl.constraints import SHAPES_GRAPH
from kgtool.shacl.endpoint import Endpoint, NotHere
from kgtool.shacl.expectations import expected
from kgtool.shacl.index import Triples
from kgtool.shacl.literals import AS_VALUES, AS_WRITTEN, Data, kept, stored, unwrap, wrap
from kgtool.shacl.parse import read
from kgtool.shacl.paths import Path, Predicate
from kgtool.shacl.problems import Unsupported
from kgtool.shacl.results import Result, filled
from kgtool.shacl.shapes import Shapes, Target
from kgtool.shacl.sparql import Binding
from kgtool.shacl.writer import FIRST_FOCUS, Writer, step
from kgtool.terms import RDFS, Term

Row = Mapping[str, Term | None]
Functions = dict[NamedNode, Callable[..., Term | None]]
_TRUE = Literal(True)
# So many subjects of a predicate stand for all. Those loaded last come first, so one predicate is misjudged for one class.
_SOME = 200
ORIGIN = FIRST_FOCUS[1:]


@dataclass(frozen=True)
class Outcome:
    """Every result of the shapes that could be judged, and the others with the reason, for another engine; and those that an
    endpoint left unjudged, or judged in part, with what it said. ``counts`` are the focus nodes, where it counted all."""

    results: tuple[Result, ...]
    unsupported: tuple[tuple[Term, str], ...] = ()
    unjudged: tuple[tuple[Term, str], ...] = ()
    counts: Mapping[Term, int] | None = None


def validate(data: Store | Data, shapes: Triples | Iterable[Quad]) -> tuple[Result, ...]:
    """Every result, sorted. Raises ShapesError for ill-formed shapes, Unsupported for what cannot be compiled."""
    outcome = judge(data, shapes)
    if outcome.unsupported:
        raise Unsupported(outcome.unsupported)
    return outcome.results


def judge(data: Store | Data | Endpoint, shapes: Triples | Iterable[Quad], among: Iterable[Term] | None = None) -> Outcome:
    """What validate() finds, with the shapes it has to leave to another engine beside it rather than raised.

    ``among``: judge only these of the shapes' focus nodes, in time that depends on their number and not on the data.
    Shapes that come as Triples are read once, however often they judge. Raises NotHere where an Endpoint cannot say it all.
    """
    data, triples = stored(data) if isinstance(data, Store) else data, indexed(shapes)
    known, unsupported = supported(triples)
    engine = Engine(with_shapes(data, known, triples), known, among)
    results = (result for query in plan(engine.writer) for result in engine.results(query))
    return Outcome(tuple(sorted(results, key=lambda result: result.key)), unsupported)


def indexed(shapes: Triples | Iterable[Quad]) -> Triples:
    return shapes if isinstance(shapes, Triples) else Triples(shapes)


def faults(data: Data | Endpoint, shapes: Iterable[Quad], shape: Term, nodes: Iterable[Term]) -> tuple[Result, ...]:
    """What one shape finds in some nodes, whatever it targets: why they do not conform to it."""
    known = read(Triples(shapes))
    if known.outside(known[shape]):
        return ()
    aimed = {s.node: replace(s, targets=(Target("any", s.node),) if s.node == shape else ()) for s in known}
    engine = Engine(data, Shapes(aimed), nodes)
    return tuple(result for query in plan(engine.writer) for result in engine.results(query))


def reached(data: Data | Endpoint, path: Path, nodes: Iterable[Term]) -> dict[Term, tuple[Term, ...]]:
    """The value nodes that a path leads to from each of some nodes; one that it leads nowhere from is not there."""
    engine = Engine(data, Shapes(), nodes)
    pattern = step(engine.writer.scope(()), path, "?_value")
    found: dict[Term, dict[Term, None]] = {}
    for row in engine.select(f"SELECT DISTINCT {FIRST_FOCUS} ?_value WHERE {{ {pattern} }}"):
        found.setdefault(unwrap(row[ORIGIN]), {})[unwrap(row["_value"])] = None
    return {node: tuple(values) for node, values in found.items()}


def focus_counts(data: Store | Data | Endpoint, shapes: Triples | Iterable[Quad]) -> dict[Term, int]:
    """How many focus nodes each shape with a target finds; 0 shows a shape that looks at nothing."""
    known = read(indexed(shapes))
    engine = Engine(stored(data) if isinstance(data, Store) else data, known)
    return {shape.node: engine.count(engine.writer.scope(shape.targets)) for shape in known.roots}


@lru_cache(maxsize=8)
def supported(triples: Triples) -> tuple[Shapes, tuple[tuple[Term, str], ...]]:
    """The shapes without the targets of those that cannot be compiled, and those with the reasons."""
    shapes = read(triples)
    reasons = {shape.node: shapes.outside(shape) for shape in shapes.roots}
    unsupported = tuple(sorted(((node, why) for node, why in reasons.items() if why), key=str))
    kept = {s.node: replace(s, targets=()) if reasons.get(s.node) else s for s in shapes}
    return Shapes(kept), unsupported


def with_shapes(data: Data | Endpoint, shapes: Shapes, triples: Triples) -> Data | Endpoint:
    """The data, copied beside the shapes graph where a rule asks for $shapesGraph."""
    rules = [c.rule for shape in shapes for c in shape.constraints if c.rule]
    if not any("shapesGraph" in rule.text for rule in rules):
        return data
    if isinstance(data, Endpoint):
        raise NotHere
    store = Store()
    store.bulk_extend(Quad(q.subject, q.predicate, q.object) if data.union else q for q in data.store)
    graph = NamedNode(SHAPES_GRAPH[1:-1])
    store.bulk_extend(Quad(q.subject, q.predicate, q.object, graph) for q in triples.quads)
    return replace(data, store=store, union=False)


def _told_apart(data: Data | Endpoint, shapes: Shapes) -> Data | Endpoint:
    """Data that have no literal which a store would change, to be asked as if they had: where a shape names one, that is not
    the value which a store makes of it."""
    if not isinstance(data, Data) or not data.judged or data.wrapped:
        return data
    named = (term for shape in shapes for c in shape.constraints if c.kind in ("In", "HasValue") for term in c.terms)
    targets = (target.term for shape in shapes for target in shape.targets)
    return replace(data, wrapped=any(wrap(term) is not term for term in (*named, *targets)))


class Engine:
    """Runs queries over the data; rules see plain values, all else sees literals as they were written."""

    def __init__(self, data: Data | Endpoint, shapes: Shapes, among: Iterable[Term] | None = None):
        self.data = data = _told_apart(data, shapes)
        nodes = None if among is None else tuple(dict.fromkeys(among))
        is_here = isinstance(data, Data)
        asked = lru_cache(None)(self._subclasses), lru_cache(None)(self._is_mostly)
        self.writer = Writer(shapes, *asked, data.judged, data.wrapped, nodes, has_sets=is_here)
        self._judges: dict[NamedNode, Callable[..., Literal]] = {}
        for shape in shapes:
            for constraint in shape.constraints if not shapes.outside(shape) else ():
                check_rule(self.writer.as_values(), Check(shape, constraint))

    def count(self, binding: Binding) -> int:
        query = f"SELECT (COUNT(DISTINCT {binding.focus}) AS ?n) WHERE {{ {binding.whole} }}"
        return int(next(self.select(query))["n"].value)

    def results(self, query: Scan | Run) -> Iterator[Result]:
        return self._scan(query) if isinstance(query, Scan) else self._run(query)

    def _scan(self, scan: Scan) -> Iterator[Result]:
        checks = [(check, expected(check.constraint, self.writer.shapes)) for check in scan.checks]
        for row in self.select(scan.query):
            focus, value = unwrap(row[scan.focus[1:]]), unwrap(row[scan.value[1:]]) if scan.value else None
            path = Predicate(row[scan.path[1:]]) if scan.path else None
            for check, asked in checks:
                if not check.flag or row[check.flag[1:]] == _TRUE:
                    found = _result(check, focus, path or check.shape.path, value, {"this": focus, "value": value})
                    yield replace(found, expected=asked, origin=unwrap(row[ORIGIN]))

    def _run(self, run: Run) -> Iterator[Result]:
        if not run.at_once or self._looks_at_wrapped(run.written):
            for origin, focus, binding in self._each(run.written):
                for result in self._found(run.check, binding, focus):
                    yield replace(result, origin=origin)
        else:
            yield from self._found(run.check, run.binding)

    def _found(self, check: Check, binding: Binding, focus: Term | None = None) -> Iterator[Result]:
        rows = self._solutions(check, binding)
        # A triple in two graphs of a union matches twice, which must not make two results of one.
        for row in _once(rows) if self.data.union else rows:
            at = row[binding.focus[1:]] if focus is None else focus
            path = Predicate(row["path"]) if isinstance(row.get("path"), NamedNode) else check.shape.path
            found = _ruled(check, at, path, {**row, "value": self._as_written(at, path, row.get("value"))})
            yield replace(found, origin=row.get(ORIGIN))

    def _looks_at_wrapped(self, binding: Binding) -> bool:
        """Whether a focus node is a literal that rules see otherwise than it was written."""
        return self.data.wrapped and any(unwrap(node) is not node for _, node in self._nodes(binding))

    def _nodes(self, binding: Binding) -> Iterator[tuple[Term, Term]]:
        """The first and the last focus node of each row of a binding, as the store has them."""
        query = f"SELECT DISTINCT {' '.join(binding.variables)} WHERE {{ {binding.pattern} }}"
        yield from [(row[ORIGIN], row[binding.focus[1:]]) for row in self.select(query)]

    def _each(self, binding: Binding) -> Iterator[tuple[Term, Term, Binding]]:
        """The binding taken apart: its nodes as they were written, with a binding of the plain value of the last."""
        for origin, node in self._nodes(binding):
            yield unwrap(origin), unwrap(node), Binding(self._bound(node, "?_f0"), ("?_f0",))

    def _as_written(self, focus: Term, path: Path | None, value: Term | None) -> Term | None:
        """The literal a rule saw as a plain value, as it stands at the end of the path, else anywhere beside its focus node."""
        if not self.data.wrapped or not isinstance(value, Literal):
            return value
        if isinstance(focus, Literal):  # nothing stands beside it, but a path may end where it begins
            return focus if kept(focus) == value else value
        beside = self.data.store.quads_for_pattern(focus, None, None, AS_WRITTEN)
        return _spelled(value, self._ends(focus, path)) or _spelled(value, (quad.object for quad in beside)) or value

    def _ends(self, focus: NamedNode | BlankNode, path: Path | None) -> Iterator[Term]:
        """What stands at the end of a path, as the store has it where nothing is a plain value only."""
        if isinstance(path, Predicate):
            for graph in (DefaultGraph(), AS_WRITTEN):
                yield from (quad.object for quad in self.data.store.quads_for_pattern(focus, path.iri, None, graph))
        elif path is not None:
            at = Binding(self._bound(focus, "?_f0"), ("?_f0",))
            yield from (row["_end"] for row in self.select(f"SELECT DISTINCT ?_end WHERE {{ {step(at, path, '?_end')} }}"))

    def _bound(self, node: Term, variable: str) -> str:
        """A pattern that gives one node to a variable."""
        term = self.writer.as_values().term(unwrap(node))
        return f"BIND({term} AS {variable})" if isinstance(node, BlankNode) else f"VALUES {variable} {{ {term} }}"

    def _solutions(self, check: Check, binding: Binding) -> Iterator[Row]:
        return self.select(rule_text(self.writer.as_values(), check, binding), as_values=True)

    def select(self, query: str, as_values: bool = False) -> Iterator[Row]:
        if isinstance(self.data, Endpoint):
            if self.writer.nodes or self.writer.judges:
                raise NotHere
            return self.data.rows(query)
        solutions = self._local(query, as_values)
        names = [variable.value for variable in solutions.variables]
        return (dict(zip(names, tuple(solution), strict=True)) for solution in solutions)

    def _local(self, query: str, as_values: bool) -> QuerySolutions:
        graphs: list[DefaultGraph | NamedNode] = [DefaultGraph(), AS_VALUES if as_values else AS_WRITTEN]
        return self.data.store.query(
            query,
            use_default_graph_as_union=self.data.union,
            default_graph=graphs if self.data.wrapped else None,
            custom_functions=self._functions(),
        )

    def _subclasses(self, class_: NamedNode) -> tuple[NamedNode, ...]:
        query = f"SELECT DISTINCT ?c WHERE {{ ?c <{RDFS}subClassOf>+ {class_} }}"
        below = {row["c"] for row in self.select(query) if isinstance(row["c"], NamedNode)}
        return (class_, *sorted(below - {class_}, key=str))

    def _is_mostly(self, predicate: NamedNode, pattern: str) -> bool:
        """Whether a third of some subjects of the predicate match; from afar to ask would cost more than it is worth."""
        if isinstance(self.data, Endpoint):
            return False
        some = f"SELECT {FIRST_FOCUS} WHERE {{ {FIRST_FOCUS} {predicate} ?_any }} LIMIT {_SOME}"
        query = f"SELECT (EXISTS {{ {pattern} }} AS ?_is) WHERE {{ {{ {some} }} }}"
        found = [row["_is"] == _TRUE for row in self.select(query)]
        return 3 * sum(found) >= len(found)

    def _functions(self) -> Functions:
        """What queries call: blank nodes by name, and rules that judge one node inside a larger shape."""
        for name, (shape, constraint) in self.writer.judges.items():
            if name not in self._judges:
                self._judges[name] = lru_cache(None)(partial(self._finds_fault, Check(shape, constraint)))
        nodes = {name: partial(_itself, node) for name, node in self.writer.nodes.items()}
        sets = {name: partial(_is_in, terms) for name, terms in self.writer.sets.items()}
        return {**nodes, **sets, **self._judges}

    def _finds_fault(self, check: Check, this: Term, value: Term | None = None) -> Literal:
        bound = self._bound(this, "?_f0")
        if value is None:
            solutions = self._solutions(check, Binding(bound, ("?_f0",)))
        else:
            both = f"{bound} {self._bound(value, '?_f1')}"
            solutions = self.select(asked_text(self.writer.as_values(), check, both, "?_f0", "?_f1"), as_values=True)
        return Literal(next(iter(solutions), None) is not None)


def _once(rows: Iterable[Row]) -> Iterator[Row]:
    return iter({tuple(row.values()): row for row in rows}.values())


def _itself(node: BlankNode) -> BlankNode:
    return node


def _is_in(terms: frozenset[Term], term: Term) -> Literal:
    return Literal(term in terms)


def _result(check: Check, focus: Term, path: Path | None, value: Term | None, row: Mapping[str, Term]) -> Result:
    shape, rule = check.shape, check.constraint.rule
    return Result(
        focus,
        path,
        value,
        check.constraint.component,
        shape.severity.value,
        shape.node,
        _messages(check, row),
        rule.node if rule and check.constraint.kind == "SPARQL" else None,
        "",
        check.constraint.terms if check.constraint.kind in ("In", "Closed", "LanguageIn") else (),
        check.constraint.shapes if check.constraint.kind != "Property" else (),
    )


def _messages(check: Check, row: Mapping[str, Term]) -> tuple[Literal, ...]:
    """The shape's own words; those of a rule come first, with what its variables stand for."""
    rule = check.constraint.rule
    if not rule:
        return check.shape.messages
    known = {**{name: term for name, term in rule.parameters if term is not None}, **row}
    return tuple(filled(message, known) for message in rule.messages or check.shape.messages)


def _spelled(value: Literal, terms: Iterable[Term]) -> Term | None:
    """The value as the store has it among some terms: as it is, or as it was written; None where it is not there."""
    found = [term for term in terms if term == value or (unwrap(term) is not term and kept(unwrap(term)) == value)]
    return value if value in found else unwrap(found[0]) if found else None


def _ruled(check: Check, focus: Term, path: Path | None, row: Mapping[str, Term | None]) -> Result:
    """The result for one solution of somebody's SELECT."""
    # https://www.w3.org/TR/shacl/#sparql-constraints-validation
    value = row.get("value")
    if value is None and check.shape.path is None:
        value = focus
    result = _result(check, focus, path, value, {**row, "this": focus})
    message = row.get("message")
    return replace(result, messages=(message,)) if isinstance(message, Literal) else result
