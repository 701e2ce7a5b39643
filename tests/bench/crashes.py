"""Writers killed at random moments, in pairs, and on full disks; stores with files that are cut, changed or gone.

    python -m tests.bench.crashes [--kills 200] [--pairs 20] [--full 20] [--damages 200] [--seed 1]

What must come of it: the last good graph answers, or the new one, every byte as it was built; the next writer succeeds and
sweeps up; and one message says what happened. All else is told with what led to it, and the exit code is then 1. A disk of
its own, which fills up, is for root alone. The graphs are the tiny world of the tests, and 30,000 triples loaded from a file.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kgtool import store
from kgtool.errors import StoreError

ROOT = Path(__file__).resolve().parents[2]
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
TRIPLES = 30_000
DISK_MB, MOST_BYTES, MOST_SECONDS = 24, 4 << 30, 60


@dataclass(frozen=True)
class Writer:
    """A command that makes a store anew, where it stands, and one that asks it."""

    folder: Path
    store: Path
    write: tuple[str, ...]
    ask: tuple[str, ...]

    def start(self) -> subprocess.Popen:
        return self._run(self.write, start_new_session=True)

    def said(self, words: tuple[str, ...]) -> tuple[int, str, str]:
        done = self._run(words)
        answer, told = done.communicate()
        return done.returncode, answer, told

    def _run(self, words: tuple[str, ...], **more) -> subprocess.Popen:
        surroundings = os.environ | {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(self.folder / "cache")}
        return subprocess.Popen([sys.executable, "-m", "kgtool", *words], cwd=self.folder, env=surroundings, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=_limit, **more)


def _limit() -> None:
    """A damaged file may make the engine search, or fill its memory, without end."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))


class Told:
    """How often what came of what, and what should not have."""

    def __init__(self) -> None:
        self.came: Counter[tuple[str, str]] = Counter()
        self.wrong: list[str] = []

    def note(self, what: str, came: str) -> None:
        self.came[what, came] += 1

    def blame(self, what: str, why: str) -> None:
        self.note(what, "WRONG")
        self.wrong.append(f"{what}: {why}")


def main(words: list[str]) -> int:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, number in (("kills", 200), ("pairs", 20), ("full", 20), ("damages", 200), ("seed", 1)):
        given.add_argument(f"--{name}", type=int, default=number)
    asked = given.parse_args(words)
    chance, told = random.Random(asked.seed), Told()
    for name, make in (("build", _building), ("load", _loading)):
        with tempfile.TemporaryDirectory() as folder:
            writer = make(Path(folder))
            _kill(name, writer, asked.kills, chance, told)
            _pair(name, writer, asked.pairs, chance, told)
            _damage(name, writer, asked.damages, chance, told)
        with _disk() as disk:
            if disk:
                _fill(name, make(disk), disk, asked.full, chance, told)
    for (what, came), number in sorted(told.came.items()):
        print(f"{number:6}  {what}: {came}")
    print("\n".join(told.wrong))
    return int(bool(told.wrong))


