"""Where policies do not decide alike: found once for all of them by a build, and kept beside its store.

A matter is what an edge or a judgement is about. Most are decided alike under all policies, and are not here.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from kgtool import beside
from kgtool.catalogue import Query
from kgtool.store import Store
from kgtool.terms import DERIVED, KG, matter

FILE = "apart.sqlite"
EDGE = KG + "Edge"

# ``stands`` has a letter for each policy, the same for those that decide alike; ``names`` by policy those of what decides.
_TABLES = """
    CREATE TABLE policies (place INTEGER PRIMARY KEY, iri TEXT NOT NULL);
    CREATE TABLE matters (kind TEXT, matter TEXT, stands TEXT, names TEXT, PRIMARY KEY (kind, matter)) WITHOUT ROWID;
    CREATE TABLE counts (kind TEXT, stands TEXT, matters INTEGER, PRIMARY KEY (kind, stands)) WITHOUT ROWID;
    CREATE TEMP TABLE given (kind TEXT, matter TEXT, place INTEGER, name TEXT, verdict TEXT);
"""
_GIVEN = "SELECT kind, matter, place, name, verdict FROM given ORDER BY 1, 2, 3, 4"
_COUNTED = "INSERT INTO counts SELECT kind, stands, count(*) FROM matters GROUP BY kind, stands ORDER BY 1, 2"
_OTHERWISE = "substr(stands, ?, 1) <> substr(stands, ?, 1)"

Names = tuple[tuple[str, ...], tuple[str, ...]]  # of the edges or judgements of the one policy, and of the other


@dataclass(frozen=True)
class Apart:
    """What some policies do not say alike, open for reading from any thread."""

    database: sqlite3.Connection
    policies: tuple[str, ...]


def write(path: Path, store: Store, queries: Mapping[str, Query], policies: Iterable[str]) -> None:
    """Make the file of some policies; of the same graph it has the same bytes."""
    beside.write(path, partial(_fill, store=store, queries=queries, policies=tuple(policies)))


def of(store: Store, queries: Mapping[str, Query], one: str, other: str) -> Apart:
    """That which a build made; else that of these two, found now: in memory, elsewhere, or loaded from anybody's files."""
    if path := beside.found(store.folder, FILE):
        found = _open(path)
        if {one, other} <= {*found.policies}:
            return found
    pair = (one, other)
    return Apart(beside.in_memory(partial(_fill, store=store, queries=queries, policies=pair)), pair)


def counts(apart: Apart, one: str, other: str) -> dict[str, int]:
    """How many matters two policies decide otherwise, by kind; kinds of which there are none are left out."""
    found: Counter[str] = Counter()
    select = f"SELECT kind, matters FROM counts WHERE {_OTHERWISE}"
    for kind, number in _rows(apart.database, select, *_places(apart, one, other)):
        found[kind] += number
    return {kind: found[kind] for kind in sorted(found)}


def matters(apart: Apart, one: str, other: str, kind: str, first: int = 0, most: int = -1) -> list[Names]:
    """So many of the matters of a kind that two policies decide otherwise, from a place on, in the order of their names."""
    before, after = _places(apart, one, other)
    select = f"SELECT names FROM matters WHERE kind = ? AND {_OTHERWISE} ORDER BY matter LIMIT ? OFFSET ?"
    said = (json.loads(names) for names, in _rows(apart.database, select, kind, before, after, most, first))
    return [tuple(tuple(DERIVED + name for name in names[place - 1]) for place in (before, after)) for names in said]


def _rows(database: sqlite3.Connection, select: str, *values: str | int) -> list[tuple]:
    return beside.rows(database, "the table of what policies differ in", select, *values)


def _open(path: Path) -> Apart:
    database = beside.open(path)
    return Apart(database, tuple(iri for iri, in _rows(database, "SELECT iri FROM policies ORDER BY place")))


def _places(apart: Apart, *policies: str) -> list[int]:
    return [apart.policies.index(policy) + 1 for policy in policies]


def _fill(database: sqlite3.Connection, store: Store, queries: Mapping[str, Query], policies: tuple[str, ...]) -> None:
    database.executescript(_TABLES)
    with database:
        database.executemany("INSERT INTO policies VALUES (?, ?)", enumerate(policies, 1))
        for place, policy in enumerate(policies):
            database.executemany(f"INSERT INTO given VALUES (?, ?, {place}, ?, ?)", _decided(store, queries, policy))
        found = _apart(database.execute(_GIVEN), len(policies))
        database.executemany("INSERT INTO matters VALUES (?, ?, ?, ?)", found)
        database.execute(_COUNTED)
        database.execute("DROP TABLE given")


def _decided(store: Store, queries: Mapping[str, Query], policy: str) -> Iterator[tuple[str, str, str, str]]:
    """All that one policy decides: kind, matter, what decides it, and how; the last two without what all begin with."""
    kinds = {verdict.value: kind.value for _, verdict, kind in store.rows(queries["kinds-of-verdicts"].bind({"policy": policy}))}
    for verdict, kind in kinds.items():
        for judgement, in store.rows(queries["verdicts-under"].bind({"policy": policy, "verdict": verdict})):
            yield kind, matter(judgement.value), judgement.value.removeprefix(DERIVED), verdict
    for edge, *triple in store.rows(queries["edges-under"].bind({"policy": policy})):
        yield EDGE, " ".join(term.value for term in triple), edge.value.removeprefix(DERIVED), ""


def _apart(given: Iterable[tuple], policies: int) -> Iterator[tuple[str, str, str, str]]:
    for (kind, about), rows in groupby(given, key=itemgetter(0, 1)):
        names, verdicts = defaultdict(list), defaultdict(set)
        for _, _, place, name, verdict in rows:
            names[place].append(name)
            verdicts[place].add(verdict)
        sides = [frozenset(verdicts[place]) for place in range(policies)]
        if len(ways := list(dict.fromkeys(sides))) > 1:
            stands = "".join(chr(ord("a") + ways.index(side)) for side in sides)
            yield kind, about, stands, json.dumps([names[place] for place in range(policies)])
