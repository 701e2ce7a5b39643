"""Everything derived under a policy, edges and judgements, so that two states of it can be held against each other."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kgtool import __version__
from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.store import GraphStore, Manifest, Store
from kgtool.terms import GRAPH, KG, Term, matter

if TYPE_CHECKING:
    from kgtool.judge.asked import Asked

COLUMNS = ("kind", "what", "before", "after", "because")
STANDS = (Literal("stands"),)


@dataclass(frozen=True)
class Matter:
    """What an edge or a judgement is about, whatever it says of it."""

    kind: str
    about: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Finding:
    """What is derived of a matter, and why; ``named`` is what the names of its judgements begin with."""

    verdicts: tuple[Term, ...]
    because: str
    named: str = field(default="", compare=False)


State = Mapping[Matter, Finding]


def state(store: Store, queries: Mapping[str, Query], policy: str) -> dict[Matter, Finding]:
    """All edges and judgements of one policy."""
    found = store.select(queries["plain-edges"].bind({"policy": policy})).rows
    return {**edges(store, found), **judgements(store, queries, {"policy": policy})}


def decided_otherwise(before: State, after: State) -> list[Matter]:
    """Matters of which only one of the two says something, or the two say different things."""
    return _where(before, after, lambda found: found and found.verdicts)


def changed(before: State, after: State) -> list[Matter]:
    """Those, and the matters on which the verdict stays and its reason changes."""
    return _where(before, after, lambda found: found)


def _where(before: State, after: State, part: Callable[[Finding | None], object]) -> list[Matter]:
    differing = (m for m in before.keys() | after.keys() if part(before.get(m)) != part(after.get(m)))
    return sorted(differing, key=lambda m: (m.kind, m.about))


def rows(matters: Iterable[Matter], before: State, after: State, store: Store) -> list[tuple[Term | None, ...]]:
    """Each matter in words, with what the two say of it, None where one says nothing."""
    shown = list(matters)
    found = [found for matter in shown for found in (before.get(matter), after.get(matter)) if found]
    spoken_of = {iri for matter in shown for pair in matter.about for iri in pair if iri.startswith("http")}
    names = store.labels(spoken_of | {verdict.value for one in found for verdict in one.verdicts if verdict not in STANDS})
    return [_row(matter, before.get(matter), after.get(matter), names, store) for matter in shown]


def _row(
    matter: Matter, was: Finding | None, now: Finding | None, names: Mapping[str, str], store: Store
) -> tuple[Term | None, ...]:
    verdicts = (_verdict(found.verdicts, names, store) if found else None for found in (was, now))
    return NamedNode(matter.kind), Literal(_words(matter, names, store)), *verdicts, Literal((now or was).because)


def _verdict(verdicts: tuple[Term, ...], names: Mapping[str, str], store: Store) -> Term:
    """The one verdict as the thing it is; several in words."""
    if len(verdicts) == 1:
        return verdicts[0]
    return Literal(" and ".join(names.get(verdict.value) or store.prefixes.show(verdict) for verdict in verdicts))


def edges(store: Store, found: Iterable[tuple[Term | None, ...]]) -> dict[Matter, Finding]:
    """Edges by what they say, from rows of subject, relation, object and a claim, those of an edge together."""
    ends = ("subject", "relation", "object")
    return {
        Matter(KG + "Edge", tuple((end, term.value) for end, term in zip(ends, triple, strict=True))): Finding(
            STANDS, " ".join(store.prefixes.contract(claim.value) for *_, claim in rows)
        )
        for triple, rows in groupby(found, key=lambda row: row[:3])
    }


def judgements(
    store: Store, queries: Mapping[str, Query], asked: Mapping[str, str | tuple[str, ...] | None]
) -> dict[Matter, Finding]:
    """Judgements by what they are about, those that the queries are ``asked`` for; where two are about the same, both
    verdicts count as what is said of it."""
    about: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for judgement, part, value in store.select(queries["judged-matters"].bind(asked)).rows:
        about[judgement.value].append((part.value, value.value))
    found: dict[Matter, list[Finding]] = defaultdict(list)
    for judgement, kind, verdict, reason in store.select(queries["judgements"].bind(asked)).rows:
        about_this = Matter(kind.value, tuple(sorted(about[judgement.value])))
        found[about_this].append(Finding((verdict,), reason.value, matter(judgement.value)))
    return {
        about_this: Finding(
            tuple(sorted({verdict for f in of for verdict in f.verdicts}, key=str)), " / ".join(sorted({f.because for f in of})),
            of[0].named,
        )
        for about_this, of in found.items()
    }


def _words(matter: Matter, names: Mapping[str, str], store: Store) -> str:
    def name(iri: str) -> str:
        return names.get(iri) or store.prefixes.contract(iri)

    if matter.kind == KG + "Edge":
        return " ".join(name(value) for _, value in matter.about)
    return "; ".join(f"{name(part)} {name(value)}" for part, value in matter.about)


def made_from(asked: Asked) -> Answer:
    """The rows of the query, then each named graph that answers are made from, with its digest, then the programs."""
    graphs = [(Literal("graph"), name, Literal(_digest(asked.store, name))) for name in _authored_graphs(asked.store)]
    programs = [("kgtool", __version__), tuple(Manifest.engine.split())]
    found = [
        *asked.rows.rows,
        *graphs,
        *((Literal("program"), Literal(name), Literal(version)) for name, version in programs),
    ]
    return Answer(asked.rows.columns, tuple(found), asked.rows.prefixes)


def is_derived(graph: str) -> bool:
    """Whether a build makes this graph from the others."""
    name = graph.removeprefix(GRAPH)
    return name in ("edge-reasons", "tallies", "uses") or name.startswith(("ancestors-", "edges-", "judgements-"))


def _authored_graphs(store: GraphStore) -> list[NamedNode]:
    # the questions stand in the graph as examples for editors; no answer is made from another question
    return [NamedNode(graph) for graph in store.graphs() if not is_derived(graph) and graph != GRAPH + "questions"]


def _digest(store: Store, graph: NamedNode) -> str:
    lines = sorted(str(quad.triple) for quad in store.quads(graph.value))
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return f"{len(lines)} triples, sha256 {digest}"
