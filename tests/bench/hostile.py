"""Queries that break engines, clients that hang, workers killed and builds renewed, for minutes; beside them good questions.

    python -m tests.bench.hostile [--minutes 3] [--workers 2]

What is told: how good questions fared, how each hostile way was answered, and whether memory, open files or processes
of the server grew. The server runs on a copy of the graph.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlencode

from kgtool import build
from kgtool.project import FOLDERS, Project
from tests.bench.endpoint import family
from tests.test_endpoint import RUNAWAYS
from tests.test_foreign_queries import REACHING_OUT, REFUSED
from tests.w3c_manifests import FORM, QUERY

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = [*REFUSED.values(), *REACHING_OUT, *RUNAWAYS.values()]
POINT = "SELECT ?effect { id:baclofen kg:hasSideEffect ?effect }"
WAYS: dict[str, Callable[[str], tuple[str, str, str | None, dict[str, str]]]] = {
    "GET": lambda query: ("GET", f"/sparql?{urlencode({'query': query})}", None, {}),
    "form": lambda query: ("POST", "/sparql", urlencode({"query": query}), {"Content-Type": FORM}),
    "direct": lambda query: ("POST", "/sparql", query, {"Content-Type": QUERY}),
    "page": lambda query: ("GET", f"/query?{urlencode({'query': query})}", None, {}),
    "question": lambda query: ("GET", f"/ask/routes?{urlencode({'drug': query})}", None, {}),
    "graph": lambda query: ("GET", f"/graphs?graph={quote('http://e/' + query)}", None, {}),
}


class Told:
    """What all clients saw."""

    def __init__(self) -> None:
        self.until = float("inf")
        self.good: list[float] = []
        self.wrong: list[str] = []
        self.hostile: Counter[tuple[str, str]] = Counter()

    @property
    def goes_on(self) -> bool:
        return time.monotonic() < self.until


def main(words: list[str]) -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--minutes", type=float, default=3)
    given.add_argument("--workers", type=int, default=2)
    asked = given.parse_args(words)
    with tempfile.TemporaryDirectory() as folder, _serving(Path(folder), asked.workers) as (server, project, where):
        told = Told()
        told.until = time.monotonic() + 60 * asked.minutes
        doing = [*[(_ask_well, 2), (_ask_ill, 6), (_go_away, 1), (_hang, 1)]]
        clients = [threading.Thread(target=do, args=(where, told)) for do, number in doing for _ in range(number)]
        for client in clients:
            client.start()
        print(f"{'seconds':>8}{'MB':>7}{'files':>7}{'processes':>11}{'zombies':>9}{'good':>8}")
        began = time.monotonic()
        while told.goes_on:
            _disturb(server, project, told)
            print(f"{time.monotonic() - began:8.0f}{_sizes(server)}{len(told.good):8}", flush=True)
        for client in clients:
            client.join()
        print("\n".join(_summary(told)))


@contextmanager
def _serving(folder: Path, workers: int) -> Iterator[tuple[subprocess.Popen, Project, tuple[str, int]]]:
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name)
    project = Project(folder, folder / "build", folder / "cache" / "texts")
    build.build(project)
    command = [sys.executable, "-m", "kgtool", "serve", "--port", "0", "--workers", str(workers), "--timeout", "2"]
    surroundings = os.environ | {"PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True, start_new_session=True, env=surroundings)
    found = re.match(r"http://(\S+):(\d+)/ ", server.stderr.readline())
    try:
        yield server, project, (found[1], int(found[2]))
    finally:
        server.terminate()
        print(f"ended with {server.wait(30)}; it said: {server.stderr.read() or 'nothing'}")
        with suppress(ProcessLookupError):
            for _ in range(100):
                os.killpg(server.pid, 0)
                time.sleep(0.05)  # those who were told to end may have to wait for a processor to do so
            print("a process is left")


def _ask_well(where: tuple[str, int], told: Told) -> None:
    """Over one connection, as a program does, and now and then a page."""
    while told.goes_on:
        asking = http.client.HTTPConnection(*where, timeout=20)
        with suppress(ConnectionError, http.client.HTTPException):
            for number in range(200):
                began = time.monotonic()
                path = "/about" if number % 20 == 19 else f"/sparql?query={quote(POINT)}"
                asking.request("GET", path)
                answer = asking.getresponse()
                said = answer.read()
                if answer.status != 200:
                    told.wrong.append(f"{answer.status} {said[:100]!r}")
                told.good.append(time.monotonic() - began)
                time.sleep(0.01)
        asking.close()


def _ask_ill(where: tuple[str, int], told: Told) -> None:
    chance = random.Random(threading.get_ident())
    while told.goes_on:
        way = chance.choice(list(WAYS))
        method, path, body, headers = WAYS[way](chance.choice(HOSTILE))
        asking = http.client.HTTPConnection(*where, timeout=30)
        try:
            asking.request(method, path, body, headers)
            told.hostile[way, str(asking.getresponse().status)] += 1
        except (OSError, http.client.HTTPException) as error:
            told.hostile[way, type(error).__name__] += 1
        asking.close()


def _go_away(where: tuple[str, int], told: Told) -> None:
    while told.goes_on:
        asking = http.client.HTTPConnection(*where, timeout=30)
        with suppress(OSError):
            asking.request("POST", "/sparql", RUNAWAYS["a count over a cross product"], {"Content-Type": QUERY})
            time.sleep(0.5)
        asking.close()


def _hang(where: tuple[str, int], told: Told) -> None:
    """Three hundred that say nothing, or not all."""
    begun = [b"", b"GET /sparql?query=A", b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nASK"]
    while told.goes_on:
        hanging = []
        with suppress(OSError):
            for number in range(300):
                hanging.append(socket.create_connection(where, timeout=5))
                hanging[-1].sendall(begun[number % 3])
        for _ in range(20):
            if told.goes_on:
                time.sleep(1)
        for one in hanging:
            one.close()


def _disturb(server: subprocess.Popen, project: Project, told: Told) -> None:
    """Ten seconds, in which a worker is killed as a system does that has no memory left, and the graph is built again."""
    time.sleep(5)
    if workers := family(server.pid)[2:]:
        with suppress(ProcessLookupError):
            os.kill(random.choice(workers), signal.SIGKILL)
    time.sleep(5)
    things = project.root / "graph_data" / "about.ttl"
    things.write_text(things.read_text(encoding="utf-8") + "# built again\n", encoding="utf-8")
    build.build(project)


def _sizes(server: subprocess.Popen) -> str:
    """Memory and open files of the process that serves, and how many there are."""
    pages = int(Path(f"/proc/{server.pid}/statm").read_text().split()[1])
    files = len(os.listdir(f"/proc/{server.pid}/fd"))
    members = family(server.pid)
    states = [Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()[0] for member in members
              if Path(f"/proc/{member}").exists()]
    return f"{pages * os.sysconf('SC_PAGE_SIZE') / 1e6:7.0f}{files:7}{len(members):11}{states.count('Z'):9}"


def _summary(told: Told) -> Iterator[str]:
    times = sorted(told.good)
    half, most = times[len(times) // 2], times[len(times) * 99 // 100]
    yield (f"{len(times)} good questions: half within {half * 1000:.1f} ms, 99 of 100 within {most * 1000:.1f} ms, "
           f"all within {times[-1] * 1000:.0f} ms; {len(told.wrong)} not answered well")
    yield from Counter(told.wrong)
    for way in WAYS:
        said = ", ".join(f"{status} {count} times" for (name, status), count in sorted(told.hostile.items()) if name == way)
        yield f"{way}: {said}"


if __name__ == "__main__":
    main(sys.argv[1:])
