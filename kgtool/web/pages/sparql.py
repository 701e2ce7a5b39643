"""The SPARQL page: an editor, what it completes from, and the picture of triples that a query made."""

from __future__ import annotations

import json
from functools import lru_cache

from pyoxigraph import Literal, NamedNode, Triple
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from kgtool.graph import Graph
from kgtool.web.address import Address
from kgtool.web.endpoint import http
from kgtool.web.page import Page, arrived
from kgtool.web.pages import answered, neighbourhood
from kgtool.web.visit import MEDIA, Visit

MOST_BYTES, MOST_TRIPLES = 400_000, 400
FIRST = "what-is"  # what the form without scripts begins with


def html(visit: Visit) -> str:
    asked = visit.given.get("query", "") or visit.graph.questions[FIRST].text
    return visit.html("sparql.html", asked=asked, format=answered.PAGE, formats=answered.FORMATS)


def known(visit: Visit) -> str:
    """What the editor knows of the graph: prefixes, classes and properties with their labels, questions as examples."""
    graph = visit.graph
    terms = _terms(graph)
    return json.dumps({
        "endpoint": "/sparql",
        "picture": "/query/picture",
        "costs": "/query/costs",
        "thing": visit.to("thing", "NAME"),
        "prefixes": dict(graph.store.prefixes),
        "classes": _labelled(terms, "class"),
        "properties": _labelled(terms, "property"),
        "examples": [
            {"name": query.name, "title": query.title, "query": query.text} for query in graph.questions.values()
        ],
    }, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=1)  # it reads every triple; a new build is a new graph
def _terms(graph: Graph) -> tuple[tuple, ...]:
    return graph.store.select(graph.views["vocabulary"].text).rows


def _labelled(terms: tuple[tuple, ...], role: str) -> dict[str, str]:
    return {term.value: label.value if label else "" for found, term, label in terms if found.value == role}


async def picture(request: Request) -> Response:
    """The parts of a picture of triples, which come as JSON: [subject, predicate, object, whether that is a thing]."""
    try:
        body = await http.body(request.scope, request.receive, MOST_BYTES)
    except http.Refusal as why:
        return PlainTextResponse(f"{why}\n", why.status)
    try:
        triples = [_triple(*row) for row in json.loads(body)][:MOST_TRIPLES]
    except (ValueError, TypeError, RecursionError) as error:
        return PlainTextResponse(f"these are not triples: {error}\n", 400)
    visit = arrived(request, Address("query"))
    drawn = await run_in_threadpool(lambda: neighbourhood.linked(visit, visit.graph.pictured(triples)))
    return Response(drawn, headers={"content-type": MEDIA["json"]})


def _triple(subject: str, predicate: str, object: str, is_thing: bool) -> Triple:
    return Triple(NamedNode(subject), NamedNode(predicate), NamedNode(object) if is_thing else Literal(object))


PAGE = Page({"html": html, "json": known}, ("query",))
