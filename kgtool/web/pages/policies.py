"""The policies, and what differs between two of them: how much of each kind, and the matters of one kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, combinations

from kgtool import judge
from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.errors import WrongUse
from kgtool.judge import apart, derived
from kgtool.judge import policies as compared
from kgtool.judge.apart import Apart, Names
from kgtool.terms import KG, did_you_mean
from kgtool.web.kept import kept
from kgtool.web.page import Page
from kgtool.web.visit import Cell, Visit

ONE, OTHER = "everything-said", "regulators-only"
MOST, MOST_IN_PART = 40, 500
_LABELLED = ("kind", "before", "after")


def html(visit: Visit) -> str:
    """All of them, or two held against each other where that is asked for."""
    graph = visit.graph
    names = sorted(map(graph.names.label, graph.names.of_kind(KG + "Policy")))
    pairs = list(combinations(names, 2))
    if visit.given:
        return visit.html("compared.html", pairs=pairs, asked=_asked(visit), first=visit.first, most=MOST, **_compared(visit))
    listed = kept(graph, "policies", lambda: graph.labelled(graph.store.select(graph.views["policies"].text)))
    return visit.html("policies.html", policies=visit.table(listed).rows, pairs=pairs,
                      query=graph.views["policies"].text)


def _compared(visit: Visit) -> dict[str, object]:
    """What differs: counted by kind, and of one kind matter by matter."""
    pair, found = _pair(visit), _apart(visit)
    counts = apart.counts(found, *pair)
    kind, labels = _kind(visit, counts), visit.graph.store.labels(counts)
    shown = apart.matters(found, *pair, kind, visit.first, MOST) if kind else []
    rows = _told(visit, kind, shown) if shown else ()
    parts = [what.text.split("; ") for what, *_ in rows]
    alike = [part for part in parts[0] if all(part in others for others in parts)] if len(parts) > 1 else []
    return {
        "kinds": [(of.removeprefix(KG), labels.get(of, of), count) for of, count in counts.items()],
        "kind": kind.removeprefix(KG), "count": counts.get(kind, 0), "alike": alike,
        "rows": [(*row, [part for part in of if part not in alike] or of) for row, of in zip(rows, parts, strict=True)],
    }


def _kind(visit: Visit, counts: Mapping[str, int]) -> str:
    """That which is asked for, else the first of which anything differs; empty where nothing does."""
    asked, known = visit.given.get("kind", ""), [kind.removeprefix(KG) for kind in counts]
    if asked and asked not in known:
        raise WrongUse(f"nothing of kind {asked!r} differs; {did_you_mean(asked, known) or 'leave kind out to see what does'}")
    return KG + (asked or known[0]) if known else ""


def _pair(visit: Visit) -> tuple[str, str]:
    one, other = map(visit.graph.policy, _asked(visit))
    return one, other


def _apart(visit: Visit) -> Apart:
    graph, pair = visit.graph, _pair(visit)
    return kept(graph, ("apart", *pair), lambda: apart.of(graph.store, _queries(visit), *pair))


def _told(visit: Visit, kind: str, shown: list[Names]) -> tuple[tuple[Cell, ...], ...]:
    graph, asked = visit.graph, ("said", *_pair(visit), kind, visit.first)
    before, after = kept(graph, asked, lambda: compared.said(graph.store, _queries(visit), kind, shown))
    told = compared.rows(graph.store, before, after)
    answer = Answer((), tuple(tuple(row) for _, *row in told), graph.store.prefixes)
    return visit.table(graph.labelled(answer)).rows


def _queries(visit: Visit) -> Mapping[str, Query]:
    return kept(visit.graph, "what judges read", lambda: judge.queries(visit.graph.project))


def json(visit: Visit) -> Iterator[str]:
    told = chain.from_iterable(_parts(visit))
    return visit.json_in_parts({"policies": _asked(visit)}, "differing", told)


def csv(visit: Visit) -> Iterator[str]:
    return visit.csv_in_parts(part.labelled(_LABELLED) for part in _parts(visit))


def turtle(visit: Visit) -> bytes:
    """What the policies say: all of them, or the two that are held against each other."""
    return visit.turtle(_pair(visit) if visit.given else visit.graph.names.of_kind(KG + "Policy"))


def _parts(visit: Visit) -> Iterator[Answer]:
    """Whatever page of it is shown: every matter of the kind that is asked for, else of all kinds, a part at a time; at least
    one part, which may be empty."""
    graph, pair, found = visit.graph, _pair(visit), _apart(visit)
    counts = apart.counts(found, *pair)
    asked = [_kind(visit, counts)] if visit.given.get("kind") else list(counts)
    for kind, first in ((of, at) for of in asked for at in range(0, counts[of], MOST_IN_PART)):
        matters = apart.matters(found, *pair, kind, first, MOST_IN_PART)
        told = compared.rows(graph.store, *compared.said(graph.store, _queries(visit), kind, matters))
        yield graph.labelled(Answer(derived.COLUMNS, tuple(told), graph.store.prefixes))
    if not asked:
        yield Answer(derived.COLUMNS, (), graph.store.prefixes)


def _asked(visit: Visit) -> tuple[str, str]:
    return visit.given.get("one") or ONE, visit.given.get("other") or OTHER


PAGE = Page({"html": html, "json": json, "ttl": turtle, "csv": csv}, ("one", "other", "kind", "from"))
