"""How sure the evidence makes: expected ratings worked out by hand from the rules, and what no world may break."""

from __future__ import annotations

from dataclasses import replace

import pytest
from evidence_worlds import (
    COMPANIES,
    DRUG,
    FAR,
    HERE,
    PART,
    SIGN,
    THERE,
    USE,
    USE_THERE,
    backgrounds,
    bridge,
    counted_by_default,
    merger,
    review,
    studies,
    study,
    thing,
    told,
    world,
)
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from kgtool.judge.evidence import certainty
from kgtool.judge.evidence.certainty import LEVELS, Rating, Scale
from kgtool.judge.evidence.lines import Studied
from kgtool.judge.evidence.world import Use, World
from kgtool.terms import ID, KG, SCHEMA

OBO = "http://purl.obolibrary.org/obo/"
BACLOFEN, SPASTICITY = NamedNode(ID + "baclofen"), NamedNode(OBO + "HP_0001257")
FROM_MAKER = told(DRUG, "originator", COMPANIES[0], "page", "news")


def rating(use: Use, counted: World) -> Rating | None:
    return Scale(counted).rate(use, Studied(counted).lines(use))


def level(use: Use, counted: World) -> int:
    """As a number; below very low where nothing supports the use."""
    found = rating(use, counted)
    return LEVELS.index(found.level) if found else -1


def steps(use: Use, *claims) -> list[tuple[str, str]]:
    return [(step.name, step.level) for step in rating(use, world(*claims)).steps]


def article(founding) -> World:
    counted = counted_by_default(founding)
    alone = tuple(one for one in counted.claims if one.version.value == ID + "smanewstoday-baclofen-v1")
    return replace(counted, claims=alone)


def asked(founding, condition: str, policy: str = "default") -> list[tuple]:
    rows = founding.ask("certainty", drug="baclofen", condition=condition, policy=policy)
    return [(row["step"], row["down"], row["certainty"], row["claim"]) for row in rows]


def test_the_article_alone_makes_low_certainty_in_ms(founding):
    found = rating(Use(BACLOFEN, SPASTICITY, NamedNode(OBO + "MONDO_0005301")), article(founding))
    assert [(step.name, step.level) for step in found.steps] == [("start", "moderate"), ("imprecision", "low")]
    assert "unconfirmed" in found.steps[0].reason


def test_the_article_alone_makes_very_low_certainty_in_sma(founding):
    found = rating(Use(BACLOFEN, SPASTICITY, NamedNode(OBO + "MONDO_0001516")), article(founding))
    assert [(step.name, step.down, step.level) for step in found.steps] == [
        ("start", 0, "moderate"), ("indirect population", 2, "veryLow"), ("imprecision", 1, "veryLow"),
        ("shaky bridge", 1, "veryLow"),
    ]
    assert found.steps[-1].claims == ("https://w3id.org/kgtool/claim/smanewstoday-baclofen-v1-f20",)


def test_in_ms_the_review_takes_one_more_step(founding):
    assert asked(founding, "spasticity in MS") == [
        ("start", 0, "moderate", "claim:smanewstoday-baclofen-v1-f38"),
        ("imprecision", 1, "low", "claim:baclofen-ms-trial-abstract-a05"),
        ("inconsistency", 1, "very low", "claim:cochrane-cd001332-abstract-c01"),
        ("end", 0, "very low", None),
    ]


def test_in_sma_the_floor_is_reached_and_every_further_step_is_still_named(founding):
    assert [(step, down, level) for step, down, level, _ in asked(founding, "spasticity in SMA")] == [
        ("start", 0, "moderate"), ("indirect population", 2, "very low"), ("imprecision", 1, "very low"),
        ("shaky bridge", 1, "very low"), ("end", 0, "very low"),
    ]


def test_where_only_peer_reviewed_sources_count_nobody_says_that_a_trial_was_randomised(founding):
    assert asked(founding, "spasticity in MS", "peer-reviewed-only")[0][:3] == ("start", 0, "low")


def test_where_only_the_first_maker_found_it_bias_is_suspected(founding):
    assert "publication bias suspected" in [step for step, *_ in asked(founding, "pain in MS")]
    assert "publication bias suspected" not in [step for step, *_ in asked(founding, "spasticity in MS")]


def test_without_a_supporting_study_nothing_is_rated_and_the_answer_says_so(founding):
    (row,) = founding.ask("certainty", drug="baclofen", condition="spasticity in stroke")
    assert (row["step"], row["certainty"]) == ("no start", None)


def test_every_rating_rests_on_lines_in_the_graph(founding):
    dangling = founding.query("""SELECT ?rating ?line WHERE {
        ?rating a kg:CertaintyRating ; prov:wasDerivedFrom ?line . FILTER(STRSTARTS(STR(?line), STR(derived:)))
        FILTER NOT EXISTS { ?line a kg:EvidenceLine } } ORDER BY ?rating ?line""")
    assert not len(dangling)
    resting = "?rating a kg:CertaintyRating ; prov:wasDerivedFrom ?line . ?line a kg:EvidenceLine"
    assert founding.query(f"ASK {{ {resting} }}") is True


