"""The graph as columns: one Parquet file a table, and SQL over them, for whatever counts and compares many rows.

Each query of queries/table is a table, its variables the columns. Things are CURIEs, so that tables join on plain text.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

from pyoxigraph import Literal

from kgtool.answer import Answer, Cell
from kgtool.catalogue import Query
from kgtool.errors import QueryError, WrongUse, amount, spelled
from kgtool.store import GraphStore
from kgtool.terms import NOT_MEDICAL_ADVICE, Prefixes

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NUMBERS = ("start", "end", "triples")  # columns that count; all others hold text
SUFFIX = ".parquet"
LONGEST = 100_000_000  # bytes of a row: some literals are long
_PLAIN = {str, int, type(None)}  # cells that stay as they are: terms of all of them take three times as long as the SQL
SECONDS, MEGABYTES, MOST_ROWS = 60, 2_000, 1_000_000  # of one SELECT


def write(store: GraphStore, tables: Iterable[Query], folder: Path) -> dict[str, int]:
    """Write every table into the folder, and give the number of rows of each by its name.

    The same graph gives the same bytes. Each file is there whole or not at all. A folder that holds anything else than
    tables of ours is refused.
    """
    written = {}
    with _database() as database:
        import duckdb

        try:
            _check(database, folder)
            folder.mkdir(parents=True, exist_ok=True)
            for table in tables:
                rows = store.select(table.text)
                name = table.name.replace("-", "_")
                _write(database, rows, folder / f"{name}{SUFFIX}")
                written[name] = len(rows)
        except (OSError, duckdb.IOException) as error:
            said = getattr(error, "strerror", None) or error
            raise WrongUse(f"cannot write to {folder}: {said}; name another folder") from error
    return written


def _check(database: DuckDBPyConnection, folder: Path) -> None:
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    if foreign := [path.name for path in there if not _is_ours(database, path)]:
        more = f" and {len(foreign) - 1:,} more" if len(foreign) > 1 else ""
        raise WrongUse(f"{folder} holds files that are no tables of kgtool's, {foreign[0]}{more}; name an empty or a new folder")


def _is_ours(database: DuckDBPyConnection, file: Path) -> bool:
    """Whether a file is a table that we wrote, or began to."""
    import duckdb

    if file.suffix != SUFFIX or not file.is_file():
        return file.name.endswith(f"{SUFFIX}.part")
    try:
        said = database.execute("SELECT value FROM parquet_kv_metadata($1) WHERE key = 'notice'", [spelled(file)]).fetchall()
    except duckdb.Error:  # it is no Parquet
        return False
    return (NOT_MEDICAL_ADVICE.encode(),) in said


def select(folder: Path, sql: str, prefixes: Prefixes, seconds: float = SECONDS) -> Answer:
    """The rows of one SELECT in SQL over the tables of a folder, which go by their names. Nothing else can be read."""
    found = sorted(folder.glob(f"*{SUFFIX}"))
    if not found:
        raise WrongUse(f"there are no tables in {folder}; `kgtool tables {folder}` writes them")
    with _database() as database:
        import duckdb

        late = Timer(seconds, database.interrupt)
        try:
            _only(database, found)
            _one_select(database, sql)
            late.start()
            return _answer(database.execute(sql), prefixes)
        except duckdb.InterruptException as error:
            raise QueryError(f"the SQL took longer than {amount(seconds, 'second')} and was stopped; ask for less") from error
        except duckdb.Error as error:
            raise QueryError(f"the SQL cannot be run: {str(error).rstrip()}") from error
        finally:
            late.cancel()


def _answer(result: DuckDBPyConnection, prefixes: Prefixes) -> Answer:
    columns = tuple(column[0] for column in result.description)
    rows = result.fetchmany(MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        raise QueryError(f"the SQL gives more than {MOST_ROWS:,} rows; count them, or set a LIMIT")
    return Answer(columns, tuple(row if _PLAIN.issuperset(map(type, row)) else tuple(map(_cell, row)) for row in rows), prefixes)


def _database() -> DuckDBPyConnection:
    try:
        import duckdb
    except ImportError as error:
        raise WrongUse("tables: duckdb is not installed; pip install 'kgtool[tables]'") from error
    return duckdb.connect(":memory:", config={"threads": 1})  # more would write rows in another order each time


def _write(database: DuckDBPyConnection, rows: Answer, file: Path) -> None:
    # by way of CSV, which is read many times faster than rows are bound one by one
    types = {column: "BIGINT" if column in NUMBERS else "VARCHAR" for column in rows.columns}
    half = file.with_name(file.name + ".part")
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows([rows.prefixes.show(term) for term in row] for row in rows.rows)
        lines.flush()
        read = (f"read_csv('{_quoted(lines.name)}', columns={types}, auto_detect=false, header=false, delim=',', quote='\"', "
                f"escape='\"', nullstr='', max_line_size={LONGEST})")
        notice = f"KV_METADATA {{notice: '{_quoted(NOT_MEDICAL_ADVICE)}'}}"
        database.execute(f"COPY (FROM {read}) TO '{_quoted(half)}' (FORMAT parquet, COMPRESSION zstd, {notice})")
    half.replace(file)


def _only(database: DuckDBPyConnection, files: Iterable[Path]) -> None:
    """Shut the database in: what somebody pastes reads these files and no others, no network, and fills no disk."""
    for file in files:
        database.execute(f"CREATE VIEW \"{file.stem}\" AS FROM read_parquet('{_quoted(file)}')")
    allowed = ", ".join(f"'{_quoted(file)}'" for file in files)
    database.execute(f"SET allowed_paths = [{allowed}]")
    database.execute(f"SET memory_limit = '{MEGABYTES}MB'")
    database.execute("SET temp_directory = ''")
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")


def _one_select(database: DuckDBPyConnection, sql: str) -> None:
    import duckdb

    kinds = [statement.type for statement in database.extract_statements(sql)]
    if kinds != [duckdb.StatementType.SELECT]:
        raise WrongUse("give one SELECT: tables are only read here")


def _quoted(text: str | Path) -> str:
    return (spelled(text) if isinstance(text, Path) else text).replace("'", "''")


def _cell(value: object) -> Cell:
    if type(value) in _PLAIN:
        return value
    return Literal(value if isinstance(value, (bool, float)) else str(value))
