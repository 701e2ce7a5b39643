"""What can be asked of a worker, as values that are sent to it."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT = ""  # the name of the default graph, which has none


@dataclass(frozen=True)
class Dataset:
    """The graphs that a request names: those merged for what it asks of no graph, and those it may ask by name."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Query:
    """``solutions`` and ``triples`` are the media types that the client would take, whichever the query turns out to
    give; None where it would take neither."""

    text: str
    base: str
    solutions: str | None
    triples: str | None
    dataset: Dataset = Dataset()


@dataclass(frozen=True)
class Explain:
    """A query of which only its cost is asked."""

    text: str


@dataclass(frozen=True)
class Update:
    text: str
    base: str
    dataset: Dataset = Dataset()


@dataclass(frozen=True)
class Read:
    """One graph, or all of them where ``graph`` is None."""

    graph: str | None
    media_type: str


@dataclass(frozen=True)
class Write:
    """What somebody uploads into a graph: instead of what it holds, or in addition."""

    graph: str
    base: str
    content: bytes
    media_type: str
    instead: bool


@dataclass(frozen=True)
class Delete:
    graph: str


Asked = Query | Explain | Update | Read | Write | Delete
