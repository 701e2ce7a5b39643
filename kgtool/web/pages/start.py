"""The start: what is here, what is disputed, what nobody knows, and where to begin."""

from __future__ import annotations

from collections.abc import Callable
from heapq import nsmallest

from kgtool.graph import Graph
from kgtool.terms import KG
from kgtool.web import verdicts
from kgtool.web.kept import kept
from kgtool.web.page import Page
from kgtool.web.pages import things
from kgtool.web.visit import Cell, Visit


def html(visit: Visit) -> str:
    return visit.html(
        "start.html", counts=_counts(visit), kinds=verdicts.overall(visit), disputes=_rows(visit, "disputed", _disputed),
        gaps=_rows(visit, "open-gaps", lambda graph: graph.views["open-gaps"].text), drugs=things.counted(visit, KG + "Drug", 0, _MOST),
        conditions=things.counted(visit, KG + "ConditionInContext", 0, _MOST),
        questions=[visit.graph.questions[name] for name in _FIRST if name in visit.graph.questions],
    )


# Questions to begin with: one of each sort of answer that other graphs do not give.
_FIRST = ("label-status", "gaps", "certainty", "disputes", "version-changes", "unproven-transfers", "hedge-trail", "what-if")
_MOST, _MOST_DISPUTED = 24, 5


def json(visit: Visit) -> str:
    return visit.json({"counts": _counts(visit), "verdicts": {
        kind.label: {verdict.label: verdict.count for verdict in kind.verdicts} for kind in verdicts.overall(visit)}})


def _counts(visit: Visit) -> dict[str, int]:
    rows = verdicts.overview(visit.graph).rows
    return {what.value.removeprefix(KG): int(count.value) for what, verdict, count in rows if verdict is None}


def _rows(visit: Visit, name: str, asked: Callable[[Graph], str]) -> list[dict[str, Cell]]:
    graph = visit.graph
    rows = kept(graph, name, lambda: graph.labelled(graph.store.select(asked(graph))))
    return [{name: visit.cell(term, rows.labels) for name, term in zip(rows.columns, row, strict=True)} for row in rows.rows]


def _disputed(graph: Graph) -> str:
    """The first few contradictions by name; the engine would look all of them up again and again to put them in order."""
    contradictions = graph.views["judged-so"].bind({"kind": KG + "Dispute", "verdict": KG + "contradictionDispute"})
    first = nsmallest(_MOST_DISPUTED, (judgement.value for judgement, in graph.store.rows(contradictions)))
    return graph.views["disputed"].bind({"judgement": tuple(first)})


PAGE = Page({"html": html, "json": json})
