"""Every shipped query, asked of a world: what is asked of one thing, and what goes over the whole graph.

    python -m tests.bench.questions 210000              all engines on a graph of a million triples
    python -m tests.bench.questions 1000000 --only ours what is ours alone, of five million

A world of N triples has about five times as many with all that is derived from it; the engines are given all of them,
the merge of all graphs that a question sees. Ours is the store as a build leaves it, on disk; the others hold the
graph as people would: rdflib and pyoxigraph in memory, oxrdflib over such a store. CPU time of a query from its text to
its last row, in a process that has the graph open; the median of up to three runs, and one run of what takes over half a
second. What an engine does not answer within the limit counts as the limit; what it refuses counts as nothing. Answers are
compared as rows of text, without their order.

Asked about is a drug with two labels in two versions each, and what is said of it. What a judgement adds to the rows of
its query is measured for ours alone: no other engine does it.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import nan
from time import process_time

import pyoxigraph as ox
from pyoxigraph import NamedNode

from kgtool import catalogue
from kgtool.catalogue import Param, Query
from kgtool.graph import Graph
from kgtool.graph.asking import finish
from kgtool.terms import CLAIM, ID, Term
from tests.bench import aims, kept, timing, worlds
from tests.bench.aims import Aim

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
    "view/plain-edges": "every edge under a policy, with its claims",
    "view/stats": "a count over every triple",
    "view/versions": "every version with its passages",
    "view/search-names": "every name that a search may find",
    "view/graphs": "a count over every graph",
    "view/vocabulary": "a count over every use of a term",
    "view/property-sizes": "a count over every triple",
    "view/class-sizes": "a count over everything of a class",
    "view/passages": "every passage",
    "view/things-of-kind": "everything of a kind",
}
# Reports that are also asked about one thing.
OF_ONE = {"ask/disputes": "drug", "ask/unproven-transfers": "drug", "view/picture": "source"}
THING_OF_KIND = {"kg:Source": "source", "kg:SourceVersion": "version", "kg:Claim": "claim"}
DRUG = 7
MOST = 0.1  # CPU seconds that a question about one thing may take
ONCE = 0.5  # CPU seconds: what takes longer is not asked again


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


def cases(graph: Graph) -> list[Case]:
    """Every query of queries/ask, queries/view and queries/check."""
    about = _things(graph)
    found = []
    for folder in ("ask", "view", "check"):
        files = graph.project.files(f"queries/{folder}", "*.rq")
        for query in catalogue.read_all(files, graph.project.root).values():
            named = [(variable, _example(param, variable)) for param in query.params for variable in param.variables]
            given = {variable: about[example] for variable, example in named if example in about}
            found.append(Case(f"{folder}/{query.name}", query, given))
    # a report under another's name: the same question, of one thing
    by_name = {case.name: case for case in found}
    for name, variable in OF_ONE.items():
        case = by_name[name]
        found += [replace(case, name=f"{name} of one {variable}"), replace(case, given={**case.given, variable: None})]
        found.remove(case)
    return found


def _example(param: Param, variable: str) -> str:
    """Which of the things asked about fills a variable; ``thing`` is of any kind."""
    return THING_OF_KIND.get(param.kinds[0], variable) if variable == "thing" else variable


def _things(graph: Graph) -> dict[str, Term | None]:
    """What each variable of a question is filled with; those that are not here keep the file's own."""
    drug = NamedNode(f"{ID}drug-{DRUG}")
    ((s, d),) = graph.store.select(
        f"SELECT ?s ?d {{ ?c rdf:subject {drug} ; rdf:predicate kg:approvedFor ; rdf:object ?o ."
        " ?o kg:sign ?s ; kg:inDisease ?d } LIMIT 1"
    ).rows
    ((edge, *triple),) = graph.store.select(
        f"SELECT ?edge ?s ?p ?o {{ ?edge a kg:Edge ; rdf:subject {drug} ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }}"
        " ORDER BY ?edge LIMIT 1"
    ).rows
    claim = NamedNode(f"{CLAIM}page-{DRUG}-v1-c1")
    ((version,),) = graph.store.select(f"SELECT ?version {{ {claim} kg:saidIn ?version }}").rows
    ((proposition,),) = graph.store.select(f"SELECT ?said {{ {claim} kg:states ?said }} ORDER BY ?said LIMIT 1").rows
    ((judgement,),) = graph.store.select(
        f"SELECT ?j {{ ?j a kg:LabelStatus ; kg:ofDrug {drug} }} ORDER BY ?j LIMIT 1"
    ).rows
    return {
        "drug": drug, "sign": s, "disease": d, "population": d, "outcome": s, "thing": s,
        "source": NamedNode(f"{ID}page-{DRUG}"), "jurisdiction": NamedNode(f"{ID}here"),
        "hierarchy": NamedNode(f"{ID}hierarchy-mondo-new"), "version": version, "claim": claim, "without": claim,
        "subject": triple[0], "relation": triple[1], "object": triple[2],
        "edge": edge, "proposition": proposition, "judgement": judgement,
    }


