"""What a worker of the endpoint can do: it opens a store, and answers from it what its parent and clients ask."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from kgtool import store
from kgtool.errors import KgtoolError, StoreError
from kgtool.terms import Prefixes
from kgtool.web.admission import Rules
from kgtool.web.endpoint import explaining, plain, protocol, querying, stored
from kgtool.web.endpoint.asked import Asked, Delete, Explain, Query, Read, Update, Write
from kgtool.web.endpoint.http import Refusal
from kgtool.web.endpoint.protocol import Sent
from kgtool.web.endpoint.querying import Answer
from kgtool.web.stamp import watch
from kgtool.workers import Skills

_PATIENCE = 20  # tenths of a second
_DOING = {
    Query: querying.query, Explain: explaining.explain, Update: querying.update,
    Read: stored.read, Write: stored.write, Delete: stored.delete,
}
_Do = Callable[[Asked], Answer]


def reading(folder: Path, rules: Rules) -> Skills:
    """Answers from the newest build in a folder, as it is now."""
    is_current = watch(folder)
    opened = store.open_read_only(folder)
    moving = store.moving_to_memory(opened)

    def do(asked: Asked) -> Answer:
        return _DOING[type(asked)](opened.engine, opened.prefixes, asked)

    def spare() -> bool:
        with suppress(KgtoolError):  # whoever asks for what cannot be read is told
            return any(True for _ in islice(moving, 1))
        return False

    return _skills(do, rules, False, is_current, spare)


def writing(folder: Path, rules: Rules) -> Skills:
    """Answers from a store of its own, and changes it."""
    engine, none = _owned(folder), Prefixes({})
    engine.update(f"DROP SILENT GRAPH {stored.STAGE}")  # left behind by an upload that was cut short
    return _skills(lambda asked: _DOING[type(asked)](engine, none, asked), rules, True, lambda: True, lambda: False)


def _owned(folder: Path) -> ox.Store:
    """The store, open for writing; who had it open before may be about to end."""
    for _ in range(_PATIENCE):
        with suppress(OSError):
            return ox.Store(str(folder))
        time.sleep(0.1)
    try:
        return ox.Store(str(folder))
    except OSError as error:
        raise StoreError(f"{folder} cannot be written to: {str(error).splitlines()[0]}") from error


def _skills(
    do: _Do, rules: Rules, writable: bool, is_current: Callable[[], bool], spare: Callable[[], bool]
) -> Skills:
    return Skills(partial(_work, do, writable), partial(plain.understand, do, rules), is_current, spare)


def _work(do: _Do, writable: bool, asked: bytes) -> bytes:
    """What comes back is a status and a media type on a line, and a body."""
    said = pickle.loads(asked)  # our own parent's words
    try:
        said = _read_request(said, writable) if isinstance(said, Sent) else said
    except Refusal as why:
        return b"%d text/plain\n%b\n" % (why.status, str(why).encode())
    status, media_type, body = do(said)
    return b"%d %b\n%b" % (status, media_type.encode(), body)


def _read_request(sent: Sent, writable: bool) -> Asked:
    asked = protocol.read(sent)
    if isinstance(asked, Update) and not writable:
        raise Refusal(403, "this server is read-only; change graph_data/ and build again, "
                           "or start it with --writable DIR to have a store to try things out in")
    if isinstance(asked, Update) and sent.other_site:
        raise Refusal(403, "pages of other sites may read here, and not write")
    return asked
