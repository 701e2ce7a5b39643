"""A source with its versions side by side, and one version with its text and the passages lit in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from kgtool import passages
from kgtool.errors import DataError
from kgtool.terms import KG
from kgtool.web import claims
from kgtool.web.claims import Said
from kgtool.web.kept import selected
from kgtool.web.visit import Visit

MOST = 200


@dataclass(frozen=True)
class Piece:
    """A stretch of a text over which the same claims stand; ``begins`` are those whose passage starts with it."""

    text: str
    claims: tuple[str, ...] = ()
    begins: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Section:
    """One text of a version: the whole of it, or what a section of a record holds."""

    name: str
    pieces: tuple[Piece, ...]


def source(visit: Visit, iri: str, named: dict) -> str:
    graph = visit.graph
    versions = graph.labelled(selected(graph, graph.views["source-versions"].bind({"thing": iri})))
    changes = graph.labelled(selected(graph, graph.views["source-changes"].bind({"thing": iri})))
    records = [dict(zip(changes.columns, row, strict=True)) for row in changes.rows]
    pairs = [(*(visit.cell(version, changes.labels) for version in pair), [_change(visit, row, changes) for row in rows])
             for pair, rows in groupby(records, key=lambda row: (row["earlier"], row["version"]))]
    return visit.html("source.html", **named, versions=visit.table(versions).rows, pairs=pairs,
                      query=graph.views["source-changes"].bind({"thing": iri}))


def _change(visit: Visit, row: dict, changes) -> dict:
    def text(name: str) -> str:
        return row[name].value if row[name] is not None else ""

    return {
        "verdict": claims.local(text("verdict")), "label": changes.short(row["verdict"]),
        "judgement": visit.thing(text("judgement")),
        **{name: text(name) for name in ("before", "beforeHedge", "after", "afterHedge")},
        **{name: visit.cell(row[name], changes.labels) for name in ("earlierClaim", "laterClaim")},
    }


def version(visit: Visit, iri: str, named: dict) -> str:
    graph = visit.graph
    query = graph.views["version-claims"].bind({"thing": iri})
    found, first = selected(graph, query), visit.first
    rows = replace(found, rows=found.rows[first:first + MOST])
    said = claims.read(visit, rows)
    spans = [(row[rows.columns.index("section")], row[rows.columns.index("start")], row[rows.columns.index("end")])
             for row in rows.rows]
    return visit.html("version.html", **named, claims=said, sections=list(_sections(visit, iri, said, spans)),
                      at_hand=iri in graph.texts, query=query, kg=KG,
                      first=first, most=MOST, count=len(found))


def _sections(visit: Visit, iri: str, said: list[Said], spans: list) -> Iterable[Section]:
    if iri not in visit.graph.texts:
        return
    placed = [(section.value if section else "", int(start.value), int(end.value), one)
              for (section, start, end), one in zip(spans, said, strict=True) if start is not None]
    for name, group in groupby(sorted(placed, key=lambda p: (p[0], p[1], p[2], p[3].anchor)), key=lambda p: p[0]):
        try:
            text = passages.within(visit.graph.texts[iri], name)
        except DataError:
            continue  # the validation report says which section is missing
        yield Section(name, tuple(pieces(text, [(start, end, one) for _, start, end, one in group])))


def pieces(text: str, spans: list[tuple[int, int, Said]]) -> Iterable[Piece]:
    """A text cut wherever a passage starts or ends, so that passages which overlap can all be lit."""
    cuts = sorted({0, len(text), *(at for start, end, _ in spans for at in (start, end) if 0 <= at <= len(text))})
    for start, end in pairwise(cuts):
        over = tuple(one.anchor for first, last, one in spans if first <= start and end <= last)
        yield Piece(text[start:end], over, tuple(one for first, _, one in spans if first == start))
