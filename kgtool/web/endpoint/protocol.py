"""SPARQL 1.1 Protocol: from a request to the query or update in it.

https://www.w3.org/TR/sparql11-protocol/
"""

from __future__ import annotations

from dataclasses import dataclass

from kgtool.web.endpoint import formats, http
from kgtool.web.endpoint.asked import Dataset, Explain, Query, Update
from kgtool.web.endpoint.http import Params, Refusal

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
METHODS = "GET, HEAD, POST, OPTIONS"
# three for each byte of a query, as a form may spell it, and something for what stands beside it
MOST_BYTES = 200_000
_SOLUTIONS, _TRIPLES = tuple(formats.SOLUTIONS), tuple(formats.TRIPLES)


@dataclass(frozen=True)
class Sent:
    """A request as it came: what stands after the ? of its address, the address without that, some headers, the body.

    ``explains`` where it asks what a query would cost, not for its answer.
    """

    method: str
    parameters: bytes
    address: str
    accept: str
    content_type: str
    body: bytes = b""
    other_site: bool = False
    explains: bool = False


def read(sent: Sent) -> Query | Explain | Update:
    """What is asked."""
    asked = _read(sent)
    if not sent.explains:
        return asked
    if isinstance(asked, Update):
        raise Refusal(400, "queries are explained, and this is an update")
    return Explain(asked.text)


def _read(sent: Sent) -> Query | Update:
    params = http.params(sent.parameters)
    if sent.method == "POST":
        return _posted(sent, params)
    if "update" in params:
        raise Refusal(400, "an update is sent by POST")
    return _query(sent, params)


def _posted(sent: Sent, params: Params) -> Query | Update:
    kind = http.media_type(sent.content_type)
    if kind not in (FORM, QUERY, UPDATE):
        said = f"and not {kind}" if kind else "and this one does not say which"
        raise Refusal(415, f"a POST is one of {FORM}, {QUERY} or {UPDATE}, {said}")
    if kind == FORM:
        for name, values in http.params(sent.body).items():
            params.setdefault(name, []).extend(values)
        return _update(sent, params) if "update" in params else _query(sent, params)
    if not {"query", "update"}.isdisjoint(params):
        raise Refusal(400, "there is a query or update in the address, and another in the body")
    try:
        text = sent.body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(400, "the body is not UTF-8") from error
    if kind == QUERY:
        return _query(sent, {**params, "query": [text]})
    return _update(sent, {**params, "update": [text]})


def _query(sent: Sent, params: Params) -> Query:
    return Query(
        _one(params, "query", "update"), sent.address, formats.preferred(sent.accept, _SOLUTIONS),
        formats.preferred(sent.accept, _TRIPLES), _dataset(params, "default-graph-uri", "named-graph-uri"),
    )


def _update(sent: Sent, params: Params) -> Update:
    dataset = _dataset(params, "using-graph-uri", "using-named-graph-uri")
    return Update(_one(params, "update", "query"), sent.address, dataset)


def _one(params: Params, name: str, other: str) -> str:
    values = params.get(name, [])
    if other in params:
        raise Refusal(400, "a request holds a query or an update, and this one holds both")
    if len(values) != 1:
        raise Refusal(400, f"a request holds one {name}, and this one holds {len(values) or 'none'}")
    return values[0]


def _dataset(params: Params, default: str, named: str) -> Dataset:
    return Dataset(tuple(params.get(default, ())), tuple(params.get(named, ())))
