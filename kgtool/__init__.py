"""A knowledge graph of drugs, conditions and evidence: who said what, where, how surely, and what follows.

>>> import kgtool
>>> graph = kgtool.open()                                   # doctest: +SKIP
>>> print(graph.ask("routes", drug="baclofen"))             # doctest: +SKIP

The floors of the package; a module imports only from floors below its own, and neighbours never import each other:

    cli                                                         the command line
    web                                                         pages and the SPARQL endpoint
    graph                                                       the handle a Python user holds
    analysis    views                                           what the graph tells us; how it looks
    build       load   validate   exporters                     make it; trust it; hand it on
    judge       inputs        identity                          what follows from claims; what has changed; who is meant
    authored    beginning     store     importers    shacl     texts     what people wrote; where it is kept, and comes from
    records     door       outside      index      touched   records ↔ quads; what may come in; what lies outside; words, ends
    rdf         catalogue     passages      syntax   beside     files ↔ quads; queries; spans; SPARQL as text; tables
    places   vocabulary   project   negation   rows   elements   nesting   lines; words; folders; denials; tables; JSON; RDF/XML
    claim       report        answer       sentences  streams  workers   what is said, wrong, asked; who stands ready
    terms       isolate       countries     progress   moments  names; work that may crash, or take long; files in one state
    errors                                                      what can go wrong on purpose
"""

# Nothing is imported on the way to __main__: it takes time, in which Python answers an interrupt by the lines it is at.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from kgtool.graph import Graph

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(
    project: "str | Path | None" = None, cache: "str | Path | None" = None, store: "str | Path | None" = None
) -> "Graph":
    """The graph of a project: the given folder, else the nearest above the working directory, else the packaged one.

    Builds the store first where it is missing or its files have changed. ``store`` asks another one instead: a folder
    that `kgtool load` made, or the address of a SPARQL endpoint, which is the only thing that reaches the network.
    """
    from kgtool import graph
    from kgtool import project as projects

    found = projects.find(projects.folder(project), cache=projects.folder(cache))
    return graph.at(found, str(store)) if store is not None else graph.open(found)
