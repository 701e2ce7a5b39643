"""Claims as pages show them: who says what, how surely, and in which words where the text is at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from kgtool import passages
from kgtool.answer import Answer
from kgtool.graph import Graph
from kgtool.terms import KG, RDF, Term
from kgtool.web.kept import kept
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


_PARTS = {
    RDF + "type": "kind", RDF + "subject": "subject", RDF + "predicate": "relation", RDF + "object": "object",
    **{KG + part: name for part, name in (
        ("polarity", "polarity"), ("modality", "modality"), ("hedgeCue", "hedge"), ("listCompleteness", "list"),
        ("inOwnWords", "words"), ("saidIn", "version"), ("start", "start"), ("end", "end"), ("section", "section"),
    )},
}
_COLUMNS = ("side", "claim", *_PARTS.values(), "sourceType")


def touching(visit: Visit, parts: Answer) -> list[Said]:
    """The claims of queries/view/thing-claims.rq, those of one relation together, at most MOST of them."""
    graph = visit.graph
    types = kept(graph, "version types", lambda: dict(graph.store.select(graph.views["version-types"].text).rows))
    found: dict[tuple[Term, Term], dict[str, Term | None]] = {}
    for side, claim, part, value in parts.rows:
        record = found.setdefault((side, claim), dict.fromkeys(_COLUMNS) | {"side": side, "claim": claim})
        if (name := _PARTS.get(part.value)) and record[name] is None:
            record[name] = value
    whole = [record | {"sourceType": types.get(record["version"])} for record in found.values() if record["words"] is not None]
    order = {"subject": 0, "object": 1, "context": 2}
    by = ("relation", "object", "subject", "claim")
    whole.sort(key=lambda record: (order[record["side"].value], *(str(record[name]) for name in by)))
    rows = tuple(tuple(record[column] for column in _COLUMNS) for record in whole[:MOST])
    return read(visit, Answer(_COLUMNS, rows, parts.prefixes))


def read(visit: Visit, rows: Answer) -> list[Said]:
    """The rows of queries/view/version-claims.rq, or such as are made of parts."""
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
