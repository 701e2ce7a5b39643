"""How the graph looks: a picture is nodes, edges and places, written as SVG, PNG or one self-contained HTML page.

picture (what is drawn) → grammar (how each kind looks) → layout (where it stands) → svg, html, png (bytes).
"""

from __future__ import annotations

from collections.abc import Callable

from kgtool.views import html, png, svg
from kgtool.views.picture import Edge, Node, Picture

__all__ = ["WRITERS", "Edge", "Node", "Picture"]



def _shown(picture: Picture) -> str:
    return svg.write(picture).decode()


Picture._repr_svg_ = _shown  # in notebooks a picture shows itself; given here, as picture.py stands below what draws it

# By the suffix of the file to write; the same picture gives the same bytes, in whatever order it was put together.
WRITERS: dict[str, Callable[[Picture], bytes]] = {".svg": svg.write, ".png": png.write, ".html": html.write}
