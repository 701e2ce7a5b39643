"""Search: things and claims by name, id or words; as a page, and as JSON for the box that completes while one types."""

from __future__ import annotations

from collections.abc import Mapping

from kgtool.analysis import meaning
from kgtool.catalogue import USE
from kgtool.errors import WrongUse
from kgtool.terms import Term
from kgtool.web import found as iris
from kgtool.web.page import Page
from kgtool.web.visit import Visit

MOST_SHOWN, MOST_OFFERED = 100, 10
LONGEST = 200


def html(visit: Visit) -> str:
    typed = visit.given.get("q", "")
    hits, problem = [], ""
    if typed.strip():
        hits = found(visit, typed, MOST_SHOWN)
        problem = "" if hits else visit.graph.suggest(typed)
    return visit.html("search.html", typed=typed, hits=hits, most=MOST_SHOWN, problem=problem)


def json(visit: Visit) -> str:
    typed = visit.given.get("q", "")
    hits = found(visit, typed, MOST_OFFERED) if typed.strip() else []
    return visit.json({"query": typed, "found": hits})


def found(visit: Visit, typed: str, most: int) -> list[dict[str, str]]:
    """What is found, the best first: its label, the name that was met where that is another, its kind, id and page."""
    if len(typed) > LONGEST:
        raise WrongUse(f"search for {LONGEST} characters at the most; a few words find more")
    answer = visit.graph.labelled(visit.graph.search(typed, most, _of(visit)))
    return [_hit(visit, *row, answer.labels) for row in answer.rows]


def _of(visit: Visit) -> list[str]:
    """The classes of the things that are looked for; none where any will do."""
    kinds = visit.given.get("of", "").split()
    if unknown := [kind for kind in kinds if kind != USE and not iris.iri(visit, kind)]:
        raise WrongUse(f"{unknown[0]!r} is no kind of things; give it as the vocabulary has it, such as kg:Drug")
    return meaning.fitting(kinds, visit.graph.store)


def _hit(visit: Visit, thing: Term, name: Term, kind: Term, role: Term, labels: Mapping[str, str]) -> dict[str, str]:
    label = labels.get(thing.value) or name.value
    met = "" if name.value == label or role.value == "id" else name.value
    curie = visit.graph.store.prefixes.contract(thing.value)
    return {"label": label, "name": met, "kind": labels.get(kind.value, ""), "id": curie, "page": visit.thing(thing.value)}


PAGE = Page({"html": html, "json": json}, ("q", "of"))
