"""Pages as plain files: what each is called, how it links to others, and the folder that takes them, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from kgtool.errors import WrongUse
from kgtool.terms import digest
from kgtool.web.address import Address, Link

LIST = "kgtool-files.json"
_PLAIN = re.compile(r"[A-Za-z0-9.-]")
_LONGEST = 80
# Names of which no two become one file: lower case, but for prefixes before numbers, and at most one sign that is replaced.
_TOLD_APART = re.compile(r"(?=.{1,80}\Z)(?:[a-z0-9.-]+|[a-z]+:(?![0-9]+\Z)[a-z0-9.-]+|[A-Z]+:[0-9]+)")


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
    plain = "".join(letter if _PLAIN.match(letter) else "_" for letter in text)
    return plain if _TOLD_APART.fullmatch(text) else f"{plain[:_LONGEST]}-{digest(text, length=8)}"


def link(here: str, fits: Callable[[Address], bool]) -> Link:
    """How a file links to others; to what does not fit among files, it does not."""
    folder = posixpath.dirname(here) or "."
    return lambda address: quote(posixpath.relpath(name(address), folder)) if fits(address) else ""


def asset(here: str) -> Callable[[str], str]:
    """How a file finds what pages look like and run with."""
    folder = posixpath.dirname(here) or "."
    return lambda file: quote(posixpath.relpath(f"static/{file}", folder))


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """A new folder to be filled, which takes the place of the old one when the block ends well; else the old one stays.

    A folder that holds anything else than what an earlier run wrote is refused.
    """
    folder = Path(os.path.abspath(folder))
    _check(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beginning = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise WrongUse(f"cannot write to {folder.parent}: {error.strerror}; choose another folder") from error
    try:
        yield beginning
        _listed(beginning)
        beginning.chmod(0o755)
        _swap(beginning, folder)
    except OSError as error:
        raise WrongUse(f"cannot write {folder}: {error.strerror}; make room or choose another folder") from error
    finally:
        shutil.rmtree(beginning, ignore_errors=True)


def _swap(beginning: Path, folder: Path) -> None:
    if not folder.exists():
        beginning.rename(folder)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    folder.rename(aside / "old")
    try:
        beginning.rename(folder)
    except OSError:
        (aside / "old").rename(folder)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


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
