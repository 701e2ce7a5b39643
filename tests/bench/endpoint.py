"""Point queries at the endpoint, from 1, 8 and 64 connections, beside rdflib-endpoint and Oxigraph's own server.

    python -m tests.bench.endpoint [--peers DIR] [--rounds 3] [--seconds 3]

Needs wrk (apt install wrk). The peers are the commands `rdflib-endpoint` and `oxigraph` of PyPI's packages of these
names; DIR is the folder they lie in, if it is not on the path. Those that are not there are left out.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kgtool import project as projects
from kgtool import store

ROOT = Path(__file__).resolve().parents[2]
CONNECTIONS = (1, 8, 64)
SCRIPT = """
local queries = {{ {queries} }}
local n = 0
request = function()
  n = n % #queries + 1
  return wrk.format("POST", nil, {{
    ["Content-Type"] = "application/sparql-query", ["Accept"] = "application/sparql-results+json"}}, queries[n])
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


def main(words: list[str]) -> dict[tuple[str, int], Load]:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--peers", type=Path)
    given.add_argument("--rounds", type=int, default=3)
    given.add_argument("--seconds", type=int, default=3)
    asked = given.parse_args(words)
    if not shutil.which("wrk"):
        sys.exit("wrk is missing: apt install wrk")
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        script = _script(folder)
        servers = {name: running.enter_context(_running(command, port, path))
                   for name, (command, port, path) in _commands(folder, asked.peers).items()}
        found = {(name, connections): [] for name in servers for connections in CONNECTIONS}
        for _ in range(asked.rounds):
            for connections in CONNECTIONS:
                for name, (process, address) in servers.items():
                    found[name, connections].append(_loaded(process, address, connections, asked.seconds, script))
    middle = {key: sorted(loads, key=lambda load: load.a_second)[len(loads) // 2] for key, loads in found.items()}
    print("\n".join(_table(middle, {key: sum(load.errors for load in loads) for key, loads in found.items()})))
    return middle


def _script(folder: Path) -> Path:
    """A hundred point queries, one after the other: what is claimed of a thing."""
    opened = store.open_read_only(projects.find(ROOT).store)
    rows = opened.select("SELECT DISTINCT ?thing { ?thing a ?kind ; rdfs:label ?label } ORDER BY ?thing LIMIT 100").rows
    queries = ", ".join(f"'SELECT ?p ?o {{ <{row[0].value}> ?p ?o }} LIMIT 20'" for row in rows)
    path = folder / "queries.lua"
    path.write_text(SCRIPT.format(queries=queries))
    return path


def _commands(folder: Path, peers: Path | None) -> dict[str, tuple[list[str], int, str]]:
    path = f"{peers or ''}{os.pathsep}{os.environ['PATH']}"
    ours = [sys.executable, "-m", "kgtool", "serve", "--port"]
    commands = {f"kgtool, {n} worker{'s' * (n > 1)}": ([*ours, str(8300 + n), "--workers", str(n)], 8300 + n, "/sparql")
                for n in (1, 2, 4)}
    data = folder / "graph.nq"
    subprocess.run([sys.executable, "-m", "kgtool", "export", data], cwd=ROOT, check=True)
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


def _loaded(process: int, address: str, connections: int, seconds: int, script: Path) -> Load:
    before = {member: _cpu(member) for member in _family(process)}
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", "--latency",
               "--script", str(script), address]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    requests, took, half, most, errors = map(float, re.search(r"MEASURED (\S+) (\S+) (\S+) (\S+) (\S+)", said).groups())
    used = sum(_cpu(member) - before.get(member, 0) for member in _family(process))
    return Load(requests / took * 1e6, half / 1000, most / 1000, int(errors), used / max(requests, 1) * 1e6)


def _family(process: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True).stdout.split()
    return [process, *(member for child in listed for member in _family(int(child)))]


def _cpu(process: int) -> float:
    try:
        ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    except OSError:
        return 0
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _table(loads: dict[tuple[str, int], Load], errors: dict[tuple[str, int], int]) -> Iterator[str]:
    yield (f"{'':18}{'connections':>12}{'a second':>10}{'half ms':>9}{'99 % ms':>9}{'CPU us':>8}{'errors':>8}"
           f"{'of oxigraph':>13}{'of rdflib':>11}")
    for (name, connections), load in loads.items():
        shares = [loads.get((peer, connections)) for peer in ("oxigraph", "rdflib-endpoint")]
        ratios = [f"{load.a_second / peer.a_second:.2f}" if peer else "-" for peer in shares]
        yield (f"{name:18}{connections:12}{load.a_second:10.0f}{load.half_within:9.2f}{load.most_within:9.2f}{load.cpu:8.0f}"
               f"{errors[name, connections]:8}{ratios[0]:>13}{ratios[1]:>11}")


def growth(loads: dict[tuple[str, int], Load]) -> float:
    """How many times as much two workers do as one, over all loads."""
    return statistics.geometric_mean(
        loads["kgtool, 2 workers", n].a_second / loads["kgtool, 1 worker", n].a_second for n in CONNECTIONS)


if __name__ == "__main__":
    print(f"two workers do {growth(main(sys.argv[1:])):.2f} times what one does")
