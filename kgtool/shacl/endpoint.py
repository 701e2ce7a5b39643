"""Data behind a SPARQL endpoint, where compiled queries run as they are: it has to be one that takes them so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from kgtool.errors import KgtoolError
from kgtool.terms import XSD, Term

Rows = tuple[Iterable[str], Iterable[Iterable[Term | None]]]
# Our queries look things up by LATERAL, which Oxigraph and Jena know, and take integers for what Oxigraph makes of them.
_PROBE = f"""
SELECT ?datatype {{ VALUES ?one {{ "1"^^<{XSD}int> }} LATERAL {{ BIND(DATATYPE(?one) AS ?datatype) }} }}
"""


class NotHere(KgtoolError):
    """The shapes ask for what can only be done with the data at hand: blank nodes by name, rules within shapes, $shapesGraph."""

    def __init__(self) -> None:
        super().__init__("these shapes cannot be judged from afar; fetch the data first")


@dataclass(frozen=True)
class Endpoint:
    """The default graph of an endpoint; ``select`` gives the columns and rows of a SELECT."""

    select: Callable[[str], Rows]
    union: ClassVar[bool] = False
    judged: ClassVar[bool] = False
    wrapped: ClassVar[bool] = False

    def rows(self, query: str) -> Iterator[Mapping[str, Term | None]]:
        names, rows = self.select(query)
        return (dict(zip(names, row, strict=True)) for row in rows)

    def takes_our_queries(self) -> bool:
        """Whether the engine behind it understands what is compiled here, and literals as we do."""
        try:
            return [row["datatype"] and row["datatype"].value for row in self.rows(_PROBE)] == [f"{XSD}integer"]
        except KgtoolError:
            return False
