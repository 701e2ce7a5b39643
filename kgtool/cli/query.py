"""`kgtool query`: any SPARQL, with the project's prefixes known."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kgtool import rdf
from kgtool.cli import options
from kgtool.errors import WrongUse
from kgtool.graph import Triples


@click.command()
@click.argument("sparql", metavar="FILE|-|'SELECT …'")
@options.format_option
@options.output_option
@click.option("--labels", is_flag=True, help="Add a column with the label beside each column of things.")
@options.project_option
def query(sparql: str, form: str | None, output: str | None, labels: bool) -> None:
    """Run any read-only SPARQL query: from a file, from standard input (-), or typed in place.

    The default graph is the merge of everything said, with the plain edges of the default policy; the edges of other
    policies stand in graphs of their own, such as graph:edges-everything-said. CONSTRUCT and DESCRIBE give Turtle.
    ASK prints true or false and exits with 0 or 1.

    \b
    Examples:
      kgtool query 'SELECT ?effect { id:baclofen kg:hasSideEffect ?effect }'
      kgtool query queries/ask/routes.rq -f csv
      kgtool query 'ASK { id:baclofen kg:notStudiedIn MONDO:0001516 }'
    """
    found = options.graph().query(_text(sparql))
    if isinstance(found, bool):
        options.write(f"{str(found).lower()}\n", output)
        raise click.exceptions.Exit(0 if found else 1)
    if isinstance(found, Triples):
        return options.write(str(found), output)
    options.give(found, form, output, labels)


def _text(given: str) -> str:
    if given == "-":
        return rdf.decoded(sys.stdin.buffer.read(), "standard input")
    if any(mark in given for mark in "{ \n"):
        return given
    if not Path(given).exists():
        raise WrongUse(f"{given}: there is no such file; a query typed in place holds braces, and '-' reads standard input")
    return rdf.text(Path(given), given)
