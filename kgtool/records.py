"""Records ↔ quads: the one module that knows how a claim, and all else that is said or judged, is spelled in RDF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from kgtool import rdf
from kgtool.claim import Claim, Entity, HierarchyTerm, Judgement, Link, Mapping, Passage, Proposition, Version
from kgtool.errors import DataError, Problem
from kgtool.terms import BASE, CLAIM_KINDS, DCTERMS, DERIVED, GRAPH, KG, OA, PROV, RDF, RDFS, SH, VOID, XSD, kg


def version(iri: str, node: rdf.Node) -> Version:
    length = rdf.one(node, kg("length"))
    if length and not length.isdecimal():
        raise DataError(Problem(f"has a kg:length that is no number: {length}", "count the code points of its text"))
    return Version(
        iri, rdf.one(node, rdf.SPECIALIZATION_OF) or "", rdf.one(node, rdf.LABEL) or "", rdf.one(node, kg("sha256")),
        int(length) if length else None, rdf.one(node, kg("standsAt")),
    )


_NEEDED = (kg("saidIn"), rdf.SUBJECT, rdf.PREDICATE, rdf.OBJECT, kg("polarity"), kg("modality"), kg("inOwnWords"))
_PLACE = tuple(kg(local) for local in ("start", "end", "firstWords", "lastWords", "spanDigest"))
_AT_MOST_ONE = tuple(kg(local) for local in ("section", "hedgeCue", "listCompleteness", "stance"))


def claim(iri: str, node: rdf.Node, qualifiers: Iterable[NamedNode]) -> Claim:
    """One claim from its properties; a DataError names every property it lacks, or has more than once."""
    if missing := [predicate for predicate in _NEEDED if predicate not in node]:
        raise DataError(Problem(f"lacks {_names(missing)}", "a claim needs each of them once"))
    if repeated := [predicate for predicate in (*_NEEDED, *_PLACE, *_AT_MOST_ONE) if len(set(node.get(predicate, ()))) > 1]:
        raise DataError(Problem(f"has more than one {_names(repeated)}", "keep one; two things that are said are two claims"))
    return Claim(
        iri=iri,
        kind=next((t.value for t in node.get(rdf.TYPE, ()) if t.value in CLAIM_KINDS), CLAIM_KINDS[0]),
        version=rdf.one(node, kg("saidIn")),
        proposition=Proposition(
            node[rdf.SUBJECT][0], node[rdf.PREDICATE][0], node[rdf.OBJECT][0],
            tuple((q, value) for q in qualifiers for value in node.get(q, ())),
        ),
        polarity=rdf.one(node, kg("polarity")),
        modality=rdf.one(node, kg("modality")),
        in_own_words=rdf.one(node, kg("inOwnWords")),
        passage=_passage(node),
        hedge_cue=rdf.one(node, kg("hedgeCue")),
        list_completeness=rdf.one(node, kg("listCompleteness")),
        stance=rdf.one(node, kg("stance")),
        depends_on=tuple(other.value for other in node.get(kg("dependsOn"), ())),
    )


def _passage(node: rdf.Node) -> Passage | None:
    missing = [part for part in _PLACE if part not in node]
    if len(missing) == len(_PLACE):
        return None
    if missing:
        raise DataError(Problem(f"has a place without {_names(missing)}", "`kgtool cite` prints a whole place"))
    start, end, first, last, digest = (rdf.one(node, part) for part in _PLACE)
    try:
        section = rdf.one(node, kg("section")) or ""
        return Passage(rdf.one(node, kg("saidIn")), int(start), int(end), first, last, digest, section)
    except ValueError as error:
        raise DataError(Problem(f"has a place that is no number: {start} to {end}", "count code points from 0")) from error


def _names(predicates: Iterable[NamedNode]) -> str:
    return ", ".join(p.value.replace(KG, "kg:").replace(RDF, "rdf:") for p in predicates)


def proposition_quads(claim: Claim) -> Iterator[Quad]:
    """The claim's proposition, and that the claim states it."""
    graph, said = NamedNode(GRAPH + "propositions"), NamedNode(claim.proposition.iri)
    yield Quad(NamedNode(claim.iri), kg("states"), said, graph)
    yield Quad(said, rdf.TYPE, kg("Proposition"), graph)
    yield Quad(said, rdf.SUBJECT, claim.proposition.subject, graph)
    yield Quad(said, rdf.PREDICATE, claim.proposition.predicate, graph)
    yield Quad(said, rdf.OBJECT, claim.proposition.object, graph)
    for predicate, value in claim.proposition.qualifiers:
        yield Quad(said, predicate, value, graph)