Rows = Iterable[tuple[str, ...]]
Asking = Callable[[str], Rows]


def _ours(triples: int) -> Asking:
    held = kept.graph(triples)
    return lambda text: (tuple(t.value if t is not None else "" for t in row) for row in held.store.select(text).rows)


def _pyoxigraph(triples: int) -> Asking:
    store, known = ox.Store(), dict(worlds.prefixes())
    store.bulk_load(path=kept.merged(triples), format=ox.RdfFormat.N_TRIPLES)
    return lambda text: [tuple(t.value if t is not None else "" for t in row) for row in store.query(text, prefixes=known)]


def _rdflib(triples: int, store: str = "default") -> Asking:
    import rdflib

    graph = rdflib.Graph(store=store).parse(kept.merged(triples), format="nt")
    known = dict(worlds.prefixes())
    return lambda text: [tuple("" if t is None else str(t) for t in row) for row in graph.query(text, initNs=known)]


def _oxrdflib(triples: int) -> Asking:
    return _rdflib(triples, "Oxigraph")


ENGINES: dict[str, Callable[[int], Asking]] = {
    "ours": _ours, "pyoxigraph": _pyoxigraph, "oxrdflib": _oxrdflib, "rdflib": _rdflib,
}


@dataclass(frozen=True)
class Took:
    """CPU seconds of one query on one engine, and its answer as a number of rows and a digest of them, or why it has none."""

    seconds: float
    rows: int
    answer: str
    refused: str = ""


def asked(engine: str, found: list[Case], triples: int, limit: float) -> dict[str, Took | None]:
    """Every case on one engine, each in a copy of the process that holds its graph; None where it was given up."""
    # a store on disk is opened by the copy: what its threads do does not go along
    held = None if engine == "ours" else ENGINES[engine](triples)
    gc.freeze()  # else the collector copies the whole graph into each process as it counts what refers to what
    took = {}
    for case in found:
        one = took[case.name] = timing.apart(partial(_ask, held, engine, triples, case.text), limit)
        print(f"{engine} {case.name}: {_millis(one, limit)} ms, {one.rows if one else '?'} rows", file=sys.stderr, flush=True)
    return took


def _ask(held: Asking | None, engine: str, triples: int, text: str) -> Took:
    asking = held or ENGINES[engine](triples)
    begun = process_time()
    try:
        rows = sorted(asking(text))
    except Exception as error:  # each engine has its own
        return Took(nan, 0, "", f"{type(error).__name__}: {error}".partition("\n")[0])
    first = process_time() - begun
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    # what is quick is asked again: what is read for the first time comes from the disk
    seconds = first if first > ONCE else timing.median_of(lambda: sum(1 for _ in asking(text)), runs=3, enough=0.25)
    return Took(seconds, len(rows), digest)


def judged(found: list[Case], triples: int, limit: float) -> dict[str, float | None]:
    """CPU seconds of the whole answer of the questions that a judgement finishes."""
    def whole(case: Case) -> float:
        held = kept.graph(triples)
        rows = held.store.select(case.text)
        return timing.median_of(lambda: finish(held, case.query, rows, case.given))

    return {case.name: timing.apart(partial(whole, case), limit) for case in found if case.query.then}


def compare(triples: int, engines: list[str], limit: float) -> list[str]:
    """Measure, print, write; gives back a summary, a line each."""
    with_names = kept.graph(triples)
    found = cases(with_names)
    size = sum(1 for _ in kept.merged(triples).open("rb"))
    took = {engine: timing.apart(partial(asked, engine, found, triples, limit), 10**6) or {} for engine in engines}
    after = judged(found, triples, limit)
    found.sort(key=lambda case: (case.report, -(_seconds(took["ours"].get(case.name), limit))))
    columns = ("query", "rows", *(f"{engine} ms" for engine in engines), "judged ms", "over", "answers")
    rows = [_row(case, took, after, engines, limit) for case in found]
    print(timing.table(columns, rows), flush=True)
    summary = [f"{size:,} triples", *_summary(found, took, after, engines, limit)]
    timing.write(f"questions-{triples}", f"Shipped queries on a graph of {size:,} triples", columns, rows, summary)
    aims.tell(f"questions-{triples}", _aims(size, found, took, after, limit))
    return summary


