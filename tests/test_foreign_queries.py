"""Queries by others: what would break the engine or leave the machine is refused, and only that."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kgtool import syntax
from kgtool.errors import QueryError

ROOT = Path(__file__).resolve().parents[1]

# As far as it can be told before they run; what merely takes long is another matter.
REFUSED = {
    "nested groups": "SELECT * {" + "{" * 4000 + "}" * 4000 + "}",
    "nested IF": "SELECT (" + "IF(true," * 2000 + "1" + ",2)" * 2000 + " AS ?x) {}",
    "nested NOT EXISTS": "SELECT * {" + "FILTER NOT EXISTS {" * 1000 + "}" * 1001,
    "nested brackets": "SELECT * { ?s ?p " + "[ ?p " * 256 + "?o" + "]" * 256 + " }",
    "nested triple terms": "SELECT * { ?s ?p " + "<<( ?a ?b " * 2000 + "?o" + " )>>" * 2000 + " }",
    "nesting that looks like an IRI": "SELECT * { FILTER(?a<" + "(" * 4000 + "1" + ")" * 4000 + ">?b) }",
    "nesting that looks like a text": "SELECT * { FILTER(?a<'>') " + "{" * 4000 + "}" * 4000 + " FILTER(?b='') }",
    "ten thousand sums": "SELECT (" + "+".join(["1"] * 10_000) + " AS ?x) {}",
    "seven thousand unions": "SELECT * {" + " UNION ".join(["{}"] * 7000) + "}",
    "two hundred optional parts": "SELECT * { ?s ?p ?o " + "OPTIONAL { ?s ?p ?o } " * 201 + "}",
    "two hundred tildes": "SELECT * { ?s ?p ?o " + "~" * 200 + " }",
    "a thousand chained patterns": "SELECT * {" + " . ".join(f"?a{i} ?p ?a{i + 1}" for i in range(1000)) + "}",
    "a thousand properties": "SELECT * { ?s " + " ; ".join(f"?p{i} ?o{i}" for i in range(1000)) + "}",
    "seventy thousand bytes": "SELECT * { ?s ?p '" + "x" * 70_000 + "' }",
    "an update": "INSERT DATA { id:a id:b id:c }",
    "an update behind a prefix": "PREFIX a: <http://a/> DELETE WHERE { ?s ?p ?o }",
    "a file to load": "LOAD <file:///etc/passwd>",
    "all to drop": "DROP ALL",
}
_ASKED = "<http://127.0.0.1:9/> { ?s ?p ?o }"
REACHING_OUT = [
    f"SELECT * {{ SERVICE {_ASKED} }}",
    f"SELECT * {{ service silent {_ASKED} }}",
    f"SELECT*{{SERVICE{_ASKED}}}",
    f"SELECT * {{ ?s ?p 1SERVICE {_ASKED} }}",
    f"SELECT * {{ ?s ?p trueSERVICE {_ASKED} }}",
    "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICE:x { ?s ?p ?o } }",
    f"PREFIX k: <http://k/> SELECT * {{ ?s ?p k:.SERVICE {_ASKED} }}",
    f"SELECT * {{ # a comment may end like this\rSERVICE {_ASKED} }}",
    f"SELECT * {{ ?s <http://e/\\u0041#x> ?o . SERVICE {_ASKED} }}",
    f"SELECT * {{ ?s <http://e/\u00a0#x> ?o . SERVICE {_ASKED} }}",
    f"PREFIX k: <http://k/> SELECT * {{ ?a ?b k:x\\' . SERVICE {_ASKED} OPTIONAL {{ ?a ?b k:x\\' }} }}",
    f"SELECT * {{ ?s ?p ?a, ?b FILTER(?a<'>') SERVICE {_ASKED} FILTER(?b='') }}",
    f"SELECT * {{ ?s ?p ?a, ?b FILTER(?a<?b#>'''\n) SERVICE {_ASKED} #'''\n }}",
]


@pytest.mark.parametrize("query", REFUSED)
def test_what_would_break_the_engine_is_refused_before_it_is_parsed(query):
    with pytest.raises(QueryError):
        syntax.check_foreign(REFUSED[query])


@pytest.mark.parametrize("query", REACHING_OUT)
def test_no_query_reaches_out_however_it_is_spelled(query):
    with pytest.raises(QueryError, match="SERVICE asks other servers"):
        syntax.check_foreign(query)


@pytest.mark.parametrize("query", [
    "SELECT ?service { ?service a kg:Drug }",
    "SELECT * { ?s kg:service 'service', \"\"\"SERVICE <http://x/> {}\"\"\" }",
    "SELECT * { ?s <https://example.org/service#it's> ?o } # a service",
    "SELECT * { ?s ?p ?o FILTER(?o<5 && ?o > 3) }",
    "SELECT (REPLACE(?o, 'insert', 'delete') AS ?load) { ?s ?p ?o }",
    "SELECT * { VALUES ?x { " + "1 " * 5000 + "} }",
    "SELECT * { ?s ?p ?o FILTER(?o IN (" + ", ".join(map(str, range(5000))) + ")) }",
    "SELECT * { ?s " + "/".join(["kg:sign"] * 150) + " ?o }",
])
def test_a_query_that_only_looks_like_it_is_not_refused(query):
    syntax.check_foreign(query)


@given(st.lists(st.sampled_from([
    "SELECT", "*", "{" * 30, "}" * 30, "(", "<", ">", "<<", "'", '"', "\\", "#", "\n", " ", ";" * 40, "." * 40, "1.5", "," * 40,
    "~" * 9, "/" * 70, "UNION" * 30, " optional " * 70, "SERVICE", "DROP", "x:", "?", "id:x", "<http://e/#x>",
]), max_size=20).map("".join))
def test_what_needs_no_closer_look_passes_it_as_well(text):
    assume(syntax._is_modest(text))
    syntax._look_closer(text, ())


@pytest.mark.parametrize("name", ["nested groups", "an update", "two hundred tildes"])
def test_a_refusal_is_one_clear_sentence(run_built, name):
    done = run_built("query", "-", stdin=REFUSED[name])
    assert re.fullmatch(r"error: [^\n]+\n", done.stderr)
    assert (done.stdout, done.returncode) == ("", 2)


@pytest.mark.parametrize("query", [
    "SELECT * {" + "{" * 98 + "?s ?p ?o" + "}" * 98 + "} LIMIT 1",
    "SELECT (" + "+".join(["1"] * 200) + " AS ?x) {}",
    "SELECT * { ?s ?p " + "[ ?p " * 30 + "?o" + "]" * 30 + " }",
    "SELECT * { " + " . ".join(f"?a{i} kg:sign ?a{i + 1}" for i in range(100)) + " }",
], ids=["98 groups", "200 numbers", "30 brackets", "100 patterns"])
def test_a_query_just_below_the_limits_is_answered(run_built, query):
    assert run_built("query", "-", stdin=query).returncode == 0


def test_an_interrupt_ends_a_query_that_runs_and_runs(built_world):
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a != ?l) }"
    process = subprocess.Popen([sys.executable, "-m", "kgtool", "query", endless], cwd=built_world.root,
                               stdout=subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": str(ROOT)},
                               # what a shell runs in the background ignores it, and so would this
                               preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL))
    time.sleep(1.5)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) in (-signal.SIGINT, 130)
