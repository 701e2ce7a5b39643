"""The parts of the benchmarks run: as commands at a tiny size, or what they ask and compare, once. No time is judged."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kgtool.graph import Graph
from kgtool.importers import DATA_SETS, HIERARCHIES
from kgtool.project import Project
from kgtool.web.pages import PAGES
from tests.bench import __main__ as bench
from tests.bench import derive, finding, pages, questions, real, reports, worlds

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = {
    "derive": ["3", "--repeats", "1"],
    "load": ["4"],
    "shacl": ["--sizes", "1000", "--repeats", "1", "--pyshacl-up-to", "0"],
}
# Those whose commands take longer, by the tests below; costly forms and good ones are compared by tests/test_costs.py.
ASKED_ONCE = {"startup", "questions", "reports", "forms", "finding", "real", "pages", "endpoint"}


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Graph:
    """A small world with what follows from it, merged."""
    made = worlds.filled(6_000)
    for _ in derive.derived(made):
        pass
    return Graph(Project(worlds.ROOT, tmp_path_factory.mktemp("parts"), worlds.ROOT / "build" / "texts"), made)


def test_every_part_is_run_by_some_test():
    assert {*COMMANDS, *ASKED_ONCE} == set(bench.PARTS)


@pytest.mark.parametrize("part", COMMANDS)
def test_a_part_runs_to_its_end(part, tmp_path):
    surroundings = os.environ | {"PYTHONPATH": str(ROOT), "KGTOOL_BENCH": str(tmp_path)}
    command = [sys.executable, "-m", f"tests.bench.{part}", *COMMANDS[part]]
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0 and done.stdout, done.stderr


@pytest.mark.parametrize("part", sorted(ASKED_ONCE))
def test_the_command_of_a_part_is_there(part):
    found = importlib.import_module(f"tests.bench.{part}")
    assert callable(found.compare if part in ("questions", "reports") else found.main)


def test_each_query_of_the_questions_is_asked_about_something(world, monkeypatch):
    approved = ("SELECT ?drug { ?claim rdf:subject ?drug ; rdf:predicate kg:approvedFor ; rdf:object/kg:sign ?sign } "
                "ORDER BY ?drug LIMIT 1")
    monkeypatch.setattr(questions, "DRUG", world.store.select(approved).rows[0][0].value.rpartition("-")[2])
    cases = questions.cases(world)
    assert {case.name.split()[0] for case in cases} == {
        f"{folder}/{file.stem}" for folder in ("ask", "view", "check") for file in (ROOT / "queries" / folder).glob("*.rq")
    }
    answered = {case.name for case in cases if case.name.startswith("ask/") and world.store.select(case.text).rows}
    assert len(answered) > 20


def test_every_report_is_the_same_from_duckdb_and_from_tables(world, tmp_path):
    columns = reports._columns(world, tmp_path)
    for file in sorted(reports.SQL.glob("*.sql")):
        text = reports._sparql(world, file.stem)
        assert reports._compared(world, text, columns, file.read_text(encoding="utf-8"))[1] == "agree", file.stem


def test_what_is_found_and_counted_is_compared(world, tmp_path, capsys):
    finding._search(world.store, tmp_path)
    finding._count(world.store, tmp_path / "tables")
    assert capsys.readouterr().out.count("times as long") == 4


def test_every_page_that_is_measured_is_one(world):
    addresses = list(pages._addresses(world))
    assert len(addresses) > 20
    assert all("html" in PAGES[f"{address.page}/" if address.name else address.page].formats for address in addresses)


def test_the_files_of_real_data_have_importers():
    assert {name.partition(":")[0] for name in real.FILES} <= {*DATA_SETS, *HIERARCHIES}
