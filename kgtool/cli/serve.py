"""`kgtool serve`."""

from __future__ import annotations

import gc
import os
import threading
from pathlib import Path

import click

from kgtool.cli import options
from kgtool.errors import WrongUse


@click.command(epilog=options.exits())
@click.option("--port", metavar="N", type=click.IntRange(0, 65535), default=8080, show_default=True,
              help="The port to listen on; 0 takes any that is free.")
@click.option("--host", metavar="NAME", type=options.NAME, default="127.0.0.1", show_default=True,
              help="The address to listen on. Any other than the default lets other machines in.")
@click.option("--open", "show", is_flag=True, help="Open the start page in your browser.")
@click.option("--allow-origin", "origins", metavar="URL", type=options.NAME, multiple=True,
              help="Let the pages of another site read from this server, such as https://yasgui.org; * lets all.")
@click.option("--workers", metavar="N", type=click.IntRange(1, 64), default=os.cpu_count(),
              help="Processes that stand ready to answer queries; as many as there are processors, unless said.")
@click.option("--timeout", metavar="SECONDS", type=click.FloatRange(min=0, min_open=True), default=10, show_default=True,
              help="Stop a query of somebody's after so long.")
@click.option("--finish", metavar="SECONDS", type=click.FloatRange(min=0), default=15, show_default=True,
              help="When it is stopped, let what is under way go on for so long; what is not done then is answered by a 503.")
@click.option("--writable", metavar="DIR", type=options.FOLDER,
              help="Serve at /sparql and /graphs a store of its own, kept in DIR, that anybody may write to. The graph "
                   "itself, and its pages, stay as they are.")
@options.project_option
def serve(
    port: int, host: str, show: bool, origins: tuple[str, ...], workers: int, timeout: float, finish: float,
    writable: Path | None,
) -> None:
    """Open the graph to a browser on this machine. Stop it with Ctrl-C.

    It serves pages, pictures and a SPARQL endpoint. Nothing leaves this machine, and no other machine is let in unless
    --host says so.

    \b
    Examples:
      kgtool serve --open
      kgtool serve --port 9000 --workers 4
      kgtool serve --writable /tmp/scratch    # to try out updates
    """
    gc.disable()  # what is loaded stays; to look for garbage in it takes as long as a tenth of it
    from kgtool.web import serve as server

    gc.freeze()
    gc.enable()

    def ready(address: str) -> None:
        options.note(f"{address} is being served; stop it with Ctrl-C")
        if show:
            threading.Thread(target=_show, args=(address,), daemon=True).start()  # some browsers take the terminal

    how = server.Serving(host, port, workers, timeout, frozenset(map(_origin, origins)), writable, finish)
    server.serve(options.project(), how, ready, options.note)


def _show(address: str) -> None:
    import webbrowser

    if not webbrowser.open(address):
        options.note("no browser could be opened here; open the address in one of yours")


def _origin(typed: str) -> str:
    """An origin as browsers spell it: scheme, host and port, and nothing else."""
    scheme, _, rest = typed.lower().rstrip("/").partition("://")
    if typed == "*" or (scheme in ("http", "https") and rest and not set("/?#@* ") & set(rest)):
        return typed.lower().rstrip("/")
    raise WrongUse(f"{typed} is not the origin of a page; give scheme, host and port, such as https://yasgui.org")
