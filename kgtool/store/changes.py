"""What a build changed of the one before: told from sums over what is said of each thing, so that only what differs is read."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, Quad

from kgtool import rdf
from kgtool.errors import StoreError
from kgtool.store.embedded import Store
from kgtool.store.generations import open_read_only, verify

SUMS, CHANGES = "sums.gz", "changes.gz"
# Who asks what changed of more than a fifth of all things, or by more triples than this, had better look at all.
_WORTH, _MOST = 5, 200_000
_SINCE = "since "


def tell(folder: Path, fresh: Store) -> None:
    """Put beside a store that is full what was changed since the current generation, and since those before it."""
    sums = fresh.sums.lines()
    _write(fresh.folder / SUMS, sums)
    with suppress(StoreError):  # there is none, or a byte of it is not as it was built, which may lead the engine astray
        verify(folder)
        _tell(open_read_only(folder), fresh, sums)


def _tell(before: Store, fresh: Store, sums: list[str]) -> None:
    changed = _changed(before, fresh, sums)
    if changed is not None:
        carried = _carried(before.folder, _MOST - len(changed))
        _write(fresh.folder / CHANGES, [_SINCE + before.folder.name, *changed, *carried])


def since(generation: Path, before: str) -> list[str] | None:
    """Lines of N-Triples: all that came or went since the generation of that name, and perhaps others; None if not known."""
    if generation.name == before:
        return []
    found, reached = [], False
    for line in _read(generation / CHANGES):
        if line.startswith(_SINCE):
            if reached:
                break
            reached = line == _SINCE + before
        else:
            found.append(line)
    return found if reached else None


def _changed(before: Store, now: Store, sums: list[str]) -> list[str] | None:
    """The triples that one of two stores has and the other has not; None where those are too many, or where one cannot tell."""
    differing = {line.partition(" ")[2] for line in {*_read(before.folder / SUMS)}.symmetric_difference(sums)}
    if len(differing) > len(sums) // _WORTH:
        return None
    found: list[Quad] = []
    for thing in map(_term, sorted(differing)):
        found += {*before.match(thing)}.symmetric_difference(now.match(thing))
        if len(found) > _MOST:
            return None
    return sorted({*rdf.lines(found)})


def _term(written: str) -> NamedNode | BlankNode:
    return BlankNode(written[2:]) if written.startswith("_:") else NamedNode(written[1:-1])


def _carried(generation: Path, most: int) -> list[str]:
    """What a generation tells of those before it: the latest of it, no more lines than are to be kept."""
    told = _read(generation / CHANGES)
    ends = [number for number, line in enumerate([*told, _SINCE]) if line.startswith(_SINCE) and number <= most]
    return told[: ends[-1]] if ends else []


def _read(path: Path) -> list[str]:
    if not path.exists():
        return []
    try:
        # not splitlines(), which takes characters for line ends that a literal may hold
        return gzip.decompress(path.read_bytes()).decode().split("\n")[:-1]
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise StoreError(f"the store is damaged: {path} cannot be read: {error}; run `kgtool build --force`") from error


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode(), 1, mtime=0))
