"""The graphs that an update's request names, written into the update as its own USING clauses."""

from __future__ import annotations

import re
from itertools import pairwise

from kgtool import syntax
from kgtool.errors import QueryError
from kgtool.web.endpoint.asked import Dataset

_OWN = re.compile(r"(?<![\w:])(?:WITH|USING)(?![\w:])", re.I)
_MODIFIES = re.compile(r"\b(INSERT|DELETE)\b(?!\s+DATA\b)", re.I)
_SHORT = re.compile(r"\bDELETE\s+WHERE\b", re.I)


def written(update: str, dataset: Dataset) -> str:
    """The update, each of its operations with a WHERE asking of the graphs named.

    https://www.w3.org/TR/sparql11-protocol/#update-dataset
    """
    if not (dataset.default or dataset.named):
        return update
    clauses = " ".join([*(f"USING <{name}>" for name in dataset.default), *(f"USING NAMED <{name}>" for name in dataset.named)])
    flat = _flat(syntax.blanked(update))
    if _OWN.search(flat):
        raise QueryError("the request and its update both name the graphs to ask; drop one of the two")
    return "".join(_with(update[start:end], flat[start:end], clauses) for start, end in _operations(flat))


def _flat(plain: str) -> str:
    """The text with all that stands in braces blanked, and the braces of each outermost group left."""
    depth, shown = 0, []
    for character in plain:
        depth -= character == "}"
        shown.append(character if depth == 0 or character.isspace() else " ")
        depth += character == "{"
    return "".join(shown)


def _operations(flat: str) -> list[tuple[int, int]]:
    cuts = [0, *(found.end() for found in re.finditer(";", flat)), len(flat)]
    return list(pairwise(cuts))


def _with(operation: str, flat: str, clauses: str) -> str:
    if (short := _SHORT.search(flat)) and "}" in flat:
        pattern = operation[short.end():flat.rindex("}") + 1]
        return f"{operation[:short.start()]}DELETE {pattern} {clauses} WHERE {operation[short.end():]}"
    where = flat.upper().rfind("WHERE")
    if where < 0 or not _MODIFIES.search(flat):
        return operation
    return f"{operation[:where]} {clauses} {operation[where:]}"
