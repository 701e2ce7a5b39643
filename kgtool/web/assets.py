"""Scripts, styles and icons: each asked for by its content, so that a browser may keep it for good."""

from __future__ import annotations

import os

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from kgtool.web.site import STATIC


class Assets(StaticFiles):
    """The files of static/; one asked for with its digest never changes, any other is asked after each time."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    def file_response(
        self, full_path: str | os.PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        lasting = scope["query_string"].startswith(b"v=")
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
        return response


def icon(request: Request) -> Response:
    return FileResponse(STATIC / "built" / "favicon.svg", headers={"cache-control": "max-age=86400"})
