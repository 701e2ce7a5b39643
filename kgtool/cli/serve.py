"""`kgtool serve`."""

from __future__ import annotations

import click

from kgtool.cli import options


@click.command(epilog=options.exits())
@click.option("--port", metavar="N", type=click.IntRange(0, 65535), default=8080, show_default=True)
@options.project_option
def serve(port: int) -> None:
    """Open the graph to a browser on this machine: pages, pictures and a SPARQL endpoint. Stop it with Ctrl-C.

    \b
    Examples:
      kgtool serve
      kgtool serve --port 9000
    """
    from kgtool.web import serve as server

    options.note(f"http://127.0.0.1:{port}/about")
    server.serve(options.project(), "127.0.0.1", port)
