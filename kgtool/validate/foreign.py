"""Files of others judged in a child process: however they are made, all that can happen is one clear sentence."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from kgtool import isolate, moments
from kgtool.errors import amount
from kgtool.store import connect
from kgtool.terms import Prefixes

if TYPE_CHECKING:
    from kgtool.validate.files import Judged

_SECONDS, _SECONDS_A_MEGABYTE = 60, 1
_MEGABYTES, _MEGABYTES_A_MEGABYTE = 1_000, 20
_SECONDS_AFAR, _MEGABYTES_AFAR = 600, 8_000
_TO_TELL = 60  # seconds at least to put in order and write what was found in time, else as many as it took to find


@dataclass(frozen=True)
class Told:
    """What was found, as a report in the format that was asked for; the notes stand in it but where it is Turtle.

    ``unfinished`` says in a sentence what was not judged, where that is anything.
    """

    conforms: bool
    report: str
    notes: tuple[str, ...]
    unfinished: str = ""


def judge(data: Sequence[Path], shapes: Sequence[Path], format: str, most: int | None, seconds: float | None) -> Told:
    """Judge data by shapes. ``most`` findings of a shape are told in text, all if None; ``seconds`` is the time to give
    up after, by the size of the files if None.
    """
    paths = list(dict.fromkeys([*data, *shapes]))
    what = f"judging {' and '.join(map(str, paths))}"
    return _told(what, lambda files: files.judge(data, shapes), paths, format, most, _limits(paths, seconds))


def judge_endpoint(url: str, shapes: Sequence[Path], format: str, most: int | None, seconds: float | None) -> Told:
    """The same of what a SPARQL endpoint serves as its default graph."""
    allowed = _SECONDS_AFAR if seconds is None else seconds

    def judge(files: ModuleType) -> Judged:
        until = time.monotonic() + allowed
        store = connect(url, Prefixes({}), allowed, until)
        return files.judge_endpoint(store, shapes, lambda: isolate.end_in(until - time.monotonic()))

    limits = isolate.Limits(allowed, _MEGABYTES_AFAR, telling=max(_TO_TELL, allowed))
    return _told(f"judging {url}", judge, shapes, format, most, limits)


def _files() -> ModuleType:
    from kgtool.validate import files  # only the child needs it

    return files


def _told(
    what: str, judge: Callable[[ModuleType], Judged], read: Sequence[Path], format: str, most: int | None, limits: isolate.Limits
) -> Told:
    """Files are read once to be judged, and again for the places in them: all of one state of theirs, or an error says so."""
    def work(files: ModuleType) -> bytes:
        begun = moments.looks(read)
        told = _report(judge(files), format, most)
        moments.check(begun)
        return told

    return Told(**json.loads(isolate.run(what, _files, work, limits)))


def _report(judged: Judged, format: str, most: int | None) -> bytes:
    from kgtool.validate import formats

    if format == "turtle":
        told = Told(judged.conforms, judged.turtle(), tuple(judged.notes()), _unfinished(judged))
    else:
        told = Told(judged.conforms, formats.write(judged.report(), judged.named, format, most), (), _unfinished(judged))
    return json.dumps(asdict(told)).encode()


def _unfinished(judged: Judged) -> str:
    if not (left := judged.outcome.unjudged):
        return ""
    return f"{amount(len(left), 'shape')} could not be judged, or not to the end; the report says which, and why"


def _limits(paths: Sequence[Path], seconds: float | None) -> isolate.Limits:
    megabytes = 0
    for path in paths:
        with suppress(OSError):  # the child will say what is wrong with it
            megabytes += path.stat().st_size // 1_000_000
    allowed = _SECONDS + _SECONDS_A_MEGABYTE * megabytes
    return isolate.Limits(allowed if seconds is None else seconds, _MEGABYTES + _MEGABYTES_A_MEGABYTE * megabytes)
