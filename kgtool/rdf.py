"""Records ↔ quads, and files ↔ quads: the one module that knows how a claim is spelled in RDF."""

from __future__ import annotations

import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple

from kgtool.claim import Claim, Entity, HierarchyTerm, Judgement, Link, Passage, Proposition, Version
from kgtool.claim import Mapping as Matching
from kgtool.errors import DataError, Place, Problem, WrongUse, relative
from kgtool.terms import BASE, DCTERMS, DERIVED, GRAPH, KG, OA, PROV, RDF, RDFS, SH, SKOS, VOID, XSD, Prefixes, Term, digest, kg

TYPE = NamedNode(RDF + "type")
LABEL = NamedNode(RDFS + "label")
ALT_LABEL = NamedNode(SKOS + "altLabel")
SUB_CLASS_OF = NamedNode(RDFS + "subClassOf")
SUBJECT, PREDICATE, OBJECT = (NamedNode(RDF + part) for part in ("subject", "predicate", "object"))
SPECIALIZATION_OF = NamedNode(PROV + "specializationOf")
CLAIM_KINDS = (KG + "Claim", KG + "GapClaim", KG + "LabelClaim")

FORMATS = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".rdf": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
}
GRAMMARS = {
    form: f"see https://www.w3.org/TR/{name}/ for the grammar"
    for name, form in {
        "turtle": RdfFormat.TURTLE, "trig": RdfFormat.TRIG, "n-triples": RdfFormat.N_TRIPLES,
        "n-quads": RdfFormat.N_QUADS, "rdf-syntax-grammar": RdfFormat.RDF_XML, "json-ld11": RdfFormat.JSON_LD,
    }.items()
}

Node = Mapping[NamedNode, tuple[Term, ...]]


def read(path: Path, root: Path | None = None) -> list[Quad]:
    """The quads of one RDF file in the order written, repeats included; every failure is a DataError with its place."""
    name = relative(path, root) if root else str(path)
    rdf_format = FORMATS.get(path.suffix)
    if rdf_format is None:
        raise DataError(Problem("no RDF format ends like this", f"use one of {', '.join(FORMATS)}", Place(name)))
    try:
        return list(ox.parse(text(path, name), format=rdf_format))
    except SyntaxError as error:
        raise DataError(syntax_problem(error, name, rdf_format)) from error


def text(path: Path, name: str) -> str:
    """A file's text as UTF-8, with one plain sentence for each way in which it is not."""
    return decoded(raw(path, name), name)


def raw(path: Path, name: str) -> bytes:
    """A file's bytes. What is no regular file is refused, since reading a pipe or a device might never end."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise DataError(Problem("is not a regular file", "name a file, not a folder, pipe or device", Place(name)))
        return path.read_bytes()
    except OSError as error:
        problem = Problem(f"cannot be read: {error.strerror}", "check the path and its permissions", Place(name))
        raise DataError(problem) from error


def decoded(raw: bytes, name: str) -> str:
    """UTF-8 bytes as text; UTF-16, a byte order mark and broken bytes are named for what they are."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(Problem("is UTF-16", "save it as UTF-8", Place(name)))
    if raw.startswith(b"\xef\xbb\xbf"):
        raise DataError(Problem("begins with a byte order mark", "save it as UTF-8 without one", Place(name, 1, 1)))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataError(Problem("is not UTF-8 here", "save the file as UTF-8", Place(name, line))) from error


def iri(text: str) -> NamedNode:
    """An absolute IRI that somebody typed."""
    try:
        return NamedNode(text)
    except ValueError as error:
        raise WrongUse(f"{text} is no absolute IRI, such as https://example.org/graph") from error


def syntax_problem(error: SyntaxError, name: str, form: RdfFormat) -> Problem:
    """What the parser of a format says, with its place and a remedy."""
    message = str(error.args[0]).split(": ", 1)[-1]
    message = message[:1].lower() + message[1:]
    return Problem(message, _syntax_remedy(message) or GRAMMARS[form], Place(name, error.lineno or 0, error.offset or 0))


