"""`kgtool serve`."""

from __future__ import annotations

import click

from kgtool.cli import options
from kgtool.errors import WrongUse


@click.command(epilog=options.exits())
@click.option("--port", metavar="N", type=click.IntRange(0, 65535), default=8080, show_default=True,
              help="The port to listen on; 0 takes any that is free.")
@click.option("--host", metavar="NAME", default="127.0.0.1", show_default=True,
              help="The address to listen on. Any other than the default lets other machines in.")
@click.option("--open", "show", is_flag=True, help="Open the start page in your browser.")
@click.option("--allow-origin", "origins", metavar="URL", multiple=True,
              help="Let the pages of another site read from this server, such as https://yasgui.org; * lets all.")
@options.project_option
def serve(port: int, host: str, show: bool, origins: tuple[str, ...]) -> None:
    """Open the graph to a browser on this machine: pages, pictures and a SPARQL endpoint. Stop it with Ctrl-C.

    Nothing leaves this machine, and no other machine is let in unless --host says so.

    \b
    Examples:
      kgtool serve --open
      kgtool serve --port 9000
    """
    from kgtool.web import serve as server

    def ready(address: str) -> None:
        options.note(f"{address} is being served; stop it with Ctrl-C")
        if show:
            click.launch(address)

    server.serve(options.project(), host, port, frozenset(map(_origin, origins)), ready)


def _origin(typed: str) -> str:
    """An origin as browsers spell it: scheme, host and port, and nothing else."""
    scheme, _, rest = typed.lower().rstrip("/").partition("://")
    if typed == "*" or (scheme in ("http", "https") and rest and not set("/?#@* ") & set(rest)):
        return typed.lower().rstrip("/")
    raise WrongUse(f"{typed} is not the origin of a page; give scheme, host and port, such as https://yasgui.org")