def _building(folder: Path) -> Writer:
    for name in ("ontology", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copytree(ROOT / "tests" / "world" / "graph_data", folder / "graph_data")
    return _made(Writer(folder, folder / "build" / "store", ("build", "--force"), ("ask", "routes", "--drug", "examplin")))


def _loading(folder: Path) -> Writer:
    data, kept = folder / "data.nt", folder / "kept"
    data.write_text("".join(f'<http://e/{n}> <http://e/p{n % 7}> "number {n}" .\n' for n in range(TRIPLES)), encoding="utf-8")
    load, ask = ("load", str(data), "--into", str(kept)), ("query", COUNT, "--store", str(kept))
    return _made(Writer(folder, kept, ("--project", str(ROOT), *load), ("--project", str(ROOT), *ask)))


def _made(writer: Writer) -> Writer:
    code, _, told = writer.said(writer.write)
    if code:
        sys.exit(told)
    return writer


def _state(writer: Writer) -> str:
    """The generation that answers, every byte of which is as it was built."""
    found, opened = store.verify(writer.store), store.open_read_only(writer.store)
    if opened.count() != found.quads:
        raise StoreError(f"{found.quads} quads were built, and {opened.count()} are there")
    return found.generation


def _kill(name: str, writer: Writer, number: int, chance: random.Random, told: Told) -> None:
    what, begun = f"{name} killed", time.monotonic()
    _made(writer)
    whole = time.monotonic() - begun
    for each in range(number):
        before, process, moment = _state(writer), writer.start(), chance.uniform(0, 1.1) * whole
        time.sleep(moment)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        try:
            told.note(what, "the graph of before" if _state(writer) == before else "the new graph")
        except Exception as error:  # whatever it is, it should not be
            told.blame(what, f"after {moment:.3f} s: {type(error).__name__}: {error}")
        if each % 10 == 9:
            _go_on(f"{name} after kills", writer, told)


def _go_on(what: str, writer: Writer, told: Told) -> None:
    """The next writer succeeds, and leaves nothing of those before."""
    code, _, said = writer.said(writer.write)
    left = [path.name for path in writer.store.glob("generation-*")]
    if code or len(left) != 1 or _state(writer) != left[0]:
        told.blame(what, f"{code}, {left}, {said[-300:]!r}")
    else:
        told.note(what, "succeeds, and nothing else is left")


def _pair(name: str, writer: Writer, number: int, chance: random.Random, told: Told) -> None:
    what = f"two of {name} at once"
    for _ in range(number):
        first = writer.start()
        time.sleep(chance.uniform(0, 0.6))
        second = writer.start()
        ends = sorted((process.returncode, said) for process in (first, second) for _, said in [process.communicate()])
        refused = [_errors(said) for code, said in ends if code]
        if ends[0][0] or any(len(said) != 1 or "another build is writing" not in said[0] for said in refused):
            told.blame(what, repr(ends))
        else:
            told.note(what, "one writes, one is told that another does" if refused else "one writes after the other")
        _state(writer)


def _fill(name: str, writer: Writer, disk: Path, number: int, chance: random.Random, told: Told) -> None:
    what, ballast = f"{name} on a full disk", disk / "ballast"
    for _ in range(number):
        before, free = _state(writer), chance.uniform(0, 1.2) * _size(writer.store)
        ballast.write_bytes(bytes(max(0, int(shutil.disk_usage(disk).free - free))))
        code, _, said = writer.said(writer.write)
        try:
            now = _state(writer)
        except Exception as error:
            told.blame(what, f"{free / 1e6:.2f} MB free: {type(error).__name__}: {error}")
        else:
            if code == 0 and now != before:
                told.note(what, "there was room enough")
            elif code == 2 and now == before and ["there is no room left" in error for error in _errors(said)] == [True]:
                told.note(what, "the graph of before answers, and one message says that there is no room left")
            else:
                told.blame(what, f"{free / 1e6:.2f} MB free: {code}, {said[-300:]!r}")
        ballast.unlink()
    _go_on(f"{name} after a full disk", writer, told)


def _errors(said: str) -> list[str]:
    return [line for line in said.splitlines() if line.startswith("error: ")]


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@contextmanager
def _disk() -> Iterator[Path | None]:
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", folder], capture_output=True)
        try:
            yield None if made.returncode else Path(folder)
        finally:
            if not made.returncode:
                subprocess.run(["umount", "-l", folder], check=True)


def _damage(name: str, writer: Writer, number: int, chance: random.Random, told: Told) -> None:
    """One file at a time, and then it is asked; what was damaged is put back."""
    good = writer.said(writer.ask)[1]
    kept = writer.folder / "good"
    shutil.copytree(writer.store, kept)
    for _ in range(number):
        path = chance.choice(sorted(path for path in writer.store.rglob("*") if path.is_file() and path.name not in _NOT_READ))
        kind = chance.choice(list(DAMAGES))
        DAMAGES[kind](path, chance)
        _judge(f"{name}, then a file {kind}", path.name, writer.said(writer.ask), good, told)
        shutil.rmtree(writer.store)
        shutil.copytree(kept, writer.store)


_NOT_READ = ("lock", "LOCK", "LOG")


def _judge(what: str, file: str, came: tuple[int, str, str], good: str, told: Told) -> None:
    code, answer, said = came
    lines = said.strip().splitlines()
    if "Traceback" in said or (code == 0 and answer != good) or code not in (0, 2):
        told.blame(what, f"{file}: {code}, {answer[-200:]!r}, {said[-400:]!r}")
    elif code == 2 and len(lines) == 1 and lines[0].startswith("error: "):
        told.note(what, "one message says so")
    elif code == 0 and len(lines) <= 1:
        told.note(what, "one message says so, and it is built again" if lines else "nobody asked for what was there")
    else:
        told.blame(what, f"{file}: {code}, more than one message: {said[-400:]!r}")


def _cut(path: Path, chance: random.Random) -> None:
    os.truncate(path, chance.randrange(max(1, path.stat().st_size)))


def _flip(path: Path, chance: random.Random) -> None:
    raw = bytearray(path.read_bytes() or b"\0")
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    path.write_bytes(raw)


def _lose(path: Path, chance: random.Random) -> None:
    """As a disk does, which tells nobody."""
    when = path.stat().st_mtime_ns
    _flip(path, chance)
    os.utime(path, ns=(when, when))


def _blank(path: Path, chance: random.Random) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(chance.randrange(max(1, size)))
        file.write(bytes(min(4096, size)))


def _lengthen(path: Path, chance: random.Random) -> None:
    with path.open("ab") as file:
        file.write(chance.randbytes(100))


DAMAGES: dict[str, Callable[[Path, random.Random], None]] = {
    "cut": _cut, "with a bit changed": _flip, "with a bit lost": _lose, "blanked": _blank, "lengthened": _lengthen,
    "gone": lambda path, chance: path.unlink(),
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
