"""The graph as columns: the tables hold what the graph holds, always as the same bytes, and SQL reads them and no more."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from pyoxigraph import Literal

from kgtool import catalogue
from kgtool.analysis import matrix
from kgtool.answer import Answer
from kgtool.errors import QueryError, WrongUse
from kgtool.exporters import parquet
from kgtool.rows import ROWS
from kgtool.store import in_memory
from kgtool.terms import NOT_MEDICAL_ADVICE, Prefixes

ROOT = Path(__file__).resolve().parents[1]
TABLES = catalogue.read_all(sorted((ROOT / "queries" / "table").glob("*.rq")), ROOT)
MAP = (ROOT / "queries" / "table" / "evidence-map.sql").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(founding, tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("tables")
    founding.tables(made)
    return made


def rows(folder: Path, sql: str) -> list[dict]:
    return list(parquet.select(folder, sql, Prefixes({})))


def test_every_query_is_a_table_with_its_rows_and_columns(founding, folder):
    assert {path.stem for path in folder.iterdir()} == {name.replace("-", "_") for name in TABLES}
    for name, query in TABLES.items():
        asked = founding.store.select(query.text)
        (counted,) = rows(folder, f"SELECT count(*) AS n FROM {name.replace('-', '_')}")
        (first,) = rows(folder, f"SELECT * FROM {name.replace('-', '_')} LIMIT 1")
        assert counted["n"] == len(asked) > 0
        assert tuple(first) == asked.columns


def test_what_an_earlier_run_wrote_is_written_anew_and_what_others_did_is_left(founding, tmp_path):
    founding.tables(tmp_path)
    (tmp_path / "claims.parquet.part").touch()  # of a run that was killed
    (tmp_path / "claims.parquet").rename(tmp_path / "old.parquet")
    founding.tables(tmp_path)
    duckdb.sql(f"COPY (SELECT 1 AS a) TO '{tmp_path / 'edges.parquet'}' (FORMAT parquet)")
    theirs = (tmp_path / "edges.parquet").read_bytes()
    with pytest.raises(WrongUse, match=r"holds files that are no tables of kgtool's, edges\.parquet; name an empty or a new"):
        founding.tables(tmp_path)
    assert (tmp_path / "edges.parquet").read_bytes() == theirs


def test_a_cell_holds_what_the_graph_says(founding, folder):
    asked = next(iter(founding.store.select(TABLES["claims"].text)))
    (row,) = rows(folder, f"SELECT * FROM claims WHERE claim = '{asked['claim']}'")
    assert row == asked
    (absent,) = rows(folder, "SELECT count(*) AS n FROM claims WHERE hedge = ''")
    (missing,) = rows(folder, "SELECT count(*) AS n FROM claims WHERE hedge IS NULL")
    assert absent["n"] == 0 < missing["n"]


def test_all_graphs_together_hold_what_the_store_holds(founding, folder):
    (summed,) = rows(folder, "SELECT sum(triples)::BIGINT AS n FROM graphs")
    assert summed["n"] == founding.store.count()


def test_the_map_from_the_tables_is_the_map_from_the_store(founding, folder):
    short = founding.store.prefixes.contract
    from_store = {
        (short(c.drug), short(c.condition.sign), short(c.condition.disease)):
            (c.status, c.supports, c.disputes, c.neutral, c.in_them, c.disputed)
        for c in founding.matrix().cells
    }
    from_tables = {
        (row["drug"], row["sign"] or "", row["disease"] or ""):
            (row["status"], row["supports"], row["disputes"], row["neutral"], row["in_them"], row["disputed"])
        for row in rows(folder, MAP)
    }
    assert from_tables == from_store and matrix.STATUSES


def test_what_a_table_says_of_a_label_is_what_the_question_answers(founding, folder):
    followed = {"mondo": "id:hierarchy-mondo-2024-07", "doid": "id:hierarchy-doid-2024-07"}
    told = rows(folder, "SELECT * FROM label_statuses WHERE policy = 'id:policy-default'")
    for use in rows(folder, "SELECT DISTINCT drug, sign, disease FROM uses ORDER BY ALL"):
        meant = {"drug": use["drug"], "condition": " in ".join(filter(None, (use["sign"], use["disease"])))}
        for hierarchy, release in followed.items():
            asked = founding.ask("label-status", hierarchy=hierarchy, jurisdiction="any", route="any", **meant)
            found = [row for row in told if row["release"] == release and all(row[part] == use[part] for part in use)]
            assert sorted((row["status"], row["product"], row["onlyIf"] or "") for row in asked if row["product"]) == sorted(
                (row["status"].removeprefix("kg:"), row["product"], row["only_if"] or "") for row in found)


def test_the_same_graph_gives_the_same_bytes(founding, folder, tmp_path):
    founding.tables(tmp_path)
    for file in folder.iterdir():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()


def test_each_file_says_that_it_is_no_medical_advice(folder):
    for file in folder.iterdir():
        said = duckdb.sql(f"SELECT value FROM parquet_kv_metadata('{file}') WHERE key = 'notice'").fetchall()
        assert said == [(NOT_MEDICAL_ADVICE.encode(),)]


def test_what_breaks_lines_and_cells_comes_through(tmp_path):
    said = 'two\nlines, a "quote"\tand 😀; ¦ NULL'
    store = in_memory((), Prefixes({}))
    values = f'VALUES (?a ?b) {{ ({Literal(said)} UNDEF) (UNDEF "\'") }}'
    odd = catalogue.Query("odd", "odd", f"SELECT ?a ?b {{ {values} }} ORDER BY ?b")
    parquet.write(store, [odd], tmp_path)
    assert {(row["a"], row["b"]) for row in rows(tmp_path, "SELECT * FROM odd")} == {(said, None), (None, "'")}


def test_an_empty_graph_has_empty_tables_with_the_same_columns(folder, tmp_path):
    parquet.write(in_memory((), Prefixes({})), TABLES.values(), tmp_path)
    for name in (name.replace("-", "_") for name in TABLES):
        kinds = [duckdb.sql(f"DESCRIBE FROM '{where / name}.parquet'").fetchall() for where in (folder, tmp_path)]
        assert kinds[0] == kinds[1]
        assert rows(tmp_path, f"SELECT * FROM {name}") == []


@pytest.mark.parametrize(("sql", "error", "said"), [
    ("SELEC", QueryError, "syntax error"),
    ("", WrongUse, "give one SELECT"),
    ("SELECT 1; SELECT 2", WrongUse, "give one SELECT"),
    ("COPY claims TO 'claims.parquet'", WrongUse, "give one SELECT"),
    ("DROP VIEW claims", WrongUse, "give one SELECT"),
    ("SELECT * FROM clams", QueryError, "Did you mean \"claims\"?"),
    ("SELECT * FROM read_csv('/etc/hostname')", QueryError, "disabled"),
    ("SELECT * FROM 'https://example.org/x.parquet'", QueryError, "disabled|Cannot"),
])
def test_sql_reads_the_tables_and_nothing_else(folder, sql, error, said):
    with pytest.raises(error, match=said.replace("?", r"\?")):
        rows(folder, sql)


@pytest.mark.parametrize("form", ROWS)
def test_the_cells_of_tables_are_written_as_those_of_the_graph(folder, form):
    values = "SELECT 'two\nlines' AS a, 3 AS b, NULL AS c, true AS d, 1.5::DOUBLE AS e, DATE '2026-01-02' AS f"
    terms = (Literal("two\nlines"), Literal(3), None, Literal(True), Literal(1.5), Literal("2026-01-02"))
    from_tables = parquet.select(folder, values, Prefixes({}))
    from_the_graph = Answer(tuple("abcdef"), (terms,), Prefixes({}))
    assert ROWS[form](from_tables) == ROWS[form](from_the_graph)
    assert str(from_tables) == str(from_the_graph)


@pytest.mark.parametrize("sql", ["SELECT * FROM read_text('{}/notes.txt')", "SELECT * FROM glob('{}/*')"])
def test_what_lies_beside_the_tables_is_not_read(founding, tmp_path, sql):
    founding.tables(tmp_path)
    (tmp_path / "notes.txt").write_text("private", encoding="utf-8")
    with pytest.raises(QueryError, match="disabled"):
        rows(tmp_path, sql.format(tmp_path))


def test_sql_that_would_take_everything_is_stopped(folder):
    with pytest.raises(QueryError, match="took longer than 0.3 seconds and was stopped"):
        parquet.select(folder, "SELECT count(*) FROM range(100000000000) a, range(1000) b", Prefixes({}), seconds=0.3)
    with pytest.raises(QueryError, match="gives more than 1,000,000 rows; count them"):
        rows(folder, "SELECT * FROM range(1000001)")


def test_the_commands_write_and_read(run_built, tmp_path):
    written = run_built("tables", tmp_path / "it's")
    assert written.returncode == 0 and "claims\t7\n" in written.stdout
    asked = run_built("rollup", tmp_path / "it's", "SELECT count(*) AS n FROM claims")
    assert asked.stdout == "n\n7\n"
    assert run_built("rollup", tmp_path, "SELECT 1").returncode == 2
    (tmp_path / "file").write_text("")
    full = run_built("tables", tmp_path / "file")
    assert full.returncode == 2 and "cannot write to" in full.stderr


def test_the_documented_columns_are_those_of_the_tables():
    told = (ROOT / "queries" / "README.md").read_text(encoding="utf-8")
    for name, query in TABLES.items():
        (line,) = (line for line in told.splitlines() if line.startswith(f"| `{name.replace('-', '_')}` |"))
        asked = query.text.partition("SELECT")[2].partition("WHERE")[0]
        columns = [word.strip("?()") for word in asked.split() if word.startswith("?") and not word.startswith("?name")]
        assert [word.strip("`") for word in line.rsplit("|", 2)[1].split()] == list(dict.fromkeys(columns))
