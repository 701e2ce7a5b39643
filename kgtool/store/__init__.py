"""Where the graph is kept: one protocol, and stores on disk, in memory, and behind an address."""

import math

from kgtool.store.embedded import Store, in_memory
from kgtool.store.generations import (
    CURRENT,
    FORMAT,
    LOCK,
    Manifest,
    check_whole,
    manifest,
    moving_to_memory,
    new_generation,
    open_read_only,
    sweep,
    verify,
)
from kgtool.store.protocol import GraphStore, Row
from kgtool.store.sums import Sums
from kgtool.terms import Prefixes

__all__ = [
    "CURRENT", "FORMAT", "LOCK", "GraphStore", "Manifest", "Row", "Store", "Sums", "check_whole", "connect", "in_memory",
    "manifest", "moving_to_memory", "new_generation", "open_read_only", "sweep", "verify",
]



def connect(url: str, prefixes: Prefixes, seconds: float = 60, until: float = math.inf) -> GraphStore:
    """The SPARQL 1.1 endpoint at an address; nothing is asked of it yet."""
    from kgtool.store import remote  # HTTP is for those who use it

    return remote.connect(url, prefixes, seconds, until)
