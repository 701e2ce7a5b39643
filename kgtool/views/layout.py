"""Places for everything in a picture: boxes that hold their text, none over another, the same in every run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kgtool.views import grammar, polish, routes, stress, text
from kgtool.views.geometry import Box
from kgtool.views.picture import Edge, Node, Picture
from kgtool.views.routes import PlacedEdge


@dataclass(frozen=True)
class PlacedNode:
    """A node with its box, its wrapped text and the size of that text."""

    node: Node
    box: Box
    lines: tuple[str, ...]
    size: float


@dataclass(frozen=True)
class Layout:
    """A picture with places, its top left corner at (0, 0)."""

    picture: Picture
    width: float
    height: float
    nodes: tuple[PlacedNode, ...]
    edges: tuple[PlacedEdge, ...]


GAP_ACROSS, GAP_DOWN = 20.0, 15.0
MARGIN = 14.0
_CROSSED = 0.35  # lines under labels of others that are borne, for each line
_PADDING = {"hexagon": 34, "pill": 26, "double": 30, "octagon": 26, "slant": 30, "arrow": 34}


def arranged(picture: Picture) -> Layout:
    """The picture laid out. No two boxes meet; a label that finds no free place is left to the tooltip."""
    picture = grammar.checked(picture)
    nodes = [sized(node, picture.focus) for node in picture.nodes]
    bundles = routes.bundles(picture.edges)
    roots = _packed([_component(members, bundles, picture.focus) for members in _components(nodes, picture.edges)])
    nodes = sorted(roots, key=lambda placed: placed.node)
    nodes, edges = _with_room_for_labels(nodes, bundles)
    return _cornered(picture, nodes, edges)


def sized(node: Node, focus: str) -> PlacedNode:
    """Size by role: the focus large, conditions and drugs next, everything around them small."""
    size = 15.0 if node.id == focus else 12.0 if node.kind in ("drug", "condition", "context") else 11.0
    most = 5 if node.kind == "gap" else 3  # what is missing is told whole: nothing else tells it
    lines = text.wrapped(node.label, 18, most) or ("(no label)",)
    padding = _PADDING.get(grammar.SHAPES[node.kind].outline, 20)
    bold = 1.08 if node.id == focus else 1.0
    wide = max(text.width(line, size) for line in lines) * bold + padding
    return PlacedNode(node, Box(0, 0, max(wide, 40.0), len(lines) * size * 1.22 + size + 2), lines, size)


def _components(nodes: list[PlacedNode], edges: Iterable[Edge]) -> list[list[PlacedNode]]:
    """Nodes that hang together, largest company first."""
    joined: dict[str, set[str]] = {placed.node.id: set() for placed in nodes}
    for edge in edges:
        joined[edge.start].add(edge.end)
        joined[edge.end].add(edge.start)
    seen: set[str] = set()
    found = [_reached(placed.node.id, joined, seen) for placed in nodes if placed.node.id not in seen]
    companies = [[placed for placed in nodes if placed.node.id in members] for members in found]
    return sorted(companies, key=lambda company: -len(company))


def _reached(start: str, joined: dict[str, set[str]], seen: set[str]) -> set[str]:
    queue = [start]
    seen.add(start)
    for node in queue:
        fresh = sorted(joined[node] - seen)
        seen.update(fresh)
        queue.extend(fresh)
    return set(queue)


def _component(nodes: list[PlacedNode], bundles: list[routes.Bundle], focus: str) -> list[PlacedNode]:
    number = {placed.node.id: at for at, placed in enumerate(nodes)}
    own = [bundle for bundle in bundles if bundle.start in number and bundle.start != bundle.end]
    links = [_link(bundle, nodes, number) for bundle in own]
    degree = [sum(at in (link.start, link.end) for link in links) for at in range(len(nodes))]
    root = number.get(focus, max(range(len(nodes)), key=lambda at: (degree[at], -at)))
    placings = stress.placings(len(nodes), links, root)
    tried = [_apart([_spaced(p.box, x, y) for p, (x, y) in zip(nodes, points, strict=True)]) for points in placings]
    return [_at(placed, box.x, box.y) for placed, box in zip(nodes, _best(tried, links), strict=True)]


def _best(tried: list[list[Box]], links: list[stress.Link]) -> list[Box]:
    """Polishes the most promising placings and keeps the calmest; a crowd stays as stress left it."""
    if len(tried[0]) > 64 or len(links) > 130:
        return tried[0]
    promising = sorted(tried, key=lambda boxes: polish.unrest(boxes, links))[: 3 if len(tried[0]) <= 45 else 1]
    polished = [polish.polished(boxes, links) for boxes in promising]
    calmest = min(polished, key=lambda boxes: polish.unrest(boxes, links))
    # With a little more room some boxes find places that were shut before.
    roomier = polish.polished([_scaled(box, 1.15) for box in calmest], links)
    return min(calmest, roomier, key=lambda boxes: polish.unrest(boxes, links))


def _scaled(box: Box, factor: float) -> Box:
    return Box(box.x * factor, box.y * factor, box.width, box.height)


def _spaced(box: Box, x: float, y: float) -> Box:
    """A box with the air around it that no other box may enter."""
    return Box(x, y, box.width + GAP_ACROSS, box.height + GAP_DOWN)


def _link(bundle: routes.Bundle, nodes: list[PlacedNode], number: dict[str, int]) -> stress.Link:
    """Long enough for both boxes and the label between them; widths count less, since the plane is stretched."""
    start, end = number[bundle.start], number[bundle.end]
    halves = sum(0.25 * nodes[at].box.width / stress.WIDE + 0.25 * nodes[at].box.height for at in (start, end))
    room = 0.4 * bundle.words.width / stress.WIDE + 0.5 * bundle.words.height
    label = bundle.words.width, bundle.words.height
    return stress.Link(start, end, 34 + halves + room, list(grammar.LINES).index(bundle.evidence), label)


def _apart(boxes: list[Box]) -> list[Box]:
    """Pushes meeting boxes apart by the shorter way; where that jams, everything moves outwards first."""
    boxes = [box.shifted(0.01 * at, 0) for at, box in enumerate(boxes)]
    while not _pushed(boxes):
        boxes = [_scaled(box, 1.15) for box in boxes]
    return boxes


def _pushed(boxes: list[Box]) -> bool:
    """Whether a bounded number of rounds freed every box of every other; moves them in place."""
    for _ in range(60 if len(boxes) <= 150 else 12):
        meeting = list(_meeting(boxes))
        if not meeting:
            return True
        for one, other in meeting:
            boxes[one], boxes[other] = _parted(boxes[one], boxes[other])
    return not any(True for _ in _meeting(boxes))


def _meeting(boxes: list[Box]) -> Iterable[tuple[int, int]]:
    order = sorted(range(len(boxes)), key=lambda at: (boxes[at].left, at))
    for place, one in enumerate(order):
        for other in order[place + 1 :]:
            if boxes[other].left >= boxes[one].right:
                break
            if boxes[one].meets(boxes[other]):
                yield one, other


def _parted(one: Box, other: Box) -> tuple[Box, Box]:
    across = (one.width + other.width) / 2 - abs(one.x - other.x)
    down = (one.height + other.height) / 2 - abs(one.y - other.y)
    if across <= 0 or down <= 0:
        return one, other
    if across < down:
        push = (across / 2 + 0.05) * (1 if one.x >= other.x else -1)
        return one.shifted(push, 0), other.shifted(-push, 0)
    push = (down / 2 + 0.05) * (1 if one.y >= other.y else -1)
    return one.shifted(0, push), other.shifted(0, -push)


def _packed(companies: list[list[PlacedNode]]) -> list[PlacedNode]:
    """Separate companies side by side in rows, about as wide as the largest or a screen."""
    bounds = [_bounds(p.box for p in company) for company in companies]
    row_width = max([900.0, *(bound.width for bound in bounds)])
    placed, left, top, row_height = [], 0.0, 0.0, 0.0
    for company, bound in zip(companies, bounds, strict=True):
        if left and left + bound.width > row_width:
            left, top, row_height = 0.0, top + row_height + 40, 0.0
        placed += [_at(p, p.box.x + left - bound.left, p.box.y + top - bound.top) for p in company]
        left, row_height = left + bound.width + 40, max(row_height, bound.height)
    return placed


def _with_room_for_labels(
    nodes: list[PlacedNode], bundles: list[routes.Bundle]
) -> tuple[list[PlacedNode], list[PlacedEdge]]:
    """Spreads the boxes a little until every label has a place of its own, few of them on other lines; then draws the lines
    once more, around the labels. Large pictures get no second try."""
    edges = routes.routed(bundles, _boxes(nodes))
    for _ in range(4 if len(nodes) <= 64 else 2 if len(nodes) <= 100 else 0):
        nowhere, crossed = routes.disorder(edges)
        if not nowhere and crossed <= _CROSSED * len(edges):
            break
        nodes = [_at(p, p.box.x * 1.09, p.box.y * 1.09) for p in nodes]
        edges = routes.routed(bundles, _boxes(nodes))
    if len(nodes) <= 100 and any(routes.disorder(edges)):
        again = routes.routed(bundles, _boxes(nodes), [edge.label for edge in edges])
        edges = min(edges, again, key=routes.disorder)
    return nodes, edges


def _boxes(nodes: list[PlacedNode]) -> dict[str, tuple[Box, str]]:
    return {p.node.id: (p.box, grammar.SHAPES[p.node.kind].outline) for p in nodes}


def _cornered(picture: Picture, nodes: list[PlacedNode], edges: list[PlacedEdge]) -> Layout:
    drawn = [p.box for p in nodes] + [edge.label for edge in edges if edge.label]
    drawn += [Box(x, y, 6, 6) for edge in edges for x, y in edge.samples]
    if not drawn:
        return Layout(picture, 0.0, 0.0, (), ())
    bound = _bounds(drawn).grown(MARGIN)
    moved = tuple(_at(p, p.box.x - bound.left, p.box.y - bound.top) for p in nodes)
    return Layout(
        picture, bound.width, bound.height, moved, tuple(edge.shifted(-bound.left, -bound.top) for edge in edges)
    )


def _at(placed: PlacedNode, x: float, y: float) -> PlacedNode:
    return PlacedNode(placed.node, Box(x, y, placed.box.width, placed.box.height), placed.lines, placed.size)


def _bounds(boxes: Iterable[Box]) -> Box:
    boxes = list(boxes)
    left, right = min(box.left for box in boxes), max(box.right for box in boxes)
    top, bottom = min(box.top for box in boxes), max(box.bottom for box in boxes)
    return Box((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
