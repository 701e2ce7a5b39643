"""How far a long piece of work is, on one line of a terminal; nothing where nobody looks."""

from __future__ import annotations

import sys
import time

import click

_EVERY = 0.2  # seconds


class Bar:
    """One line on standard error, written over and over: what is done, how much of it, how fast.

    It stands below the notes for people, which may be silenced too. A piece of work that took a while leaves its line.
    """

    def __init__(self, quiet: bool = False):
        self._quiet, self._drawn = quiet, not quiet and sys.stderr.isatty()
        self._what, self._since, self._shown = "", 0.0, 0.0

    def note(self, said: str) -> None:
        """A message for people, where they want any."""
        self.end()
        if not self._quiet:
            click.echo(said, err=True)

    def tick(self, what: str, count: int, unit: str, share: float) -> None:
        """So much of ``what`` so far; ``share`` is from 0 to 1, and 0 where it is not known."""
        if not self._drawn:
            return
        now = time.monotonic()
        if what != self._what:
            self._what, self._since, self._shown = what, now, 0.0
        if share == 1 and now - self._since < _EVERY:
            return self.end()  # too short to be worth a line
        if share < 1 and now - self._shown < _EVERY:
            return
        self._shown = now
        said = line(what, count, unit, share, now - self._since)
        sys.stderr.write(f"\r\x1b[K{said}" + ("\n" if share == 1 else ""))
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the line to others."""
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


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
