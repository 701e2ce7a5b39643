"""Uses that stand on another disease's approval: one sign, two diseases, and no controlled trial in the second."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kgtool.catalogue import Query
from kgtool.claim import Judgement
from kgtool.judge.gaps.known import APPROVED, kinds
from kgtool.judge.hierarchy import Hierarchies
from kgtool.store import Store
from kgtool.terms import KG

RULE = "unproven-transfer"


@dataclass(frozen=True)
class _Gap:
    """The missing trial of one use."""

    iri: str
    drug: str
    sign: str
    disease: str
    state: str


@dataclass(frozen=True)
class _Bridge:
    """What curators say of one disease and one sign: pairs of a curated sign and the claim for it, ``same`` for those
    that are the sign and ``opposite`` for those that speak against it; ``curated`` counts all of the disease's."""

    same: tuple[tuple[str, str], ...]
    opposite: tuple[tuple[str, str], ...]
    curated: int

    @property
    def found(self) -> tuple[tuple[str, str], ...]:
        return self.same + self.opposite

    @property
    def state(self) -> str:
        # where curators list both, the doubt is what a reader has to know first
        return "oppositeCurated" if self.opposite else "signCurated" if self.same else "signNotCurated"


def judge(store: Store, queries: Mapping[str, Query], policy: str, hierarchies: Hierarchies) -> list[Judgement]:
    """One judgement a drug, sign and disease whose missing trial is a gap that is not closed.

    Its verdict says whether curated signs of the disease hold the sign, an opposite of it, or neither.
    """
    approvals, uses = _said(store, queries, policy)
    bridge = _bridges(store, queries, policy, hierarchies)
    gaps = store.select(queries["missing-trials"].bind({"policy": policy})).rows
    pairs = [(_Gap(*(term.value for term in row)), bridge(row[2].value, row[3].value)) for row in gaps]
    named = {
        iri for gap, found in pairs for iri in (gap.drug, gap.sign, gap.disease, *(sign for sign, _ in found.found))
    }
    names = _Names(store, store.labels(named | {disease for of in approvals.values() for disease, _ in of}))
    return [
        _judged(gap, approvals[gap.drug, gap.sign], uses[gap.drug, gap.sign, gap.disease], found, names, policy)
        for gap, found in pairs
    ]


@dataclass(frozen=True)
class _Names:
    store: Store
    labels: Mapping[str, str]

    def of(self, iris: Iterable[str]) -> str:
        return ", ".join(sorted({self.labels.get(iri) or self.store.prefixes.contract(iri) for iri in iris}))


def _said(store: Store, queries: Mapping[str, Query], policy: str) -> tuple[dict, dict]:
    """Approvals, by drug and sign, as pairs of disease and claim; other uses, by drug, sign and disease, as claims."""
    approvals, uses = defaultdict(list), defaultdict(list)
    for drug, sign, disease, relation, claim in store.select(queries["approved-or-used"].bind({"policy": policy})).rows:
        if relation.value == APPROVED:
            approvals[drug.value, sign.value].append((disease.value, claim.value))
        else:
            uses[drug.value, sign.value, disease.value].append(claim.value)
    return approvals, uses


def _bridges(
    store: Store, queries: Mapping[str, Query], policy: str, hierarchies: Hierarchies
) -> Callable[[str, str], _Bridge]:
    order = kinds(store, queries, hierarchies)
    opposites, curated = defaultdict(set), defaultdict(list)
    for one, other in store.select(queries["opposites"].text).rows:
        opposites[one.value].add(other.value)
    for disease, sign, claim in store.select(queries["curated-signs"].bind({"policy": policy})).rows:
        curated[disease.value].append((sign.value, claim.value))

    def bridge(sign: str, disease: str) -> _Bridge:
        against = {opposite for above in order.kinds(sign) for opposite in opposites.get(above, ())}
        same = tuple(pair for pair in curated[disease] if sign in order.kinds(pair[0]))
        opposite = tuple(pair for pair in curated[disease] if against & order.kinds(pair[0]))
        return _Bridge(same, opposite, len(curated[disease]))

    return bridge


def _judged(
    gap: _Gap, approvals: list[tuple[str, str]], uses: list[str], bridge: _Bridge, names: _Names, policy: str
) -> Judgement:
    origins = sorted({origin for origin, _ in approvals})
    about = [
        ("ofDrug", gap.drug),
        ("ofSign", gap.sign),
        ("ofDisease", gap.disease),
        *(("fromDisease", o) for o in origins),
    ]
    return Judgement(
        kind="Transfer",
        about=tuple((KG + part, NamedNode(iri)) for part, iri in about),
        verdict=KG + bridge.state,
        reason="; ".join((_use(gap, approvals, uses, names), _curation(bridge, names))),
        claims=tuple(sorted({*uses, *(claim for _, claim in (*approvals, *bridge.found))})),
        rule=RULE,
        policy=policy,
        after=(gap.iri,),
    )


def _use(gap: _Gap, approvals: list[tuple[str, str]], uses: list[str], names: _Names) -> str:
    tested = (
        "no controlled trial there" if gap.state == KG + "openGap" else "a controlled trial there that answers in part"
    )
    return (
        f"{names.of([gap.drug])} is said to be approved for {names.of([gap.sign])} in {names.of(d for d, _ in approvals)} "
        f"({names.of(claim for _, claim in approvals)}) and used for it in {names.of([gap.disease])} "
        f"({names.of(uses)}), with {tested}"
    )


def _curation(bridge: _Bridge, names: _Names) -> str:
    if not bridge.found:
        return (
            f"of {bridge.curated} curated signs none is this or its opposite"
            if bridge.curated
            else "no sign of it is curated"
        )
    same = f"the sign is curated there: {names.of(s for s, _ in bridge.same)}" if bridge.same else ""
    opposite = f"its opposite is curated there: {names.of(s for s, _ in bridge.opposite)}" if bridge.opposite else ""
    claims = names.of(claim for _, claim in bridge.found)
    return f"{'; '.join(filter(None, (same, opposite)))} ({claims})"
