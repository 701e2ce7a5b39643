"""Connections that workers answer over by themselves: nobody can tell, but by the time it takes."""

from __future__ import annotations

import json
import os
import random
import re
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from kgtool import build
from kgtool.web.serve import Serving
from tests.w3c_manifests import QUERY

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
OPEN = 200
OFTEN = 4
BESIDE = 4
NOTHING_YET = b"nothing yet"
YES = b'{"head":{},"boolean":true}'


def posted(query: str, *more: str, kind: str = QUERY) -> bytes:
    lines = ["POST /sparql HTTP/1.1", "Host: localhost", f"Content-Type: {kind}", f"Content-Length: {len(query.encode())}", *more]
    return "\r\n".join([*lines, "", query]).encode()


def got(query: str, *more: str) -> bytes:
    return "\r\n".join([f"GET /sparql?query={quote(query)} HTTP/1.1", "Host: localhost", *more, "", ""]).encode()


@contextmanager
def connected(site: str) -> Iterator[socket.socket]:
    with socket.create_connection((urlsplit(site).hostname, urlsplit(site).port), timeout=20) as spoken:
        yield spoken


@contextmanager
def lent(site: str, queries: int = 1) -> Iterator[socket.socket]:
    """A connection over which a query has been asked, so that a worker has it; or several, beside others, so that all have it."""
    with ExitStack() as opened:
        spoken, *others = (opened.enter_context(connected(site)) for _ in range(BESIDE + 1 if queries >= OFTEN else 1))
        for _ in range(queries):
            for each in (spoken, *others):
                assert asked(each, posted("ASK {}"))[0] == 200
        time.sleep(0.05)
        yield spoken


def asked(spoken: socket.socket, raw: bytes) -> tuple[int, dict[str, str], bytes]:
    spoken.sendall(raw)
    return heard(spoken.makefile("rb"))


def heard(answers) -> tuple[int, dict[str, str], bytes]:
    status = int(answers.readline().split()[1])
    headers = dict(line.decode().rstrip().lower().split(": ", 1) for line in iter(answers.readline, b"\r\n"))
    return status, headers, answers.read(int(headers.get("content-length", 0)))


def told(raw: bytes) -> tuple[bytes, tuple[bytes, ...], bytes]:
    """All that was answered, without the order of headers and the hour."""
    head, _, rest = raw.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    return first, tuple(sorted(line for line in lines if not line.startswith(b"date:"))), re.sub(rb"date: [^\r]+", b"", rest)


def all_said(spoken: socket.socket, patience: float) -> bytes:
    """What comes until the server ends the connection, or has nothing more to say for so many seconds; NOTHING_YET where
    it has said nothing and did not end it either."""
    pieces = []
    spoken.settimeout(patience)
    try:
        while piece := spoken.recv(1 << 16):
            pieces.append(piece)
    except TimeoutError:
        return b"".join(pieces) or NOTHING_YET
    except ConnectionResetError:
        pass
    return b"".join(pieces)


