"""A node of a use holds what claims and judgements say of it, read one by one; a tally counts what there is."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict

import pytest
from pyoxigraph import NamedNode

from kgtool import build, judge, project, rdf
from kgtool.catalogue import Query, around_judges
from kgtool.store import Store
from kgtool.terms import DERIVED, GRAPH, KG, PROV, kg
from tests.bench import worlds

SPEAKING = {kg(name) for name in ("approvedFor", "usedFor", "indicatedFor", "addressesUse")}
PLACE = ("policy", "useOf", "forSign", "forDisease")
PARTS = {"LabelStatus": "labelStatus", "EvidenceLine": "evidenceLine", "CertaintyRating": "certainty"}
Use = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def generated() -> Store:
    """A generated world with all that follows from it."""
    found, made = project.find(worlds.ROOT), worlds.filled(9000, seed=3)
    build.follow(made, build.derivation_rules(found), judge.queries(found))
    build.merge(made, made)
    return made


@pytest.fixture(scope="module", params=["founding", "generated"])
def graph(request, founding) -> Store:
    return founding.store if request.param == "founding" else request.getfixturevalue("generated")


def value(store: Store, node: NamedNode, part: str) -> str:
    return min((quad.object.value for quad in store.match(node, kg(part))), default="")


def is_a(store: Store, node: NamedNode, *kinds: str) -> bool:
    return any(quad.object.value.removeprefix(KG) in kinds for quad in store.match(node, rdf.TYPE))


def said_of(store: Store) -> dict[tuple[str, str, str], set[NamedNode]]:
    """By drug, sign and disease, the claims that speak of the use."""
    found = defaultdict(set)
    for claim in {quad.subject for relation in SPEAKING for quad in store.match(None, rdf.PREDICATE, relation)}:
        if not any(store.match(claim, kg("saidIn"))):  # a proposition or an edge
            continue
        (subject,), (condition,) = ([q.object for q in store.match(claim, part)] for part in (rdf.SUBJECT, rdf.OBJECT))
        whole = {"Sign": (condition.value, ""), "Disease": ("", condition.value)}
        sign, disease = next((whole[kind] for kind in whole if is_a(store, condition, kind)),
                             (value(store, condition, "sign"), value(store, condition, "inDisease")))
        drugs = [q.object for q in store.match(subject, kg("ingredient"))] or [subject]
        for drug in (drug for drug in drugs if is_a(store, drug, "Drug")):
            found[drug.value, sign, disease].add(claim)
    return found


def expected(store: Store) -> dict[Use, Counter]:
    """Each use under each policy, with all that its node is to say, claim by claim and judgement by judgement."""
    said, found = said_of(store), {}
    for policy in {quad.subject for quad in store.match(None, rdf.TYPE, kg("Policy"))}:
        counts = {quad.object for quad in store.match(policy, kg("countsSourceType"))}
        for use, claims in said.items():
            counted = [claim for claim in claims if type_of(store, claim) in counts]
            found[policy.value, *use] = {(PROV + "wasDerivedFrom", claim.value) for claim in counted}
    for judgement in {quad.subject for quad in store.match(None, kg("verdict"))}:
        for use, part in placed(store, judgement, said):
            found.setdefault(use, set()).add((KG + part, judgement.value))
    return found


def type_of(store: Store, claim: NamedNode) -> NamedNode:
    version = NamedNode(value(store, claim, "saidIn"))
    (source,) = {quad.object for quad in store.match(version, rdf.SPECIALIZATION_OF)}
    return NamedNode(value(store, source, "sourceType"))


def placed(store: Store, judgement: NamedNode, said: dict) -> list[tuple[Use, str]]:
    """The uses that a judgement is about, and as what."""
    policy, drug, sign, disease, outcome = (
        value(store, judgement, part) for part in ("policy", "ofDrug", "ofSign", "ofDisease", "outcome"))
    if is_a(store, judgement, "Dispute"):
        sides = {quad.object for quad in store.match(judgement, kg("ofClaim"))}
        return [((policy, *use), "dispute") for use, claims in said.items() if claims & sides]
    if is_a(store, judgement, "GapStatus") and disease:
        there = [use for use in said if (use[0], use[2]) == (drug, disease)]
        met = [use for use in there if outcome in ("", use[1])] if there else [(drug, outcome, disease)]
        return [((policy, *use), "gap") for use in met]
    part = next((PARTS[kind] for kind in PARTS if is_a(store, judgement, kind)), "")
    return [((policy, drug, sign, disease), part)] if part and (sign or disease) else []


def test_a_use_says_what_claims_and_judgements_say_of_it(graph):
    told, places = defaultdict(set), {}
    for quad in graph.quads(GRAPH + "uses"):
        told[quad.subject].add((quad.predicate.value, quad.object.value))
    for node, parts in told.items():
        place = [min((v for p, v in parts if p == KG + part), default="") for part in PLACE]
        assert node.value == f"{DERIVED}use-{hashlib.sha256(' '.join(place).encode()).hexdigest()[:16]}"
        plain = {(KG + part, v) for part, v in zip(PLACE, place, strict=True) if v}
        places[tuple(place)] = parts - plain - {(rdf.TYPE.value, KG + "Use")}
        assert parts - places[tuple(place)] == plain | {(rdf.TYPE.value, KG + "Use")}
    assert places == expected(graph)
    linked = {part for parts in places.values() for part, _ in parts}
    assert linked == {PROV + "wasDerivedFrom", *(KG + part for part in (*PARTS.values(), "gap", "dispute"))}


def test_a_tally_counts_what_there_is(graph):
    told = {}
    for tally in {quad.subject for quad in graph.match(None, rdf.TYPE, kg("Tally"))}:
        told[tuple(value(graph, tally, part) for part in ("ofKind", "ofVerdict", "policy"))] = int(value(graph, tally, "count"))
    judged = {quad.subject for quad in graph.match(None, kg("verdict"))}
    counted = Counter((kind.object.value, value(graph, one, "verdict"), value(graph, one, "policy"))
                      for one in judged for kind in graph.match(one, rdf.TYPE))
    edges, things = graph.match(None, rdf.TYPE, kg("Edge")), graph.match(predicate=rdf.TYPE, graph=NamedNode(GRAPH + "entities"))
    counted += Counter((KG + "Edge", "", value(graph, edge.subject, "policy")) for edge in edges)
    counted += Counter((thing.object.value, "", "") for thing in things)
    counted[KG + "Claim", "", ""] = len({quad.subject for quad in graph.match(None, kg("saidIn"))})
    assert told == counted


def test_each_thing_says_how_many_claims_are_about_it(graph):
    ends = {(quad.subject, quad.object) for end in (rdf.SUBJECT, rdf.OBJECT) for quad in graph.match(None, end)}
    said = {quad.subject for quad in graph.match(None, kg("saidIn"))}
    entered = {quad.subject for quad in graph.match(predicate=rdf.TYPE, graph=NamedNode(GRAPH + "entities"))}
    counted = Counter(thing for claim, thing in ends if claim in said and thing in entered)
    assert {quad.subject: int(quad.object.value) for quad in graph.match(None, kg("claimCount"))} == counted


def test_rules_that_read_judgements_run_after_the_judges():
    after = {"a": (), "b": ("judges",), "c": ("a", "b"), "d": ("a",)}
    rules = [Query(name, name, "", after=others) for name, others in after.items()]
    assert [[rule.name for rule in part] for part in around_judges(rules)] == [["a", "d"], ["b", "c"]]


def test_an_export_under_one_policy_has_its_own_uses_and_no_tallies(founding):
    default, whole = (founding.export(".nq", policy=policy).decode() for policy in ("default", None))
    every = {"default", "everything-said", "regulators-only", "peer-reviewed-only"}
    for written, policies in ((default, {"default"}), (whole, every)):
        uses = [line for line in written.splitlines() if line.endswith(f"<{GRAPH}uses> .") and f"<{KG}policy>" in line]
        assert {line.split()[2].rpartition("policy-")[2].rstrip(">") for line in uses} == policies
        assert (f"<{GRAPH}tallies>" in written) == (written is whole)  # of a part they would be wrong
