"""What is claimed around a thing: as rows for the graph view, and as a still picture for where no script runs."""

from __future__ import annotations

import json
import re
from functools import lru_cache

from kgtool import views
from kgtool.views import Picture, parts
from kgtool.web import found
from kgtool.web.page import Page
from kgtool.web.visit import Visit

_NAMED = re.compile(r"\w[\w.-]*:\S+")


def rows(visit: Visit) -> str:
    """The thing, its neighbours and the claims between them, drawn but not placed, each with where it leads."""
    return linked(visit, visit.graph.around(found.thing(visit), visit.policy or None))


def linked(visit: Visit, picture: Picture) -> str:
    """The parts of a picture as JSON, each with where it leads."""
    said = parts.of(picture)
    for node in said["nodes"]:
        if node["kind"] != "gap" and _NAMED.fullmatch(node["id"]):  # what is missing, and a mere value, has no page
            node["page"] = visit.to("thing", node["id"], policy=visit.policy)
            node["rows"] = visit.to("graph", node["id"], "json", policy=visit.policy)
    for edge in said["edges"]:
        edge["claims"] = [{"id": claim, "page": visit.to("thing", claim, policy=visit.policy)} for claim in edge["claims"]]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def still(visit: Visit) -> bytes:
    """The picture that ``kgtool draw`` makes."""
    return _drawn(pictured(visit))


def pictured(visit: Visit) -> Picture:
    return visit.graph.draw(found.thing(visit), policy=visit.policy or None)


@lru_cache(maxsize=64)  # laying out takes seconds; the same picture is the same bytes
def _drawn(picture: Picture) -> bytes:
    return views.WRITERS[".svg"](picture)


PAGE = Page({"json": rows, "svg": still}, ("policy",))
