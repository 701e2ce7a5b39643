"""RDF/XML that would choke its parser: nested without measure, or with entities that stand for a great deal.

Told before it is parsed, for the parser takes minutes over 10^5 elements inside one another, and memory without end over a
few hundred bytes of entities.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from kgtool import streams
from kgtool.errors import DataError, Place, Problem

DEEPEST, LONGEST = 1_000, 1_000  # elements inside one another; characters that an entity stands for
_PIECE = 8_192  # bytes, too few to nest much deeper and come up again unseen
_HEAD = 1_000_000
_ENTITY = re.compile(rb"""<!ENTITY\s+(?:%\s+)?([^\s"'%<>]+)\s+(?:"([^"]*)"|'([^']*)')""")
_REFERENCE = re.compile(rb"&([^\s;&#]+);")


def check(path: Path) -> None:
    """A DataError, with its place, where the file is not to be parsed."""
    with closing(streams.unpacked(path)) as content:
        head = content.read(_HEAD)
        _check_entities(head, path)
    with closing(streams.unpacked(path)) as content:
        if not _seems_deep(content):
            return
    with closing(streams.unpacked(path)) as content:
        _check_depth(content, path)


def _check_entities(head: bytes, path: Path) -> None:
    lengths: dict[bytes, int] = {}
    for found in _ENTITY.finditer(head):
        value = found[2] or found[3] or b""
        names = _REFERENCE.findall(value)
        lengths[found[1]] = len(value) + sum(lengths.get(name, 0) for name in names)
        if lengths[found[1]] > LONGEST:
            before = head[: found.start()].split(b"\n")
            told = f"the entity {found[1].decode(errors='replace')} stands for more than {LONGEST:,} characters"
            raise DataError(Problem(told, "write out what it stands for", Place(str(path), len(before), len(before[-1]) + 1)))


def _seems_deep(content: BinaryIO) -> bool:
    """Whether many more elements are begun than ended, where one does not look what stands in comments and texts."""
    depth, rest = 0, b""
    for piece in _pieces(content, _PIECE):
        piece = rest + piece
        rest = piece[-1:] if piece.endswith((b"<", b"/")) else b""  # what follows decides what it is
        piece = piece.removesuffix(rest)
        ends = piece.count(b"</")
        depth = max(0, depth + piece.count(b"<") - 2 * ends - piece.count(b"/>") - piece.count(b"<!") - piece.count(b"<?"))
        if depth > DEEPEST:
            return True
    return False


def _check_depth(content: BinaryIO, path: Path) -> None:
    from xml.parsers import expat

    parser, depth = expat.ParserCreate(), 0

    def begins(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            place = Place(str(path), parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
            raise DataError(Problem(f"more than {DEEPEST:,} elements stand inside one another here", "write it flatter", place))

    def ends(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = begins, ends
    try:
        for piece in _pieces(content, 1 << 20):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        place = Place(str(path), error.lineno, error.offset + 1)
        raise DataError(Problem(f"is no XML: {expat.ErrorString(error.code)}", "mend it, or save it as Turtle", place)) from error


def _pieces(content: BinaryIO, size: int) -> Iterator[bytes]:
    return iter(lambda: content.read(size), b"")
