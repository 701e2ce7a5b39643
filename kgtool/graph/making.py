"""What is made of a graph: pictures, files, and objects of other libraries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import Literal, Triple

from kgtool import catalogue, syntax
from kgtool.answer import Answer
from kgtool.errors import WrongUse, check_text
from kgtool.graph import asking
from kgtool.graph.lookups import Lookups

if TYPE_CHECKING:
    import networkx
    import rdflib

    from kgtool.views.claims import Said
    from kgtool.views.picture import Picture

_MOST_KEPT = 10_000


def draw(graph: Lookups, what: str = "", source: str | None = None, policy: str | None = None) -> Picture:
    """A picture of what is claimed, by all sources, by one, or by those that count under a policy: around a thing, of
    a CONSTRUCT's triples, or in all. Statuses, disputes and gaps are those of the policy, else of the default one."""
    from kgtool.graph import pictures

    check_text("what is drawn", what)
    version = graph.source(source) if source else None
    counted = graph.policy(policy) if policy else None
    if syntax.form(what):
        made = asking.query(graph, what)
        if isinstance(made, Answer | bool):
            raise WrongUse("a picture is drawn from triples; write the query as a CONSTRUCT")
        return pictures.of_triples(graph.store, graph.views, tuple(made), version, counted)
    about = graph.names.resolve(what) if what else ""
    # what one source claims is its alone, and a gap is judged from what all that count claim
    judged = [] if version else pictures.judged_gaps(graph.store, graph.views, about, counted)
    return pictures.drawn(
        _claimed(graph, version, counted), judged, graph.store.prefixes, graph.names, about, version, counted
    )


def around(graph: Lookups, thing: str, policy: str | None = None) -> Picture:
    """A picture of all claims about one thing, by any of its names, or of those that count under a policy; nothing is
    left out, and gaps that were judged are things of their own."""
    from kgtool.graph import pictures

    return pictures.around(graph.store, graph.views, graph.names, graph.names.resolve(thing),
                           graph.policy(policy) if policy else None)


def pictured(graph: Lookups, triples: Sequence[Triple]) -> Picture:
    """A picture of given triples; those that somebody claims are drawn as the evidence they are."""
    from kgtool.graph import pictures

    return pictures.of_triples(graph.store, graph.views, triples)


def export(graph: Lookups, suffix: str, policy: str | None = None, about: str | None = None, source: str | None = None) -> bytes:
    """The bytes of a file with the graph, or the part about a thing or said by a source; its suffix, as ``.ttl``, is the format.

    The same graph gives the same bytes. ``policy`` is whose plain edges go along, where a format has room for those of one.
    """
    from kgtool import exporters

    chosen = exporters.select(
        graph.store,
        graph.policy(policy) if policy else None,
        graph.names.resolve(about) if about else None,
        graph.source(source) if source else None,
    )
    return exporters.write(chosen, suffix)


def tables(graph: Lookups, folder: str | Path) -> Answer:
    """Write the graph as Parquet files into a folder, one a table of queries/table; tells how many rows each has."""
    from kgtool.exporters import parquet

    tables = catalogue.read_all(graph.project.files("queries/table", "*.rq"), graph.project.root)
    written = parquet.write(graph.store, tables.values(), Path(folder))
    rows = ((Literal(table), Literal(rows)) for table, rows in written.items())
    return Answer(("table", "rows"), tuple(rows), graph.store.prefixes)


def to_rdflib(graph: Lookups) -> rdflib.Dataset:
    """The graph as an rdflib.Dataset of its own, whose default graph is the union of all named graphs."""
    from kgtool.graph import libraries

    return libraries.rdflib_dataset(graph.store)


def to_networkx(graph: Lookups, policy: str = "default") -> networkx.MultiDiGraph:
    """The plain edges of one policy as a networkx.MultiDiGraph.

    Nodes are CURIEs (or one for each edge's value) with ``label``; edge keys are relations, with ``label`` and
    ``claims``: the CURIEs of those the edge rests on, with blanks between them.
    """
    from kgtool.graph import libraries

    edges = graph.labelled(graph.store.select(graph.views["plain-edges"].bind({"policy": graph.policy(policy)})))
    return libraries.networkx_graph(edges, f"plain edges, policy {policy}")


def _claimed(graph: Lookups, source: str | None, policy: str | None) -> list[Said]:
    """What pictures are drawn from; where that is little, it is kept, for the next is mostly drawn from the same."""
    from kgtool.graph import pictures

    if (said := graph._last_claimed.get((source, policy))) is None:
        said = pictures.claimed(graph.store, graph.views, source, policy)
        graph._last_claimed.clear()
        if len(said) <= _MOST_KEPT:
            graph._last_claimed[source, policy] = said
    return said
