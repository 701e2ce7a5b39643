"""Paths, neighbourhoods, islands and centrality over plain edges: the same whatever walks, and the same as by hand."""

from __future__ import annotations

import json
from itertools import combinations, islice, pairwise, permutations

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgtool.analysis import network
from kgtool.analysis.network import pairs, shortest, small
from kgtool.analysis.network.large import Arrays
from kgtool.analysis.network.small import Networkx
from kgtool.errors import WrongUse

WALKERS = pytest.mark.parametrize("walks", [Networkx, Arrays])
SOME = st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")), min_size=1, max_size=14)


def by_hand(of: pairs.Pairs, start: int, goal: int, longest: int) -> list[tuple[int, ...]]:
    """Every path there is, in the order of its length and its things."""
    joined = {*of.ends, *((other, one) for one, other in of.ends)}
    between = [node for node in range(len(of.nodes)) if node not in (start, goal)]
    tried = ((start, *middle, goal) for many in range(longest) for middle in permutations(between, many))
    fitting = [path for path in tried if all(two in joined for two in pairwise(path))]
    return sorted(fitting, key=lambda path: (len(path), path))


@WALKERS
@given(edges=SOME)
def test_paths_are_all_there_are_in_order(walks, edges):
    of = pairs.of(edges)
    start, goal = 0, len(of.nodes) - 1
    if start != goal:
        assert list(shortest.paths(walks(of), start, goal, 5)) == by_hand(of, start, goal, 5)


@given(edges=SOME)
def test_both_walkers_see_the_same_network(edges):
    of = pairs.of(edges)
    small, large = Networkx(of), Arrays(of)
    assert small.components() == large.components()
    assert list(small.degrees()) == list(large.degrees())
    assert list(small.pagerank()) == pytest.approx(list(large.pagerank()), abs=1e-9)
    assert list(small.betweenness()) == pytest.approx(list(large.betweenness()), abs=1e-9)
    peer = networkx.betweenness_centrality(small.graph)
    assert list(large.betweenness()) == pytest.approx([peer[node] for node in sorted(peer)], abs=1e-9)
    for node in range(len(of.nodes)):
        assert list(small.neighbours(node)) == list(large.neighbours(node))
        others = [other for other in range(0, len(of.nodes), 2) if other != node]
        assert dict(small.distances(node, others, ())) == dict(large.distances(node, others, ()))


def test_betweenness_of_many_things_is_estimated_from_the_same_few_by_both_walkers():
    drawn = networkx.barabasi_albert_graph(600, 3, seed=5)
    of = pairs.of((f"n{one:04}", f"n{other:04}") for one, other in drawn.edges)
    scores = [list(walks(of).betweenness()) for walks in (Networkx, Arrays)]
    assert scores[0] == pytest.approx(scores[1], abs=1e-9)
    exact = networkx.betweenness_centrality(drawn)
    assert scores[0] != pytest.approx([exact[node] for node in range(600)], abs=1e-9)
    assert max(range(600), key=scores[0].__getitem__) == max(exact, key=exact.get)


def test_both_walkers_find_the_same_paths_in_a_network_that_is_not_tiny():
    drawn = networkx.barabasi_albert_graph(3000, 4, seed=5)
    of = pairs.of((f"n{one:04}", f"n{other:04}") for one, other in drawn.edges)
    found = [list(islice(shortest.paths(walks(of), 17, 2900, 8), 25)) for walks in (Networkx, Arrays)]
    assert found[0] == found[1] and len(found[0]) == 25
    assert len(found[0][0]) - 1 == networkx.shortest_path_length(drawn, 17, 2900)


def test_a_path_behind_a_thicket_is_found_without_walking_the_thicket():
    """Ways into a clique from which only the way back leads out are as many as its orders: none may be walked."""
    thicket = [f"t{number:02}" for number in range(40)]
    of = pairs.of([("a", "b"), ("b", "c"), *(("b", one) for one in thicket), *combinations(thicket, 2)])
    assert [[of.nodes[node] for node in path] for path in shortest.paths(Arrays(of), 0, 2, 20)] == [["a", "b", "c"]]


def test_large_networks_are_walked_as_arrays_and_small_ones_by_networkx(monkeypatch):
    of = pairs.of([("a", "b"), ("b", "c")])
    assert isinstance(network.walker(of), Networkx)
    monkeypatch.setattr(network, "LARGE", 1)
    assert isinstance(network.walker(of), Arrays)


