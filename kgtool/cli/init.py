"""`kgtool init`."""

from __future__ import annotations

from pathlib import Path

import click

from kgtool import beginning
from kgtool.cli import options


@click.command(epilog=options.exits())
@click.argument("folder", metavar="DIR", type=options.FOLDER)
@options.project_option
def init(folder: Path) -> None:
    """Begin a project of your own. Its folder has this ontology and these questions, and no data yet.

    All of it is yours to change; commands run in that folder, or with --project, are about it. graph_data/README.md in it
    shows, on one screen, how to add a fact.

    \b
    Examples:
      kgtool init mine
      kgtool --project mine build
    """
    beginning.begin(folder, options.project())
    options.note(f"{folder} is begun; {folder / 'graph_data' / 'README.md'} shows how to add a fact")
