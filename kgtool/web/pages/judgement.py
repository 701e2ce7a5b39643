"""A judgement with its reasons as a tree, down to the words of sources; and likewise any other derived thing."""

from __future__ import annotations

from kgtool.terms import CLAIM, KG, PROV, RDF
from kgtool.web import claims
from kgtool.web.visit import Visit

_TOLD = (RDF + "type", PROV + "wasDerivedFrom", KG + "reason", KG + "verdict", KG + "step")


def html(visit: Visit, iri: str) -> str:
    graph = visit.graph
    query = graph.views["judgement-parts"].bind({"judgement": iri})
    parts = graph.labelled(graph.store.select(query))
    of = {part: [value for name, value in parts.rows if name.value == part] for part in _TOLD}
    (verdict,), (reason, *_) = of[KG + "verdict"], of[KG + "reason"]
    claimed = claims.worded(visit, (value.value for name, value in parts.rows
                                     if name.value not in _TOLD and value.value.startswith(CLAIM)))
    return visit.html(
        "judgement.html", iri=iri, curie=visit.address.name, kind=parts.short(of[RDF + "type"][0]),
        verdict=claims.local(verdict.value), label=parts.short(verdict), reason=reason.value,
        steps=_in_order([step.value for step in of[KG + "step"]], reason.value),
        about=[(visit.cell(part, parts.labels), visit.cell(value, {**parts.labels, **claimed}))
               for part, value in parts.rows if part.value not in _TOLD],
        tree=graph.why(iri), query=query,
    )


def _in_order(steps: list[str], reason: str) -> list[str]:
    """As the reason names them.

    >>> _in_order(["imprecision, down 1 to low: few", "start, moderate: a trial"], "starts moderate; imprecision, down 1")
    ['start, moderate: a trial', 'imprecision, down 1 to low: few']
    """
    return sorted(steps, key=lambda step: reason.find(step.partition(",")[0]))


def derived(visit: Visit, iri: str) -> str:
    """An edge or a proposition, with its reasons."""
    tree = visit.graph.why(iri)
    return visit.html("reason.html", iri=iri, curie=visit.address.name, tree=tree)
