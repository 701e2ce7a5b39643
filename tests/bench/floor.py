"""A server that answers whatever it is asked with the same bytes, after keeping its processor for as long as a query does.

    python -m tests.bench.floor PORT MICROSECONDS

It is one process, and does nothing else. So what its slowest answers take longer, the machine takes, and whoever asks.
"""

from __future__ import annotations

import select
import socket
import sys
import time

BODY = b'{"head":{"vars":["p","o"]},"results":{"bindings":[%b]}}' % b",".join([b'{"p":{"type":"uri","value":"http://e/p"}}'] * 20)
SAID = b"HTTP/1.1 200 OK\r\ncontent-type: application/sparql-results+json\r\ncontent-length: %d\r\n\r\n%b" % (len(BODY), BODY)


def main(port: int, microseconds: int) -> None:
    listening = socket.create_server(("127.0.0.1", port), backlog=512)
    told = select.epoll()
    told.register(listening, select.EPOLLIN)
    opened: dict[int, socket.socket] = {}
    while True:
        for file, _ in told.poll():
            if file == listening.fileno():
                _take_in(listening, told, opened)
            elif not _answered(opened[file], microseconds * 1000):
                opened.pop(file).close()


def _take_in(listening: socket.socket, told: select.epoll, opened: dict[int, socket.socket]) -> None:
    connection, _ = listening.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    opened[connection.fileno()] = connection
    told.register(connection, select.EPOLLIN)


def _answered(connection: socket.socket, nanoseconds: int) -> bool:
    try:
        asked = connection.recv(1 << 16)
        until = time.perf_counter_ns() + nanoseconds
        while asked and time.perf_counter_ns() < until:
            pass
        connection.send(SAID)
    except OSError:
        return False
    return bool(asked) and b"Connection: close" not in asked


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
