"""Files loaded: N-Triples go into the store as they are, where their text shows that it would change no literal of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from pyoxigraph import RdfFormat, Store

from kgtool.shacl.files import File
from kgtool.shacl.literals import NORMALISED, USUAL, Data, add
from kgtool.terms import XSD

_NAMES = "|".join(datatype.removeprefix(XSD) for datatype in NORMALISED)
_TYPED = re.compile(rf'"[ \t]*\^\^[ \t]*<{re.escape(XSD)}(?:{_NAMES})>'.encode())
_NEARLY_ALWAYS = f'"^^<{XSD}'.encode()
# Written as nearly everybody writes them, one space after the predicate: others are taken for unusual.
_USUAL = re.compile("|".join(rf'> "(?:{form})"\^\^<{re.escape(datatype)}>' for datatype, form in USUAL.items()).encode())
_AT_ONCE = 1 << 22


def load_files(files: Iterable[File]) -> Data:
    """What load() makes of all their triples."""
    store = Store()
    others = [file for file in files if not _taken(file, store)]
    return add(store, chain.from_iterable(others))


def _taken(file: File, store: Store) -> bool:
    """Whether the file went into the store as it is; who reads it otherwise tells what is wrong with it, if anything."""
    if file.format != RdfFormat.N_TRIPLES:
        return False
    file.check()
    if not is_plain(file):
        return False
    try:
        store.bulk_load(path=file.name, format=RdfFormat.N_TRIPLES)
    except (SyntaxError, OSError, ValueError, MemoryError):
        return False
    return True


def is_plain(file: File) -> bool:
    """Whether N-Triples have no blank node, and no literal that a store would change or that is ill-formed."""
    with file.path.open("rb") as content:
        pieces = list(map(_is_plain, _pieces(content)))
    return len(pieces) > 1 and all(pieces)


def _pieces(content: BinaryIO) -> Iterator[bytes]:
    """The content, some whole lines at a time."""
    rest = b""
    while piece := content.read(_AT_ONCE):
        lines, end, rest = (rest + piece).rpartition(b"\n")
        yield lines + end
    yield rest


def _is_plain(lines: bytes) -> bool:
    # Blank nodes get labels of ours, and an escape may hide anything. What a byte alone tells is asked first: it is quick.
    if b"_" in lines and b"_:" in lines:
        return False
    if b"\\" in lines and (b"\\u" in lines or b"\\U" in lines):
        return False
    typed = lines.count(_NEARLY_ALWAYS)
    usual = len(_USUAL.findall(lines))
    if typed == usual and lines.count(b"^") == 2 * typed:
        return True
    return len(_TYPED.findall(lines)) == usual
