"""The start: what is here, what is disputed, what nobody knows, and where to begin."""

from __future__ import annotations

from kgtool.terms import KG
from kgtool.web import verdicts
from kgtool.web.kept import kept
from kgtool.web.page import Page
from kgtool.web.pages import things
from kgtool.web.visit import Cell, Visit


def html(visit: Visit) -> str:
    return visit.html(
        "start.html", counts=_counts(visit), kinds=verdicts.overall(visit), disputes=_rows(visit, "disputed"),
        gaps=_rows(visit, "open-gaps"), drugs=things.counted(visit, KG + "Drug", 0, _MOST),
        conditions=things.counted(visit, KG + "ConditionInContext", 0, _MOST),
        queries=visit.behind("disputed", "open-gaps", "overview"),
        questions=[visit.graph.questions[name] for name in _FIRST if name in visit.graph.questions],
    )


# Questions to begin with: one of each sort of answer that other graphs do not give.
_FIRST = ("label-status", "gaps", "certainty", "disputes", "version-changes", "unproven-transfers", "hedge-trail", "what-if")
_MOST = 24


def json(visit: Visit) -> str:
    return visit.json({"counts": _counts(visit), "verdicts": {
        kind.label: {verdict.label: verdict.count for verdict in kind.verdicts} for kind in verdicts.overall(visit)}})


def _counts(visit: Visit) -> dict[str, int]:
    rows = verdicts.overview(visit.graph).rows
    return {what.value.removeprefix(KG): int(count.value) for what, verdict, count in rows if verdict is None}


def _rows(visit: Visit, view: str) -> list[dict[str, Cell]]:
    graph = visit.graph
    rows = kept(graph, view, lambda: graph.labelled(graph.store.select(graph.views[view].text)))
    return [{name: visit.cell(term, rows.labels) for name, term in zip(rows.columns, row, strict=True)} for row in rows.rows]


PAGE = Page({"html": html, "json": json})
