"""RDF/XML that would choke its parser: nested without measure, or with entities that stand for a great deal.

Told before it is parsed, for the parser takes minutes over 10^5 elements inside one another, and memory without end over a
few hundred bytes of entities.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from kgtool import streams
from kgtool.errors import DataError, Place, Problem

DEEPEST, LONGEST = 1_000, 1_000  # elements inside one another; characters that an entity stands for
_PIECE = 8_192  # bytes, too few for usual elements to reach the limit in
_HEAD = 1_000_000
_ENTITY = re.compile(rb"""<!ENTITY\s+(?:%\s+)?([^\s"'%<>]+)\s+(?:"([^"]*)"|'([^']*)')""")
_REFERENCE = re.compile(rb"&([^\s;&#]+);")
# What holds signs that begin and end nothing, and is no element itself: comments, texts as they are, instructions.
_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_ASIDE = re.compile(rb"<!--|<!\[CDATA\[|<\?")
_QUOTED = re.compile(rb""""[^"<]*"|'[^'<]*'""")
_TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*+>""")
# Of what is neither aside nor quoted, these signs tell tags: with \x01 for "</", without which they would look like "<a/>".
_OTHERS = bytes(set(range(256)) - {*b"<>/\"'!\x01"})
_EMPTY = re.compile(rb"<[^<>\x01]*/>")
_LONGEST_TAG = 1_000_000
_Opened = Callable[[], BinaryIO]


def check(path: Path) -> None:
    """A DataError, with its place, where the file is not to be parsed."""
    _check(lambda: streams.unpacked(path), str(path))


def check_content(content: bytes, name: str) -> None:
    """The same of what is no file."""
    _check(lambda: io.BytesIO(content), name)


def _check(opened: _Opened, name: str) -> None:
    with closing(opened()) as content:
        has_elements = _check_entities(content.read(_HEAD), name)
    with closing(opened()) as content:
        if not has_elements and not _may_be_deep(content):
            return
    with closing(opened()) as content:
        _check_depth(content, name)


def _check_entities(head: bytes, name: str) -> bool:
    """Whether some stand for elements, which then nest where they are named."""
    lengths: dict[bytes, int] = {}
    has_elements = False
    for found in _ENTITY.finditer(head):
        value = found[2] or found[3] or b""
        has_elements = has_elements or b"<" in value
        lengths[found[1]] = len(value) + sum(lengths.get(inner, 0) for inner in _REFERENCE.findall(value))
        if lengths[found[1]] > LONGEST:
            before = head[: found.start()].split(b"\n")
            told = f"the entity {found[1].decode(errors='replace')} stands for more than {LONGEST:,} characters"
            raise DataError(Problem(told, "write out what it stands for", Place(name, len(before), len(before[-1]) + 1)))
    return has_elements


def _may_be_deep(content: BinaryIO) -> bool:
    """Whether elements may stand deeper than the limit, where no tag is as long as a book: with half the work of parsing it,
    this says so whenever they do, and seldom where they do not."""
    depth = 0
    for piece in _without_asides(content):
        tags = _QUOTED.sub(b"", piece.replace(b"\x01", b"").replace(b"</", b"\x01").translate(None, _OTHERS))
        begun = tags.count(b"<") - tags.count(b"<!")
        if depth + begun > DEEPEST:
            return True
        depth += begun - tags.count(b"\x01") - len(_EMPTY.findall(tags))
    return False


def _without_asides(content: BinaryIO) -> Iterator[bytes]:
    """The content in pieces that cut no tag."""
    rest, end = b"", b""
    for piece in _pieces(content, _PIECE):
        piece, kept = rest + piece, []
        while end or ((b"<!" in piece or b"<?" in piece) and (begins := _ASIDE.search(piece))):
            if not end:
                kept.append(piece[: begins.start()])
                piece, end = piece[begins.end():], _ENDS[begins[0]]
            _, closed, after = piece.partition(end)
            if not closed:
                break
            piece, end = after, b""
        if end:
            rest = piece[-2:]
        else:
            # a tag that is cut, or what may become an aside, is left for the next piece, where it is whole
            last = piece.rfind(b"<")
            whole = last < 0 or _TAG.match(piece, last) or len(piece) - last > _LONGEST_TAG
            kept.append(piece if whole else piece[:last])
            rest = b"" if whole else piece[last:]
        yield b"".join(kept)
    yield rest


def _check_depth(content: BinaryIO, name: str) -> None:
    from xml.parsers import expat

    parser, depth = expat.ParserCreate(), 0

    def begins(element: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            place = Place(name, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
            raise DataError(Problem(f"more than {DEEPEST:,} elements stand inside one another here", "write it flatter", place))

    def ends(element: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = begins, ends
    try:
        for piece in _pieces(content, 1 << 20):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        place = Place(name, error.lineno, error.offset + 1)
        raise DataError(Problem(f"is no XML: {expat.ErrorString(error.code)}", "mend it, or save it as Turtle", place)) from error


def _pieces(content: BinaryIO, size: int) -> Iterator[bytes]:
    return iter(lambda: content.read(size), b"")
