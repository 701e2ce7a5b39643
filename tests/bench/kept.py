"""Worlds with all that follows from them, built on disk as a build would and kept until what makes them changes.

    python -m tests.bench.kept 1000000        build that world now; benchmarks that need one do so by themselves
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from pyoxigraph import DefaultGraph, RdfFormat

from kgtool import build, catalogue, index, judge, store
from kgtool.graph import Graph
from kgtool.project import Project
from tests.bench import timing, worlds

FOLDER = timing.PRODUCTS / "worlds"
# What a world and its derivation are made by; a question may change without the worlds being built again.
_MAKERS = (
    "tests/bench/worlds.py", "tests/bench/drugs.py", "tests/bench/spelling.py", "tests/bench/teller.py",
    "ontology/*.ttl", "queries/derive/*.rq", "queries/judge/*.rq", "kgtool/build.py", "kgtool/rdf.py",
    "kgtool/records.py", "kgtool/judge/**/*.py",
)


def project(triples: int) -> Project:
    """A project whose questions are ours and whose graph is a world of so many triples before derivation."""
    found = Project(worlds.ROOT, FOLDER / str(triples), FOLDER / "texts")
    made_by = _digest()
    current = store.manifest(found.store)
    if current is None or current.inputs != made_by:
        _build(found, triples, made_by)
    return found


def graph(triples: int) -> Graph:
    """The world as users hold a graph."""
    kept = project(triples)
    return Graph(kept, store.open_read_only(kept.store))


def merged(triples: int) -> Path:
    """The world's default graph as N-Triples: what all that stands in it is, for engines other than ours."""
    return project(triples).build / "graph.nt"


def _build(made: Project, triples: int, made_by: str) -> None:
    print(f"building the world of {triples:,} triples", file=sys.stderr, flush=True)
    world = worlds.filled(triples)
    build.follow(world, build.derivation_rules(made), judge.queries(made))
    build.merge(world, world)
    made.build.mkdir(parents=True, exist_ok=True)
    world.engine.dump(made.build / "graph.nt", RdfFormat.N_TRIPLES, from_graph=DefaultGraph())
    with store.new_generation(made.store, world.prefixes, made_by) as fresh:
        fresh.add(world.quads())
        build.merge(fresh, world)
        names = catalogue.read(made.root / "queries" / "view" / "names.rq", made.root)
        index.write(fresh.folder / index.FILE, index.names(fresh.select(names.text)))
        build.put_beside(fresh.folder, world, made)


def _digest() -> str:
    whole = hashlib.sha256()
    for path in sorted(path for pattern in _MAKERS for path in worlds.ROOT.glob(pattern)):
        whole.update(f"\x00{path.relative_to(worlds.ROOT)}\x00".encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()


if __name__ == "__main__":
    for size in sys.argv[1:]:
        print(merged(int(size)))
