"""The plain edges of one policy as GraphML, for Gephi, Cytoscape, yEd and networkx, each edge with its claims."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from pyoxigraph import Literal, Quad

from kgtool import rdf
from kgtool.exporters.selection import DERIVED_FROM, Selection, stated
from kgtool.exporters.xml_characters import NOT_IN_XML
from kgtool.terms import NOT_MEDICAL_ADVICE, Term, digest

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_KEYS = {
    "graph": ("notice", "policy"),
    "node": ("label", "kind", "curie", "iri"),
    "edge": ("relation", "label", "modality", "claims"),
}


def graphml(selection: Selection) -> bytes:
    edges = sorted(selection.policy_edges.plain, key=rdf.quad_key)
    root = ElementTree.Element("graphml", {"xmlns": _NAMESPACE})
    ElementTree.SubElement(root, "desc").text = NOT_MEDICAL_ADVICE
    for where, names in _KEYS.items():
        for name in names:
            key = {"id": f"{where}-{name}", "for": where, "attr.name": name, "attr.type": "string"}
            ElementTree.SubElement(root, "key", key)
    graph = ElementTree.SubElement(root, "graph", {"id": "edges", "edgedefault": "directed"})
    _data(graph, "graph", notice=NOT_MEDICAL_ADVICE, policy=selection.prefixes.contract(selection.policy))
    _nodes(graph, edges, selection)
    _edges(graph, edges, selection)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _data(parent: ElementTree.Element, where: str, **values: str) -> None:
    """What is not known is left out."""
    for name, value in values.items():
        if value:
            ElementTree.SubElement(parent, "data", {"key": f"{where}-{name}"}).text = NOT_IN_XML.sub("\ufffd", value)


def _nodes(graph: ElementTree.Element, edges: Iterable[Quad], selection: Selection) -> None:
    ends = {
        name: term for edge in edges
        for name, term in zip(rdf.ends(edge.triple, selection.prefixes), (edge.subject, edge.object), strict=True)
    }
    for name, term in sorted(ends.items()):
        node = ElementTree.SubElement(graph, "node", {"id": name})
        if isinstance(term, Literal):
            _data(node, "node", label=term.value, kind=selection.prefixes.contract(term.datatype.value))
        else:
            kinds = (_label(kind, selection) for kind in selection.kinds.get(term.value, ()))
            _data(node, "node", label=_label(term.value, selection), kind="; ".join(kinds), curie=name, iri=term.value)


def _label(iri: str, selection: Selection) -> str:
    return selection.labels.get(iri) or selection.prefixes.contract(iri)


def _edges(graph: ElementTree.Element, edges: Iterable[Quad], selection: Selection) -> None:
    claims = _claims_of_edges(selection)
    modalities = {claim.iri: _label(claim.modality, selection) for claim in selection.claims}
    for edge in edges:
        source, target = rdf.ends(edge.triple, selection.prefixes)
        name = "edge-" + digest(*map(str, edge.triple))
        element = ElementTree.SubElement(graph, "edge", {"id": name, "source": source, "target": target})
        behind = claims.get(_triple(edge), ())
        _data(
            element, "edge",
            relation=selection.prefixes.contract(edge.predicate.value),
            label=_label(edge.predicate.value, selection),
            modality="; ".join(sorted({modalities[claim] for claim in behind if claim in modalities})),
            claims=" ".join(map(selection.prefixes.contract, behind)),
        )


def _triple(edge: Quad) -> tuple[Term, ...]:
    return (edge.subject, edge.predicate, edge.object)


def _claims_of_edges(selection: Selection) -> dict[tuple[Term, ...], list[str]]:
    """On which claims each edge rests, sorted."""
    found: dict[tuple[Term, ...], set[str]] = {}
    for node in rdf.nodes(selection.policy_edges.reasons).values():
        found.setdefault(stated(node), set()).update(claim.value for claim in node.get(DERIVED_FROM, ()))
    return {triple: sorted(claims) for triple, claims in found.items()}
