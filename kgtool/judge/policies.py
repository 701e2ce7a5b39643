"""What two policies make of the same claims, where it is not the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.errors import WrongUse
from kgtool.judge import apart, derived
from kgtool.judge.apart import Names
from kgtool.judge.derived import Finding, Matter, State
from kgtool.store import Store
from kgtool.terms import Term

if TYPE_CHECKING:
    from kgtool.judge.asked import Asked


def compare_policies(asked: Asked) -> Answer:
    """Every edge and judgement that differs, with what each of the two says and why."""
    ((one, other),) = asked.rows.rows
    if one is None or other is None:
        raise WrongUse("name the two policies to hold against each other")
    found, pair = apart.of(asked.store, asked.queries, one.value, other.value), (one.value, other.value)
    told: list = []
    for kind in apart.counts(found, *pair):
        told += rows(asked.store, *said(asked.store, asked.queries, kind, apart.matters(found, *pair, kind)))
    return Answer(derived.COLUMNS, tuple(told), asked.rows.prefixes)


def rows(store: Store, before: State, after: State) -> list[tuple[Term | None, ...]]:
    """What differs, in the order in which matters are found, which is one order whether all come at once or part by part."""
    differing = sorted(derived.decided_otherwise(before, after), key=lambda about: (before.get(about) or after[about]).named)
    return derived.rows(differing, before, after, store)


def said(store: Store, queries: Mapping[str, Query], kind: str, matters: Iterable[Names]) -> list[dict[Matter, Finding]]:
    """What each of two policies says of some matters of a kind, named by their edges or judgements."""
    sides = (tuple(chain(*names)) for names in zip(*matters, strict=True))
    read = _edges if kind == apart.EDGE else _judgements
    return [read(store, queries, names) if names else {} for names in sides] or [{}, {}]


def _edges(store: Store, queries: Mapping[str, Query], names: tuple[str, ...]) -> dict[Matter, Finding]:
    return derived.edges(store, store.select(queries["edges-named"].bind({"edge": names})).rows)


def _judgements(store: Store, queries: Mapping[str, Query], names: tuple[str, ...]) -> dict[Matter, Finding]:
    return derived.judgements(store, queries, {"policy": None, "judgement": names})
