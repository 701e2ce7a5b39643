"""What a published folder holds, as RO-Crate metadata and in VoID, for those who find, cite and archive it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from pyoxigraph import NamedNode, Quad, RdfFormat

from kgtool import __version__, rdf
from kgtool.graph import Graph
from kgtool.terms import NOT_MEDICAL_ADVICE, Prefixes
from kgtool.web.endpoint import described as endpoint

_MEDIA = {
    ".ttl": "text/turtle", ".trig": "application/trig", ".nq": "application/n-quads", ".jsonld": "application/ld+json",
    ".graphml": "application/graphml+xml", ".csv": "text/csv",
}
_LICENCES = {"https://creativecommons.org/publicdomain/zero/1.0/": "CC0 1.0 Universal"}


def described(graph: Graph, dumps: Mapping[str, bytes], date: str = "") -> dict[str, str]:
    """The metadata by file name. A date is taken from whoever publishes: a clock would make two runs differ."""
    # https://www.researchobject.org/ro-crate/specification/1.1/
    title, licence = about(graph)
    under = {"license": {"@id": licence}} if licence else {}
    data = [_file(name, content) | under for name, content in sorted(dumps.items())]
    root = {
        "@id": "./", "@type": "Dataset", "name": title,
        "description": f"Claims of sources with their places and hedges, and what follows from them. {NOT_MEDICAL_ADVICE}",
        **under, **({"datePublished": date} if date else {}),
        "hasPart": [{"@id": file["@id"]} for file in data], "mainEntity": {"@id": "data/graph.trig"},
    }
    head = {
        "@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }
    page = {"@id": "index.html", "@type": ["File", "WebPage"], "name": "The explorer", "encodingFormat": "text/html"}
    root["hasPart"].append({"@id": page["@id"]})
    tool = {"@id": "#kgtool", "@type": "SoftwareApplication", "name": "kgtool", "version": __version__}
    terms = [{"@id": licence, "@type": "CreativeWork", "name": _LICENCES.get(licence, licence)}] if licence else []
    said = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [head, root, page, *data, tool, *terms]}
    return {"ro-crate-metadata.json": json.dumps(said, ensure_ascii=False, indent=2) + "\n", "void.ttl": _void(graph, dumps)}


def about(graph: Graph) -> tuple[str, str]:
    """What the graph says it is called, and the IRI of its licence; empty where it does not say."""
    rows = graph.store.select(graph.views["about"].text).rows
    title, licence = rows[0] if rows else (None, None)
    return title.value if title else "", licence.value if licence else ""


def _void(graph: Graph, dumps: Mapping[str, bytes]) -> str:
    """The data set as the server describes it, but for the endpoint, which a folder has not; its addresses are relative."""
    nowhere = "https://published.invalid"
    graphs, classes, properties = (
        {name.value: int(count.value) for name, count in graph.store.select(graph.views[view].text).rows}
        for view in ("graphs", "class-sizes", "property-sizes")
    )
    kept = [quad for quad in endpoint.dataset(nowhere, *about(graph), graphs, classes, properties)
            if quad.predicate.value not in (endpoint.VOID + "sparqlEndpoint", endpoint.VOID + "dataDump")]
    name_of_all = NamedNode(f"{nowhere}/.well-known/void#dataset")
    kept += [Quad(name_of_all, NamedNode(endpoint.VOID + "dataDump"), NamedNode(f"{nowhere}/{name}")) for name in dumps]
    written = rdf.write(kept, RdfFormat.TURTLE, Prefixes(endpoint.PREFIXES)).decode()
    return written.replace(f"<{nowhere}/.well-known/void", "<void.ttl").replace(f"<{nowhere}/", "<")


def _file(name: str, content: bytes) -> dict[str, object]:
    suffix = name[name.rindex("."):]
    return {
        "@id": name, "@type": "File", "name": f"The whole graph, as {_MEDIA[suffix]}", "encodingFormat": _MEDIA[suffix],
        "contentSize": str(len(content)), "sha256": hashlib.sha256(content).hexdigest(),
    }
