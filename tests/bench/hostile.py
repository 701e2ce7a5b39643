"""Queries that break engines, clients that send too much, too slowly or nothing, killed workers and new builds, for minutes;
beside them good questions, pages and data, each answer compared with a quiet server's; and a stop in the middle of it.

    python -m tests.bench.hostile [--minutes 3] [--workers 2] [--finish 3]

What is told: how good questions fared, how each hostile way was answered, whether memory, open files or processes of the
server grew, and how it ended. What is not as it should be is told last, with exit code 1. The server runs on a copy of the graph.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kgtool import build
from kgtool.project import FOLDERS, Project
from tests.bench import clients
from tests.bench.clients import Told
from tests.bench.endpoint import family

ROOT = Path(__file__).resolve().parents[2]
SECONDS_OF_REST = 45  # until all who hang are sent away
SECONDS_BEFORE_STOP = 10
FEW_MORE_FILES = 10
ABOUT = "graph_data/about.ttl"


def main(words: list[str]) -> int:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--minutes", type=float, default=3)
    given.add_argument("--workers", type=int, default=2)
    given.add_argument("--finish", type=float, default=3)
    asked = given.parse_args(words)
    with tempfile.TemporaryDirectory() as folder, _serving(Path(folder), asked) as (server, project, where):
        told = Told(clients.expected(where))
        time.sleep(5)  # until all is ready
        wrong = [*_loaded(server, project, where, told, asked.minutes), *_stopped(server, where, told, asked.finish)]
    print("\n".join(_summary(told)))
    wrong += [f"{count} times {what}" for what, count in told.wrong.most_common()]
    print("\n".join(["Not as it should be:", *wrong] if wrong else ["All was as it should be."]))
    return 1 if wrong else 0


@contextmanager
def _serving(folder: Path, asked: argparse.Namespace) -> Iterator[tuple[subprocess.Popen, Project, clients.Where]]:
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name)
    project = Project(folder, folder / "build", folder / "cache" / "texts")
    _build(project, 0)
    command = [sys.executable, "-m", "kgtool", "serve", "--port", "0", "--workers", str(asked.workers), "--timeout", "2",
               "--finish", str(asked.finish)]
    surroundings = os.environ | {"PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True, start_new_session=True, env=surroundings)
    found = re.match(r"http://(\S+):(\d+)/ ", server.stderr.readline())
    try:
        yield server, project, (found[1], int(found[2]))
    finally:
        server.kill()


def _build(project: Project, number: int) -> None:
    """The graph with its files changed, which answers tell."""
    about = project.root / ABOUT
    kept = re.sub(r"\n.* rdfs:comment .*", "", about.read_text(encoding="utf-8"))
    about.write_text(f'{kept.rstrip()}\nid:kgtool-graph rdfs:comment "build {number}" .\n', encoding="utf-8")
    build.build(project)


def _loaded(server: subprocess.Popen, project: Project, where: clients.Where, told: Told, minutes: float) -> Iterator[str]:
    """Some minutes of load and then of rest; what has grown."""
    print(f"{'seconds':>8}{'MB':>7}{'files':>7}{'processes':>11}{'zombies':>9}{'good':>8}")
    at_rest, began = _Sizes(server), time.monotonic()
    told.until = began + 60 * minutes
    half = None
    with _clients(where, told):
        while told.goes_on:
            _disturb(server, project, told)
            print(f"{time.monotonic() - began:8.0f}{_Sizes(server)}{sum(map(len, told.good.values())):8}", flush=True)
            if half is None and time.monotonic() > began + 30 * minutes:
                half = _Sizes(server)
    time.sleep(SECONDS_OF_REST)
    print(f"{'at rest':>8}{(after := _Sizes(server))}")
    if half and after.megabytes > 1.15 * half.megabytes:
        yield f"memory grew from {half.megabytes:.0f} MB at half time to {after.megabytes:.0f} MB"
    if after.files > at_rest.files + FEW_MORE_FILES:
        yield f"{after.files} files are open, and {at_rest.files} before"
    if after.zombies or after.processes > at_rest.processes:
        yield f"{after.processes} processes, {after.zombies} zombies, and {at_rest.processes} processes before"


@contextmanager
def _clients(where: clients.Where, told: Told) -> Iterator[None]:
    begun = [threading.Thread(target=do, args=(where, told)) for do, number in clients.CLIENTS for _ in range(number)]
    for client in begun:
        client.start()
    yield
    for client in begun:
        client.join()


def _stopped(server: subprocess.Popen, where: clients.Where, told: Told, finish: float) -> Iterator[str]:
    """A stop under load, and what is not as is said of it."""
    told.until = float("inf")
    with _clients(where, told):
        time.sleep(SECONDS_BEFORE_STOP)
        members = family(server.pid)
        told.is_stopped, began = True, time.monotonic()
        server.terminate()
        code = server.wait(60)
        took = time.monotonic() - began
    print(f"stopped within {took:.1f} s, exit code {code}")
    if took > finish + 1:
        yield f"the stop took {took:.1f} s where it may take {finish + 1:g}"
    if (said := server.stderr.read()) or code:
        yield f"it ended with {code} and said {said or 'nothing'}"
    time.sleep(2)  # those who were told to end may have to wait for a processor to do so
    if left := [member for member in members if Path(f"/proc/{member}").exists()]:
        yield f"processes are left: {left}"


def _disturb(server: subprocess.Popen, project: Project, told: Told) -> None:
    """Ten seconds, in which a worker is killed as a system does that has no memory left, and the graph is built again."""
    time.sleep(5)
    if workers := family(server.pid)[2:]:
        with suppress(ProcessLookupError):
            os.kill(random.choice(workers), signal.SIGKILL)
    time.sleep(5)
    newest = max(told.builds) + 1
    told.builds = {newest - 1, newest}
    _build(project, newest)


class _Sizes:
    """Memory and open files of the process that serves, and how many processes there are."""

    def __init__(self, server: subprocess.Popen):
        pages = int(Path(f"/proc/{server.pid}/statm").read_text().split()[1])
        self.megabytes = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
        self.files = len(os.listdir(f"/proc/{server.pid}/fd"))
        members = family(server.pid)
        states = [Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()[0] for member in members
                  if Path(f"/proc/{member}").exists()]
        self.processes, self.zombies = len(members), states.count("Z")

    def __str__(self) -> str:
        return f"{self.megabytes:7.0f}{self.files:7}{self.processes:11}{self.zombies:9}"


def _summary(told: Told) -> Iterator[str]:
    for kind, times in told.good.items():
        times = sorted(times)
        half, most = times[len(times) // 2], times[len(times) * 99 // 100]
        yield (f"{kind}: {len(times)} answers, half within {half * 1000:.1f} ms, 99 of 100 within {most * 1000:.1f} ms, "
               f"all within {times[-1] * 1000:.0f} ms")
    for way, answers in told.hostile.items():
        yield f"{way}: {', '.join(f'{status} {count} times' for status, count in sorted(answers.items()))}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
