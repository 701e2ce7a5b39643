"""Search: things and claims by name, id or words; as a page, and as JSON for the box that completes while one types."""

from __future__ import annotations

from kgtool.answer import Answer
from kgtool.errors import WrongUse
from kgtool.web.page import Page
from kgtool.web.visit import Visit

MOST_SHOWN, MOST_OFFERED = 100, 10
LONGEST = 200


def html(visit: Visit) -> str:
    typed = visit.given.get("q", "")
    hits, problem = [], ""
    if typed.strip():
        hits = found(visit, typed, MOST_SHOWN)
        problem = "" if hits else _instead(visit, typed)
    return visit.html("search.html", typed=typed, hits=hits, most=MOST_SHOWN, problem=problem)


def json(visit: Visit) -> str:
    typed = visit.given.get("q", "")
    hits = found(visit, typed, MOST_OFFERED) if typed.strip() else []
    return visit.json({"query": typed, "found": hits})


def found(visit: Visit, typed: str, most: int) -> list[dict[str, str]]:
    """What is found, the best first: its label, the name that was met where that is another, its kind, id and page."""
    if len(typed) > LONGEST:
        raise WrongUse(f"search for {LONGEST} characters at the most; a few words find more")
    answer = visit.graph.search(typed)
    # a thing of several kinds is found once for each
    first = {row[0]: row for row in reversed(answer.rows)}
    rows = [row for row in answer.rows if first[row[0]] is row][:most]
    labels = visit.graph.labelled(Answer(answer.columns, tuple(rows), answer.prefixes)).labels
    return [_hit(visit, dict(zip(answer.columns, row, strict=True)), labels) for row in rows]


def _hit(visit: Visit, row: dict, labels) -> dict[str, str]:
    iri, name = row["thing"].value, row["name"].value
    label = labels.get(iri) or name
    curie = visit.graph.store.prefixes.contract(iri)
    kind = labels.get(row["kind"].value, "")
    return {"label": label, "name": "" if name == label else name, "kind": kind, "id": curie, "page": visit.thing(iri)}


def _instead(visit: Visit, typed: str) -> str:
    try:
        visit.graph.names.resolve(typed)
    except WrongUse as error:
        return str(error)
    return ""


PAGE = Page({"html": html, "json": json}, ("q",))
