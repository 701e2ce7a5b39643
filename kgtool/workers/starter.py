"""A small process that forks workers and ends them. It has one thread, opens no store, and reads nothing of others."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import suppress

from kgtool.workers import worker
from kgtool.workers.worker import Trade

_BEGIN, _END = b"+", b"-"
_ORDER_BYTES = 9


class Starter:
    """Begins and ends workers. Only their parent can end one without ever hitting a stranger with the same number."""

    def __init__(self, orders: socket.socket, process: int):
        self._orders = orders
        self._process = process

    def begin(self) -> socket.socket:
        """A new worker, which says when it is ready."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._orders, [_BEGIN + bytes(_ORDER_BYTES - 1)], [theirs.fileno()])
        return ours

    def end(self, process: int) -> None:
        self._orders.sendall(_END + process.to_bytes(_ORDER_BYTES - 1))

    def close(self) -> None:
        """End all workers, and the starter."""
        self._orders.shutdown(socket.SHUT_RDWR)  # a process forked since may hold a copy, which closing ours leaves open
        self._orders.close()
        os.waitpid(self._process, 0)


def start(trade: Trade) -> Starter:
    """Fork the starter. To be called while this process has one thread and has not yet opened a store."""
    ours, theirs = socket.socketpair()
    process = os.fork()
    if process:
        theirs.close()
        return Starter(ours, process)
    try:
        ours.close()
        for stopping in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stopping, signal.SIG_IGN)  # meant for all of us at once; who asks us says when to end
        _obey(theirs, trade)
    finally:
        os._exit(0)


def _obey(orders: socket.socket, trade: Trade) -> None:
    alive: set[int] = set()
    while True:
        order, handed, *_ = socket.recv_fds(orders, _ORDER_BYTES, 1)
        _bury(alive)
        if order.startswith(_BEGIN):
            alive.add(_forked(handed[0], trade))
        elif order.startswith(_END):
            _kill(alive & {int.from_bytes(order[1:])})
        else:
            return _kill(alive)


def _bury(alive: set[int]) -> None:
    for process in list(alive):
        if os.waitpid(process, os.WNOHANG)[0]:
            alive.discard(process)


def _kill(processes: set[int]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _forked(handed: int, trade: Trade) -> int:
    process = os.fork()
    if process:
        os.close(handed)
        return process
    try:
        worker.live(socket.socket(fileno=handed), trade)
    finally:
        os._exit(0)
