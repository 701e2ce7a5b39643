"""A small process that forks workers and ends them. It has one thread, opens no store, and reads nothing of others."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from kgtool.workers import slate, worker
from kgtool.workers.slate import Slate
from kgtool.workers.trade import Trade

_BEGIN, _END, _LEARNED = b"+", b"-", b"!"
_ORDER_BYTES = 9
_SECONDS_UNTIL_LEARNING = 2.0  # without an order
_MANY = 4096
# the first kind cannot be turned to another address by who holds an end of it
_PACKETS = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_DGRAM


@dataclass(frozen=True)
class Begun:
    """What leads to a new worker: messages, connections lent to it, and what it is at."""

    asking: socket.socket
    lending: socket.socket
    slate: Slate


class Starter:
    """Begins and ends workers. Only their parent can end one without ever hitting a stranger with the same number."""

    def __init__(self, orders: socket.socket, process: int):
        self._orders = orders
        self._process = process

    def begin(self) -> Begun:
        """A new worker, which says when it is ready."""
        asking, asked = socket.socketpair()
        lending, lent = socket.socketpair(type=_PACKETS)
        with asked, lent, slate.page() as page:
            order = _BEGIN + bytes(_ORDER_BYTES - 1)
            socket.send_fds(self._orders, [order], [asked.fileno(), lent.fileno(), page.fileno()])
            return Begun(asking, lending, Slate(page.fileno()))

    def has_learned(self) -> bool:
        """Whether workers that begin from now on know all that is to be learned."""
        with suppress(OSError):
            return self._orders.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == _LEARNED
        return False

    def end(self, process: int) -> None:
        self._orders.sendall(_END + process.to_bytes(_ORDER_BYTES - 1))

    def close(self) -> None:
        """End all workers, and the starter."""
        self._orders.shutdown(socket.SHUT_RDWR)  # a process forked since may hold a copy, which closing ours leaves open
        self._orders.close()
        os.waitpid(self._process, 0)


def start(load: Callable[[], Trade]) -> Starter:
    """Fork the starter. To be called while this process has one thread and has not yet opened a store. What workers need is
    loaded in it, once for all of them, while this process goes on."""
    ours, theirs = socket.socketpair()
    process = os.fork()
    if process:
        theirs.close()
        return Starter(ours, process)
    try:
        ours.close()
        for stopping in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stopping, signal.SIG_IGN)  # meant for all of us at once; who asks us says when to end
        _obey(theirs, load())
    finally:
        os._exit(0)


def _obey(orders: socket.socket, trade: Trade) -> None:
    alive: set[int] = set()
    deaths, patience = _deaths(), _SECONDS_UNTIL_LEARNING
    while True:
        heard, *_ = select.select([orders, deaths], [], [], patience)
        if not heard:
            patience = None
            with suppress(ImportError, OSError, MemoryError):  # who is asked for it tries again, and says what is wrong
                trade.learn()
                orders.sendall(_LEARNED)
        if deaths in heard:
            deaths.recv(_MANY)
        _bury(alive)
        if orders not in heard:
            continue
        order, handed, *_ = socket.recv_fds(orders, _ORDER_BYTES, 3)
        if order.startswith(_BEGIN):
            alive.add(_forked(handed, trade))
        elif order.startswith(_END):
            _kill(alive & {int.from_bytes(order[1:])})
        else:
            return _kill(alive)


def _deaths() -> socket.socket:
    """Something can be read from it when a child has died."""
    heard, said = socket.socketpair()
    said.setblocking(False)
    signal.set_wakeup_fd(said.detach(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return heard


def _bury(alive: set[int]) -> None:
    for process in list(alive):
        if os.waitpid(process, os.WNOHANG)[0]:
            alive.discard(process)


def _kill(processes: set[int]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _forked(handed: list[int], trade: Trade) -> int:
    process = os.fork()
    if process:
        for file in handed:
            os.close(file)
        return process
    try:
        signal.set_wakeup_fd(-1)
        asking, lending, page = handed
        worker.live(socket.socket(fileno=asking), socket.socket(fileno=lending), Slate(page), trade)
    finally:
        os._exit(0)
