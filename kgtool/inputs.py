"""What a build reads, as one digest: whether a store is up to date is known without building or even reading Turtle."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from kgtool import __version__, outside, rdf, store
from kgtool.errors import relative
from kgtool.project import Project
from kgtool.store import Manifest

PACKAGE = Path(__file__).parent


def digest(project: Project) -> str:
    """One digest over every file a build reads, and over what reads them."""
    patterns = (("ontology", "**/*.ttl"), ("graph_data", "**/*.*"), ("queries", "**/*.rq"))
    files = [path for folder, pattern in patterns for path in project.files(folder, pattern)]
    whole = hashlib.sha256(f"{__version__} {Manifest.engine} {store.FORMAT}".encode())
    for path in files:
        if path.is_dir() and path.suffix != ".ttl":
            continue  # a folder may have a dot in its name, but not that of a file to be read
        name = relative(path, project.root)
        whole.update(f"\x00{name}\x00".encode())
        whole.update(rdf.raw(path, name))
    whole.update(_code())
    for pin, _ in outside.at_hand(project):
        whole.update(f"\x00{pin.sha256}".encode())
    return whole.hexdigest()


def _code() -> bytes:
    """The state of the modules that make the graph, so that who changes a rule in Python need not think of it."""
    folders = [PACKAGE, *(entry for entry in (PACKAGE / "judge").glob("**") if entry.is_dir()), PACKAGE / "importers"]
    found = [entry for folder in folders for entry in os.scandir(folder) if entry.name.endswith(".py")]
    return "".join(sorted(f"{entry.path} {entry.stat().st_size} {entry.stat().st_mtime_ns}\n" for entry in found)).encode()


def current(project: Project, inputs: str) -> Manifest | None:
    """The manifest of the store where it was built from just these inputs; else None. A StoreError if it is damaged."""
    made = store.manifest(project.store)
    if made is None or made.inputs != inputs or not (project.store / made.generation).is_dir():
        return None
    store.check_whole(project.store, made)
    return made
