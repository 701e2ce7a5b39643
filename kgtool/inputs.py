"""What a build reads, as one digest: whether a store is up to date is known without building or even reading Turtle."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from kgtool import __version__, store
from kgtool.errors import relative
from kgtool.project import FOLDERS, Project
from kgtool.store import Manifest

PACKAGE = Path(__file__).parent
LOOKS = "looks.json"
# Two changes of a file within so many nanoseconds may bear the same time: some file systems count in steps of 2 s.
COARSEST_CLOCK = 2_000_000_000


def digest(project: Project) -> str:
    """One digest over every file a build reads, and over what reads them."""
    import hashlib

    from kgtool import outside, rdf  # most who ask whether a store is up to date need not read the files

    whole = hashlib.sha256(f"{__version__} {Manifest.engine} {store.FORMAT}".encode())
    for path in files(project):
        name = relative(path, project.root)
        whole.update(f"\x00{name}\x00".encode())
        whole.update(rdf.raw(path, name))
    whole.update(_code())
    for pin, _ in outside.at_hand(project):
        whole.update(f"\x00{pin.sha256}".encode())
    return whole.hexdigest()


def files(project: Project) -> list[Path]:
    """Every file of a project that a build reads."""
    patterns = (("ontology", "**/*.ttl"), ("graph_data", "**/*.*"), ("queries", "**/*.rq"))
    found = (path for folder, pattern in patterns for path in project.files(folder, pattern))
    # a folder may have a dot in its name, but not that of a file to be read
    return [path for path in found if path.suffix == ".ttl" or not path.is_dir()]


def _code() -> bytes:
    """The state of the modules that make the graph, so that who changes a rule in Python need not think of it."""
    return os.fsencode("".join(
        sorted(f"{entry.path} {entry.stat().st_size} {entry.stat().st_mtime_ns}\n" for entry in _modules())
    ))


def _modules() -> list[os.DirEntry]:
    found = [*os.scandir(PACKAGE), *_entries(PACKAGE / "judge"), *os.scandir(PACKAGE / "importers")]
    return [entry for entry in found if entry.name.endswith(".py")]


def current(project: Project, inputs: str) -> Manifest | None:
    """The manifest of the store where it was built from just these inputs; else None. A StoreError if it is damaged."""
    made = store.manifest(project.store)
    if made is None or made.inputs != inputs or not (project.store / made.generation).is_dir():
        return None
    store.check_whole(project.store, made)
    return made


def up_to_date(project: Project) -> Manifest | None:
    """The manifest of the store where it was built from the files as they are; else None.

    Files are read only where they look otherwise than when they were last read: by name, size, times and number.
    """
    looks = _looks(project)
    remembered = _remembered(project)
    if looks and looks == remembered[1:] and (made := current(project, remembered[0])):
        return made
    now = _time_there(project.store / LOOKS)
    made = current(project, digest(project))
    if made and looks and now and looks[1] < now - COARSEST_CLOCK:
        _remember(project, [made.inputs, *looks])
    return made


def is_newest(project: Project, generation: str) -> bool:
    """Whether a generation was built from the files as they are."""
    made = up_to_date(project)
    return made is not None and made.generation == generation


def _looks(project: Project) -> list[str | int]:
    """How all files look, in one text, and when the latest changed; empty where looks do not tell."""
    if os.environ.get("KGTOOL_IMPORTS"):
        return []
    found = [*_modules(), *(entry for folder in FOLDERS for entry in _entries(project.root / folder))]
    try:
        seen = sorted((entry.path, entry.stat()) for entry in found)
    except OSError:  # a link to nothing, or a file that was just removed
        return []
    lines = (f"{path} {s.st_size} {s.st_mtime_ns} {s.st_ctime_ns} {s.st_ino}" for path, s in seen)
    # a change sets the later of the two, even where somebody sets the former back
    return ["\n".join((f"{__version__} {Manifest.engine} {store.FORMAT}", *lines)), max(s.st_ctime_ns for _, s in seen)]


def _entries(folder: Path | str) -> Iterator[os.DirEntry]:
    """Everything below a folder, folders too."""
    for entry in os.scandir(folder):
        yield entry
        if entry.is_dir(follow_symlinks=False):
            yield from _entries(entry.path)


def _remembered(project: Project) -> list[str | int]:
    """The digest that files had, and how they looked then."""
    try:
        seen = json.loads((project.store / LOOKS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return seen if isinstance(seen, list) else []


def _remember(project: Project, seen: list[str | int]) -> None:
    part = project.store / f"{LOOKS}.{os.getpid()}"
    with suppress(OSError):  # without it the files are read again
        part.write_text(json.dumps(seen), encoding="utf-8")
        part.replace(project.store / LOOKS)


def _time_there(file: Path) -> int:
    """What time it is by the clock that gives files their times; 0 where no file can be written."""
    part = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError):
        part.touch()
        now = part.stat().st_mtime_ns
        part.unlink()
        return now
    return 0
