"""Every query runs as it stands, says what it asks, and gives its rows in an order that leaves nothing to chance."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from kgtool import catalogue, syntax
from kgtool.catalogue import Param, Query
from kgtool.errors import DataError, WrongUse
from kgtool.report import SEVERITIES

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("ask", "check", "derive", "judge", "table", "view")
FILES = sorted((ROOT / "queries").rglob("*.rq"))
ALL = {path: catalogue.read(path, ROOT) for path in FILES}


def folder_and_name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def of(folder: str) -> list[Query]:
    return [query for path, query in ALL.items() if path.parent.name == folder]


def named(query: Query) -> str:
    return query.name


def test_queries_lie_in_folders_by_their_purpose_with_names_in_lower_case_and_hyphens():
    assert {path.parent.name for path in FILES} <= set(FOLDERS)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", path.stem) for path in FILES)


@pytest.mark.parametrize("path", FILES, ids=folder_and_name)
def test_a_file_runs_as_it_stands(founding, path):
    """With its own prefixes, none of the project's, as any other tool would run it."""
    found = founding.store.engine.query(path.read_text(encoding="utf-8"))
    assert isinstance(found, ox.QueryTriples if path.parent.name == "derive" else ox.QuerySolutions)


@pytest.mark.parametrize("path", FILES, ids=folder_and_name)
def test_a_file_passes_as_a_query_of_somebody_else(path):
    """So that `kgtool query queries/ask/….rq` runs it too."""
    syntax.check_foreign(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("query", ALL.values(), ids=named)
def test_a_query_says_what_it_is_for(query):
    assert query.title and not query.title.endswith(".")
    assert all(param.kinds and param.help and param.example for param in query.params)


@pytest.mark.parametrize("query", of("ask"), ids=named)
def test_a_question_asks(query):
    assert query.question.endswith(("?", "."))
    assert query.params, "a question that cannot be asked of another thing is no question"


@pytest.mark.parametrize("folder", ["ask", "check", "derive"])
def test_no_two_queries_of_a_folder_have_one_title(folder):
    titles = [query.title for query in of(folder)]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("query", of("check"), ids=named)
def test_a_check_has_a_severity_and_a_remedy(query):
    assert query.severity in SEVERITIES and query.fix


@pytest.mark.parametrize("query", of("derive"), ids=named)
def test_a_rule_says_where_its_triples_go(query):
    assert bool(query.into) != (query.per in ("policy", "release"))
    assert syntax.form(query.text) == "CONSTRUCT"


def test_each_rule_comes_after_those_it_reads():
    order = [query.name for query in catalogue.in_order(of("derive"))]
    for query in of("derive"):
        assert all(order.index(before) < order.index(query.name) for before in query.after if before != catalogue.JUDGES)


@pytest.mark.parametrize("query", of("ask") + of("check") + of("view"), ids=named)
def test_each_parameter_is_in_the_question(query):
    for param in query.params:
        for variable in param.variables:
            assert len(re.findall(rf"\?{variable}\b", query.text)) > 1, variable


# Order


def open_variables(query: Query) -> dict[str, None]:
    return {variable: None for param in query.params for variable in param.variables}


def ordered_by(query: Query) -> list[str]:
    last = query.text.rpartition("ORDER BY")[2]
    assert last and "}" not in last, "the rows of a query are ordered, and that is its last line"
    return re.findall(r"\?(\w+)", last)


# What pages, or a build, put in order themselves: the engine would take four times as long over that as over finding the rows.
ORDERED_BY_PAGES = {
    "claims-said", "claims-shown", "contexts-of", "judged-about", "judged-so", "judgements-shown", "map-places", "map-statuses",
    "map-uses", "map-verdicts", "thing-claims",
}


@pytest.mark.parametrize("query", [query for query in of("ask") + of("view") + of("check") if query.name not in ORDERED_BY_PAGES],
                         ids=named)
def test_rows_are_ordered_to_the_last_tie(founding, query):
    """Asked of everything, no two different rows are alike in all that they are sorted by."""
    asked = founding.store.select(query.bind(open_variables(query)))
    if not set(keys := ordered_by(query)) <= set(asked.columns):
        asked = founding.store.select(query.text)  # sorted by what is given, and so the same in every row
    keys = [asked.columns.index(name) for name in keys if name in asked.columns]
    by_key: dict[tuple, tuple] = {}
    for row in asked.rows:
        key = tuple(row[place] for place in keys)
        assert by_key.setdefault(key, row) == row, f"a tie at {[str(part) for part in key]}"


@cache
def shuffled(quads: tuple[ox.Quad, ...], seed: int) -> ox.Store:
    order = list(quads)
    random.Random(seed).shuffle(order)
    store = ox.Store()
    for start in range(0, len(order), 1000):
        store.extend(order[start:start + 1000])
    return store


@pytest.mark.parametrize("query", of("ask"), ids=named)
def test_the_order_of_loading_does_not_show_in_an_answer(built_world, query):
    from kgtool import graph

    opened = graph.open(built_world)
    quads = tuple(opened.store.engine)
    text = query.bind(open_variables(query))
    one, other = (list(map(tuple, shuffled(quads, seed).query(text))) for seed in (1, 2))
    assert one == other


@pytest.mark.parametrize("query", of("ask"), ids=named)
def test_each_row_leads_to_a_claim_or_says_where_it_was_read(founding, query):
    columns = founding.ask(query.name).columns
    leads = {"claim", "claims", "mapping", "version", "because", "judgement", "transfer", "saidBy", "thing"}
    assert leads & set(columns), f"{query.name} gives {', '.join(columns)}"


# Reading files


def test_an_unknown_key_names_its_line(tmp_path):
    (tmp_path / "q.rq").write_text("#+ title: a\n#+ questoin: b\nSELECT * {}", encoding="utf-8")
    with pytest.raises(DataError, match=r"q\.rq:2: unknown front matter key questoin; did you mean question\?"):
        catalogue.read(tmp_path / "q.rq", tmp_path)


def test_a_parameter_without_its_values_line_is_an_error(tmp_path):
    (tmp_path / "q.rq").write_text("#+ title: a\n#+ param: drug kg:Drug the drug\nSELECT * {}", encoding="utf-8")
    with pytest.raises(DataError, match=r"q.rq:2: parameter drug has no VALUES line; write `VALUES \?drug \{ … \}`"):
        catalogue.read(tmp_path / "q.rq", tmp_path)


def test_a_file_that_is_no_text_is_an_error(tmp_path):
    (tmp_path / "q.rq").write_bytes("#+ title: a".encode("utf-16"))
    with pytest.raises(DataError, match=r"q\.rq"):
        catalogue.read(tmp_path / "q.rq", tmp_path)


def test_rules_in_a_circle_are_an_error():
    rules = [Query("a", "a", "", after=("b",)), Query("b", "b", "", after=("a",))]
    with pytest.raises(WrongUse, match="wait for each other in a circle: a, b"):
        catalogue.in_order(rules)


@pytest.mark.parametrize(("text", "form"), [
    ("SELECT * {}", "SELECT"), ("# ASK\nPREFIX a: <http://a/#b>\nBASE <http://b/>\nselect * {}", "SELECT"),
    ("PREFIX : <x> CONSTRUCT {} {}", "CONSTRUCT"), ("DESCRIBE <x>", "DESCRIBE"), ("ASK{}", "ASK"),
    ("INSERT DATA {}", ""), ("", ""), ("id:baclofen", ""), ("'SELECT'", ""),
])
def test_a_query_is_known_by_its_first_word(text, form):
    assert syntax.form(text) == form


def test_a_value_takes_the_place_of_the_example():
    drug = Param("drug", ("kg:Drug",), "it", "id:baclofen")
    query = Query("q", "a question", "SELECT * { VALUES ?drug { id:baclofen } }", params=(drug,))
    bound = query.bind({"drug": "https://example.org/a"})
    assert "VALUES ?drug { <https://example.org/a> }" in bound
    assert query.bind({"drug": None}).count("UNDEF") == 1
    assert query.bind({}) == query.text
