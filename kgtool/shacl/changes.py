"""Validation after a change: only the focus nodes that the change can matter to are judged again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from kgtool.shacl.index import Triples
from kgtool.shacl.literals import Data, after_storing, kept, stored, unwrap, wrap
from kgtool.shacl.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence, turned
from kgtool.shacl.reads import Read, reads
from kgtool.shacl.run import Outcome, focus_counts, indexed, judge, supported
from kgtool.terms import Term


def worth_it(focus_nodes: int) -> int:
    """How many of so many focus nodes are judged again by themselves at most; above, all are: that is faster then."""
    return focus_nodes // 5


@dataclass(frozen=True)
class Verdict:
    """What shapes found in data, kept so that the next verdict can begin from it.

    ``judged`` are how many of the focus nodes were looked at for it.
    """

    outcome: Outcome
    shapes: Triples = field(repr=False)
    focus_nodes: int
    judged: int


def verdict(data: Store | Data, shapes: Triples | Iterable[Quad]) -> Verdict:
    """Every focus node judged."""
    shapes = indexed(shapes)
    targets = sum(focus_counts(data, shapes).values())
    return Verdict(judge(data, shapes), shapes, targets, targets)


def revised(before: Verdict, data: Store | Data, changed: Iterable[Quad | Triple], most: int | None = None) -> Verdict:
    """The verdict on ``data``, which is what ``before`` was about with the ``changed`` triples added or removed.

    The same as a new verdict, in time that depends on the change and on what it can matter to, not on the data. A triple
    that is named though it has not changed does no harm. Where more than ``most`` focus nodes would have to be judged,
    by default a fifth of all, all are.
    """
    data = data if isinstance(data, Data) else stored(data)
    most = worth_it(before.focus_nodes) if most is None else most
    nodes = affected(data, before.shapes, changed, most)
    if nodes is None or before.outcome.unsupported:
        return verdict(data, before.shapes)
    same = {*nodes, *after_storing(node for node in nodes if isinstance(node, Literal)).values()}
    found = [result for result in before.outcome.results if result.origin not in same]
    found += judge(data, before.shapes, among=nodes).results
    outcome = replace(before.outcome, results=tuple(sorted(found, key=lambda result: result.key)))
    return replace(before, outcome=outcome, judged=len(nodes))


def affected(data: Data, shapes: Triples, changed: Iterable[Quad | Triple], most: int) -> tuple[Term, ...] | None:
    """The focus nodes that the changed triples can matter to, some others too; None for all, or more than ``most``."""
    wanted = reads(supported(shapes)[0])
    if wanted is None:
        return None
    found: dict[Term, None] = {}
    for route, ends in _reached(wanted, changed).items():
        try:
            found.update(dict.fromkeys(map(unwrap, _Walk(data, most).back(route, ends))))
        except _TooMany:
            return None
        if len(found) > most:
            return None
    return tuple(found)


def around(data: Data, shapes: Triples, nodes: Iterable[Term], most: int) -> set[Quad] | None:
    """All that judging the focus nodes may read, and some more; None where that cannot be told, or for far too much."""
    wanted = reads(supported(shapes)[0])
    if wanted is None:
        return None
    by_route: dict[Path | None, list[Read]] = {}
    for read in wanted:
        by_route.setdefault(read.route, []).append(read)
    found, walk, nodes = set(), _Walk(data, most), tuple(nodes)
    try:
        for route, some in by_route.items():
            for end in walk.back(route and turned(route), nodes):
                found.update(walk.read(end, some))
    except _TooMany:
        return None
    return found


def _reached(wanted: Iterable[Read], changed: Iterable[Quad | Triple]) -> dict[Path | None, dict[Term, None]]:
    """The nodes of changed triples by the routes on which a shape comes to them."""
    reached: dict[Path | None, dict[Term, None]] = {}
    by_predicate: dict[NamedNode | None, list[Read]] = {}
    for read in wanted:
        by_predicate.setdefault(read.predicate, []).append(read)
    for triple in changed:
        for read in (*by_predicate.get(triple.predicate, ()), *by_predicate.get(None, ())):
            node = triple.object if read.is_backward else triple.subject
            reached.setdefault(read.route, {})[node] = None
    return reached


class _TooMany(Exception):
    """More nodes were come by than are worth it."""


class _Walk:
    """From nodes back to where a path to them may have begun."""

    def __init__(self, data: Data, most: int):
        self._data = data
        # Many ways may lead to few nodes; beyond this a full run costs no more.
        self._left = 20 * max(most, 100)

    def back(self, path: Path | None, nodes: Iterable[Term]) -> set[Term]:
        match path:
            case None:
                return set(nodes)
            case Predicate(iri):
                return {quad.subject for node in nodes for quad in self._into(node, iri)}
            case Inverse(Predicate(iri)):
                return {quad.object for node in nodes for quad in self._from(node, iri)}
            case Inverse(inner):
                return self.back(turned(inner), nodes)
            case Alternative(ways):
                nodes = set(nodes)
                return {start for way in ways for start in self.back(way, nodes)}
            case Sequence(parts):
                for part in reversed(parts):
                    nodes = self.back(part, nodes)
                return set(nodes)
            case Repeat(inner, mark):
                return self._repeated(inner, mark, set(nodes))

    def _repeated(self, inner: Path, mark: str, nodes: set[Term]) -> set[Term]:
        found = set() if mark == "+" else set(nodes)
        new = self.back(inner, nodes) - found
        while new:
            found |= new
            new = set() if mark == "?" else self.back(inner, new) - found
        return found

    def read(self, node: Term, wanted: Iterable[Read]) -> Iterator[Quad]:
        """The triples that are read where a route ends; all of a subject are looked up at once."""
        for read in wanted:
            if read.is_backward:
                yield from self._into(node, read.predicate)
        forward = {read.predicate for read in wanted if not read.is_backward}
        if forward and isinstance(node, NamedNode | BlankNode):
            own = self._counted(self._data.store.quads_for_pattern(node, None, None, None))
            yield from (quad for quad in own if None in forward or quad.predicate in forward)

    def _into(self, node: Term, predicate: NamedNode) -> Iterator[Quad]:
        for form in self._forms(node):
            yield from self._counted(self._data.store.quads_for_pattern(None, predicate, form, None))

    def _forms(self, node: Term) -> set[Term]:
        """A node as the store may have it: a literal may stand there otherwise than it was written."""
        if not isinstance(node, Literal):
            return {node}
        if not self._data.judged:
            return {node, kept(node)}
        return {node, wrap(unwrap(node))} if self._data.wrapped else {node}

    def _from(self, node: Term, predicate: NamedNode) -> Iterator[Quad]:
        if isinstance(node, NamedNode | BlankNode):
            yield from self._counted(self._data.store.quads_for_pattern(node, predicate, None, None))

    def _counted(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        for quad in quads:
            self._left -= 1
            if self._left < 0:
                raise _TooMany
            yield quad
