"""A picture as values: nodes, edges, and what must be said beneath them. Nothing here knows where things stand."""

from __future__ import annotations

from dataclasses import dataclass

from kgtool.terms import NOT_MEDICAL_ADVICE


@dataclass(frozen=True, order=True)
class Node:
    """One thing in a picture. ``kind`` is a key of ``grammar.SHAPES``; ``note`` is what the tooltip adds."""

    id: str
    label: str
    kind: str
    note: str = ""


@dataclass(frozen=True, order=True)
class Edge:
    """One claim in a picture. ``evidence`` is a key of ``grammar.LINES``; ``hedge`` is the source's own cue ("can")."""

    start: str
    end: str
    evidence: str
    label: str
    sentence: str
    claim: str = ""
    hedge: str = ""


@dataclass(frozen=True)
class Picture:
    """What is drawn. ``hidden`` counts the edges left out; ``legend`` overrides legend words by kind of evidence.

    The order of nodes and edges has no meaning: every order gives the same bytes.
    """

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    focus: str = ""
    hidden: int = 0
    caption: str = ""
    notice: str = NOT_MEDICAL_ADVICE
    legend: tuple[tuple[str, str], ...] = ()
