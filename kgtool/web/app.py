"""The routes, put together behind the guard."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from kgtool.web import endpoint, pages
from kgtool.web.assets import Assets
from kgtool.web.guard import Guard, Rules
from kgtool.web.site import Site


def app(site: Site, rules: Rules = Rules()) -> Guard:
    """The whole site. Handlers find it as ``request.app.state.site``.

    It answers to the names of this machine's loopback only, so a test calls it as http://localhost.
    """
    routes: list[Route | Mount] = [*endpoint.ROUTES, *pages.ROUTES]
    made = Starlette(routes=[*routes, Mount("/static", Assets())])
    made.state.site = site
    made.add_exception_handler(404, pages.nowhere)
    return Guard(made, rules)
