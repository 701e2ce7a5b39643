"""The reports over the whole graph: SPARQL on the store, beside SQL written by hand over the same graph as columns in DuckDB.

    python -m tests.bench.reports 21000 210000      graphs of 10^5 and of a million triples, as in tests.bench.questions

DuckDB holds our tables (`kgtool tables`) and, for what they do not have, every triple and every quad as columns of text, in
memory and read once, as our store is opened once. CPU seconds from the text of a query to its last row in Python, the median of
up to three. Both answers are compared in the columns they share, as people read them, without their order. Where
`reports/tables` has the report too, our tables answer it as `kgtool rollup` does, a new database each time that opens their
files, beside DuckDB by itself, which does that too and opens only the file in question.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kgtool import catalogue
from kgtool.exporters import parquet
from kgtool.graph import Graph
from kgtool.terms import Term
from tests.bench import aims, kept, timing
from tests.bench.aims import Aim

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SQL = Path(__file__).parent / "reports"
FOLDERS = ("ask", "view", "check")
GRAPHS = {"triple": "{ ?subject ?predicate ?object }", "quad": "{ GRAPH ?graph { ?subject ?predicate ?object } }"}
MOST, MOST_OF_TABLES = 20, 2  # times what DuckDB takes, that a report in SPARQL may, or one from the tables
Row = tuple[str, ...]


def compare(triples: int) -> list[str]:
    """Measure, print, write; gives back a summary, a line each."""
    graph = kept.graph(triples)
    rows, ratios, over = [], {}, []
    with tempfile.TemporaryDirectory() as folder:
        columns = _columns(graph, Path(folder))
        for file in sorted(SQL.glob("*.sql")):
            text, sql = _sparql(graph, file.stem), file.read_text(encoding="utf-8")
            ours = timing.median_of(partial(_drawn, graph, text), runs=3)
            theirs = timing.median_of(lambda sql=sql: columns.execute(sql).fetchall(), runs=3)
            ratios[file.stem] = ours / theirs
            count, said = _compared(graph, text, columns, sql)
            tables = _from_tables(graph, Path(folder), text, file.stem)
            if ours > MOST * theirs and not (tables and tables[0] <= MOST_OF_TABLES * tables[1]):
                over.append(f"{file.stem} {ours / theirs:.0f}")
            shown = [cell for pair in ((ours, theirs), tables) for cell in (_beside(*pair) if pair else ("", "", ""))]
            rows.append((file.stem, str(count), *shown, said))
            print("\t".join(rows[-1]), file=sys.stderr, flush=True)
    head = ("report", "rows", "SPARQL ms", "DuckDB ms", "SPARQL ÷ DuckDB", "tables ms", "DuckDB opened ms", "tables ÷ DuckDB",
            "answers")
    summary = [f"{timing.geometric_mean(ratios.values()):.1f} times DuckDB in geometric mean of {len(ratios)} reports; "
               f"over {MOST} times in SPARQL and {MOST_OF_TABLES} from the tables: {', '.join(over) or 'none'}"]
    print(timing.table(head, rows), flush=True)
    title = f"Reports over a world of {triples:,} triples and what follows from it"
    timing.write(f"reports-{triples}", title, head, rows, summary)
    what = f"reports over more than {MOST} times DuckDB's time, and {MOST_OF_TABLES} from the tables, of {triples:,} triples"
    aims.tell(f"reports-{triples}", [Aim(what, len(over), most=0)])
    return summary


def _beside(ours: float, theirs: float) -> Row:
    return f"{ours * 1000:.1f}", f"{theirs * 1000:.1f}", f"{ours / theirs:.1f}"


def _columns(graph: Graph, folder: Path) -> DuckDBPyConnection:
    """A database in memory with a table each of queries/table, of all triples of the default graph, and of all quads."""
    import duckdb

    tables = catalogue.read_all(graph.project.files("queries/table", "*.rq"), graph.project.root).values()
    parquet.write(graph.store, tables, folder)
    database = duckdb.connect(":memory:", config={"threads": 1})
    for file in sorted(folder.glob("*.parquet")):
        database.execute(f"CREATE TABLE {file.stem} AS FROM read_parquet('{file}')")
    for name, pattern in GRAPHS.items():
        _fill(database, name, graph, f"SELECT * {pattern}", folder / "rows.csv")
    return database


def _from_tables(graph: Graph, folder: Path, text: str, name: str) -> tuple[float, float] | None:
    """CPU seconds of a report from our tables, whose rows must be those of SPARQL, and of DuckDB from the same files.

    None where the tables have no such report.
    """
    file = SQL / "tables" / f"{name}.sql"
    if not file.is_file():
        return None
    sql = file.read_text(encoding="utf-8")
    ask = partial(parquet.select, folder, sql, graph.store.prefixes)
    rows, known = ask().rows, graph.store.select(text)
    if sorted(_shown(graph, rows)) != sorted(_shown(graph, known.rows)):
        raise AssertionError(f"{name}: the tables give other rows")
    return timing.median_of(lambda: len(ask().rows), runs=3), timing.median_of(partial(_opened, folder, sql), runs=3)


def _opened(folder: Path, sql: str) -> list[tuple]:
    import duckdb

    with duckdb.connect(":memory:", config={"threads": 1}) as database:
        for file in folder.glob("*.parquet"):
            if f"FROM {file.stem}" in sql:
                database.execute(f"CREATE VIEW {file.stem} AS FROM read_parquet('{file}')")
        return database.execute(sql).fetchall()


def _fill(database: DuckDBPyConnection, name: str, graph: Graph, text: str, file: Path) -> None:
    solutions = graph.store.engine.query(text)
    names = [variable.value for variable in solutions.variables]
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(_shown(graph, solutions))
    types = {column: "VARCHAR" for column in names}
    database.execute(f"CREATE TABLE {name} AS FROM read_csv('{file}', columns={types}, auto_detect=false, header=false, "
                     f"delim=',', quote='\"', escape='\"', max_line_size={parquet.LONGEST})")


def _sparql(graph: Graph, name: str) -> str:
    queries = graph.project.root / "queries"
    (file,) = (found for folder in FOLDERS if (found := queries / folder / f"{name}.rq").is_file())
    return catalogue.read(file, graph.project.root).text


def _drawn(graph: Graph, text: str) -> int:
    return sum(1 for _ in graph.store.select(text).rows)


def _shown(graph: Graph, rows: Iterable[Iterable[Term | None]]) -> Iterator[Row]:
    return (tuple(graph.store.prefixes.show(term) for term in row) for row in rows)


def _compared(graph: Graph, text: str, database: DuckDBPyConnection, sql: str) -> tuple[int, str]:
    """How many rows ours has, and whether DuckDB's are the same where both have a column."""
    ours, found = graph.store.select(text), database.execute(sql)
    theirs = [column[0] for column in found.description]
    shared = [column for column in ours.columns if column in theirs]
    mine = sorted(_picked(_shown(graph, ours.rows), [ours.columns.index(column) for column in shared]))
    told = ([_text(value) for value in row] for row in found.fetchall())
    other = sorted(_picked(told, [theirs.index(column) for column in shared]))
    if mine == other:
        return len(mine), "agree"
    differing = next(((a, b) for a, b in zip(mine, other, strict=False) if a != b), ("", ""))
    print(f"ours {differing[0]}\ntheirs {differing[1]}", file=sys.stderr)
    return len(mine), f"differ, DuckDB {len(other)} rows"


def _picked(rows: Iterable[list[str] | Row], places: list[int]) -> Iterator[Row]:
    return (tuple(row[place] for place in places) for row in rows)


def _text(value: object) -> str:
    return "" if value is None else str(value)


if __name__ == "__main__":
    for size in [int(given) for given in sys.argv[1:]] or [21_000]:
        print("\n".join(compare(size)), "\n", timing.circumstances("pyoxigraph", "duckdb"), sep="")
