"""Files loaded: N-Triples go into the store as they are, where their text shows that it would change no literal of theirs."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterable
from itertools import chain

from pyoxigraph import RdfFormat, Store

from kgtool.shacl.files import File
from kgtool.shacl.literals import NORMALISED, USUAL, Data, add
from kgtool.terms import XSD

_NAMES = "|".join(datatype.removeprefix(XSD) for datatype in NORMALISED)
_TYPED = re.compile(rf'"[ \t]*\^\^[ \t]*<{re.escape(XSD)}(?:{_NAMES})>'.encode())
# Written as nearly everybody writes them, one space after the predicate: others are taken for unusual.
_USUAL = re.compile("|".join(rf'> "(?:{form})"\^\^<{re.escape(datatype)}>' for datatype, form in USUAL.items()).encode())
# Blank nodes get labels of ours, and an escape may hide anything.
_OTHERWISE = (b"_:", b"\\u", b"\\U")


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
        try:
            text = mmap.mmap(content.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:  # there is nothing in it
            return False
        with text:
            if any(text.find(mark) >= 0 for mark in _OTHERWISE):
                return False
            return _count(_TYPED, text) == _count(_USUAL, text)


def _count(pattern: re.Pattern[bytes], text: mmap.mmap) -> int:
    return sum(1 for _ in pattern.finditer(text))
