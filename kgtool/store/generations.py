"""A store on disk: one generation a build, published by one rename, read-only for everyone but the build."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from kgtool.errors import StoreError
from kgtool.store.embedded import Store, drain, failed
from kgtool.terms import Prefixes

FORMAT = 5
CURRENT = "current.json"
LOCK = "lock"
HELD = "held"
SMALL = 12_000_000  # bytes of files, which become four times as much in memory
_A_STEP = 200  # quads
_OF_NO_MATTER = ("LOCK", "LOG", HELD)


@dataclass(frozen=True)
class Manifest:
    """What the current generation was made from and with, and the prefixes it is asked with.

    ``inputs`` is a digest of all that was read, ``files`` the size, the time of the last change in nanoseconds, and the
    SHA-256 of each file of the database, which nobody writes to once it is published. ``merged`` says whether the
    default graph holds the merge of all others.
    """

    generation: str
    inputs: str
    quads: int
    prefixes: Mapping[str, str]
    merged: bool = True
    files: Mapping[str, tuple[int, int, str]] = field(default_factory=dict)
    engine: str = f"pyoxigraph {ox.__version__}"
    format: int = FORMAT


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
    """The current generation, for reading. Says what is wrong where it is missing or damaged.

    It stays on disk for as long as the store is held, whatever is built meanwhile: the engine opens some of its files
    only when it needs them, and would search without end where it cannot.
    """
    current = manifest(folder)
    if current is None:
        raise StoreError(f"nothing is built at {folder} that this version can read; run `kgtool build`")
    try:
        generation = folder / current.generation
        held = _held(generation)
        check_whole(folder, current)
        engine = ox.Store.read_only(_spelled(generation))
    except (OSError, RuntimeError, ValueError, StoreError) as error:
        if manifest(folder) != current:  # a build replaced it between our two looks
            return open_read_only(folder)
        if isinstance(error, StoreError):
            raise
        raise _unopened(error) from error
    return Store(engine, Prefixes(current.prefixes), current.merged, generation, held)


def _spelled(folder: Path) -> str:
    """A folder as the engine takes it: its name in UTF-8, whatever the language of the system has made of that."""
    try:
        return os.fsencode(folder).decode()
    except UnicodeDecodeError as error:
        raise StoreError(f"the engine cannot open {str(folder)!r}, whose name is not in UTF-8; rename it") from error


def _held(generation: Path) -> BinaryIO:
    """A file whose shared lock, until it is closed, keeps the next build from sweeping up the generation."""
    held = (generation / HELD).open("rb")
    fcntl.flock(held, fcntl.LOCK_SH)
    return held


def check_whole(folder: Path, current: Manifest) -> None:
    """A StoreError where a file of the database is not as it was built.

    What has its size and its time of change is not read: bits that the disk itself lost show only to verify().
    """
    for name, (size, changed, digest) in current.files.items():
        path = folder / current.generation / name
        try:
            found = path.stat()
        except OSError as error:
            raise _damaged(f"{path} cannot be found: {error.strerror}") from error
        if found.st_size != size:
            raise _damaged(f"{path} has {found.st_size:,} bytes and was built with {size:,}")
        if found.st_mtime_ns != changed and _digest(path) != digest:
            raise _damaged(f"{path} is not as it was built")


def verify(folder: Path) -> Manifest:
    """The manifest of the current generation, every byte of which is found to be as it was built; else a StoreError."""
    current = manifest(folder)
    if current is None:
        raise StoreError(f"nothing is built at {folder} that this version can read; run `kgtool build`")
    _check_every_byte(folder, current)
    return current


def _check_every_byte(folder: Path, current: Manifest) -> None:
    unread = {name: (size, -1, digest) for name, (size, _, digest) in current.files.items()}
    check_whole(folder, replace(current, files=unread))


def moving_to_memory(kept: Store) -> Iterator[None]:
    """Steps of a few thousandths of a second, after the last of which a store is asked from memory: in a third of the time.

    The files stay, and are asked meanwhile. There are no steps for a store that is large, or not the newest; a StoreError
    where a byte is not as it was built, since all are read, and some would lead the engine astray.
    """
    folder = kept.folder.parent if kept.folder else None
    current = manifest(folder) if folder else None
    if current is None or current.generation != kept.folder.name or sum(size for size, *_ in current.files.values()) > SMALL:
        return
    _check_every_byte(folder, current)
    yield
    here, left = ox.Store(), drain(kept.engine)
    while few := list(islice(left, _A_STEP)):
        here.extend(few)
        yield
    kept.engine = here


def _unopened(error: Exception) -> StoreError:
    told = failed(error)
    return told if isinstance(told, StoreError) else _damaged(str(error).partition("\n")[0])


def _damaged(what: str) -> StoreError:
    return StoreError(f"the store is damaged: {what}; run `kgtool build --force`, or load its files again")


def _digest(path: Path) -> str:
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def new_generation(folder: Path, prefixes: Prefixes, inputs: str) -> Iterator[Store]:
    """A store to be filled, which becomes the current one when the block ends well, by one rename.

    Readers see the old generation or the new one, never half of either. A block that raises, or a process that is
    killed, leaves the old one; what it began is swept up by the next build.
    """
    import shutil
    import tempfile  # both bring along more than the many readers of stores should pay for

    with _one_writer(folder):
        store = None
        try:
            beginning = Path(tempfile.mkdtemp(prefix="generation-", dir=folder))
        except OSError as error:
            raise _not_writable(folder, error) from error
        try:
            store = _begun(beginning, prefixes)
            yield store
            _publish(folder, _closed(store, beginning, inputs))
        except BaseException as error:
            _close(store, error)
            shutil.rmtree(beginning, ignore_errors=True)
            raise
        _sweep(folder, keep=beginning.name)


def _begun(beginning: Path, prefixes: Prefixes) -> Store:
    _spelled(beginning)  # to fill one the engine is given the name as it is, but takes no other either
    try:
        return Store(ox.Store(beginning), prefixes, merged=False, folder=beginning)
    except (OSError, RuntimeError) as error:
        raise failed(error) from error


def _closed(store: Store, generation: Path, inputs: str) -> Manifest:
    """Close the database, so that readers find all of it in its files, and say what these are.

    At once when it is full: an open one goes on merging its files in the background, which at 10^7 triples takes longer
    than parsing them, makes them half as large again, and brings readers nothing.
    """
    try:
        store.engine.flush()
        del store.engine
        quads = Store(ox.Store.read_only(_spelled(generation)), store.prefixes, store.merged).count()
        (generation / HELD).touch()
        kept = sorted(path for path in generation.iterdir() if not path.name.startswith(_OF_NO_MATTER))
        files = {path.name: (path.stat().st_size, path.stat().st_mtime_ns, _digest(path)) for path in kept}
    except (OSError, RuntimeError) as error:
        raise failed(error) from error
    return Manifest(generation.name, inputs, quads, dict(store.prefixes), store.merged, files)


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
        lock = (folder / LOCK).open("w")
    except OSError as error:
        raise _not_writable(folder, error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreError(f"another build is writing to {folder}; wait until it is done") from error
        yield


def _not_writable(folder: Path, error: OSError) -> StoreError:
    return StoreError(f"cannot write to {folder}: {error.strerror}; choose another folder, or let you write to it")


def _publish(folder: Path, made: Manifest) -> None:
    """One rename. Both the manifest and its name are on the disk before this ends; the database flushed its own files."""
    written = folder / made.generation / CURRENT
    try:
        with written.open("w", encoding="utf-8") as file:
            file.write(json.dumps(asdict(made), indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(written, folder / CURRENT)
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
    except OSError as error:
        raise failed(error) from error


def sweep(folder: Path) -> None:
    """Remove what a writer that was killed left, where no other has begun since."""
    with suppress(StoreError), _one_writer(folder):
        current = manifest(folder)
        _sweep(folder, keep=current.generation if current else "")


def _sweep(folder: Path, keep: str) -> None:
    """Remove what earlier builds made or began, but for what is being read; that is left to the next build."""
    import shutil

    for old in folder.glob("generation-*"):
        if old.name != keep and not _is_read(old):
            shutil.rmtree(old, ignore_errors=True)


def _is_read(generation: Path) -> bool:
    try:
        with (generation / HELD).open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False  # it was never finished
    except OSError:
        return True
    return False
