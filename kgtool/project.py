"""Where a project lies: the folder with ontology/, graph_data/ and queries/, and where its products go."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from kgtool.errors import WrongUse
from kgtool.terms import digest

FOLDERS = ("ontology", "graph_data", "queries")
PACKAGED = Path(__file__).parent / "packaged"
CHECKOUT = PACKAGED.parents[1]  # of an editable installation, which packages no project


@dataclass(frozen=True)
class Project:
    """``root`` holds what people write; ``build`` the products made from it; ``texts`` the user's copies of sources,
    outside every repository because they are not ours to keep there."""

    root: Path
    build: Path
    texts: Path

    @property
    def store(self) -> Path:
        return self.build / "store"

    def files(self, folder: str, pattern: str) -> list[Path]:
        """The files of one folder below the root, sorted by name."""
        found = (path for path in (self.root / folder).glob(pattern) if not path.name.startswith("."))
        return sorted(found, key=lambda path: path.parts)


def folder(name: str | Path | None) -> Path | None:
    """A folder by its name. Whoever gives an empty one has lost it on the way, and would be given the working directory."""
    if isinstance(name, str) and not name.strip():
        raise WrongUse("an empty name: name a folder, or leave it out")
    return None if name is None else Path(name)


def find(given: Path | None = None, start: Path | None = None, cache: Path | None = None) -> Project:
    """The project at ``given``; else the nearest above ``start`` (the working directory); else the packaged one, or
    the checkout that an editable installation runs from.

    Where a project may not be written into, as the packaged one, its store lies in the user's cache, which ``cache`` overrides.
    """
    cache = cache or user_cache()
    if given is not None:
        root = _checked(given.resolve())
        return Project(root, _products(root, cache), cache / "texts")
    here = (start or Path.cwd()).resolve()
    installed = () if is_project(PACKAGED) else (CHECKOUT,)
    for folder in (here, *here.parents, *installed):
        if is_project(folder):
            return Project(folder, _products(folder, cache), cache / "texts")
    root = _checked(PACKAGED)
    return Project(root, _in_cache(root, cache), cache / "texts")


def _products(root: Path, cache: Path) -> Path:
    """The folder build/ of a project; but on a disk that is read-only, and nothing is built there, one in the cache."""
    build = root / "build"
    writable = os.access(build if build.is_dir() else root, os.W_OK, effective_ids=True)
    return build if writable or (build / "store").is_dir() else _in_cache(root, cache)


def _in_cache(root: Path, cache: Path) -> Path:
    # one for each project and installed copy: two versions side by side do not rebuild each other's
    return cache / "stores" / digest(str(root))


def is_project(folder: Path) -> bool:
    return all((folder / name).is_dir() for name in FOLDERS)


def user_cache() -> Path:
    """The user's cache folder for kgtool, by the custom of the system; $KGTOOL_CACHE moves it."""
    if moved := os.environ.get("KGTOOL_CACHE"):
        return Path(moved)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "kgtool"
    # https://specifications.freedesktop.org/basedir-spec/latest/
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kgtool"


def _checked(folder: Path) -> Path:
    if is_project(folder):
        return folder
    missing = [name for name in FOLDERS if not (folder / name).is_dir()]
    raise WrongUse(f"{folder} is not a kgtool project: no {', '.join(f'{name}/' for name in missing)} in it; "
                   "give the folder that holds them with --project")
