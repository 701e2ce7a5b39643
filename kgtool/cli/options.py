"""What several commands share: which project, which output, and how an answer is shown."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kgtool import project as projects
from kgtool.answer import Answer
from kgtool.cli import table
from kgtool.errors import WrongUse
from kgtool.rows import ROWS
from kgtool.project import Project
from kgtool.terms import did_you_mean

_PROJECT = "kgtool.project"


def _remember(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.find_root().meta[_PROJECT] = Path(value)


project_option = click.option(
    "--project", metavar="DIR", expose_value=False, callback=_remember, is_eager=True,
    help="The folder with ontology/, graph_data/ and queries/; else the nearest one above, else the packaged one.",
)

format_option = click.option(
    "-f", "--format", "form", metavar="|".join(("table", *ROWS)),
    help="How rows are written; a table on a terminal, else TSV. The suffix of -o decides too.",
)
output_option = click.option("-o", "--output", metavar="FILE", help="Write to a file instead of standard output.")


def project() -> Project:
    """The project of this command line."""
    return projects.find(click.get_current_context().find_root().meta.get(_PROJECT))


def graph():
    """The graph of this command line, built first where needed."""
    from kgtool import graph as graphs

    return graphs.open(project(), warn=note)


def note(said: str) -> None:
    """A message for people: on standard error, so that standard output holds only data."""
    click.echo(said, err=True)


def give(answer: Answer, form: str | None, output: str | None, labels: bool = False) -> None:
    """Write an answer in the format asked for."""
    chosen = form or (Path(output).suffix.lstrip(".") if output else "") or ("table" if sys.stdout.isatty() else "tsv")
    if chosen == "table":
        return table.show(answer)
    if chosen not in ROWS:
        hint = did_you_mean(chosen, ROWS) or f"it is one of table, {', '.join(ROWS)}"
        raise WrongUse(f"there is no format {chosen} for rows; {hint}")
    write(ROWS[chosen](answer.labelled() if labels else answer), output)


def write(text: str | bytes, output: str | None) -> None:
    """To a file, whole or not at all; else to standard output."""
    if output in (None, "-"):
        stream = sys.stdout.buffer if isinstance(text, bytes) else sys.stdout
        stream.write(text)
        stream.flush()
        return
    path = Path(output)
    half = path.with_name(path.name + ".part")
    try:
        half.write_bytes(text if isinstance(text, bytes) else text.encode())
        half.replace(path)
    except OSError as error:
        raise WrongUse(f"cannot write {output}: {error.strerror}") from error

