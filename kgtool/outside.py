"""Outside data: what graph_data/imports.toml pins by digest, which of it is at hand, and the text inside its files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from kgtool import rdf, streams
from kgtool.errors import DataError, Place, Problem, WrongUse
from kgtool.project import Project
from kgtool.terms import did_you_mean

PINS = "graph_data/imports.toml"


@dataclass(frozen=True)
class Pin:
    """One file of others that a build may read: by whom and of which version, known by its bytes alone.

    ``importer`` names a reader of kgtool.importers, ``graph`` the named graph it is read into, by its local name.
    """

    name: str
    importer: str
    graph: str
    url: str
    version: str
    sha256: str
    bytes: int
    licence: str


def pins(project: Project) -> list[Pin]:
    """Everything that is pinned; a DataError names every entry with an unknown, missing or misshapen key."""
    path = project.root / PINS
    if not path.exists():
        return []
    import tomllib  # only here: every command asks whether imports are at hand, few read what they are

    try:
        said = tomllib.loads(rdf.text(path, PINS))
    except tomllib.TOMLDecodeError as error:
        raise DataError(Problem(f"is no TOML: {error}", "see https://toml.io", Place(PINS))) from error
    listed = said.pop("import", [])
    if said or not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        wrong = f"unknown key {min(said)}" if said else "import is no list of tables"
        raise DataError(Problem(wrong, "begin each entry with a line [[import]]", Place(PINS)))
    if problems := [problem for entry in listed for problem in _problems(entry)]:
        raise DataError(problems)
    return [Pin(**entry) for entry in listed]


def _problems(entry: dict[str, object]) -> Iterator[Problem]:
    wanted = {field.name: int if field.name == "bytes" else str for field in fields(Pin)}
    name, remedy = entry.get("name", "an entry without a name"), f"an entry has {', '.join(wanted)}"
    for key in sorted(entry.keys() - wanted.keys()):
        yield Problem(f"{name}: unknown key {key}", did_you_mean(key, wanted) or remedy, Place(PINS))
    for key, kind in wanted.items():
        if not isinstance(entry.get(key), kind):
            yield Problem(f"{name}: needs {key}, {'a whole number' if kind is int else 'a text'}", remedy, Place(PINS))


def at_hand(project: Project) -> list[tuple[Pin, Path]]:
    """The pinned files in the folder that $KGTOOL_IMPORTS names, recognised by their bytes and not by their names."""
    named = os.environ.get("KGTOOL_IMPORTS")
    if not named:
        return []
    folder = Path(named)
    if not folder.is_dir():
        raise WrongUse(f"KGTOOL_IMPORTS is {named}, which is no folder; name the one with the files of {PINS}")
    wanted = pins(project)
    sizes = {pin.bytes for pin in wanted}  # hashing is left to files that can be one of them
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.stat().st_size in sizes]
    found = {streams.sha256(path): path for path in files}
    return [(pin, found[pin.sha256]) for pin in wanted if pin.sha256 in found]
