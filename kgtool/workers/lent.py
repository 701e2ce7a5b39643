"""A client's connection as a worker has it."""

from __future__ import annotations

import fcntl
import os
import socket
import time


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
