"""The endpoint as an ASGI application: a request in, an answer of a worker out."""

from __future__ import annotations

import asyncio
import json
import pickle
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from kgtool import catalogue
from kgtool.errors import KgtoolError
from kgtool.terms import Prefixes
from kgtool.web import tags
from kgtool.web.endpoint import described, formats, graphs, http, protocol
from kgtool.web.endpoint.asked import Asked, Query, Read, Write
from kgtool.web.endpoint.http import Refusal
from kgtool.web.endpoint.protocol import Sent
from kgtool.web.site import Site
from kgtool.workers import STOPPED, Client, Pool

if TYPE_CHECKING:
    from pyoxigraph import Quad

_ROWS = "application/sparql-results+json"
SPARQL, COSTS, VOID = "/sparql", "/query/costs", "/.well-known/void"


class Endpoint:
    """What others wrote is read by workers; here only its size and its wrapping is."""

    def __init__(self, site: Site, pool: Pool, writable: bool = False):
        self.site, self.pool, self.writable = site, pool, writable
        self._stamp = site.stamp
        self._counted: dict[tuple[str, str], dict[str, int]] = {}

    def serves(self, path: str) -> bool:
        if path == VOID:
            return not self.writable  # what stands in a store to try things out in is nobody's data set
        return path.rstrip("/") in (SPARQL, COSTS, graphs.PATH) or path.startswith(graphs.PATH + "/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._answer(scope, receive, send)
        except Refusal as why:
            await http.refuse(scope, send, why)
        except ConnectionResetError:
            return  # nobody is there any more
        except asyncio.CancelledError:  # nor perhaps here; or the server stops, and waits no longer
            await http.refuse(scope, send, Refusal(503, STOPPED))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_query = scope["path"].rstrip("/") in (SPARQL, COSTS)
        if scope["method"] == "OPTIONS":
            allowed = protocol.METHODS if is_query else graphs.WRITING if self.writable else graphs.READING
            return await http.answer(scope, send, 204, b"", (b"allow", allowed.encode()))
        if scope["path"] == VOID:
            return await self._describe_data(scope, receive, send)
        if not is_query:
            return await self._answer_of_graphs(scope, receive, send)
        if scope["method"] not in ("GET", "HEAD", "POST"):
            raise Refusal(405, f"a query or update is sent by GET or POST, not by {scope['method']}", protocol.METHODS)
        if scope["method"] != "POST" and not scope["query_string"] and scope["path"].rstrip("/") == SPARQL:
            return await self._describe(scope, receive, send)
        if scope["path"].rstrip("/") == COSTS and not self.writable:
            self.pool.learned()
        status, media_type, content = await self.done(await _sent(scope, receive), receive)
        await http.answer(scope, send, status, content, *_headers(media_type))

    async def _answer_of_graphs(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = await graphs.read(scope, receive, self.writable)
        if not isinstance(asked, Read) and scope.get("kgtool.other_site"):
            raise Refusal(403, "pages of other sites may read here, and not write")
        held, tag = tags.named(http.header(scope, b"if-none-match")), self._tag(asked)
        if tag in held:
            return await http.answer(scope, send, 304, b"", *_tagged(tag))
        status, media_type, content = await self.done(asked, receive)
        if status == 200 and tags.ANY in held:
            return await http.answer(scope, send, 304, b"", *_tagged(tag))
        is_of_now = status == 200 and tag == self._tag(asked)  # else a new build came meanwhile, and either was read
        place = [(b"location", asked.graph.encode())] if status == 201 and isinstance(asked, Write) else []
        lasting = _tagged(tag) if is_of_now else _headers("")
        await http.answer(scope, send, status, content, *lasting, *_typed(media_type), *place)

    def _tag(self, asked: Asked) -> str:
        """That of a graph in this build; empty where it may change at any time. Workers write its triples in orders of their
        own, so that it is sent as a weak one."""
        is_lasting = isinstance(asked, Read) and not self.writable
        return tags.of(self.site.stamp, asked.media_type, repr(asked.graph)) if is_lasting else ""

    async def _describe(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The service, to programs; people are led to the page where they can write a query."""
        chosen = _preferred(scope, "service", (*formats.TRIPLES, "text/html"))
        if chosen == "text/html":
            return await http.answer(scope, send, 303, b"", (b"location", b"/query"), (b"vary", b"accept"))
        graphs = await self._sizes("graphs", scope, receive)
        said = described.service(http.address(scope), graphs, self.writable)
        await self._tell(scope, send, said, chosen)

    async def _describe_data(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            raise Refusal(405, "this is there to be read", graphs.READING)
        chosen = _preferred(scope, "data set", tuple(formats.TRIPLES))
        sizes = [await self._sizes(name, scope, receive) for name in ("graphs", "class-sizes", "property-sizes")]
        about = json.loads(await self._view("about", _ROWS, scope, receive))["results"]["bindings"]
        title, licence = (about[0].get(name, {}).get("value", "") if about else "" for name in ("label", "licence"))
        said = described.dataset(http.address(scope).removesuffix(VOID), title, licence, *sizes)
        await self._tell(scope, send, said, chosen)

    async def _tell(self, scope: Scope, send: Send, said: Iterable[Quad], media_type: str) -> None:
        from kgtool import rdf  # which takes a while to load, and hardly anybody asks

        content = rdf.write(said, rdf.FORMATS[formats.TRIPLES[media_type]], Prefixes(described.PREFIXES))
        kind = formats.content_type(media_type).encode()
        await http.answer(scope, send, 200, content, (b"content-type", kind), (b"vary", b"accept"))

    async def _sizes(self, view: str, scope: Scope, receive: Receive) -> dict[str, int]:
        """How much there is of each, by one of our own queries; once a build."""
        if self.writable or (view, self.site.stamp) not in self._counted:
            rows = await self._view(view, "text/tab-separated-values", scope, receive)
            counted = [row.split("\t") for row in rows.decode().splitlines()[1:]]
            self._counted[view, self.site.stamp] = {name.strip("<>"): int(number) for name, number in counted}
        return self._counted[view, self.site.stamp]

    async def _view(self, view: str, media_type: str, scope: Scope, receive: Receive) -> bytes:
        path = self.site.project.root / "queries" / "view" / f"{view}.rq"
        text = catalogue.read(path, self.site.project.root).text
        _, _, rows = await self.done(Query(text, http.address(scope), media_type, None), receive)
        return rows

    def lend(self, client: Client) -> bool:
        """Whether a worker answers by itself what comes over a connection from now on."""
        self._keep_up()
        return self.pool.lend(client)

    def ask(self, asked: Asked | Sent, when_long: Callable[[], None] = lambda: None) -> asyncio.Future[bytes]:
        """The answer that a worker with the newest build gives, to be taken apart by ``_told``."""
        self._keep_up()
        return self.pool.ask(pickle.dumps(asked), when_long)

    def _keep_up(self) -> None:
        """Have all that is asked from now on answered from the newest build."""
        if not self.writable and (stamp := self.site.stamp) != self._stamp:
            self._stamp = stamp
            self.pool.renew()

    async def done(self, asked: Asked | Sent, receive: Receive) -> tuple[int, str, bytes]:
        """What a worker makes of it."""
        watching: list[asyncio.Task] = []
        answer = self.ask(asked, lambda: watching.append(asyncio.ensure_future(_watch(receive, answer))))
        try:
            said = await answer
        except KgtoolError as error:
            raise http.refusal(error) from error
        finally:
            for task in watching:
                task.cancel()
        return _told(said)


def _preferred(scope: Scope, what: str, offered: tuple[str, ...]) -> str:
    chosen = formats.preferred(http.header(scope, b"accept"), offered)
    if chosen is None:
        raise Refusal(406, f"the description of this {what} comes as {formats.listed(formats.TRIPLES)}")
    return chosen


def _told(said: bytes) -> tuple[int, str, bytes]:
    """Status, media type and body of a worker's answer."""
    line, _, content = said.partition(b"\n")
    status, _, media_type = line.decode().partition(" ")
    return int(status), media_type, content


def _headers(media_type: str) -> list[tuple[bytes, bytes]]:
    return [(b"vary", b"accept"), *_typed(media_type)]


def _typed(media_type: str) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", formats.content_type(media_type).encode())] if media_type else []


def _tagged(tag: str) -> list[tuple[bytes, bytes]]:
    """What goes with an answer that is good until the next build, and with the word that it still is."""
    lasting = [(b"etag", f"W/{tag}".encode()), (b"cache-control", b"no-cache")] if tag else []
    return [*_headers(""), *lasting]


async def _sent(scope: Scope, receive: Receive) -> Sent:
    content = await http.body(scope, receive, protocol.MOST_BYTES) if scope["method"] == "POST" else b""
    return Sent(
        scope["method"], scope["query_string"], http.address(scope), http.header(scope, b"accept"),
        http.header(scope, b"content-type"), content, scope.get("kgtool.other_site", False),
        scope["path"].rstrip("/") == COSTS,
    )


async def _watch(receive: Receive, answer: asyncio.Future) -> None:
    """Give up on the answer when nobody is there any more to read it."""
    while (await receive())["type"] != "http.disconnect":
        pass
    answer.cancel()
