"""The W3C's tests of the SPARQL Protocol, the Graph Store Protocol and the service description, on a live server."""

from __future__ import annotations

import json
import re

import pytest
import rdflib
from rdflib import RDF, Namespace
from rdflib.compare import isomorphic

from tests import w3c_manifests as w3c
from tests.conftest import SHARED
from tests.w3c_manifests import MF, Client

SUITE = SHARED / "w3c" / "sparql11-tests"
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
PROTOCOL = list(w3c.tests(SUITE / "protocol"))
GRAPH_STORE = [test for name in ("manifest-direct.ttl", "manifest-indirect.ttl")
               for test in w3c.tests(SUITE / "graph-store-protocol", name=name)]
SERVICE = list(w3c.tests(SUITE / "service-description"))

pytestmark = pytest.mark.skipif(not SUITE.is_dir(), reason="the W3C's SPARQL 1.1 tests are not at hand")


@pytest.fixture(scope="module")
def client(scratch) -> Client:
    return Client(scratch)


def test_all_tests_are_there():
    assert (len(PROTOCOL), len(GRAPH_STORE), len(SERVICE)) == (34, 13, 3)


@pytest.mark.parametrize("test", PROTOCOL, ids=lambda test: test.id)
def test_protocol(client, test):
    client.load(w3c.graph_data(test))
    manifest = test.manifest
    for asked, expected in w3c.requests(test):
        answer = client.ask(
            str(manifest.value(asked, w3c.HT.methodName)), str(manifest.value(asked, w3c.HT.absolutePath)),
            w3c.body(manifest, asked), **w3c.headers(manifest, asked),
        )
        assert w3c.fits(answer.status, w3c.statuses(manifest, expected)), answer.body
        form = manifest.value(expected, MF.expectedFormat)
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if str(form) == "RDF":
            assert kind in ("text/turtle", "application/rdf+xml", "application/n-triples")
        elif form:
            assert kind in ("application/sparql-results+json", "application/sparql-results+xml")
        if (truth := manifest.value(expected, MF.expectedBoolean)) is not None:
            assert json.loads(answer.body)["boolean"] is truth.toPython()


@pytest.mark.parametrize("test", GRAPH_STORE, ids=lambda test: test.id)
def test_graph_store(client, test):
    client.load({})
    manifest, places = test.manifest, {}
    for asked, expected in w3c.requests(test):
        path, content = str(manifest.value(asked, w3c.HT.absolutePath)), w3c.body(manifest, asked)
        for name, place in places.items():
            path = path.replace(f"${name}$", place)
        answer = client.ask(str(manifest.value(asked, w3c.HT.methodName)), re.sub("^/gsp", "/graphs", path), content,
                            **w3c.headers(manifest, asked))
        assert w3c.fits(answer.status, w3c.statuses(manifest, expected)), answer.body
        if (named := manifest.value(expected, MF.expectedLocation)) is not None:
            places[str(named).strip("$")] = answer.headers["location"]
        if (wanted := w3c.body(manifest, expected)) is not None:
            assert isomorphic(rdflib.Graph().parse(data=answer.body, format="turtle"),
                              rdflib.Graph().parse(data=wanted, format="turtle"))


@pytest.mark.parametrize("test", SERVICE, ids=lambda test: test.id)
def test_service_description(client, scratch, test):
    client.load({"http://example.org/g": SUITE / "protocol" / "data1.nt"})
    answer = client.ask("GET", "/sparql")
    said = rdflib.Graph().parse(data=answer.body, format="turtle")
    if test.id.endswith("returns-rdf"):
        assert (answer.status, answer.headers["content-type"]) == (200, "text/turtle; charset=utf-8")
    elif test.id.endswith("has-endpoint-triple"):
        assert (None, SD.endpoint, rdflib.URIRef(f"{scratch}/sparql")) in said
    else:
        assert conforms(said)


def conforms(said: rdflib.Graph) -> bool:
    """Whether each class and property of the service description's vocabulary is used as its schema says.

    https://www.w3.org/TR/sparql11-service-description/#vocabulary
    """
    ranges = {
        SD.endpoint: (SD.Service, None), SD.supportedLanguage: (SD.Service, None), SD.resultFormat: (SD.Service, None),
        SD.inputFormat: (SD.Service, None), SD.defaultDataset: (SD.Service, SD.Dataset),
        SD.availableGraphs: (SD.Service, SD.GraphCollection), SD.defaultGraph: (SD.Dataset, SD.Graph),
        SD.namedGraph: (None, SD.NamedGraph), SD.name: (SD.NamedGraph, None), SD.graph: (SD.NamedGraph, SD.Graph),
    }
    used = {predicate for predicate in said.predicates() if predicate in SD}
    assert used <= set(ranges) and (None, RDF.type, SD.Service) in said and (None, SD.namedGraph, None) in said
    return all(
        (domain is None or (subject, RDF.type, domain) in said) and (wanted is None or (value, RDF.type, wanted) in said)
        for predicate, (domain, wanted) in ranges.items() for subject, value in said.subject_objects(predicate)
    )
