"""What would follow if one claim had never been made: everything derived anew without it, held against what stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Quad

from kgtool import build, catalogue, judge, rdf, records, store
from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.errors import WrongUse
from kgtool.judge import derived, releases
from kgtool.judge.asked import Asked
from kgtool.store import GraphStore, Store
from kgtool.terms import GRAPH, Term, kg


def what_if(asked: Asked, rules: Iterable[Query]) -> Answer:
    """One row for each edge, judgement and proposition that would change, and for each claim that rests on the one.

    The rows of the question give the claim, the policy and the claims that depend on it. The store is not changed.
    """
    if None in asked.given.values():
        raise WrongUse("name one claim to do without, and one policy")
    claim, policy, _ = asked.rows.rows[0]
    dependents = [dependent for *_, dependent in asked.rows.rows if dependent is not None]
    other = without(asked.store, claim, rules, asked.queries, policy.value)
    before, after = (derived.state(kept, asked.queries, policy.value) for kept in (asked.store, other))
    rows = [
        *derived.rows(derived.changed(before, after), before, after, asked.store),
        *_unsaid(asked.store, claim),
        *(_orphan(dependent, claim, asked.store) for dependent in dependents),
    ]
    return Answer(derived.COLUMNS, tuple(rows), asked.rows.prefixes)


def without(whole: GraphStore, claim: NamedNode, rules: Iterable[Query], queries: Mapping[str, Query], policy: str) -> Store:
    """The graph as if the claim had never been made: edges of every policy and judgements of one, derived anew."""
    made = store.in_memory(_quads_without(whole, claim), whole.prefixes)
    for rule in catalogue.around_judges(rules)[0]:
        build.derive(made, rule, whole.prefixes)
    hierarchies = releases.read(made, queries)
    for judged in judge.JUDGES.values():
        judgements = judged(made, queries, policy, hierarchies)
        made.add(quad for one in judgements for quad in records.judgement_quads(one, GRAPH + "judgements-of-one-policy"))
    return made


def _quads_without(whole: GraphStore, claim: NamedNode) -> Iterator[Quad]:
    gone = {claim, *_stated_by_it_alone(whole, claim)}
    for graph in whole.graphs():
        if not derived.is_derived(graph):
            yield from (quad for quad in whole.quads(graph) if quad.subject not in gone and quad.object not in gone)


def _stated_by_it_alone(whole: GraphStore, claim: NamedNode) -> list[Term]:
    """The proposition of a claim, where no other claim states it."""
    states = kg("states")
    stated = {quad.object for quad in whole.match(claim, states)}
    return [said for said in stated if {quad.subject for quad in whole.match(None, states, said)} == {claim}]


def _unsaid(whole: GraphStore, claim: NamedNode) -> Iterator[tuple[Term | None, ...]]:
    words = Literal(f"{whole.prefixes.contract(claim.value)} alone states it")
    for said in _stated_by_it_alone(whole, claim):
        yield kg("Proposition"), Literal(_in_words(said, whole)), Literal("stated"), None, words


def _in_words(said: Term, whole: GraphStore) -> str:
    parts = [quad.object for part in (rdf.SUBJECT, rdf.PREDICATE, rdf.OBJECT) for quad in whole.match(said, part)]
    names = whole.labels(part.value for part in parts if isinstance(part, NamedNode))
    return " ".join(names.get(part.value) or whole.prefixes.show(part) for part in parts)


def _orphan(dependent: Term, claim: NamedNode, whole: GraphStore) -> tuple[Term | None, ...]:
    words = Literal(f"it depends on {whole.prefixes.contract(claim.value)}")
    return (
        kg("Claim"),
        dependent,
        Literal("rests on it"),
        Literal("loses what it rests on"),
        words,
    )
