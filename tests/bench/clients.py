"""Clients of a server under load: good ones, whose answers are compared, and such as ask what breaks engines, send too much,
too slowly or not to the end, or go away."""

from __future__ import annotations

import http.client
import random
import re
import select
import socket
import struct
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import quote, urlencode

from tests.test_endpoint import RUNAWAYS
from tests.test_foreign_queries import REACHING_OUT, REFUSED
from tests.w3c_manifests import FORM, QUERY

Where = tuple[str, int]
HOSTILE = [*REFUSED.values(), *REACHING_OUT, *RUNAWAYS.values()]
POINT = f"/sparql?{urlencode({'query': 'SELECT ?effect { id:baclofen kg:hasSideEffect ?effect } ORDER BY ?effect'})}"
BUILT = f"/sparql?{urlencode({'query': 'SELECT ?built { id:kgtool-graph rdfs:comment ?built }'})}"
_JUDGED = urlencode({"kind": "LabelStatus", "verdict": "ON"})
_GRAPH = "/graphs?graph=" + quote("https://w3id.org/kgtool/graph/judgements-default", safe="")
PAGES = ("/", "/things", "/map", "/about", "/thing/id:baclofen", "/sources", "/policies", _GRAPH, *(
    path.format(form) for path in ("/thing/id:baclofen.{}", f"/judged.{{}}?{_JUDGED}") for form in ("json", "csv", "ttl")))
