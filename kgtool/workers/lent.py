"""A client's connection as a worker has it, and the answer to what comes over it.

Nothing is taken of it that is not answered, so whatever is left is there for who gets the connection next.
"""

from __future__ import annotations

import fcntl
import os
import socket
import sys
import time
from collections.abc import Callable

from kgtool.workers.slate import Slate
from kgtool.workers.spoken import BACK, LAST, NOT_MINE
from kgtool.workers.trade import Understand, Understood

MOST_UNREAD = 1 << 16
_unread = memoryview(bytearray(MOST_UNREAD))


class Lent:
    """The connection and its number; its ``seat`` where it lies on a table, and whether it is ``mine`` to answer over.

    ``used`` says when it was last of use, ``awaits`` whether the rest of a request is awaited.
    """

    def __init__(self, number: int, connection: socket.socket):
        self.number, self.connection, self.seat = number, connection, 0
        self.used = time.monotonic()
        self.mine = True
        self.answers = 0
        self.is_watched = self.awaits = self.is_often = False

    def wait_for(self, size: int) -> None:
        """Have nothing said of it until so much is there."""
        self.awaits = size > 1
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)

    def move(self, seat: int) -> bool:
        """Whether it could be opened under this number, which it then has alone."""
        try:
            file = fcntl.fcntl(self.connection, fcntl.F_DUPFD_CLOEXEC, seat)
        except OSError:
            return False
        if file != seat:
            os.close(file)
            return False
        self.connection.close()
        self.connection, self.seat = socket.socket(fileno=seat), seat
        return True


def answer(lent: Lent, understand: Understand, slate: Slate) -> tuple[bytes, bytes]:
    """What becomes of the connection, and what of the answer could not be sent at once."""
    try:
        size = lent.connection.recv_into(_unread, flags=socket.MSG_PEEK)
        if not size:
            return LAST, b""
        found = understand(bytes(_unread[:size]))
        if isinstance(found, int) and size < found <= MOST_UNREAD and not lent.awaits:
            lent.wait_for(found)
            return BACK, b""
        if lent.awaits:
            lent.wait_for(1)
        if not isinstance(found, Understood) or lent.connection.recv_into(_unread, size) != size:
            return NOT_MINE, b""
    except BlockingIOError:
        return BACK, b""  # there is nothing, and may be later
    except OSError:
        return LAST, b""
    return _sent(lent, found, slate)


def _sent(lent: Lent, found: Understood, slate: Slate) -> tuple[bytes, bytes]:
    made = whole(found.make)
    slate.answer()
    lent.used = time.monotonic()
    lent.answers += 1
    try:
        sent = lent.connection.send(made)
        if found.is_last and sent == len(made):
            lent.connection.shutdown(socket.SHUT_WR)  # whoever reads to the end need not wait for our parent
    except BlockingIOError:
        sent = 0
    except OSError:
        return LAST, b""  # who asked has gone
    rest = made[sent:]
    return LAST if found.is_last else NOT_MINE if rest else BACK, rest


def whole(make: Callable[[], bytes]) -> bytes:
    """What is made, if there is memory for it; else this process ends."""
    try:
        return make()
    except MemoryError:
        sys.exit()  # too little is left to say so; whoever asked knows what it means
