"""The pages: one file and one function each, tied to its address here."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterator, Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from kgtool.web.address import HTML, Address, served
from kgtool.web.page import Page, answer, arrived, failed, negotiated, refused, told_in
from kgtool.web.visit import MEDIA, NotFound

# By address: "thing/" is followed by the name of a thing. Behind it stand the module and what in it is the page.
_PLACES = {
    "": "start.PAGE", "about": "about.PAGE", "ask": "ask.LIST", "ask/": "ask.PAGE", "graph/": "neighbourhood.PAGE",
    "judged": "judged.PAGE", "map": "uses.PAGE", "policies": "policies.PAGE", "query": "sparql.PAGE", "search": "search.PAGE",
    "sources": "sources.PAGE", "thing/": "thing.PAGE", "things": "things.PAGE", "use": "uses.USE",
    "validation": "validation.PAGE",
}


class _Pages(Mapping[str, Page]):
    """Each page's module is imported when it is asked for: all of them take longer than any one page."""

    def __getitem__(self, key: str) -> Page:
        return _found(_PLACES[key])

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


def _found(place: str):
    module, _, name = place.partition(".")
    return getattr(importlib.import_module(f"kgtool.web.pages.{module}"), name)


PAGES = _Pages()


def _routes(key: str) -> Iterator[Route]:
    """A page answers at its address, and with the suffix of each of its formats behind it."""
    async def named(request: Request) -> Response:
        name, format = _without_suffix(request.path_params["name"])
        return await _answered(request, key, _address(request, key.rstrip("/"), name, format))

    async def alone(request: Request) -> Response:
        return await _answered(request, key, _address(request, key, "", request.path_params.get("format", "")))

    if key.endswith("/"):
        yield Route(f"/{key}{{name:path}}", named)
        return
    yield Route(f"/{key}", alone)
    yield Route(f"/{key or 'index'}.{{format}}", alone)


async def _answered(request: Request, key: str, address: Address) -> Response:
    """In a thread, for the store is read there while others are answered here."""
    return await asyncio.get_running_loop().run_in_executor(None, lambda: answer(request, PAGES[key], address))


def _address(request: Request, page: str, name: str, format: str) -> Address:
    return Address(page, name, format, tuple(request.query_params.multi_items()))


def _without_suffix(path: str) -> tuple[str, str]:
    name, dot, suffix = path.rpartition(".")
    return (name, suffix) if dot and suffix in MEDIA else (path, "")


def _issued(prefix: str) -> Route:
    """From the IRIs that this project issues to the pages about what they name."""
    def thing(request: Request) -> Response:
        name, format = _without_suffix(request.path_params["name"])
        offered = [HTML, *PAGES["thing/"].formats]
        format = format or negotiated(request.headers.get("accept", ""), offered) or HTML
        # 303: a thing cannot be sent, a page about it can, https://www.w3.org/TR/cooluris/#r303gendocument
        page = _address(request, "thing", f"{prefix}:{name}", format)
        return RedirectResponse(served(page), 303, {"vary": "accept"})

    return Route(f"/{prefix}/{{name:path}}", thing)


def nowhere(request: Request, error: Exception) -> Response:
    """There is no such page."""
    format = negotiated(request.headers.get("accept", ""), [HTML, "json"]) or "json"
    return failed(arrived(request, Address("", format=format)), NotFound(f"there is no page {request.url.path}"))


def not_so(request: Request, error: HTTPException) -> Response:
    """Asked in another way than the place answers to; or asked which those are."""
    allowed = {"allow": ", ".join(sorted({*error.headers["Allow"].split(", "), "OPTIONS"}))}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=allowed)
    said = f"{request.url.path} answers to {allowed['allow']}, and not to {request.method}"
    return refused(arrived(request, Address("", format=told_in(request))), 405, said, headers=allowed)


async def _picture(request: Request) -> Response:
    return await _found("sparql.picture")(request)


async def _answer(request: Request) -> Response:
    return await _found("answered.answer")(request)


ROUTES = [
    Route("/query/picture", _picture, methods=["POST"]),
    Route("/query/answer", _answer),
    *(route for key in PAGES for route in _routes(key)),
    *map(_issued, ("id", "claim", "derived")),
]
