"""An Answer as text: TSV, CSV, JSON, JSON lines, and the W3C's SPARQL results in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable

from pyoxigraph import BlankNode, Literal, NamedNode

from kgtool.answer import Answer, Cell
from kgtool.terms import XSD


def tsv(answer: Answer) -> str:
    """Plain cells, one tab between; tabs and newlines inside a cell become spaces."""
    lines = [answer.columns, *([" ".join(_cell(v).split()) for v in row.values()] for row in answer)]
    return "".join("\t".join(line) + "\n" for line in lines)


def csv_text(answer: Answer) -> str:
    import csv
    import io

    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([_cell(value) for value in row.values()] for row in answer)
    return made.getvalue()


def json_text(answer: Answer) -> str:
    return json.dumps(list(answer), ensure_ascii=False, indent=2) + "\n"


def json_lines(answer: Answer) -> str:
    """One object a row, keyed by column name."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in answer)


def sparql_json(answer: Answer) -> str:
    """https://www.w3.org/TR/sparql11-results-json/"""
    bindings = [
        {name: _sparql_term(term) for name, term in zip(answer.columns, row, strict=True) if term is not None}
        for row in answer.rows
    ]
    return json.dumps({"head": {"vars": answer.columns}, "results": {"bindings": bindings}}, ensure_ascii=False) + "\n"


ROWS: dict[str, Callable[[Answer], str]] = {
    "tsv": tsv, "csv": csv_text, "json": json_text, "jsonl": json_lines, "srj": sparql_json,
}


def _cell(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sparql_term(cell: Cell) -> dict[str, str]:
    term = Literal(cell) if isinstance(cell, (str, int)) else cell
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if not isinstance(term, Literal):
        return {"type": "literal", "value": str(term)}
    said = {"type": "literal", "value": term.value}
    if term.language:
        said["xml:lang"] = term.language
    elif term.datatype.value != XSD + "string":
        said["datatype"] = term.datatype.value
    return said
