"""The threads that make pages, for which a stop does not wait."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

_NAME = "page"


class Threads(ThreadPoolExecutor):
    """So many; when the loop ends, what they are still at is left to them."""

    def __init__(self, most: int):
        super().__init__(most, _NAME)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """At once: by then everybody who waited for a page has it, or was told that there is none."""
        super().shutdown(wait=False, cancel_futures=True)


def leave() -> None:
    """End this process, where a thread is still at work and Python would wait for it. It only reads, so nothing is lost."""
    if any(thread.name.startswith(_NAME) for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
