"""Small worlds of claims that are held against each other, spelled as people write them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
from hypothesis import strategies as st

from kgtool import catalogue, rdf, store
from kgtool.claim import Judgement
from kgtool.judge import releases
from kgtool.judge.comparing import ground
from kgtool.judge.comparing.ground import Ground
from kgtool.store import Store
from kgtool.terms import CLAIM, GRAPH, ID, SKOS, Prefixes

ROOT = Path(__file__).resolve().parents[1]
EVERYTHING = f"{ID}policy-everything-said"
SAID = ox.NamedNode(GRAPH + "said")
EXPLAINING = (SKOS + "definition", SKOS + "example")

SOURCES = """
id:drug-a a kg:Drug . id:drug-b a kg:Drug . id:disease-a a kg:Disease . id:disease-b a kg:Disease .
id:tablet-a a kg:Product ; kg:ingredient id:drug-a ; kg:route id:oral ; kg:jurisdiction id:here .
id:infusion-a a kg:Product ; kg:ingredient id:drug-a ; kg:route id:spinal ; kg:jurisdiction id:here .
id:page a kg:Source ; kg:sourceType kg:news . id:paper a kg:Source ; kg:sourceType kg:primaryStudy .
id:label a kg:Source ; kg:sourceType kg:drugLabel . id:book a kg:Source ; kg:sourceType kg:registry .
id:page-v1 prov:specializationOf id:page ; rdfs:label "page, version 1" .
id:page-v2 prov:specializationOf id:page ; rdfs:label "page, version 2" ; prov:wasRevisionOf id:page-v1 .
id:paper-v1 prov:specializationOf id:paper ; rdfs:label "paper" .
id:label-v1 prov:specializationOf id:label ; rdfs:label "label" .
id:label-copy prov:specializationOf id:label ; rdfs:label "label, another copy" .
id:book-v1 prov:specializationOf id:book ; rdfs:label "book" .
id:sign-in-disease-a a kg:ConditionInContext ; kg:sign id:sign ; kg:inDisease id:disease-a .
id:hierarchy a kg:HierarchyRelease ; rdfs:label "a release" ; kg:hierarchy "mondo" ; kg:isDefaultRelease true ;
  kg:hierarchyGraph <https://w3id.org/kgtool/graph/hierarchy> .
id:low kg:oppositeOf id:high .
"""
PARENTS = """
id:disease-a rdfs:subClassOf id:disease-above . id:disease-above rdfs:subClassOf id:disease-top .
id:part rdfs:subClassOf id:sign .
"""
QUERIES = catalogue.read_all((ROOT / "queries" / "judge").glob("*.rq"), ROOT)


@dataclass(frozen=True)
class Spoken:
    """One claim; ``more`` is Turtle for its qualifiers and its stance."""

    name: str
    version: str
    subject: str
    relation: str
    object: str
    modality: str = "flat"
    polarity: str = "affirmed"
    more: str = ""

    def __str__(self) -> str:
        return (
            f"claim:{self.name} a kg:Claim ; kg:saidIn id:{self.version} ; rdf:subject id:{self.subject} ; "
            f"rdf:predicate {self.relation if ':' in self.relation else 'kg:' + self.relation} ; "
            f"rdf:object {self.object} ; kg:modality kg:{self.modality} ; "
            f'kg:polarity kg:{self.polarity} ; kg:inOwnWords "What {self.name} says." {self.more} .'
        )


@cache
def _prefixes() -> Prefixes:
    return rdf.prefixes(rdf.read(ROOT / "ontology" / "prefixes.ttl"))


@cache
def _ontology() -> tuple[ox.Quad, ...]:
    """What judges read of it: not the words that explain its terms."""
    files = (ROOT / "ontology" / f"{name}.ttl" for name in ("vocabulary", "lists", "policies"))
    said = (quad for file in files for quad in rdf.read(file))
    return tuple(ox.Quad(q.subject, q.predicate, q.object, SAID) for q in said if q.predicate.value not in EXPLAINING)


def world(*claims: Spoken, more: str = "") -> Store:
    """A store that holds the vocabulary, the sources above and these claims, as a build leaves it to its judges."""
    head = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in _prefixes().items())
    said = ox.parse(f"{head}{SOURCES}{more}" + "\n".join(map(str, claims)), format=ox.RdfFormat.TURTLE)
    parents = ox.parse(f"{head}{PARENTS}", format=ox.RdfFormat.TURTLE)
    said_so = (ox.Quad(q.subject, q.predicate, q.object, SAID) for q in said)
    above = (ox.Quad(q.subject, q.predicate, q.object, ox.NamedNode(GRAPH + "hierarchy")) for q in parents)
    return store.in_memory([*_ontology(), *said_so, *above], _prefixes())


def compared(*claims: Spoken, more: str = "") -> Ground:
    """The same world, read as those that compare read it when everything that is said counts."""
    made = world(*claims, more=more)
    return ground.read(made, QUERIES, EVERYTHING, releases.read(made, QUERIES))


def names(judgement: Judgement) -> tuple[str, ...]:
    """The claims that a judgement is about, by their short names."""
    sides = (value.value for predicate, value in judgement.about if predicate.endswith("ofClaim"))
    return tuple(side.removeprefix(CLAIM) for side in sides)


def kind(judgement: Judgement) -> str:
    return judgement.verdict.rpartition("#")[2]


VERSIONS = ("page-v1", "page-v2", "paper-v1", "label-v1", "label-copy", "book-v1")
OBJECTS = ("id:sign", "id:disease-a", "id:disease-above", "id:sign-in-disease-a", "id:low", "id:high")
MODALITIES = ("flat", "capability", "possible", "believed", "reported", "unknownStated")
RELATIONS = ("usedFor", "approvedFor", "bindsTo", "hasSideEffect", "hasSign", "originator", "mergedInto")
QUALIFIERS = (
    "", "; kg:jurisdiction id:here", "; kg:ageFrom 4", "; kg:severity kg:severeCondition",
    "; kg:direction kg:inconclusive",
)


@st.composite
def spoken(draw, subject: str = "drug-a") -> tuple[Spoken, ...]:
    """Up to twelve claims about one thing, each said somewhere, somehow."""
    parts = st.tuples(
        st.sampled_from(VERSIONS), st.sampled_from(RELATIONS), st.sampled_from(OBJECTS), st.sampled_from(MODALITIES),
        st.sampled_from(("affirmed", "denied", "undetermined")), st.sampled_from(QUALIFIERS),
    )
    drawn = draw(st.lists(parts, max_size=12))
    return tuple(Spoken(f"{subject}-{i}", v, subject, r, o, m, p, q) for i, (v, r, o, m, p, q) in enumerate(drawn))
