"""Rows as people read them: what is the same in every row said once, what is empty left out, what is long beneath."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Iterator

import click

from kgtool.answer import NO_ROWS, Answer
from kgtool.errors import printable
from kgtool.terms import CLAIM

WIDTH_IN_A_PIPE = 110
GAP = "  "


def show(answer: Answer) -> None:
    """Print an answer as wide as the terminal."""
    for line in lines(answer, width()):
        click.echo(line)


def width() -> int:
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH_IN_A_PIPE


def lines(answer: Answer, width: int) -> Iterator[str]:
    """The lines of a table; one row alone is a list of its columns."""
    if not answer.rows:
        yield NO_ROWS
        return
    filled = {name: cells for i, name in enumerate(answer.columns) if any(cells := _cells(answer, i))}
    same = {name: cells[0] for name, cells in filled.items() if len(set(cells)) == 1}
    if len(same) == len(filled):
        yield from _record(same, width)
        if len(answer.rows) > 1:
            yield f"{GAP}the same in {len(answer.rows)} rows"
        return
    yield from _record(same, width)
    yield from _table({name: cells for name, cells in filled.items() if name not in same}, width)


def _cells(answer: Answer, column: int) -> list[str]:
    # a claim is found without its prefix, and the prefix only takes room
    prefix = answer.prefixes.contract(CLAIM + "x")[:-1]
    return [printable(" ".join(answer.short(row[column]).replace(prefix, "").split())) for row in answer.rows]


def _record(cells: dict[str, str], width: int) -> Iterator[str]:
    names = max(map(len, cells), default=0)
    for name, cell in cells.items():
        indent = " " * (names + len(GAP))
        wrapped = textwrap.wrap(cell, max(width - len(indent), 20), break_on_hyphens=False) or [""]
        yield f"{_dim(name.ljust(names))}{GAP}{wrapped[0]}"
        yield from (indent + more for more in wrapped[1:])


def _table(columns: dict[str, list[str]], width: int) -> Iterator[str]:
    widths = {name: max(len(name), *map(len, cells)) for name, cells in columns.items()}
    beside = dict(widths)
    while len(beside) > 1 and sum(beside.values()) + len(GAP) * (len(beside) - 1) > width:
        del beside[max(beside, key=lambda name: (name == "words", name.lower().endswith("claim"), beside[name]))]
    beneath = [name for name in columns if name not in beside]
    yield _bold(GAP.join(name.ljust(beside[name]) for name in beside).rstrip())
    yield GAP.join("─" * wide for wide in beside.values())
    for i in range(len(next(iter(columns.values())))):
        yield GAP.join(columns[name][i].ljust(wide) for name, wide in beside.items()).rstrip()
        for said in _beneath({name: columns[name][i] for name in beneath}):
            yield from textwrap.wrap(said, width, initial_indent="    ", subsequent_indent="      ", break_on_hyphens=False)


def _beneath(cells: dict[str, str]) -> Iterator[str]:
    """What did not fit beside the others; our words and the claim they stand for share a line."""
    if "words" in cells and "claim" in cells:
        cells["words"] += f" [{cells.pop('claim')}]"
    for name, cell in cells.items():
        if cell:
            yield cell if name == "words" else f"{name}: {cell}"


def _bold(text: str) -> str:
    return click.style(text, bold=True) if _styled() else text


def _dim(text: str) -> str:
    return click.style(text, dim=True) if _styled() else text


def _styled() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
