"""The SPARQL 1.1 protocols over the graph: queries at /sparql, named graphs at /graphs."""

from __future__ import annotations

from starlette.routing import Route

ROUTES: list[Route] = []
