"""Random small graphs and shapes, judged by us and by pySHACL, which has to say the same; and where it does not.

The generator keeps away from the departures of pySHACL from the standard; each one met stands in DEPARTURES with a
case of its own, on which the two engines have to differ: when pySHACL changes, the list has to.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import rdflib
from shape_judges import graphs, ours, theirs
from shape_worlds import COMPONENTS, HEAD, data, shapes

from kgtool import shacl
from kgtool.shacl import judge

CASES = 48
# Why, then data and shapes; e:S is the shape, e:a the focus node, and the number of results is what the standard asks.
DEPARTURES = {
    "values without an order violate sh:minInclusive and its kind, as the comparison is an error (section 4.3)": (
        'e:a e:p "x"^^e:odd .', "sh:property [ sh:path e:p ; sh:maxExclusive 2 ]", 1,
    ),
    "a pair without an order violates sh:lessThan, once for each pair (section 4.5.3)": (
        'e:a e:p "a"@en , "b"@en ; e:q "c"@en .', "sh:property [ sh:path e:p ; sh:lessThan e:q ]", 2,
    ),
    "the inverse of a sequence goes through it backwards (section 2.3.1.4)": (
        "e:b e:p e:c . e:c e:q e:a .",
        "sh:property [ sh:path [ sh:inversePath ( e:p e:q ) ] ; sh:minCount 1 ]", 0,
    ),
    "each solution of a SELECT is a result, the same twice being two (section 5.3.2)": (
        "e:a e:p e:b ; e:q e:b .",
        'sh:sparql [ sh:prefixes e: ; sh:select "SELECT $this WHERE { { $this e:p ?x } UNION { $this e:q ?x } }" ]', 2,
    ),
    "a SELECT validator is run with $this and the parameters bound, not with ?value (section 6.2.3)": (
        "e:a e:p e:b .",
        """e:other e:p . e:Other a sh:ConstraintComponent ; sh:parameter [ sh:path e:other ] ; sh:nodeValidator [
            sh:select "SELECT $this ?value WHERE { $this $other ?value }" ]""", 1,
    ),
    "a literal that stands for false, nought or nothing is bound in a rule like any other (section 5.3.1)": (
        "e:a e:p false . e:b e:q e:c .",
        """sh:property [ sh:path e:p ; e:leads true ] . e:Leads a sh:ConstraintComponent ; sh:parameter [ sh:path e:leads ] ;
            sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes e: ; sh:ask "ASK { $value e:q ?x }" ]""", 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", DEPARTURES)
def test_a_departure_of_pyshacl_is_still_one(why: str):
    data_text, shape, expected = DEPARTURES[why]
    shapes_text = f"{HEAD} e:S a sh:NodeShape ; sh:targetNode e:a ; {shape} ."
    assert sum(ours(HEAD + data_text, shapes_text).values()) == expected
    assert sum(theirs(HEAD + data_text, shapes_text).values()) != expected


@pytest.mark.parametrize("why", DEPARTURES)
def test_every_departure_is_told_to_users(why: str):
    assert f"- {why}\n" in (Path(shacl.__file__).parent / "README.md").read_text()


def test_pyshacl_leaves_out_the_value_an_ask_validator_refuses():
    """The value node is the sh:value of such a result (section 6.3), so the random cases compare without it."""
    data_text, shapes_text = HEAD + "e:a e:p e:b .", HEAD + COMPONENTS + """
        e:S a sh:NodeShape ; sh:targetNode e:a ; sh:property [ sh:path e:p ; e:longest 1 ] ."""
    given = [result.value.value for result in judge(*graphs(data_text, shapes_text)).results]
    assert given == ["http://example.org/b"]
    assert ours(data_text, shapes_text) == theirs(data_text, shapes_text)


@pytest.mark.parametrize(("data_text", "shape"), [
    ('e:a e:p 1 , "01"^^xsd:integer .',
     'sh:targetNode e:a ; sh:sparql [ sh:prefixes e: ; '
     'sh:select "SELECT $this (COUNT(?x) AS ?n) { $this e:p ?x } GROUP BY $this HAVING (COUNT(?x) > 1)" ]'),
    ("e:a e:p e:b .",
     'sh:targetNode e:nowhere ; sh:property [ sh:path [ sh:zeroOrOnePath e:p ] ; sh:sparql [ sh:prefixes e: ; '
     'sh:select "SELECT $this ?value { $this $PATH ?value }" ] ]'),
], ids=["one value in two spellings", "a node that is not in the data"])
def test_what_is_pyshacls_as_the_standard_has_it_is_told_as_such(data_text, shape):
    shapes_text = f"{HEAD} e:S a sh:NodeShape ; {shape} ."
    assert sum(ours(HEAD + data_text, shapes_text).values()) == 0
    assert sum(theirs(HEAD + data_text, shapes_text).values()) == 1


@pytest.fixture(autouse=True)
def literals_as_written():
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    yield
    rdflib.NORMALIZE_LITERALS = before


@pytest.mark.parametrize("seed", range(CASES))
def test_a_random_case_is_judged_as_pyshacl_judges_it(seed: int):
    chance = random.Random(seed)
    data_text, shapes_text = data(chance), shapes(chance)
    assert ours(data_text, shapes_text) == theirs(data_text, shapes_text)
