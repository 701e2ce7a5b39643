"""Finding things by the words people type: an index of names and of our sentences, in one SQLite file.

Rows are kept in the order in which they are to be shown (things before claims, names before identifiers, short before
long), so that the best few of a million come first without being sorted.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from kgtool import beside
from kgtool.answer import Answer
from kgtool.errors import StoreError, WrongUse, check_number, check_text
from kgtool.terms import KG

FILE = "names.sqlite"
LONGEST = 1000  # characters that may be typed

# https://www.sqlite.org/fts5.html
_TABLES = """
    CREATE TABLE things (id INTEGER PRIMARY KEY, iri TEXT NOT NULL, label TEXT NOT NULL);
    CREATE TABLE kinds (thing INTEGER, kind TEXT, PRIMARY KEY (thing, kind)) WITHOUT ROWID;
    CREATE TABLE names (id INTEGER PRIMARY KEY, thing INTEGER, name TEXT NOT NULL, folded TEXT NOT NULL, role TEXT NOT NULL);
    CREATE VIRTUAL TABLE words USING fts5 (folded, content='', tokenize='unicode61', prefix='1 2 3');
    CREATE VIRTUAL TABLE pieces USING fts5 (folded, content='', tokenize='trigram', detail='none');
    CREATE TEMP TABLE given (iri TEXT, name TEXT, folded TEXT, kind TEXT, role TEXT);
