"""Anybody's files → a store of their own: read as they flow, in a child process, whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad, RdfFormat

from kgtool import isolate, moments, nesting, rdf, records, store, streams
from kgtool.errors import DataError, Place, Problem, WrongUse
from kgtool.importers import DATA_SETS, HIERARCHIES
from kgtool.progress import Tick, counted, unwatched
from kgtool.store import Manifest, Store
from kgtool.terms import GRAPH, Prefixes, did_you_mean, digest

_OFTEN = 1 << 20  # bytes, between two looks at how far it is
_A_WEEK = 7 * 24 * 3600
_PACKED = (".gz", ".zst")


@dataclass(frozen=True)
class Source:
    """A file to be loaded: RDF by its suffix, or what an importer reads."""

    path: Path
    importer: str = ""


@dataclass(frozen=True)
class Wanted:
    """Files to be loaded into one store; what names no graph goes into ``graph``, of an importer else into its own."""

    sources: Sequence[Source]
    graph: str = ""


def source(said: str, importer: str = "") -> Source:
    """A file as people name it, with the importer that reads it before it, or with that of all.

    >>> source("obo:hp.obo.gz"), source("data.nt")
    (Source(path=PosixPath('hp.obo.gz'), importer='obo'), Source(path=PosixPath('data.nt'), importer=''))
    """
    before, colon, name = said.partition(":")
    own = bool(colon) and before in {**HIERARCHIES, **DATA_SETS} and not Path(said).exists()
    return Source(Path(name), before) if own else Source(Path(said), importer)


def load(wanted: Wanted, folder: Path, prefixes: Prefixes, tick: Tick = unwatched, megabytes: int = 6000) -> Manifest:
    """Make a store in a folder, in place of the one that is there. Only for a process that has no store open.

    The files are read in a child process, which they may crash or fill: the store that was there then stays.
    """
    _check(wanted, folder)
    limits = isolate.Limits(_A_WEEK, megabytes, "--memory gives it more")
    try:
        isolate.run("a file to be loaded", lambda: None, lambda _: _made(wanted, folder, prefixes, tick), limits)
    except BaseException:
        store.sweep(folder)
        raise
    return store.manifest(folder)


def _check(wanted: Wanted, folder: Path) -> None:
    known = {**HIERARCHIES, **DATA_SETS}
    for given in wanted.sources:
        if given.importer and given.importer not in known:
            hint = did_you_mean(given.importer, known) or f"there are {', '.join(known)}"
            raise WrongUse(f"there is no importer {given.importer}; {hint}")
    if folder.exists() and not folder.is_dir():
        raise WrongUse(f"{folder} is no folder; name one to make the store in")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / store.LOCK).exists():
        raise WrongUse(f"{folder} holds other things than a store; name a new folder, or an empty one")
    if wanted.graph:
        rdf.iri(wanted.graph)
    for given in wanted.sources:
        streams.check(given.path)
        given.importer or rdf_format(given.path)


def rdf_format(path: Path) -> RdfFormat:
    """The format that a file's name promises, packed or not."""
    suffixes = [suffix for suffix in path.suffixes if suffix not in _PACKED]
    found = rdf.FORMATS.get(suffixes[-1] if suffixes else "")
    if found is None:
        remedy = f"use one of {', '.join(rdf.FORMATS)}, packed as .gz or .zst or not, or name an importer"
        raise DataError(Problem("no RDF format ends like this", remedy, Place(str(path))))
    return found


def _made(wanted: Wanted, folder: Path, prefixes: Prefixes, tick: Tick) -> bytes:
    begun = moments.looks(given.path for given in wanted.sources)
    sources = [part for given in wanted.sources for part in (given.importer, streams.sha256(given.path))]
    read = digest(wanted.graph, *sources, length=64)
    with store.new_generation(folder, prefixes, read) as made:
        for given in wanted.sources:
            if given.importer:
                made.add(counted(_imported(given, wanted.graph, prefixes), tick, given.path.name, "quads"))
            else:
                _take(made, given.path, wanted.graph, tick)
        moments.check(begun)
        tick("checking", 0, "", 0)
    return b""


def _take(made: Store, path: Path, graph: str, tick: Tick) -> None:
    with closing(_Watched(path, tick)) as flowing:
        _check_encoding(flowing.head, path)
        if rdf_format(path) == RdfFormat.RDF_XML:
            nesting.check(path)
        made.prefixes = Prefixes({**_declared(path), **made.prefixes})
        try:
            made.load(flowing, rdf_format(path), path.absolute().as_uri(), NamedNode(graph) if graph else None)
        except SyntaxError as error:
            raise DataError(rdf.syntax_problem(error, str(path), rdf_format(path))) from error
        except MemoryError as error:
            raise rdf.oversized(error, str(path)) from error


class _Watched:
    """The bytes of a file, unpacked, that tell how far they were read."""

    def __init__(self, path: Path, tick: Tick):
        self._path, self._tick, self._read, self._told = path, tick, 0, 0
        self._source = streams.unpacked(path)
        self._buffer = io.BufferedReader(self._source, 1 << 20) if isinstance(self._source, io.RawIOBase) else self._source
        self.head = self._buffer.peek(4)[:4]
        tick(path.name, 0, "MB", 0)  # from here on time is taken

    def read(self, size: int = -1) -> bytes:
        got = self._buffer.read(size)
        self._read += len(got)
        if not got or self._read - self._told > _OFTEN:  # the parser takes a few kilobytes at a time
            self._told = self._read
            self._tick(self._path.name, self._read // 1_000_000, "MB", streams.share(self._source, self._path) if got else 1)
        return got

    def close(self) -> None:
        self._source.close()


def _check_encoding(head: bytes, path: Path) -> None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        rdf.decoded(head, str(path))


def _declared(path: Path) -> dict[str, str]:
    """The prefixes that a file declares before its first statement."""
    with closing(streams.unpacked(path)) as source, suppress(SyntaxError, MemoryError):
        parser = ox.parse(source, format=rdf_format(path), base_iri=path.absolute().as_uri())
        next(iter(parser), None)
        return parser.prefixes
    return {}


def _imported(given: Source, graph: str, prefixes: Prefixes) -> Iterator[Quad]:
    into = graph or f"{GRAPH}{given.importer}"
    if read := HIERARCHIES.get(given.importer):
        return (quad for term in read(given.path, prefixes) for quad in records.hierarchy_quads(term, into))
    found = DATA_SETS[given.importer](given.path, prefixes, into.removeprefix(GRAPH).rpartition("/")[2])
    return (quad for record in found for quad in records.record_quads(record, into))
