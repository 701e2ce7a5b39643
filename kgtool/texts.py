"""The user's own copies of source texts: recognised by digest, kept outside every repository, never exported."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from kgtool import rdf
from kgtool.claim import Version
from kgtool.errors import DataError, Place, Problem, WrongUse

MOST_BYTES = 50_000_000


def add(file: Path, versions: Iterable[Version], texts: Path) -> Version:
    """Keep a copy of a text; which version it is, its bytes alone decide. A text of no known version is refused."""
    raw = _bytes(file)
    by_digest = {version.sha256: version for version in versions if version.sha256}
    version = by_digest.get(hashlib.sha256(raw).hexdigest())
    if version is None:
        remedy = _nearly(raw, by_digest) or _as_long(raw, by_digest.values()) or _as_new(raw)
        raise DataError(Problem("is the text of no source version here", remedy, Place(str(file))))
    rdf.decoded(raw, str(file))
    _keep(raw, texts / version.sha256)
    return version


def names(texts: Path) -> frozenset[str]:
    """What all that is in the folder is called: digests, and perhaps other things."""
    try:
        return frozenset(os.listdir(texts))
    except OSError:  # such as where nobody has added a text
        return frozenset()


def at_hand(sha256: str, texts: Path) -> str | None:
    """The text of a digest, or None where there is no copy. A copy that has changed since is an error, not used."""
    kept = texts / sha256
    if not sha256 or not kept.is_file():
        return None
    raw = kept.read_bytes()
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise DataError(Problem("has changed since it was added", "remove it and add the text again", Place(str(kept))))
    return rdf.decoded(raw, str(kept))


def _bytes(file: Path) -> bytes:
    if not file.exists():
        raise WrongUse(f"{file}: there is no such file")
    if not file.is_file():
        raise WrongUse(f"{file} is not a regular file; name the file that holds the text")
    if file.stat().st_size > MOST_BYTES:
        raise WrongUse(f"{file} is larger than {MOST_BYTES // 1_000_000} MB; no source text is")
    try:
        return file.read_bytes()
    except OSError as error:
        raise WrongUse(f"{file} cannot be read: {error.strerror}") from error


def _nearly(raw: bytes, known: dict[str, Version]) -> str:
    """What keeps the bytes from being those of a version: editors change line ends and marks in silence."""
    for said, mended in (
        ("its line ends are those of Windows; convert them to plain newlines", raw.replace(b"\r\n", b"\n")),
        ("it has a byte order mark; save it without one", raw.removeprefix(b"\xef\xbb\xbf")),
        ("it has a newline too many at its end", raw.removesuffix(b"\n")),
        ("it lacks the newline at its end", raw + b"\n"),
    ):
        if hashlib.sha256(mended).hexdigest() in known:
            return f"it would be {known[hashlib.sha256(mended).hexdigest()].label}, but {said}"
    return ""


def _as_long(raw: bytes, versions: Iterable[Version]) -> str:
    """A copy through an editor or a terminal keeps the length but turns no-break spaces and quotes into plain ones."""
    length = len(raw.decode("utf-8", "replace"))
    for version in versions:
        if version.length == length:
            return (f"it has as many characters as {version.label}, but others; "
                    "were no-break spaces or typographic quotes replaced in it?")
    return ""


def _as_new(raw: bytes) -> str:
    digest, length = hashlib.sha256(raw).hexdigest(), len(raw.decode("utf-8", "replace"))
    return ("give the exact bytes of a version that `kgtool sources list` shows, or declare a new one in graph_data/, with\n"
            f'  kg:sha256 "{digest}" ; kg:byteLength {len(raw)} ; kg:length {length}')


def _keep(raw: bytes, kept: Path) -> None:
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        half = kept.with_suffix(".part")
        half.write_bytes(raw)
        os.replace(half, kept)
    except OSError as error:
        remedy = "set KGTOOL_CACHE to a folder that can be written"
        raise WrongUse(f"cannot write to {kept.parent}: {error.strerror}; {remedy}") from error
