"""The validation report: what was looked at, and what was found."""

from __future__ import annotations

import threading
from weakref import WeakKeyDictionary

from kgtool.graph import Graph
from kgtool.report import Finding, Report
from kgtool.validate import formats
from kgtool.web.page import Page
from kgtool.web.visit import Visit

_KEPT: WeakKeyDictionary[Graph, Report] = WeakKeyDictionary()
_ONE_AT_A_TIME = threading.Lock()


def report(graph: Graph) -> Report:
    """Validating takes seconds and its result holds as long as the graph does, so it is done once for each graph."""
    with _ONE_AT_A_TIME:
        if graph not in _KEPT:
            _KEPT[graph] = graph.validate()
        return _KEPT[graph]


def html(visit: Visit) -> str:
    found = report(visit.graph)
    by_rule: dict[tuple[str, str], list[Finding]] = {}
    for finding in found.findings:
        by_rule.setdefault((finding.severity, finding.rule), []).append(finding)
    return visit.html("validation.html", report=found, by_rule=by_rule, prefixes=visit.graph.store.prefixes)


def _as(format: str):
    def written(visit: Visit) -> str:
        return formats.write(report(visit.graph), visit.graph.named, format)

    return written


PAGE = Page({"html": html, "json": _as("json"), "sarif": _as("sarif"), "ttl": _as("turtle")})
