"""Point queries at the endpoint, from 1, 8 and 64 connections, and from 8 clients that make a connection for each query,
beside rdflib-endpoint, Oxigraph's own server, and a floor: a process that answers everything with the same bytes.

    python -m tests.bench.endpoint [--install] [--peers DIR] [--rounds 3] [--seconds 3]

Needs wrk (apt install wrk), which runs on the same cores. The peers are the commands `rdflib-endpoint` and `oxigraph` of
PyPI's packages of these names: --install puts them into build/bench/peers, an environment of their own; DIR is another
folder they lie in. Those that are not there are left out. Written to build/bench/endpoint.tsv as well.

At the end stand what the server adds to the time of a query in the same process, at one connection, how long it takes
until a worker that was killed is replaced, and until a server that is started shows its first page.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import QueryResultsFormat

from kgtool import project as projects
from kgtool import store
from tests.bench import aims, timing
from tests.bench.aims import Aim

ROOT = Path(__file__).resolve().parents[2]
ONE_A_QUERY = "8, one a query"
CONNECTIONS = ("1", "8", "64", ONE_A_QUERY)
PEERS = ("oxigraph", "rdflib-endpoint")
MICROSECONDS = 160  # that a worker is at a query
COLUMNS = (
    "server", "connections", "a second", "half ms", "99 % ms", "99 % ÷ half", "CPU us", "errors", "of oxigraph", "of rdflib",
)
SCRIPT = """
local queries = {{ {queries} }}
local n = 0
request = function()
  n = n % #queries + 1
  return wrk.format("POST", nil, {{
    ["Content-Type"] = "application/sparql-query", ["Accept"] = "application/sparql-results+json",
    ["Connection"] = "{connection}"}}, queries[n])
end
done = function(summary, latency)
  local wrong = summary.errors
  print("MEASURED " .. summary.requests .. " " .. summary.duration .. " " .. latency:percentile(50) .. " "
    .. latency:percentile(99) .. " " .. (wrong.connect + wrong.read + wrong.write + wrong.status + wrong.timeout))
end
"""


@dataclass(frozen=True)
class Load:
    """What one server did under one load: requests a second, milliseconds, microseconds of processor time a request."""

    a_second: float
    half_within: float
    most_within: float
    errors: int
    cpu: float


Loads = dict[tuple[str, str], Load]


def main(words: list[str]) -> Loads:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--install", action="store_true")
    given.add_argument("--peers", type=Path, default=timing.PRODUCTS / "peers" / "bin")
    given.add_argument("--rounds", type=int, default=3)
    given.add_argument("--seconds", type=int, default=3)
    asked = given.parse_args(words)
    if not shutil.which("wrk"):
        sys.exit("wrk is missing: apt install wrk")
    if asked.install:
        _install(asked.peers.parent)
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        queries = _queries()
        scripts = {connections: _script(folder, connections, queries) for connections in CONNECTIONS}
        servers = {name: running.enter_context(_running(command, port, path))
                   for name, (command, port, path) in _commands(folder, asked.peers).items()}
        _settle(process for process, _ in servers.values())
        found: dict[tuple[str, str], list[Load]] = {(name, connections): [] for name in servers for connections in CONNECTIONS}
        for _ in range(asked.rounds):
            for connections, script in scripts.items():
                for name, (process, address) in servers.items():
                    found[name, connections].append(_loaded(process, address, connections, asked.seconds, script))
        middle = {key: _middle(loads) for key, loads in found.items()}
        notes = [_added(middle, queries), _replacing(*servers["kgtool, 1 worker"]),
                 _starting(), f"Two workers do {growth(middle):.2f} times what one does over 8 and 64 connections."]
    rows = list(_rows(middle))
    timing.write("endpoint", "Point queries", COLUMNS, rows, [*notes, timing.circumstances("pyoxigraph", "uvicorn")])
    print(timing.table(COLUMNS, rows))
    print("\n".join(notes))
    aims.tell("endpoint", _aims(middle))
    return middle


def _aims(loads: Loads) -> Iterator[Aim]:
    ours = {key: load for key, load in loads.items() if key[0].startswith("kgtool")}
    for connections in ("8", "64"):
        if peer := loads.get(("rdflib-endpoint", connections)):
            least = min(load.a_second for (_, number), load in ours.items() if number == connections)
            yield Aim(f"queries a second from {connections} connections, ours ÷ rdflib-endpoint", least / peer.a_second, least=5)
    yield Aim("queries a second of two workers ÷ one, 8 and 64 connections", growth(loads), least=1)
    yield Aim("the slowest hundredth ÷ half, at most", max(load.most_within / load.half_within for load in ours.values()), most=4)
    yield Aim("errors", sum(load.errors for load in ours.values()), most=0)


def _install(folder: Path) -> None:
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", "oxigraph", "rdflib-endpoint[cli]"], check=True)


def _queries() -> list[str]:
    """A hundred point queries: what is claimed of a thing."""
    opened = store.open_read_only(projects.find(ROOT).store)
    rows = opened.select("SELECT DISTINCT ?thing { ?thing a ?kind ; rdfs:label ?label } ORDER BY ?thing LIMIT 100").rows
    return [f"SELECT ?p ?o {{ <{row[0].value}> ?p ?o }} LIMIT 20" for row in rows]


def _script(folder: Path, connections: str, queries: list[str]) -> Path:
    script = folder / f"{connections}.lua"
    script.write_text(SCRIPT.format(
        queries=", ".join(f"'{query}'" for query in queries), connection="close" if connections == ONE_A_QUERY else "keep-alive"))
    return script


def _commands(folder: Path, peers: Path) -> dict[str, tuple[list[str], int, str]]:
    path = f"{peers}{os.pathsep}{os.environ['PATH']}"
    ours = [sys.executable, "-m", "kgtool", "serve", "--port"]
    commands = {f"kgtool, {n} worker{'s' * (n > 1)}": ([*ours, str(8300 + n), "--workers", str(n)], 8300 + n, "/sparql")
                for n in (1, 2, 4)}
    commands["floor"] = ([sys.executable, "-m", "tests.bench.floor", "8312", str(MICROSECONDS)], 8312, "/")
    data = folder / "graph.nq"
    subprocess.run([sys.executable, "-m", "kgtool", "export", data], cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
    if oxigraph := shutil.which("oxigraph", path=path):
        load = [oxigraph, "load", "--location", folder / "ox", "--file", data]
        subprocess.run(load, check=True, stderr=subprocess.DEVNULL)
        serve = [oxigraph, "serve-read-only", "--location", str(folder / "ox"), "--bind", "127.0.0.1:8310"]
        commands["oxigraph"] = (serve, 8310, "/query")
    if rdflib := shutil.which("rdflib-endpoint", path=path):
        commands["rdflib-endpoint"] = ([rdflib, "serve", str(data), "--port", "8311", "--host", "127.0.0.1"], 8311, "/")
    return commands


@contextmanager
def _running(command: list[str], port: int, path: str) -> Iterator[tuple[int, str]]:
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}{path}"
    try:
        for _ in range(300):
            with suppress(OSError):
                urllib.request.urlopen(f"{address}?query=ASK%7B%7D").read()
                break
            time.sleep(0.1)
        yield server.pid, address
    finally:
        server.terminate()
        server.wait()


def _settle(processes: Iterable[int]) -> None:
    """Wait until servers that have just begun have made ready what they will need; half a minute at most."""
    watched = list(processes)
    for _ in range(30):
        before = _worked(watched)
        time.sleep(1)
        if _worked(watched) - before <= timing.CLOCK * len(watched):
            return


def _worked(processes: list[int]) -> float:
    return sum(_cpu(member) for process in processes for member in family(process))


def _loaded(process: int, address: str, connections: str, seconds: int, script: Path) -> Load:
    before = {member: _cpu(member) for member in family(process)}
    command = ["wrk", "--threads", "1", "--connections", connections.partition(",")[0], "--duration", f"{seconds}s", "--latency",
               "--script", str(script), address]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    requests, took, half, most, errors = map(float, re.search(r"MEASURED (\S+) (\S+) (\S+) (\S+) (\S+)", said).groups())
    used = sum(_cpu(member) - before.get(member, 0) for member in family(process))
    return Load(requests / took * 1e6, half / 1000, most / 1000, int(errors), used / max(requests, 1) * 1e6)


def family(process: int) -> list[int]:
    """A process, and all that descend from it, parents before children."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True).stdout.split()
    return [process, *(member for child in listed for member in family(int(child)))]


