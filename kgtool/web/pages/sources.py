"""The sources, each with its versions."""

from __future__ import annotations

from itertools import groupby

from kgtool.web.page import Page
from kgtool.web.visit import Visit


def html(visit: Visit) -> str:
    graph = visit.graph
    query = graph.views["source-versions"].text
    rows = graph.labelled(graph.store.select(query))
    at_hand = {row[2].value: row[2].value in graph.texts for row in rows.rows}
    listed = [(row, at_hand[raw[2].value]) for row, raw in zip(visit.table(rows).rows, rows.rows, strict=True)]
    by_type = [(kind, list(group)) for kind, group in groupby(listed, key=lambda pair: pair[0][1].text)]
    return visit.html("sources.html", by_type=by_type, query=query)


PAGE = Page({"html": html})
