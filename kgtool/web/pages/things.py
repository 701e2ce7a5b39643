"""Every thing by its kind, for those who look around."""

from __future__ import annotations

from kgtool.answer import Answer
from kgtool.errors import WrongUse
from kgtool.terms import did_you_mean
from kgtool.web.kept import kept
from kgtool.web.page import Page
from kgtool.web.visit import Cell, Visit

MOST = 100


def html(visit: Visit) -> str:
    """The kinds, and the things of the one that is asked for, a page of them."""
    graph = visit.graph
    kinds = visit.table(graph.labelled(kept(graph, "kinds", lambda: graph.store.select(graph.views["kinds"].text)))).rows
    known = [kind.id for kind, _ in kinds]
    asked = visit.given.get("kind") or ("kg:Drug" if "kg:Drug" in known else next(iter(known), ""))
    if asked not in known:
        hint = did_you_mean(asked, known) or f"there are {', '.join(known)}"
        raise WrongUse(f"nothing of kind {asked} is entered; {hint}")
    kind, first = graph.store.prefixes.expand(asked) or asked, visit.first
    return visit.html("things.html", kinds=kinds, asked=asked, things=counted(visit, kind, first, MOST), first=first, most=MOST,
                      count=len(_of(visit, kind)), query=graph.views["things-of-kind"].bind({"kind": kind}))


def counted(visit: Visit, kind: str, first: int, most: int) -> list[tuple[Cell, int]]:
    """Some of the things of a kind in the order of their names, with how many claims are about each."""
    graph, shown = visit.graph, _of(visit, kind).rows[first:first + most]
    if not shown:
        return []
    asked = graph.views["claims-counted"].bind({"thing": tuple(thing.value for thing, _ in shown)})
    claims = dict(kept(graph, ("claims of", kind, first, most), lambda: graph.store.select(asked)).rows)
    return [(visit.cell(thing, {thing.value: label.value}), int(claims[thing].value) if thing in claims else 0)
            for thing, label in shown]


def _of(visit: Visit, kind: str) -> Answer:
    graph = visit.graph
    return kept(graph, ("things", kind), lambda: graph.store.select(graph.views["things-of-kind"].bind({"kind": kind})))


PAGE = Page({"html": html}, ("kind", "from"))
