"""Every shipped query, asked of a world: what is asked of one thing, and what goes over the whole graph.

    python -m tests.bench.questions 100000 1000000      ours alone, in process, the slowest first

Things are asked about by a busy one of their kind: a sign that many sources speak of, a drug with two labels in two
versions each. CPU time of one process that holds the graph open on disk; medians.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from time import process_time

from pyoxigraph import NamedNode

from kgtool import catalogue
from kgtool.catalogue import Query
from kgtool.graph import Graph
from kgtool.terms import CLAIM, ID, Term
from tests.bench import kept, worlds
from tests.bench.spelling import disease, sign

# What goes over the whole graph by its nature: reports, and not answers about a thing.
REPORTS = {
    "ask/compare-policies": "every edge and judgement of two policies",
    "ask/best-trial": "every gap under a policy",
    "ask/made-from": "a digest of every triple that was not derived",
    "ask/what-if": "everything derived anew without one claim",
    "ask/unproven-transfers": "every transfer under a policy",
    "ask/disputes": "every dispute under a policy",
    "view/names": "every name of every thing",
    "view/picture": "every claim",
    "view/picture-statuses": "every label status under a policy",
    "view/plain-edges": "every edge under a policy",
    "view/stats": "a count over every triple",
    "view/versions": "every version with its passages",
}
# Reports that are also asked about one thing.
OF_ONE = {"ask/disputes": "drug", "ask/unproven-transfers": "drug", "view/picture": "source"}
DRUG = 7


@dataclass(frozen=True)
class Case:
    """One query with what it is asked about, as terms by variable."""

    name: str
    query: Query
    given: Mapping[str, Term | None]

    @property
    def report(self) -> bool:
        """Whether it goes over the whole graph."""
        return self.name in REPORTS or self.name.startswith("check/")

    @property
    def text(self) -> str:
        return self.query.bind(self.given)


def cases(graph: Graph, triples: int) -> list[Case]:
    """Every query of queries/ask, queries/view and queries/check."""
    about = _things(graph, triples)
    found = []
    for folder in ("ask", "view", "check"):
        files = graph.project.files(f"queries/{folder}", "*.rq")
        for query in catalogue.read_all(files, graph.project.root).values():
            variables = [variable for param in query.params for variable in param.variables]
            given = {variable: about[variable] for variable in variables if variable in about}
            found.append(Case(f"{folder}/{query.name}", query, given))
    # a report under another's name: the same question, of one thing
    by_name = {case.name: case for case in found}
    for name, variable in OF_ONE.items():
        case = by_name[name]
        found += [replace(case, name=f"{name} of one {variable}"), replace(case, given={**case.given, variable: None})]
        found.remove(case)
    return found


def _things(graph: Graph, triples: int) -> dict[str, Term | None]:
    """What each variable of a question is filled with; those that are not here keep the file's own."""
    drug = NamedNode(f"{ID}drug-{DRUG}")
    ((s, d),) = graph.store.select(
        f"SELECT ?s ?d {{ ?c rdf:subject {drug} ; rdf:predicate kg:approvedFor ; rdf:object ?o . ?o kg:sign ?s ; kg:inDisease ?d }}"
        " LIMIT 1"
    ).rows
    ((edge, *triple),) = graph.store.select(
        f"SELECT ?edge ?s ?p ?o {{ ?edge a kg:Edge ; rdf:subject {drug} ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }}"
        " ORDER BY ?edge LIMIT 1"
    ).rows
    claim = NamedNode(f"{CLAIM}page-{DRUG}-v1-c1")
    ((proposition,),) = graph.store.select(f"SELECT ?said {{ {claim} kg:states ?said }}").rows
    ((judgement,),) = graph.store.select(
        f"SELECT ?j {{ ?j a kg:LabelStatus ; kg:ofDrug {drug} }} ORDER BY ?j LIMIT 1"
    ).rows
    busiest = sign(max(worlds.SMALLEST, round(triples / worlds.TRIPLES_PER_DRUG)) + 9)
    return {
        "drug": drug, "sign": s, "disease": d, "population": d, "outcome": s, "thing": busiest,
        "source": NamedNode(f"{ID}page-{DRUG}"), "jurisdiction": NamedNode(f"{ID}here"),
        "hierarchy": NamedNode(f"{ID}hierarchy-mondo-new"), "claim": claim, "without": claim,
        "subject": triple[0], "relation": triple[1], "object": triple[2],
        "edge": edge, "proposition": proposition, "judgement": judgement,
    }
