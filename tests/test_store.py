"""One suite for every store: embedded on disk and in memory, and behind endpoints that we did not write."""

from __future__ import annotations

import http.server
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize

from kgtool import graph, store
from kgtool.errors import QueryError, StoreError, WrongUse
from kgtool.store import GraphStore, embedded
from kgtool.terms import GRAPH, ID, RDFS, Prefixes, kg

PREFIXES = Prefixes({"id": ID, "kg": "https://w3id.org/kgtool/vocab#", "graph": GRAPH, "rdfs": RDFS})
LABEL = NamedNode(RDFS + "label")
THINGS = [NamedNode(f"{ID}thing-{number}") for number in range(30)]
HERE, THERE = NamedNode(GRAPH + "here"), NamedNode(GRAPH + "there")
QUADS = [
    *(Quad(thing, LABEL, Literal(f"thing \"{number}\"\n", language="en"), HERE) for number, thing in enumerate(THINGS)),
    *(Quad(one, kg("sign"), other, THERE) for one, other in pairwise(THINGS)),
]
STORES = ["on disk", "moved to memory", "in memory", "oxigraph serve", "virtuoso"]


@pytest.fixture(scope="module", params=STORES)
def kept(request, tmp_path_factory) -> Iterator[GraphStore]:
    """The same quads in each kind of store."""
    folder = tmp_path_factory.mktemp("store")
    if request.param in ("on disk", "moved to memory"):
        with store.new_generation(folder, PREFIXES, "made here") as made:
            made.add(QUADS)
            made.merge()
        opened = store.open_read_only(folder)
        for _ in store.moving_to_memory(opened) if request.param == "moved to memory" else ():
            assert len(opened.select("SELECT * { ?s ?p ?o }")), "it answers meanwhile"
        yield opened
    elif request.param == "in memory":
        made = store.in_memory(QUADS, PREFIXES)
        made.merge()
        yield made
    else:
        start = oxigraph if request.param == "oxigraph serve" else virtuoso
        with start(folder) as url:
            yield store.connect(url, PREFIXES)


def test_a_store_whose_disk_lost_a_bit_in_silence_is_not_moved_to_memory(tmp_path):
    with store.new_generation(tmp_path, PREFIXES, "made here") as made:
        made.add(QUADS)
        made.merge()
    table = next(path for path in (tmp_path / store.manifest(tmp_path).generation).glob("*.sst"))
    before, raw = table.stat(), bytearray(table.read_bytes())
    raw[10] ^= 1  # within a block of data, which opening does not read
    table.write_bytes(raw)
    os.utime(table, ns=(before.st_atime_ns, before.st_mtime_ns))
    opened = store.open_read_only(tmp_path)
    on_disk = opened.engine
    with pytest.raises(StoreError, match="is not as it was built"):
        list(store.moving_to_memory(opened))
    assert opened.engine is on_disk


@pytest.mark.parametrize("part", [1, 7, len(QUADS) - 1, len(QUADS), len(QUADS) + 1])
def test_quads_are_taken_in_a_part_at_a_time_and_none_is_lost(monkeypatch, part):
    monkeypatch.setattr(embedded, "_AT_ONCE", part)
    assert list(store.in_memory((), PREFIXES).quads()) == []
    assert set(store.in_memory(iter(QUADS), PREFIXES).quads()) == set(QUADS)


@contextmanager
def oxigraph(folder: Path) -> Iterator[str]:
    """An `oxigraph serve-read-only` of the quads and their merge; the address of its endpoint."""
    program = shutil.which("oxigraph", path=Path(sys.executable).parent)
    assert program, "pip install oxigraph"
    with store.new_generation(folder, PREFIXES, "made here") as made:
        made.add(QUADS)
        made.merge()
    port, generation = free_port(), folder / store.manifest(folder).generation
    with running([program, "serve-read-only", "-l", str(generation), "-b", f"127.0.0.1:{port}"], port):
        yield f"http://127.0.0.1:{port}/query"


