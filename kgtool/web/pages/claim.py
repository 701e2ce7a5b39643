"""A claim: what is said, how surely, where, in which words, who else says it, and what rests on it."""

from __future__ import annotations

from kgtool import passages
from kgtool.analysis import citing
from kgtool.answer import Answer
from kgtool.terms import KG, RDF, Term
from kgtool.web import verdicts
from kgtool.web.visit import Visit

_TOLD = (*(RDF + part for part in ("type", "subject", "predicate", "object")), *(KG + part for part in (
    "polarity", "modality", "hedgeCue", "inOwnWords", "saidIn", "start", "end", "section", "firstWords", "lastWords",
    "spanDigest", "passage", "states", "dependsOn", "listCompleteness",
)))


def html(visit: Visit, iri: str) -> str:
    graph = visit.graph
    parts = graph.labelled(graph.store.select(graph.views["claim-parts"].bind({"thing": iri})))
    of: dict[str, list[Term]] = {}
    for part, value in parts.rows:
        of.setdefault(part.value, []).append(value)
    (row,) = graph.store.select(graph.views["claim"].bind({"claim": iri}))
    return visit.html(
        "claim.html", iri=iri, curie=visit.address.name, claim=row, modality=row["modality"], polarity=row["polarity"],
        triple=[visit.cell(of[RDF + part][0], parts.labels) for part in ("subject", "predicate", "object")],
        kind=[visit.cell(term, parts.labels).text for term in of[RDF + "type"]],
        open_list=KG + "openList" in [term.value for term in of.get(KG + "listCompleteness", ())],
        said_in=visit.cell(of[KG + "saidIn"][0], parts.labels), qualifiers=_qualifiers(visit, parts),
        sentence=_sentence(visit, of[KG + "saidIn"][0].value, row), digest=_text(of, "spanDigest"),
        rests=[_short(visit, other["dependsOn"])
               for other in graph.store.select(graph.views["claim-depends-on"].bind({"claim": iri}))],
        others=_others(visit, of, iri), verdicts=verdicts.about(visit, iri),
        query=graph.views["claim-parts"].bind({"thing": iri}),
    )


def _text(of: dict[str, list[Term]], part: str) -> str:
    return of[KG + part][0].value if KG + part in of else ""


def _qualifiers(visit: Visit, parts: Answer) -> list:
    return [(visit.cell(part, parts.labels), visit.cell(value, parts.labels))
            for part, value in parts.rows if part.value not in _TOLD]


def _sentence(visit: Visit, version: str, row: dict) -> str:
    """The passage lit in its sentence; empty where the text is not at hand, or no place is recorded."""
    if row["start"] is None or version not in visit.graph.texts:
        return ""
    return citing.lit(passages.within(visit.graph.texts[version], row["section"] or ""), row["start"], row["end"])


def _others(visit: Visit, of: dict[str, list[Term]], iri: str) -> list[dict]:
    """The other claims that state the same."""
    if KG + "states" not in of:
        return []
    graph = visit.graph
    rows = graph.store.select(graph.views["claims-stating"].bind({"proposition": of[KG + "states"][0].value}))
    return [_short(visit, row["claim"]) for row in rows if row["claim"] != graph.store.prefixes.contract(iri)]


def _short(visit: Visit, curie: str) -> dict:
    graph = visit.graph
    (row,) = graph.store.select(graph.views["claim"].bind({"claim": graph.store.prefixes.expand(curie)}))
    return {**row, "link": visit.to("thing", curie)}
