"""SPARQL 1.1 Graph Store Protocol: from a request to what is to be read from a graph or written into it.

https://www.w3.org/TR/sparql11-http-rdf-update/
"""

from __future__ import annotations

import uuid

from starlette.types import Receive, Scope

from kgtool.web.endpoint import formats, http
from kgtool.web.endpoint.asked import DEFAULT, Delete, Read, Write
from kgtool.web.endpoint.http import Refusal

PATH = "/graphs"
READING, WRITING = "GET, HEAD, OPTIONS", "GET, HEAD, PUT, POST, DELETE, OPTIONS"
_TRIPLES, _DATASETS = tuple(formats.TRIPLES), tuple(formats.DATASETS)


async def read(scope: Scope, receive: Receive, writable: bool) -> Read | Write | Delete:
    """What is to be done. An address below that of the graphs is itself the name of a graph."""
    method, allowed = scope["method"], WRITING if writable else READING
    if method not in allowed.split(", "):
        said = "this server is read-only" if method in WRITING.split(", ") else f"{method} is not for graphs"
        raise Refusal(405, said, allowed)
    graph = _named(scope)
    if method in ("GET", "HEAD"):
        return _read(scope, graph)
    if graph is None and method == "POST":
        graph = f"{http.address(scope).rstrip('/')}/{uuid.uuid4()}"  # a new graph, whose name the answer tells
    if graph is None:
        raise Refusal(400, "name a graph, as ?graph=IRI, or the default graph, as ?default")
    return Delete(graph) if method == "DELETE" else await _write(scope, receive, graph)


def _named(scope: Scope) -> str | None:
    """The graph that is meant; None where the request names none."""
    params = http.params(scope["query_string"])
    if scope["path"].rstrip("/") != PATH:
        return http.address(scope)
    if unknown := sorted(set(params) - {"graph", "default"}):
        raise Refusal(400, f"graphs are named by ?graph=IRI or ?default, and not by {unknown[0]!r}")
    graphs, default = params.get("graph", []), params.get("default", [])
    if len(graphs) + len(default) > 1 or any(default) or graphs == [""]:
        raise Refusal(400, "name one graph, as ?graph=IRI, or the default graph, as ?default")
    return DEFAULT if default else next(iter(graphs), None)


def _read(scope: Scope, graph: str | None) -> Read:
    offered = _DATASETS if graph is None else _TRIPLES
    chosen = formats.preferred(http.header(scope, b"accept"), offered)
    if chosen is None:
        raise Refusal(406, f"{'all graphs come' if graph is None else 'a graph comes'} as {', '.join(offered)}")
    return Read(graph, chosen)


async def _write(scope: Scope, receive: Receive, graph: str) -> Write:
    # what does not say what it is is RDF/XML, https://www.w3.org/TR/sparql11-http-rdf-update/#graph-management
    kind = http.media_type(http.header(scope, b"content-type")) or "application/rdf+xml"
    if kind == formats.PARTS:
        kind = http.header(scope, b"content-type")  # with what parts them
    elif kind not in formats.UPLOADS:
        raise Refusal(415, f"a graph is sent as one of {', '.join(formats.UPLOADS)}, and not as {kind}")
    content = await http.body(scope, receive)
    return Write(graph, graph or http.address(scope), content, kind, instead=scope["method"] == "PUT")
