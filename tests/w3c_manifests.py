"""The W3C's manifests of its SPARQL 1.1 tests, and asking a server what they ask."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import rdflib
from rdflib import RDF, RDFS, Namespace
from rdflib.collection import Collection

from kgtool.web.connection import SECONDS_IDLE

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
DAWGT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-dawg#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
TYPES = {".ttl": "text/turtle", ".rdf": "application/rdf+xml", ".nt": "application/n-triples"}
TURTLE, FORM, QUERY, UPDATE = ("text/turtle", "application/x-www-form-urlencoded", "application/sparql-query",
                               "application/sparql-update")


@dataclass(frozen=True)
class Test:
    """One test of a manifest: its node, and the manifest as a graph."""

    __test__ = False
    manifest: rdflib.Graph
    node: rdflib.term.Node
    folder: Path

    @property
    def id(self) -> str:
        return f"{self.folder.name}/{str(self.node).rpartition('#')[2]}"

    def value(self, *path: rdflib.URIRef) -> rdflib.term.Node | None:
        node = self.node
        for predicate in path:
            node = self.manifest.value(node, predicate)
        return node


def tests(folder: Path, *kinds: rdflib.URIRef, name: str = "manifest.ttl") -> Iterator[Test]:
    """The entries of a manifest, of these kinds; none where it is not at hand."""
    path = folder / name
    if not path.is_file():
        return
    manifest = rdflib.Graph().parse(path, format="turtle", publicID=path.as_uri())
    for entries in manifest.objects(None, MF.entries):
        for node in Collection(manifest, entries):
            if not kinds or set(kinds) & set(manifest.objects(node, RDF.type)):
                yield Test(manifest, node, folder)


@dataclass(frozen=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """Keeps one connection to a server, for as long as a server surely does."""

    def __init__(self, site: str):
        self.connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=60)
        self.used = time.monotonic()

    def ask(self, method: str, path: str, body: str | bytes | None = None, **headers: str) -> Answered:
        if time.monotonic() - self.used > SECONDS_IDLE / 2:
            self.connection.close()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body.encode() if isinstance(body, str) else body, named)
        answer = self.connection.getresponse()
        body, self.used = answer.read(), time.monotonic()
        return Answered(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)

    def query(self, text: str, accept: str = "application/sparql-results+json") -> Answered:
        return self.ask("POST", "/sparql", text, content_type=QUERY, accept=accept)

    def update(self, text: str) -> Answered:
        return self.ask("POST", "/sparql", text, content_type=UPDATE)

    def put(self, graph: str | None, content: str | bytes, media_type: str) -> Answered:
        return self.ask("PUT", "/graphs?" + (f"graph={quote(graph, safe='')}" if graph else "default"), content,
                        content_type=media_type)

    def load(self, default: dict[str | None, Path]) -> None:
        """These files in their graphs and nothing else; None is the default graph."""
        assert self.update("DROP ALL").status == 204
        for graph, path in default.items():
            answer = self.put(graph, path.read_bytes(), TYPES[path.suffix])
            assert answer.status in (201, 204), answer.body


def requests(test: Test) -> Iterator[tuple[rdflib.term.Node, rdflib.term.Node]]:
    """Each HTTP request of a test, with the response it expects."""
    for node in Collection(test.manifest, test.value(MF.action, HT.requests)):
        yield node, test.manifest.value(node, HT.resp)


def headers(manifest: rdflib.Graph, node: rdflib.term.Node) -> dict[str, str]:
    listed = manifest.value(node, HT.headers)
    return {} if listed is None else {
        str(manifest.value(header, HT.fieldName)): str(manifest.value(header, HT.fieldValue))
        for header in Collection(manifest, listed)
    }


def body(manifest: rdflib.Graph, node: rdflib.term.Node) -> bytes | None:
    found = manifest.value(node, HT.body)
    if found is None:
        return None
    encoding = str(manifest.value(found, CNT.characterEncoding) or "UTF-8")
    return str(manifest.value(found, CNT.chars)).encode(encoding)


def statuses(manifest: rdflib.Graph, response: rdflib.term.Node) -> set[str]:
    """What may be answered, as 2xx or 201."""
    names = {"OK": "200", "Created": "201", "NoContent": "204", "NotFound": "404", "BadRequest": "400"}
    said = {str(found).rpartition("#")[2] for found in manifest.objects(response, MF.expectedStatus)}
    return {names.get(name, name.removeprefix("StatusCode")) for name in said}


def fits(status: int, expected: set[str]) -> bool:
    return bool({str(status), f"{status // 100}xx"} & expected)


def graph_data(test: Test) -> dict[str, Path]:
    """The named graphs that a protocol test is to find."""
    found = {}
    for node in test.manifest.objects(test.node, UT.graphData):
        path = Path(urlsplit(str(test.manifest.value(node, UT.graph))).path)
        found[str(test.manifest.value(node, RDFS.label))] = path
    return found
