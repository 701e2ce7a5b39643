"""The graph in the five RDF syntaxes, each beginning with the line that it is not medical advice."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyoxigraph import Literal, Quad

from kgtool import rdf
from kgtool.errors import WrongUse
from kgtool.exporters.selection import Selection
from kgtool.exporters.xml_characters import NOT_IN_XML
from kgtool.terms import NOT_MEDICAL_ADVICE, Term

_COMMENT = f"# {NOT_MEDICAL_ADVICE}\n".encode()
_XML_BEGINS = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_XML_COMMENT = f"<!-- {NOT_MEDICAL_ADVICE} -->\n".encode()
_XML_NAME_ENDS = re.compile(r"[^\W\d][\w.-]*\Z")


def turtle(selection: Selection) -> bytes:
    return _COMMENT + rdf.write(selection.in_one_graph, rdf.FORMATS[".ttl"], selection.prefixes)


def n_triples(selection: Selection) -> bytes:
    return _COMMENT + rdf.write(selection.in_one_graph, rdf.FORMATS[".nt"], selection.prefixes)


def trig(selection: Selection) -> bytes:
    return _COMMENT + rdf.write(selection.in_graphs, rdf.FORMATS[".trig"], selection.prefixes)


def n_quads(selection: Selection) -> bytes:
    return _COMMENT + rdf.write(selection.in_graphs, rdf.FORMATS[".nq"], selection.prefixes)


def rdf_xml(selection: Selection) -> bytes:
    """A WrongUse where the graph holds what XML cannot: control characters, predicates that end in no XML name."""
    quads = selection.in_one_graph
    _check_for_xml(quads, selection)
    written = rdf.write(quads, rdf.FORMATS[".rdf"], selection.prefixes)
    return _XML_BEGINS + _XML_COMMENT + written.removeprefix(_XML_BEGINS)


def _check_for_xml(quads: Iterable[Quad], selection: Selection) -> None:
    predicates = {quad.predicate.value for quad in quads}
    if unspellable := sorted(iri for iri in predicates if not _XML_NAME_ENDS.search(iri)):
        raise WrongUse(f"RDF/XML cannot spell the predicate <{unspellable[0]}>; export to .ttl or .nt")
    if unheld := sorted(selection.prefixes.show(quad.subject) for quad in quads if _has_control(quad.object)):
        raise WrongUse(f"RDF/XML cannot hold the control characters in a text of {unheld[0]}; export to .ttl or .nt")


def _has_control(term: Term) -> bool:
    return isinstance(term, Literal) and bool(NOT_IN_XML.search(term.value))