"""
_ARRANGED = """
    CREATE TEMP TABLE said AS SELECT DISTINCT iri FROM given WHERE role IN ('words', 'passage') ORDER BY iri;
    INSERT INTO things (iri, label)
        SELECT iri, coalesce(min(CASE role WHEN 'label' THEN name END), min(CASE role WHEN 'words' THEN name END), '')
        FROM given LEFT JOIN said USING (iri) GROUP BY iri ORDER BY said.iri IS NOT NULL, iri;
    CREATE UNIQUE INDEX by_iri ON things (iri);
    INSERT INTO kinds SELECT DISTINCT things.id, kind FROM given JOIN things USING (iri) ORDER BY 1, 2;
    INSERT INTO names (thing, name, folded, role)
        SELECT DISTINCT things.id, name, folded, role
        FROM given JOIN things USING (iri) LEFT JOIN said USING (iri)
        ORDER BY said.iri IS NOT NULL, role NOT IN ('label', 'synonym'), length(folded), folded, things.id, role, name;
    CREATE INDEX by_name ON names (folded);
    CREATE INDEX by_thing ON names (thing, role);
    CREATE INDEX by_kind ON kinds (kind, thing);
    INSERT INTO words (rowid, folded) SELECT id, folded FROM names ORDER BY id;
    INSERT INTO pieces (rowid, folded) SELECT id, folded FROM names WHERE role IN ('label', 'synonym') ORDER BY id;
    CREATE TABLE parts (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
    INSERT INTO parts SELECT 'last thing', count(*) FROM names JOIN things ON things.id = thing
        LEFT JOIN said USING (iri) WHERE said.iri IS NULL;
    DROP TABLE given;
    DROP TABLE said;
"""
_WHAT = "the index of names"
_MOST_LOOKED_AT = 5_000
_NAMED = "SELECT id FROM names WHERE folded = ? ORDER BY id"
_THINGS = "SELECT rowid FROM words WHERE words MATCH ? AND rowid <= (SELECT value FROM parts) ORDER BY rowid"
_CLAIMS = "SELECT rowid FROM words WHERE words MATCH ? AND rowid > (SELECT value FROM parts) ORDER BY rowid"
_INSIDE = ("SELECT names.id, names.folded FROM pieces JOIN names ON names.id = pieces.rowid WHERE pieces MATCH ? "
           "ORDER BY pieces.rowid")
_ALIKE = ("SELECT name FROM pieces JOIN names ON names.id = pieces.rowid WHERE pieces MATCH ? {of} "
          "ORDER BY pieces.rank, pieces.rowid LIMIT 60")
_NAME = "SELECT thing, iri, label, name, role FROM names JOIN things ON things.id = thing WHERE names.id = ?"
_KINDS = "SELECT kind FROM kinds WHERE thing = ? ORDER BY kind"


@dataclass(frozen=True)
class Name:
    """One name of one thing, or words of one claim; ``kind`` is the IRI of a class, ``role`` as in Hit."""

    iri: str
    name: str
    kind: str
    role: str = "label"


@dataclass(frozen=True)
class Hit:
    """A thing that was found, with the one of its names that the words met, and what that name is to it (``role``):
    label, synonym, identifier (that elsewhere means the same), near identifier, id (its own); of a claim words (ours),
    hedge or passage. ``label`` is a claim's sentence where it has no label; ``kind`` is the IRI of a class."""

    iri: str
    label: str
    kind: str
    name: str
    role: str


@dataclass(frozen=True)
class Index:
    """An index open for reading, from any thread."""

    database: sqlite3.Connection


def names(rows: Answer) -> Iterator[Name]:
    """The names in the rows of queries/view/names.rq, and the id of each thing; identifiers as CURIEs."""
    last = None
    for thing, name, kind, role in rows.rows:
        if (thing, kind) != last:
            last = (thing, kind)
            yield Name(thing.value, rows.prefixes.contract(thing.value), kind.value, "id")
        yield Name(thing.value, rows.prefixes.show(name), kind.value, role.value)


def write(path: Path, names: Iterable[Name]) -> None:
    """Make the index of all names as a new file. The same names give the same bytes, in whatever order they come."""
    beside.write(path, partial(_fill, names=names))


def in_memory(names: Iterable[Name]) -> Index:
    """The same index, for a graph that is nowhere on disk."""
    return Index(beside.in_memory(partial(_fill, names=names)))


def open(path: Path) -> Index:
    """An index that was written; StoreError where it is missing or damaged."""
    try:
        found = Index(beside.open(path))
    except sqlite3.Error as error:
        raise beside.damaged(_WHAT, error) from error
    _rows(found, "SELECT value FROM parts")
    return found


def search(index: Index, words: str, limit: int = 50, of: Iterable[str] = ()) -> tuple[Hit, ...]:
    """Up to so many things, the best first: those called just so, then names that begin so, then names with words that
    begin so, then claims; and only where there are none of these, names that hold the words inside.

    Case and accents do not matter; every word must be met, in any order. Each thing comes once, by its best name. ``of``
    leaves things of these kinds, as far as they are among the first few thousand that are found.
    """
    wanted, only = _wanted(words, limit), frozenset(of)
    found: dict[int, Hit] = {}
    try:
        for row in islice(_found(index.database, wanted), _MOST_LOOKED_AT if only else None):
            thing, iri, label, name, role = index.database.execute(_NAME, (row,)).fetchone()
            if thing not in found:
                kinds = [kind for kind, in index.database.execute(_KINDS, (thing,))]
                if not only or only & set(kinds):
                    found[thing] = Hit(iri, label, _kind(kinds), name, role)
            if len(found) == limit:
                break
    except sqlite3.Error as error:
        raise beside.damaged(_WHAT, error) from error
    return tuple(found.values())


def called(index: Index, name: str) -> list[str]:
    """The IRIs of the things of which this is a name, whole, or an identifier that means the same."""
    roles = "('label', 'synonym', 'identifier', 'words')"
    select = f"SELECT DISTINCT iri FROM names JOIN things ON things.id = thing WHERE folded = ? AND role IN {roles} ORDER BY iri"
    return [iri for iri, in _rows(index, select, fold(name))]


def kinds(index: Index, iri: str) -> set[str]:
    """The classes of a thing; none where there is no such thing."""
    return {kind for kind, in _rows(index, "SELECT kind FROM kinds JOIN things ON id = thing WHERE iri = ?", iri)}


def label(index: Index, iri: str) -> str:
    """What a thing is called; empty where it has no label."""
    select = "SELECT min(name) FROM names JOIN things ON things.id = thing WHERE iri = ? AND role = 'label'"
    return _rows(index, select, iri)[0][0] or ""


def of_kind(index: Index, kind: str) -> list[str]:
    """The things of just this class, in the order of their IRIs."""
    return [iri for iri, in _rows(index, "SELECT iri FROM kinds JOIN things ON id = thing WHERE kind = ? ORDER BY iri", kind)]


def labelled_of_kind(index: Index, kind: str) -> list[tuple[str, str]]:
    """The things of just this class that have a label, each with it, in the order of their labels."""
    select = ("SELECT iri, (SELECT min(name) FROM names WHERE thing = things.id AND role = 'label') AS called "
              "FROM kinds JOIN things ON id = thing WHERE kind = ? AND called IS NOT NULL ORDER BY called, iri")
    return _rows(index, select, kind)


def alike(index: Index, words: str, kinds: Iterable[str] = ()) -> list[str]:
    """Names that share pieces with misspelt words, the most alike first; of things of one of the kinds, or of any."""
    wanted, pieces = sorted(kinds), " OR ".join(map(_quoted, _pieces(fold(words)[:64])))
    if not pieces:
        return []
    of = f"AND thing IN (SELECT thing FROM kinds WHERE kind IN ({', '.join('?' * len(wanted))}))" if wanted else ""
    return [name for name, in _rows(index, _ALIKE.format(of=of), pieces, *wanted)]


def fold(text: str) -> str:
    """A name as it is compared: without case, accents, underlines, and what cannot be seen.

    >>> fold("Sjögren_SYNDROME")
    'sjogren syndrome'
    """
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if unicodedata.category(letter) != "Mn")
    return " ".join(re.sub(r"[\x00-\x1f_\ud800-\udfff]", " ", plain).casefold().split())


