"""A connection that is lent to a worker once its client has asked the endpoint something, for it may ask more.

What an ASGI server makes of a request, and what an application makes of that, takes several times as long as a small
query does. A worker that holds the connection answers such a query by itself.
"""

from __future__ import annotations

import socket

from kgtool.errors import KgtoolError
from kgtool.web.connection import Connection
from kgtool.web.endpoint import http
from kgtool.web.endpoint.answering import SPARQL, Endpoint


class LentConnection(Connection):
    """Ours while something is read or written here; meanwhile nothing of it is."""

    def __init__(self, endpoint: Endpoint, **more):
        super().__init__(**more)
        self._endpoint = endpoint
        self._is_lent = self._is_leaving = False
        self._may_be_lent = True

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.scope["path"] == SPARQL:
            self.loop.call_soon(self._lend)  # when this answer has gone out

    def _is_at_rest(self) -> bool:
        """Whether one request has been read and answered, and nothing of another has been read."""
        cycle, ends = self.cycle, self._refused or self.transport.is_closing()
        is_read = not (cycle.more_body or self._in_head or self.pipeline)
        is_answered = cycle.response_complete and not self.transport.get_write_buffer_size()
        return self._may_be_lent and not self._is_lent and not ends and cycle.keep_alive and is_read and is_answered

    def _lend(self) -> None:
        if not self._is_at_rest():
            return
        self.transport.pause_reading()
        if self._endpoint.lend(self):
            self._is_lent = True
            self._unset_keepalive_if_required()
        else:
            self.transport.resume_reading()

    def shutdown(self) -> None:
        if self._is_lent:
            self._is_leaving = True
            self._endpoint.pool.recall()
        else:
            super().shutdown()

    def _look(self) -> None:
        if self._is_lent:
            self._looking = self._look_later()
        else:
            super()._look()

    # what workers ask of a client's connection

    def file(self) -> int:
        return self.transport.get_extra_info("socket").fileno()

    def take_back(self, rest: bytes, may_be_lent: bool) -> None:
        self._is_lent, self._may_be_lent = False, may_be_lent
        if self.transport.is_closing():
            return
        self.transport.write(rest)
        if self._is_leaving:
            return self.transport.close()
        self._began = self.loop.time()
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)
        self.transport.resume_reading()

    def fail(self, why: KgtoolError | None) -> None:
        self._is_lent = False
        if why is None:
            return self.transport.abort()
        self._refuse_for(http.refusal(why))

    def _refuse_for(self, why: http.Refusal) -> None:
        self._refuse(why.status, str(why), {"vary": "accept", **({"retry-after": "2"} if why.retry else {})})

    def is_gone(self) -> bool:
        try:
            with socket.socket(fileno=socket.dup(self.file())) as seen:
                return seen.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True
