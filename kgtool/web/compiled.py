"""Templates as they were compiled before: compiling them takes most of the time until a first page."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from pickle import UnpicklingError

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class Compiled(FileSystemBytecodeCache):
    """Kept in a folder of the user's own and never in a project's, for what lies there is run: where others could have written
    to it, it is left alone. Each is known by what it was compiled from; where none can be kept, all is as without."""

    def __init__(self, folder: Path):
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._is_ours = _only_ours(folder)
        super().__init__(str(folder))

    def load_bytecode(self, bucket: Bucket) -> None:
        if not self._is_ours:
            return
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, UnpicklingError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        if self._is_ours:
            with suppress(OSError):
                super().dump_bytecode(bucket)


def _only_ours(folder: Path) -> bool:
    """Whether nobody but this user may have put something into a folder; not asked where the system has no such owners."""
    if not hasattr(os, "getuid"):
        return folder.is_dir()
    try:
        about = folder.stat()
    except OSError:
        return False
    return about.st_uid == os.getuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
