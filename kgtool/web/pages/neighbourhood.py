"""What is claimed around a thing: as rows for the graph view, and as a still picture for where no script runs."""

from __future__ import annotations

from functools import lru_cache

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kgtool import views
from kgtool.errors import WrongUse
from kgtool.views import Picture, parts


def rows(request: Request) -> Response:
    """The thing, its neighbours and the claims between them, drawn but not placed."""
    try:
        return JSONResponse(parts.of(_around(request)))
    except WrongUse as error:
        return JSONResponse({"error": str(error)}, status_code=404)


def still(request: Request) -> Response:
    """The picture that ``kgtool draw`` makes, as SVG."""
    try:
        drawn = _drawn(request.app.state.site.graph.draw(request.path_params["thing"]))
    except WrongUse as error:
        return Response(str(error), status_code=404, media_type="text/plain")
    return Response(drawn, media_type="image/svg+xml")


def _around(request: Request) -> Picture:
    return request.app.state.site.graph.around(request.path_params["thing"])


@lru_cache(maxsize=64)  # laying out takes seconds; the same picture is the same bytes
def _drawn(picture: Picture) -> bytes:
    return views.WRITERS[".svg"](picture)
