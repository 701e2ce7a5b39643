"""`kgtool serve` as a command: what it refuses, what it says, and how it begins and ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.w3c_manifests import Client

ROOT = Path(__file__).resolve().parents[1]


def one_error(ran: subprocess.CompletedProcess, *parts: str) -> None:
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("error: ") and all(part in ran.stderr for part in parts), ran.stderr


def test_a_port_in_use_is_one_error(run_built):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        one_error(run_built("serve", "--port", port), f"cannot listen on 127.0.0.1, port {port}", "in use", "--port N")


@pytest.mark.parametrize(("words", "parts"), [
    (("--host", "no.such.host.invalid"), ("cannot listen on no.such.host.invalid",)),
    (("--allow-origin", "yasgui.org"), ("yasgui.org is not the origin of a page", "https://yasgui.org")),
    (("--allow-origin", "https://a.example/path"), ("is not the origin of a page",)),
    (("--port", "70000"), ("70000",)), (("--workers", "0"), ("--workers",)), (("--timeout", "0"), ("--timeout",)),
    (("--finish", "-1"), ("--finish",)),
])
def test_wrong_options_are_one_error(run_built, words, parts):
    one_error(run_built("serve", *words), *parts)


def test_a_scratch_store_is_not_made_among_other_files(run_built, built_world, tmp_path):
    (tmp_path / "diary.txt").write_text("dear diary")
    for folder in (tmp_path, built_world.store):
        one_error(run_built("serve", "--port", "0", "--writable", folder), "holds other things than a scratch store")
    assert [path.name for path in tmp_path.iterdir()] == ["diary.txt"]


def test_a_scratch_store_has_one_server_and_outlives_it(built_world, serving, run_built, tmp_path):
    folder = tmp_path / "scratch"
    with serving(built_world, "--writable", folder) as address:
        assert Client(address).update("INSERT DATA { <http://e/s> <http://e/p> 1 }").status == 204
        one_error(run_built("serve", "--port", "0", "--writable", folder), "cannot be written to", "lock")
    with serving(built_world, "--writable", folder) as address:
        assert b"true" in Client(address).query("ASK { <http://e/s> <http://e/p> 1 }").body


def test_the_help_names_every_option(run_built):
    said = run_built("serve", "--help").stdout
    for option in ("--port", "--host", "--open", "--allow-origin", "--workers", "--timeout", "--finish", "--writable",
                   "--project"):
        assert option in said


def test_where_no_browser_can_be_opened_the_address_is_enough(built_world):
    without = {"PATH": "/nowhere", "PYTHONPATH": str(ROOT), "KGTOOL_CACHE": str(built_world.texts.parent)}
    command = [sys.executable, "-m", "kgtool", "serve", "--port", "0", "--open"]
    server = subprocess.Popen(command, cwd=built_world.root, env=without, stderr=subprocess.PIPE, text=True)
    address = re.match(r"http://\S+/ is being served", server.stderr.readline())
    assert address and "no browser could be opened here" in server.stderr.readline()
    server.terminate()
    assert server.wait(timeout=20) == 0


@pytest.mark.parametrize("stopping", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_all_processes_and_answers_what_is_under_way(built_world, stopping):
    server = subprocess.Popen(
        [sys.executable, "-m", "kgtool", "serve", "--port", "0", "--timeout", "2"], cwd=built_world.root, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "KGTOOL_CACHE": str(built_world.texts.parent)}, stderr=subprocess.PIPE,
        start_new_session=True,
    )
    address = server.stderr.readline().split()[0]
    with socket.create_connection((urlsplit(address).hostname, urlsplit(address).port)) as asking:
        asking.settimeout(20)
        query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
        asking.sendall(f"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
                       f"Content-Length: {len(query)}\r\n\r\n{query}".encode())
        assert Client(address).query("ASK {}").status == 200, "so what came before it is known of"
        time.sleep(0.5)
        os.killpg(server.pid, stopping)  # as a terminal does, and as those do who look after services
        assert asking.recv(65536).startswith(b"HTTP/1.1 503 ")
    assert server.wait(timeout=20) == 0
    with pytest.raises(ProcessLookupError):
        for _ in range(100):
            os.killpg(server.pid, 0)
            time.sleep(0.05)


def test_a_query_that_waits_behind_another_when_the_server_stops_is_told_so(built_world, tmp_path):
    """Where a store may be written to there is one worker, and what comes meanwhile waits."""
    server = subprocess.Popen(
        [sys.executable, "-m", "kgtool", "serve", "--port", "0", "--timeout", "3", "--writable", str(tmp_path / "scratch")],
        cwd=built_world.root, text=True, stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT), "KGTOOL_CACHE": str(built_world.texts.parent)},
    )
    place = urlsplit(server.stderr.readline().split()[0])
    insert = "INSERT DATA { " + " ".join(f"<http://e/{n}> <http://e/p> {n} ." for n in range(300)) + " }"
    assert Client(place.geturl()).update(insert).status == 204

    def sent(query: str) -> socket.socket:
        asking = socket.create_connection((place.hostname, place.port))
        asking.settimeout(30)
        asking.sendall(f"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
                       f"Content-Length: {len(query)}\r\n\r\n{query}".encode())
        return asking

    with sent("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }") as at_work:
        time.sleep(0.3)
        with sent("ASK {}") as waiting, sent("SELECT * { ?s ?p ?o } LIMIT 1") as another:
            time.sleep(0.3)
            server.terminate()
            assert all(asking.recv(65536).startswith(b"HTTP/1.1 503 ") for asking in (at_work, waiting, another))
    assert server.wait(timeout=30) == 0


def test_a_stop_does_not_wait_for_pages_that_nobody_waits_for():
    """Such as one that is being made ready, in a step of the engine that cannot be interrupted."""
    program = """if True:
        import asyncio, time
        from kgtool.web.threads import Threads, leave

        async def serve():
            loop = asyncio.get_running_loop()
            loop.set_default_executor(Threads(2))
            loop.run_in_executor(None, time.sleep, 600)

        asyncio.run(serve())
        print("stopped")
        leave()"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "stopped\n", "")


LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
# sent whole, a worker reads it by itself; sent in pieces, the server does and asks a worker
SENT = {
    "whole": f"Content-Length: {len(LONG)}\r\n\r\n{LONG}",
    "in pieces": f"Transfer-Encoding: chunked\r\n\r\n{len(LONG):x}\r\n{LONG}\r\n0\r\n\r\n",
}


def test_what_is_not_done_when_a_stop_may_take_no_longer_is_told_so(built_world):
    command = [sys.executable, "-m", "kgtool", "serve", "--port", "0", "--timeout", "60", "--finish", "0.5"]
    server = subprocess.Popen(
        command, cwd=built_world.root, text=True, stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT), "KGTOOL_CACHE": str(built_world.texts.parent)},
    )
    place = urlsplit(server.stderr.readline().split()[0])
    asking = [socket.create_connection((place.hostname, place.port), timeout=10) for _ in SENT]
    for each, rest in zip(asking, SENT.values(), strict=True):
        each.sendall(f"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n{rest}".encode())
    time.sleep(0.5)
    server.terminate()
    answers = {}
    for name, each in zip(SENT, asking, strict=True):
        with each:
            answers[name] = b"".join(iter(lambda each=each: each.recv(65536), b""))
    assert server.wait(timeout=20) == 0
    for name, answer in answers.items():
        assert answer.startswith(b"HTTP/1.1 503 ") and b"the server was stopped before" in answer, (name, answer)
