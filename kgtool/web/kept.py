"""What holds for as long as a graph does: made or asked once for each graph, and gone with it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar
from weakref import WeakKeyDictionary

from kgtool.answer import Answer
from kgtool.graph import Graph

MOST = 256  # of each graph, the last that were asked for
MOST_TERMS = 200_000  # in all answers that are kept of a graph: at 100 to 200 bytes each

Made = TypeVar("Made")


@dataclass
class _Answers:
    by_asked: OrderedDict[str, Answer] = field(default_factory=OrderedDict)
    terms: int = 0

    def keep(self, asked: str, answer: Answer) -> None:
        self.by_asked[asked] = answer
        self.terms += _size(asked, answer)
        while self.terms > MOST_TERMS:
            self.terms -= _size(*self.by_asked.popitem(last=False))


def _size(asked: str, answer: Answer) -> int:
    return len(asked) // 100 + 10 + len(answer.rows) * len(answer.columns)


_kept: WeakKeyDictionary[Graph, OrderedDict[Hashable, Future]] = WeakKeyDictionary()
_answers: WeakKeyDictionary[Graph, _Answers] = WeakKeyDictionary()
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


def selected(graph: Graph, query: str) -> Answer:
    """The rows of a SELECT of ours."""
    return answered(graph, query, lambda: graph.store.select(query))


def answered(graph: Graph, asked: str, ask: Callable[[], Answer]) -> Answer:
    """What ``ask`` gives. Pages are visited again and again, and what they show does not change."""
    with _looking:
        of = _answers.setdefault(graph, _Answers())
        if asked in of.by_asked:
            of.by_asked.move_to_end(asked)
            return of.by_asked[asked]
    answer = ask()
    with _looking:
        if asked not in of.by_asked:
            of.keep(asked, answer)
    return answer
