"""Disputes, fidelity, changes between versions and transfers are read a second time, by rule alone: both readings agree."""

from __future__ import annotations

from random import Random

import pytest
from comparing_worlds import EVERYTHING, QUERIES, ROOT, Spoken, kind, names, world
from plain_comparing import Retold, local
from pyoxigraph import NamedNode

from kgtool import build, project, records
from kgtool.judge import comparing, gaps, releases
from kgtool.terms import GRAPH, ID

POLICY = NamedNode(EVERYTHING)
WORLDS = 30  # of each kind
AROUND = """
id:study-a a kg:Study . id:study-b a kg:Study . id:list a kg:Source ; kg:sourceType kg:database .
id:list-v1 prov:specializationOf id:list ; rdfs:label "list" .
id:disease-b skos:exactMatch id:same . id:disease-a skos:exactMatch id:same .
id:page-v3 prov:specializationOf id:page ; rdfs:label "page, version 3" ; prov:wasRevisionOf id:page-v2 .
id:page-v2 kg:enteredInFull kg:usedFor . id:page-v1 kg:enteredInFull kg:Relation .
id:sign a kg:Sign . id:part a kg:Sign . id:low a kg:Sign . id:high a kg:Sign .
id:sign-in-disease-b a kg:ConditionInContext ; kg:sign id:sign ; kg:inDisease id:disease-b .
id:part-in-disease-a a kg:ConditionInContext ; kg:sign id:part ; kg:inDisease id:disease-a .
id:sign kg:oppositeOf id:high .
"""
VERSIONS = ("page-v1", "page-v2", "page-v3", "paper-v1", "paper-v1", "label-v1", "label-copy", "book-v1", "list-v1")
MODALITIES = ("flat", "flat", "capability", "possible", "believed", "reported", "unknownStated")
POLARITIES = ("affirmed", "affirmed", "affirmed", "denied", "undetermined")
STANCES = ("indicated", "mayBeOfValue", "efficacyNotEstablished", "notIndicated", "contraindicated")
USES = tuple(f"id:{name}" for name in (
    "sign", "part", "disease-a", "disease-above", "disease-b", "sign-in-disease-a", "sign-in-disease-b", "part-in-disease-a"))
SIGNS = ("id:sign", "id:part", "id:low", "id:high")
SCOPES = ("", "", "", "; kg:jurisdiction id:here", "; kg:jurisdiction id:there", "; kg:ageFrom 4", "; kg:ageBelow 4",
          "; kg:severity kg:severeCondition", "; kg:design kg:controlledTrial")
ROUTES = ("; kg:route id:oral", "; kg:route id:spinal")
DIRECTIONS = tuple(f"; kg:direction kg:{way}" for way in ("favoursIntervention", "noDifference", "inconclusive"))
OF_THE_DRUG = tuple(f"; kg:ofTreatment id:drug-a {way}" for way in DIRECTIONS)
# What may be said to one matter: of whom, by which relations, of what, and with what besides.
MATTERS = {
    "uses": ((("drug-a",), ("usedFor", "approvedFor", "indicatedFor"), USES, SCOPES),
             (("tablet-a", "infusion-a"), ("addressesUse",), USES, tuple(f"; kg:stance kg:{one}" for one in STANCES))),
    "routes": ((("drug-a",), ("administeredBy",), ("id:oral", "id:spinal"), SCOPES),
               (("study-a",), ("intervention",), ("id:drug-a",), ROUTES),
               (("drug-a", "tablet-a"), ("productCount",), ("0", "3"), ROUTES)),
    "mechanism": ((("drug-a",), ("bindsTo", "actsAt"), SIGNS, ("", "; kg:site id:low", "; kg:site id:high")),),
    "signs": ((("disease-a", "disease-above", "disease-b"), ("hasSign",), SIGNS, SCOPES),),
    "firsts": ((("drug-a",), ("originator",), ("id:company-a", "id:company-b"), SCOPES),
               (("company-a",), ("mergedInto",), ("id:company-b",), SCOPES)),
    "results": ((("study-a", "study-b"), ("intervention",), ("id:drug-a",), ("",)),
                (("study-a", "study-b"), ("population",), ("id:disease-a", "id:disease-above", "id:sign-in-disease-a"), ("",)),
                (("study-a", "study-b"), ("showedEffectOn",), SIGNS, DIRECTIONS),
                (("study-a", "study-b"), ("sideEffectSeverity",), ("id:low", "id:high"), ("",)),
                (("review-a",), ("foundEvidenceOn",), ("id:sign-in-disease-a",), OF_THE_DRUG)),
    "transfers": ((("drug-a",), ("approvedFor",), ("id:sign-in-disease-a", "id:part-in-disease-a"), ("",)),
                  (("drug-a",), ("usedFor", "indicatedFor"), ("id:sign-in-disease-b", "id:sign-in-disease-a"), ("",)),
                  (("tablet-a",), ("addressesUse",), ("id:sign-in-disease-a",), tuple(f"; kg:stance kg:{s}" for s in STANCES)),
                  (("study-a",), ("intervention",), ("id:drug-a",), ("",)),
                  (("study-a",), ("comparator",), ("id:placebo",), ("",)),
                  (("study-a",), ("population",), ("id:disease-b", "id:sign-in-disease-b"), ("",)),
                  (("study-a",), ("showedEffectOn",), ("id:sign", "id:part"), DIRECTIONS)),
    "study": ((("study-a",), ("enrolment",), ("105", "106"), ("",)), (("study-a",), ("population",), USES[2:6], SCOPES),
              (("study-a",), ("comparator",), ("id:placebo",), ("", "; kg:implies kg:placeboControlled")),
              (("study-a",), ("intervention",), ("id:drug-a",), SCOPES),
              (("study-a",), ("schema:trialDesign",), ("kg:placeboControlled", "kg:controlledTrial"), ("",)),
              (("study-a",), ("showedEffectOn",), SIGNS[:2], DIRECTIONS)),
}


