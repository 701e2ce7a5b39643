"""A synthetic world as a project of files, as people would have written it: what a build reads, checks and derives from.

    python -m tests.bench.files FOLDER 110000        520,000 triples with all that a build derives
    kgtool build --project FOLDER; kgtool validate --changed --project FOLDER
"""

from __future__ import annotations

import shutil
import sys
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import Quad, RdfFormat

from kgtool import rdf
from kgtool.terms import GRAPH
from tests.bench import worlds

_MADE_BY_A_BUILD = {"propositions", "passages"}
_MAPPINGS = "subject_id predicate_id object_id object_label mapping_justification mapping_source".split()


def write(folder: Path, triples: int) -> None:
    """About so many triples, with what a build derives from the claims alone; the ontology and the queries are ours."""
    for name in ("ontology", "queries"):
        shutil.copytree(worlds.ROOT / name, folder / name)
    data = folder / "graph_data"
    for part in ("claims", "hierarchies"):
        (data / part).mkdir(parents=True)
    (data / "identifiers.tsv").write_text("identifier\tlabel\tread_in\n", encoding="utf-8")
    quads = sorted(worlds.quads(triples), key=_graph)
    for graph, some in groupby(quads, key=_graph):
        if graph == "mappings":
            (data / "mappings.sssom.tsv").write_text(_mappings(list(some)), encoding="utf-8")
        elif graph not in _MADE_BY_A_BUILD:
            _write(data / _file(graph), list(some))


def _graph(quad: Quad) -> str:
    return quad.graph_name.value.removeprefix(GRAPH)


def _file(graph: str) -> str:
    if graph.startswith("hierarchy-"):
        return f"hierarchies/{graph.removeprefix('hierarchy-')}.ttl"
    return "things.ttl" if graph == "entities" else f"claims/{graph}.ttl"


def _write(path: Path, quads: list[Quad]) -> None:
    triples = sorted({quad.triple for quad in quads}, key=str)
    path.write_bytes(ox.serialize(triples, format=RdfFormat.TURTLE, prefixes=dict(worlds.prefixes())))


def _mappings(quads: list[Quad]) -> str:
    shown = worlds.prefixes().contract
    rows = ["\t".join(_MAPPINGS)]
    for node in rdf.nodes(quads).values():
        if rdf.SUBJECT in node:
            subject, relation, value = (shown(node[part][0].value) for part in (rdf.SUBJECT, rdf.PREDICATE, rdf.OBJECT))
            label = node[rdf.kg("theirLabel")][0].value
            rows.append(f"{subject}\t{relation}\t{value}\t{label}\tsemapv:ManualMappingCuration\tsynthetic")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
