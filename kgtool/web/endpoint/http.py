"""Requests and answers in general: what was sent, whether it may be so much, and what goes back."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from kgtool.errors import DataError, KgtoolError, QueryError
from kgtool.web.remembered import remembered
from kgtool.workers import Busy

MOST_BYTES = 64_000_000
Params = dict[str, list[str]]


class Refusal(Exception):
    """A request that is answered with an error; its text says why."""

    def __init__(self, status: int, said: str, allow: str = "", retry: bool = False):
        super().__init__(said)
        self.status, self.allow, self.retry = status, allow, retry


def refusal(error: KgtoolError) -> Refusal:
    """How an error is told that a worker's answer is."""
    if isinstance(error, QueryError | DataError):
        return Refusal(400, str(error))
    return Refusal(503, str(error), retry=isinstance(error, Busy))


def header(scope: Scope, name: bytes) -> str:
    """A header's value; several of one name count as one with commas."""
    values = [value for given, value in scope["headers"] if given == name]
    return (values[0] if len(values) == 1 else b",".join(values)).decode("latin-1")


async def body(scope: Scope, receive: Receive, most: int = MOST_BYTES) -> bytes:
    """The whole body, unless it is larger than is taken or its sender goes away."""
    said = header(scope, b"content-length")
    if said.isdecimal() and int(said) > most:
        raise _too_large(most)
    if header(scope, b"content-encoding") not in ("", "identity"):
        raise Refusal(415, "this server takes no compressed bodies; send it as it is")
    pieces, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError
        piece = message.get("body", b"")
        size += len(piece)
        if size <= most:
            pieces.append(piece)
        # read on, and dropped: what is left unread when a connection ends has it reset, and the refusal may be lost
        more = message.get("more_body", False) and size <= MOST_BYTES
    if size > most:
        raise _too_large(most)
    return b"".join(pieces)


def _too_large(most: int) -> Refusal:
    return Refusal(413, f"the body is larger than {most:,} bytes, which is as much as is taken here")


@remembered(256)
def _pairs(raw: bytes) -> tuple[tuple[str, str], ...]:
    return tuple(parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=1000))


def params(raw: bytes) -> Params:
    """The parameters of an address or of a form, decoded once."""
    found: Params = {}
    try:
        for name, value in _pairs(raw):
            found.setdefault(name, []).append(value)
    except UnicodeDecodeError as error:
        raise Refusal(400, "the parameters are not percent-encoded UTF-8") from error
    except ValueError as error:
        raise Refusal(400, "there are more than 1000 parameters") from error
    return found


@remembered(256)
def media_type(content_type: str) -> str:
    """The media type of a body, which must be in UTF-8 where it says in what it is."""
    name, *parameters = content_type.lower().split(";")
    for parameter in parameters:
        key, _, value = parameter.strip().partition("=")
        if key == "charset" and value.strip("\"' ") not in ("utf-8", "utf8", "us-ascii"):
            raise Refusal(415, f"this server reads UTF-8, and not {value}")
    return name.strip()


def address(scope: Scope) -> str:
    """The absolute address of what is asked, without parameters."""
    return f"{scope['scheme']}://{header(scope, b'host')}{scope['raw_path'].decode('ascii')}"


async def answer(scope: Scope, send: Send, status: int, content: bytes, *headers: tuple[bytes, bytes]) -> None:
    """One whole answer; to a HEAD without its body."""
    length = [] if status in (204, 304) else [(b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})


async def refuse(scope: Scope, send: Send, why: Refusal) -> None:
    headers = [(b"vary", b"accept"), (b"content-type", b"text/plain; charset=utf-8")]
    if why.allow:
        headers.append((b"allow", why.allow.encode()))
    if why.retry:
        headers.append((b"retry-after", b"2"))
    await answer(scope, send, why.status, f"{why}\n".encode(), *headers)
