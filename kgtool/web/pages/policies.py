"""The policies, and what differs between two of them."""

from __future__ import annotations

from itertools import groupby

from kgtool import rows
from kgtool.answer import Answer
from kgtool.web.kept import kept
from kgtool.web.page import Page
from kgtool.web.visit import Visit

ONE, OTHER = "everything-said", "regulators-only"
MOST = 100
MOST_UNASKED = 5_000  # judgements, above which comparing two policies takes long and waits until it is asked for


def html(visit: Visit) -> str:
    graph = visit.graph
    listed = kept(graph, "policies", lambda: graph.labelled(graph.store.select(graph.views["policies"].text)))
    names = [listed.short(row[0]) for row in listed.rows]
    size = sum(int(row[-1].value) for row in listed.rows if row[-1] is not None)
    compared = size <= MOST_UNASKED or bool(visit.given)
    found = _differing(visit).rows if compared else ()
    groups = [(kind, list(rows)) for kind, rows in groupby(found, key=lambda row: row[0])]
    kinds = [(visit.cell(kind, {}), len(rows), visit.table(Answer((), tuple(rows[:MOST]), listed.prefixes)).rows)
             for kind, rows in groups]
    return visit.html("policies.html", policies=visit.table(listed).rows, names=names, asked=_asked(visit), compared=compared,
                      kinds=kinds, most=MOST, count=len(found))


def json(visit: Visit) -> str:
    return visit.json({"policies": _asked(visit), "differing": list(_differing(visit))})


def csv(visit: Visit) -> str:
    return rows.csv_text(visit.noticed(_differing(visit)))


def _asked(visit: Visit) -> tuple[str, str]:
    return visit.given.get("one") or ONE, visit.given.get("other") or OTHER


def _differing(visit: Visit) -> Answer:
    one, other = _asked(visit)
    return kept(visit.graph, ("policies", one, other), lambda: visit.graph.ask("compare-policies", one=one, other=other))


PAGE = Page({"html": html, "json": json, "csv": csv}, ("one", "other"))
