"""What is claimed around a thing: as rows for the graph view, and as a still picture for where no script runs."""

from __future__ import annotations

import json
from functools import lru_cache

from kgtool import views
from kgtool.views import Picture, parts
from kgtool.web import found
from kgtool.web.page import Page
from kgtool.web.visit import Visit


def rows(visit: Visit) -> str:
    """The thing, its neighbours and the claims between them, drawn but not placed, each with where it leads."""
    said = parts.of(visit.graph.around(found.thing(visit)))
    for node in said["nodes"]:
        if node["kind"] != "gap":  # what is missing has no page
            node |= {"page": visit.to("thing", node["id"]), "rows": visit.to("graph", node["id"], "json")}
    for edge in said["edges"]:
        edge["claims"] = [{"id": claim, "page": visit.to("thing", claim)} for claim in edge["claims"]]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def still(visit: Visit) -> bytes:
    """The picture that ``kgtool draw`` makes."""
    return _drawn(visit.graph.draw(found.thing(visit)))


@lru_cache(maxsize=64)  # laying out takes seconds; the same picture is the same bytes
def _drawn(picture: Picture) -> bytes:
    return views.WRITERS[".svg"](picture)


PAGE = Page({"json": rows, "svg": still})
