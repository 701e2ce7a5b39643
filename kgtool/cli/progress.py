"""How far a long piece of work is, on one line of a terminal; nothing where nobody looks."""

from __future__ import annotations

import sys
import time

_EVERY = 0.2  # seconds


class Bar:
    """One line on standard error, written over and over: what is done, how much of it, how fast."""

    def __init__(self):
        self._what, self._since, self._shown = "", 0.0, 0.0

    def tick(self, what: str, count: int, unit: str, share: float) -> None:
        """So much of ``what`` so far; ``share`` is from 0 to 1, and 0 where it is not known."""
        if not sys.stderr.isatty():
            return
        now = time.monotonic()
        if what != self._what:
            self._what, self._since, self._shown = what, now, 0.0
        if now - self._shown < _EVERY and share < 1:
            return
        self._shown = now
        sys.stderr.write(f"\r\x1b[K{line(what, count, unit, share, now - self._since)}" + ("\n" if share == 1 else ""))
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the line to others."""
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")


def line(what: str, count: int, unit: str, share: float, seconds: float) -> str:
    """What is shown.

    >>> line("data.nt", 150, "MB", 0.5, 3.0)
    'data.nt  ██████████░░░░░░░░░░   50 %  150 MB  50 MB/s'
    >>> line("checking", 0, "", 0, 2.0)
    'checking'
    """
    done = int(20 * share)
    parts = [what, f"{'█' * done}{'░' * (20 - done)}  {share:4.0%}".replace("%", " %") if share else ""]
    parts += [f"{count:,} {unit}", f"{count / max(seconds, 0.001):,.0f} {unit}/s"] if count else []
    return "  ".join(filter(None, parts))
