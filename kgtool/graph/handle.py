"""The graph a Python user holds, and its verbs. What answers stands on the floors below.

`asking` what it says · `surveying` what only the whole shows · `making` pictures, files and objects of it · `trusting` what it
rests on · `lookups` what all of them look up.
"""

from __future__ import annotations

from kgtool.graph import asking, making, surveying, trusting
from kgtool.graph.lookups import Lookups


class Graph(Lookups):
    """One built graph, open for reading: `kgtool.open()` gives it.

    It stays what it was when it was opened; whoever opens again gets what has been built since. Things go by any of their
    names. What cannot be done is a KgtoolError (kgtool.errors has the tree), which says what can.
    """

    ask, query, explain, stats = asking.ask, asking.query, asking.explain, asking.stats
    show, why = asking.show, asking.why
    search, search_passages, suggest = asking.search, asking.search_passages, asking.suggest

    matrix, paths, neighbourhood = surveying.matrix, surveying.paths, surveying.neighbourhood
    components, centrality = surveying.components, surveying.centrality

    draw, around, pictured = making.draw, making.around, making.pictured
    export, tables = making.export, making.tables
    to_rdflib, to_networkx = making.to_rdflib, making.to_networkx

    versions, sources, cite, passages_of = trusting.versions, trusting.sources, trusting.cite, trusting.passages_of
    check_passages, validate = trusting.check_passages, trusting.validate