def passage_quads(claim: Claim, text_fragment: str | None) -> Iterator[Quad]:
    """The claim's passage as a Web Annotation resource with a text position selector.

    https://www.w3.org/TR/annotation-model/#text-position-selector
    """
    if claim.passage is None:
        return
    graph, span = NamedNode(GRAPH + "passages"), NamedNode(claim.passage.iri)
    selector = NamedNode(claim.passage.iri.replace("passage-", "selector-"))
    yield Quad(NamedNode(claim.iri), kg("passage"), span, graph)
    yield Quad(span, rdf.TYPE, kg("Passage"), graph)
    yield Quad(span, rdf.TYPE, NamedNode(OA + "SpecificResource"), graph)
    yield Quad(span, NamedNode(OA + "hasSource"), NamedNode(claim.passage.version), graph)
    if claim.passage.section:
        yield Quad(span, kg("section"), Literal(claim.passage.section), graph)
    yield Quad(span, NamedNode(OA + "hasSelector"), selector, graph)
    yield Quad(selector, rdf.TYPE, NamedNode(OA + "TextPositionSelector"), graph)
    yield Quad(selector, NamedNode(OA + "start"), _integer(claim.passage.start), graph)
    yield Quad(selector, NamedNode(OA + "end"), _integer(claim.passage.end), graph)
    if text_fragment:
        yield Quad(span, kg("textFragment"), NamedNode(text_fragment), graph)


def mapping_quads(mapping: Mapping) -> Iterator[Quad]:
    """The mapping as one plain triple and as a node that says who found it and where."""
    graph = NamedNode(GRAPH + "mappings")
    triple = NamedNode(mapping.subject), NamedNode(mapping.predicate), NamedNode(mapping.object)
    yield Quad(*triple, graph)
    node = NamedNode(Proposition(*triple).iri.replace(DERIVED + "proposition-", DERIVED + "mapping-"))
    yield Quad(node, rdf.TYPE, kg("Mapping"), graph)
    for part, term in zip((rdf.SUBJECT, rdf.PREDICATE, rdf.OBJECT), triple, strict=True):
        yield Quad(node, part, term, graph)
    yield Quad(node, kg("theirLabel"), Literal(mapping.object_label, language="en"), graph)
    yield Quad(node, kg("justification"), NamedNode(mapping.justification), graph)
    yield Quad(node, kg("readIn"), Literal(mapping.source), graph)
    if mapping.comment:
        yield Quad(node, NamedNode(RDFS + "comment"), Literal(mapping.comment, language="en"), graph)


def entity_quads(entity: Entity, graph: str) -> Iterator[Quad]:
    """A thing with its kinds and names."""
    name, where = NamedNode(entity.iri), NamedNode(graph)
    for kind in entity.kinds:
        yield Quad(name, rdf.TYPE, NamedNode(kind), where)
    yield Quad(name, rdf.LABEL, Literal(entity.label, language="en"), where)
    for synonym in entity.synonyms:
        yield Quad(name, rdf.ALT_LABEL, Literal(synonym, language="en"), where)


def link_quads(link: Link, graph: str) -> Iterator[Quad]:
    yield Quad(NamedNode(link.subject), NamedNode(link.relation), NamedNode(link.object), NamedNode(graph))