def test_a_large_direct_randomised_trial_leaves_high_certainty():
    assert steps(USE, study("one")) == [("start", "high")]


def test_a_trial_whose_own_report_does_not_say_randomised_starts_lower():
    design = [told(thing("one"), SCHEMA + "trialDesign", NamedNode(SCHEMA + name)) for name in ("DoubleBlindedTrial",)]
    page = told(thing("one"), SCHEMA + "trialDesign", NamedNode(SCHEMA + "RandomizedTrial"), "page", "news")
    assert steps(USE, study("one", randomised=False), design, page) == [("start", "moderate")]
    assert steps(USE, study("one", randomised=False), design) == [("start", "low")]


def test_participants_are_pooled_over_studies_and_each_counted_once():
    assert steps(USE, study("one", enrolled=250)) == [("start", "high"), ("imprecision", "moderate")]
    assert steps(USE, study("one", enrolled=250), study("two", enrolled=250)) == [("start", "high")]
    again = told(thing("one"), "showedEffectOn", PART, direction="favoursIntervention")
    assert steps(USE, study("one", enrolled=250), again) == [("start", "high"), ("imprecision", "moderate")]


def test_an_unknown_number_of_participants_is_not_enough():
    assert steps(USE, study("one", enrolled=None)) == [("start", "high"), ("imprecision", "moderate")]


@pytest.mark.parametrize("number", ["about 500", "9" * 5000, "²"])
def test_what_is_no_number_of_participants_counts_nobody(number):
    said = told(thing("one"), "enrolment", Literal(number))
    assert steps(USE, study("one", enrolled=None), said) == [("start", "high"), ("imprecision", "moderate")]


def test_studies_of_the_makers_family_alone_suggest_publication_bias():
    mine = study("one", company=COMPANIES[1])
    assert steps(USE, mine, FROM_MAKER) == [("start", "high")]
    merged = merger(COMPANIES[0], COMPANIES[1])
    assert steps(USE, mine, FROM_MAKER, merged) == [("start", "high"), ("publication bias suspected", "moderate")]
    assert steps(USE, mine, FROM_MAKER, merged, study("two")) == [("start", "high")]


def test_a_firm_bridge_costs_two_steps_and_a_shaky_one_three():
    assert steps(USE_THERE, study("one", FAR), bridge()) == [("start", "high"), ("indirect population", "low")]
    assert steps(USE_THERE, study("one", FAR), bridge(modality="possible"))[-1] == ("shaky bridge", "veryLow")


def test_a_far_study_never_lowers_what_a_near_one_shows():
    assert steps(USE, study("one"), study("two", FAR), bridge(HERE, "possible")) == [("start", "high")]


@pytest.mark.parametrize("direction", ["inconclusive", "noDifference", "favoursComparator"])
def test_a_review_that_does_not_support_costs_one_step(direction):
    assert steps(USE, study("one"), review("review", direction)) == [("start", "high"), ("inconsistency", "moderate")]


@given(studies(), backgrounds(), st.sampled_from(("inconclusive", "noDifference", "favoursComparator")))
def test_a_review_that_does_not_support_never_raises_certainty(said, around, direction):
    for use in (USE, USE_THERE):
        assert level(use, world(said, around, review("another", direction))) <= level(use, world(said, around))


@given(studies(), backgrounds(), st.data())
def test_supporting_studies_of_people_further_away_never_raise_certainty(said, around, data):
    # a study that speaks against the use may well weigh less from further away
    contrary = {one.subject for one in said if one.direction and one.direction != KG + "favoursIntervention"}
    near = [one for one in said if one.relation == KG + "population" and one.object == HERE and one.subject not in contrary]
    if near:
        moved = data.draw(st.sampled_from(near))
        further = [replace(one, object=FAR) if one == moved else one for one in said]
        assert level(USE, world(further, around)) <= level(USE, world(said, around))


@given(studies(), backgrounds())
def test_contesting_a_bridge_never_raises_certainty(said, around):
    contest = told(THERE, "hasSign", SIGN, "critic", "primaryStudy", polarity="denied")
    assert level(USE_THERE, world(said, around, contest)) <= level(USE_THERE, world(said, around))


@given(studies(), backgrounds())
def test_no_step_goes_up_and_the_sum_of_steps_is_the_end(said, around):
    for use in (USE, USE_THERE):
        if found := rating(use, world(said, around)):
            start, *downs = found.steps
            assert start.down == 0 and all(step.down > 0 for step in downs)
            assert LEVELS.index(found.level) == max(0, LEVELS.index(start.level) - sum(step.down for step in downs))


@given(studies(), backgrounds(), st.data())
def test_removing_a_claim_leaves_no_rating_that_cites_it(said, around, data):
    claims = world(said, around).claims
    gone = data.draw(st.sampled_from(claims))
    left = world([one for one in claims if one != gone])
    for use in (USE, USE_THERE):
        found = rating(use, left)
        assert found is None or gone.claim not in certainty.judgement(found, left).claims


@given(studies(), backgrounds())
def test_a_claim_about_something_else_changes_no_rating(said, around):
    before, after = world(said, around), world(said, around, study("other", drug=thing("unrelated")))
    for use in (USE, USE_THERE):
        assert rating(use, before) == rating(use, after)
