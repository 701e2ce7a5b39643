"""The validation report: what was looked at, and what was found."""

from __future__ import annotations

from kgtool.graph import Graph
from kgtool.report import Finding, Report
from kgtool.validate import formats
from kgtool.web.kept import kept
from kgtool.web.page import Page
from kgtool.web.visit import Visit


def report(graph: Graph) -> Report:
    return kept(graph, "validation", graph.validate)


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
