"""What two policies make of the same claims, where it is not the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.errors import WrongUse
from kgtool.judge import derived
from kgtool.judge.derived import Finding, Matter
from kgtool.store import Store
from kgtool.terms import KG, matter

if TYPE_CHECKING:
    from kgtool.judge.asked import Asked

EDGE = KG + "Edge"


@dataclass(frozen=True)
class Differing:
    """What two policies do not say alike, by name alone: nothing is read that they agree on.

    ``judged`` has by kind, matter by matter in the order of names, the judgements of the one and of the other; ``edges``
    is how many edges only one of the two has.
    """

    policies: tuple[str, str]
    judged: Mapping[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]
    edges: int

    @property
    def counts(self) -> dict[str, int]:
        counted = {kind: len(matters) for kind, matters in self.judged.items()} | {EDGE: self.edges}
        return {kind: counted[kind] for kind in sorted(counted) if counted[kind]}


def compare_policies(asked: Asked) -> Answer:
    """Every edge and judgement that differs, with what each of the two says and why."""
    ((one, other),) = asked.rows.rows
    if one is None or other is None:
        raise WrongUse("name the two policies to hold against each other")
    found = differing(asked.store, asked.queries, one.value, other.value)
    judged = judgements(asked.store, asked.queries, tuple(chain(*found.judged.values())))
    before, after = (of | on for of, on in zip(judged, edges(asked.store, asked.queries, found), strict=True))
    told = derived.rows(derived.decided_otherwise(before, after), before, after, asked.store)
    return Answer(derived.COLUMNS, tuple(told), asked.rows.prefixes)


def differing(store: Store, queries: Mapping[str, Query], one: str, other: str) -> Differing:
    """Which matters two policies decide otherwise."""
    kinds = {(policy.value, verdict.value): kind.value for policy, verdict, kind in
             store.select(queries["kinds-of-verdicts"].bind({"policy": tuple(sorted({one, other}))})).rows}
    said = [_verdicts(store, queries, policy, [of for by, of in kinds if by == policy]) for policy in (one, other)]
    judged: dict[str, list] = defaultdict(list)
    for of in sorted(said[0].keys() | said[1].keys()):
        before, after = (side.get(of, {}) for side in said)
        if set(before.values()) != set(after.values()):
            policy, verdict = (one, before) if before else (other, after)
            judged[kinds[policy, min(verdict.items())[1]]].append((tuple(sorted(before)), tuple(sorted(after))))
    edges = _counted(store, queries, one, other) + _counted(store, queries, other, one)
    return Differing((one, other), {kind: tuple(judged[kind]) for kind in sorted(judged)}, edges)


def _verdicts(store: Store, queries: Mapping[str, Query], policy: str, verdicts: Iterable[str]) -> dict[str, dict[str, str]]:
    """By matter, the judgements under a policy with their verdicts."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for verdict in verdicts:
        for judgement, in store.rows(queries["verdicts-under"].bind({"policy": policy, "verdict": verdict})):
            found[matter(judgement.value)][judgement.value] = verdict
    return found


def _counted(store: Store, queries: Mapping[str, Query], policy: str, other: str) -> int:
    return int(store.select(queries["edges-of-one-counted"].bind({"policy": policy, "other": other})).rows[0][0].value)


def judgements(
    store: Store, queries: Mapping[str, Query], matters: Iterable[tuple[tuple[str, ...], tuple[str, ...]]]
) -> list[dict[Matter, Finding]]:
    """What each of two policies says of some matters, named by their judgements."""
    sides = (tuple(chain(*names)) for names in zip(*matters, strict=True))
    found = [derived.judgements(store, queries, {"policy": None, "judgement": names}) if names else {} for names in sides]
    return found or [{}, {}]


def edges(store: Store, queries: Mapping[str, Query], found: Differing) -> list[dict[Matter, Finding]]:
    """The edges that only the one of two policies has, and those that only the other has."""
    pairs = (found.policies, found.policies[::-1])
    asked = (queries["edges-of-one"].bind({"policy": policy, "other": other}) for policy, other in pairs)
    return [derived.edges(store, store.select(query).rows) for query in asked]
