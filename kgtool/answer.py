"""What a query gives back: a table of terms that prints itself, iterates as records, and hands itself on."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pyoxigraph import Literal, NamedNode

from kgtool.errors import WrongUse, printable
from kgtool.terms import XSD, Prefixes, Term

NO_ROWS = "no rows: nothing in this graph answers it"

_NUMBERS = {XSD + "integer": int, XSD + "decimal": float, XSD + "double": float, XSD + "float": float}

_FIRST, _WIDEST = 10, 40  # rows that a prompt shows, and characters of a cell

Value = str | int | float | bool | None
Cell = Term | str | int | None  # plain text and whole numbers come from tables, where no cell is a thing


class Unasked(Mapping[str, str]):
    """Labels that are looked up when the first of them is wanted: several formats show none."""

    def __init__(self, look_up: Callable[[], Mapping[str, str]]):
        self._look_up = look_up

    @cached_property
    def _found(self) -> Mapping[str, str]:
        return self._look_up()

    def __getitem__(self, iri: str) -> str:
        return self._found[iri]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


@dataclass(frozen=True)
class Answer:
    """Columns and rows of one SELECT, in the query's order. ``labels`` maps the IRIs in it to what people call them.

    Iterating gives one dict a row: CURIEs for IRIs, Python numbers and booleans for theirs, text for other literals,
    None where the query left the column unbound.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    prefixes: Prefixes
    labels: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        for row in self.rows:
            yield {column: self.value(term) for column, term in zip(self.columns, row, strict=True)}

    def __len__(self) -> int:
        return len(self.rows)

    def value(self, cell: Cell) -> Value:
        """A cell as Python and JSON hold it."""
        if cell is None or isinstance(cell, (str, int)):
            return cell
        if isinstance(cell, Literal):
            return _python(cell)
        return self.prefixes.show(cell)

    def text(self, term: Cell) -> str:
        """A cell as a table shows it: an IRI's label with its CURIE, where it has one."""
        shown = self.prefixes.show(term)
        label = self.labels.get(term.value) if isinstance(term, NamedNode) else None
        return f"{label} ({shown})" if label else shown

    def short(self, term: Cell) -> str:
        """A cell in as few words as name it: the label alone, where there is one."""
        label = self._label(term)
        return label.value if label else self.prefixes.show(term)

    def labelled(self, always: Collection[str] = ()) -> Answer:
        """The same rows with one ``<column>_label`` beside each column that holds a thing with a label, and beside some
        ``always``: where rows come in parts, all parts have the same columns."""
        named = {i for row in self.rows for i, term in enumerate(row) if self._label(term) is not None}
        named |= {i for i, name in enumerate(self.columns) if name in always}
        columns = [
            c for i, name in enumerate(self.columns) for c in ([name, f"{name}_label"] if i in named else [name])
        ]
        rows = tuple(
            tuple(t for i, term in enumerate(row) for t in ([term, self._label(term)] if i in named else [term]))
            for row in self.rows
        )
        return Answer(tuple(columns), rows, self.prefixes, self.labels)

    def _label(self, term: Cell) -> Literal | None:
        label = self.labels.get(term.value) if isinstance(term, NamedNode) else None
        return Literal(label) if label else None

    def to_pandas(self):
        """The rows as a pandas DataFrame; kgtool[pandas] installs pandas."""
        try:
            import pandas
        except ImportError as error:
            raise WrongUse("to_pandas: pandas is not installed; pip install 'kgtool[pandas]'") from error
        return pandas.DataFrame(list(self), columns=list(self.columns))

    def __str__(self) -> str:
        return _table(self.columns, [[self.text(term) for term in row] for row in self.rows])

    def __repr__(self) -> str:
        """What a Python prompt shows: the first rows, their cells cut short, and how many there are."""
        cells = [[_cut(self.text(term)) for term in row] for row in self.rows[:_FIRST]]
        return f"{_table(self.columns, cells)}\n[{len(self.rows):,} rows × {len(self.columns)} columns]"

    def _repr_html_(self) -> str:
        import html

        head = "".join(f"<th>{html.escape(column)}</th>" for column in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(self.text(term))}</td>" for term in row) + "</tr>" for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _table(columns: tuple[str, ...], cells: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    lines = [columns, tuple("─" * width for width in widths), *cells]
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(line.rstrip() for line in padded)


def _cut(cell: str) -> str:
    line = printable(" ".join(cell.split()))
    return line if len(line) <= _WIDEST else f"{line[:_WIDEST - 1]}…"


def _python(literal: Literal) -> Value:
    datatype = literal.datatype.value
    if datatype == XSD + "boolean":
        return literal.value in ("true", "1")
    try:
        number = _NUMBERS[datatype](literal.value)
    except (KeyError, ValueError):
        return literal.value  # not a number, or ill-formed and shown as it stands
    return number if math.isfinite(number) else literal.value  # JSON has no infinity