def _fill(database: sqlite3.Connection, names: Iterable[Name]) -> None:
    try:
        database.executescript(_TABLES)
    except sqlite3.OperationalError as error:
        remedy = "use a Python whose SQLite is 3.34 or newer, with FTS5"
        raise StoreError(f"the SQLite of this Python cannot index words ({error}); {remedy}") from error
    rows = ((name.iri, name.name, fold(name.name), name.kind, name.role) for name in names)
    with database:
        database.executemany("INSERT INTO given VALUES (?, ?, ?, ?, ?)", rows)
    database.executescript(f"BEGIN; {_ARRANGED} COMMIT;")


def _rows(index: Index, select: str, *values: str) -> list[tuple]:
    return beside.rows(index.database, _WHAT, select, *values)


def _wanted(words: str, limit: int) -> str:
    check_text("what is searched for", words)
    check_number("hits", limit)
    if len(words) > LONGEST:
        raise WrongUse(f"{len(words):,} characters are too many to search for; {LONGEST:,} is the limit")
    if not (wanted := fold(words)):
        raise WrongUse("give at least one word to search for")
    return wanted


def _found(database: sqlite3.Connection, wanted: str) -> Iterator[int]:
    """The rows of names that fit, the best first; a row may come twice."""
    words = [word for word in wanted.split() if re.search(r"[^\W_]", word)]
    if not words:  # signs alone, which the index does not hold
        return
    begin = f"^ {_quoted(' '.join(words))} *"
    each = " ".join(f"{_quoted(word)} *" for word in words)
    none = True
    for select, fitting in ((_NAMED, wanted), (_THINGS, begin), (_THINGS, each), (_CLAIMS, each)):
        for row, in database.execute(select, (fitting,)):
            none = False
            yield row
    if none and (pieces := _pieces(max(words, key=len))):
        for row, folded in database.execute(_INSIDE, (" AND ".join(map(_quoted, pieces)),)):
            if all(word in folded for word in words):
                yield row


def _pieces(word: str) -> list[str]:
    return sorted({word[i:i + 3] for i in range(len(word) - 2)})


def _quoted(words: str) -> str:
    """As one phrase of the index's query language, in which nothing else has a meaning."""
    doubled = words.replace('"', '""')
    return f'"{doubled}"'


def _kind(kinds: list[str]) -> str:
    """The one that says most: a relation is also an rdf:Property."""
    return next((kind for kind in kinds if kind.startswith(KG)), kinds[0])
