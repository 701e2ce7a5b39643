"""What several commands share: which project, which output, and how an answer is shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgtool import project as projects
from kgtool.answer import NO_ROWS, Answer
from kgtool.errors import QueryError, WrongUse
from kgtool.project import FOLDERS, Project
from kgtool.rows import ROWS
from kgtool.terms import did_you_mean

if TYPE_CHECKING:
    from kgtool.graph.triples import Triples

_PROJECT = "kgtool.project"
_STORE = "kgtool.store"


def _remember(ctx: click.Context, param: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.find_root().meta[_PROJECT] = value


def _remember_store(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.find_root().meta[_STORE] = value


class _Name(click.ParamType):
    """A name of something: whoever gives an empty one has lost it on the way, and would be told about everything."""

    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return value if value.strip() else self.fail("an empty name", param, ctx)


class _Folder(_Name):
    """A folder by its name: an empty one would be the working directory."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        return Path(super().convert(value, param, ctx))


NAME, FOLDER = _Name(), _Folder()
project_option = click.option(
    "--project", metavar="DIR", type=FOLDER, expose_value=False, callback=_remember, is_eager=True,
    help="The folder with ontology/, graph_data/ and queries/; else the nearest one above, else the packaged one.",
)

store_option = click.option(
    "--store", metavar="DIR|URL", expose_value=False, callback=_remember_store,
    help="Ask this store instead of the project's: a folder that `kgtool load` made, or a SPARQL endpoint.",
)
format_option = click.option(
    "-f", "--format", "form", metavar="|".join(("table", *ROWS)),
    help="How rows are written; else the suffix of -o decides; else a table on a terminal, and TSV in a pipe.",
)
policy_option = click.option(
    "--policy", metavar="NAME", type=NAME, help="Only what counts under this policy, such as regulators-only.",
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Say nothing but what went wrong.")
output_option = click.option("-o", "--output", metavar="FILE", help="Write to a file instead of standard output.")


def exits(one: str = "") -> str:
    """The last line of a command's help: the exit codes it ends in."""
    return "Exit codes: " + ", ".join(filter(None, ("0 done", one and f"1 {one}", "2 wrong use or broken input"))) + "."


def project(ctx: click.Context | None = None) -> Project:
    """The project of this command line."""
    return projects.find((ctx or click.get_current_context()).find_root().meta.get(_PROJECT))


def graph(strict: bool = False):
    """The graph of this command line, which may not fill the memory of the machine; with ``strict`` that of the files as they
    are, or an error."""
    opened = _opened(strict, watch_build)
    if opened.store.folder:
        from kgtool.cli import watch

        watch.watch(opened.store.folder)
    return opened


def unwatched_graph(strict: bool = False):
    """The graph of this command line: that of another store, or the project's, built first where needed."""
    return _opened(strict, lambda project: None)


def _opened(strict: bool, before_build: Callable[[Project], None]):
    from kgtool import graph as graphs

    if (where := click.get_current_context().find_root().meta.get(_STORE)) is not None:
        return graphs.at(project(), where)
    return graphs.open(project(), note, strict, before_build)


def watch_build(project: Project) -> None:
    """From here on this process may not fill the memory of the machine with a build."""
    from kgtool.cli import watch

    imports = os.environ.get("KGTOOL_IMPORTS")
    watch.watch_build(project.store, [*(project.root / name for name in FOLDERS), *([Path(imports)] if imports else [])])


def note(said: str) -> None:
    """A message for people: on standard error, so that standard output holds only data."""
    click.echo(said, err=True)


def give(answer: Answer, form: str | None, output: str | None, labels: bool = False) -> None:
    """Write an answer in the format asked for."""
    shown = "table" if sys.stdout.isatty() and output in (None, "-") else "tsv"
    chosen = form or (Path(output).suffix.lstrip(".") if output else "") or shown
    if chosen == "table":
        from kgtool.cli import table

        return write("".join(f"{line}\n" for line in table.lines(answer, table.width())), output)
    if chosen not in ROWS:
        known = ("table", *ROWS)
        hint = did_you_mean(chosen, known) or f"it is one of {_list(known)}"
        raise WrongUse(f"there is no format {chosen} for rows; {hint}")
    write(ROWS[chosen](answer.labelled() if labels else answer), output)
    if not answer.rows:
        note(NO_ROWS)


def give_triples(triples: Triples, form: str | None, output: str | None) -> None:
    """Write triples in the format asked for: Turtle, where nothing is."""
    from kgtool import rdf

    suffix = f".{form.lstrip('.')}" if form else (Path(output).suffix if output else "") or ".ttl"
    if suffix not in rdf.FORMATS:
        known = [name.lstrip(".") for name in rdf.FORMATS]
        hint = did_you_mean(suffix.lstrip("."), known) or f"it is one of {_list(known)}"
        raise WrongUse(f"there is no format {suffix.lstrip('.')} for triples; {hint}")
    write(triples.written(suffix), output)


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)


@contextmanager
def query_of(file: str) -> Iterator[None]:
    """What is wrong with a query is told with the name of the file it came from; empty where it was typed in place."""
    try:
        yield
    except QueryError as error:
        if not file:
            raise
        raise QueryError(f"{file}: {error}") from error


def write(text: str | bytes, output: str | None) -> None:
    """To a file, whole or not at all; else to standard output. A pipe or a device is written into, and stays one."""
    if output in (None, "-"):
        stream = sys.stdout.buffer if isinstance(text, bytes) else sys.stdout
        stream.write(text)
        stream.flush()
        return
    content = text if isinstance(text, bytes) else text.encode(errors="surrogateescape")
    try:
        if os.path.exists(output) and not os.path.isfile(output):
            Path(output).write_bytes(content)
        else:
            _replace(Path(os.path.realpath(output)), content)
    except OSError as error:
        raise WrongUse(f"cannot write {output or 'to an empty name'}: {error.strerror}") from error


def _replace(path: Path, content: bytes) -> None:
    half = path.with_name(path.name + ".part")
    try:
        half.write_bytes(content)
        half.replace(path)
    except OSError:
        with suppress(OSError):
            half.unlink()
        raise
