"""What there is, told to programs: the service and what it can do; the data set, its graphs, classes and properties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Quad

from kgtool.terms import DCTERMS, ID, KG, NOT_MEDICAL_ADVICE, RDF, XSD, Term

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
FOAF = "http://xmlns.com/foaf/0.1/"
FORMATS = "http://www.w3.org/ns/formats/"
PREFIXES = {"sd": SD, "void": VOID, "formats": FORMATS, "foaf": FOAF, "dcterms": DCTERMS, "rdf": RDF, "xsd": XSD}
_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
            "Turtle", "N-Triples", "TriG", "N-Quads", "RDF_XML", "JSON-LD")
_LANGUAGES = ("SPARQL11Query", "SPARQL11Update")
_UPLOADS = ("Turtle", "N-Triples", "TriG", "N-Quads", "RDF_XML", "JSON-LD")

Sizes = Mapping[str, int]


def service(endpoint: str, graphs: Sizes, writable: bool) -> Iterator[Quad]:
    """https://www.w3.org/TR/sparql11-service-description/"""
    dataset, default = f"{endpoint}#dataset", f"{endpoint}#default-graph"
    yield from _thing(endpoint, SD + "Service", {
        SD + "endpoint": [NamedNode(endpoint)],
        SD + "supportedLanguage": [NamedNode(SD + name) for name in _LANGUAGES[:1 + writable]],
        SD + "resultFormat": [NamedNode(FORMATS + name) for name in _RESULTS],
        SD + "inputFormat": [NamedNode(FORMATS + name) for name in (_UPLOADS if writable else ())],
        SD + "defaultDataset": [NamedNode(dataset)],
        SD + "availableGraphs": [NamedNode(f"{endpoint}#graphs")],
    })
    yield from _thing(dataset, SD + "Dataset", {
        SD + "defaultGraph": [NamedNode(default)],
        SD + "namedGraph": [NamedNode(_of(endpoint, number)) for number in range(len(graphs))],
    })
    yield from _thing(default, SD + "Graph", {})
    yield from _thing(f"{endpoint}#graphs", SD + "GraphCollection", {
        SD + "namedGraph": [NamedNode(_of(endpoint, number)) for number in range(len(graphs))],
    })
    for number, (name, triples) in enumerate(graphs.items()):
        held = _of(endpoint, number) + "-content"
        yield from _thing(_of(endpoint, number), SD + "NamedGraph", {
            SD + "name": [NamedNode(name)], SD + "graph": [NamedNode(held)],
        })
        yield from _thing(held, SD + "Graph", {VOID + "triples": [_count(triples)]})


def dataset(base: str, title: str, licence: str, graphs: Sizes, classes: Sizes, properties: Sizes) -> Iterator[Quad]:
    """https://www.w3.org/TR/void/ — ``base`` is the address of the site, without a slash at its end; ``title`` and ``licence``
    are what the graph says of itself, empty where it does not."""
    name = f"{base}/.well-known/void#dataset"
    yield from _thing(f"{base}/.well-known/void", VOID + "DatasetDescription", {FOAF + "topic": [NamedNode(name)]})
    yield from _thing(name, VOID + "Dataset", {
        DCTERMS + "title": [Literal(title, language="en")] if title else [],
        DCTERMS + "description": [Literal(NOT_MEDICAL_ADVICE, language="en")],
        DCTERMS + "license": [NamedNode(licence)] if licence else [],
        VOID + "sparqlEndpoint": [NamedNode(f"{base}/sparql")],
        VOID + "dataDump": [NamedNode(f"{base}/graphs")],
        VOID + "uriSpace": [Literal(ID)],
        VOID + "vocabulary": [NamedNode(KG)],
        VOID + "triples": [_count(sum(properties.values()))],
        VOID + "classes": [_count(len(classes))],
        VOID + "properties": [_count(len(properties))],
        VOID + "classPartition": [NamedNode(f"{name}-class-{number}") for number in range(len(classes))],
        VOID + "propertyPartition": [NamedNode(f"{name}-property-{number}") for number in range(len(properties))],
        VOID + "subset": [NamedNode(f"{name}-graph-{number}") for number in range(len(graphs))],
    })
    yield from _parts(f"{name}-class", VOID + "class", VOID + "entities", classes)
    yield from _parts(f"{name}-property", VOID + "property", VOID + "triples", properties)
    for number, (graph, triples) in enumerate(graphs.items()):
        yield from _thing(f"{name}-graph-{number}", VOID + "Dataset", {
            DCTERMS + "identifier": [Literal(graph)], VOID + "triples": [_count(triples)],
        })


def _parts(name: str, of: str, counted: str, sizes: Sizes) -> Iterator[Quad]:
    for number, (iri, count) in enumerate(sizes.items()):
        yield from _thing(f"{name}-{number}", VOID + "Dataset", {of: [NamedNode(iri)], counted: [_count(count)]})


def _of(endpoint: str, number: int) -> str:
    return f"{endpoint}#graph-{number}"


def _thing(name: str, kind: str, properties: Mapping[str, Iterable[Term]]) -> Iterator[Quad]:
    yield Quad(NamedNode(name), NamedNode(RDF + "type"), NamedNode(kind))
    for predicate, values in properties.items():
        for value in values:
            yield Quad(NamedNode(name), NamedNode(predicate), value)


def _count(number: int) -> Literal:
    return Literal(str(number), datatype=NamedNode(XSD + "integer"))
