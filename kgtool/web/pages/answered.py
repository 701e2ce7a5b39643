"""What a query gives, as a page or a file: for browsers that run no scripts. A worker reads it and runs it, as at /sparql."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from kgtool.answer import Answer
from kgtool.terms import Term
from kgtool.web.address import Address
from kgtool.web.endpoint import formats, http
from kgtool.web.endpoint.asked import Query
from kgtool.web.endpoint.http import Refusal
from kgtool.web.page import arrived
from kgtool.web.visit import MEDIA, Visit

MOST_ROWS, MOST_BYTES = 500, 4_000_000  # on a page
PAGE = "page"


@dataclass(frozen=True)
class Format:
    """What a form calls it, and the media types of rows and of triples; None where they do not come so."""

    label: str
    solutions: str | None
    triples: str | None


FORMATS = {
    PAGE: Format("a page, with names", "application/sparql-results+json", "application/n-triples"),
    "csv": Format("CSV", "text/csv", None),
    "tsv": Format("TSV", "text/tab-separated-values", None),
    "json": Format("JSON, or JSON-LD for triples", "application/sparql-results+json", "application/ld+json"),
    "xml": Format("XML, or RDF/XML for triples", "application/sparql-results+xml", "application/rdf+xml"),
    "ttl": Format("Turtle, for triples", None, "text/turtle"),
    "nt": Format("N-Triples, for triples", None, "application/n-triples"),
}
_SUFFIXES = {"application/ld+json": "jsonld", "application/rdf+xml": "rdf"}


async def answer(request: Request) -> Response:
    visit, text, name = arrived(request, Address("query")), "", PAGE
    try:
        text, name = _given(request)
        _check(text, name)
        status, media_type, content = await _answered(request, text, FORMATS[name])
        if status != 200:
            raise Refusal(status, content.decode())
    except Refusal as why:
        return _refused(visit, text, name, why)
    if name != PAGE:
        kind, suffix = formats.content_type(media_type), _SUFFIXES.get(media_type, name)
        return Response(content, headers={"content-type": kind, "content-disposition": f'attachment; filename="answer.{suffix}"'})
    page = await run_in_threadpool(lambda: _page(visit, text, media_type, content))
    return Response(page, headers={"content-type": MEDIA["html"], "cache-control": "no-cache"})


def _given(request: Request) -> tuple[str, str]:
    """The query and the name of a format."""
    params = http.params(request.scope["query_string"])
    if unknown := sorted(set(params) - {"query", "format"}):
        raise Refusal(400, f"this page has no parameter {unknown[0]!r}; it takes query, format")
    text, name = (params.get(key, [""])[0] for key in ("query", "format"))
    return text, name or PAGE


def _check(text: str, name: str) -> None:
    if not text.strip():
        raise Refusal(400, "there is no query; write one and ask again")
    if name not in FORMATS:
        raise Refusal(400, f"an answer does not come as {name!r}; it comes as {', '.join(FORMATS)}")


async def _answered(request: Request, text: str, how: Format) -> tuple[int, str, bytes]:
    endpoint = request.app.state.endpoint
    if endpoint is None:
        raise Refusal(503, "nobody answers queries here; `kgtool serve` does")
    return await endpoint.done(Query(text, str(request.url.replace(query="")), how.solutions, how.triples), request.receive)


def _refused(visit: Visit, text: str, name: str, why: Refusal) -> Response:
    """An error in the words of the endpoint, above the form that it was made with."""
    page = visit.html("answer.html", asked=text, format=name, formats=FORMATS, problem=str(why).strip(), **_NOTHING)
    return Response(page, why.status, {"content-type": MEDIA["html"], **({"retry-after": "2"} if why.retry else {})})


_NOTHING = {"answer": None, "is_so": None, "count": 0, "most": MOST_ROWS, "too_large": False}


def _page(visit: Visit, text: str, media_type: str, content: bytes) -> str:
    shown = {"too_large": True} if len(content) > MOST_BYTES else _read(visit, media_type, content)
    return visit.html("answer.html", asked=text, format=PAGE, formats=FORMATS, problem="", **_NOTHING | shown)


def _read(visit: Visit, media_type: str, content: bytes) -> dict[str, object]:
    if media_type == FORMATS[PAGE].triples:
        lines = content.decode().split("\n")[:-1]
        return _rows(visit, ("subject", "predicate", "object"), map(_triple, lines[:MOST_ROWS]), len(lines))
    said = json.loads(content)
    if "boolean" in said:
        return {"is_so": said["boolean"]}
    columns, bindings = tuple(said["head"]["vars"]), said["results"]["bindings"]
    rows = (tuple(_bound(row.get(column)) for column in columns) for row in bindings[:MOST_ROWS])
    return _rows(visit, columns, rows, len(bindings))


def _rows(visit: Visit, columns: tuple[str, ...], rows: Iterator[tuple[Term | None, ...]], count: int) -> dict[str, object]:
    answer = Answer(columns, tuple(rows), visit.graph.store.prefixes)
    return {"answer": visit.table(visit.graph.labelled(answer)), "count": count}


def _bound(said: dict | None) -> Term | None:
    """A term of a row, https://www.w3.org/TR/sparql11-results-json/#select-encode-terms; one of a triple as its text."""
    if said is None:
        return None
    value = said["value"]
    if said["type"] == "uri":
        return _named(value)
    if said["type"] == "bnode":
        return Literal(f"_:{value}")
    if isinstance(value, dict):
        return Literal(json.dumps(value, ensure_ascii=False))
    return Literal(value, datatype=NamedNode(said["datatype"])) if "datatype" in said else Literal(value)


# The engine's own N-Triples, one on a line. They are not parsed as such: what nests deep enough would end this process.
_LITERAL = r'"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^>]*>)?'
_TRIPLE = re.compile(rf"(<[^<>]*>|_:\S+) (<[^<>]*>) (<[^<>]*>|_:\S+|{_LITERAL}|<<.*>>) \.")
_ESCAPED = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))')
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def _triple(line: str) -> tuple[Term | None, ...]:
    found = _TRIPLE.fullmatch(line)
    return tuple(map(_term, found.groups())) if found else (Literal(line), None, None)


def _term(written: str) -> Term:
    """
    >>> _term('"one\\\\n\\\\u0032"@en').value, _term("<https://example.org/a>").value, _term("_:b").value
    ('one\\n2', 'https://example.org/a', '_:b')
    """
    if written.startswith("<") and not written.startswith("<<"):
        return _named(written[1:-1])
    if written.startswith('"'):
        return Literal(_ESCAPED.sub(_unescaped, written[1:written.rindex('"')]))
    return Literal(written)


def _named(iri: str) -> Term:
    try:
        return NamedNode(iri)
    except ValueError:
        return Literal(iri)  # no longer one to be looked up


def _unescaped(found: re.Match) -> str:
    short, long, letter = found.groups()
    return chr(int(short or long, 16)) if short or long else _LETTERS.get(letter, letter)

