"""What is to be reached, and whether the last run of each part of the benchmarks did: kept as build/bench/aims/PART.tsv.

    python -m tests.bench.aims      the table of all parts that were run
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import inf

from tests.bench import timing

FOLDER = timing.PRODUCTS / "aims"
COLUMNS = ("aim", "wanted", "found", "", "measured")


@dataclass(frozen=True)
class Aim:
    """A figure, in the unit that ``what`` names, and the least or the most that it may be."""

    what: str
    found: float
    least: float = -inf
    most: float = inf
    stopped: bool = False  # before it had come to its end: what was found is the least that it may be

    @property
    def verdict(self) -> str:
        if self.stopped and self.found < self.least:
            return "not shown"
        return "reached" if self.least <= self.found <= self.most else "missed"

    @property
    def row(self) -> tuple[str, ...]:
        wanted = f"≥ {self.least:g}" if self.least > -inf else f"≤ {self.most:g}"
        found = f"{'> ' * self.stopped}{self.found:.3g}"
        return self.what, wanted, found, self.verdict, f"{datetime.now():%Y-%m-%d %H:%M}"


def tell(part: str, aims: Iterable[Aim]) -> None:
    """Print what a part has reached, and keep it in place of what its last run had."""
    rows = [aim.row for aim in aims]
    print(f"\n{timing.table(COLUMNS, rows)}", flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{part}.tsv").write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")


def kept() -> list[tuple[str, ...]]:
    """The rows of all parts, each as its last run told it."""
    lines = (line for file in sorted(FOLDER.glob("*.tsv")) for line in file.read_text(encoding="utf-8").splitlines())
    return [tuple(line.split("\t")) for line in lines]


if __name__ == "__main__":
    print(timing.table(COLUMNS, kept()))
