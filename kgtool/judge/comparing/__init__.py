"""Claims held against each other: disputes of sources, changes between versions, fidelity to a study's own report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kgtool.catalogue import Query
from kgtool.claim import Judgement
from kgtool.judge.comparing import disputes, fidelity, ground, versions
from kgtool.judge.hierarchy import Hierarchies
from kgtool.store import Store


def judge(store: Store, queries: Mapping[str, Query], policy: str, hierarchies: Hierarchies) -> Iterator[Judgement]:
    """Every kg:Dispute, kg:VersionChange and kg:Fidelity under one policy."""
    compared = ground.read(store, queries, policy, hierarchies)
    for judged in (disputes.judge, versions.judge, fidelity.judge):
        yield from judged(compared)