def claim_quads(claim: Claim, graph: str) -> Iterator[Quad]:
    """A claim as a data set makes it: without a passage, and resting on no other."""
    name, where, said = NamedNode(claim.iri), NamedNode(graph), claim.proposition
    yield Quad(name, rdf.TYPE, NamedNode(claim.kind), where)
    yield Quad(name, kg("saidIn"), NamedNode(claim.version), where)
    yield Quad(name, rdf.SUBJECT, said.subject, where)
    yield Quad(name, rdf.PREDICATE, said.predicate, where)
    yield Quad(name, rdf.OBJECT, said.object, where)
    yield Quad(name, kg("polarity"), NamedNode(claim.polarity), where)
    yield Quad(name, kg("modality"), NamedNode(claim.modality), where)
    yield Quad(name, kg("inOwnWords"), Literal(claim.in_own_words, language="en"), where)
    for predicate, value in (*said.qualifiers, *claim.beside):
        yield Quad(name, predicate, value, where)


def record_quads(record: Entity | Link | Claim, graph: str) -> Iterator[Quad]:
    """What an importer of a data set gives, whichever it is."""
    return _SPELLED[type(record)](record, graph)


_SPELLED = {Entity: entity_quads, Link: link_quads, Claim: claim_quads}


def data_set_quads(graph: str, label: str, url: str, licence: str, sha256: str) -> Iterator[Quad]:
    """What a graph of somebody else's data is: whose, where from, under what terms, and by which bytes it is known."""
    name = NamedNode(graph)
    yield Quad(name, rdf.TYPE, NamedNode(VOID + "Dataset"), name)
    yield Quad(name, rdf.LABEL, Literal(label, language="en"), name)
    yield Quad(name, NamedNode(DCTERMS + "source"), NamedNode(url), name)
    yield Quad(name, NamedNode(DCTERMS + "rights"), Literal(licence), name)
    yield Quad(name, kg("sha256"), Literal(sha256), name)


def hierarchy_quads(term: HierarchyTerm, graph: str) -> Iterator[Quad]:
    """A term's label and parents, in the graph of its release."""
    name, where = NamedNode(term.iri), NamedNode(graph)
    if term.label:
        yield Quad(name, rdf.LABEL, Literal(term.label, language="en"), where)
    for parent in term.parents:
        yield Quad(name, rdf.SUB_CLASS_OF, NamedNode(parent), where)


def judgement_quads(judgement: Judgement, graph: str) -> Iterator[Quad]:
    """A judgement with what it rests on: its claims, rule, policy, release, and its reason in words."""
    name, where = NamedNode(judgement.iri), NamedNode(graph)
    yield Quad(name, rdf.TYPE, kg(judgement.kind), where)
    for predicate, value in judgement.about:
        yield Quad(name, NamedNode(predicate), value, where)
    yield Quad(name, kg("verdict"), NamedNode(judgement.verdict), where)
    yield Quad(name, kg("reason"), Literal(judgement.reason, language="en"), where)
    yield Quad(name, kg("rule"), Literal(judgement.rule), where)
    yield Quad(name, kg("policy"), NamedNode(judgement.policy), where)
    if judgement.release:
        yield Quad(name, kg("release"), NamedNode(judgement.release), where)
    for source in (*judgement.claims, *judgement.after):
        yield Quad(name, NamedNode(PROV + "wasDerivedFrom"), NamedNode(source), where)


def question_quads(name: str, question: str, text: str) -> Iterator[Quad]:
    """A question as an example query, as editors and agents look for them in a graph.

    https://www.w3.org/TR/shacl-af/#SPARQLExecutable
    """
    node, graph = NamedNode(f"{BASE}question/{name}"), NamedNode(GRAPH + "questions")
    yield Quad(node, rdf.TYPE, NamedNode(SH + "SPARQLExecutable"), graph)
    yield Quad(node, rdf.TYPE, NamedNode(SH + "SPARQLSelectExecutable"), graph)
    yield Quad(node, NamedNode(RDFS + "comment"), Literal(question, language="en"), graph)
    yield Quad(node, NamedNode(SH + "select"), Literal(text), graph)


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=NamedNode(XSD + "integer"))
