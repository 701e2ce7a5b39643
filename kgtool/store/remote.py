"""A graph behind a SPARQL 1.1 endpoint, ours or anybody's: asked over HTTP, at the address that the user gave alone."""

from __future__ import annotations

import http.client
import math
import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox
from pyoxigraph import BlankNode, NamedNode, Quad, QueryResultsFormat, RdfFormat, Triple

from kgtool import syntax
from kgtool.answer import Answer
from kgtool.errors import KgtoolError, QueryError, StoreError, WrongUse, amount
from kgtool.store import protocol
from kgtool.store.protocol import Row, Subject
from kgtool.terms import Prefixes, Term

_RESULTS = "application/sparql-results+json"
_TRIPLES = "application/n-triples"
_EVERYTHING = "SELECT DISTINCT ?graph { GRAPH ?graph { ?s ?p ?o } } ORDER BY ?graph"


class RemoteStore:
    """An endpoint to be asked. Its default graph is what it says it is: serve the merge of all graphs there.

    It may be silent for so many seconds, and is listened to until a moment of the monotonic clock.
    """

    def __init__(self, url: str, prefixes: Prefixes, seconds: float = 60, until: float = math.inf):
        self.url = url
        self.prefixes = prefixes
        self.seconds = seconds
        self.until = until
        self.folder = None

    def select(self, query: str) -> Answer:
        found = self._solutions(query)
        columns = tuple(variable.value for variable in found.variables)
        return Answer(columns, tuple(tuple(solution) for solution in self._drain(found)), self.prefixes)

    def rows(self, query: str) -> Iterator[Row]:
        return (tuple(solution) for solution in self._drain(self._solutions(query)))

    def ask(self, query: str) -> bool:
        _check_form(query, ("ASK",), "this query gives no yes or no; an ASK does")
        answer = self._results(query)
        if isinstance(answer, ox.QueryBoolean):
            return bool(answer)
        return next(self._drain(answer), None) is not None  # Virtuoso 7 means yes by a row, and no by none

    def construct(self, query: str) -> list[Triple]:
        _check_form(query, ("CONSTRUCT", "DESCRIBE"), "this query makes no triples; a CONSTRUCT does")
        return [quad.triple for quad in self._triples(query)]

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        return protocol.labels(self, iris)

    def graphs(self) -> list[str]:
        return [row[0].value for row in self.rows(_EVERYTHING)]

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        return self._matching("?s", "?p", "?o", graph)

    def match(
        self, subject: Subject = None, predicate: NamedNode | None = None, value: Term | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        if isinstance(subject, BlankNode) or isinstance(value, BlankNode):
            return iter(())  # an endpoint gives its blank nodes no names to ask by
        parts = str(subject or "?s"), str(predicate or "?p"), str(value if value is not None else "?o")
        return self._matching(*parts, graph.value if graph else None)

    def _matching(self, subject: str, predicate: str, value: str, graph: str | None = None) -> Iterator[Quad]:
        pattern = f"{subject} {predicate} {value}"
        for name in [graph] if graph else self.graphs():
            for quad in self._triples(f"CONSTRUCT {{ {pattern} }} {{ GRAPH <{name}> {{ {pattern} }} }}"):
                yield Quad(quad.subject, quad.predicate, quad.object, NamedNode(name))

    def _solutions(self, query: str) -> ox.QuerySolutions:
        _check_form(query, ("SELECT",), "this query gives no rows; a SELECT does")
        return self._results(query)

    def _results(self, query: str) -> ox.QuerySolutions | ox.QueryBoolean:
        answer = self._post(query, _RESULTS)
        if answer.kind not in (_RESULTS, "application/json"):
            raise self._no_endpoint(answer)
        try:
            return ox.parse_query_results(answer, format=QueryResultsFormat.JSON)
        except (OSError, SyntaxError, http.client.HTTPException) as error:
            raise self._broken_off(error) from error

    def _triples(self, query: str) -> Iterator[Quad]:
        answer = self._post(query, f"{_TRIPLES}, text/turtle;q=0.5")
        form = RdfFormat.from_media_type(answer.kind)
        if form is None:
            raise self._no_endpoint(answer)
        yield from self._drain(ox.parse(answer, format=form, base_iri=self.url))

    def _drain(self, found) -> Iterator:
        try:
            yield from found
        except (OSError, SyntaxError, http.client.HTTPException) as error:
            raise self._broken_off(error) from error

    def _post(self, query: str, wanted: str) -> _Answer:
        # https://www.w3.org/TR/sparql11-protocol/#query-via-post-urlencoded
        body = urlencode({"query": declared(query, self.prefixes)}).encode()
        headers = {"Accept": wanted, "Content-Type": "application/x-www-form-urlencoded", "User-Agent": "kgtool"}
        parts = urlsplit(self.url)
        opened = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        try:
            connection = opened(parts.hostname, parts.port, timeout=self._patience())
            connection.request("POST", f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", body, headers)
            line = connection.sock
            answer = connection.getresponse()
        except TimeoutError as error:
            raise self._too_long() from error
        except (OSError, http.client.HTTPException) as error:
            raise StoreError(f"{self.url} does not answer: {error}; is the endpoint running, and is this its address?") from error
        if answer.status != 200:
            raise self._refused(answer)
        return _Answer(answer, line, self._patience)

    def _patience(self) -> float:
        """How long to wait for the next word."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(self.seconds, left)

    def _refused(self, answer: http.client.HTTPResponse) -> KgtoolError:
        if answer.status in (301, 302, 303, 307, 308):
            return StoreError(f"{self.url} has moved to {answer.getheader('Location')}; give that address if you trust it")
        said = " ".join(answer.read(2000).decode("utf-8", "replace").split())[:300]
        if answer.status in (400, 413, 414):
            return QueryError(f"{self.url} refuses the query: {said or answer.reason}")
        return StoreError(f"{self.url} answers {answer.status} {answer.reason}{': ' if said else ''}{said}")

    def _no_endpoint(self, answer: _Answer) -> StoreError:
        kind = answer.kind or "no content type"
        return StoreError(f"{self.url} answers with {kind}; is this the address of a SPARQL endpoint?")

    def _broken_off(self, error: Exception) -> KgtoolError:
        if isinstance(error, TimeoutError):
            return self._too_long()
        return StoreError(f"the answer of {self.url} cannot be read: {' '.join(str(error).split())}; ask it again")

    def _too_long(self) -> StoreError:
        if time.monotonic() >= self.until:
            return StoreError(f"the time was over before {self.url} had answered; --timeout gives it more")
        return StoreError(f"{self.url} was silent for {amount(self.seconds, 'second')}; ask for less, or give it more time")


class _Answer:
    """What an endpoint answers, read as it comes, and no longer than one has the patience for."""

    def __init__(self, response: http.client.HTTPResponse, line: socket.socket, patience: Callable[[], float]):
        self.kind = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
        self._response, self._line, self._patience = response, line, patience

    def read(self, size: int = -1) -> bytes:
        if not self._response.isclosed():
            self._line.settimeout(self._patience())
        return self._response.read1(size)


def connect(url: str, prefixes: Prefixes, seconds: float = 60, until: float = math.inf) -> RemoteStore:
    """The endpoint at an address; nothing is asked of it yet."""
    if not _is_web_address(url):
        raise WrongUse(f"{url} is no web address; write it like http://127.0.0.1:7878/query")
    return RemoteStore(url, prefixes, seconds, until)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        plain = url.isascii() and url.isprintable() and " " not in url
        return plain and parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, or half of an IPv6 address
        return False


def declared(query: str, prefixes: Prefixes) -> str:
    """The query with a PREFIX line before it for each of ours that it may use and does not declare."""
    own = {name.lower() for name in re.findall(r"\bPREFIX\s+([\w.-]*):", query, re.I)}
    used = set(re.findall(r"([A-Za-z][\w.-]*):", query))
    lines = [f"PREFIX {name}: <{prefixes[name]}>" for name in sorted(used & set(prefixes)) if name.lower() not in own]
    return " ".join([*lines, query])


def _check_form(query: str, forms: tuple[str, ...], otherwise: str) -> None:
    if (form := syntax.form(query)) and form not in forms:
        raise WrongUse(otherwise)


