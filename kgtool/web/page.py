"""From requests to visits and back: formats by suffix or by Accept, and every error as a page that helps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.types import Send

from kgtool.errors import KgtoolError, WrongUse
from kgtool.web import tags, words
from kgtool.web.address import HTML, Address, served
from kgtool.web.endpoint import formats
from kgtool.web.site import asset
from kgtool.web.visit import MEDIA, Elsewhere, NotFound, Visit

NUMBERS = frozenset({"from", "row"})  # of any page that knows them: places in its lists
Made = str | bytes | Iterator[str]  # in parts where it has as many rows as there are
Maker = Callable[[Visit], Made]


@dataclass(frozen=True)
class Page:
    """What writes a page, by format. ``params`` are the parameters it knows; None lets it look at them itself."""

    formats: Mapping[str, Maker]
    params: tuple[str, ...] | None = ()


class Shown(Exception):
    """A page that says in its own words what is wrong with what it was given."""

    def __init__(self, code: int, page: str):
        super().__init__(code)
        self.code, self.page = code, page


def answer(request: Request, page: Page, address: Address) -> Response:
    """The page at an address, whose ``format`` is that of its suffix, or empty where Accept is to decide."""
    offered = list(page.formats)
    format = address.format or negotiated(request.headers.get("accept", ""), offered)
    stamp = request.app.state.site.stamp  # before the graph is taken, which may be that of a newer build
    visit = arrived(request, replace(address, format=format or HTML))
    try:
        if format and format not in MEDIA:
            raise NotFound(f"there is no page {request.url.path}; what it is to be had as, the page without .{format} says")
        if format not in page.formats:
            return _not_offered(visit, told_in(request), offered)
        _check(page, visit)
        body = page.formats[format](visit)
        first = next(body, "") if isinstance(body, Iterator) else ""  # what is wrong with the asking shows here
    except Elsewhere as moved:
        return RedirectResponse(served(replace(visit.address, name=moved.name)), 303)
    except Shown as shown:
        return Response(shown.page, shown.code, {"content-type": MEDIA[HTML]})
    except KgtoolError as error:
        return failed(visit, error)
    also = _also(visit.address, address)
    if isinstance(body, Iterator):
        return _in_parts(request, first, body, tags.of(stamp, served(visit.address)), MEDIA[format], also)
    return _unless_held(request, body.encode() if isinstance(body, str) else body, MEDIA[format], also)


def _unless_held(request: Request, body: bytes, content_type: str, also: Mapping[str, str]) -> Response:
    tag = tags.of(content_type, body)
    lasting = {"etag": tag, "vary": "accept", "cache-control": "no-cache", **also}
    if _is_held(request, tag):
        return Response(status_code=304, headers=lasting)
    return Response(body, headers={"content-type": content_type, **lasting})


def _in_parts(
    request: Request, first: str, rest: Iterator[str], tag: str, content_type: str, also: Mapping[str, str]
) -> Response:
    """Sent as it is made, so that neither the first byte nor memory waits for the last row. Its tag is that of the build."""
    lasting = {"etag": f"W/{tag}", "vary": "accept", "cache-control": "no-cache", **also}
    if _is_held(request, tag):
        return Response(status_code=304, headers=lasting)
    parts = _made(first, rest if request.method != "HEAD" else iter(()))
    return Parts(parts, headers={"content-type": content_type, **lasting})


class Parts(StreamingResponse):
    """Where the store turns out to be damaged it is too late for another status: the answer then lacks its end, and clients see
    that."""

    async def stream_response(self, send: Send) -> None:
        with suppress(KgtoolError):
            await super().stream_response(send)


async def _made(first: str, rest: Iterator[str]) -> AsyncIterator[str]:
    """Each part in a thread, for the store is read there while others are answered here."""
    loop, part = asyncio.get_running_loop(), first
    while part is not None:
        yield part
        part = await loop.run_in_executor(None, next, rest, None)


def _is_held(request: Request, tag: str) -> bool:
    return bool({tag, tags.ANY} & tags.named(", ".join(request.headers.getlist("if-none-match"))))


def arrived(request: Request, address: Address) -> Visit:
    site = request.app.state.site
    return Visit(site, site.graph, address, served, asset)


def _also(shown: Address, asked: Address) -> dict[str, str]:
    """Where the same is to be had in just this format, if Accept chose it."""
    return {"content-location": served(shown)} if asked.format != shown.format and shown.format != HTML else {}


def _check(page: Page, visit: Visit) -> None:
    names = [name for name, _ in visit.address.given]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise WrongUse(f"{twice[0]} is given {names.count(twice[0])} times; give it once")
    if page.params is not None and (unknown := sorted(set(visit.given) - set(page.params))):
        known = f"it takes {', '.join(page.params)}" if page.params else "it takes none"
        raise WrongUse(f"this page has no parameter {unknown[0]!r}; {known}")
    for name in sorted(NUMBERS.intersection(names, page.params or ())):
        visit.number(name)


def failed(visit: Visit, error: KgtoolError) -> Response:
    """An error as a page, or as text for programs. What is wrong with the project's files is there until somebody mends it."""
    code = 404 if isinstance(error, NotFound) else 400 if isinstance(error, WrongUse) else 503
    return refused(visit, code, words.told(error) if visit.address.format == HTML else str(error))


def refused(visit: Visit, code: int, said: str, offered: Sequence[str] = (), headers: Mapping[str, str] = {}) -> Response:
    """The same of what is told already; ``offered`` are formats that the page is to be had in."""
    if visit.address.format == HTML:
        page = visit.html("error.html", code=code, message=said, offered=offered)
        return Response(page, code, {"content-type": MEDIA[HTML], "vary": "accept", **headers})
    return Response(f"{said}\n", code, {"content-type": "text/plain; charset=utf-8", "vary": "accept", **headers})


def told_in(request: Request) -> str:
    """Who asks for pages as browsers do is told on a page what went wrong, and programs in a line of text."""
    return negotiated(request.headers.get("accept", ""), ["json", HTML]) or "json"


def _not_offered(visit: Visit, format: str, offered: list[str]) -> Response:
    listed = ", ".join(f"{MEDIA[name].partition(';')[0]} (.{name})" for name in offered)
    told = replace(visit, address=replace(visit.address, format=format))
    return refused(told, 406, f"this page is to be had as {listed}", offered)


def negotiated(accept: str, offered: list[str]) -> str:
    """The format that is wanted most, the first offered among equals; an empty string where none is wanted.

    >>> negotiated("text/turtle, text/html;q=0.5", ["html", "ttl"]), negotiated("image/png", ["html"])
    ('ttl', '')
    """
    kinds = {MEDIA[name].partition(";")[0]: name for name in offered}
    return kinds.get(formats.preferred(accept, tuple(kinds)) or "", "")
