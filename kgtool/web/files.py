"""Pages as plain files: what each is called, how it links to others, and the folder that takes them, whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import posixpath
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from kgtool.errors import WrongUse
from kgtool.terms import digest
from kgtool.web.address import Address, Link

LIST = "kgtool-files.json"
DUMPS = tuple(f"data/graph{suffix}" for suffix in (".ttl", ".trig", ".nq", ".jsonld", ".graphml", ".csv"))
METADATA = ("ro-crate-metadata.json", "void.ttl")
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9.-]")
_LONGEST = 80
_HELD, _NEW, _OLD = "held", "new", "old"
# Names of which no two become one file: lower case, but for prefixes before numbers, and at most one sign that is replaced.
_TOLD_APART = re.compile(r"(?=.{1,80}\Z)(?:[a-z0-9.-]+|[a-z]+:(?![0-9]+\Z)[a-z0-9.-]+|[A-Z]+:[0-9]+)")


@lru_cache(1 << 16)  # most pages are linked to by many
def name(address: Address) -> str:
    """The file of an address, from the top of the folder. Names hold nothing that some file system refuses, and two
    addresses never share one, even where large and small letters are the same.

    >>> name(Address("thing", "id:baclofen")), name(Address("")), name(Address("map", given=(("policy", "default"),)))
    ('thing/id_baclofen.html', 'index.html', 'map/policy_default.html')
    """
    if not address.page:
        return f"index.{address.format}"
    given = ",".join(f"{key}:{value}" for key, value in address.given)
    parts = [part for part in (address.name, given) if part]
    return f"{'/'.join((address.page, *(['_'.join(map(_safe, parts))] if parts else [])))}.{address.format}"


def _safe(text: str) -> str:
    plain = _NOT_PLAIN.sub("_", text)
    return plain if _TOLD_APART.fullmatch(text) else f"{plain[:_LONGEST]}-{digest(text, length=8)}"


def link(here: str, fits: Callable[[Address], bool]) -> Link:
    """How a file links to others; to what does not fit among files, it does not."""
    way = _way(posixpath.dirname(here))
    return lambda address: way(name(address)) if fits(address) else ""


def asset(here: str) -> Callable[[str], str]:
    """How a file finds what pages look like and run with."""
    way = _way(posixpath.dirname(here))
    return lambda file: way(f"static/{file}")


@lru_cache(64)
def _way(folder: str) -> Callable[[str], str]:
    """How files of a folder link to another file."""
    return lru_cache(1 << 16)(lambda file: quote(posixpath.relpath(file, folder or ".")))


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """A new folder to be filled, which takes the place of the old one when the block ends well; else the old one stays.

    A folder that holds anything else than what an earlier run wrote is refused. What a killed run left is cleared away.
    """
    folder = Path(os.path.abspath(folder))
    _check(folder)
    aside = folder.parent / f".{folder.name}-publishing"
    try:
        with _one_run(aside):
            _recover(folder, aside)
            beginning = aside / _NEW
            beginning.mkdir()
            yield beginning
            _listed(beginning)
            beginning.chmod(0o755)
            _swap(beginning, folder, aside / _OLD)
    except OSError as error:
        raise WrongUse(f"cannot write {folder}: {error.strerror}; make room or choose another folder") from error


@contextmanager
def _one_run(aside: Path) -> Iterator[None]:
    """The folder where a publication is made, held for as long as it is, and gone afterwards."""
    if aside.is_symlink() or (aside.exists() and not (aside / _HELD).is_file()) or _names(aside) - {_HELD, _NEW, _OLD}:
        raise WrongUse(f"{aside} is in the way, and not from kgtool; move it away")
    aside.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (aside / _HELD).open("wb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise WrongUse(f"another run is publishing there just now; try again when it is done, or kill it: {aside}") from error
        try:
            yield
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def _recover(folder: Path, aside: Path) -> None:
    """Clear what a killed run left; where it was killed between its last two steps, the old folder comes back first."""
    if (aside / _OLD).is_dir() and not folder.exists():
        (aside / _OLD).rename(folder)
    for left in (aside / _OLD, aside / _NEW):
        if left.exists():
            shutil.rmtree(left)


def _swap(beginning: Path, folder: Path, old: Path) -> None:
    if folder.exists():
        folder.rename(old)
    try:
        beginning.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise


def _check(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise WrongUse(f"{folder} is not a folder of its own; name one that is, or that is still to be made")
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    ours = _ours(folder)
    if foreign := sorted(path for path in _files(folder) if path not in ours and path != LIST):
        more = f" and {len(foreign) - 1:,} more" if len(foreign) > 1 else ""
        there = f"{folder} holds files that kgtool did not publish there, {foreign[0]}{more}"
        raise WrongUse(f"{there}; name an empty or a new folder")


def _ours(folder: Path) -> set[str]:
    with suppress(OSError, ValueError, KeyError, TypeError):
        return set(json.loads((folder / LIST).read_text(encoding="utf-8"))["files"])
    return set()


def _files(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def _listed(folder: Path) -> None:
    """What was written, each file with its digest: for whoever receives it, and for the next run."""
    digests = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in sorted(_files(folder))}
    (folder / LIST).write_text(json.dumps({"by": "kgtool publish", "files": digests}, indent=1) + "\n", encoding="utf-8")
