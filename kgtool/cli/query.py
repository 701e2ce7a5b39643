"""`kgtool query`: any SPARQL, with the project's prefixes known."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgtool import isolate
from kgtool.answer import Answer
from kgtool.cli import options
from kgtool.errors import WrongUse
from kgtool.graph import Graph

if TYPE_CHECKING:
    from kgtool.graph.triples import Triples


class _Page(io.TextIOWrapper):
    """What is to be printed, kept until the answer is whole, and written as for where it will go."""

    def __init__(self):
        super().__init__(io.BytesIO(), encoding="utf-8", newline="")

    def isatty(self) -> bool:
        return sys.__stdout__.isatty()


@click.command(epilog=options.exits("the answer of an ASK is false, or --explain found something"))
@click.argument("sparql", metavar="FILE|-|'SELECT …'")
@options.format_option
@options.output_option
@click.option("--labels", is_flag=True, help="Add a column with the label beside each column of things.")
@click.option("--timeout", metavar="SECONDS", type=click.FloatRange(min=0, min_open=True), default=60,
              show_default=True, help="Stop the query after so long.")
@click.option("--explain", is_flag=True, help="Do not run it: name what is costly in it, and what to write instead.")
@click.option("--allow-service", "services", metavar="HOST", type=options.NAME, multiple=True,
              help="Let SERVICE ask this server, HOST or HOST:PORT, over the network; may be repeated.")
@options.store_option
@options.project_option
def query(
    sparql: str, form: str | None, output: str | None, labels: bool, timeout: float, explain: bool, services: tuple[str, ...]
) -> None:
    """Run any read-only SPARQL query. It comes from a file, from standard input (-), or typed in place.

    The default graph is the merge of everything said, with the plain edges of the default policy; the edges of other
    policies stand in graphs of their own, such as graph:edges-everything-said. CONSTRUCT and DESCRIBE give Turtle, or
    the RDF format that -f or the suffix of -o names. ASK prints true or false.

    With --explain, a row for each costly form in the query (parts that share no variable, several patterns in OPTIONAL
    or EXISTS, paths with both ends free, …) and the form that gives the same answer for less; none found is exit code 0.

    With --store another graph is asked: a folder that `kgtool load` made, or a SPARQL endpoint by its address. Nothing
    else reaches the network, but for SERVICE at the hosts that --allow-service names.

    \b
    Examples:
      kgtool query 'SELECT ?effect { id:baclofen kg:hasSideEffect ?effect }'
      kgtool query queries/ask/routes.rq -f csv
      kgtool query 'ASK { id:baclofen kg:notStudiedIn MONDO:0001516 }'
      kgtool query --explain queries/ask/routes.rq
    """
    file, text = _read(sparql)

    def answer(graph: Graph) -> bytes:
        if explain:
            return _explained(graph.explain(text), form, output)
        return _printed(graph.query(text, services), form, output, labels)

    with options.query_of(file):
        # a query cannot be interrupted, and some take the process down with them, so it runs in a child
        said = isolate.run("the query", options.unwatched_graph, answer, isolate.Limits(timeout))
    code, _, printed = said.partition(b"\n")
    options.write(printed, None)
    raise click.exceptions.Exit(int(code))


def _printed(found: Answer | Triples | bool, form: str | None, output: str | None, labels: bool) -> bytes:
    """The exit code on a line of its own, then what goes to standard output."""
    with redirect_stdout(_Page()) as page:
        if isinstance(found, bool):
            options.write(f"{str(found).lower()}\n", output)
        elif isinstance(found, Answer):
            options.give(found, form, output, labels)
        else:
            options.give_triples(found, form, output)
    page.flush()
    return f"{int(found is False)}\n".encode() + page.buffer.getvalue()


def _explained(found: Answer, form: str | None, output: str | None) -> bytes:
    if not (found.rows or form or output):
        options.note("nothing in it is costly")
        return b"0\n"
    return f"{int(bool(found.rows))}".encode() + _printed(found, form, output, labels=False)[1:]


def _read(given: str) -> tuple[str, str]:
    """Where a query was read from, empty where it was typed in place; and the query."""
    if any(mark in given for mark in "{\n") or (" " in given and not given.endswith(".rq")):
        return "", given
    from kgtool import rdf  # a query typed in place needs no reader of files

    if given == "-":
        return "standard input", rdf.decoded(sys.stdin.buffer.read(), "standard input")
    if not given or not Path(given).exists():
        raise WrongUse(f"{given or 'an empty name'}: there is no such file; "
                       "a query typed in place holds braces, and '-' reads standard input")
    return given, rdf.text(Path(given), given)
