"""What this is, whose it is, and what it is not for."""

from __future__ import annotations

from kgtool.web import files
from kgtool.web.kept import kept
from kgtool.web.page import Page
from kgtool.web.visit import Visit


def html(visit: Visit) -> str:
    graph = visit.graph
    rows = visit.table(kept(graph, "about", lambda: graph.store.select(graph.views["about"].text))).rows
    return visit.html("about.html", licence=rows[0][1] if rows else None, files=(*files.DUMPS, *files.METADATA))


PAGE = Page({"html": html})