@contextmanager
def virtuoso(folder: Path) -> Iterator[str]:
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("virtuoso-opensource is not installed")
    (folder / "quads.nq").write_bytes(serialize(QUADS, format=RdfFormat.N_QUADS))
    port, sql = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(
        f"[Database]\nDatabaseFile=v.db\nErrorLogFile=v.log\nLockFile=v.lck\nTransactionFile=v.trx\n[Parameters]\n"
        f"ServerPort=127.0.0.1:{sql}\nDirsAllowed={folder}\n[HTTPServer]\nServerPort=127.0.0.1:{port}\n",
        encoding="utf-8",
    )
    with running([program, "-f", "-c", "virtuoso.ini"], port, cwd=folder):
        load = f"DB.DBA.TTLP_MT(file_to_string_output('{folder}/quads.nq'), '', '{GRAPH}none', 512);"
        subprocess.run(["isql-vt", str(sql), "dba", "dba", f"exec={load} checkpoint;"], check=True, capture_output=True)
        yield f"http://127.0.0.1:{port}/sparql"


@contextmanager
def running(command: list[str], port: int, cwd: Path | None = None) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, f"{command[0]} ended by itself"
            time.sleep(0.05)
        yield
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# What every store does


def test_a_select_gives_terms_as_they_were_written_and_knows_the_prefixes(kept):
    found = kept.select("SELECT ?thing ?label { ?thing rdfs:label ?label } ORDER BY ?thing LIMIT 2")
    assert found.columns == ("thing", "label")
    assert found.rows == ((THINGS[0], QUADS[0].object), (THINGS[1], QUADS[1].object))
    assert next(iter(found))["thing"] == "id:thing-0"


def test_an_unbound_column_is_none(kept):
    found = kept.select("SELECT ?thing ?no { id:thing-0 kg:sign ?thing OPTIONAL { ?thing kg:no ?no } }")
    assert found.rows == ((THINGS[1], None),)


def test_rows_come_one_by_one_and_may_be_left_off(kept):
    found = kept.rows("SELECT ?thing { ?thing kg:sign ?other } ORDER BY ?thing")
    assert next(found) == (THINGS[0],)
    found.close()
    assert len(list(kept.rows("SELECT * { ?thing kg:sign ?other }"))) == len(THINGS) - 1


def test_an_ask_is_yes_or_no(kept):
    assert kept.ask("ASK { id:thing-0 kg:sign id:thing-1 }") is True
    assert kept.ask("ASK { id:thing-1 kg:sign id:thing-0 }") is False


def test_a_construct_gives_triples(kept):
    made = kept.construct("CONSTRUCT { ?b kg:of ?a } { ?a kg:sign ?b } ")
    assert {(t.subject, t.object) for t in made} == {(b, a) for a, b in pairwise(THINGS)}


def test_the_default_graph_holds_what_the_named_graphs_hold(kept):
    assert kept.ask("ASK { id:thing-0 rdfs:label ?label ; kg:sign id:thing-1 . GRAPH graph:there { id:thing-0 kg:sign ?x } }")


def test_labels_are_told_again_as_they_were_told_first(kept):
    first = kept.labels([THINGS[0].value, THINGS[1].value, ID + "nothing"])
    assert first == {THINGS[0].value: 'thing "0"\n', THINGS[1].value: 'thing "1"\n'}
    assert kept.labels([THINGS[1].value, THINGS[2].value, ID + "nothing"]) == {
        THINGS[1].value: 'thing "1"\n', THINGS[2].value: 'thing "2"\n'}


def test_the_label_of_a_store_that_changes_is_the_one_it_has_now():
    made = store.in_memory((), PREFIXES)
    assert made.labels([THINGS[0].value]) == {}
    made.add(QUADS)
    assert made.labels([THINGS[0].value]) == {THINGS[0].value: 'thing "0"\n'}


