"""What follows from claims, as pages show it: kinds and verdicts with their counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kgtool.answer import Answer
from kgtool.graph import Graph
from kgtool.terms import KG, Term
from kgtool.web.kept import kept, selected
from kgtool.web.visit import Visit

# The order in which pages tell them: what a reader asks first comes first.
KINDS = (
    "LabelStatus", "CertaintyRating", "EvidenceLine", "GapStatus", "Dispute", "Transfer", "Join", "VersionChange", "Fidelity",
)
_COLUMNS = ("judgement", "kind", "verdict", "reason", "sign", "disease", "release")  # of queries/view/judgements-shown.rq
_AT_ONCE = 500


@dataclass(frozen=True)
class Verdict:
    """``name`` is the local name of the verdict ("ON"), by which its look is chosen; ``label`` what it is called."""

    name: str
    label: str
    count: int


@dataclass(frozen=True)
class Kind:
    name: str
    label: str
    count: int
    verdicts: tuple[Verdict, ...]


def about(visit: Visit, iri: str) -> list[Kind]:
    """The judgements about a thing, or from a claim, under the policy that is looked under, else the default one."""
    asked = visit.graph.views["verdicts-about"].bind({"thing": iri, **under(visit)})
    rows = visit.graph.labelled(selected(visit.graph, asked))
    return _kinds(rows.labels, ((kind.value, Verdict(verdict.value.removeprefix(KG), rows.short(verdict), int(count.value)))
                                for kind, verdict, count in rows.rows))


def under(visit: Visit) -> dict[str, str]:
    """The policy of a visit as a query takes it; empty where the default one is meant, which queries have themselves."""
    return {"policy": visit.graph.policy(visit.policy)} if visit.policy else {}


def shown(visit: Visit, judgements: Iterable[str]) -> list[dict[str, str]]:
    """Judgements in the order given, each with its kind, its verdict, its reason and its page."""
    asked = tuple(judgements)
    known = by_name(visit, asked)
    return [known[judgement] for judgement in asked if judgement in known]


def listed(visit: Visit, judgements: Sequence[str]) -> Answer:
    """Judgements as rows, by kind and verdict."""
    graph = visit.graph
    asked = [tuple(judgements[at:at + _AT_ONCE]) for at in range(0, len(judgements), _AT_ONCE)]
    found = [row for part in asked for row in graph.store.select(graph.views["judgements-shown"].bind({"judgement": part})).rows]
    in_order = sorted(found, key=lambda row: (row[1].value, row[2].value, row[0].value, str(row)))
    return graph.labelled(Answer(_COLUMNS, tuple(in_order), graph.store.prefixes))


def by_name(visit: Visit, judgements: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """The same, by their IRIs."""
    if not judgements:
        return {}
    graph = visit.graph
    rows = selected(graph, graph.views["judgements-shown"].bind({"judgement": judgements})).rows
    labels = graph.store.labels({term.value for _, kind, verdict, _, *of in rows for term in (kind, verdict, *of) if term})
    return {judgement.value: {
        "kind": labels.get(kind.value, ""), "verdict": verdict.value.removeprefix(KG), "label": labels.get(verdict.value, ""),
        "reason": reason.value, "link": visit.thing(judgement.value), "of": _made_for(*of, labels),
    } for judgement, kind, verdict, reason, *of in rows}


def _made_for(sign: Term | None, disease: Term | None, release: Term | None, labels: Mapping[str, str]) -> str:
    """The condition and the release of a hierarchy that a judgement was made for, by which it differs from others that have
    the same reason."""
    named = [labels.get(term.value, "") if term else "" for term in (sign, disease, release)]
    return " · ".join(filter(None, [" in ".join(filter(None, named[:2])), named[2]]))


def overall(visit: Visit) -> list[Kind]:
    """All judgements under the default policy."""
    rows = overview(visit.graph)
    return _kinds(rows.labels, ((what.value, Verdict(verdict.value.removeprefix(KG), rows.short(verdict), int(count.value)))
                                for what, verdict, count in rows.rows if verdict is not None))


def overview(graph: Graph) -> Answer:
    """Everything counted, which goes over the whole graph: once for each."""
    return kept(graph, "overview", lambda: graph.labelled(graph.store.select(graph.views["overview"].text)))


def _kinds(labels, found: Iterable[tuple[str, Verdict]]) -> list[Kind]:
    by_kind: dict[str, list[Verdict]] = {}
    for kind, verdict in found:
        by_kind.setdefault(kind.removeprefix(KG), []).append(verdict)
    return [Kind(name, labels.get(KG + name, name), sum(v.count for v in by_kind[name]), tuple(by_kind[name]))
            for name in KINDS if name in by_kind]
