"""What a CONSTRUCT gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox
from pyoxigraph import Triple

from kgtool.terms import Prefixes


@dataclass(frozen=True)
class Triples:
    """Iterates as triples, prints as Turtle."""

    triples: tuple[Triple, ...]
    prefixes: Prefixes

    def __iter__(self) -> Iterator[Triple]:
        return iter(self.triples)

    def __len__(self) -> int:
        return len(self.triples)

    def __str__(self) -> str:
        return self.written(".ttl").decode()

    def _repr_html_(self) -> str:
        import html  # for notebooks

        return f"<pre>{html.escape(str(self))}</pre>"

    def written(self, suffix: str) -> bytes:
        """The triples in the RDF format of a file name's suffix, sorted."""
        from kgtool import rdf

        quads = [ox.Quad(t.subject, t.predicate, t.object) for t in self.triples]
        return rdf.write(quads, rdf.FORMATS[suffix], self.prefixes)
