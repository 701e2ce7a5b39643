"""Check queries: each row that a query under queries/check/ gives back is a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pyoxigraph import Literal

from kgtool import rdf
from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.errors import KgtoolError, QueryError, WrongUse
from kgtool.report import SEVERITIES, Finding, Report
from kgtool.store import GraphStore
from kgtool.terms import KG, XSD, Term, did_you_mean

_COLUMN = re.compile(r"\{(\w+)\}")


def report(store: GraphStore, checks: Mapping[str, Query]) -> Report:
    """What the check queries find; ``covered`` has how many were asked."""
    found = [finding for name in sorted(checks) for finding in _findings(store, checks[name])]
    return Report.of(found, {"checks": len(checks)})


def _findings(store: GraphStore, check: Query) -> Iterator[Finding]:
    if check.severity not in SEVERITIES:
        hint = did_you_mean(check.severity, SEVERITIES) or f"write `#+ severity:` with one of {', '.join(SEVERITIES)}"
        raise WrongUse(f"check {check.name} has no known severity; {hint}")
    answer = _asked(store, check)
    for row in answer.rows:
        yield _finding(check, dict(zip(answer.columns, row, strict=True)), store)


def _asked(store: GraphStore, check: Query) -> Answer:
    try:
        answer = store.select(check.text)
    except KgtoolError as error:
        raise QueryError(f"check {check.name}: {error}") from error
    if unknown := {"subject", *_COLUMN.findall(check.title)} - set(answer.columns):
        raise WrongUse(f"check {check.name} gives no column {', '.join(sorted(unknown))}; its SELECT must name it")
    return answer


def _finding(check: Query, row: Mapping[str, Term | None], store: GraphStore) -> Finding:
    """The title is the message: each {column} in it becomes what the row has there."""
    return Finding(
        severity=check.severity,
        rule=f"check {check.name}",
        subject=row["subject"].value,
        message=_COLUMN.sub(lambda column: _shown(row[column[1]], store), check.title),
        remedy=check.fix,
        path=_text(row.get("path")),
        value=_text(row.get("value")),
    )


def _text(term: Term | None) -> str:
    return term.value if term is not None else ""


def _shown(term: Term | None, store: GraphStore) -> str:
    """A thing by its label and CURIE, a word of the vocabulary by its CURIE alone, a text in quotes."""
    shown = store.prefixes.show(term)
    if isinstance(term, Literal):
        return shown if term.datatype.value == XSD + "integer" else f'"{shown}"'
    if term is None or term.value.startswith(KG):
        return shown
    label = next(store.match(term, rdf.LABEL), None)
    return f"{label.object.value} ({shown})" if label else shown
