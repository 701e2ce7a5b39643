"""Gaps that were judged, as hollow things: what no study shows, whether or not a source says so itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kgtool.answer import Answer
from kgtool.terms import Prefixes, Term
from kgtool.views.picture import Edge, Node

CLOSED = "closed"


@dataclass(frozen=True)
class Gap:
    """One judgement. ``context`` is the outcome within the disease where that has a name of its own; ``stated`` are
    the claims that say so themselves, none where the gap was found by looking for studies."""

    judgement: str
    state: str
    would_close: str
    design: str
    drug: Node
    outcome: Node | None
    disease: Node | None
    context: Node | None
    stated: tuple[str, ...]

    @property
    def told(self) -> str:
        return f"Judged: {self.state} gap. What would close it: {self.would_close}."


def read(rows: Answer, kinds: Mapping[str, str]) -> list[Gap]:
    """The rows of queries/view/picture-gaps.rq; ``kinds`` are the kinds of things that a picture tells apart."""
    found: dict[str, list[dict[str, Term | None]]] = defaultdict(list)
    for row in rows.rows:
        record = dict(zip(rows.columns, row, strict=True))
        found[record["judgement"].value].append(record)
    return [_gap(records, kinds, rows.prefixes) for records in found.values()]


def _gap(records: list[dict[str, Term | None]], kinds: Mapping[str, str], prefixes: Prefixes) -> Gap:
    first = records[0]

    def node(name: str) -> Node | None:
        if first[name] is None:
            return None
        kind = first[f"{name}Kind"].value.rpartition("#")[2]
        return Node(prefixes.contract(first[name].value), first[f"{name}Label"].value, kinds.get(kind, "other"))

    stated = {prefixes.contract(record["stated"].value) for record in records if record["stated"] is not None}
    return Gap(
        prefixes.contract(first["judgement"].value), first["state"].value, first["wouldClose"].value,
        first["design"].value if first["design"] is not None else "",
        node("drug"), node("outcome"), node("disease"), node("context"), tuple(sorted(stated)),
    )


def parts(found: Iterable[Gap]) -> list[Node | Edge]:
    """A hollow thing for each gap that no source states: where one does, its claim already is one."""
    return [part for gap in found if not gap.stated and gap.state != CLOSED for part in _parts(gap)]


def _parts(gap: Gap) -> list[Node | Edge]:
    within = [(gap.context, "in")] if gap.context else [(gap.outcome, "on"), (gap.disease, "in")]
    told = [(node, label) for node, label in within if node]
    what = f"no {gap.design or 'study'} " + " ".join(f"{label} {node.label}" for node, label in told)
    missing = Node(f"gap of {gap.judgement}", what, "gap", gap.told)
    line = Edge(gap.drug.id, missing.id, "judged", f"{gap.state} gap", f"{gap.drug.label}: {what}. {gap.told}", gap.judgement)
    bound = [part for node, label in told for part in (node, Edge(missing.id, node.id, "part", label, f"{what}: {node.label}"))]
    return [gap.drug, missing, line, *bound]
