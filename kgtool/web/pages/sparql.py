"""The SPARQL page: an editor whose script knows the rest."""

from __future__ import annotations

from kgtool.web.page import Page
from kgtool.web.visit import Visit


def html(visit: Visit) -> str:
    return visit.html("sparql.html")


PAGE = Page({"html": html}, None)
