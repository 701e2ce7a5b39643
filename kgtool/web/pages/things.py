"""Every thing by its kind, for those who look around."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode

from kgtool import rows
from kgtool.answer import Answer
from kgtool.errors import WrongUse
from kgtool.terms import did_you_mean
from kgtool.web.kept import kept
from kgtool.web.page import Page
from kgtool.web.visit import Cell, Visit

MOST, MOST_AS_DATA = 100, 100_000


def html(visit: Visit) -> str:
    """The kinds, and the things of the one that is asked for, a page of them."""
    graph, kinds = visit.graph, _kinds(visit)
    asked, first = _asked(visit, kinds), visit.first
    kind = graph.store.prefixes.expand(asked) or asked
    return visit.html("things.html", kinds=kinds, asked=asked, things=counted(visit, kind, first, MOST), first=first, most=MOST,
                      count=len(_of(visit, kind)), query=graph.views["things-of-kind"].bind({"kind": kind or None}))


def _kinds(visit: Visit) -> tuple[tuple[Cell, ...], ...]:
    graph = visit.graph
    return visit.table(graph.labelled(kept(graph, "kinds", lambda: graph.store.select(graph.views["kinds"].text)))).rows


def _asked(visit: Visit, kinds: tuple[tuple[Cell, ...], ...]) -> str:
    """The kind that is looked at, as pages name it."""
    known = [kind.id for kind, _ in kinds]
    asked = visit.given.get("kind") or ("kg:Drug" if "kg:Drug" in known else next(iter(known), ""))
    if asked not in known and (known or "kind" in visit.given):
        hint = did_you_mean(asked, known) or f"there are {', '.join(known) or 'none at all'}"
        raise WrongUse(f"nothing of kind {asked} is entered; {hint}")
    return asked


def json(visit: Visit) -> str:
    listed = _listed(visit)
    return visit.json({"kind": _asked(visit, _kinds(visit)), "columns": list(listed.columns), "rows": list(listed)})


def csv(visit: Visit) -> str:
    return rows.csv_text(visit.noticed(_listed(visit)))


def _listed(visit: Visit) -> Answer:
    """All of the kind, whichever page is shown."""
    prefixes, asked = visit.graph.store.prefixes, _asked(visit, _kinds(visit))
    listed = counted(visit, prefixes.expand(asked) or asked, 0, MOST_AS_DATA)
    return Answer(("thing", "label", "claims"), tuple(
        (NamedNode(prefixes.expand(thing.id) or thing.id), Literal(thing.text), Literal(count)) for thing, count in listed
    ), prefixes)


def counted(visit: Visit, kind: str, first: int, most: int) -> list[tuple[Cell, int]]:
    """Some of the things of a kind in the order of their names, with how many claims are about each."""
    graph, shown = visit.graph, _of(visit, kind)[first:first + most]
    if not shown:
        return []
    asked = graph.views["claims-counted"].bind({"thing": tuple(thing for thing, _ in shown)})
    found = kept(graph, ("claims of", kind, first, most), lambda: graph.store.select(asked)).rows
    claims = {thing.value: int(count.value) for thing, count in found}
    return [(visit.cell(NamedNode(thing), {thing: label}), claims.get(thing, 0)) for thing, label in shown]


def _of(visit: Visit, kind: str) -> list[tuple[str, str]]:
    """What the query on the page gives, from the index of names, which need not look up each label by itself."""
    return kept(visit.graph, ("things", kind), lambda: visit.graph.names.labelled_of_kind(kind))


PAGE = Page({"html": html, "json": json, "csv": csv}, ("kind", "from"))
