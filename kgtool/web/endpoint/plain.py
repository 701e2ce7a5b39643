"""A query as it comes over a connection, read and answered by a worker by itself.

What is read here is whole and ordinary in every way. All else, and all that is to be refused for how it is sent, is left
where it is for the server, which reads any HTTP and gives the same answers, only more slowly.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache, partial
from http import HTTPStatus

from kgtool import isolate
from kgtool.web import admission
from kgtool.web.admission import FIXED, Rules
from kgtool.web.endpoint import formats, http, protocol
from kgtool.web.endpoint.asked import Query
from kgtool.web.endpoint.http import Refusal
from kgtool.web.endpoint.protocol import Sent
from kgtool.web.endpoint.querying import Answer
from kgtool.web.remembered import remembered
from kgtool.workers import Understood

_ASKED = re.compile(rb'(GET|POST) (/sparql)(?:\?([!"$-~]+))? HTTP/1\.1\r\n')
_NAME, _VALUE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"), re.compile(rb"(?:[ -~\t]*[!-~])?")
# these change how a request is to be read, or by whom it seems to be sent
_UNUSUAL = {b"transfer-encoding", b"content-encoding", b"expect", b"upgrade", b"trailer", b"te", b"x-forwarded-proto"}
_MOST_HEADERS, _MOST_DIGITS = 50, 6
_VARY, _ENDS = (b"vary", b"accept"), ((b"connection", b"close"),)
_Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class _Head:
    """What the lines of a request's head say that matters here. ``shared`` goes into the answer."""

    host: str
    accept: str
    content_type: str
    length: int | None
    is_last: bool
    shared: _Headers


def understand(do: Callable[[Query], Answer], rules: Rules, unread: bytes) -> Understood | int | None:
    """What makes the answer to one request, where that is all there is to be read, and it is a query. Where only a part of it
    is there yet, how long it is to be."""
    asked, end = _ASKED.match(unread), unread.find(b"\r\n\r\n")
    if not asked or end < asked.end():
        return None
    head = _head(unread[asked.end():end], asked[1].decode(), rules)
    if head is None or (head.length is None) != (asked[1] == b"GET"):
        return None
    body, whole = unread[end + 4:], end + 4 + (head.length or 0)
    if len(unread) != whole:
        return whole if len(unread) < whole else None
    if asked[1] == b"GET" and not asked[3]:
        return None
    address = f"http://{head.host}{asked[2].decode()}"
    sent = Sent(asked[1].decode(), asked[3] or b"", address, head.accept, head.content_type, body)
    try:
        query = protocol.read(sent)
    except Refusal:
        return None
    return Understood(partial(_answer, do, query, head), head.is_last) if isinstance(query, Query) else None


@remembered(512)
def _head(lines: bytes, method: str, rules: Rules) -> _Head | None:
    """None where something in it is not ordinary, or is to be refused."""
    told: dict[bytes, bytes] = {}
    for line in lines.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        name, value = name.lower(), value.lstrip(b" \t")
        if not colon or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value) or name in told or name in _UNUSUAL:
            return None
        told[name] = value
    length, asker = told.get(b"content-length"), admission.asker(told.items())
    ends = told.get(b"connection", b"keep-alive").lower()
    shared = admission.sharing(asker, rules)
    is_ordinary = (
        len(told) <= _MOST_HEADERS and ends in (b"keep-alive", b"close")
        and (length is None or (length.isdigit() and len(length) <= _MOST_DIGITS))
        and len(shared) < 2 and not admission.refusal(method, asker, rules, "")
    )
    if not is_ordinary:
        return None
    host, accept, kind = (told.get(name, b"").decode("latin-1") for name in (b"host", b"accept", b"content-type"))
    return _Head(host, accept, kind, None if length is None else int(length), ends == b"close", shared)


def _answer(do: Callable[[Query], Answer], query: Query, head: _Head) -> bytes:
    try:
        status, media_type, body = do(query)
    except MemoryError:
        raise
    except Exception as error:  # one request that fails is no reason to end
        why = http.refusal(isolate.retold(isolate.told(error, "the request")))
        status, media_type, body = why.status, "text/plain", f"{why}\n".encode()
    more = (*head.shared, *_ENDS) if head.is_last else head.shared
    return b"".join((_first(status, media_type, more, int(time.time())), b"%d\r\n\r\n" % len(body), body))


@lru_cache(64)
def _first(status: int, media_type: str, more: _Headers, now: int) -> bytes:
    """All of an answer that is the same in many, up to the number of bytes that are to follow."""
    own = ((b"date", formatdate(now, usegmt=True).encode()), (b"content-type", formats.content_type(media_type).encode()), _VARY)
    lines = b"".join(b"%b: %b\r\n" % line for line in admission.added(own, (*more, *FIXED)))
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode() + lines + b"content-length: "
