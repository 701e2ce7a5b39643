"""Addresses of pages, and the one place where they become links: on a server, or between plain files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from kgtool.web.remembered import remembered

HTML = "html"


@dataclass(frozen=True, order=True)
class Address:
    """One page in one format: ``Address("thing", "id:baclofen", "ttl")``; the page with no name is the start.

    ``given`` are the parameters, as pairs.
    """

    page: str
    name: str = ""
    format: str = HTML
    given: tuple[tuple[str, str], ...] = ()


# What an address is written as in a page; an empty string where it cannot be reached from there.
Link = Callable[[Address], str]


def served(address: Address) -> str:
    """The link as the server knows it.

    >>> served(Address("thing", "id:baclofen", "ttl"))
    '/thing/id:baclofen.ttl'
    >>> served(Address("search", given=(("q", "a & b"),))), served(Address("", format="json"))
    ('/search?q=a+%26+b', '/index.json')
    """
    # a slash within a name is escaped too: a name is one segment, so that nothing in it can climb out of its page
    path = "/".join(_segment(part) for part in (address.page, address.name) if part)
    suffix = "" if address.format == HTML else f".{address.format}" if path else f"index.{address.format}"
    given = f"?{urlencode(address.given)}" if address.given else ""
    return f"/{path}{suffix}{given}"


@remembered(2000)
def _segment(part: str) -> str:
    return quote(part, safe=":")


def outside(value: str) -> str:
    """A link that leads out of the graph, or an empty string for anything a browser might run.

    >>> outside("https://example.org/a"), outside("javascript:alert(1)")
    ('https://example.org/a', '')
    """
    return value if value.startswith(("https://", "http://")) and not set(value) & set(' "<>\\^`{|}\n\r\t') else ""
