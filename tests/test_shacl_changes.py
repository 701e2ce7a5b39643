"""Validation after a change: what is judged again, and that the verdict is the one of a full run."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse
from shape_worlds import HEAD, data, shapes

from kgtool.shacl import (
    Result,
    Verdict,
    affected,
    around,
    as_written,
    change,
    judge,
    load,
    restored,
    revised,
    stored,
    verdict,
)
from kgtool.shacl.index import Triples

ALL = 1_000_000


def read(text: str) -> list[Quad]:
    return list(parse(text, format=RdfFormat.TURTLE))


def one(text: str) -> Quad:
    return read(HEAD + text)[-1]


def said(found: Verdict) -> Counter[tuple[Result, str]]:
    return Counter((result, str(result.origin)) for result in found.outcome.results)


# Without shrinking: a case is a seed, and smaller seeds are not simpler cases.
@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.integers(0, 2**32), st.sampled_from([0.03, 0.15, 0.5]))
def test_after_any_change_the_revised_verdict_is_that_of_a_full_run(seed: int, share: float):
    chance = random.Random(seed)
    before, rules = read(data(chance)), Triples(read(shapes(chance)))
    loaded = load(before)
    kept = verdict(loaded, rules)
    removed = [quad for quad in before if chance.random() < share]
    added = [quad for quad in read(data(chance)) if chance.random() < share]
    loaded = change(loaded, removed, added)
    assert affected(loaded, rules, [*removed, *added], ALL) is not None, "all would be judged"
    after = revised(kept, loaded, [*removed, *added], most=ALL)
    now = [quad for quad in before if quad not in removed] + added
    assert said(after) == said(verdict(load(now), rules))


@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.integers(0, 2**32), st.sampled_from([0.02, 0.1]))
def test_what_is_around_the_nodes_a_change_matters_to_is_all_that_judging_them_reads(seed: int, share: float):
    chance = random.Random(seed)
    before, rules = read(data(chance)), Triples(read(shapes(chance)))
    removed = [quad for quad in before if chance.random() < share]
    added = [quad for quad in read(data(chance)) if chance.random() < share]
    now = [quad for quad in before if quad not in removed] + added
    lying = Store()  # where literals are what a store makes of them
    lying.bulk_extend(now)
    nodes = affected(stored(lying), rules, [*removed, *added], ALL)
    if any(isinstance(node, Literal) for node in nodes):
        return
    near = load(restored(around(stored(lying), rules, nodes, ALL), as_written(now)))
    stays = [result for result in judge(load(before), rules).results if result.origin not in nodes]
    again = judge(near, rules, among=nodes).results
    assert Counter((*stays, *again)) == Counter(judge(load(now), rules).results)
    assert Counter(again) == Counter(judge(load(now), rules, among=nodes).results)


def chain(length: int) -> list[Quad]:
    """e:n0 e:p e:n1 . e:n1 e:p e:n2 . …, each of them a thing."""
    return read(HEAD + "".join(f"e:n{n} a e:Thing ; e:p e:n{n + 1} ; e:of e:hub .\n" for n in range(length)))


# What a shape asks for, the change, and which of forty things in a row it can matter to.
AFFECTED = {
    "the node itself": ("sh:property [ sh:path e:q ; sh:maxCount 0 ]", "e:n7 e:q 1 .", {7}),
    "nothing": ("sh:property [ sh:path e:q ; sh:maxCount 0 ]", "e:n7 e:other 1 .", set()),
    "any triple of a closed node": ("sh:closed true", "e:n7 e:other 1 .", {7}),
    "who leads to it": ("sh:property [ sh:path e:p ; sh:class e:Good ]", "e:n7 a e:Good .", {6, 7}),
    "who is led to": ("sh:property [ sh:path [ sh:inversePath e:q ] ; sh:maxCount 0 ]", "e:x e:q e:n7 .", {7}),
    "a shape within": ("sh:property [ sh:path e:p ; sh:node [ sh:property [ sh:path e:q ; sh:maxCount 0 ] ] ]",
                       "e:n7 e:q 1 .", {6}),
    "a branch within": ("sh:or ( [ sh:property [ sh:path ( e:p e:p e:q ) ; sh:minCount 1 ] ] )", "e:n7 e:q 1 .", {5}),
    "a sequence": ("sh:property [ sh:path ( e:p e:p e:q ) ; sh:maxCount 0 ]", "e:n7 e:q 1 .", {5}),
    "all before it": ("sh:property [ sh:path ( [ sh:zeroOrMorePath e:p ] e:q ) ; sh:maxCount 0 ]", "e:n3 e:q 1 .",
                      {0, 1, 2, 3}),
    "a rule": ("sh:sparql [ sh:select 'SELECT $this { $this <http://example.org/p> ?x . ?x <http://example.org/q> ?y }' ]",
               "e:n7 e:q 1 .", {6}),
    "a rule's denial": ("sh:sparql [ sh:select 'SELECT $this { $this <http://example.org/p> ?x FILTER NOT EXISTS { "
                        "?y <http://example.org/q> ?x } }' ]", "e:n9 e:q e:n7 .", {6}),
}  # fmt: skip


@pytest.mark.parametrize("what", AFFECTED)
def test_only_what_a_change_can_matter_to_is_judged_again(what):
    shape, added, expected = AFFECTED[what]
    rules = read(f"{HEAD}e:S a sh:NodeShape ; sh:targetClass e:Thing ; {shape} .")
    quads, new = chain(40), read(HEAD + added)[3:]
    kept = verdict(load(quads), rules)
    after = revised(kept, change(load(quads), added=new), new)
    assert after.judged == len(expected)
    changed = Counter(said(after)) - Counter(said(kept)) + (Counter(said(kept)) - Counter(said(after)))
    assert {origin for _, origin in changed} <= {f"<http://example.org/n{n}>" for n in expected}
    assert said(after) == said(verdict(load([*quads, *new]), rules))


@pytest.mark.parametrize(("changed", "judged"), [(7, 8), (8, 40)])
def test_what_more_than_a_fifth_depends_on_has_everything_judged(changed, judged):
    shape = "sh:property [ sh:path ( [ sh:zeroOrMorePath e:p ] e:q ) ; sh:maxCount 0 ]"
    rules = read(f"{HEAD}e:S a sh:NodeShape ; sh:targetClass e:Thing ; {shape} .")
    new = [one(f"e:n{changed} e:q 1 .")]
    after = revised(verdict(load(chain(40)), rules), load([*chain(40), *new]), new)
    assert (after.judged, len(after.outcome.results)) == (judged, changed + 1)


def test_a_rule_whose_patterns_do_not_hang_together_has_everything_judged():
    query = "SELECT $this { $this <http://example.org/p> ?x . ?y <http://example.org/q> ?z }"
    rules = read(f"{HEAD}e:S a sh:NodeShape ; sh:targetClass e:Thing ; sh:sparql [ sh:select '{query}' ] .")
    new = [one("e:elsewhere e:q 1 .")]
    after = revised(verdict(load(chain(40)), rules), load([*chain(40), *new]), new)
    assert after.judged == len(after.outcome.results) == 40


def test_a_store_of_many_graphs_may_be_judged_again_too():
    store, graph = Store(), NamedNode("http://example.org/g")
    store.extend(Quad(quad.subject, quad.predicate, quad.object, graph) for quad in chain(40))
    rules = read(HEAD + "e:S a sh:NodeShape ; sh:targetClass e:Thing ; sh:property [ sh:path e:p ; sh:minCount 1 ] .")
    kept = verdict(store, rules)
    gone = next(store.quads_for_pattern(NamedNode("http://example.org/n7"), NamedNode("http://example.org/p"), None, None))
    store.remove(gone)
    after = revised(kept, store, [gone])
    assert (len(kept.outcome.results), after.judged) == (0, 1)
    assert [result.focus for result in after.outcome.results] == [gone.subject]


def test_shapes_that_pyshacl_has_to_judge_are_judged_in_full():
    rules = read(HEAD + "e:S a sh:NodeShape ; sh:targetClass e:Thing ; sh:property [ sh:path e:p ; sh:node e:S ] .")
    kept = verdict(load(chain(40)), rules)
    assert kept.outcome.unsupported and revised(kept, load(chain(40)), []).judged == 40
