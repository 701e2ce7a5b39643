"""What takes long to make and holds for as long as a graph does: made once for each graph, and gone with it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import TypeVar
from weakref import WeakKeyDictionary

from kgtool.graph import Graph

MOST = 64  # of each graph, the last that were asked for

Made = TypeVar("Made")
_kept: WeakKeyDictionary[Graph, OrderedDict[Hashable, Future]] = WeakKeyDictionary()
_looking = threading.Lock()


def kept(graph: Graph, key: Hashable, make: Callable[[], Made]) -> Made:
    """What ``make`` gives; while one visitor makes it, others that ask for the same wait for it. Errors are not kept."""
    with _looking:
        of = _kept.setdefault(graph, OrderedDict())
        mine = key not in of
        future = of.setdefault(key, Future())
        of.move_to_end(key)
        while len(of) > MOST:
            of.popitem(last=False)
    if mine:
        try:
            future.set_result(make())
        except BaseException as error:
            future.set_exception(error)
            with _looking:
                of.pop(key, None)
            raise
    return future.result()
