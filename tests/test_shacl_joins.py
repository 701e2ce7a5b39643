"""Rules that look for another node with the same values: the patterns are parted, and the rows stay the same."""

from __future__ import annotations

import random

import pytest
from pyoxigraph import Quad, RdfFormat, parse

from kgtool.shacl import judge, load
from kgtool.shacl.joins import joined
from kgtool.shacl.tokens import tokens, tree, written

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix e: <http://e/> .
e: sh:declare [ sh:prefix "e" ; sh:namespace "http://e/" ] .
e:S a sh:NodeShape ; sh:targetClass e:C ; sh:sparql [ sh:prefixes e: ; sh:select '''
    SELECT $this ?value WHERE {
        $this e:p ?one ; e:q ?two . ?value e:p ?one ; e:q ?two ; e:r e:yes . FILTER(?value != $this)
    }''' ] .
"""


def group(text: str):
    return tree(tokens(f"SELECT $this WHERE {{ {text} }}")).groups[0]


def inside(inner) -> str:
    return written(inner, inside)


def test_what_is_said_of_the_other_node_gets_a_select_of_its_own():
    apart = joined(group("$this :p ?a ; :q ?b . ?o :p ?a ; :q ?b . FILTER(?o != $this)"), "this", inside)
    assert "{ SELECT * WHERE { ?o :p ?a" in apart and apart.index("FILTER") > apart.index("}")


@pytest.mark.parametrize("text", [
    "$this :p ?a . ?o :p ?a",                                        # one variable in common: to walk along it is as good
    "$this :p ?a ; :q ?b . ?o :p ?a ; :q ?b . ?x :r ?o",             # another pattern leads to the node
    "$this :p ?a ; :q ?b . ?o :p ?a ; :q ?b ; :r $this",             # it leads to the focus node
    "$this :p ?a ; :q ?b . ?o :p ?a ; ?any ?b",                      # any predicate would be every triple
    "$this :p ?a ; :q ?b . ?o :p* ?a ; :q ?b",                       # a path from anywhere would be every node
    "$this :p ?a ; :q ?b . ?o :p ?a ; :q ?b ; :r _:x . _:x :r :y",   # a blank node means one thing in a group
    "$this :p ?a ; :q ?b . OPTIONAL { ?o :p ?a ; :q ?b }",
    "$this :p ?a . BIND(?a AS ?b) ?o :p ?a ; :q ?b",
])
def test_other_groups_stay_as_they_are(text):
    assert joined(group(text), "this", inside) == ""


@pytest.mark.parametrize("seed", range(5))
def test_a_whole_target_and_each_of_its_nodes_give_the_same_results(seed):
    chance = random.Random(seed)
    turtle = "@prefix e: <http://e/> .\n" + "\n".join(
        f"e:n{n} a e:C ; e:p e:v{chance.randrange(3)}, e:v{chance.randrange(3)} ; e:q {chance.randrange(3)} ; "
        f"e:r e:{chance.choice(['yes', 'no'])} ." for n in range(12)
    )
    data = load(parse(turtle, format=RdfFormat.TURTLE))
    shapes = [Quad(q.subject, q.predicate, q.object) for q in parse(SHAPES, format=RdfFormat.TURTLE)]
    whole = judge(data, shapes).results
    nodes = dict.fromkeys(quad.subject for quad in data.store)
    one_by_one = [result for node in nodes for result in judge(data, shapes, among=[node]).results]
    assert whole and sorted(one_by_one, key=lambda result: result.key) == list(whole)
