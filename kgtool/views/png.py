"""A picture as PNG: the SVG drawn by resvg, twice as large, so that small words stay sharp."""

from __future__ import annotations

from kgtool.errors import WrongUse
from kgtool.views import svg
from kgtool.views.picture import Picture


def write(picture: Picture) -> bytes:
    """PNG bytes; the fonts are those of the machine, so two machines may differ where two runs do not."""
    try:
        import resvg_py
    except ImportError as error:
        raise WrongUse("png: resvg-py is not installed; pip install 'kgtool[png]', or write .svg or .html") from error
    return bytes(resvg_py.svg_to_bytes(svg_string=svg.write(picture).decode(), zoom=2))
