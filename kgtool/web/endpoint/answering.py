"""The endpoint as an ASGI application: a request in, an answer of a worker out."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Iterable

from pyoxigraph import Quad
from starlette.types import Receive, Scope, Send

from kgtool import catalogue, rdf
from kgtool.errors import DataError, KgtoolError, QueryError
from kgtool.terms import Prefixes
from kgtool.web.endpoint import described, formats, graphs, http, protocol
from kgtool.web.endpoint.asked import Asked, Query, Read, Write
from kgtool.web.endpoint.http import Refusal
from kgtool.web.site import Site
from kgtool.workers import Busy, Pool

SPARQL, VOID = "/sparql", "/.well-known/void"


class Endpoint:
    """What others wrote is read by workers; here only its size and its wrapping is."""

    def __init__(self, site: Site, pool: Pool, writable: bool = False):
        self.site, self.pool, self.writable = site, pool, writable
        self._stamp = site.stamp
        self._counted: dict[tuple[str, str], dict[str, int]] = {}

    def serves(self, path: str) -> bool:
        if path == VOID:
            return not self.writable  # what stands in a store to try things out in is nobody's data set
        return path.rstrip("/") in (SPARQL, graphs.PATH) or path.startswith(graphs.PATH + "/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._answer(scope, receive, send)
        except Refusal as why:
            await http.refuse(scope, send, why)
        except (ConnectionResetError, asyncio.CancelledError):
            return  # nobody is there any more

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == VOID:
            return await self._describe_data(scope, receive, send)
        is_query = scope["path"].rstrip("/") == SPARQL
        if scope["method"] == "OPTIONS":
            allowed = protocol.METHODS if is_query else graphs.WRITING if self.writable else graphs.READING
            return await http.answer(scope, send, 204, b"", (b"allow", allowed.encode()))
        asked = await (protocol.read(scope, receive) if is_query else graphs.read(scope, receive, self.writable))
        if asked is None:
            return await self._describe(scope, receive, send)
        if not isinstance(asked, Query | Read):
            self._may_write(scope)
        status, media_type, content = await self._done(asked, receive)
        headers = [(b"vary", b"accept")] if isinstance(asked, Query | Read) else []
        if media_type:
            headers.append((b"content-type", formats.content_type(media_type).encode()))
        if status == 201 and isinstance(asked, Write):
            headers.append((b"location", asked.graph.encode()))
        await http.answer(scope, send, status, content, *headers)

    async def _describe(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The service, to programs; people are led to the page where they can write a query."""
        chosen = formats.preferred(http.header(scope, b"accept"), (*formats.TRIPLES, "text/html"))
        if chosen is None:
            raise Refusal(406, f"the description of this service comes as {', '.join(formats.TRIPLES)}")
        if chosen == "text/html":
            return await http.answer(scope, send, 303, b"", (b"location", b"/query"), (b"vary", b"accept"))
        graphs = await self._sizes("graphs", scope, receive)
        said = described.service(http.address(scope), graphs, self.writable)
        await self._tell(scope, send, said, chosen)

    async def _describe_data(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            raise Refusal(405, "this is there to be read", "GET, HEAD")
        chosen = formats.preferred(http.header(scope, b"accept"), tuple(formats.TRIPLES)) or "text/turtle"
        sizes = [await self._sizes(name, scope, receive) for name in ("graphs", "class-sizes", "property-sizes")]
        said = described.dataset(http.address(scope).removesuffix(VOID), *sizes)
        await self._tell(scope, send, said, chosen)

    async def _tell(self, scope: Scope, send: Send, said: Iterable[Quad], media_type: str) -> None:
        content = rdf.write(said, rdf.FORMATS[formats.TRIPLES[media_type]], Prefixes(described.PREFIXES))
        kind = formats.content_type(media_type).encode()
        await http.answer(scope, send, 200, content, (b"content-type", kind), (b"vary", b"accept"))

    async def _sizes(self, view: str, scope: Scope, receive: Receive) -> dict[str, int]:
        """How much there is of each, by one of our own queries; once a build."""
        if self.writable or (view, self.site.stamp) not in self._counted:
            path = self.site.project.root / "queries" / "view" / f"{view}.rq"
            text = catalogue.read(path, self.site.project.root).text
            _, _, rows = await self._done(Query(text, http.address(scope), "text/tab-separated-values", None), receive)
            counted = [row.split("\t") for row in rows.decode().splitlines()[1:]]
            self._counted[view, self.site.stamp] = {name.strip("<>"): int(number) for name, number in counted}
        return self._counted[view, self.site.stamp]

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
