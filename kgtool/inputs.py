"""What a build reads, as one digest: whether a store is up to date is known without building or even reading Turtle."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kgtool import __version__, store
from kgtool.errors import DataError, Place, Problem, relative
from kgtool.project import Project
from kgtool.store import Manifest


def digest(project: Project) -> str:
    """One digest over every file a build reads, and over what reads them."""
    files = [*project.files("ontology", "**/*.ttl"), *project.files("graph_data", "**/*.*"), *project.files("queries", "**/*.rq")]
    whole = hashlib.sha256(f"{__version__} {Manifest.engine} {store.FORMAT}".encode())
    for path in files:
        name = relative(path, project.root)
        whole.update(f"\x00{name}\x00".encode())
        whole.update(_bytes(path, name))
    return whole.hexdigest()


def current(project: Project, inputs: str) -> Manifest | None:
    """The manifest of the store where it was built from just these inputs; else None."""
    made = store.manifest(project.store)
    if made and made.inputs == inputs and (project.store / made.generation).is_dir():
        return made
    return None


def _bytes(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(Problem(f"cannot be read: {error.strerror}", "check its permissions", Place(name))) from error
