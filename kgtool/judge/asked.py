"""A question on its way to an answer: what it was given, and the rows its query found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.store import Store
from kgtool.terms import Term


@dataclass(frozen=True)
class Asked:
    """``given`` maps the variables that the asker filled to their terms, None for any; what is not in it keeps the
    example of the question's own file. ``views`` are the queries of queries/view, by name."""

    store: Store
    views: Mapping[str, Query]
    rows: Answer
    given: Mapping[str, Term | None]