WAYS: dict[str, Callable[[str], tuple[str, str, str | None, dict[str, str]]]] = {
    "GET": lambda query: ("GET", f"/sparql?{urlencode({'query': query})}", None, {}),
    "form": lambda query: ("POST", "/sparql", urlencode({"query": query}), {"Content-Type": FORM}),
    "direct": lambda query: ("POST", "/sparql", query, {"Content-Type": QUERY}),
    "page": lambda query: ("GET", f"/query?{urlencode({'query': query})}", None, {}),
    "question": lambda query: ("GET", f"/ask/routes?{urlencode({'drug': query})}", None, {}),
    "graph": lambda query: ("GET", f"/graphs?graph={quote('http://e/' + query)}", None, {}),
}
_POST = f"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: {QUERY}\r\nConnection: close\r\n"
_LONG = RUNAWAYS["a count over a cross product"]
TOO_LARGE = {
    "130 MB, as it says": f"{_POST}Content-Length: 130000000\r\n\r\n".encode(),
    "more than it takes, in pieces": f"{_POST}Transfer-Encoding: chunked\r\n\r\n".encode()
    + (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 4 + b"0\r\n\r\n",
    "a query of 100 kB": f"{_POST}Content-Length: 100000\r\n\r\n".encode() + b"x" * 100_000,
}
HONEST = {400, 403, 404, 405, 406, 408, 413, 414, 415, 431, 503}  # and 200, where it is what a quiet server says


class Told:
    """What all clients saw. ``expected`` is what a server says that nothing disturbs; ``builds`` which it may answer from."""

    def __init__(self, expected: dict[str, bytes]) -> None:
        self.until, self.is_stopped = float("inf"), False
        self.expected, self.builds = expected, {0}
        self.good: defaultdict[str, list[float]] = defaultdict(list)
        self.wrong: Counter[str] = Counter()
        self.hostile: defaultdict[str, Counter[str]] = defaultdict(Counter)

    @property
    def goes_on(self) -> bool:
        return time.monotonic() < self.until and not self.is_stopped

    def answer(self, kind: str, path: str, status: int, body: bytes, began: float) -> None:
        """To a good question: right, or honestly that there is none just now."""
        self.good[kind].append(time.monotonic() - began)
        if status == 503:
            self.hostile[f"good: {kind}"]["503"] += 1
        elif status != 200 or _unbuilt(body) != self.expected[path]:
            self.wrong[f"{path}: {status} {body[:80]!r}"] += 1

    def refused(self, way: str, status: int) -> None:
        self.hostile[way][str(status)] += 1
        if status != 200 and status not in HONEST:
            self.wrong[f"{way}: {status}"] += 1

    def lost(self, way: str, error: Exception) -> None:
        """The connection ended before the answer, which it may when the server is stopped."""
        if self.is_stopped:
            self.hostile[way]["ended by the stop"] += 1
        else:
            self.wrong[f"{way}: {type(error).__name__}"] += 1


def expected(where: Where) -> dict[str, bytes]:
    return {path: _unbuilt(_said(where, path)[1]) for path in (POINT, *PAGES)}


def _unbuilt(body: bytes) -> bytes:
    """Without what tells the build, which all data is headed by."""
    return re.sub(rb'"build \d+"', b'""', body)


def _said(where: Where, path: str) -> tuple[int, bytes]:
    with _asking(where) as asking:
        asking.request("GET", path)
        answer = asking.getresponse()
        return answer.status, answer.read()


@contextmanager
def _asking(where: Where) -> Iterator[http.client.HTTPConnection]:
    asking = http.client.HTTPConnection(*where, timeout=60)
    try:
        yield asking
    finally:
        asking.close()


def keep_asking(where: Where, told: Told, connections: int = 64) -> None:
    """Over connections that stay, of which each waits for its answer while the others ask."""
    while told.goes_on:
        all_of_them = [http.client.HTTPConnection(*where, timeout=60) for _ in range(connections)]
        try:
            for _ in range(50):
                if not told.goes_on:
                    break
                began = time.monotonic()
                for one in all_of_them:
                    one.request("GET", POINT)
                for one in all_of_them:
                    answer = one.getresponse()
                    told.answer("kept connections", POINT, answer.status, answer.read(), began)
                time.sleep(0.2)
        except (OSError, http.client.HTTPException) as error:
            told.lost("kept connections", error)
        for one in all_of_them:
            one.close()


def visit(where: Where, told: Told) -> None:
    """Pages, and what is to be taken away, each over a connection of its own; and which build answers."""
    chance = random.Random(threading.get_ident())
    while told.goes_on:
        path, began = chance.choice(PAGES), time.monotonic()
        try:
            told.answer("pages", path, *_said(where, path), began)
            _look_at_build(where, told)
        except (OSError, http.client.HTTPException) as error:
            told.lost("pages", error)
        time.sleep(0.05)


def _look_at_build(where: Where, told: Told) -> None:
    may_be = set(told.builds)
    status, body = _said(where, BUILT)
    may_be |= told.builds  # it may have come meanwhile
    if status != 503 and not any(f'"build {number}"'.encode() in body for number in may_be):
        told.wrong[f"of a build that is not: {status} {body[-80:]!r}"] += 1


def ask_ill(where: Where, told: Told) -> None:
    chance = random.Random(threading.get_ident())
    while told.goes_on:
        way = chance.choice(list(WAYS))
        method, path, body, headers = WAYS[way](chance.choice(HOSTILE))
        with _asking(where) as asking:
            try:
                asking.request(method, path, body, headers)
                told.refused(way, asking.getresponse().status)
            except (OSError, http.client.HTTPException) as error:
                told.lost(way, error)


def send_too_much(where: Where, told: Told) -> None:
    while told.goes_on:
        for way, sent in TOO_LARGE.items():
            _say(where, told, way, [sent], {b"413", b"400"} if way.startswith("a query") else {b"413"})
        time.sleep(0.5)


def send_slowly(where: Where, told: Told) -> None:
    """A byte a second, of a head or of a body: told that it took too long."""
    while told.goes_on:
        for way, begun in {"a slow head": b"", "a slow body": f"{_POST}Content-Length: 100\r\n\r\n".encode()}.items():
            rest = _POST.encode() if not begun else b"x" * 100
            _say(where, told, way, [begun, *(rest[at:at + 1] for at in range(60))], {b"408"}, pause=1)


def half_close(where: Where, told: Told) -> None:
    """What was asked for by one who will say no more is answered; a query, unless it takes long."""
    while told.goes_on:
        for way, path in {"half closed, a query": POINT, "half closed, a page": "/about"}.items():
            sent = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
            _say(where, told, way, [sent], {b"200", b""} if path == POINT else {b"200"}, half=True)
        time.sleep(0.3)


def _say(
    where: Where, told: Told, way: str, pieces: list[bytes], wanted: set[bytes], pause: float = 0, half: bool = False
) -> None:
    """Send some pieces, and see that the answer is one that is wanted, or a 503."""
    try:
        with socket.create_connection(where, timeout=60) as spoken:
            with suppress(ConnectionError):  # what was answered before all was sent can be read
                for piece in pieces:
                    spoken.sendall(piece)
                    if not told.goes_on:
                        return
                    if pause and select.select([spoken], [], [], pause)[0]:
                        break
            if half:
                spoken.shutdown(socket.SHUT_WR)
            said = b"".join(iter(lambda: spoken.recv(65536), b""))
        told.hostile[way][(status := said[9:12]).decode() or "ended"] += 1
        if status not in {*wanted, b"503"} and not told.is_stopped:
            told.wrong[f"{way}: {said[:80]!r}"] += 1
    except OSError as error:
        told.lost(way, error)


def go_away(where: Where, told: Told) -> None:
    """With a query under way; or, by a reset, with much of an answer unread."""
    while told.goes_on:
        with suppress(OSError), _asking(where) as asking:
            asking.request("POST", "/sparql", _LONG, {"Content-Type": QUERY})
            time.sleep(0.5)
        with suppress(OSError), socket.create_connection(where, timeout=30) as reading:
            reading.sendall(b"GET /graphs?default HTTP/1.1\r\nHost: localhost\r\n\r\n")
            reading.recv(100)
            time.sleep(0.5)
            reading.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang(where: Where, told: Told) -> None:
    """Three hundred that say nothing, or not all."""
    begun = [b"", b"GET /sparql?query=A", b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nASK"]
    while told.goes_on:
        hanging = []
        with suppress(OSError):
            for number in range(300):
                hanging.append(socket.create_connection(where, timeout=5))
                hanging[-1].sendall(begun[number % 3])
        for _ in range(20):
            if told.goes_on:
                time.sleep(1)
        for one in hanging:
            one.close()


CLIENTS = (
    (keep_asking, 1), (visit, 2), (ask_ill, 6), (send_too_much, 1), (send_slowly, 1), (half_close, 1), (go_away, 1), (hang, 1),
)
