"""Who may ask, under which name, from which page; and the headers on every answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
HEADERS = {
    # no inline script or style, and nothing from or to another host
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
READING = ("GET", "HEAD", "OPTIONS")
_MOST_LENGTH = 300
_NAME = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::\d+)?")


@dataclass(frozen=True)
class Rules:
    """``hosts`` are the names this server answers to; ``origins`` the other sites whose scripts may read from it."""

    hosts: frozenset[str] = LOOPBACK
    origins: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Asker:
    """What a request says of where it comes from. Browsers say it, and their pages cannot make them say otherwise."""

    host: str | None = None
    origin: str | None = None
    site: str | None = None
    mode: str | None = None
    destination: str | None = None


@dataclass(frozen=True)
class Refused:
    status: int
    said: str


def added(own: Iterable[tuple[bytes, bytes]], more: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of an answer, and those of ours that it does not set itself; what it varies by is told of each."""
    headers = list(own)
    there = {name for name, _ in headers}
    for name, value in more:
        if name not in there or name == b"vary":
            there.add(name)
            headers.append((name, value))
    return headers


def asker(headers: Iterable[tuple[bytes, bytes]]) -> Asker:
    told: dict[str, str] = {}
    for name, value in headers:
        if said := _TELLING.get(name):
            # said twice is said by somebody who hopes that two readers differ: neither is taken; nor is what is endless
            told[said] = "" if said in told or len(value) > _MOST_LENGTH else value.decode("latin-1").lower()
    return Asker(**told)


_TELLING = {
    b"host": "host", b"origin": "origin", b"sec-fetch-site": "site", b"sec-fetch-mode": "mode",
    b"sec-fetch-dest": "destination",
}
FIXED = tuple((name.encode(), value.encode()) for name, value in HEADERS.items())


@lru_cache(1024)
def refusal(method: str, asked: Asker, rules: Rules, address: str) -> Refused | None:
    """Why a request is not let in, if it is not. ``address`` is where it came in, which is always a name of ours."""
    name = _NAME.fullmatch(asked.host or "")
    if not name or name.group(1) not in (address, f"[{address}]", *rules.hosts):
        # whoever owns a name may have it lead here, and then its pages are no longer of another site: DNS rebinding
        return Refused(421, "this server does not answer to that name; `kgtool serve --host NAME` makes it do so")
    if asked.origin is not None and not _is_ours(asked) and not _may_read(asked, rules):
        return Refused(403, "pages of other sites may not ask this server; `kgtool serve --allow-origin URL` lets one read")
    if asked.site in (None, "same-origin", "none") and (asked.origin is None or _is_ours(asked)):
        return None
    if _may_read(asked, rules) and method in (*READING, "POST"):
        return None
    if method in READING and asked.mode == "navigate" and asked.destination == "document":
        return None  # somebody followed a link
    return Refused(403, "this was sent by a page of another site, which may link here and do no more")


def sharing(asked: Asker, rules: Rules) -> tuple[tuple[bytes, bytes], ...]:
    """The headers that let a page of another site read an answer, where it was allowed to."""
    if not rules.origins:
        return ()
    vary = (b"vary", b"origin")
    if _is_ours(asked) or not _may_read(asked, rules):
        return (vary,)
    return (vary, (b"access-control-allow-origin", (asked.origin or "").encode("latin-1")),
            (b"cross-origin-resource-policy", b"cross-origin"))


def _is_ours(asked: Asker) -> bool:
    return bool(asked.host) and asked.origin in (f"http://{asked.host}", f"https://{asked.host}")


def _may_read(asked: Asker, rules: Rules) -> bool:
    return bool(asked.origin) and (asked.origin in rules.origins or ("*" in rules.origins and asked.origin != "null"))
