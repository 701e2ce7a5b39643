"""Commands as people run them, each in a process of its own, but without each loading the program: one that has loaded it forks.

What the start itself does (what it loads, how long that takes, in what language, how an interrupt finds it) is tested on real
starts, which `start` gives.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import BinaryIO, NoReturn

ROOT = Path(__file__).resolve().parents[1]
_SECONDS = 120
_LOADED = ("kgtool.cli", "kgtool.graph", "kgtool.validate.files", "kgtool.validate.formats", "pyshacl", "rdflib")


def start(words: Sequence[str], folder: Path, surroundings: Mapping[str, str], given: bytes = b"") -> subprocess.CompletedProcess:
    """A real start of the command."""
    done = subprocess.run(
        [sys.executable, "-m", "kgtool", *words],
        input=given, capture_output=True, cwd=folder, env=surroundings, timeout=_SECONDS,
    )
    return subprocess.CompletedProcess(words, done.returncode, done.stdout.decode(), done.stderr.decode())


def run(words: Sequence[str], folder: Path, surroundings: Mapping[str, str], given: bytes = b"") -> subprocess.CompletedProcess:
    """The same by a process that has loaded the program."""
    with tempfile.TemporaryFile() as reading, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        reading.write(given)
        reading.seek(0)
        asked = {"words": list(words), "folder": str(folder), "surroundings": dict(surroundings)}
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(_SECONDS)
            line.connect(_listening())
            socket.send_fds(line, [json.dumps(asked).encode() + b"\n"], [file.fileno() for file in (reading, out, err)])
            code = _code(line)
        return subprocess.CompletedProcess(words, code, _whole(out), _whole(err))


def _code(line: socket.socket) -> int:
    with line.makefile("rb") as said:
        process = int(said.readline())
        try:
            return int(said.readline())
        except TimeoutError:
            os.kill(process, signal.SIGKILL)
            raise


def _whole(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode()


@cache
def _listening() -> str:
    """The address of the process that forks, which ends with this one."""
    folder = tempfile.TemporaryDirectory()
    address = f"{folder.name}/line"
    process = subprocess.Popen([sys.executable, __file__, address], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT)
    assert process.stdout.readline() == b"ready\n"

    def end() -> None:
        process.stdin.close()
        process.wait(_SECONDS)
        folder.cleanup()

    atexit.register(end)
    return address


def _serve(address: str) -> None:
    """Fork for each command until whoever started this has gone."""
    for name in _LOADED:
        __import__(name)
    import select

    gc.freeze()
    with socket.create_server(address, family=socket.AF_UNIX, backlog=64) as listening:
        os.write(1, b"ready\n")
        while listening in select.select([listening, 0], [], [])[0]:
            line = listening.accept()[0]
            if not os.fork():
                listening.close()
                _attend(line)
            line.close()
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
        with suppress(ChildProcessError):
            while os.wait():
                pass


def _attend(line: socket.socket) -> NoReturn:
    """Run one command, and say how it ended."""
    said, files, _, _ = socket.recv_fds(line, 1 << 16, 3)
    while not said.endswith(b"\n"):
        said += line.recv(1 << 16)
    process = os.fork()
    if not process:
        line.close()
        _become(json.loads(said), files)
    line.sendall(b"%d\n" % process)
    line.sendall(b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
    os._exit(0)


def _become(asked: dict, files: list[int]) -> NoReturn:
    """Be the command: its words, files, folder and surroundings, and its end."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["surroundings"])
    sys.argv = [str(ROOT / "kgtool" / "__main__.py"), *asked["words"]]
    sys.orig_argv = [sys.executable, "-m", "kgtool", *asked["words"]]
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


if __name__ == "__main__":
    _serve(sys.argv[1])
