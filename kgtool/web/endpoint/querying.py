"""Queries and updates, read and run by the engine: the one place where what others wrote meets it.

https://www.w3.org/TR/sparql11-protocol/
"""

from __future__ import annotations

import itertools

import pyoxigraph as ox
from pyoxigraph import NamedNode

from kgtool import rdf, syntax
from kgtool.errors import QueryError
from kgtool.terms import Prefixes
from kgtool.web.endpoint import formats, using
from kgtool.web.endpoint.asked import Dataset, Query, Update
from kgtool.web.endpoint.formats import SOLUTIONS, TRIPLES
from kgtool.web.endpoint.limits import MOST_ROWS, Page, counted, reading, too_many
from kgtool.web.remembered import remembered

Answer = tuple[int, str, bytes]  # status, media type, body
_ENOUGH = 1000  # triples to see which prefixes are worth declaring
_RESULTS = {
    "json": ox.QueryResultsFormat.JSON, "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV, "tsv": ox.QueryResultsFormat.TSV,
}


def query(engine: ox.Store, prefixes: Prefixes, said: Query) -> Answer:
    _check(said.text)
    found = _found(engine, prefixes, said)
    if isinstance(found, ox.QueryTriples):
        return _triples(found, prefixes, said.triples)
    if said.solutions is None:
        return 406, "text/plain", f"this query gives rows or a yes or no, which come as {formats.listed(SOLUTIONS)}\n".encode()
    form = SOLUTIONS[said.solutions]
    page = Page()
    reading(lambda: found.serialize(page, format=_RESULTS[form]))
    return 200, said.solutions, counted(page.content, form)


@remembered(1024)
def _check(text: str) -> None:
    syntax.check_foreign(text)


def _found(engine: ox.Store, prefixes: Prefixes, said: Query):
    dataset = _graphs(said.dataset)
    try:
        try:
            return engine.query(said.text, **dataset)
        except SyntaxError:
            # a query's own prefixes and absolute IRIs are nearly always enough, and more takes as long as the query
            return engine.query(said.text, base_iri=said.base, prefixes=dict(prefixes), **dataset)
    except SyntaxError as error:
        raise syntax.query_error(said.text, error, prefixes) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"the query could not be run: {error}") from error


def _graphs(dataset: Dataset) -> dict[str, list[NamedNode]]:
    if not (dataset.default or dataset.named):
        return {}
    return {"default_graph": names(dataset.default), "named_graphs": names(dataset.named)}


def names(iris: tuple[str, ...]) -> list[NamedNode]:
    return [graph_name(iri) for iri in iris]


def graph_name(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise QueryError(f"{iri} is not the IRI of a graph; give an absolute one") from error


def _triples(found: ox.QueryTriples, prefixes: Prefixes, media_type: str | None) -> Answer:
    if media_type is None:
        return 406, "text/plain", f"this query gives triples, which come as {formats.listed(TRIPLES)}\n".encode()
    page = Page()
    triples = reading(lambda: list(itertools.islice(found, MOST_ROWS + 1)))
    if len(triples) > MOST_ROWS:
        raise too_many("triples")
    used = rdf.used(triples[:_ENOUGH], prefixes)
    reading(lambda: ox.serialize(triples, page, rdf.FORMATS[TRIPLES[media_type]], prefixes=used))
    return 200, media_type, page.content


def update(engine: ox.Store, prefixes: Prefixes, said: Update) -> Answer:
    syntax.check_foreign_update(said.text)
    names((*said.dataset.default, *said.dataset.named))
    text = using.written(said.text, said.dataset)
    try:
        engine.update(text, base_iri=said.base)
    except SyntaxError as error:
        raise syntax.query_error(text, error, prefixes) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"the update could not be made: {error}") from error
    return 204, "", b""