def test_graphs_are_named_in_order(kept):
    assert [name for name in kept.graphs() if name.startswith(GRAPH)] == [HERE.value, THERE.value]


def test_quads_come_with_their_graphs_and_once(kept):
    ours = [quad for quad in kept.quads() if quad.graph_name in (HERE, THERE)]
    assert len(ours) == len(QUADS) and set(ours) == set(QUADS)
    assert set(kept.quads(THERE.value)) == set(QUADS[30:])
    assert list(kept.quads(GRAPH + "nowhere")) == []


def test_a_pattern_finds_the_quads_that_match_it(kept):
    assert list(kept.match(THINGS[3], kg("sign"))) == [Quad(THINGS[3], kg("sign"), THINGS[4], THERE)]
    assert list(kept.match(value=QUADS[5].object)) == [QUADS[5]]
    assert list(kept.match(THINGS[3], graph=HERE)) == [QUADS[3]]
    assert list(kept.match(THINGS[3], LABEL, graph=THERE)) == []
    assert list(kept.match(THINGS[3], kg("sign"), THINGS[3])) == []


@pytest.mark.parametrize(("verb", "query"), [
    ("select", "ASK { ?s ?p ?o }"), ("select", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 1"),
    ("ask", "SELECT * { ?s ?p ?o } LIMIT 1"), ("construct", "SELECT * { ?s ?p ?o } LIMIT 1"), ("construct", "ASK { ?s ?p ?o }"),
])
def test_a_query_of_another_form_is_wrong_use(kept, request, verb, query):
    if request.node.callspec.params["kept"] == "virtuoso":
        pytest.skip("Virtuoso turns one form into another")
    with pytest.raises(WrongUse, match="this query"):
        getattr(kept, verb)(query)


def test_a_mistake_in_a_query_is_told(kept):
    with pytest.raises(QueryError):
        kept.select("SELECT * { ?s ?p }")


def test_the_questions_of_a_project_are_asked_of_any_store(built_world, tmp_path):
    """The graph of the tiny world, behind an endpoint, answers as on disk."""
    program = shutil.which("oxigraph", path=Path(sys.executable).parent)
    generation = built_world.store / store.manifest(built_world.store).generation
    copied, port = shutil.copytree(generation, tmp_path / "copy"), free_port()
    with running([program, "serve-read-only", "-l", str(copied), "-b", f"127.0.0.1:{port}"], port):
        here, there = graph.open(built_world), graph.at(built_world, f"http://127.0.0.1:{port}/query")
        for question in ("routes", "claims-about", "label-status", "gaps"):
            assert list(there.ask(question)) == list(here.ask(question))
        assert str(there.show("examplin")) == str(here.show("examplin"))
        assert str(there.why("page-v1-mouth")) == str(here.why("page-v1-mouth"))


# What an address may answer


class Odd(http.server.BaseHTTPRequestHandler):
    """A server that answers as its class says."""

    status, kind, body, location = 200, "application/sparql-results+json", b"{}", ""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.status)
        self.send_header("Content-Type", self.kind)
        self.send_header("Location", self.location)
        self.send_header("Content-Length", str(len(self.body) + 9 * (self.status == 200 and self.body.endswith(b"["))))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_):
        pass


@contextmanager
def odd(**answer) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Answering", (Odd,), answer))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/sparql"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("answer", "kind", "said"), [
    ({"kind": "text/html", "body": b"<html>"}, StoreError, "answers with text/html; is this the address of a SPARQL endpoint"),
    ({"body": b"{"}, StoreError, "cannot be read"),
    ({"body": b'{"head":{"vars":["s"]},"results":{"bindings":['}, StoreError, "cannot be read"),
    ({"status": 302, "location": "http://example.org/"}, StoreError, "has moved to http://example.org/"),
    ({"status": 400, "kind": "text/plain", "body": b"no\n such"}, QueryError, "refuses the query: no such"),
    ({"status": 503, "kind": "text/plain", "body": b""}, StoreError, "answers 503 Service Unavailable"),
], ids=["a page", "no JSON", "cut", "moved", "refused", "busy"])
def test_an_odd_answer_is_one_plain_sentence(answer, kind, said):
    with odd(**answer) as url, pytest.raises(kind, match=said) as error:
        store.connect(url, PREFIXES).select("SELECT * { ?s ?p ?o }")
    assert url in str(error.value) and "\n" not in str(error.value)


