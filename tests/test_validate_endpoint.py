"""`kgtool validate --endpoint`: a real SPARQL server, judged by the queries that judge data at hand."""

from __future__ import annotations

import json
import random
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from pyoxigraph import BlankNode, Quad, RdfFormat, Store, parse
from shape_worlds import HEAD, data, shapes
from test_validate_files import SHAPES, WRONG, kgtool, put

from kgtool.shacl import Endpoint, NotHere, Result, judge
from kgtool.store import connect
from kgtool.terms import Prefixes
from kgtool.validate import files


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an `oxigraph serve` whose data each test puts there."""
    program = shutil.which("oxigraph", path=Path(sys.executable).parent)
    assert program, "pip install oxigraph"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen([program, "serve", "-b", f"127.0.0.1:{port}"], stderr=subprocess.DEVNULL) as running:
        try:
            yield answering(f"http://127.0.0.1:{port}")
        finally:
            running.terminate()


def answering(address: str) -> str:
    for _ in range(200):
        try:
            urllib.request.urlopen(address).close()
            return address
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{address} does not answer")


def serve(server: str, turtle: str) -> str:
    """The address of the endpoint, with nothing but this in its default graph."""
    kind = {"Content-Type": "text/turtle"}
    with urllib.request.urlopen(urllib.request.Request(f"{server}/store?default", turtle.encode(), kind, method="PUT")):
        return f"{server}/query"


def read(text: str) -> list[Quad]:
    return list(parse(text, format=RdfFormat.TURTLE))


def told(results) -> Counter:
    return Counter(tuple("_" if isinstance(part, BlankNode) else str(part) for part in row(result)) for result in results)


def row(result: Result) -> tuple:
    return result.focus, result.path, result.value, result.component, result.severity, result.messages, result.origin


def test_an_endpoint_is_judged_as_the_same_data_at_hand(server):
    assert sum(is_judged_afar(server, random.Random(seed)) for seed in range(60)) > 25


def is_judged_afar(server: str, chance: random.Random) -> bool:
    turtle, rules = data(chance), read(shapes(chance))
    here = Store()
    here.bulk_extend(read(turtle))
    store = connect(serve(server, turtle), Prefixes({}))
    afar = Endpoint(lambda query: ((answer := store.select(query)).columns, answer.rows))
    assert afar.takes_our_queries()
    try:
        found = judge(afar, rules).results
    except NotHere:  # a rule within a shape, or a blank node by name
        return False
    assert told(found) == told(judge(here, rules).results)
    return True


def test_the_command_judges_an_endpoint(server, tmp_path):
    put(tmp_path, shapes_ttl=SHAPES)
    ran = kgtool(tmp_path, "--endpoint", serve(server, WRONG), "--shapes", "shapes.ttl", "-f", "json")
    assert (ran.returncode, ran.stderr) == (1, "")
    said = json.loads(ran.stdout)
    assert said["covered"] == {"shapes": 1, "focus nodes": 2}
    assert said["notes"] == ["no shape says anything of e:knows"]
    assert sorted(finding["message"] for finding in said["findings"]) == [
        "expected a literal of datatype xsd:integer, not xsd:string", "expected at most 1 value"]
    served = kgtool(tmp_path, "--endpoint", serve(server, HEAD), "--shapes", "shapes.ttl")
    assert (served.returncode, served.stdout.partition("\n")[0]) == (0, "1 shape over 0 focus nodes: no findings")


@pytest.mark.parametrize("shape", [
    "sh:property [ sh:path e:p ; sh:in ( [] ) ]",
    "sh:property [ sh:path e:p ; sh:node e:S ]",
    "sh:not [ sh:sparql [ sh:select 'SELECT $this { $this <http://example.org/p> ?x }' ] ]",
])
def test_what_cannot_be_judged_from_afar_is_fetched_and_the_report_says_so(server, tmp_path, shape):
    data_file, rules = put(
        tmp_path, data_ttl=HEAD + "e:a e:p e:b .", shapes_ttl=f"{HEAD}e:S a sh:NodeShape ; sh:targetNode e:a ; {shape} .")
    store = connect(serve(server, data_file.read_text()), Prefixes({}))
    found = files.judge_endpoint(store, [rules])
    assert told(found.outcome.results) == told(files.judge([data_file], [rules]).outcome.results)
    assert found.notes()[0].startswith("4 triples were fetched and judged here")


class NoLateral(BaseHTTPRequestHandler):
    """An endpoint that takes SPARQL 1.1 to the letter, with one triple in it."""

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status, kind, said = 400, "text/plain", "LATERAL is no word of SPARQL 1.1"
        if "CONSTRUCT" in asked:
            status, kind, said = 200, "application/n-triples", '<http://example.org/a> <http://example.org/p> "1" .\n'
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(said.encode())

    def log_message(self, *words: object) -> None:
        pass


def test_the_data_of_an_endpoint_that_does_not_take_our_queries_are_fetched(tmp_path):
    server = HTTPServer(("127.0.0.1", 0), NoLateral)
    Thread(target=server.serve_forever, daemon=True).start()
    put(tmp_path, shapes_ttl=HEAD + "e:S sh:targetSubjectsOf e:p ; sh:property [ sh:path e:p ; sh:nodeKind sh:IRI ] .")
    try:
        ran = kgtool(tmp_path, "--endpoint", f"http://127.0.0.1:{server.server_port}/q", "--shapes", "shapes.ttl")
    finally:
        server.shutdown()
        server.server_close()
    assert ran.returncode == 1 and "expected a node of kind sh:IRI" in ran.stdout
    assert "note: 1 triples were fetched and judged here" in ran.stdout


TWO = HEAD + """e:Slow sh:targetClass e:Person ; sh:property [ sh:path e:slow ; sh:datatype xsd:integer ] .
e:Quick sh:targetSubjectsOf e:knows ; sh:property [ sh:path e:age ; sh:datatype xsd:integer ] .
"""


@pytest.fixture(scope="module")
def wavering(server) -> Iterator[str]:
    """A server before the other, which at /refusing has no time for what asks of e:slow, and at /silent never answers it."""
    class Wavering(NoLateral):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            if b"%2Fslow" not in asked:
                kind = {"Content-Type": self.headers["Content-Type"], "Accept": self.headers["Accept"]}
                with urllib.request.urlopen(urllib.request.Request(f"{server}/query", asked, kind)) as answer:
                    self.send_response(200)
                    self.send_header("Content-Type", answer.headers["Content-Type"])
                    self.end_headers()
                    self.wfile.write(answer.read())
            elif self.path == "/refusing":
                self.send_error(503, "no time")
            else:
                self.rfile.read(1)  # until the other side has gone

    before = ThreadingHTTPServer(("127.0.0.1", 0), Wavering)
    Thread(target=before.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{before.server_port}"
    before.shutdown()
    before.server_close()


@pytest.mark.parametrize("form", ["text", "json", "sarif", "turtle"])
def test_what_an_endpoint_does_not_answer_leaves_a_shape_unjudged_and_all_else_is_told(server, wavering, tmp_path, form):
    serve(server, WRONG)
    put(tmp_path, shapes_ttl=TWO)
    ran = kgtool(tmp_path, "--endpoint", f"{wavering}/refusing", "--shapes", "shapes.ttl", "-f", form)
    assert ran.returncode == 2
    assert ran.stderr.splitlines()[-1] == "error: 1 shape could not be judged, or not to the end; the report says which, and why"
    why = f"{wavering}/refusing answers 503 no time"
    if form == "text":
        first = "unfinished: 1 of 2 shapes judged, 1 violation so far; looked at 2 shapes over 3 focus nodes"
        assert ran.stdout.partition("\n")[0] == first
        assert f"not judged, or not to the end: e:Slow: {why}" in ran.stdout and "judged to the end: e:Quick" in ran.stdout
        assert "expected a literal of datatype xsd:integer" in ran.stdout
    elif form == "json":
        said = json.loads(ran.stdout)
        (left,) = said["unfinished"]["unjudged"]
        assert said["unfinished"]["judged"] == ["http://example.org/Quick"] and said["conforms"] is False
        assert left["shape"] == "http://example.org/Slow" and left["why"].startswith(why) and len(said["findings"]) == 1
    elif form == "sarif":
        run = json.loads(ran.stdout)["runs"][0]
        (how,) = run["invocations"]
        notified = [(each["level"], each["message"]["text"]) for each in how["toolExecutionNotifications"]]
        assert how["executionSuccessful"] is False and len(run["results"]) == 1
        assert [level for level, _ in notified] == ["error", "note"] and why in notified[0][1]
    else:
        told = {quad.predicate.value.rpartition("#")[2]: quad.object.value for quad in read(ran.stdout)}
        assert told["conforms"] == "false" and "e:Slow" in told["comment"] and "result" in told


def test_a_server_that_falls_silent_is_judged_as_far_as_the_time_goes_the_smallest_first(server, wavering, tmp_path):
    serve(server, WRONG.replace('"30"', "30"))
    put(tmp_path, shapes_ttl=TWO)
    words = ("--endpoint", f"{wavering}/silent", "--shapes", "shapes.ttl", "--timeout", "3")
    ran = kgtool(tmp_path, *words, "-f", "json")
    said = json.loads(ran.stdout)
    assert (ran.returncode, said["conforms"], said["findings"], said["covered"]) == (2, None, [], {"shapes": 2, "focus nodes": 3})
    assert said["unfinished"]["judged"] == ["http://example.org/Quick"]
    assert "the time was over before" in said["unfinished"]["unjudged"][0]["why"]
    written = kgtool(tmp_path, *words, "-f", "turtle")
    assert written.returncode == 2 and "sh:conforms" not in written.stdout and "e:Slow" in written.stdout


@pytest.mark.parametrize(("words", "said"), [
    (("--endpoint", "nowhere"), "is no web address"),
    (("--endpoint", "http://127.0.0.1:1/query"), "does not answer"),
])
def test_an_endpoint_that_cannot_be_asked_is_one_clear_error(tmp_path, words, said):
    put(tmp_path, shapes_ttl=SHAPES)
    ran = kgtool(tmp_path, *words, "--shapes", "shapes.ttl")
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert said in ran.stderr


@pytest.mark.parametrize("words", [("--shapes", "shapes.ttl", "--data", "shapes.ttl"), (), ("--shapes", "s.ttl", "--changed")])
def test_options_that_do_not_go_with_an_endpoint_are_wrong_use(tmp_path, words):
    ran = kgtool(tmp_path, "--endpoint", "http://127.0.0.1:1/query", *words)
    assert (ran.returncode, ran.stdout) == (2, "") and ran.stderr.startswith("error: ")
