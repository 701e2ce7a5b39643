"""The sources, each with its versions."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from kgtool.web.kept import kept
from kgtool.web.page import Page
from kgtool.web.visit import Visit

MOST = 200


def html(visit: Visit) -> str:
    graph = visit.graph
    query = graph.views["source-versions"].text
    found, first = kept(graph, "sources", lambda: graph.store.select(query)), visit.first
    rows = graph.labelled(replace(found, rows=found.rows[first:first + MOST]))
    at_hand = {row[2].value: row[2].value in graph.texts for row in rows.rows}
    listed = [(row, at_hand[raw[2].value]) for row, raw in zip(visit.table(rows).rows, rows.rows, strict=True)]
    by_type = [(kind, list(group)) for kind, group in groupby(listed, key=lambda pair: pair[0][1].text)]
    return visit.html("sources.html", by_type=by_type, query=query, first=first, shown=len(listed), most=MOST, count=len(found))


PAGE = Page({"html": html}, ("from",))