def _syntax_remedy(message: str) -> str:
    if "prefix" in message and "declared" in message:
        return "declare it with @prefix at the top; ontology/prefixes.ttl has the project's"
    if "IRI" in message:
        return "an IRI holds no spaces, quotes or angle brackets; percent-encode them"
    if "dot" in message:
        return "a block ends with ' .'; the one above this line is not ended"
    return ""


def oversized(error: MemoryError, name: str) -> DataError | MemoryError:
    """What a parser means by it: a term that is longer than its buffer, which it says in words, or that no memory is left."""
    if not error.args:
        return error
    return DataError(Problem("holds a name or text of more than 16 MB", "shorten it", Place(name)))


def nodes(quads: Iterable[Quad]) -> dict[Term, dict[NamedNode, tuple[Term, ...]]]:
    """Quads by subject and predicate, in the order written."""
    grouped: dict = defaultdict(lambda: defaultdict(tuple))
    for quad in quads:
        grouped[quad.subject][quad.predicate] += (quad.object,)
    return {subject: dict(properties) for subject, properties in grouped.items()}


def prefixes(quads: Iterable[Quad]) -> Prefixes:
    """What sh:declare declares."""
    declared = nodes(quads).values()
    prefix, namespace = NamedNode(SH + "prefix"), NamedNode(SH + "namespace")
    return Prefixes({_one(node, prefix): _one(node, namespace) for node in declared if prefix in node})


def entity(iri: str, node: Node) -> Entity:
    kinds = tuple(kind.value for kind in node.get(TYPE, ()))
    return Entity(iri, kinds, _one(node, LABEL) or "", tuple(name.value for name in node.get(ALT_LABEL, ())))


def version(iri: str, node: Node) -> Version:
    length = _one(node, kg("length"))
    if length and not length.isdecimal():
        raise DataError(Problem(f"has a kg:length that is no number: {length}", "count the code points of its text"))
    return Version(
        iri, _one(node, SPECIALIZATION_OF) or "", _one(node, LABEL) or "", _one(node, kg("sha256")),
        int(length) if length else None, _one(node, kg("standsAt")),
    )


_NEEDED = (kg("saidIn"), SUBJECT, PREDICATE, OBJECT, kg("polarity"), kg("modality"), kg("inOwnWords"))
_PLACE = tuple(kg(local) for local in ("start", "end", "firstWords", "lastWords", "spanDigest"))
_AT_MOST_ONE = tuple(kg(local) for local in ("section", "hedgeCue", "listCompleteness", "stance"))


def claim(iri: str, node: Node, qualifiers: Iterable[NamedNode]) -> Claim:
    """One claim from its properties; a DataError names every property it lacks, or has more than once."""
    if missing := [predicate for predicate in _NEEDED if predicate not in node]:
        raise DataError(Problem(f"lacks {_names(missing)}", "a claim needs each of them once"))
    if repeated := [predicate for predicate in (*_NEEDED, *_PLACE, *_AT_MOST_ONE) if len(set(node.get(predicate, ()))) > 1]:
        raise DataError(Problem(f"has more than one {_names(repeated)}", "keep one; two things that are said are two claims"))
    return Claim(
        iri=iri,
        kind=next((t.value for t in node.get(TYPE, ()) if t.value in CLAIM_KINDS), CLAIM_KINDS[0]),
        version=_one(node, kg("saidIn")),
        proposition=Proposition(
            node[SUBJECT][0], node[PREDICATE][0], node[OBJECT][0],
            tuple((q, value) for q in qualifiers for value in node.get(q, ())),
        ),
        polarity=_one(node, kg("polarity")),
        modality=_one(node, kg("modality")),
        in_own_words=_one(node, kg("inOwnWords")),
        passage=_passage(node),
        hedge_cue=_one(node, kg("hedgeCue")),
        list_completeness=_one(node, kg("listCompleteness")),
        stance=_one(node, kg("stance")),
        depends_on=tuple(other.value for other in node.get(kg("dependsOn"), ())),
    )


