"""What is claimed around a thing: as rows for the graph view, and as a still picture for where no script runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kgtool import views
from kgtool.errors import WrongUse
from kgtool.views import Picture, parts


def rows(request: Request) -> Response:
    """The thing, its neighbours and the claims between them, drawn but not placed, each with where it leads."""
    try:
        picture = request.app.state.site.graph.around(request.path_params["thing"])
    except WrongUse as error:
        return JSONResponse({"error": str(error)}, status_code=404)
    return JSONResponse(_linked(parts.of(picture), _page, _rows))


def still(request: Request) -> Response:
    """The picture that ``kgtool draw`` makes, as SVG."""
    try:
        drawn = _drawn(request.app.state.site.graph.draw(request.path_params["thing"]))
    except WrongUse as error:
        return Response(str(error), status_code=404, media_type="text/plain")
    return Response(drawn, media_type="image/svg+xml")


def _linked(said: parts.Part, page: Callable[[str], str], around: Callable[[str], str]) -> parts.Part:
    """With the page of each thing and of each claim, and where the rows around a thing are to be had."""
    for node in said["nodes"]:
        if node["kind"] != "gap":  # what is missing has no page
            node |= {"page": page(node["id"]), "rows": around(node["id"])}
    for edge in said["edges"]:
        edge["claims"] = [{"id": claim, "page": page(claim)} for claim in edge["claims"]]
    return said


def _page(name: str) -> str:
    return f"/thing/{quote(name, safe=':')}"


def _rows(name: str) -> str:
    return f"/graph/{quote(name, safe=':')}.json"


@lru_cache(maxsize=64)  # laying out takes seconds; the same picture is the same bytes
def _drawn(picture: Picture) -> bytes:
    return views.WRITERS[".svg"](picture)
