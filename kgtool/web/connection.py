"""One connection of a client, with limits to the size of what it says and to how long it may take over saying it."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Mapping
from types import MappingProxyType

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from kgtool.web.admission import HEADERS
from kgtool.web.endpoint.answering import COSTS, SPARQL
from kgtool.web.endpoint.http import Refusal

MOST_URL_BYTES, MOST_HEAD_BYTES, MOST_HEADERS = 70_000, 100_000, 100
SECONDS_TO_ASK, SECONDS_TO_SEND, SECONDS_TO_READ, SECONDS_IDLE, SECONDS_TO_LEAVE = 10, 60, 30, 30, 1
SECONDS_UNTIL_SENT = 0.05
_LOOK_EVERY = 2.0
_STOPPED = (SPARQL, COSTS)  # as soon as nobody waits for them


class Connection(HttpToolsProtocol):
    """Uvicorn's, which by itself takes headers without end, and waits for slow senders and readers without end.

    ``begin`` says what is to be done first. ``passed_on`` takes the connection over when a query has been answered, which
    workers may do with the next one.
    """

    def __init__(self, begin: Callable[[Connection], None], passed_on: Callable[[socket.socket], None] | None, **more):
        super().__init__(**more)
        self._begin, self._passed_on = begin, passed_on

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._in_head, self._head_bytes, self._refused = True, 0, False
        self._began = self.loop.time()
        self._stalled: float | None = None
        self._unread = 0
        self._looking = self._look_later()
        self._begin(self)

    # what may be there to be done first

    def go_on(self, rest: bytes) -> None:
        """Send what is left of an answer, where anything is, and read on."""
        if rest:
            self._in_head = False
            self.transport.write(rest)
            self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def close(self, rest: bytes) -> None:
        """Send what is left of an answer, and end."""
        self._refused = True
        self.transport.write(rest)
        self.transport.close()

    def refuse(self, why: Refusal) -> None:
        """Tell why a request cannot be answered, and end."""
        self._refuse(why.status, str(why), {"vary": "accept", **({"retry-after": "2"} if why.retry else {})})

    def connection_lost(self, exc: Exception | None) -> None:
        self._looking.cancel()
        super().connection_lost(exc)

    def eof_received(self) -> bool:
        """Whether who will say no more is still to be answered: one who asked for a page. A query ends where its client does."""
        asking = self.cycle
        waits = bool(asking) and not (asking.response_complete or asking.more_body or asking.scope["path"] in _STOPPED)
        if waits:
            asking.keep_alive = False
        return waits

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        super().data_received(data)
        if self._in_head and not self._refused and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEAD_BYTES:
                self._refuse(431, "the headers of this request are too large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes, self._began = True, 0, self.loop.time()

    def on_headers_complete(self) -> None:
        self._in_head = False
        if not self._refuse_large_head():
            super().on_headers_complete()

    def _refuse_large_head(self) -> bool:
        if len(self.url) > MOST_URL_BYTES:
            self._refuse(414, f"this address is longer than {MOST_URL_BYTES} bytes; send a long query by POST")
        elif len(self.headers) > MOST_HEADERS:
            self._refuse(431, f"this request has more than {MOST_HEADERS} headers")
        return self._refused

    def on_body(self, body: bytes) -> None:
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._refused:
            super().on_message_complete()
            self._in_head, self._head_bytes = False, 0

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._passed_on and self.cycle.scope["path"] == SPARQL and self._is_between():
            self.flow.pause_reading()  # what comes now is to be there for others
            self.loop.call_soon(self._pass_on)

    def _is_between(self) -> bool:
        """Whether nothing of a further request has come."""
        asking = self.cycle
        return (asking.response_complete and not (asking.more_body or self.pipeline or self._in_head or self._refused)
                and not self.transport.is_closing() and not self.parser.should_upgrade())

    def _pass_on(self) -> None:
        if self.transport.is_closing() or not self._is_between():
            self.flow.resume_reading()
        elif self.transport.get_write_buffer_size():
            self.loop.call_later(SECONDS_UNTIL_SENT, self._pass_on)
        else:
            self._pass_on_now()

    def _pass_on_now(self) -> None:
        try:
            connection = socket.socket(fileno=os.dup(self.transport.get_extra_info("socket").fileno()))
        except OSError:
            return self.flow.resume_reading()  # no more can be open at once
        self.transport.close()
        self._passed_on(connection)

    def pause_writing(self) -> None:
        self._stalled = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stalled = None
        super().resume_writing()

    def _look(self) -> None:
        """End the connection where its client takes too long; nothing a client sends puts this off."""
        now, asking = self.loop.time(), self.cycle
        unread, self._unread = self._unread, self.transport.get_write_buffer_size()
        if self._stalled is not None and self._unread < unread:
            self._stalled = now  # slow, but it reads
        if self._stalled is not None and now - self._stalled > SECONDS_TO_READ:
            self.transport.abort()
        elif self._in_head and now - self._began > SECONDS_TO_ASK:
            self._refuse(408, "this request took too long to come")
        elif asking and asking.more_body and now - self._began > SECONDS_TO_SEND:
            self._give_up(asking.response_started)
        else:
            self._looking = self._look_later()

    def _look_later(self) -> asyncio.TimerHandle:
        return self.loop.call_later(_LOOK_EVERY, self._look)

    def _give_up(self, answered: bool) -> None:
        if answered:
            self.transport.abort()
        else:
            self._refuse(408, "the body of this request took too long to come")

    def _refuse(self, status: int, said: str, more: Mapping[str, str] = MappingProxyType({})) -> None:
        self._refused = True
        body = f"{said}\n".encode()
        of_body = {"content-type": "text/plain; charset=utf-8", "content-length": len(body)}
        head = {**HEADERS, **of_body, "connection": "close", **more}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        self.transport.write(STATUS_LINE[status] + lines.encode() + b"\r\n" + body)
        # closed at once, what is still coming in would be answered by a reset, and the refusal might not be read
        self.transport.write_eof()
        self.loop.call_later(SECONDS_TO_LEAVE, self.transport.abort)
