"""What this is, whose it is, and what it is not for."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse


def page(request: Request) -> HTMLResponse:
    return HTMLResponse(request.app.state.site.render("about.html"))
