"""Commands as people run them, each in a process of its own, but without each loading the program: one that has loaded it forks.

What the start itself does (what it loads, how long that takes, in what language, how an interrupt finds it) is tested on real
starts, which `start` gives.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
_SECONDS = 120
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    ["commands", "kgtool.cli", "kgtool.graph", "kgtool.validate.files", "kgtool.validate.formats", "pyshacl", "rdflib"]
)


def start(words: Sequence[str], folder: Path, surroundings: Mapping[str, str], given: bytes = b"") -> subprocess.CompletedProcess:
    """A real start of the command."""
    done = subprocess.run(
        [sys.executable, "-m", "kgtool", *words],
        input=given, capture_output=True, cwd=folder, env=surroundings, timeout=_SECONDS,
    )
    return subprocess.CompletedProcess(words, done.returncode, done.stdout.decode(), done.stderr.decode())


def run(words: Sequence[str], folder: Path, surroundings: Mapping[str, str], given: bytes = b"") -> subprocess.CompletedProcess:
    """The same by a process that has loaded the program."""
    with tempfile.TemporaryDirectory() as kept:
        files = [Path(kept, name) for name in ("in", "out", "err")]
        for file in files:
            file.write_bytes(given if file is files[0] else b"")
        command = _FORKS.Process(target=_become, args=(list(words), folder, dict(surroundings), files))
        command.start()
        command.join(_SECONDS)
        if command.is_alive():
            command.kill()
            raise TimeoutError(f"kgtool {' '.join(words)}")
        return subprocess.CompletedProcess(words, command.exitcode, *(file.read_bytes().decode() for file in files[1:]))


def _become(words: list[str], folder: Path, surroundings: Mapping[str, str], files: list[Path]) -> NoReturn:
    """Be the command: its words, files, folder and surroundings, and its end."""
    for number, file in enumerate(files):
        opened = os.open(file, os.O_RDWR)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(surroundings)
    sys.stdin = sys.__stdin__ = os.fdopen(0)  # the other was closed by who forked
    sys.argv = [str(ROOT / "kgtool" / "__main__.py"), *words]
    sys.orig_argv = [sys.executable, "-m", "kgtool", *words]
    code = 1
    try:
        from kgtool.__main__ import main

        main()
        code = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)