def _passage(node: Node) -> Passage | None:
    missing = [part for part in _PLACE if part not in node]
    if len(missing) == len(_PLACE):
        return None
    if missing:
        raise DataError(Problem(f"has a place without {_names(missing)}", "`kgtool cite` prints a whole place"))
    start, end, first, last, digest = (_one(node, part) for part in _PLACE)
    try:
        section = _one(node, kg("section")) or ""
        return Passage(_one(node, kg("saidIn")), int(start), int(end), first, last, digest, section)
    except ValueError as error:
        raise DataError(Problem(f"has a place that is no number: {start} to {end}", "count code points from 0")) from error


def _names(predicates: Iterable[NamedNode]) -> str:
    return ", ".join(p.value.replace(KG, "kg:").replace(RDF, "rdf:") for p in predicates)


def _one(node: Node, predicate: NamedNode) -> str | None:
    values = node.get(predicate)
    return values[0].value if values else None


def proposition_quads(claim: Claim) -> Iterator[Quad]:
    """The claim's proposition, and that the claim states it."""
    graph, said = NamedNode(GRAPH + "propositions"), NamedNode(claim.proposition.iri)
    yield Quad(NamedNode(claim.iri), kg("states"), said, graph)
    yield Quad(said, TYPE, kg("Proposition"), graph)
    yield Quad(said, SUBJECT, claim.proposition.subject, graph)
    yield Quad(said, PREDICATE, claim.proposition.predicate, graph)
    yield Quad(said, OBJECT, claim.proposition.object, graph)
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
    yield Quad(span, TYPE, kg("Passage"), graph)
    yield Quad(span, TYPE, NamedNode(OA + "SpecificResource"), graph)
    yield Quad(span, NamedNode(OA + "hasSource"), NamedNode(claim.passage.version), graph)
    if claim.passage.section:
        yield Quad(span, kg("section"), Literal(claim.passage.section), graph)
    yield Quad(span, NamedNode(OA + "hasSelector"), selector, graph)
    yield Quad(selector, TYPE, NamedNode(OA + "TextPositionSelector"), graph)
    yield Quad(selector, NamedNode(OA + "start"), _integer(claim.passage.start), graph)
    yield Quad(selector, NamedNode(OA + "end"), _integer(claim.passage.end), graph)
    if text_fragment:
        yield Quad(span, kg("textFragment"), NamedNode(text_fragment), graph)


def mapping_quads(mapping: Matching) -> Iterator[Quad]:
    """The mapping as one plain triple and as a node that says who found it and where."""
    graph = NamedNode(GRAPH + "mappings")
    triple = NamedNode(mapping.subject), NamedNode(mapping.predicate), NamedNode(mapping.object)
    yield Quad(*triple, graph)
    node = NamedNode(Proposition(*triple).iri.replace(DERIVED + "proposition-", DERIVED + "mapping-"))
    yield Quad(node, TYPE, kg("Mapping"), graph)
    for part, term in zip((SUBJECT, PREDICATE, OBJECT), triple, strict=True):
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
        yield Quad(name, TYPE, NamedNode(kind), where)
    yield Quad(name, LABEL, Literal(entity.label, language="en"), where)
    for synonym in entity.synonyms:
        yield Quad(name, ALT_LABEL, Literal(synonym, language="en"), where)


def link_quads(link: Link, graph: str) -> Iterator[Quad]:
    yield Quad(NamedNode(link.subject), NamedNode(link.relation), NamedNode(link.object), NamedNode(graph))


