"""Where the graph is kept: an Oxigraph store on disk, one generation a build, read-only for everyone but the build."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad, Triple

from kgtool import catalogue
from kgtool.answer import Answer
from kgtool.errors import QueryError, StoreError, WrongUse
from kgtool.terms import Prefixes

FORMAT = 2
CURRENT = "current.json"


@dataclass(frozen=True)
class Manifest:
    """What the current generation was made from, and how to tell that it is whole."""

    generation: str
    inputs: str
    quads: int
    engine: str = f"pyoxigraph {ox.__version__}"
    format: int = FORMAT


class Store:
    """A graph to be asked.

    A finished store keeps the merge of its named graphs in the default graph as well, each triple once: Oxigraph's own
    union of named graphs gives a triple once a graph, and every count over it would be too high. While a build still
    fills the store, ``merged`` is False and queries see that union.
    """

    def __init__(self, engine: ox.Store, prefixes: Prefixes, merged: bool):
        self.engine = engine
        self.prefixes = prefixes
        self.merged = merged

    def select(self, query: str) -> Answer:
        """The rows of a SELECT. The query may use the project's prefixes without declaring them."""
        found = self._run(query)
        if not isinstance(found, ox.QuerySolutions):
            raise WrongUse("this query gives no rows; a SELECT does")
        columns = tuple(variable.value for variable in found.variables)
        return Answer(columns, tuple(tuple(solution) for solution in self._drain(found)), self.prefixes)

    def ask(self, query: str) -> bool:
        found = self._run(query)
        if not isinstance(found, ox.QueryBoolean):
            raise WrongUse("this query gives no yes or no; an ASK does")
        return bool(found)

    def construct(self, query: str) -> list[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE."""
        found = self._run(query)
        if not isinstance(found, ox.QueryTriples):
            raise WrongUse("this query makes no triples; a CONSTRUCT does")
        return list(self._drain(found))

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """The quads of all named graphs, or of one."""
        if graph:
            return self.engine.quads_for_pattern(None, None, None, NamedNode(graph))
        return (quad for quad in self.engine if quad.graph_name != ox.DefaultGraph())

    def merge(self, leave_out: Iterable[str] = ()) -> None:
        """Make the default graph the merge of all named graphs but those that are alternatives to others."""
        apart = {NamedNode(graph) for graph in leave_out}
        self.engine.bulk_extend(
            Quad(quad.subject, quad.predicate, quad.object) for quad in list(self.quads()) if quad.graph_name not in apart
        )
        self.merged = True

    def _run(self, query: str):
        try:
            return self.engine.query(query, prefixes=dict(self.prefixes), use_default_graph_as_union=not self.merged)
        except SyntaxError as error:
            raise catalogue.syntax_error(query, error, self.prefixes) from error
        except (OSError, RuntimeError, ValueError) as error:
            raise QueryError(f"the query could not be run: {error}") from error

    def _drain(self, found) -> Iterator:
        try:
            yield from found
        except (OSError, RuntimeError, ValueError) as error:
            raise QueryError(f"the query broke off: {error}") from error


def in_memory(quads: Iterable[Quad], prefixes: Prefixes) -> Store:
    """A store that is gone with the process; ``merge`` it once it is complete."""
    engine = ox.Store()
    engine.bulk_extend(quads)
    return Store(engine, prefixes, merged=False)


def manifest(folder: Path) -> Manifest | None:
    """The manifest of the current generation; None where nothing was built. A damaged one is a StoreError."""
    try:
        said = json.loads((folder / CURRENT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreError(f"{folder / CURRENT} cannot be read: {error}; run `kgtool build --force`") from error
    try:
        return Manifest(**said)
    except TypeError as error:
        raise StoreError(f"{folder / CURRENT} is of another version; run `kgtool build --force`") from error


def open_read_only(folder: Path, prefixes: Prefixes) -> Store:
    """The current generation, for reading. Says what is wrong where it is missing, damaged or of another engine."""
    current = manifest(folder)
    if current is None:
        raise StoreError(f"nothing is built at {folder}; run `kgtool build`")
    if (current.engine, current.format) != (Manifest.engine, FORMAT):
        raise StoreError(f"the store was written by {current.engine}, format {current.format}; run `kgtool build`")
    try:
        return Store(ox.Store.read_only(str(folder / current.generation)), prefixes, merged=True)
    except OSError as error:
        if manifest(folder) != current:  # a build replaced it between our two looks
            return open_read_only(folder, prefixes)
        raise StoreError(f"the store at {folder} is damaged: {error}; run `kgtool build --force`") from error


@contextmanager
def new_generation(folder: Path, prefixes: Prefixes, inputs: str) -> Iterator[Store]:
    """A store to be filled, which becomes the current one when the block ends well, by one rename.

    Readers see the old generation or the new one, never half of either. A block that raises, or a process that is
    killed, leaves the old one; what it began is swept up by the next build.
    """
    with _one_writer(folder):
        beginning = Path(tempfile.mkdtemp(prefix="generation-", dir=folder))
        try:
            store = Store(ox.Store(str(beginning)), prefixes, merged=False)
            yield store
            store.engine.flush()
            count = sum(1 for _ in store.quads())
            del store.engine  # closes the database, so that readers find all of it in its files
            _publish(folder, beginning, Manifest(beginning.name, inputs, count))
        except BaseException:
            shutil.rmtree(beginning, ignore_errors=True)
            raise
        _sweep(folder, keep=beginning.name)


@contextmanager
def _one_writer(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise StoreError(f"cannot write to {folder}: {error.strerror}; choose another folder or mend its permissions") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreError(f"another build is writing to {folder}; wait until it is done") from error
        yield


def _publish(folder: Path, generation: Path, made: Manifest) -> None:
    written = generation / CURRENT
    written.write_text(json.dumps(asdict(made), indent=2) + "\n", encoding="utf-8")
    os.replace(written, folder / CURRENT)


def _sweep(folder: Path, keep: str) -> None:
    for old in folder.glob("generation-*"):
        if old.name != keep:
            shutil.rmtree(old, ignore_errors=True)
