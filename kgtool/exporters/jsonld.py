"""The graph as JSON-LD: named graphs of short, readable nodes, with the context that explains them in the same file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from pyoxigraph import Literal, NamedNode, Quad

from kgtool import rdf, vocabulary
from kgtool.exporters.selection import Selection
from kgtool.terms import DCTERMS, KG, PROV, RDF, RDFS, SKOS, XSD, Prefixes, Term

Json = str | int | bool | float | list["Json"] | dict[str, "Json"]
Context = dict[str, Json]

# texts that are nearly always English, and links, among the standard properties we use
_ENGLISH = (
    RDFS + "label", RDFS + "comment", SKOS + "altLabel", SKOS + "definition", SKOS + "example", DCTERMS + "rights",
    KG + "gloss", KG + "inOwnWords",
)
_LINKS = (RDF + "subject", RDF + "predicate", RDF + "object", PROV + "specializationOf", PROV + "wasDerivedFrom")

# fifteen digits: the integers that every JSON reader keeps exactly
_EXACT = re.compile(r"0|-?[1-9][0-9]{0,14}")
_BOOLEANS = {"true": True, "false": False}


def json_ld(selection: Selection) -> bytes:
    quads = sorted(set(selection.in_graphs), key=rdf.quad_key)
    prefixes = _safe_prefixes(quads, selection.prefixes)
    terms = _terms(selection.vocabulary, prefixes)
    used = _iris(quads)
    names = _Names(prefixes, {iri: (name, how) for name, (iri, how) in terms.items() if iri in used})
    document = {"@context": names.context(), "@graph": list(_graphs(quads, names))}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def context(words: Iterable[Quad], prefixes: Prefixes) -> Context:
    """The value of "@context" for the whole vocabulary, to be kept in a file of its own."""
    terms = _terms(words, prefixes)
    return _Names(prefixes, {iri: (name, how) for name, (iri, how) in terms.items()}).context()


@dataclass(frozen=True)
class _Names:
    """How IRIs are spelled in one file: ``terms`` maps an IRI to its short name and how its values are read."""

    prefixes: Prefixes
    terms: dict[str, tuple[str, dict[str, str]]]

    def context(self) -> Context:
        written: Context = {"@version": 1.1}
        for prefix in sorted(self.prefixes):
            written[prefix] = _prefix(self.prefixes[prefix])
        for iri, (name, how) in sorted(self.terms.items(), key=lambda item: item[1][0]):
            short = self.prefixes.contract(iri)
            written[name] = {"@id": short, **how} if how else short
        return written

    def name(self, iri: str) -> str:
        """The spelling as a key or a kind."""
        return self.terms[iri][0] if iri in self.terms else self.prefixes.contract(iri)

    def how(self, predicate: str) -> dict[str, str]:
        return self.terms.get(predicate, ("", {}))[1]


def _prefix(namespace: str) -> Json:
    # https://www.w3.org/TR/json-ld11/#compact-iris: only after these characters is a short definition a prefix
    return namespace if namespace[-1:] in ":/?#[]@" else {"@id": namespace, "@prefix": True}


def _terms(words: Iterable[Quad], prefixes: Prefixes) -> dict[str, tuple[str, dict[str, str]]]:
    """Short name → its IRI and how its values are read. A prefix keeps its name before a term of ours."""
    known = vocabulary.read(words)
    ours = {iri: _how(known.ranges.get(iri, ""), prefixes) for iri in known.properties | set(known.parents)}
    short = {iri.removeprefix(KG): (iri, how) for iri, how in ours.items() if iri.startswith(KG)}
    standard = {iri: {"@language": "en"} for iri in _ENGLISH} | {iri: {"@type": "@id"} for iri in _LINKS}
    for iri, how in standard.items():
        short[iri.removeprefix(KG) if iri.startswith(KG) else prefixes.contract(iri)] = (iri, how)
    return {name: definition for name, definition in short.items() if name not in prefixes}


def _how(values: str, prefixes: Prefixes) -> dict[str, str]:
    if not values or values == XSD + "string":
        return {}
    return {"@type": prefixes.contract(values) if values.startswith(XSD) else "@id"}


def _safe_prefixes(quads: Iterable[Quad], prefixes: Prefixes) -> Prefixes:
    """The prefixes in use, but for those that an absolute IRI here has as its scheme: it would be read as a CURIE."""
    spelled = {iri: prefixes.contract(iri) for iri in _iris(quads) | {KG, XSD + "string"}}
    schemes = {iri.partition(":")[0] for iri, short in spelled.items() if iri == short}
    used = {short.partition(":")[0] for iri, short in spelled.items() if iri != short} - schemes
    return Prefixes({prefix: prefixes[prefix] for prefix in sorted(used)})


def _iris(quads: Iterable[Quad]) -> set[str]:
    terms = {term for quad in quads for term in quad}
    return {term.datatype.value if isinstance(term, Literal) else term.value for term in terms}


def _graphs(quads: list[Quad], names: _Names) -> Iterable[Json]:
    for graph, content in groupby(quads, key=lambda quad: quad.graph_name):
        nodes = [_node(subject, list(said), names) for subject, said in groupby(content, key=lambda quad: quad.subject)]
        # the name before the content, so that a reader of streams knows where it is
        yield {"@id": names.prefixes.contract(graph.value), "@graph": nodes}


def _node(subject: NamedNode, said: list[Quad], names: _Names) -> Json:
    node: dict[str, Json] = {"@id": names.prefixes.contract(subject.value)}
    kinds = [quad.object for quad in said if quad.predicate == rdf.TYPE and isinstance(quad.object, NamedNode)]
    if kinds:
        node["@type"] = _one_or_all([names.name(kind.value) for kind in kinds])
    rest = [quad for quad in said if quad.predicate != rdf.TYPE or not isinstance(quad.object, NamedNode)]
    values: dict[str, list[Json]] = {}
    for quad in rest:
        predicate = quad.predicate.value
        values.setdefault(names.name(predicate), []).append(_value(quad.object, names.how(predicate), names.prefixes))
    return node | {key: _one_or_all(values[key]) for key in sorted(values)}


def _one_or_all(values: list[Json]) -> Json:
    return values[0] if len(values) == 1 else values


def _value(term: Term, how: dict[str, str], prefixes: Prefixes) -> Json:
    if not isinstance(term, Literal):
        iri = prefixes.contract(term.value)
        return iri if how.get("@type") == "@id" else {"@id": iri}
    if term.language:
        plain = how.get("@language") == term.language
        return term.value if plain else {"@language": term.language, "@value": term.value}
    return _typed(term.value, term.datatype.value, how, prefixes)


def _typed(value: str, datatype: str, how: dict[str, str], prefixes: Prefixes) -> Json:
    """The shortest spelling that is read back as exactly this literal."""
    if datatype == XSD + "string":
        return {"@value": value} if how else value
    kind = prefixes.contract(datatype)
    if how.get("@type", kind) != kind:
        return {"@type": kind, "@value": value}
    if datatype == XSD + "integer" and _EXACT.fullmatch(value):
        return int(value)
    if datatype == XSD + "boolean" and value in _BOOLEANS:
        return _BOOLEANS[value]
    return value if "@type" in how else {"@type": kind, "@value": value}
