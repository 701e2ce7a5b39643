"""A synthetic world as a project of files, as people would have written it: what a build reads, checks and derives from.

    python -m tests.bench.files FOLDER 110000              577,000 triples with all that a build derives
    python -m tests.bench.files FOLDER 110000 --changed    and what it takes to build and validate it, in full and after a change

Each command is a process of its own: its CPU seconds and the peak of its memory. The reports are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
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


def measure(folder: Path) -> None:
    """What the commands take: in full, where nothing was built since, and after a label, then a claim, was changed."""
    _run("build", folder)
    _run("validate", folder)
    _run("validate --changed", folder)
    things, pages = folder / "graph_data" / "things.ttl", sorted((folder / "graph_data" / "claims").glob("page-*.ttl"))
    for file, old, new in ((things, '"drug 2"@en', '"drug two"@en'), (pages[0], "kg:affirmed", "kg:denied")):
        file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
        print(f"{old} is {new}", flush=True)
        _run("build", folder)
        partly, whole = _run("validate --changed", folder), _run("validate", folder)
        again = partly["covered"].pop("focus nodes judged again")
        print(f"  {again:,} of {whole['covered']['focus nodes']:,} focus nodes judged again; "
              f"{'the same' if partly == whole else 'ANOTHER'} report", flush=True)


def _run(command: str, folder: Path) -> dict:
    report = folder / "report.json"
    words = [*command.split(), "--quiet", "--project", str(folder), *(["-o", str(report)] if "validate" in command else [])]
    process = subprocess.Popen([sys.executable, "-m", "kgtool", *words], stderr=subprocess.DEVNULL, cwd=worlds.ROOT)
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"kgtool {' '.join(words)} failed")
    print(f"  {command:20}{used.ru_utime + used.ru_stime:8.1f} s{used.ru_maxrss / 1024:8.0f} MB", flush=True)
    return json.loads(report.read_text(encoding="utf-8")) if "validate" in command else {}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a new folder")
    parser.add_argument("triples", type=int, help="before anything is derived")
    parser.add_argument("--changed", action="store_true", help="measure builds and validation")
    options = parser.parse_args()
    write(options.folder, options.triples)
    if options.changed:
        measure(options.folder)
