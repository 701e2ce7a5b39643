"""The short way of a query: from the bytes of a connection to a worker and back, past what pages need.

What an ASGI server makes of a request, and what an application makes of that, takes several times as long as a small
query does. All that is not an ordinary GET or POST of a query goes the long way, and finds the same answers there.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache, partial

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from kgtool.errors import KgtoolError
from kgtool.web import guard
from kgtool.web.connection import Connection
from kgtool.web.endpoint import answering, formats, protocol
from kgtool.web.endpoint.answering import Endpoint
from kgtool.web.endpoint.protocol import Sent
from kgtool.web.guard import FIXED, Guard

_PATH = answering.SPARQL.encode()
_DIGITS = len(str(protocol.MOST_BYTES))
_VARY = ((b"vary", b"accept"),)


class _Unawaited:
    """Stands where others wait for what a request says next; here nobody does."""

    def set(self) -> None:
        """Nobody is told."""


class Exchange:
    """One request that goes the short way, in the place of what its connection has for others."""

    message_event = _Unawaited()
    waiting_for_100_continue = False

    def __init__(self, method: bytes, keep_alive: bool):
        self.method, self.keep_alive = method, keep_alive
        self.body = bytearray()
        self.more_body = True
        self.response_started = self.response_complete = False
        self.answer: asyncio.Future[bytes] | None = None
        self.disconnected = False


class DirectConnection(Connection):
    """Answers queries itself, with the help of the endpoint's workers."""

    def __init__(self, endpoint: Endpoint, guarded: Guard, **more):
        super().__init__(**more)
        self.endpoint, self.rules = endpoint, guarded.rules

    def on_headers_complete(self) -> None:
        method = self.parser.get_method()
        if not self._is_plain_query(method):
            return super().on_headers_complete()
        self._in_head = False
        if not self._refuse_large_head():
            self.cycle = Exchange(method, self.parser.should_keep_alive())

    def _is_plain_query(self, method: bytes) -> bool:
        path, _, parameters = self.url.partition(b"?")
        asks = method == b"POST" or (method == b"GET" and bool(parameters))
        waits = self.cycle is not None and not self.cycle.response_complete
        return path == _PATH and asks and not waits and not self.expect_100_continue and self._is_plain_http()

    def _is_plain_http(self) -> bool:
        return self.parser.get_http_version() == "1.1" and not self.parser.should_upgrade() and not any(
            name == b"content-encoding" or (name == b"content-length" and len(value) > _DIGITS) for name, value in self.headers
        )

    def on_body(self, body: bytes) -> None:
        if self._refused or not isinstance(self.cycle, Exchange):
            super().on_body(body)
        elif len(self.cycle.body) + len(body) > protocol.MOST_BYTES:
            self._refuse(413, f"the body is larger than {protocol.MOST_BYTES:,} bytes, which is as much as is taken here")
        else:
            self.cycle.body += body

    def on_message_complete(self) -> None:
        super().on_message_complete()
        if not self._refused and isinstance(self.cycle, Exchange) and self.cycle.answer is None:
            self._ask(self.cycle)

    def connection_lost(self, exc: Exception | None) -> None:
        if isinstance(self.cycle, Exchange) and self.cycle.answer is not None:
            self.cycle.answer.cancel()  # nobody is there any more to read it
        super().connection_lost(exc)

    def _ask(self, exchange: Exchange) -> None:
        asker, address = guard.asker(self.headers), self.server[0] if self.server else ""
        shared = guard.sharing(asker, self.rules)
        exchange.answer = self.loop.create_future()
        if refused := guard.refusal(exchange.method.decode(), asker, self.rules, address):
            return self._give(exchange, shared, refused.status, "text/plain", f"{refused.said}\n".encode())
        told = dict(self.headers)
        path, _, parameters = self.url.partition(b"?")
        sent = Sent(
            exchange.method.decode(), parameters.partition(b"#")[0], f"{self.scheme}://{asker.host}{path.decode('ascii')}",
            told.get(b"accept", b"").decode("latin-1"), told.get(b"content-type", b"").decode("latin-1"),
            bytes(exchange.body), len(shared) > 1,
        )
        exchange.answer = self.endpoint.ask(sent)
        exchange.answer.add_done_callback(partial(self._answered, exchange, shared))

    def _answered(self, exchange: Exchange, shared: tuple, answer: asyncio.Future[bytes]) -> None:
        if answer.cancelled() or exchange.disconnected or self.transport.is_closing():
            return
        try:
            self._give(exchange, shared, *answering.told(answer.result()))
        except KgtoolError as error:
            why = answering.refusal(error)
            retry = ((b"retry-after", b"2"),) if why.retry else ()
            self._give(exchange, (*shared, *retry), why.status, "text/plain", f"{why}\n".encode())

    def _give(self, exchange: Exchange, more: tuple, status: int, media_type: str, content: bytes) -> None:
        date = b"".join(b"%b: %b\r\n" % header for header in self.server_state.default_headers)
        head = _head(status, media_type, more, exchange.keep_alive)
        length = b"" if status == 204 else b"content-length: %d\r\n" % len(content)
        self.transport.write(b"".join((head, date, length, b"\r\n", content)))
        exchange.response_complete = True
        if not exchange.keep_alive:
            self.transport.close()
        self.on_response_complete()


@lru_cache(256)
def _head(status: int, media_type: str, more: tuple, keep_alive: bool) -> bytes:
    """The status and all the headers that are the same in many answers."""
    own = ((b"content-type", formats.content_type(media_type).encode()),) if media_type else ()
    close = () if keep_alive else ((b"connection", b"close"),)
    lines = guard.added((*own, *_VARY, *close), (*more, *FIXED))
    return STATUS_LINE[status] + b"".join(b"%b: %b\r\n" % line for line in lines)