USUAL = {
    "a query posted": posted("ASK {}"), "a query in the address": got("ASK {}"),
    "a form": posted("query=ASK+%7B%7D", kind="application/x-www-form-urlencoded"),
    "rows as CSV": posted("SELECT ?n { VALUES ?n { 1 2 3 } }", "Accept: text/csv"),
    "triples": got("CONSTRUCT { id:x rdfs:label ?n } WHERE { VALUES ?n { 1 2 3 } }", "Accept: text/turtle"),
    "in no form there is": posted("ASK {}", "Accept: image/png"), "an error of syntax": posted("ASK {"),
    "what breaks the engine": posted("ASK " + "{" * 3000 + "}" * 3000), "graphs named": got("ASK { ?s ?p ?o }")[:-2].replace(
        b" HTTP", b"&named-graph-uri=http%3A%2F%2Fe%2Fg HTTP") + b"\r\n",
    "a page's own": posted("ASK {}", "Origin: http://localhost", "Sec-Fetch-Site: same-origin"),
}
UNUSUAL = {
    "of another site": posted("ASK {}", "Origin: https://evil.example"), "of another name": posted("ASK {}").replace(
        b"localhost", b"evil.example"),
    "two lengths": posted("ASK {}", "Content-Length: 6"), "two lengths that differ": posted("ASK {}", "Content-Length: 7"),
    "a length and chunks": posted("ASK {}", "Transfer-Encoding: chunked"), "a length below none": posted("ASK {}").replace(
        b"Length: 6", b"Length: -6"), "a length with a sign": posted("ASK {}").replace(b"Length: 6", b"Length: +6"),
    "a length with a space": posted("ASK {}").replace(b"Length: 6", b"Length : 6"), "no length": posted("ASK {}").replace(
        b"Content-Length: 6\r\n", b""), "a length too short": posted("ASK {}").replace(b"Length: 6", b"Length: 4"),
    "bare line ends": posted("ASK {}").replace(b"\r\n", b"\n"), "one bare line end": posted("ASK {}", "X: a\nY: b"),
    "a folded line": posted("ASK {}", "X: a\r\n b"), "a line without a colon": posted("ASK {}", "nonsense"),
    "NUL in a line": posted("ASK {}", "X: \0"), "a name with a space": posted("ASK {}", "X y: z"),
    "an absolute address": got("ASK {}").replace(b"/sparql", b"http://localhost/sparql"),
    "an absolute address of another": got("ASK {}").replace(b"/sparql", b"http://evil.example/sparql"),
    "NUL, encoded": got("ASK {}").replace(b"ASK", b"ASK%00"), "no UTF-8, encoded": got("ASK {}").replace(b"ASK", b"%FF"),
    "no UTF-8": got("ASK {}").replace(b"ASK", b"\xff"), "a fragment": got("ASK {}").replace(b" HTTP", b"#x HTTP"),
    "a path that leads back": got("ASK {}").replace(b"/sparql", b"/x/../sparql"), "a slash behind": got("ASK {}").replace(
        b"/sparql", b"/sparql/"), "a letter encoded": got("ASK {}").replace(b"/sparql", b"/%73parql"),
    "an older HTTP": got("ASK {}").replace(b"1.1", b"1.0"), "a newer HTTP": got("ASK {}").replace(b"1.1", b"1.2"),
    "no query": got("ASK {}").replace(b"?query", b"?other"), "two queries": got("ASK {}").replace(b" HTTP", b"&query=ASK HTTP"),
    "an update": posted("CLEAR ALL", kind="application/sparql-update"), "another type": posted("ASK {}", kind="text/plain"),
    "another method": got("ASK {}").replace(b"GET", b"PUT"), "a small method": got("ASK {}").replace(b"GET", b"get"),
    "the last of its connection": posted("ASK {}", "Connection: close"), "an upgrade": posted(
        "ASK {}", "Connection: Upgrade", "Upgrade: websocket"), "compressed": posted("ASK {}", "Content-Encoding: gzip"),
    "a body that comes with a GET": got("ASK {}", "Content-Length: 3") + b"abc", "two spaces": got("ASK {}").replace(
        b" HTTP", b"  HTTP"), "a line before it": b"\r\n" + posted("ASK {}"),
    "a page": b"GET /about HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "many lines": posted("ASK {}", *(f"X-{n}: y" for n in range(120))), "two at once": posted("ASK {}") + got("ASK { ?s ?p 1 }"),
    "behind a proxy": posted("ASK { <a> ?p ?o }", "X-Forwarded-Proto: https"),
}


def mutated(chance: random.Random) -> bytes:
    """A usual request with a few bytes of its head changed, lost or doubled."""
    raw = bytearray(chance.choice([USUAL["a query posted"], USUAL["a query in the address"], USUAL["a form"]]))
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(raw))
        piece = chance.choice([b"", b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b"%", b"#", b"\xff", bytes([raw[at]]) * 2])
        raw[at:at + chance.randint(0, 2)] = piece
    return bytes(raw)


def differ(site: str, raw: bytes, patience: float = 1) -> tuple | None:
    """A request whose head comes in pieces is read by the server itself; what comes whole, by a worker."""
    with connected(site) as plain, lent(site) as spoken, lent(site, OFTEN) as shared:
        for piece in (raw[:1], raw[1:]):
            plain.sendall(piece)
            time.sleep(0.02)
        spoken.sendall(raw)
        shared.sendall(raw)
        said = [all_said(each, patience) for each in (spoken, shared, plain)]
    if len(set(map(len, said))) > 1 and patience == 1:
        return differ(site, raw, patience=20)  # one of them is only later: what is asked for takes a busy machine a second
    answers = list(map(told, said))
    return None if answers[0] == answers[1] == answers[2] else (raw, *answers)


@pytest.mark.parametrize("requests", [USUAL, UNUSUAL, {seed: mutated(random.Random(seed)) for seed in range(60)}],
                         ids=["usual", "unusual", "nearly HTTP"])
def test_a_worker_answers_as_the_server_does(site, requests):
    with ThreadPoolExecutor(12) as clients:
        found = dict(zip(requests, clients.map(partial(differ, site), requests.values()), strict=True))
    assert {name: difference for name, difference in found.items() if difference} == {}


