"""The sources, each with its versions."""

from __future__ import annotations

from itertools import groupby

from kgtool.web.kept import selected
from kgtool.web.page import Page
from kgtool.web.visit import Visit

MOST = 60


def html(visit: Visit) -> str:
    """A page of them: claims are counted of these alone, since to count all goes over the whole graph."""
    graph, first, query = visit.graph, visit.first, visit.graph.views["source-versions"]
    listed = selected(graph, graph.views["versions-listed"].text).rows
    asked = query.bind({"version": tuple(version for version, *_ in listed[first:first + MOST])})
    rows = graph.labelled(selected(graph, asked))
    shown = [(row, raw[2].value in graph.texts) for row, raw in zip(visit.table(rows).rows, rows.rows, strict=True)]
    by_type = [(kind, list(group)) for kind, group in groupby(shown, key=lambda pair: pair[0][1].text)]
    return visit.html(
        "sources.html", by_type=by_type, query=query.text, first=first, shown=len(shown), most=MOST, count=len(listed)
    )


PAGE = Page({"html": html}, ("from",))
