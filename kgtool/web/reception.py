"""Where connections come in: one that begins with a query is lent to a worker, and all others go to the HTTP server.

What an ASGI server makes of a request, and what an application makes of that, takes several times as long as a small
query does. So there is only a glance at what a connection brings first, and nothing of it is read here: whoever gets the
connection finds all of it there.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from kgtool.errors import KgtoolError
from kgtool.isolate import Stopped
from kgtool.web.connection import SECONDS_IDLE, SECONDS_TO_ASK, Connection
from kgtool.web.endpoint import http
from kgtool.web.endpoint.answering import Endpoint
from kgtool.workers import STOPPED

_QUERIES = (b"GET /sparql?", b"POST /sparql ", b"POST /sparql?")
_ENOUGH = max(map(len, _QUERIES))
_MOST_AT_ONCE, _SECONDS_WHEN_FULL = 64, 1.0
_MOST_RETURNS = 100  # of a connection, whose queries may all be such as workers do not read
_FULL = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class Server(uvicorn.Server):
    """Uvicorn's, which does not listen by itself."""

    def __init__(self, config: uvicorn.Config, listening: socket.socket, endpoint: Endpoint):
        super().__init__(config)
        self._listening, self._endpoint = listening, endpoint
        self.site = endpoint.site

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup([])
        self.servers.append(Reception(self, self._listening, self._endpoint))

    def connection(self, begin: Callable[[Connection], None], passed_on: Callable[[socket.socket], None] | None) -> Connection:
        return Connection(
            begin, passed_on, config=self.config, server_state=self.server_state, app_state=self.lifespan.state)


class Reception:
    """Takes connections in until it is closed."""

    def __init__(self, server: Server, listening: socket.socket, endpoint: Endpoint):
        self.server, self.endpoint = server, endpoint
        self.loop = asyncio.get_running_loop()
        self.passing: set[asyncio.Task] = set()
        self._listening = listening
        self._is_open = True
        listening.setblocking(False)
        self._listen()

    def _listen(self) -> None:
        if self._is_open:
            self.loop.add_reader(self._listening, self._take_in)

    def _take_in(self) -> None:
        for _ in range(_MOST_AT_ONCE):
            try:
                connection, _ = self._listening.accept()
            except OSError as error:
                return self._rest() if error.errno in _FULL else None
            Guest(self, connection).look()

    def _rest(self) -> None:
        """No more can be open at once; they wait where they are until some have gone."""
        self.loop.remove_reader(self._listening)
        self.loop.call_later(_SECONDS_WHEN_FULL, self._listen)

    def close(self) -> None:
        self._is_open = False
        self.loop.remove_reader(self._listening)
        self._listening.close()

    async def wait_closed(self) -> None:
        """It is closed at once."""


class Guest:
    """A connection that nobody but workers is reading from. ``returns`` says how often the HTTP server has had it before."""

    def __init__(self, reception: Reception, connection: socket.socket, returns: int = 0):
        self._reception, self._connection, self._returns = reception, connection, returns
        self._limit: asyncio.TimerHandle | None = None
        self._seconds = SECONDS_IDLE if returns else SECONDS_TO_ASK
        self._is_leaving = False
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reception.server.server_state.connections.add(self)

    def look(self) -> None:
        """See what has come, and who is to read it."""
        try:
            first = self._connection.recv(_ENOUGH, socket.MSG_PEEK)
        except BlockingIOError:
            return self.close() if self._is_leaving else self._wait()
        except OSError:
            first = b""
        if not first:
            self.close()
        elif self._is_leaving:
            self.fail(Stopped(STOPPED))
        elif not (first.startswith(_QUERIES) and self._reception.endpoint.lend(self)):
            self.serve()

    def _wait(self) -> None:
        """Until something comes, for so long."""
        self._limit = self._reception.loop.call_later(self._seconds, self.close)
        self._reception.loop.add_reader(self._connection, self._look_again)

    def _wait_no_more(self) -> None:
        if self._limit:
            self._limit.cancel()
            self._limit = None
            self._reception.loop.remove_reader(self._connection)

    def _look_again(self) -> None:
        self._wait_no_more()
        self.look()

    def shutdown(self) -> None:
        """Uvicorn's word for going as soon as what is under way is done."""
        self._is_leaving = True
        if self._limit:
            self.close()
        else:
            self._reception.endpoint.pool.recall()

    # what workers ask of a client's connection

    def file(self) -> int:
        return self._connection.fileno()

    def come_back(self) -> None:
        self._seconds = SECONDS_IDLE
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)  # a worker that ended may have waited for more
        self._reception.loop.call_soon(self.look)  # when others stand in the place of the worker that had it

    def close(self, rest: bytes = b"") -> None:
        if rest:
            return self._pass(lambda connection: connection.close(rest))
        self._wait_no_more()
        self._is_gone_from_here()
        with suppress(OSError):  # it has gone already
            self._connection.shutdown(socket.SHUT_RDWR)  # a worker that is at something long may still have it open
        self._connection.close()

    def serve(self, rest: bytes = b"") -> None:
        self._pass(lambda connection: connection.go_on(rest))

    def fail(self, why: KgtoolError | None) -> None:
        if why is None:
            return self.close()
        self._pass(lambda connection: connection.refuse(http.refusal(why)))

    def is_gone(self) -> bool:
        try:
            return self._connection.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _pass(self, then: Callable[[Connection], None]) -> None:
        """Have it read and written to by the HTTP server, until that has answered a query."""
        task = self._reception.loop.create_task(self._passed(then))
        self._reception.passing.add(task)
        task.add_done_callback(self._reception.passing.discard)

    async def _passed(self, then: Callable[[Connection], None]) -> None:
        def begin(made: Connection) -> None:
            self._is_gone_from_here()
            then(made)
            if self._is_leaving:
                made.shutdown()

        server, loop = self._reception.server, self._reception.loop
        passed_on = self._returned if self._returns < _MOST_RETURNS else None
        await loop.connect_accepted_socket(lambda: server.connection(begin, passed_on), self._connection)

    def _returned(self, connection: socket.socket) -> None:
        Guest(self._reception, connection, self._returns + 1).look()

    def _is_gone_from_here(self) -> None:
        self._reception.server.server_state.connections.discard(self)
