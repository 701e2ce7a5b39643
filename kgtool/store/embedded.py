"""Oxigraph inside this process, on disk or in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple

from kgtool import syntax
from kgtool.answer import Answer
from kgtool.errors import KgtoolError, QueryError, StoreError, WrongUse
from kgtool.progress import Tick, counted, unwatched
from kgtool.store import order, protocol
from kgtool.store.protocol import Row, Subject
from kgtool.store.sums import Sums
from kgtool.terms import Prefixes, Term

_DAMAGE = ("orruption", "IO error", "checksum")
_MOST_LABELS, _LONGEST = 20_000, 500  # kept, of IRIs of so many letters
# Left to itself the engine loads a million quads at once, which takes 400 MB more than so many at once, and is not faster.
_AT_ONCE = 200_000
_NO_ROOM = ("No space left", "File too large", "Disk quota exceeded")


class Store:
    """A graph to be asked, and while it is being made, filled.

    A finished build keeps the merge of its named graphs in the default graph as well, each triple once: Oxigraph's own
    union of named graphs gives a triple once a graph, and every count over it would be too high. While a build still
    fills the store, ``merged`` is False and queries see that union of all graphs, the default graph among them.
    """

    def __init__(
        self, engine: ox.Store, prefixes: Prefixes, merged: bool, folder: Path | None = None, held: BinaryIO | None = None
    ):
        self.engine = engine
        self.prefixes = prefixes
        self.merged = merged
        self.folder = folder
        self.sums: Sums | None = None  # counted while it is filled, where one wants to know what that changed
        self._held = held  # as long as it is open, the files of the engine stay
        self._labels: dict[str, str] = {}  # those last asked for; empty for what has none

    def select(self, query: str) -> Answer:
        plain, by = order.split(query)
        found = self._ordered(plain, by) if by else None
        return self._answer(query) if found is None else found

    def _ordered(self, plain: str, by: tuple[str, ...]) -> Answer | None:
        """The rows of a query in an order that it leaves to us; None where the engine has to give it, or to refuse."""
        with suppress(QueryError):
            found = self._answer(plain)
            rows = order.ordered(found.rows, found.columns, by)
            return None if rows is None else replace(found, rows=tuple(rows))

    def _answer(self, query: str) -> Answer:
        found = self._solutions(query)
        columns = tuple(variable.value for variable in found.variables)
        return Answer(columns, tuple(tuple(solution) for solution in drain(found)), self.prefixes)

    def rows(self, query: str) -> Iterator[Row]:
        return (tuple(solution) for solution in drain(self._solutions(query)))

    def ask(self, query: str) -> bool:
        found = self._run(query)
        if not isinstance(found, ox.QueryBoolean):
            raise WrongUse("this query gives no yes or no; an ASK does")
        return bool(found)

    def construct(self, query: str) -> list[Triple]:
        return list(self.triples(query))

    def triples(self, query: str) -> Iterator[Triple]:
        """Those of a CONSTRUCT one by one, where there may be more than memory holds."""
        found = self._run(query)
        if not isinstance(found, ox.QueryTriples):
            raise WrongUse("this query makes no triples; a CONSTRUCT does")
        return drain(found)

    def check(self, query: str) -> None:
        """A QueryError where a query cannot be read; no row of it is looked for."""
        self._run(query)

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        if not self._held:  # it may still change
            return protocol.labels(self, iris)
        kept, wanted = self._labels, set(iris)
        found = {iri: label for iri in wanted if (label := kept.get(iri)) is not None}
        missing = wanted - found.keys()
        found |= dict.fromkeys(missing, "") | protocol.labels(self, missing)
        if len(found) + len(kept) > _MOST_LABELS:
            kept = self._labels = {}
        if len(found) <= _MOST_LABELS:
            kept.update({iri: label for iri, label in found.items() if len(iri) <= _LONGEST})
        return {iri: label for iri, label in found.items() if label}

    def graphs(self) -> list[str]:
        return sorted(name.value for name in self.engine.named_graphs())

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        if graph or not self.merged:
            return self.match(graph=NamedNode(graph) if graph else None)
        # Graph by graph: the merge is half of a store, and to read it only to leave it out would be half of the work.
        return (quad for name in self.engine.named_graphs() for quad in self.match(graph=name))

    def match(
        self, subject: Subject = None, predicate: NamedNode | None = None, value: Term | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        found = drain(self.engine.quads_for_pattern(subject, predicate, value, graph))
        return (quad for quad in found if quad.graph_name != DefaultGraph()) if self.merged and not graph else found

    def count(self) -> int:
        """How many quads it has; those of the merge do not count again."""
        of_graphs = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
        return int(self.select(of_graphs).rows[0][0].value) if self.merged else len(self.engine)

    def add(self, quads: Iterable[Quad]) -> None:
        """Take in any number of quads, a part at a time, so that they need not fit into memory."""
        rest = iter(self.sums.counted(quads) if self.sums else quads)
        try:
            for first in rest:
                self.engine.bulk_extend(chain((first,), islice(rest, _AT_ONCE - 1)))
        except (OSError, RuntimeError) as error:
            raise failed(error) from error

    def load(self, content: BinaryIO, rdf_format: RdfFormat, base: str, graph: NamedNode | None) -> None:
        """Take in a file as it flows; the blank nodes of two files have nothing in common."""
        try:
            self.engine.bulk_load(content, format=rdf_format, base_iri=base, to_graph=graph)
        except (OSError, RuntimeError) as error:
            raise failed(error) from error

    def merge(self, leave_out: Iterable[str] = (), tick: Tick = unwatched, of: Store | None = None) -> None:
        """Make the default graph the merge of all named graphs but those that are alternatives to others.

        They are read from another store ``of`` the same graphs, where there is one that gives them faster.
        """
        apart, read = set(leave_out), of or self
        wanted = (quad for graph in read.graphs() if graph not in apart for quad in read.quads(graph))
        self.add(Quad(quad.subject, quad.predicate, quad.object) for quad in counted(wanted, tick, "merged", "quads"))
        self.merged = True

    def _solutions(self, query: str) -> ox.QuerySolutions:
        found = self._run(query)
        if not isinstance(found, ox.QuerySolutions):
            raise WrongUse("this query gives no rows; a SELECT does")
        return found

    def _run(self, query: str):
        try:
            return self.engine.query(query, prefixes=dict(self.prefixes), use_default_graph_as_union=not self.merged)
        except SyntaxError as error:
            raise syntax.query_error(query, error, self.prefixes) from error
        except (OSError, RuntimeError, ValueError) as error:
            raise failed(error) from error


def in_memory(quads: Iterable[Quad], prefixes: Prefixes) -> Store:
    """A store that is gone with the process; ``merge`` it once it is complete."""
    made = Store(ox.Store(), prefixes, merged=False)
    made.add(quads)
    return made


def failed(error: Exception) -> KgtoolError:
    """What the engine says in one way of all that goes wrong: no room, damage, or a query that cannot be run.

    A damaged block is found only when it is read.
    """
    first = str(error).partition("\n")[0]
    if "file descriptors" in first:
        return StoreError(f"the store cannot be opened: {first}")
    if any(sign in first for sign in _NO_ROOM):
        return StoreError(f"there is no room left for the store: {first}; make room and do it again")
    if any(sign in first for sign in _DAMAGE):
        return StoreError(f"the store is damaged: {first}; run `kgtool build --force`")
    return QueryError(f"the query could not be run: {error}")


def drain(found: Iterable) -> Iterator:
    """What the engine gives, one after the other, and what it says where something goes wrong."""
    try:
        yield from found
    except (OSError, RuntimeError, ValueError) as error:
        raise failed(error) from error
