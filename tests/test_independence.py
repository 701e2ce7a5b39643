"""How many lines stand alone, and the joins of sponsors with makers and of side effects with signs."""

from __future__ import annotations

from collections import Counter

from evidence_worlds import (
    COMPANIES,
    DRUG,
    HERE,
    PART,
    SIGN,
    USE,
    USE_THERE,
    backgrounds,
    merger,
    studies,
    study,
    thing,
    told,
    world,
)
from hypothesis import given
from hypothesis import strategies as st

from kgtool.judge.evidence import independence, joins
from kgtool.judge.evidence.lines import Studied
from kgtool.judge.evidence.world import World

PAGE, LATER = thing("page-v1"), thing("paper-of-two-v1")


def count(counted: World, use=USE) -> int:
    return len(independence.groups(Studied(counted).lines(use), counted))


def test_in_ms_two_lines_are_independent_and_each_says_why(founding):
    rows = list(founding.ask("independent", drug="baclofen", condition="spasticity in MS"))
    assert {row["group"]: row["study"] for row in rows} == {1: "id:baclofen-ms-trial", 2: "id:neurology-1978-study"}
    assert Counter(row["group"] for row in rows) == {1: 2, 2: 1}
    assert "the study" in rows[0]["because"] and "stands alone" in rows[2]["because"]


def test_a_supporting_study_was_run_by_the_drugs_first_maker(founding):
    (row,) = founding.ask("sponsor-is-originator", drug="baclofen")
    assert (row["study"], row["sponsor"], row["originator"], row["supports"]) == (
        "id:baclofen-ms-trial", "id:ciba-geigy", "id:ciba-geigy", "yes")
    assert row["claim"] == "claim:baclofen-ms-trial-abstract-a09"


def test_weakness_is_a_side_effect_of_the_drug_and_a_sign_of_sma(founding):
    (row,) = founding.ask("effect-is-sign", drug="baclofen")
    assert (row["effect"], row["disease"], row["sign"]) == ("HP:0001324", "MONDO:0001516", "HP:0001324")
    assert row["effectClaim"] == "claim:smanewstoday-baclofen-v1-f51"
    assert row["signClaim"] == "claim:smanewstoday-baclofen-v1-f13"


def test_the_studies_of_a_drug_are_listed_with_design_size_and_sponsor(founding):
    rows = {row["study"]: row for row in founding.ask("studies", drug="baclofen")}
    trial = rows["id:baclofen-ms-trial"]
    assert trial["design"] == "controlled trial; double-blind trial; multicentre trial; randomised trial"
    assert (trial["participants"], trial["sponsor"]) == (106, "Ciba-Geigy")
    assert rows["id:hedley-1975-study"]["participants"] == 35 and rows["id:hedley-1975-study"]["sponsor"] is None


def test_two_outcomes_of_one_study_count_once():
    assert count(world(study("one"), told(thing("one"), "showedEffectOn", PART, direction="favoursIntervention"))) == 1


def test_sponsors_count_once_through_mergers():
    both = [study("one", company=COMPANIES[0]), study("two", company=COMPANIES[2])]
    assert count(world(*both)) == 2
    assert count(world(*both, merger(COMPANIES[0], COMPANIES[1]), merger(COMPANIES[2], COMPANIES[1]))) == 1


def test_studies_known_from_one_publishers_pages_count_once_until_their_own_reports_are_there():
    names, shows = ("one", "two"), "showedEffectOn"
    silent = [[said for said in study(name) if not said.relation.endswith(shows)] for name in names]
    pages = [told(thing(name), shows, SIGN, "page", "news", direction="favoursIntervention") for name in names]
    published = {PAGE: frozenset((thing("publisher"),))}
    assert count(world(*silent, pages, publishers=published)) == 1
    assert count(world(study("one"), study("two"), pages, publishers=published)) == 2


def test_a_report_that_cites_another_is_one_with_it():
    both = [study("one"), study("two")]
    assert count(world(*both, cited={LATER: frozenset((thing("paper-of-one-v1"),))})) == 1
    assert count(world(*both, cited={LATER: frozenset((thing("something-else-v1"),))})) == 2


@given(studies(), backgrounds())
def test_there_are_never_more_independent_lines_than_studies(said, around):
    counted = world(said, around)
    for use in (USE, USE_THERE):
        assert count(counted, use) <= len({one.subject for one in said})


@given(studies(), backgrounds(), st.sampled_from(COMPANIES), st.sampled_from(COMPANIES))
def test_merging_two_organisations_never_raises_the_count(said, around, one, other):
    assert count(world(said, around, merger(one, other))) <= count(world(said, around))


@given(studies(), backgrounds(), st.data())
def test_removing_a_claim_leaves_no_join_that_cites_it(said, around, data):
    more = [told(DRUG, "hasSideEffect", SIGN, "page", "news"), told(DRUG, "usedFor", HERE, "page", "news")]
    claims = world(said, around, more).claims
    gone = data.draw(st.sampled_from(claims))
    left = world([one for one in claims if one != gone])
    assert all(gone.claim not in join.claims for join in (*joins.sponsors(left), *joins.effects(left)))


def test_a_sponsor_is_joined_with_the_maker_over_the_merger_that_is_named():
    maker, merged = told(DRUG, "originator", COMPANIES[0], "page", "news"), merger(COMPANIES[0], COMPANIES[1])
    (join,) = joins.sponsors(world(study("one", company=COMPANIES[1]), maker, merged))
    assert {maker.claim, merged.claim} < set(join.claims) and "merger" in join.reason
    assert not list(joins.sponsors(world(study("one", company=COMPANIES[2]), maker, merged)))


def test_a_kind_of_a_side_effect_that_the_disease_shows_is_joined_too():
    effect, use = told(DRUG, "hasSideEffect", PART, "page", "news"), told(DRUG, "usedFor", HERE, "page", "news")
    shown = told(HERE, "hasSign", SIGN, "book", "database")
    (join,) = joins.effects(world(effect, use, shown))
    assert set(join.claims) == {effect.claim, use.claim, shown.claim}
    assert not list(joins.effects(world(effect, shown)))
