"""Files of others judged in a child process: however they are made, all that can happen is one clear sentence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from kgtool import isolate

_SECONDS, _SECONDS_A_MEGABYTE = 60, 1
_MEGABYTES, _MEGABYTES_A_MEGABYTE = 1_000, 20


@dataclass(frozen=True)
class Told:
    """What was found, as a report in the format that was asked for; the notes stand in it but where it is Turtle."""

    conforms: bool
    report: str
    notes: tuple[str, ...]


def judge(data: Sequence[Path], shapes: Sequence[Path], format: str, most: int | None, seconds: float | None) -> Told:
    """Judge data by shapes. ``most`` findings of a shape are told in text, all if None; ``seconds`` is the time to give
    up after, by the size of the files if None.
    """
    paths = list(dict.fromkeys([*data, *shapes]))
    what = f"judging {' and '.join(map(str, paths))}"
    said = isolate.run(what, lambda: None, lambda _: _judged(data, shapes, format, most), _limits(paths, seconds))
    return Told(**json.loads(said))


def _judged(data: Sequence[Path], shapes: Sequence[Path], format: str, most: int | None) -> bytes:
    from kgtool.validate import files, formats  # only the child needs them

    judged = files.judge(data, shapes)
    if format == "turtle":
        told = Told(judged.conforms, judged.turtle(), tuple(judged.notes()))
    else:
        told = Told(judged.conforms, formats.write(judged.report(), judged.named, format, most), ())
    return json.dumps(asdict(told)).encode()


def _limits(paths: Sequence[Path], seconds: float | None) -> isolate.Limits:
    megabytes = 0
    for path in paths:
        with suppress(OSError):  # the child will say what is wrong with it
            megabytes += path.stat().st_size // 1_000_000
    allowed = _SECONDS + _SECONDS_A_MEGABYTE * megabytes
    return isolate.Limits(allowed if seconds is None else seconds, _MEGABYTES + _MEGABYTES_A_MEGABYTE * megabytes)
