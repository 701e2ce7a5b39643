"""Running the site on this machine."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from kgtool import graph
from kgtool.errors import WrongUse
from kgtool.project import Project
from kgtool.web.app import app
from kgtool.web.connection import SECONDS_IDLE, Connection
from kgtool.web.guard import LOOPBACK, Rules
from kgtool.web.site import Site

SECONDS_TO_FINISH = 15


def serve(project: Project, host: str, port: int, origins: frozenset[str], ready: Callable[[str], None]) -> None:
    """Serve until interrupted; requests that are under way are answered first. ``ready`` is told the address."""
    graph.open(project)  # builds what is missing or has changed, and closes it again: the site opens its own
    listening = _listen(host, port)
    rules = Rules(_names(host), origins)
    config = uvicorn.Config(
        app(Site(project), rules), http=Connection, loop="uvloop", ws="none", lifespan="off", log_level="error",
        access_log=False, server_header=False, timeout_keep_alive=SECONDS_IDLE,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    # uvicorn finishes what it is doing and then sends itself the signal again
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ready(f"http://{_spelled(host)}:{listening.getsockname()[1]}/")
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run([listening])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(2048)
    except OSError as error:
        raise WrongUse(f"cannot listen on {host}, port {port}: {error.strerror}; --port N chooses another port, "
                       "and 0 any that is free") from error
    return listening


def _names(host: str) -> frozenset[str]:
    everywhere = {socket.gethostname().lower()} if host in ("0.0.0.0", "::") else set()
    return LOOPBACK | {_spelled(host).lower()} | everywhere


def _spelled(host: str) -> str:
    return f"[{host}]" if ":" in host else host
