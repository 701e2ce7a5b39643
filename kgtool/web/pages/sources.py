"""The sources, each with its versions."""

from __future__ import annotations

from itertools import groupby

from kgtool import rows
from kgtool.answer import Answer
from kgtool.web.kept import selected
from kgtool.web.page import Page
from kgtool.web.visit import Visit

MOST = 60


def html(visit: Visit) -> str:
    """A page of them: claims are counted of these alone, since to count all goes over the whole graph."""
    graph, first, query = visit.graph, visit.first, visit.graph.views["source-versions"]
    listed = _listed(visit).rows
    asked = query.bind({"version": tuple(version for version, *_ in listed[first:first + MOST])})
    found = graph.labelled(selected(graph, asked)) if listed[first:] else Answer((), (), graph.store.prefixes)
    shown = [(row, raw[2].value in graph.texts) for row, raw in zip(visit.table(found).rows, found.rows, strict=True)]
    by_type = [(kind, list(group)) for kind, group in groupby(shown, key=lambda pair: pair[0][1].text)]
    return visit.html(
        "sources.html", by_type=by_type, query=query.text, first=first, shown=len(shown), most=MOST, count=len(listed)
    )


def _listed(visit: Visit) -> Answer:
    return selected(visit.graph, visit.graph.views["versions-listed"].text)


def json(visit: Visit) -> str:
    """All of them, whichever page is shown."""
    listed = visit.graph.labelled(_listed(visit)).labelled()
    return visit.json({"columns": list(listed.columns), "rows": list(listed)})


def csv(visit: Visit) -> str:
    return rows.csv_text(visit.noticed(visit.graph.labelled(_listed(visit))))


def turtle(visit: Visit) -> bytes:
    """What is entered of each source and version; what they say stands on the page of each."""
    return visit.turtle({term.value for version, _, _, source in _listed(visit).rows for term in (version, source)})


PAGE = Page({"html": html, "json": json, "ttl": turtle, "csv": csv}, ("from",))
