"""What a worker and its parent say to one another: work and answers, and orders about connections of clients."""

from __future__ import annotations

import socket
import struct

HEAD = struct.Struct(">I")  # before each message in either direction: its length
NUMBER = struct.Struct(">Q")  # of a connection
ORDER = struct.Struct(">cQQ")  # what is to be done, a connection's number, and its seat

# a worker says
READY, ANSWER = b".", b"="
BACK, NOT_MINE, LAST = b"<", b">", b"|"  # of a connection that it gives back
OFTEN = b"*"  # of one that it keeps, and that others could answer over as well
LEFT = b"_"  # of the table

# its parent says
LEND, TAKE_SEAT, OPEN, CLEAR = b"1", b"2", b"3", b"4"  # of a connection
JOIN, GIVE_ALL = b"5", b"6"


def message(said: bytes) -> bytes:
    return HEAD.pack(len(said)) + said


def heard(asking: socket.socket) -> bytes | None:
    """The next message, or None where there will be none."""
    head = asking.recv(HEAD.size, socket.MSG_WAITALL)
    return asking.recv(HEAD.unpack(head)[0], socket.MSG_WAITALL) if len(head) == HEAD.size else None
