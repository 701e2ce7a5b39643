"""The graph as an object of another library."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgtool import rdf
from kgtool.answer import Answer
from kgtool.store import GraphStore

if TYPE_CHECKING:
    import networkx
    import rdflib


def rdflib_dataset(store: GraphStore) -> rdflib.Dataset:
    """A copy of all graphs, whose default graph is their union."""
    import rdflib

    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=ox.serialize(store.quads(), format=ox.RdfFormat.N_QUADS).decode(), format="nquads")
    for prefix, namespace in store.prefixes.items():
        dataset.bind(prefix, namespace, replace=True)
    return dataset


def networkx_graph(edges: Answer, name: str) -> networkx.MultiDiGraph:
    """Rows of subject, relation, object and a claim behind them, labelled and in order, as a network of CURIEs."""
    import networkx

    made = networkx.MultiDiGraph(name=name)
    for (subject, relation, value), rows in groupby(edges.rows, key=lambda row: row[:3]):
        source, target = rdf.ends(ox.Triple(subject, relation, value), edges.prefixes)
        made.add_node(source, label=edges.short(subject))
        made.add_node(target, label=edges.short(value))
        made.add_edge(
            source, target, key=edges.prefixes.show(relation), label=edges.short(relation),
            claims=" ".join(edges.prefixes.show(claim) for *_, claim in rows),
        )
    return made