def tale(chance: Random, matters: tuple[str, ...]) -> list[Spoken]:
    """Up to ten claims that speak to some matters, each said somewhere, somehow; no version says one thing twice."""
    said = {}
    for number in range(chance.randint(2, 10)):
        subject, relation, value, more = map(chance.choice, chance.choice([s for m in matters for s in MATTERS[m]]))
        polarity = "affirmed" if "direction" in more else chance.choice(POLARITIES)
        one = Spoken(f"c{number}", chance.choice(VERSIONS), subject, relation, value, chance.choice(MODALITIES), polarity, more)
        said.setdefault((one.version, subject, relation, value, more), one)
    return list(said.values())


def judged(store, policy=EVERYTHING):
    """What the judges make of a store, as the plain reading tells it: disputes, fidelity, changes."""
    disputes, agreements, changes = {}, set(), set()
    for one in comparing.judge(store, QUERIES, policy, releases.read(store, QUERIES)):
        claims, about = names(one), dict(one.about)
        if one.kind == "Dispute":
            disputes[frozenset(claims)] = kind(one).removesuffix("Dispute")
        elif one.kind == "VersionChange":
            changes.add((kind(one), *claims))
        elif kind(one) != "leftOut":
            agreements.add((kind(one), claims[0]))
        elif len(claims) == 1:
            agreements.add(("leftOut", claims[0], local(about[next(p for p in about if p.endswith("ofVersion"))])))
    return disputes, agreements, changes


@pytest.mark.parametrize("matters", [("uses",), ("routes", "mechanism"), ("signs", "firsts"), ("results",), ("study",)])
def test_two_readings_of_claims_held_against_each_other_agree(matters):
    chance = Random("-".join(matters))
    for _ in range(WORLDS):
        claims = tale(chance, matters)
        store = world(*claims, more=AROUND)
        read = Retold(store.quads(), POLICY)
        assert judged(store) == (read.disputes(), read.fidelity(), read.changes()), "\n".join(map(str, claims))


RULES = [rule for rule in build.derivation_rules(project.find(ROOT)) if rule.name in ("edges-said", "edges-labels")]


UNTESTED = (Spoken("approved", "label-copy", "drug-a", "approvedFor", "id:sign-in-disease-a"),
            Spoken("used", "label-copy", "drug-a", "usedFor", "id:sign-in-disease-b"))


def transferred(store, policy=EVERYTHING):
    """The bridge of each use that stands on another disease's approval, by drug, sign and disease, as it was judged."""
    rows = store.select(f"SELECT ?drug ?sign ?disease ?state {{ ?j a kg:Transfer ; kg:policy <{policy}> ; kg:ofDrug ?drug ; "
                        "kg:ofSign ?sign ; kg:ofDisease ?disease ; kg:verdict ?state }").rows
    return {about: local(state) for *about, state in rows for about in [tuple(about)]}


def test_two_readings_of_uses_that_stand_on_another_diseases_approval_agree():
    chance, bridges = Random("transfers"), set()
    for _ in range(WORLDS):
        curated = [Spoken("sign", "list-v1", "disease-b", "hasSign", chance.choice(SIGNS), chance.choice(MODALITIES))]
        claims = [*tale(chance, ("transfers", "signs")), *UNTESTED, *chance.choice(([], curated))]
        store = world(*claims, more=AROUND)
        for rule in RULES:
            build.derive(store, rule, store.prefixes)
        for judge in (gaps.judge, gaps.judge_transfers):
            found = judge(store, QUERIES, EVERYTHING, releases.read(store, QUERIES))
            store.add([quad for one in found for quad in records.judgement_quads(one, GRAPH + "judged")])
        read = Retold(store.quads(), POLICY)
        assert transferred(store) == read.transfers(), "\n".join(map(str, claims))
        bridges |= set(read.transfers().values())
    assert bridges == {"signCurated", "oppositeCurated", "signNotCurated"}


@pytest.mark.parametrize("policy", ["default", "everything-said"])
def test_two_readings_of_the_founding_graph_agree(founding, policy):
    name = f"{ID}policy-{policy}"
    read = Retold(founding.store.quads(), NamedNode(name))
    assert judged(founding.store, name) == (read.disputes(), read.fidelity(), read.changes())
    assert transferred(founding.store, name) == read.transfers()
