"""`kgtool build`."""

from __future__ import annotations

import click

from kgtool import build as builder
from kgtool.cli import options, progress


@click.command(epilog=options.exits())
@click.option("--force", is_flag=True, help="Build even where nothing has changed.")
@click.option("--verify", is_flag=True, help="Read every byte of a store that is up to date, and build again if one has changed.")
@options.quiet_option
@options.project_option
def build(force: bool, verify: bool, quiet: bool) -> None:
    """Make the graph: what people wrote, and what follows from it. It lies in build/store.

    Nothing is done where no file has changed. The last good graph stays until the new one is complete.

    \b
    Examples:
      kgtool build
      kgtool build --force
    """
    project, bar = options.project(), progress.Bar(quiet)
    options.watch_build(project)
    built = builder.build(project, force, verify, lambda said: bar.note(f"  {said}"), bar.tick)
    said = "built" if built.fresh else "is up to date and verified" if verify else "is up to date"
    bar.note(f"{project.store} {said}: {built.manifest.quads:,} quads")
