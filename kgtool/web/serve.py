"""Running the site on this machine."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop

from kgtool import graph, store, workers
from kgtool.errors import KgtoolError, WrongUse
from kgtool.graph import Graph
from kgtool.isolate import Limits
from kgtool.project import Project
from kgtool.web.admission import LOOPBACK, Rules
from kgtool.web.stamp import stamp
from kgtool.web.threads import Threads, leave
from kgtool.workers import Pool, Starter, Trade

if TYPE_CHECKING:
    from kgtool.web.reception import Server
    from kgtool.web.site import Site

MEGABYTES_A_QUERY = 1_000
MOST_PAGES_AT_ONCE = 40
_ARENAS = -8  # M_ARENA_MAX of mallopt(3)
SECONDS_UNTIL_ALL = 1  # when the first page has been given, if it is asked for at once; and between looks for a new build
Opened = tuple[Graph, str]


@dataclass(frozen=True)
class Serving:
    """``seconds`` are for one query, ``finish`` for all that is under way at a stop; ``origins`` are sites whose pages may
    read; ``scratch`` is the folder of a store that anybody may write to, which then is what the endpoint serves."""

    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 2
    seconds: float = 10
    origins: frozenset[str] = frozenset()
    scratch: Path | None = None
    finish: float = 15


def serve(project: Project, how: Serving, ready: Callable[[str], None], warn: Callable[[str], None]) -> None:
    """Serve until interrupted; requests that are under way are answered first. ``ready`` is told the address, and ``warn`` what
    is wrong with files that no graph can be built of."""
    if how.scratch:
        _check_scratch(how.scratch)
    starter = workers.start(partial(_trade, project, how))  # first of all: what is open now stays open in it
    _share_memory()
    # uvicorn finishes what it is doing and then sends itself the signal again
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        listening = _listen(how.host, how.port)
        before = stamp(project.store)
        opened = graph.open(project, warn), before  # builds what is missing or has changed
        with suppress(KeyboardInterrupt, SystemExit):
            uvloop.run(_serve(project, how, starter, listening, opened, ready))
    finally:
        starter.close()
    leave()


def _share_memory() -> None:
    """Have what one thread needs no more be there for the others. Kept for each of the forty that make pages, as the C library
    does by itself, it came to half as much again as is ever in use."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_ARENAS, 1)


def _trade(project: Project, how: Serving) -> Trade:
    from kgtool.web.endpoint import engine, explaining  # which only workers need

    limits, rules = Limits(how.seconds, MEGABYTES_A_QUERY), _rules(how)
    if how.scratch:
        return Trade(partial(engine.writing, how.scratch, rules), limits, reads_only=False, learn=explaining.learn)
    return Trade(partial(engine.reading, project.store, rules), limits, learn=explaining.learn)


def _check_scratch(folder: Path) -> None:
    """Refuse to write into a folder that holds anything but a store of this kind."""
    if folder.is_dir() and any(folder.iterdir()) and (not (folder / "CURRENT").is_file() or (folder / store.CURRENT).exists()):
        raise WrongUse(f"{folder} holds other things than a scratch store; give --writable a new or an empty folder")


async def _serve(
    project: Project, how: Serving, starter: Starter, listening: socket.socket, opened: Opened, ready: Callable[[str], None]
) -> None:
    # a store that is written to has one owner, so there nobody could take over while it is at something long
    pool = Pool(starter, 1, how.seconds, most_long=None) if how.scratch else Pool(starter, how.workers, how.seconds)
    loop = asyncio.get_running_loop()
    loop.set_default_executor(Threads(MOST_PAGES_AT_ONCE))
    try:
        with _uncollected():
            server = _server(project, how, pool, listening, opened)
        await pool.begun
        ready(f"http://{_spelled(how.host)}:{listening.getsockname()[1]}/")
        making = loop.create_task(_keep_ready(server.site))
        await server.serve()
        making.cancel()
    finally:
        pool.close()
        await asyncio.sleep(0)  # lets the connections to the workers close


@contextmanager
def _uncollected() -> Iterator[None]:
    """What is loaded meanwhile stays, and is not looked through for garbage, now or later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


async def _keep_ready(site: Site) -> None:
    """Make what first visits would else wait for, step by step while the server answers; anew as soon as there is a new build."""
    loop, made = asyncio.get_running_loop(), None
    while True:
        await asyncio.sleep(SECONDS_UNTIL_ALL)
        if made != (made := site.stamp):
            for step in await loop.run_in_executor(None, _steps, site):
                with suppress(OSError, KgtoolError):  # such as too many open files: it is then made when it is asked for
                    await loop.run_in_executor(None, step)


def _steps(site: Site) -> list[Callable[[], object]]:
    with suppress(OSError):
        from kgtool.web import ready  # takes a while to load

        return list(ready.steps(site))
    return []


def _server(project: Project, how: Serving, pool: Pool, listening: socket.socket, opened: Opened) -> Server:
    # loaded here, while workers begin, and not into them
    import uvicorn

    from kgtool.web.app import app
    from kgtool.web.connection import SECONDS_IDLE
    from kgtool.web.endpoint.answering import Endpoint
    from kgtool.web.reception import Server
    from kgtool.web.site import Site

    site = Site(project, compiled=project.texts.parent / "templates", opened=opened)
    endpoint = Endpoint(site, pool, writable=bool(how.scratch))
    config = uvicorn.Config(
        app(site, _rules(how), endpoint), ws="none", lifespan="off", log_level="error", log_config=None, access_log=False,
        server_header=False, timeout_keep_alive=SECONDS_IDLE, timeout_graceful_shutdown=how.finish,
    )
    return Server(config, listening, endpoint)


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


def _rules(how: Serving) -> Rules:
    everywhere = {socket.gethostname().lower()} if how.host in ("0.0.0.0", "::") else set()
    return Rules(LOOPBACK | {_spelled(how.host).lower()} | everywhere, how.origins)


def _spelled(host: str) -> str:
    return f"[{host}]" if ":" in host else host
