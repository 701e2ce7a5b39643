"""A picture as one static SVG, written by hand: no style sheet, no script, no marker, nothing from outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kgtool.errors import amount
from kgtool.terms import digest
from kgtool.views import grammar, key, marks, text
from kgtool.views.geometry import Box
from kgtool.views.layout import Layout, PlacedNode, arranged
from kgtool.views.picture import Edge, Node, Picture
from kgtool.views.routes import PlacedEdge
from kgtool.views.text import num, said

FONT = "Arial, Helvetica, sans-serif"
INK, QUIET, PAPER = "#1b242d", "#59616b", "#ffffff"
_LEAST_WIDTH = 560.0


def write(picture: Picture) -> bytes:
    """The whole sheet: title, drawing, legend of what occurs, and the notice."""
    layout = arranged(picture)
    picture = layout.picture
    width = max(layout.width, _LEAST_WIDTH)
    head, top = _head(picture, width)
    legend, bottom = key.rows(picture, width, top + max(layout.height, 0.0) + 10)
    foot, height = _foot(picture, width, bottom)
    shift = num((width - layout.width) / 2)
    drawing = f'<g transform="translate({shift} {num(top)})">\n{body(layout)}</g>\n'
    return (_opened(picture, width, height) + head + drawing + legend + foot + "</svg>\n").encode()


def drawing(layout: Layout) -> str:
    """The drawing alone, for a page that says title, legend and notice in its own words."""
    width, height = max(layout.width, 1.0), max(layout.height, 1.0)
    return _opened(layout.picture, width, height) + body(layout) + "</svg>\n"


def _opened(picture: Picture, width: float, height: float) -> str:
    # Several pictures may stand in one page, so ids carry a name made from content.
    ids = (text.clean(node.id) for node in picture.nodes)
    name = digest(text.clean(picture.title), *ids, str(len(picture.edges)), length=8)
    told = f"{amount(len(picture.nodes), 'thing')} and {amount(len(picture.edges), 'claim')}. {picture.caption} {picture.notice}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {num(width)} {num(height)}" width="{num(width)}" '
        f'height="{num(height)}" role="img" aria-labelledby="title-{name} told-{name}" font-family="{FONT}">\n'
        f'<title id="title-{name}">{said(picture.title)}</title>\n<desc id="told-{name}">{said(told)}</desc>\n'
        f'<rect class="paper" width="{num(width)}" height="{num(height)}" fill="{PAPER}"/>\n'
    )


def _head(picture: Picture, width: float) -> tuple[str, float]:
    columns = int((width - 32) / 8.5)
    lines = [(line, 17.0, INK, "bold") for line in text.wrapped(picture.title, columns, 2)]
    lines += [(line, 12.0, QUIET, "normal") for line in text.wrapped(picture.caption, int((width - 32) / 6.2), 3)]
    return _stacked(lines, 16.0, 10.0)


def _foot(picture: Picture, width: float, top: float) -> tuple[str, float]:
    columns = int((width - 32) / 5.6)
    lines = [(left_out(picture), 11.0, INK, "bold")] if picture.hidden else []
    lines += [(line, 10.5, QUIET, "normal") for line in text.wrapped(picture.notice, columns, 4)]
    if not picture.nodes:
        lines.insert(0, ("Nothing to draw: no claim fits what was asked.", 14.0, INK, "normal"))
    drawn, bottom = _stacked(lines, 16.0, top)
    return drawn, bottom + 12


def left_out(picture: Picture) -> str:
    """How many claims the caller left out of the picture, as a sentence."""
    return f"{picture.hidden} more {'claim is' if picture.hidden == 1 else 'claims are'} not drawn."


def _stacked(lines: Iterable[tuple[str, float, str, str]], left: float, top: float) -> tuple[str, float]:
    """Lines of text one under the other, and where the last one ends."""
    drawn = ""
    for line, size, fill, weight in lines:
        top += size * 1.35
        tone = "ink" if fill == INK else "quiet"
        drawn += (
            f'<text class="{tone}" x="{num(left)}" y="{num(top)}" font-size="{num(size)}" font-weight="{weight}" '
            f'fill="{fill}">{said(line)}</text>\n'
        )
    return drawn, top


def body(layout: Layout) -> str:
    """Lines under labels under boxes. Edges and their labels share ``data-edge``, nodes carry ``data-node``."""
    number = {placed.node.id: at for at, placed in enumerate(layout.nodes)}
    strongest_last = sorted(enumerate(layout.edges), key=lambda pair: (-_rank(pair[1]), pair[0]))
    lines = "".join(_edge(at, placed, number) for at, placed in strongest_last)
    labels = "".join(_label(at, placed) for at, placed in enumerate(layout.edges) if placed.label)
    nodes = "".join(_node(at, placed, layout.picture) for at, placed in enumerate(layout.nodes))
    size = num(text.LABEL_SIZE)
    return (
        f'<g class="edges">\n{lines}</g>\n<g class="labels" font-size="{size}" text-anchor="middle">\n{labels}</g>\n'
        f'<g class="nodes" text-anchor="middle">\n{nodes}</g>\n'
    )


def _rank(placed: PlacedEdge) -> int:
    return list(grammar.LINES).index(placed.evidence)


def _edge(at: int, placed: PlacedEdge, number: dict[str, int]) -> str:
    ends = f"{number[placed.edges[0].start]} {number[placed.edges[0].end]}"
    line = grammar.LINES[placed.evidence]
    return (
        f'<g class="edge {placed.evidence}" data-edge="{at}" data-ends="{ends}" data-kind="{placed.evidence}">'
        f"<title>{said(sentences(placed.edges))}</title>{marks.stroke(placed.curve, line)}</g>\n"
    )


def sentences(edges: Sequence[Edge]) -> str:
    """What the tooltip of a line says: every sentence it stands for, once, with the claim that says so."""
    told = ((edge.sentence or edge.label) + (f" [{edge.claim}]" if edge.claim else "") for edge in edges)
    return "\n".join(dict.fromkeys(told))


def _label(at: int, placed: PlacedEdge) -> str:
    words, box, line = placed.words, placed.label, grammar.LINES[placed.evidence]
    ground = (
        f'<rect class="halo" x="{num(box.left)}" y="{num(box.top)}" width="{num(box.width)}" '
        f'height="{num(box.height)}" rx="4" fill="{PAPER}" fill-opacity="0.9"/>'
    )
    capsule_width = text.width(words.hedge, text.LABEL_SIZE) + 10 if words.hedge else 0.0
    beside = capsule_width if words.beside else 0.0
    middle = box.x - (beside + 3) / 2 if beside else box.x
    first = box.y + 3.7 if beside else box.top + 11
    lines = _lines(words.lines, middle, first, text.LABEL_LINE, f'class="say" fill="{line.ink}"')
    if words.hedge:
        x = box.right - 3 - capsule_width / 2 if beside else box.x
        y = box.y if beside else box.bottom - 1 - text.CAPSULE / 2
        lines += marks.capsule(words.hedge, Box(x, y, capsule_width, text.CAPSULE - 1))
    return f'<g class="label" data-edge="{at}">{ground}{lines}</g>\n'


def _node(at: int, placed: PlacedNode, picture: Picture) -> str:
    node = placed.node
    focus = " focus" if node.id == picture.focus else ""
    return (
        f'<g class="node {node.kind}{focus}" data-node="{at}" data-kind="{node.kind}" font-size="{num(placed.size)}">'
        f"<title>{said(told_of(node))}</title>{thing(placed, bool(focus))}</g>\n"
    )


def told_of(node: Node) -> str:
    """What the tooltip of a thing says."""
    return f"{node.label} ({grammar.SHAPES[node.kind].legend})" + (f"\n{node.note}" if node.note else "")


def thing(placed: PlacedNode, focus: bool) -> str:
    """The shape of a thing with its words in it."""
    shape, box = grammar.SHAPES[placed.node.kind], placed.box
    first = box.y - (len(placed.lines) - 1) * placed.size * 0.61 + placed.size * 0.36
    weight = ' font-weight="bold"' if focus else ' font-style="italic"' if placed.node.kind == "gap" else ""
    return marks.shape(shape, box) + _lines(placed.lines, box.x, first, placed.size * 1.22, f'fill="{shape.ink}"{weight}')


def _lines(lines: Sequence[str], x: float, y: float, step: float, look: str) -> str:
    """Centred lines of text; the group around them says how large."""
    return "".join(
        f'<text x="{num(x)}" y="{num(y + at * step)}" {look}>{said(line)}</text>' for at, line in enumerate(lines)
    )
