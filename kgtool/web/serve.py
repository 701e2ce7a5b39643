"""Running the site on this machine."""

from __future__ import annotations

import uvicorn

from kgtool import graph
from kgtool.project import Project
from kgtool.web.app import app
from kgtool.web.site import Site


def serve(project: Project, host: str, port: int) -> None:
    """Serve until interrupted; requests that are under way are answered first."""
    graph.open(project)  # builds what is missing or has changed, and closes it again: the site opens its own
    uvicorn.run(app(Site(project)), host=host, port=port, log_level="warning", server_header=False)