def test_nobody_at_an_address_is_told():
    with pytest.raises(StoreError, match="does not answer: .*refused; is the endpoint running"):
        store.connect(f"http://127.0.0.1:{free_port()}/", PREFIXES).ask("ASK {}")


def test_an_endpoint_that_says_nothing_is_not_waited_for_without_end():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(StoreError, match=r"was silent for 0.2 seconds"):
            store.connect(address, PREFIXES, seconds=0.2).ask("ASK {}")


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "file:///etc/passwd", "http:///query", "127.0.0.1:7878"])
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(WrongUse, match="is no web address"):
        store.connect(url, PREFIXES)


# Federation, from the command line alone


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> Iterator[str]:
    with oxigraph(tmp_path_factory.mktemp("elsewhere")) as url:
        yield url


def federated(url: str) -> str:
    return f"SELECT ?thing {{ SERVICE <{url}> {{ id:thing-3 kg:sign ?thing }} }}"


def test_a_server_that_is_allowed_is_asked(run_built, elsewhere):
    for host in ("127.0.0.1", elsewhere.split("/")[2]):
        done = run_built("query", federated(elsewhere), "--allow-service", host)
        assert (done.returncode, done.stdout) == (0, "thing\nid:thing-4\n"), done.stderr


@pytest.mark.parametrize(("query", "said"), [
    (federated("http://127.0.0.1:9/"), "SERVICE asks 127.0.0.1:9, which --allow-service does not name"),
    (federated("http://example.org@127.0.0.1/"), "SERVICE asks example.org@127.0.0.1, which"),
    (federated("http://example.org.evil.example/"), "SERVICE asks example.org.evil.example, which"),
    ("SELECT * { ?s ?p ?o SERVICE ?o { ?a ?b ?c } }", "each SERVICE must name its server in place"),
    ("PREFIX x: <http://127.0.0.1:9/> SELECT * { SERVICE x:y { ?a ?b ?c } }", "each SERVICE must name its server in place"),
    ("SELECT * { SERVICE <http://example.org/> {} SERVICE SILENT <http://127.0.0.1/> {} }", "SERVICE asks 127.0.0.1, which"),
    ("SELECT * { ?s kg:SERVICE <http://example.org/> . SERVICE ?s { ?a ?b ?c } }", "each SERVICE must name its server in place"),
    ("SELECT * { SERVICE <file:///etc/passwd> { ?a ?b ?c } }", "each SERVICE must name its server in place"),
])
def test_a_server_that_is_not_allowed_is_not_asked(query, said):
    from kgtool import syntax

    with pytest.raises(QueryError, match=said):
        syntax.check_foreign(query, ["example.org"])


def test_a_server_that_is_allowed_cannot_send_us_to_another(run_built, elsewhere):
    with odd(status=307, location=elsewhere) as url:
        done = run_built("query", federated(url), "--allow-service", "127.0.0.1")
    assert (done.returncode, done.stdout) == (2, "") and "could not be run" in done.stderr


def test_another_store_is_asked_from_the_command_line(run_built, elsewhere):
    asked = ("query", "SELECT ?thing { id:thing-3 kg:sign ?thing }", "--store")
    assert run_built(*asked, elsewhere).stdout == "thing\nid:thing-4\n"
    done = run_built(*asked, "nowhere")
    assert done.returncode == 2 and "nowhere holds no store that this version can read; `kgtool load FILE" in done.stderr
    done = run_built(*asked, f"http://127.0.0.1:{free_port()}/")
    assert done.returncode == 2 and "does not answer" in done.stderr
