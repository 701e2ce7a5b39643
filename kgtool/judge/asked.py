"""A question on its way to an answer: what it was given, and the rows its query found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.errors import WrongUse
from kgtool.judge import releases
from kgtool.judge.hierarchy import Hierarchies
from kgtool.store import Store
from kgtool.terms import Term


@dataclass(frozen=True)
class Asked:
    """``given`` maps the variables that the asker filled to their terms, None for any; what is not in it keeps the
    example of the question's own file. ``queries`` are those that judges read, by name."""

    store: Store
    queries: Mapping[str, Query]
    rows: Answer
    given: Mapping[str, Term | None]

    @cached_property
    def hierarchies(self) -> Hierarchies:
        """The releases of hierarchies that the store holds, read term by term: a question is about few."""
        return releases.looked_up(self.store, self.queries)


def counting(policy: Term | None) -> str:
    """The policy that a question is asked under; one that asks what counted evidence says cannot do without."""
    if policy is None:
        raise WrongUse("which sources count must be said: name one policy")
    return policy.value
