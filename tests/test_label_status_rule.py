"""Honesty of label status over small generated worlds: what may never follow, whatever labels and hierarchies say."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from kgtool import authored, judge, project, store
from kgtool.errors import DataError
from kgtool.judge import label_status, releases
from kgtool.judge.hierarchy import Hierarchy
from kgtool.judge.label_status.rule import STATUS, Label, LabelClaim, Use, Who, decide
from kgtool.rdf import LABEL, OBJECT, PREDICATE, SPECIALIZATION_OF, SUBJECT, TYPE
from kgtool.terms import GRAPH, ID, KG, RDFS, XSD, kg

ROOT = Path(__file__).resolve().parents[1]
PROJECT = project.find(ROOT)
PREFIXES = authored.read_prefixes(PROJECT)
QUERIES = judge.queries(PROJECT)

STANCES = list(STATUS)
DENIALS = [stance for stance in STANCES if STATUS[stance] == "AGAINST"]
RANK = {"AGAINST": 0, "OFF": 1, "UNKNOWN": 1, "HEDGED": 2, "ON": 3}
DISEASES = [f"{ID}disease-{n}" for n in range(5)]
SIGNS = [f"{ID}sign-{n}" for n in range(3)]
SEVERE = KG + "severeCondition"
AGES = [0, 3, 4, 11, 12, 40]
PARTS = st.tuples(st.sampled_from([None, *SIGNS]), st.sampled_from([None, *DISEASES])).filter(any)


def hierarchies(terms):
    """A release over the terms: each below some of those before it."""
    drawn = st.tuples(*(st.sets(st.sampled_from(terms[:n])) if n else st.just(set()) for n in range(len(terms))))
    return drawn.map(lambda parents: release_of({t: tuple(sorted(p)) for t, p in zip(terms, parents, strict=True)}))


def release_of(parents, same=None):
    return Hierarchy(ID + "release", "a release", {term: term for term in parents}, parents, same or {})


def label_claims(stances=tuple(STANCES)):
    limits = st.tuples(st.sampled_from([None, SEVERE]), st.sampled_from([None, 4]), st.sampled_from([None, 12]))
    drawn = st.tuples(st.sampled_from(stances), PARTS, limits)
    return drawn.map(lambda parts: LabelClaim("", parts[0], *parts[1], *parts[2]))


def labels(stances=tuple(STANCES)):
    named = st.lists(label_claims(stances), max_size=6).map(
        lambda claims: tuple(replace(claim, iri=f"claim-{n}") for n, claim in enumerate(claims)))
    return st.builds(Label, st.just("product"), st.booleans(), named)


USES = PARTS.map(lambda parts: Use(*parts))
WHO = st.builds(Who, st.sampled_from([None, *AGES]), st.sampled_from([None, SEVERE]))
DEFINITE = st.builds(Who, st.sampled_from(AGES), st.just(SEVERE))


def judged(label, use, who, diseases, signs):
    return decide(label, use, who, diseases.ways(use.disease), signs.ways(use.sign))


@given(labels(tuple(DENIALS)), USES, WHO, hierarchies(DISEASES), hierarchies(SIGNS))
def test_denials_alone_never_yield_on_or_hedged(label, use, who, diseases, signs):
    assert judged(label, use, who, diseases, signs).status in ("AGAINST", "OFF", "UNKNOWN")


@given(labels(), USES, WHO, hierarchies(DISEASES), hierarchies(SIGNS))
def test_on_rests_on_an_indication_of_the_use_or_of_what_it_lies_below(label, use, who, diseases, signs):
    verdict = judged(label, use, who, diseases, signs)
    if verdict.status == "ON":
        best = verdict.best.claim
        assert best.stance == "indicated"
        assert best.disease is None or best.disease in diseases.ways(use.disease)
        assert best.sign is None or best.sign in signs.ways(use.sign)


@given(labels(), USES, DEFINITE, hierarchies(DISEASES), hierarchies(SIGNS), st.data())
def test_a_more_cautious_label_never_raises_a_status(label, use, who, diseases, signs, data):
    if not label.claims:
        return
    at = data.draw(st.integers(0, len(label.claims) - 1))
    stance = data.draw(st.sampled_from(STANCES[: STANCES.index(label.claims[at].stance) + 1]))
    changed = replace(label.claims[at], stance=stance)
    cautious = replace(label, claims=(*label.claims[:at], changed, *label.claims[at + 1:]))
    before, after = (judged(one, use, who, diseases, signs).status for one in (label, cautious))
    assert RANK[after] <= RANK[before]


@given(labels(), USES, hierarchies(DISEASES), hierarchies(SIGNS))
def test_a_question_left_open_is_never_answered_better_than_for_the_best_of_people(label, use, diseases, signs):
    open_status = judged(label, use, Who(), diseases, signs).status
    people = [Who(age, severity) for age in AGES for severity in (SEVERE, KG + "mildCondition")]
    assert RANK[open_status] <= max(RANK[judged(label, use, who, diseases, signs).status] for who in people)


@given(labels(), USES, WHO, hierarchies(DISEASES), hierarchies(SIGNS), label_claims())
def test_a_claim_on_something_else_changes_nothing(label, use, who, diseases, signs, claim):
    elsewhere = replace(claim, iri="claim-x", disease=ID + "disease-of-another-world")
    assert judged(label, use, who, diseases, signs) == judged(
        replace(label, claims=(*label.claims, elsewhere)), use, who, diseases, signs)


@given(labels(), USES, DEFINITE, hierarchies(DISEASES), hierarchies(SIGNS))
def test_among_sentences_without_limits_the_nearest_disease_wins_and_then_caution(label, use, who, diseases, signs):
    free = replace(label, claims=tuple(replace(c, severity=None, age_from=None, age_below=None) for c in label.claims))
    verdict = judged(free, use, who, diseases, signs)
    if verdict.best:
        above = diseases.ways(use.disease)
        far = math.inf if use.disease else 0
        covering = [c for c in free.claims if c.disease in (None, *above) and c.sign in (None, *signs.ways(use.sign))]
        distance = {c.iri: len(above[c.disease]) - 1 if c.disease else far for c in covering}
        near = [c for c in covering if distance[c.iri] == min(distance.values())]
        assert verdict.status == STATUS[min((c.stance for c in near), key=STANCES.index)]


@given(hierarchies(DISEASES), st.sampled_from(DISEASES), st.sampled_from(DISEASES))
def test_what_lies_below_a_term_has_a_way_up_to_it(release, one, other):
    assert (one in release.below(other)) == (other in release.ways(one) and one != other)


def test_a_circle_among_parents_ends():
    circle = release_of({"a": ("b",), "b": ("a",)})
    assert dict(circle.ways("a")) == {"a": ("a",), "b": ("a", "b")}
    assert circle.below("a") == ["b"]


def test_terms_of_another_hierarchy_are_reached_over_exact_matches_only():
    release = release_of({"D:1": ("D:2",), "D:2": ()}, same={"M:1": ("D:1",), "D:2": ("M:2",)})
    assert release.ways("M:1")["M:2"] == ("D:1", "D:2")
    assert dict(release.ways("M:9")) == {"M:9": ("M:9",)}


### Whole judgements, from claims in a store to claims that each rests on

DRUG, OTHER_DRUG, PRODUCT, POLICY = (NamedNode(ID + name) for name in ("drug", "other-drug", "product", "policy-all"))
INGREDIENT, SAID_IN = kg("ingredient"), kg("saidIn")
CLAIMS = NamedNode(GRAPH + "claims")
CLAIM_X = NamedNode(ID + "claim-x")


def quads_of(*triples, graph=CLAIMS):
    return [Quad(*triple, graph) for triple in triples]


def frame(release):
    """All of a world but its claims: a product, a version that counts, conditions, a release of a hierarchy."""
    graph, node = NamedNode(GRAPH + "hierarchy-x"), NamedNode(release.release)
    yield from quads_of(
        (PRODUCT, INGREDIENT, DRUG), (PRODUCT, LABEL, Literal("a product")),
        (PRODUCT, kg("route"), NamedNode(ID + "oral")), (NamedNode(ID + "oral"), LABEL, Literal("oral")),
        (PRODUCT, kg("jurisdiction"), NamedNode(ID + "us")),
        (NamedNode(ID + "us"), LABEL, Literal("US")), (NamedNode(ID + "v"), SPECIALIZATION_OF, NamedNode(ID + "s")),
        (NamedNode(ID + "v"), LABEL, Literal("a label")), (NamedNode(ID + "s"), kg("sourceType"), kg("drugLabel")),
        (POLICY, kg("countsSourceType"), kg("drugLabel")), (kg("severeCondition"), LABEL, Literal("severe")),
        (node, TYPE, kg("HierarchyRelease")), (node, kg("hierarchy"), Literal("mondo")),
        (node, LABEL, Literal("a release")), (node, kg("hierarchyGraph"), graph),
        (node, kg("isDefaultRelease"), Literal(True)),
    )
    for kind, things in (("Disease", DISEASES), ("Sign", SIGNS)):
        for thing in things:
            yield from quads_of((NamedNode(thing), TYPE, kg(kind)), (NamedNode(thing), LABEL, Literal(thing)))
    for stance in STANCES:
        yield from quads_of((kg(stance), LABEL, Literal(stance)))
    for child, parents in release.parents.items():
        yield from quads_of((NamedNode(child), LABEL, Literal(child)), graph=graph)
        for parent in parents:
            yield from quads_of((NamedNode(child), NamedNode(RDFS + "subClassOf"), NamedNode(parent)), graph=graph)


def claim_quads(claim, polarity="affirmed"):
    name, use = NamedNode(ID + claim.iri), NamedNode(f"{ID}use-of-{claim.iri}")
    ages = [(name, kg(part), Literal(str(years), datatype=NamedNode(XSD + "integer")))
            for part, years in (("ageFrom", claim.age_from), ("ageBelow", claim.age_below)) if years is not None]
    severity = [(name, kg("severity"), NamedNode(claim.severity))] if claim.severity else []
    named = claim.disease if claim.sign is None else claim.sign
    both = []
    if claim.sign and claim.disease:
        both = [(use, TYPE, kg("ConditionInContext")), (use, LABEL, Literal("a use")),
                (use, kg("sign"), NamedNode(claim.sign)), (use, kg("inDisease"), NamedNode(claim.disease))]
    return quads_of(
        (name, TYPE, kg("LabelClaim")), (name, SUBJECT, PRODUCT), (name, PREDICATE, kg("addressesUse")),
        (name, OBJECT, use if both else NamedNode(named)), (name, kg("stance"), kg(claim.stance)),
        (name, kg("polarity"), kg(polarity)), (name, SAID_IN, NamedNode(ID + "v")), *ages, *severity, *both,
    )


def judgements(release, claims, more=()):
    quads = [*frame(release), *(quad for claim in claims for quad in claim_quads(claim)), *more]
    made = store.in_memory(quads, PREFIXES)
    return set(label_status.judgements(made, QUERIES, POLICY.value, releases.read(made, QUERIES)))


few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@few
@given(labels(), hierarchies(DISEASES), st.data())
def test_a_claim_that_is_removed_is_cited_by_no_judgement(label, release, data):
    if label.claims:
        gone = data.draw(st.sampled_from(label.claims))
        left = judgements(release, [claim for claim in label.claims if claim is not gone])
        assert not any(ID + gone.iri in judgement.claims for judgement in left)


@few
@given(labels(), hierarchies(DISEASES))
def test_every_judgement_rests_on_claims_that_are_there(label, release):
    there = {ID + claim.iri for claim in label.claims}
    made = judgements(release, label.claims)
    assert all(judgement.claims and set(judgement.claims) <= there for judgement in made)
    assert bool(made) == bool(there)


@few
@given(labels(), hierarchies(DISEASES), label_claims())
def test_a_claim_on_another_drug_changes_no_judgement(label, release, claim):
    unrelated = quads_of(
        (CLAIM_X, SUBJECT, OTHER_DRUG), (CLAIM_X, PREDICATE, kg("usedFor")), (CLAIM_X, SAID_IN, NamedNode(ID + "v")),
        (CLAIM_X, OBJECT, NamedNode(claim.disease or claim.sign)),
    )
    assert judgements(release, label.claims, unrelated) == judgements(release, label.claims)


@few
@given(labels(), hierarchies(DISEASES), label_claims())
def test_a_denied_or_undetermined_label_sentence_gives_no_status(label, release, claim):
    said = replace(claim, iri="claim-x", stance="indicated")
    for polarity in ("denied", "undetermined"):
        made = judgements(release, label.claims, claim_quads(said, polarity))
        resting = {j.verdict for j in made if ID + "claim-x" in j.claims}
        assert not resting & {KG + "ON", KG + "HEDGED", KG + "AGAINST"}


@few
@given(labels(tuple(DENIALS)), hierarchies(DISEASES))
def test_no_judgement_over_denials_is_on_or_hedged(label, release):
    assert not {j.verdict for j in judgements(release, label.claims)} & {KG + "ON", KG + "HEDGED"}


def test_a_parent_that_its_release_does_not_name_is_called_by_its_label_elsewhere():
    release = release_of({DISEASES[1]: (DISEASES[0],)})
    used = quads_of((CLAIM_X, SUBJECT, DRUG), (CLAIM_X, PREDICATE, kg("usedFor")), (CLAIM_X, SAID_IN, NamedNode(ID + "v")),
                    (CLAIM_X, OBJECT, NamedNode(DISEASES[1])))
    made = judgements(release, [LabelClaim("claim-0", "indicated", SIGNS[0], None)], used)
    assert any(f"lies below {DISEASES[0]};" in judgement.reason for judgement in made)


@pytest.mark.parametrize("years", ["twelve", "9" * 5000, "-4", "²"])
def test_an_age_that_is_no_number_of_years_is_an_error_that_names_its_claim(years):
    age = (NamedNode(ID + "claim-0"), kg("ageFrom"), Literal(years, datatype=NamedNode(XSD + "integer")))
    with pytest.raises(DataError, match="claim-0 has a kg:ageFrom that is no whole number; write years"):
        judgements(release_of({}), [LabelClaim("claim-0", "indicated", SIGNS[0], None)], quads_of(age))


def test_judging_does_not_depend_on_the_order_of_the_claims():
    release = release_of({DISEASES[0]: (), DISEASES[1]: (DISEASES[0],)})
    claims = [LabelClaim(f"claim-{n}", stance, SIGNS[0], disease) for n, (stance, disease) in enumerate(
        [("indicated", DISEASES[0]), ("mayBeOfValue", DISEASES[0]), ("notIndicated", DISEASES[1])])]
    assert judgements(release, claims) == judgements(release, claims[::-1])


@pytest.mark.parametrize("age, expected", [(3, "AGAINST"), (5, "ON"), (None, "ON")])
def test_a_nearer_sentence_that_states_its_own_ages_outweighs_a_general_one_on_age(age, expected):
    label = Label("product", True, (LabelClaim("near", "indicated", SIGNS[0], DISEASES[0], age_from=4),
                                    LabelClaim("bar", "efficacyNotEstablished", SIGNS[0], None, age_below=12)))
    ways = {DISEASES[0]: (DISEASES[0],)}
    assert decide(label, Use(SIGNS[0], DISEASES[0]), Who(age), ways, {SIGNS[0]: (SIGNS[0],)}).status == expected


def test_denials_that_leave_nobody_say_no_to_an_open_question():
    label = Label("product", True, (LabelClaim("young", "notIndicated", SIGNS[0], None, age_below=12),
                                    LabelClaim("old", "efficacyNotEstablished", SIGNS[0], None, age_from=12)))
    verdict = decide(label, Use(SIGNS[0], None), Who(), {}, {SIGNS[0]: (SIGNS[0],)})
    assert (verdict.status, verdict.best.claim.iri, [bar.claim.iri for bar in verdict.bars]) == ("AGAINST", "young", ["old"])
