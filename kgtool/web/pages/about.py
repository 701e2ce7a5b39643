"""What this is, whose it is, and what it is not for."""

from __future__ import annotations

from kgtool.web.page import Page
from kgtool.web.visit import Visit


def html(visit: Visit) -> str:
    return visit.html("about.html")


PAGE = Page({"html": html})
