"""The parts of a picture, drawn but not placed: what a script that lays them out in a browser starts from.

The grammar stays in one place: the script is handed colours, dashes, end marks, shapes and wrapped words, and adds only
where they stand.
"""

from __future__ import annotations

from kgtool.views import claims, grammar, key, layout, marks, svg, text
from kgtool.views.geometry import OUTLINES
from kgtool.views.picture import Edge, Node, Picture

Part = dict[str, object]


def of(picture: Picture) -> Part:
    """A picture as JSON holds it: edges strongest first, each thing around the origin, and the grammar they use."""
    picture = grammar.checked(picture)
    edges = claims.strongest_first(picture.edges, picture.focus)
    return {
        "title": picture.title,
        "caption": picture.caption,
        "notice": picture.notice,
        "focus": picture.focus,
        "hidden": picture.hidden,
        "nodes": [_thing(node, node.id == picture.focus) for node in picture.nodes],
        "edges": [_line(edge) for edge in edges],
        "lines": {kind: _line_look(kind) for kind in grammar.LINES},
        "shapes": {kind: {"legend": grammar.SHAPES[kind].legend, "sample": key.shape_sample(kind)} for kind in grammar.SHAPES},
    }


def _thing(node: Node, focus: bool) -> Part:
    placed = layout.sized(node, node.id if focus else "")
    outline = OUTLINES[grammar.SHAPES[node.kind].outline](placed.box.grown(2))
    return {
        "id": node.id, "label": node.label, "kind": node.kind, "told": svg.told_of(node), "size": placed.size,
        "width": round(placed.box.width, 1), "height": round(placed.box.height, 1),
        "outline": [[round(x, 1), round(y, 1)] for x, y in outline],
        "drawn": svg.thing(placed, focus),
    }


def _line(edge: Edge) -> Part:
    words = text.label_words(edge.label, edge.hedge, 1)
    return {
        "start": edge.start, "end": edge.end, "evidence": edge.evidence, "label": edge.label, "hedge": edge.hedge,
        "sentence": edge.sentence, "claims": edge.claim.split(), "lines": list(words.lines), "capsule": words.hedge,
        "beside": words.beside, "width": round(words.width, 1), "height": round(words.height, 1),
    }


def _line_look(kind: str) -> Part:
    line = grammar.LINES[kind]
    return {
        "legend": line.legend, "sample": key.line_sample(kind), "colour": line.colour, "ink": line.ink, "width": line.width,
        "dash": line.dash, "end": marks.end(line), "covered": marks.covered(line),
    }
