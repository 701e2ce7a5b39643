"""Claims held against each other: disputes of sources, changes between versions, fidelity to a study's own report."""

from __future__ import annotations

from collections.abc import Mapping

from kgtool.catalogue import Query
from kgtool.claim import Judgement
from kgtool.judge.comparing import disputes, fidelity, ground, versions
from kgtool.store import Store


def judge(store: Store, views: Mapping[str, Query], policy: str) -> list[Judgement]:
    """Every kg:Dispute, kg:VersionChange and kg:Fidelity under one policy."""
    compared = ground.read(store, views, policy)
    return [*disputes.judge(compared), *versions.judge(compared), *fidelity.judge(compared)]