def test_one_connection_is_used_for_queries_and_pages_in_turn(site):
    with connected(site) as spoken:
        for _ in range(5):
            assert asked(spoken, posted("ASK {}"))[2] == YES
            assert asked(spoken, b"GET /about HTTP/1.1\r\nHost: localhost\r\n\r\n")[0] == 200


ELSEWHERE = {
    "a page": b"GET /about HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a query that is sent in an unusual way": posted("ASK {}", "TE: trailers"),
    "what the endpoint is": b"GET /sparql HTTP/1.1\r\nHost: localhost\r\nAccept: text/turtle\r\n\r\n",
}


@pytest.mark.skipif(sys.platform != "linux", reason="only there it is told which process is whose child")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_after_a_page_queries_are_answered_by_workers_again_even_where_their_parent_stands_still(built_world, serving, workers):
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    before = set(children.read_text().split())
    with serving(built_world, "--workers", workers) as address, connected(address) as spoken:
        server, = (int(number) for number in set(children.read_text().split()) - before)
        for raw in ELSEWHERE.values():
            for said in (raw, *[posted("ASK {}")] * 5):
                assert asked(spoken, said)[0] == 200
            time.sleep(0.1)
            os.kill(server, signal.SIGSTOP)
            try:
                assert [asked(spoken, posted("ASK {}"))[2] for _ in range(3)] == [YES] * 3
            finally:
                os.kill(server, signal.SIGCONT)


def test_queries_that_no_worker_reads_are_answered_one_after_the_other_for_as_long_as_they_come(site):
    with connected(site) as spoken:
        for number in range(250):
            assert f'"{number}"'.encode() in asked(spoken, posted(f"SELECT ({number} AS ?x) {{}}", "TE: trailers"))[2]
        spoken.sendall(b"".join(posted(f"SELECT ({number} AS ?x) {{}}", "TE: trailers") for number in range(5)))
        answers = spoken.makefile("rb")
        assert [b'"%d"' % number in heard(answers)[2] for number in range(5)] == [True] * 5


def test_a_body_that_comes_after_its_head_is_waited_for(site):
    head, _, body = posted("ASK {}").partition(b"ASK")
    with connected(site) as new, lent(site) as old, lent(site, OFTEN) as shared:
        for spoken in (new, old, new, shared, shared):
            for piece in (head, b"A", b"S"):
                spoken.sendall(piece)
                time.sleep(0.05)
            assert asked(spoken, b"K" + body)[2] == YES


def test_who_ends_before_a_request_is_whole_gets_no_answer(site):
    with connected(site) as spoken:
        spoken.sendall(posted("ASK {}")[:-1])
        spoken.shutdown(socket.SHUT_WR)
        assert spoken.recv(1) == b""


