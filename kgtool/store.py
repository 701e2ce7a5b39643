"""Where the graph is kept: an Oxigraph store on disk, one generation a build, read-only for everyone but the build."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad, Triple

from kgtool import catalogue
from kgtool.answer import Answer
from kgtool.errors import KgtoolError, QueryError, StoreError, WrongUse
from kgtool.terms import BASE, Prefixes

FORMAT = 4
CURRENT = "current.json"


@dataclass(frozen=True)
class Manifest:
    """What the current generation was made from and with, and the prefixes it is asked with."""

    generation: str
    inputs: str
    quads: int
    prefixes: Mapping[str, str]
    engine: str = f"pyoxigraph {ox.__version__}"
    format: int = FORMAT


class Store:
    """A graph to be asked.

    A finished store keeps the merge of its named graphs in the default graph as well, each triple once: Oxigraph's own
    union of named graphs gives a triple once a graph, and every count over it would be too high. While a build still
    fills the store, ``merged`` is False and queries see that union. ``folder`` holds its files, where it has any.
    """

    def __init__(self, engine: ox.Store, prefixes: Prefixes, merged: bool, folder: Path | None = None):
        self.engine = engine
        self.prefixes = prefixes
        self.merged = merged
        self.folder = folder

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

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """What things are called; the first by the alphabet, where there are several. A term that only a hierarchy has
        is called as its releases call it."""
        found = self._labels(iris, "?thing rdfs:label ?label")
        others = (iri for iri in iris if iri not in found and not iri.startswith(BASE))
        return {**self._labels(others, "GRAPH ?graph { ?thing rdfs:label ?label }"), **found}

    def _labels(self, iris: Iterable[str], pattern: str) -> dict[str, str]:
        values = " ".join(f"<{iri}>" for iri in sorted(iris))
        query = f"SELECT ?thing (MIN(STR(?label)) AS ?name) {{ VALUES ?thing {{ {values} }} {pattern} }} GROUP BY ?thing"
        return {thing.value: name.value for thing, name in self.select(query).rows} if values else {}

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """The quads of all named graphs, or of one."""
        if graph:
            return self.engine.quads_for_pattern(None, None, None, NamedNode(graph))
        return (quad for quad in self.engine if quad.graph_name != ox.DefaultGraph())

    def merge(self, leave_out: Iterable[str] = ()) -> None:
        """Make the default graph the merge of all named graphs but those that are alternatives to others."""
        apart = {NamedNode(graph) for graph in leave_out}
        self.engine.bulk_extend(
            Quad(quad.subject, quad.predicate, quad.object)
            for quad in list(self.quads()) if quad.graph_name not in apart
        )
        self.merged = True

    def _run(self, query: str):
        try:
            return self.engine.query(query, prefixes=dict(self.prefixes), use_default_graph_as_union=not self.merged)
        except SyntaxError as error:
            raise catalogue.syntax_error(query, error, self.prefixes) from error
        except (OSError, RuntimeError, ValueError) as error:
            raise _failed(error) from error

    def _drain(self, found) -> Iterator:
        try:
            yield from found
        except (OSError, RuntimeError, ValueError) as error:
            raise _failed(error) from error


def _failed(error: Exception) -> KgtoolError:
    """A damaged block is found only when it is read, and then the engine says so as it says all else."""
    if isinstance(error, OSError) or "orruption" in str(error):
        return _damaged(error)
    return QueryError(f"the query could not be run: {error}")


def in_memory(quads: Iterable[Quad], prefixes: Prefixes) -> Store:
    """A store that is gone with the process; ``merge`` it once it is complete."""
    engine = ox.Store()
    engine.bulk_extend(quads)
    return Store(engine, prefixes, merged=False)


def manifest(folder: Path) -> Manifest | None:
    """The manifest of the current generation; None where nothing was built that this version could read.

    A damaged one is a StoreError.
    """
    try:
        said = json.loads((folder / CURRENT).read_text(encoding="utf-8"))
        ours = (said.get("engine"), said.get("format")) == (Manifest.engine, FORMAT)
        return Manifest(**said) if ours else None
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise StoreError(f"{folder / CURRENT} is damaged: {error}; run `kgtool build --force`") from error


def open_read_only(folder: Path) -> Store:
    """The current generation, for reading. Says what is wrong where it is missing or damaged."""
    current = manifest(folder)
    if current is None:
        raise StoreError(f"nothing is built at {folder} that this version can read; run `kgtool build`")
    try:
        generation = folder / current.generation
        return Store(ox.Store.read_only(str(generation)), Prefixes(current.prefixes), merged=True, folder=generation)
    except (OSError, RuntimeError, ValueError) as error:
        if manifest(folder) != current:  # a build replaced it between our two looks
            return open_read_only(folder)
        raise _damaged(error) from error


def _damaged(error: Exception) -> StoreError:
    first = str(error).partition("\n")[0]
    return StoreError(f"the store is damaged: {first}; run `kgtool build --force`")


@contextmanager
def new_generation(folder: Path, prefixes: Prefixes, inputs: str) -> Iterator[Store]:
    """A store to be filled, which becomes the current one when the block ends well, by one rename.

    Readers see the old generation or the new one, never half of either. A block that raises, or a process that is
    killed, leaves the old one; what it began is swept up by the next build.
    """
    import tempfile  # brings along more than the many readers of stores should pay for

    with _one_writer(folder):
        beginning = Path(tempfile.mkdtemp(prefix="generation-", dir=folder))
        store = None
        try:
            store = Store(ox.Store(str(beginning)), prefixes, merged=False, folder=beginning)
            yield store
            store.engine.flush()
            count = sum(1 for _ in store.quads())
            del store.engine  # closes the database, so that readers find all of it in its files
            _publish(folder, beginning, Manifest(beginning.name, inputs, count, dict(prefixes)))
        except BaseException as error:
            _close(store, error)
            shutil.rmtree(beginning, ignore_errors=True)
            raise
        _sweep(folder, keep=beginning.name)


def _close(store: Store | None, error: BaseException | None) -> None:
    """Close the database for good, which goes on writing into its folder as long as anything holds it.

    Answers that were being read hold it too, in the frames that the error and its causes came through.
    """
    import traceback

    if store is not None and hasattr(store, "engine"):
        del store.engine
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


@contextmanager
def _one_writer(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        remedy = "choose another folder or mend its permissions"
        raise StoreError(f"cannot write to {folder}: {error.strerror}; {remedy}") from error
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
