"""Every thing by its kind, for those who look around."""

from __future__ import annotations

from kgtool.errors import WrongUse
from kgtool.terms import did_you_mean
from kgtool.web.page import Page
from kgtool.web.visit import Visit


def html(visit: Visit) -> str:
    """The kinds, and the things of the one that is asked for."""
    graph = visit.graph
    kinds = visit.table(graph.labelled(graph.store.select(graph.views["kinds"].text))).rows
    known = [kind.id for kind, _ in kinds]
    asked = visit.given.get("kind") or ("kg:Drug" if "kg:Drug" in known else next(iter(known), ""))
    if asked not in known:
        hint = did_you_mean(asked, known) or f"there are {', '.join(known)}"
        raise WrongUse(f"nothing of kind {asked} is entered; {hint}")
    rows = graph.store.select(graph.views["things-of-kind"].bind({"kind": graph.store.prefixes.expand(asked)}))
    things = visit.table(graph.labelled(rows)).rows
    return visit.html("things.html", kinds=kinds, asked=asked, things=things, query=graph.views["things-of-kind"].text)


PAGE = Page({"html": html}, ("kind",))
