"""Which claims touch a thing, at which end and by which relation: kept thing by thing, so that a page reads what it shows.

In the store the claims of a thing lie all over it. To find and count hundreds of them took half of a page's time.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kgtool import beside
from kgtool.catalogue import Query
from kgtool.terms import Term

FILE = "touched.sqlite"

_TABLES = """
    CREATE TABLE terms (id INTEGER PRIMARY KEY, iri TEXT NOT NULL);
    CREATE TABLE touched (thing INTEGER, side TEXT, relation INTEGER, claim INTEGER, type INTEGER,
        PRIMARY KEY (thing, side, relation, claim)) WITHOUT ROWID;
    CREATE TEMP TABLE given (thing TEXT, side TEXT, relation TEXT, claim TEXT, type TEXT);
"""
_ARRANGED = """
    INSERT INTO terms (iri) SELECT thing FROM given UNION SELECT relation FROM given UNION SELECT claim FROM given
        UNION SELECT type FROM given ORDER BY 1;
    CREATE UNIQUE INDEX by_iri ON terms (iri);
    INSERT OR IGNORE INTO touched
        SELECT things.id, side, relations.id, claims.id, types.id FROM given
        JOIN terms AS things ON things.iri = thing JOIN terms AS relations ON relations.iri = relation
        JOIN terms AS claims ON claims.iri = claim JOIN terms AS types ON types.iri = type ORDER BY 1, 2, 3, 4, 5;
    DROP TABLE given;
"""
_OF = "FROM touched WHERE thing = (SELECT id FROM terms WHERE iri = ?)"
_TYPED = "AND type IN (SELECT id FROM terms WHERE iri IN ({}))"
_COUNTS = f"SELECT side, (SELECT iri FROM terms WHERE id = relation), count(*) {_OF} {{}} GROUP BY side, relation ORDER BY 1, 2"
_CLAIMS = (f"SELECT (SELECT iri FROM terms WHERE id = claim) {_OF} "
           "AND side = ? AND relation = (SELECT id FROM terms WHERE iri = ?) {} ORDER BY claim LIMIT ? OFFSET ?")

Rows = Callable[[str], Iterable[tuple[Term, ...]]]  # a store's answer to a query
Touch = tuple[str, str, str, str, str]  # thing; side: subject, object or context; relation; claim; type of the source


@dataclass(frozen=True)
class Touched:
    """All that touches, open for reading from any thread."""

    database: sqlite3.Connection


def touches(rows: Rows, queries: Mapping[str, Query]) -> Iterator[Touch]:
    """All that a store answers by some of queries/view/."""
    around = defaultdict(list)
    for context, thing in rows(queries["contexts-of"].text):
        around[context].append(thing)
    type_of = {version: type.value for version, type in rows(queries["types-of-versions"].bind({"version": None}))}
    for claim, relation, subject, object, version in rows(queries["claims-said"].text):
        said = (relation.value, claim.value, type_of.get(version, ""))
        yield subject.value, "subject", *said
        yield object.value, "object", *said
        yield from ((thing.value, "context", *said) for thing in around.get(object, ()))


def write(path: Path, touches: Iterable[Touch]) -> None:
    """Make them as a new file; the same touches give the same bytes, in whatever order they come."""
    beside.write(path, partial(_fill, touches=touches))


def in_memory(touches: Iterable[Touch]) -> Touched:
    """The same, for a graph that is nowhere on disk."""
    return Touched(beside.in_memory(partial(_fill, touches=touches)))


def open(path: Path) -> Touched:
    """What was written."""
    return Touched(beside.open(path))


def counts(touched: Touched, thing: str, types: Collection[str] | None = None) -> Mapping[tuple[str, str], int]:
    """How many claims touch a thing, by side and relation; only those of sources of some types, where such are given."""
    rows = _rows(touched, _COUNTS.format(_typed(types)), thing, *types or ())
    return {(side, relation): number for side, relation, number in rows}


def claims(
    touched: Touched, thing: str, side: str, relation: str, first: int, most: int, types: Collection[str] | None = None
) -> list[str]:
    """So many of them from a place on, in the order of their names."""
    found = _rows(touched, _CLAIMS.format(_typed(types)), thing, side, relation, *types or (), most, first)
    return [claim for claim, in found]


def _typed(types: Collection[str] | None) -> str:
    return "" if types is None else _TYPED.format(", ".join("?" * len(types)))


def _rows(touched: Touched, select: str, *values: str | int) -> list[tuple]:
    return beside.rows(touched.database, "the table of which claims touch a thing", select, *values)


def _fill(database: sqlite3.Connection, touches: Iterable[Touch]) -> None:
    database.executescript(_TABLES)
    with database:
        database.executemany("INSERT INTO given VALUES (?, ?, ?, ?, ?)", touches)
    database.executescript(f"BEGIN; {_ARRANGED} COMMIT;")
