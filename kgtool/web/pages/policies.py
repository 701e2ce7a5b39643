"""The policies, and what differs between two of them."""

from __future__ import annotations

from itertools import groupby

from kgtool import rows
from kgtool.answer import Answer
from kgtool.web.kept import kept
from kgtool.web.page import Page
from kgtool.web.visit import Visit

ONE, OTHER = "everything-said", "regulators-only"


def html(visit: Visit) -> str:
    graph = visit.graph
    listed = graph.labelled(graph.store.select(graph.views["policies"].text))
    names = [listed.short(row[0]) for row in listed.rows]
    differing, asked = _differing(visit), _asked(visit)
    table = visit.table(differing)
    verdicts = [(kind, list(group)) for kind, group in groupby(table.rows, key=lambda row: row[0])]
    return visit.html("policies.html", policies=visit.table(listed).rows, names=names, asked=asked, kinds=verdicts,
                      count=len(table.rows))


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
