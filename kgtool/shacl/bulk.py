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
# The shapes of lines that are well-formed, all but the marks taken out of them, and the tags of languages in them; where the
# texts make more different lines than _MOST it costs more to look at them than the parser does.
_WORDS = bytes(range(0x30, 0x3A)) + bytes(range(0x41, 0x5B)) + bytes(range(0x61, 0x7B)) + b"-._~/?=&+,;!$*'()"
_WELL_FORMED = re.compile(rb'<:#?> <:#?> (?:<:#?>|"[^"\\\r]*"(?:@|\^\^<:#?>)?) ').fullmatch
_TAG = re.compile(rb'"@[a-z]{2,3}(?:-[A-Za-z]{2})? \.')
_MOST = 20_000


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
    plain, well_formed = looked_at(file)
    if not plain:
        return False
    try:
        # lenient: an IRI is not looked at once more, which is as much work as to read and to store it
        store.bulk_load(path=file.name, format=RdfFormat.N_TRIPLES, lenient=well_formed)
    except (SyntaxError, OSError, ValueError, MemoryError):
        return False
    return True


def looked_at(file: File) -> tuple[bool, bool]:
    """Whether N-Triples have no blank node, and no literal that a store would change or that is ill-formed; and whether
    all of their lines are seen to be well-formed, though others may be as well."""
    well_formed, pieces = True, 0
    with file.path.open("rb") as content:
        for lines in _pieces(content):
            if not _is_plain(lines):
                return False, False
            well_formed = well_formed and _is_well_formed(lines)
            pieces += 1
    return pieces > 1, well_formed


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


def _is_well_formed(lines: bytes) -> bool:
    """Whether a strict parser would find nothing: IRIs of one scheme, with the usual characters, and texts without escapes."""
    marks = lines.translate(None, _WORDS)
    forms = set(marks.split(b"\n")) - {b""}
    if len(forms) > _MOST or not all(map(_WELL_FORMED, forms)):
        return False
    if lines.count(b"<http://") + lines.count(b"<https://") != marks.count(b"<"):
        return False
    # a text in no language may not say that it is in one
    return b"angString>" not in lines and marks.count(b"@") == len(_TAG.findall(lines) if b"@" in marks else ())
