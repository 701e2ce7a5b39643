"""The validation report: what was looked at, and what was found, summed up rule by rule; of one rule all, page by page."""

from __future__ import annotations

from kgtool.errors import WrongUse
from kgtool.graph import Graph
from kgtool.report import Report
from kgtool.terms import CLAIM, DERIVED, did_you_mean
from kgtool.validate import formats
from kgtool.web.kept import kept
from kgtool.web.page import Page
from kgtool.web.visit import Cell, Visit

FEW, MOST = 3, 100


def report(graph: Graph) -> Report:
    return kept(graph, "validation", graph.validate)


def html(visit: Visit) -> str:
    found, rule, first = report(visit.graph), visit.given.get("rule", ""), visit.first
    by_rule = dict(formats.by_rule(found.findings))
    if rule and rule not in by_rule:
        hint = did_you_mean(rule, by_rule) or "the report names those that found something"
        raise WrongUse(f"no finding is of the rule {rule!r}; {hint}")
    shown = {rule: by_rule[rule][first:first + MOST]} if rule else {name: found[:FEW] for name, found in by_rule.items()}
    return visit.html(
        "validation.html", report=found, rule=rule, first=first, most=MOST, shown=shown,
        covered=formats.covered(found.covered), counted=formats.counted(found),
        count={name: len(findings) for name, findings in by_rule.items()},
        subject=lambda finding: _subject(visit, finding.subject),
    )


def _subject(visit: Visit, subject: str) -> Cell:
    """By its identifier, which is what a curator looks for in a file; not everything that is validated has a page."""
    graph, shown = visit.graph, visit.graph.store.prefixes.contract(subject)
    paged = graph.names.label(subject) != shown or subject.startswith((CLAIM, DERIVED))
    return Cell(shown, visit.thing(subject) if paged else "")


def _as(format: str):
    def written(visit: Visit) -> str:
        return formats.write(report(visit.graph), visit.graph.named, format)

    return written


PAGE = Page({"html": html, "json": _as("json"), "sarif": _as("sarif"), "ttl": _as("turtle")}, ("rule", "from"))
