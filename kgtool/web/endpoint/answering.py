"""The endpoint as an ASGI application: a request in, an answer of a worker out."""

from __future__ import annotations

import asyncio
import pickle

from starlette.types import Receive, Scope, Send

from kgtool.errors import DataError, KgtoolError, QueryError
from kgtool.web.endpoint import formats, graphs, http, protocol
from kgtool.web.endpoint.asked import Asked, Query, Read, Write
from kgtool.web.endpoint.http import Refusal
from kgtool.web.site import Site
from kgtool.workers import Busy, Pool

SPARQL = "/sparql"


class Endpoint:
    """What others wrote is read by workers; here only its size and its wrapping is."""

    def __init__(self, site: Site, pool: Pool, writable: bool = False):
        self.site, self.pool, self.writable = site, pool, writable
        self._stamp = site.stamp

    @staticmethod
    def serves(path: str) -> bool:
        return path.rstrip("/") in (SPARQL, graphs.PATH) or path.startswith(graphs.PATH + "/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._answer(scope, receive, send)
        except Refusal as why:
            await http.refuse(scope, send, why)
        except (ConnectionResetError, asyncio.CancelledError):
            return  # nobody is there any more

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_query = scope["path"].rstrip("/") == SPARQL
        if scope["method"] == "OPTIONS":
            allowed = protocol.METHODS if is_query else graphs.WRITING if self.writable else graphs.READING
            return await http.answer(scope, send, 204, b"", (b"allow", allowed.encode()))
        asked = await (protocol.read(scope, receive) if is_query else graphs.read(scope, receive, self.writable))
        if asked is None:
            raise Refusal(501, "later")
        if not isinstance(asked, Query | Read):
            self._may_write(scope)
        status, media_type, content = await self._done(asked, receive)
        headers = [(b"vary", b"accept")] if isinstance(asked, Query | Read) else []
        if media_type:
            headers.append((b"content-type", formats.content_type(media_type).encode()))
        if status == 201 and isinstance(asked, Write):
            headers.append((b"location", asked.graph.encode()))
        await http.answer(scope, send, status, content, *headers)

    def _may_write(self, scope: Scope) -> None:
        if not self.writable:
            raise Refusal(403, "this server is read-only; change graph_data/ and build again, "
                               "or start it with --writable DIR to have a store to try things out in")
        if scope.get("kgtool.other_site"):
            raise Refusal(403, "pages of other sites may read here, and not write")

    async def _done(self, asked: Asked, receive: Receive) -> tuple[int, str, bytes]:
        """What a worker makes of it."""
        if not self.writable and self.site.stamp != self._stamp:
            self._stamp = self.site.stamp
            self.pool.renew()
        watching: list[asyncio.Task] = []
        answer = self.pool.ask(pickle.dumps(asked), lambda: watching.append(asyncio.ensure_future(_watch(receive, answer))))
        try:
            said = await answer
        except KgtoolError as error:
            raise _refusal(error) from error
        finally:
            for task in watching:
                task.cancel()
        line, _, content = said.partition(b"\n")
        status, _, media_type = line.decode().partition(" ")
        return int(status), media_type, content


def _refusal(error: KgtoolError) -> Refusal:
    if isinstance(error, QueryError | DataError):
        return Refusal(400, str(error))
    return Refusal(503, str(error), retry=isinstance(error, Busy))


async def _watch(receive: Receive, answer: asyncio.Future) -> None:
    """Give up on the answer when nobody is there any more to read it."""
    while (await receive())["type"] != "http.disconnect":
        pass
    answer.cancel()