@pytest.fixture(scope="module")
def narrow(founding, serving) -> Iterator[str]:
    """The address of a server that may have no more than so many files open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with ExitStack() as running:
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN, hard))
        try:
            address = running.enter_context(serving(founding.project, "--workers", "1"))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        yield address


def test_clients_that_make_a_connection_for_each_query_leave_nothing_open(narrow):
    for number in range(2 * OPEN):
        with connected(narrow) as spoken:
            raw = posted(f"SELECT ({number} AS ?x) {{}}", *["Connection: close"][:number % 2])
            assert f'"{number}"'.encode() in asked(spoken, raw)[2]
            assert number % 2 == 0 or spoken.recv(1) == b""


def test_more_clients_than_may_be_let_in_wait_until_others_have_gone(narrow):
    with ExitStack() as opened:
        for _ in range(OPEN):
            opened.enter_context(connected(narrow))
        late = opened.enter_context(connected(narrow))
        late.sendall(posted("ASK {}"))
        late.settimeout(0.5)
        with pytest.raises(TimeoutError):
            late.recv(1)
    with connected(narrow) as spoken:
        assert asked(spoken, posted("ASK {}"))[2] == YES


@pytest.mark.parametrize("queries", [1, OFTEN])
def test_requests_sent_at_once_are_answered_in_their_order(site, queries):
    numbers = list(range(40))
    with lent(site, queries) as spoken:
        spoken.sendall(b"".join(posted(f"SELECT ({number} AS ?x) {{}}") for number in numbers))
        answers = spoken.makefile("rb")
        bodies = [json.loads(heard(answers)[2]) for _ in numbers]
    assert [int(body["results"]["bindings"][0]["x"]["value"]) for body in bodies] == numbers


@pytest.mark.parametrize("queries", [1, OFTEN])
def test_an_answer_larger_than_a_connection_holds_comes_whole_to_a_slow_reader(site, queries):
    with lent(site, queries) as spoken:
        spoken.sendall(posted(f'SELECT ("{"long " * 300}" AS ?text) {{ ?a ?b ?c }} LIMIT 6000', "Accept: text/csv"))
        answers = spoken.makefile("rb", 4096)
        time.sleep(1)
        status, _, body = heard(answers)
        assert (status, body.count(b"\r\n")) == (200, 6001)
        assert asked(spoken, posted("ASK {}"))[2] == YES


def test_a_runaway_is_stopped_and_the_connections_beside_it_go_on(founding, serving):
    with serving(founding.project, "--timeout", "3", "--workers", "1") as address, ExitStack() as opened:
        others = [opened.enter_context(lent(address)) for _ in range(5)]
        runaway = opened.enter_context(lent(address))
        runaway.sendall(posted(RUNAWAY))
        assert {asked(other, posted("ASK {}"))[2] for other in others for _ in range(20)} == {YES}
        assert select.select([runaway], [], [], 0)[0] == [], "it still runs"
        status, headers, body = heard(runaway.makefile("rb"))
        assert (status, headers["connection"], b"took longer than 3 seconds" in body) == (503, "close", True)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_breaks_the_engine_is_answered_in_one_sentence_and_nothing_beside_it_is_lost(founding, serving, workers):
    doubled = "SELECT (STRLEN(?x39) AS ?n) { BIND('0123456789' AS ?x0) " + " ".join(
        f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(39)) + " }"
    with serving(founding.project, "--workers", workers) as address, ExitStack() as opened:
        others = [opened.enter_context(lent(address, OFTEN)) for _ in range(5)]
        broken = opened.enter_context(lent(address, OFTEN))
        status, _, body = asked(broken, posted(doubled))
        assert (status, b"make it smaller" in body or b"ask for less" in body) == (503, True)
        assert {asked(other, posted("ASK {}"))[2] for other in others} == {YES}


def test_a_client_that_goes_away_takes_its_query_along(founding, serving):
    with serving(founding.project, "--workers", "1") as address:
        for _ in range(6):  # more than may run for long at once
            with lent(address) as gone:
                gone.sendall(posted(RUNAWAY))
                time.sleep(0.5)
        with lent(address) as spoken:
            assert asked(spoken, posted("ASK {}"))[2] == YES


@pytest.mark.parametrize("queries", [0, 1, OFTEN])
def test_who_closes_one_side_is_answered_what_is_quick_and_told_why_nothing_else(site, queries):
    for query, status, said in [("ASK {}", 200, YES), (RUNAWAY, 503, b"keep both open until the answer is there\n")]:
        with lent(site, queries) as spoken:
            spoken.sendall(posted(query))
            spoken.shutdown(socket.SHUT_WR)
            answered, _, body = heard(spoken.makefile("rb"))
            assert (answered, body[-len(said):]) == (status, said)


def test_hundreds_of_connections_that_say_nothing_or_not_all_hold_up_nobody(site):
    with ExitStack() as opened:
        for each in range(600):
            silent = opened.enter_context(lent(site, (0, 1, OFTEN)[each % 3]) if each % 50 < 3 else connected(site))
            silent.sendall((b"", b"GET /sparql?query=A", posted("ASK {}")[:-1])[each % 3])
        assert {asked(opened.enter_context(connected(site)), posted("ASK {}"))[2] for _ in range(20)} == {YES}
    with lent(site, OFTEN) as spoken:
        assert asked(spoken, posted("ASK {}"))[2] == YES


@pytest.mark.parametrize("queries", [1, OFTEN])
def test_a_connection_of_before_is_answered_from_a_new_build_at_once(world, serving, queries):
    question = posted("ASK { ?thing rdfs:label 'Something new'@en }")
    with serving(world) as address, lent(address, queries) as spoken:
        assert b"false" in asked(spoken, question)[2]
        things = world.root / "graph_data" / "about.ttl"
        written = things.read_text(encoding="utf-8")
        things.write_text(re.sub(r'rdfs:label "[^"]+"@en', 'rdfs:label "Something new"@en', written, count=1), encoding="utf-8")
        build.build(world)
        assert b"true" in asked(spoken, question)[2]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_stop_ends_connections_that_are_lent(built_world, serving, workers):
    with ExitStack() as opened:
        with serving(built_world, "--workers", workers) as address:
            spoken = opened.enter_context(lent(address, OFTEN))
            began = time.monotonic()
        assert (spoken.recv(1), time.monotonic() - began < Serving.finish) == (b"", True)
