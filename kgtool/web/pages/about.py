"""What this is, whose it is, and what it is not for."""

from __future__ import annotations

from kgtool.web import files
from kgtool.web.page import Page
from kgtool.web.visit import Visit


def html(visit: Visit) -> str:
    return visit.html("about.html", files=(*files.DUMPS, *files.METADATA))


PAGE = Page({"html": html})
