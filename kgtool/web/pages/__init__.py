"""The pages: one file and one function each, tied to its address here."""

from __future__ import annotations

from starlette.routing import Route

from kgtool.web.pages import about, neighbourhood

ROUTES = [
    Route("/about", about.page, name="about"),
    Route("/graph/{thing}.json", neighbourhood.rows, name="graph"),
    Route("/graph/{thing}.svg", neighbourhood.still, name="picture"),
]