def test_without_scipy_what_needs_it_says_so(monkeypatch):
    monkeypatch.setattr(small, "find_spec", lambda name: None)
    with pytest.raises(WrongUse, match=r"pagerank needs SciPy: pip install 'kgtool\[large\]', or ask for degree"):
        Networkx(pairs.of([("a", "b")])).pagerank()


def test_a_path_leads_along_edges_with_their_claims(founding):
    rows = list(founding.paths("baclofen", "Novartis", via=["originator", "merged into"]))
    assert [(row["step"], row["subject"], row["relation"], row["object"]) for row in rows] == [
        (1, "id:baclofen", "kg:originator", "id:ciba-geigy"), (2, "id:ciba-geigy", "kg:mergedInto", "ROR:02f9zrr09")]
    assert all(founding.why(row["claims"].split()[0]).kind == "claim" for row in rows)


def test_every_edge_between_two_things_is_shown_and_none_of_those_left_out(founding):
    first = [row["relation"] for row in founding.paths("baclofen", "multiple sclerosis", most=1)]
    assert {"kg:studiedIn", "kg:usedInDisease"} < set(first)
    fewer = [row["relation"] for row in founding.paths("baclofen", "multiple sclerosis", most=1, without=["studiedIn"])]
    assert fewer == [relation for relation in first if relation != "kg:studiedIn"]


def test_a_policy_has_its_own_paths(founding):
    assert founding.paths("baclofen", "Ciba-Geigy").rows
    with pytest.raises(WrongUse, match="no edge here touches id:ciba-geigy; another policy"):
        founding.paths("baclofen", "Ciba-Geigy", policy="regulators-only")


def test_a_neighbourhood_grows_step_by_step(founding):
    effects = founding.neighbourhood("baclofen", via=["hasSideEffect"])
    assert {row["relation"] for row in effects} == {"kg:hasSideEffect"} and len(effects) == 5
    near, far = (founding.neighbourhood("SMA", steps) for steps in (1, 2))
    assert list(far)[: len(near)] == list(near) and {row["steps"] for row in far} == {1, 2}


def test_islands_and_middles_of_the_founding_graph(founding):
    islands = list(founding.components())
    assert islands[0]["things"] == max(row["things"] for row in islands)
    assert sum(row["component"] == 1 for row in islands) == islands[0]["things"]
    for measure in network.MEASURES:
        scored = list(founding.centrality(measure, limit=3))
        assert scored[0]["thing"] == "id:baclofen" and scored[0][measure] > scored[1][measure]


@pytest.mark.parametrize(("words", "code", "said"), [
    (("path", "nothing-like-it", "spasticity"), 2, "nothing here is called 'nothing-like-it'"),
    (("path", "spasticity", "spasticity"), 2, "both are HP:0001257"),
    (("path", "examplin", "spasticity", "-k", "0"), 2, "the number of paths is 1 to 1000, not 0"),
    (("path", "examplin", "spasticity", "-k", "99999"), 2, "1 to 1000, not 99999"),
    (("path", "examplin", "spasticity", "--steps", "21"), 2, "the number of steps is 1 to 20, not 21"),
    (("path", "examplin", "spasticity", "--via", "treets"), 2, "did you mean treats?"),
    (("path", "examplin", "spasticity", "--policy", "none-such"), 2, "nothing here is called 'none-such'"),
    (("path", "examplin", "spasticity", "--via", "originator"), 2, "no edge here touches id:examplin"),
    (("neighbours", "examplin", "--steps", "0"), 2, "the number of steps is 1 to 20, not 0"),
    (("analyse", "centrality", "--by", "fame"), 2, "there is no measure fame; it is degree, pagerank or betweenness"),
])
def test_what_cannot_be_walked_is_said(run_built, words, code, said):
    done = run_built(*words)
    assert (done.returncode, done.stdout) == (code, "") and said in done.stderr


def test_no_path_is_an_answer_of_its_own(founding, run_built):
    assert not founding.paths("baclofen", "Novartis", steps=1).rows
    done = run_built("path", "spasticity", "multiple sclerosis", "--steps", "1")
    assert done.returncode == 1 and "no path of so few steps" in done.stderr


def test_the_command_gives_rows_in_any_format(run_built):
    rows = [json.loads(line) for line in run_built("path", "examplin", "spasticity", "-f", "jsonl").stdout.splitlines()]
    assert rows and set(rows[0]) == {"path", "step", "subject", "relation", "object", "claims"}
    assert run_built("analyse", "components").stdout.startswith("component\tthings\tthing\n")
