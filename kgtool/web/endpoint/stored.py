"""Whole graphs, read from the engine and written into it.

https://www.w3.org/TR/sparql11-http-rdf-update/
"""

from __future__ import annotations

import email.policy
from collections.abc import Iterable, Iterator
from email.parser import BytesParser

import pyoxigraph as ox
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat

from kgtool import nesting, rdf
from kgtool.errors import DataError, Problem
from kgtool.terms import Prefixes
from kgtool.web.endpoint import formats
from kgtool.web.endpoint.asked import DEFAULT, Delete, Read, Write
from kgtool.web.endpoint.formats import PARTS, TRIPLES, UPLOADS
from kgtool.web.endpoint.limits import Page, reading
from kgtool.web.endpoint.querying import Answer, graph_name

STAGE = NamedNode("urn:kgtool:being-uploaded")
_Document = tuple[bytes, RdfFormat, str]


def read(engine: ox.Store, prefixes: Prefixes, said: Read) -> Answer:
    graph = None if said.graph is None else _graph(said.graph)
    if said.graph and not engine.contains_named_graph(graph):
        return _none_such(said.graph)
    page = Page()
    form = rdf.FORMATS[TRIPLES[said.media_type]]
    reading(lambda: engine.dump(page, form, from_graph=graph, prefixes=dict(prefixes)))
    return 200, said.media_type, page.content


def write(engine: ox.Store, prefixes: Prefixes, said: Write) -> Answer:
    graph = _graph(said.graph)
    is_new = bool(said.graph) and not engine.contains_named_graph(graph)
    documents = list(_documents(said))
    if said.instead:
        _replace(engine, documents, graph)
    else:
        _load(engine, documents, graph)
    if said.graph:
        engine.add_graph(graph)
    return 201 if is_new else 204, "", b""


def _documents(said: Write) -> Iterator[_Document]:
    if not said.media_type.startswith(PARTS):
        yield said.content, rdf.FORMATS[UPLOADS[said.media_type]], said.base
        return
    head = b"Content-Type: %b\r\n\r\n" % said.media_type.encode()
    whole = BytesParser(policy=email.policy.HTTP).parsebytes(head + said.content)
    for part in whole.iter_parts():
        if (kind := part.get_content_type()) not in UPLOADS:
            raise DataError(Problem(f"a part of the upload is {kind}", f"send each as one of {formats.listed(UPLOADS)}"))
        yield part.get_payload(decode=True), rdf.FORMATS[UPLOADS[kind]], said.base


def _replace(engine: ox.Store, documents: list[_Document], graph: NamedNode | DefaultGraph) -> None:
    """Loaded to the side, and moved in one step: half a graph is never seen, and what cannot be read changes nothing."""
    engine.add_graph(STAGE)
    try:
        _load(engine, documents, STAGE)
        engine.update(f"MOVE {STAGE} TO {graph if isinstance(graph, NamedNode) else 'DEFAULT'}")
    finally:
        engine.remove_graph(STAGE)


def _load(engine: ox.Store, documents: Iterable[_Document], graph: NamedNode | DefaultGraph) -> None:
    quads = []
    for content, form, base in documents:
        if form == RdfFormat.RDF_XML:
            nesting.check_content(content, "the upload")
        try:
            quads += ox.parse(content, form, base_iri=base, without_named_graphs=form.supports_datasets, rename_blank_nodes=True)
        except (SyntaxError, ValueError) as error:
            remedy = "mend it, or say by its Content-Type what else it is, and send it again"
            raise DataError(Problem(f"the upload cannot be read as {form.media_type}: {error}", remedy)) from error
    engine.extend(ox.Quad(*quad.triple, graph) for quad in quads)


def delete(engine: ox.Store, prefixes: Prefixes, said: Delete) -> Answer:
    graph = _graph(said.graph)
    if said.graph and not engine.contains_named_graph(graph):
        return _none_such(said.graph)
    if said.graph:
        engine.remove_graph(graph)
    else:
        engine.clear_graph(graph)
    return 204, "", b""


def _graph(name: str) -> NamedNode | DefaultGraph:
    return DefaultGraph() if name == DEFAULT else graph_name(name)


def _none_such(graph: str) -> Answer:
    return 404, "text/plain", f"there is no graph {graph}\n".encode()
