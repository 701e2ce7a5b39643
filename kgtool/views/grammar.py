"""How each kind of edge and node looks: evidence on the edge, kind of thing on the node, nothing by colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from kgtool.errors import WrongUse
from kgtool.terms import did_you_mean
from kgtool.views.picture import Picture


@dataclass(frozen=True)
class Line:
    """The look of one kind of evidence. ``ink`` is ``colour`` darkened until text in it reads well on white."""

    legend: str
    colour: str
    ink: str
    width: float
    dash: str
    end: str


@dataclass(frozen=True)
class Shape:
    """The look of one kind of thing. ``outline`` names a drawing in ``geometry.OUTLINES``."""

    legend: str
    outline: str
    fill: str
    stroke: str
    ink: str
    width: float = 1.2
    dash: str = ""


# The bright hues are Okabe and Ito's, which colour-blind readers can tell apart; listed strongest evidence first.
LINES = {
    "approved": Line("said to be approved", "#009e73", "#00664b", 3.4, "", "arrow"),
    "trial": Line("trial result", "#0072b2", "#005485", 2.2, "", "hollow"),
    "used": Line("used, no approval claimed", "#e69f00", "#855c00", 2.2, "8 4", "arrow"),
    "believed": Line("believed", "#7d5ba6", "#5d3f86", 2.2, "0.1 4.4", "open"),
    "adverse": Line("side effect", "#cc79a7", "#93396a", 1.3, "", "tee"),
    "disputed": Line("disputed", "#d55e00", "#a34700", 2.2, "9 3 1.5 3", "cross"),
    "gap": Line("gap: not known or not done", "#8a929c", "#59616b", 1.5, "4 4", "ring"),
    "judged": Line("gap by the rules: open or contested", "#8a929c", "#59616b", 2.2, "2 3", "ring"),
    "sign": Line("sign of a disease", "#4f7f8c", "#3b636e", 1.3, "", "dot"),
    "said": Line("other claim", "#7b848f", "#4f5862", 1.3, "", "open"),
    "part": Line("part of", "#b4bac2", "#6a727c", 0.9, "", "none"),
}

SHAPES = {
    "drug": Shape("drug", "round", "#26323f", "#26323f", "#ffffff"),
    "condition": Shape("disease or condition", "box", "#dfe8f1", "#4a6078", "#16212c", 1.4),
    "context": Shape("sign within a disease", "double", "#eef3f8", "#4a6078", "#16212c"),
    "sign": Shape("sign", "pill", "#f1f5f9", "#7f90a3", "#16212c"),
    "study": Shape("study", "hexagon", "#e4f0ee", "#3f7a72", "#16212c"),
    "organisation": Shape("organisation", "bevel", "#f4f0e8", "#978a70", "#16212c"),
    "route": Shape("route", "slant", "#f5f5f6", "#8f959d", "#16212c"),
    "target": Shape("target", "octagon", "#efebf5", "#7f70a0", "#16212c"),
    "chemical": Shape("chemical", "round", "#efebf5", "#7f70a0", "#16212c"),
    "process": Shape("process", "arrow", "#f3f1ea", "#8d8560", "#16212c"),
    "source": Shape("source", "page", "#ffffff", "#8f959d", "#16212c"),
    "other": Shape("other", "box", "#f7f8f9", "#a4abb3", "#16212c", 1.0),
    # Hollow to the eye; the white ground keeps lines from showing through its words.
    "gap": Shape("gap", "round", "#ffffff", "#6f7780", "#4f5760", 1.6, "5 4"),
}


def checked(picture: Picture) -> Picture:
    """The picture with nodes and edges in their one order; what cannot be drawn is refused by name."""
    ids = {node.id for node in picture.nodes}
    if len(ids) < len(set(picture.nodes)):
        twice = sorted({a.id for a in picture.nodes for b in set(picture.nodes) if a.id == b.id and a != b})
        raise WrongUse(f"picture: two different nodes share the id {twice[0]!r}; give each thing one node")
    for node in picture.nodes:
        _known(node.kind, SHAPES, f"node {node.id!r}: unknown kind")
    for edge in picture.edges:
        _known(edge.evidence, LINES, f"edge {edge.start!r} to {edge.end!r}: unknown kind of evidence")
        for end in (edge.start, edge.end):
            _known(end, ids, f"edge {edge.start!r} to {edge.end!r}: no node has the id")
    for kind, _ in picture.legend:
        _known(kind, LINES, "legend: unknown kind of evidence")
    if picture.focus:
        _known(picture.focus, ids, "focus: no node has the id")
    return Picture(
        picture.title, tuple(sorted(set(picture.nodes))), tuple(sorted(set(picture.edges))), picture.focus,
        picture.hidden, picture.caption, picture.notice, tuple(sorted(picture.legend)),
    )


def _known(name: str, known: dict | set, problem: str) -> None:
    if name not in known:
        listed = f"the kinds are {', '.join(known)}" if isinstance(known, dict) else "add the node first"
        raise WrongUse(f"picture: {problem} {name!r}; {did_you_mean(name, known) or listed}")


def legend_words(picture: Picture, evidence: str) -> str:
    """What the legend calls this kind of evidence: the caller's words before ours."""
    return dict(picture.legend).get(evidence, LINES[evidence].legend)


def evidence_counts(picture: Picture) -> dict[str, int]:
    """How many edges of each kind of evidence occur, strongest first."""
    found = [edge.evidence for edge in picture.edges]
    return {kind: found.count(kind) for kind in LINES if kind in found}


def kind_counts(picture: Picture) -> dict[str, int]:
    """How many nodes of each kind of thing occur."""
    found = [node.kind for node in picture.nodes]
    return {kind: found.count(kind) for kind in SHAPES if kind in found}
