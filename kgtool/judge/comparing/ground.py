"""What claims are compared on: those that count under one policy, and the order of the things they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kgtool.catalogue import Query
from kgtool.judge.comparing import order, said
from kgtool.judge.comparing.order import Order
from kgtool.judge.comparing.said import Said
from kgtool.judge.hierarchy import Hierarchies
from kgtool.store import Store
from kgtool.terms import Term


@dataclass(frozen=True)
class Ground:
    """Read once a policy, for all that compares. ``said`` is in the order of the claims' names."""

    store: Store
    queries: Mapping[str, Query]
    policy: str
    said: tuple[Said, ...]
    order: Order

    def rows(self, query: str) -> tuple[tuple[Term | None, ...], ...]:
        return self.store.select(self.queries[query].text).rows


def read(store: Store, queries: Mapping[str, Query], policy: str, hierarchies: Hierarchies) -> Ground:
    """The ground under one policy."""
    counted = tuple(said.read(store, queries, policy))
    return Ground(store, queries, policy, counted, order.read(store, queries, hierarchies))