def claim_quads(claim: Claim, graph: str) -> Iterator[Quad]:
    """A claim as a data set makes it: without a passage, and resting on no other."""
    name, where, said = NamedNode(claim.iri), NamedNode(graph), claim.proposition
    yield Quad(name, TYPE, NamedNode(claim.kind), where)
    yield Quad(name, kg("saidIn"), NamedNode(claim.version), where)
    yield Quad(name, SUBJECT, said.subject, where)
    yield Quad(name, PREDICATE, said.predicate, where)
    yield Quad(name, OBJECT, said.object, where)
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
    yield Quad(name, TYPE, NamedNode(VOID + "Dataset"), name)
    yield Quad(name, LABEL, Literal(label, language="en"), name)
    yield Quad(name, NamedNode(DCTERMS + "source"), NamedNode(url), name)
    yield Quad(name, NamedNode(DCTERMS + "rights"), Literal(licence), name)
    yield Quad(name, kg("sha256"), Literal(sha256), name)


def hierarchy_quads(term: HierarchyTerm, graph: str) -> Iterator[Quad]:
    """A term's label and parents, in the graph of its release."""
    name, where = NamedNode(term.iri), NamedNode(graph)
    if term.label:
        yield Quad(name, LABEL, Literal(term.label, language="en"), where)
    for parent in term.parents:
        yield Quad(name, SUB_CLASS_OF, NamedNode(parent), where)


def judgement_quads(judgement: Judgement, graph: str) -> Iterator[Quad]:
    """A judgement with what it rests on: its claims, rule, policy, release, and its reason in words."""
    name, where = NamedNode(judgement.iri), NamedNode(graph)
    yield Quad(name, TYPE, kg(judgement.kind), where)
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
    yield Quad(node, TYPE, NamedNode(SH + "SPARQLExecutable"), graph)
    yield Quad(node, TYPE, NamedNode(SH + "SPARQLSelectExecutable"), graph)
    yield Quad(node, NamedNode(RDFS + "comment"), Literal(question, language="en"), graph)
    yield Quad(node, NamedNode(SH + "select"), Literal(text), graph)


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=NamedNode(XSD + "integer"))


def write(quads: Iterable[Quad], rdf_format: RdfFormat, names: Prefixes) -> bytes:
    """Sorted, with the prefixes it uses: the same quads give the same bytes, whatever their order.

    Formats without named graphs get the quads' triples, each once. The data must hold no blank nodes.
    """
    if rdf_format.supports_datasets:
        content: list[Quad] | list[Triple] = sorted(set(quads), key=quad_key)
    else:
        content = sorted({quad.triple for quad in quads}, key=triple_key)
    return ox.serialize(content, format=rdf_format, prefixes=used(content, names))


def used(content: Iterable[Quad | Triple], names: Prefixes) -> dict[str, str]:
    terms = {term for statement in content for term in statement}
    iris = {term.value for term in terms if isinstance(term, NamedNode)}
    iris |= {term.datatype.value for term in terms if isinstance(term, Literal)}
    used = {names.contract(iri).partition(":")[0] for iri in iris}
    return {prefix: names[prefix] for prefix in sorted(names) if prefix in used}


def quad_key(quad: Quad) -> tuple[str, ...]:
    return (str(quad.graph_name), *triple_key(quad.triple))


def triple_key(triple: Triple) -> tuple[str, ...]:
    # rdf:type first, as people write it
    predicate = "" if triple.predicate == TYPE else str(triple.predicate)
    return (str(triple.subject), predicate, str(triple.object))


def ends(edge: Triple, names: Prefixes) -> tuple[str, str]:
    """What the two ends of an edge are called in a network: CURIEs, and for a value a name of its own.

    One node for each edge that ends in a value: two studies with 106 participants have nothing in common.
    """
    source, target = edge.subject, edge.object
    if isinstance(target, Literal):
        return names.show(source), "value-" + digest(*map(str, edge))
    return names.show(source), names.show(target)


def lines(quads: Iterable[Quad]) -> list[str]:
    """Each quad's triple as a line of N-Triples, whichever graph it stands in."""
    said = ox.serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES).decode()
    # not splitlines(), which takes characters for line ends that a literal may hold
    return said.removesuffix("\n").split("\n") if said else []


def from_lines(said: Iterable[str]) -> list[Quad]:
    """The triples of such lines."""
    return list(ox.parse("".join(f"{line}\n" for line in said), format=RdfFormat.N_TRIPLES))
