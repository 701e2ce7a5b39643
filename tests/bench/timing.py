"""How time is taken: CPU seconds of work done in a process of its own, medians, and tables of what was found."""

from __future__ import annotations

import os
import pickle
import platform
import resource
import signal
import statistics
import subprocess
import traceback
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from math import exp, log
from pathlib import Path
from time import process_time
from typing import TypeVar

Made = TypeVar("Made")

CLOCK = 0.04  # seconds: ten ticks of a clock that some virtual machines have
PRODUCTS = Path(os.environ.get("KGTOOL_BENCH") or Path(__file__).resolve().parents[2] / "build" / "bench")


def command(words: list[str], cwd: Path) -> float:
    """CPU seconds of a command, its children included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, cwd=cwd, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def apart(work: Callable[[], Made], limit: float) -> Made | None:
    """What work gives when done in a copy of this process; None where it took more CPU seconds, or broke."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            signal.setitimer(signal.ITIMER_PROF, limit)  # to the tick, where a limit of resources counts whole seconds
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(pickle.dumps(work()))
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(said) if said else None


def median_of(work: Callable[[], object], runs: int = 5, enough: float = 1.0) -> float:
    """Median CPU seconds of some runs; fewer of work that takes long, many at a time of what the clock cannot see."""
    taken: list[float] = []
    times = 1
    while len(taken) < runs and sum(taken) * times < enough:
        started = process_time()
        for _ in range(times):
            work()
        spent = process_time() - started
        if spent < CLOCK and times < 1000:
            times *= 4
        else:
            taken.append(spent / times)
    return statistics.median(taken)


def geometric_mean(ratios: Iterable[float]) -> float:
    logs = [log(ratio) for ratio in ratios]
    return exp(sum(logs) / len(logs)) if logs else float("nan")


def circumstances(*packages: str) -> str:
    """When and on what something was measured, and with which versions."""
    known = [f"{name} {_version(name)}" for name in packages]
    cores = len(os.sched_getaffinity(0))
    return (f"{date.today():%d %B %Y}; {_processor()}, {cores} cores, {_memory_gb():.0f} GB; Python {platform.python_version()}, "
            f"{', '.join(known)}; load {os.getloadavg()[0]:.1f} at the end")


def write(name: str, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str] = ()) -> None:
    """One table as build/bench/NAME.tsv and NAME.md."""
    PRODUCTS.mkdir(parents=True, exist_ok=True)
    (PRODUCTS / f"{name}.tsv").write_text("".join("\t".join(row) + "\n" for row in (columns, *rows)), encoding="utf-8")
    marks = ["---", *["---:"] * (len(columns) - 1)]
    lines = ["| " + " | ".join(row) + " |" for row in (columns, marks, *rows)]
    (PRODUCTS / f"{name}.md").write_text("\n".join([f"# {title}", "", *lines, "", *notes]) + "\n", encoding="utf-8")


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The same for people at a terminal."""
    first, *widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    return "\n".join(
        "  ".join([name.ljust(first), *(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))])
        for name, *cells in (columns, *rows)
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