def _row(case: Case, took: Mapping, after: Mapping, engines: list[str], limit: float) -> tuple[str, ...]:
    ours = took["ours"].get(case.name)
    given = {engine: one for engine in engines[1:] if (one := took[engine].get(case.name)) and not one.refused}
    differ = [f"{engine} {one.rows}" for engine, one in given.items() if ours and one.answer != ours.answer]
    millis = [_millis(took[engine].get(case.name), limit) for engine in engines]
    judged_ms = f"{after[case.name] * 1000:.1f}" if after.get(case.name) else ("" if case.name not in after else "?")
    said = f"other rows: {', '.join(differ)}" if differ else "agree" if given else ""
    return case.name, str(ours.rows if ours else "?"), *millis, judged_ms, "all" if case.report else "", said


def _millis(took: Took | None, limit: float) -> str:
    if took is None:
        return f">{limit * 1000:.0f}"
    return "refused" if took.refused else f"{took.seconds * 1000:.1f}"


def _summary(found: list[Case], took: Mapping, after: Mapping, engines: list[str], limit: float) -> list[str]:
    lines = []
    for engine in engines[1:]:
        lines.append(_compared(engine, found, took, limit))
        lines += [f"{engine} refuses {case.name}: {one.refused}"
                  for case in found if (one := took[engine].get(case.name)) and one.refused]
    slow = [f"{name} {1000 * whole:.0f} ms" for name, whole in _wholes(found, took, after, limit).items() if whole > MOST]
    return [*lines, f"questions about one thing over {MOST * 1000:g} ms: {', '.join(slow) or 'none'}"]


def _wholes(found: list[Case], took: Mapping, after: Mapping, limit: float) -> dict[str, float]:
    """CPU seconds of each whole answer about one thing, what a judgement adds included."""
    return {case.name: _seconds(took["ours"].get(case.name), limit) + (after.get(case.name) or 0)
            for case in found if not case.report}


def _compared(engine: str, found: list[Case], took: Mapping, limit: float) -> str:
    """How many times as long as ours an engine takes: of all, and of what is about one thing."""
    answered = _answered(engine, found, took)
    stopped = sum(took[engine].get(case.name) is None for case in answered)
    of_all, of_one = (_times(engine, some, took, limit) for some in (answered, [case for case in answered if not case.report]))
    return (f"{engine}: {of_all:.1f} times ours in geometric mean of {len(answered)} questions, {of_one:.1f} of those "
            f"about one thing; {stopped} stopped after {limit:g} s, counted as that")


def _answered(engine: str, found: list[Case], took: Mapping) -> list[Case]:
    return [case for case in found if not ((one := took[engine].get(case.name)) and one.refused)]


def _times(engine: str, some: list[Case], took: Mapping, limit: float) -> float:
    return timing.geometric_mean(
        _seconds(took[engine].get(case.name), limit) / _seconds(took["ours"].get(case.name), limit) for case in some
    )


def _aims(size: int, found: list[Case], took: Mapping, after: Mapping, limit: float) -> Iterator[Aim]:
    of = f"of {size:,} triples"
    if took.get("rdflib"):
        stopped = any(one is None for one in took["rdflib"].values())
        times = _times("rdflib", _answered("rdflib", found, took), took, limit)
        yield Aim(f"shipped questions {of}, rdflib ÷ ours", times, least=40, stopped=stopped)
    slowest = max(_wholes(found, took, after, limit).values())
    yield Aim(f"the slowest question about one thing {of}, ms", slowest * 1000, most=MOST * 1000)


def _seconds(took: Took | None, limit: float) -> float:
    return took.seconds if took else limit


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("triples", nargs="*", type=int, default=[210_000])
    parser.add_argument("--only", nargs="+", choices=ENGINES, default=list(ENGINES), help="these engines; ours is always one")
    parser.add_argument("--limit", type=float, default=30, help="CPU seconds after which a query is given up")
    options = parser.parse_args()
    for size in options.triples:
        engines = list(dict.fromkeys(["ours", *options.only]))
        print("\n".join(compare(size, engines, options.limit)), "\n", timing.circumstances("pyoxigraph", "rdflib", "oxrdflib"))