def _cpu(process: int) -> float:
    try:
        ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    except OSError:
        return 0
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _middle(loads: list[Load]) -> Load:
    """Each figure's median; errors are all of them."""
    def middle(figure: str) -> float:
        return statistics.median(getattr(load, figure) for load in loads)

    errors = sum(load.errors for load in loads)
    return Load(middle("a_second"), middle("half_within"), middle("most_within"), errors, middle("cpu"))


def _rows(loads: Loads) -> Iterator[tuple[str, ...]]:
    for (name, connections), load in loads.items():
        shares = [loads.get((peer, connections)) for peer in PEERS]
        yield (name, connections, f"{load.a_second:.0f}", f"{load.half_within:.2f}", f"{load.most_within:.2f}",
               f"{load.most_within / load.half_within:.1f}", f"{load.cpu:.0f}", str(load.errors),
               *(f"{load.a_second / peer.a_second:.2f}" if peer else "-" for peer in shares))


def growth(loads: Loads) -> float:
    """How many times as much two workers do as one, where there is something to do at the same time."""
    return statistics.geometric_mean(
        loads["kgtool, 2 workers", number].a_second / loads["kgtool, 1 worker", number].a_second for number in ("8", "64"))


def _added(loads: Loads, queries: list[str]) -> str:
    """What the way to the server and back adds to a query."""
    opened = store.open_read_only(projects.find(ROOT).store)
    taken = []
    for query in queries * 20:
        began = time.perf_counter()
        opened.engine.query(query).serialize(format=QueryResultsFormat.JSON)
        taken.append((time.perf_counter() - began) * 1000)
    inside, outside = statistics.median(taken), loads["kgtool, 1 worker", "1"].half_within
    return f"A query takes {outside:.2f} ms at one connection, {outside - inside:.2f} ms more than in the same process."


def _replacing(process: int, address: str) -> str:
    """How long the next query takes when the only worker has just been killed."""
    taken = []
    for _ in range(11):
        for worker in family(process)[2:]:
            os.kill(worker, signal.SIGKILL)
        began = time.perf_counter()
        urllib.request.urlopen(f"{address}?query=ASK%7B%7D").read()
        taken.append((time.perf_counter() - began) * 1000)
        time.sleep(0.3)
    return f"A killed worker's next query is answered by another within {statistics.median(taken):.0f} ms."


def _starting() -> str:
    """From the command to the first page, as a whole."""
    taken = []
    for port in range(8320, 8331):
        began = time.perf_counter()
        command = [sys.executable, "-m", "kgtool", "serve", "--port", str(port)]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as server:
            server.stderr.readline()
            urllib.request.urlopen(f"http://127.0.0.1:{port}/").read()
            taken.append((time.perf_counter() - began) * 1000)
            server.terminate()
    return f"`kgtool serve` gives its first page {statistics.median(taken):.0f} ms after it is called."


if __name__ == "__main__":
    main(sys.argv[1:])
