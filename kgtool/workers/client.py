"""What workers ask of a client's connection."""

from __future__ import annotations

from typing import Protocol

from kgtool.errors import KgtoolError


class Client(Protocol):
    """A client's connection, which can be lent to a worker."""

    def file(self) -> int:
        """Its number among the open files."""

    def come_back(self) -> None:
        """It is ours again, and may be lent again when something comes over it."""

    def serve(self, rest: bytes) -> None:
        """What it brings now is not for workers; ``rest`` of an answer is to be sent before."""

    def close(self, rest: bytes) -> None:
        """It is of no more use once ``rest`` of an answer is sent."""

    def fail(self, why: KgtoolError | None) -> None:
        """So is this, whose worker has ended over a request: none of an answer has been sent, or some where it is None."""

    def is_gone(self) -> bool:
        """Whether nobody is there any more to read an answer."""
