"""The routes, put together behind the guard."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from kgtool.web import endpoint, guard, pages
from kgtool.web.site import HERE, Site


def app(site: Site) -> Starlette:
    """The whole site. Handlers find it as ``request.app.state.site``."""
    routes: list[Route | Mount] = [*endpoint.ROUTES, *pages.ROUTES]
    made = Starlette(routes=[*routes, Mount("/static", StaticFiles(directory=HERE / "static"))], middleware=guard.MIDDLEWARE)
    made.state.site = site
    return made
