"""What every store can do, wherever it keeps its graph: the one face that the rest of the package looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from pyoxigraph import BlankNode, NamedNode, Quad, Triple

from kgtool.answer import Answer
from kgtool.terms import BASE, Prefixes, Term

Row = tuple[Term | None, ...]
Subject = NamedNode | BlankNode | None


class GraphStore(Protocol):
    """A graph to be asked: embedded, on disk or in memory, or behind somebody's SPARQL endpoint.

    Queries may use ``prefixes`` without declaring them. Those that cannot be read or run are a QueryError, those of
    another form than the method's are a WrongUse, and a store that cannot be used as it is is a StoreError.
    ``folder`` holds its files, where it has any here.
    """

    prefixes: Prefixes
    folder: Path | None

    def select(self, query: str) -> Answer:
        """The rows of a SELECT, all of them."""

    def rows(self, query: str) -> Iterator[Row]:
        """The rows of a SELECT one by one, where there may be more than memory holds; ended early, it costs no more."""

    def ask(self, query: str) -> bool:
        """The yes or no of an ASK."""

    def construct(self, query: str) -> list[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE."""

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """What things are called; the first by the alphabet, where there are several. A term that only a hierarchy has
        is called as its releases call it."""

    def graphs(self) -> list[str]:
        """The names of all named graphs, sorted."""

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """All quads, or those of one named graph. What the default graph only repeats of the others does not come."""

    def match(
        self, subject: Subject = None, predicate: NamedNode | None = None, value: Term | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        """The quads with the given parts; None stands for any."""


def labels(store: GraphStore, iris: Iterable[str]) -> dict[str, str]:
    """GraphStore.labels, for every store alike."""
    wanted = sorted(set(iris))
    found = _labels(store, wanted, "?thing rdfs:label ?label")
    others = [iri for iri in wanted if iri not in found and not iri.startswith(BASE)]
    return {**_labels(store, others, "GRAPH ?graph { ?thing rdfs:label ?label }"), **found}


def _labels(store: GraphStore, iris: list[str], pattern: str) -> dict[str, str]:
    values = " ".join(f"<{iri}>" for iri in iris)
    query = f"SELECT ?thing (MIN(STR(?label)) AS ?name) {{ VALUES ?thing {{ {values} }} {pattern} }} GROUP BY ?thing"
    return {thing.value: name.value for thing, name in store.select(query).rows} if values else {}
