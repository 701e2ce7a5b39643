"""`kgtool publish`."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import click

from kgtool.cli import options
from kgtool.errors import WrongUse, amount


@click.command(epilog=options.exits())
@click.argument("folder", metavar="DIR", type=options.FOLDER)
@click.option("--date", metavar="YYYY-MM-DD", default="",
              help="The day of publication, for the RO-Crate metadata; none is made up.")
@options.project_option
def publish(folder: Path, date: str) -> None:
    """Write the explorer as plain files into a folder.

    Pages, pictures, tables, dumps, and metadata about them. Any web host serves the folder, below any address; so does a
    USB stick, opened at index.html. Links are relative, and the search works without a server. Your copies of others' texts
    stay at home: pages hold our own words and the places. An earlier publication in DIR is replaced once the new one is
    whole; a folder with other files is refused.

    \b
    Examples:
      kgtool publish site
      kgtool publish site --date 2026-01-31
    """
    _check_day(date)
    from kgtool.web import publish as publishing

    project = options.unwatched_graph().project  # builds what is missing or has changed
    done = publishing.publish(project, folder, date, _progress)
    options.note(f"{folder}: {amount(done.pages, 'page')}, {done.bytes / 1e6:.1f} MB; begin at {folder / 'index.html'}")


def _check_day(said: str) -> None:
    try:
        day = str(datetime.date.fromisoformat(said))
    except ValueError:
        day = ""
    if day != said:
        raise WrongUse(f"--date takes a day of the calendar as YYYY-MM-DD, not {said!r}")


def _progress(done: int, known: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r  {done:,} of {known:,} pages", err=True, nl=done == known)
