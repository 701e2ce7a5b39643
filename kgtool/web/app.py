"""The routes, put together behind the guard."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from kgtool.web import assets, pages
from kgtool.web.admission import Rules
from kgtool.web.endpoint.answering import Endpoint
from kgtool.web.guard import Guard
from kgtool.web.site import Site


def app(site: Site, rules: Rules = Rules(), endpoint: Endpoint | None = None) -> Guard:
    """The whole site. Handlers find it as ``request.app.state.site``, beside the endpoint.

    It answers to the names of this machine's loopback only, so a test calls it as http://localhost. The endpoint needs
    workers, and is there only where the caller has some.
    """
    # what is not HTML cannot name its icon, so browsers ask for this one
    routes: list[Route | Mount] = [Route("/favicon.ico", assets.icon), *pages.ROUTES]
    made = Starlette(routes=[*routes, Mount("/static", assets.Assets())])
    made.state.site, made.state.endpoint = site, endpoint
    made.add_exception_handler(404, pages.nowhere)
    made.add_exception_handler(405, pages.not_so)
    return Guard(_beside(endpoint, made) if endpoint else made, rules)


def _beside(endpoint: Endpoint, rest: ASGIApp) -> ASGIApp:
    """Queries go their own way, past the routing of pages, which takes longer than most queries do."""

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        mine = scope["type"] == "http" and endpoint.serves(scope["path"])
        await (endpoint if mine else rest)(scope, receive, send)

    return either
