"""How a synthetic world is spelled in quads: things, sources with versions, and claims as people would write them."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from pyoxigraph import Literal, NamedNode, Quad

from kgtool import rdf, records
from kgtool.claim import Claim, Passage, Proposition
from kgtool.terms import CLAIM, GRAPH, ID, KG, PROV, SCHEMA, XSD, Term, kg

TRUE = Literal("true", datatype=NamedNode(XSD + "boolean"))
OBO = "http://purl.obolibrary.org/obo/"
ROUTES = {"oral": OBO + "NCIT_C38288", "intrathecal": OBO + "NCIT_C38267"}
LENGTH = 100_000  # code points of every text, longer than any place in it


def ours(name: str) -> NamedNode:
    return NamedNode(ID + name)


def disease(number: int) -> NamedNode:
    return NamedNode(f"{OBO}MONDO_{9_000_000 + number}")


def sign(number: int) -> NamedNode:
    return NamedNode(f"{OBO}HP_{9_000_000 + number}")


def typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + datatype))


def predicate(name: str) -> NamedNode:
    """A relation by its local name, with its prefix where it is not one of ours: "usedFor", "schema:trialDesign"."""
    return NamedNode(SCHEMA + name.removeprefix("schema:")) if name.startswith("schema:") else kg(name)


def thing(iri: NamedNode, kind: str, label: str, *facts: tuple[str, Term]) -> Iterator[Quad]:
    """An entity with its label and plain facts."""
    graph = NamedNode(GRAPH + "entities")
    yield Quad(iri, rdf.TYPE, kg(kind), graph)
    yield Quad(iri, rdf.LABEL, Literal(label, language="en"), graph)
    for name, value in facts:
        yield Quad(iri, predicate(name), value, graph)


def source(name: str, kind: str, publisher: NamedNode, versions: int = 1, *facts: tuple[str, Term]) -> Iterator[Quad]:
    """A source with versions NAME-v1, NAME-v2 …, each a revision of the one before; ``facts`` are the versions'.

    Every other version has a text that somebody read, so that its claims have places.
    """
    yield from thing(
        ours(name),
        "Source",
        f"source {name}",
        ("sourceType", kg(kind)),
        ("publisher", publisher),
        ("url", NamedNode(f"https://example.org/{name}")),
    )
    for number in range(1, versions + 1):
        version = ours(f"{name}-v{number}")
        yield from thing(
            version, "SourceVersion", f"{name}, version {number}", ("textLicence", Literal("third-party text")), *facts
        )
        yield Quad(version, rdf.SPECIALIZATION_OF, ours(name), NamedNode(GRAPH + "entities"))
        if number > 1:
            yield Quad(
                version, NamedNode(PROV + "wasRevisionOf"), ours(f"{name}-v{number - 1}"), NamedNode(GRAPH + "entities")
            )
        if number % 2:
            yield from _read(version)


def _read(version: NamedNode) -> Iterator[Quad]:
    graph, length = NamedNode(GRAPH + "entities"), typed(str(LENGTH), "integer")
    yield Quad(version, kg("sha256"), Literal(_digest(version.value)), graph)
    yield Quad(version, kg("length"), length, graph)
    yield Quad(version, kg("byteLength"), length, graph)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def claim(
    version: str,
    number: int,
    subject: NamedNode,
    relation: str,
    value: Term,
    *qualifiers: tuple[str, Term],
    kind: str = "Claim",
    modality: str = "flat",
    polarity: str = "affirmed",
    stance: str | None = None,
    facts: tuple[tuple[str, Term], ...] = (),
    placed: bool = False,
) -> Iterator[Quad]:
    """A claim as authored, and with it the proposition and the passage that a build adds; ``facts`` are its other
    properties, which do not belong to the proposition."""
    proposition = Proposition(subject, predicate(relation), value, tuple((kg(name), term) for name, term in qualifiers))
    passage = None
    if placed:
        start = 10 * number
        passage = Passage(ID + version, start, start + 8, "some", "words", _digest(f"{version} {start}"))
    record = Claim(
        f"{CLAIM}{version}-c{number}",
        KG + kind,
        ID + version,
        proposition,
        KG + polarity,
        KG + modality,
        f"What {version} says in place {number}.",
        passage,
        None if modality == "flat" else "may",
        stance=KG + stance if stance else None,
    )
    yield from _authored(record, facts, NamedNode(GRAPH + version))
    yield from records.proposition_quads(record)
    yield from records.passage_quads(record, None)


def _authored(record: Claim, facts: tuple[tuple[str, Term], ...], graph: NamedNode) -> Iterator[Quad]:
    said = record.proposition
    pairs = [
        (rdf.TYPE, NamedNode(record.kind)),
        (kg("saidIn"), NamedNode(record.version)),
        (rdf.SUBJECT, said.subject),
        (rdf.PREDICATE, said.predicate),
        (rdf.OBJECT, said.object),
        *said.qualifiers,
        (kg("polarity"), NamedNode(record.polarity)),
        (kg("modality"), NamedNode(record.modality)),
        (kg("inOwnWords"), Literal(record.in_own_words, language="en")),
        *((kg(name), value) for name, value in facts),
    ]
    pairs += [(kg("hedgeCue"), Literal(record.hedge_cue))] if record.hedge_cue else []
    pairs += [(kg("stance"), NamedNode(record.stance))] if record.stance else []
    pairs += _place(record.passage) if record.passage else []
    yield from (Quad(NamedNode(record.iri), name, value, graph) for name, value in pairs)


def _place(passage: Passage) -> list[tuple[NamedNode, Term]]:
    return [
        (kg("start"), typed(str(passage.start), "integer")),
        (kg("end"), typed(str(passage.end), "integer")),
        (kg("firstWords"), Literal(passage.first_words)),
        (kg("lastWords"), Literal(passage.last_words)),
        (kg("spanDigest"), Literal(passage.digest)),
    ]
