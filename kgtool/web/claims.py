"""Claims as pages show them: who says what, how surely, and in which words where the text is at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from kgtool import passages
from kgtool.answer import Answer
from kgtool.graph import Graph
from kgtool.terms import KG, Term
from kgtool.web.visit import Cell, Visit

MOST = 400


@dataclass(frozen=True)
class Said:
    """One claim. ``quote`` is its passage as the source has it, empty where the text is not at hand; ``place`` tells
    where the passage stands, empty where no place was recorded."""

    claim: Cell
    subject: Cell
    relation: Cell
    object: Cell
    words: str
    polarity: str
    modality: str
    hedge: str
    open_list: bool
    gap: bool
    version: Cell
    source_type: str
    place: str
    quote: str
    side: str = "subject"

    @property
    def hedged(self) -> bool:
        return self.modality not in ("flat", "")

    @property
    def anchor(self) -> str:
        return self.claim.id.partition(":")[2]


def read(visit: Visit, rows: Answer) -> list[Said]:
    """The rows of queries/view/thing-claims.rq or version-claims.rq, each claim once a side."""
    labels = visit.graph.labelled(rows).labels
    records = [dict(zip(rows.columns, row, strict=True)) for row in rows.rows]
    return [_said(visit, row, labels) for row in records]


def _said(visit: Visit, row: Mapping[str, Term | None], labels: Mapping[str, str]) -> Said:
    def cell(name: str) -> Cell:
        return visit.cell(row[name], labels)

    def text(name: str) -> str:
        return row[name].value if row.get(name) is not None else ""

    return Said(
        cell("claim"), cell("subject"), cell("relation"), cell("object"), text("words"),
        local(text("polarity")), local(text("modality")), text("hedge"), local(text("list")) == "openList",
        text("kind") == KG + "GapClaim", cell("version"), labels.get(text("sourceType"), ""), _place(text),
        quote(visit.graph, text("version"), text("section"), text("start"), text("end")), text("side") or "subject",
    )


def local(iri: str) -> str:
    """The last part of an IRI of our vocabulary."""
    return iri.removeprefix(KG)


def _place(text) -> str:
    if not text("start"):
        return ""
    return f"{text('start')}–{text('end')}" + (f" of {text('section')}" if text("section") else "")


def quote(graph: Graph, version: str, section: str, start: str, end: str) -> str:
    """A passage in the source's own words, from the reader's own copy."""
    if not start or version not in graph.texts:
        return ""
    return passages.within(graph.texts[version], section)[int(start):int(end)]


@dataclass(frozen=True)
class Group:
    """The claims of one relation; ``of`` tells whether the thing is their subject, their object, or part of it."""

    of: str
    relation: Cell
    claims: tuple[Said, ...]


def grouped(claims: Iterable[Said]) -> list[Group]:
    """Claims in the order they come in, parted where the relation changes."""
    return [Group(*key, tuple(group)) for key, group in groupby(claims, key=lambda said: (said.side, said.relation))]
