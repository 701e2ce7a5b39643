"""SPARQL 1.1 Protocol: from a request to the query or update in it.

https://www.w3.org/TR/sparql11-protocol/
"""

from __future__ import annotations

from starlette.types import Receive, Scope

from kgtool.web.endpoint import formats, http
from kgtool.web.endpoint.asked import Dataset, Query, Update
from kgtool.web.endpoint.http import Params, Refusal

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
METHODS = "GET, HEAD, POST, OPTIONS"
# three for each byte of a query, as a form may spell it, and something for what stands beside it
MOST_BYTES = 200_000
_SOLUTIONS, _TRIPLES = tuple(formats.SOLUTIONS), tuple(formats.TRIPLES)


async def read(scope: Scope, receive: Receive) -> Query | Update | None:
    """What is asked; None where nothing is, which asks for the description of the service."""
    params = http.params(scope["query_string"])
    if scope["method"] in ("GET", "HEAD"):
        if "update" in params:
            raise Refusal(400, "an update is sent by POST")
        return _query(scope, params) if params else None
    if scope["method"] != "POST":
        raise Refusal(405, f"a query or update is sent by GET or POST, not by {scope['method']}", METHODS)
    return await _posted(scope, receive, params)


async def _posted(scope: Scope, receive: Receive, params: Params) -> Query | Update:
    kind = http.media_type(scope)
    if kind not in (FORM, QUERY, UPDATE):
        said = f"and not {kind}" if kind else "and this one does not say which"
        raise Refusal(415, f"a POST is one of {FORM}, {QUERY} or {UPDATE}, {said}")
    if kind != FORM and not {"query", "update"}.isdisjoint(params):
        raise Refusal(400, "there is a query or update in the address, and another in the body")
    content = await http.body(scope, receive, MOST_BYTES)
    if kind == FORM:
        for name, values in http.params(content).items():
            params.setdefault(name, []).extend(values)
        return _update(scope, params) if "update" in params else _query(scope, params)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(400, "the body is not UTF-8") from error
    if kind == QUERY:
        return _query(scope, {**params, "query": [text]})
    return _update(scope, {**params, "update": [text]})


def _query(scope: Scope, params: Params) -> Query:
    accept = http.header(scope, b"accept")
    return Query(
        _one(params, "query", "update"), http.address(scope), formats.preferred(accept, _SOLUTIONS),
        formats.preferred(accept, _TRIPLES), _dataset(params, "default-graph-uri", "named-graph-uri"),
    )


def _update(scope: Scope, params: Params) -> Update:
    dataset = _dataset(params, "using-graph-uri", "using-named-graph-uri")
    return Update(_one(params, "update", "query"), http.address(scope), dataset)


def _one(params: Params, name: str, other: str) -> str:
    values = params.get(name, [])
    if other in params:
        raise Refusal(400, f"a request holds a {name} or an {other}, and this one holds both")
    if len(values) != 1:
        raise Refusal(400, f"a request holds one {name}, and this one holds {len(values) or 'none'}")
    return values[0]


def _dataset(params: Params, default: str, named: str) -> Dataset:
    return Dataset(tuple(params.get(default, ())), tuple(params.get(named, ())))
