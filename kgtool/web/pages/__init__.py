"""The pages: one file and one function each, tied to its address here."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from kgtool.web.address import HTML, Address, served
from kgtool.web.page import Page, answer, arrived, failed, negotiated
from kgtool.web.pages import (
    about,
    ask,
    judged,
    neighbourhood,
    policies,
    search,
    sources,
    sparql,
    start,
    thing,
    things,
    uses,
    validation,
)
from kgtool.web.visit import MEDIA, NotFound

# By address: "thing/" is followed by the name of a thing.
PAGES: dict[str, Page] = {
    "": start.PAGE,
    "about": about.PAGE,
    "ask": ask.LIST,
    "ask/": ask.PAGE,
    "graph/": neighbourhood.PAGE,
    "judged": judged.PAGE,
    "map": uses.PAGE,
    "policies": policies.PAGE,
    "query": sparql.PAGE,
    "search": search.PAGE,
    "sources": sources.PAGE,
    "thing/": thing.PAGE,
    "things": things.PAGE,
    "use": uses.USE,
    "validation": validation.PAGE,
}


def _routes(key: str, page: Page) -> Iterator[Route]:
    """A page answers at its address, and with the suffix of each of its formats behind it."""
    def named(request: Request) -> Response:
        name, format = _without_suffix(request.path_params["name"])
        return answer(request, page, _address(request, key.rstrip("/"), name, format))

    def alone(request: Request) -> Response:
        return answer(request, page, _address(request, key, "", request.path_params.get("format", "")))

    if key.endswith("/"):
        yield Route(f"/{key}{{name:path}}", named)
        return
    yield Route(f"/{key}", alone)
    if key:
        yield Route(f"/{key}.{{format}}", alone)


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
        return RedirectResponse(served(Address("thing", f"{prefix}:{name}", format)), 303, {"vary": "accept"})

    return Route(f"/{prefix}/{{name:path}}", thing)


def nowhere(request: Request, error: Exception) -> Response:
    """There is no such page."""
    format = negotiated(request.headers.get("accept", ""), [HTML, "json"]) or "json"
    return failed(arrived(request, Address("", format=format)), NotFound(f"there is no page {request.url.path}"))


ROUTES = [
    Route("/query/picture", sparql.picture, methods=["POST"]),
    *(route for key, page in PAGES.items() for route in _routes(key, page)),
    *map(_issued, ("id", "claim", "derived")),
]
