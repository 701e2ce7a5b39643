"""Which results bear on which use, how directly, over which bridge: on the real data, and on small worlds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from evidence_worlds import (
    ABOVE,
    DRUG,
    FAR,
    HERE,
    MATE,
    OPPOSITE,
    PART,
    SIGN,
    THERE,
    USE,
    USE_THERE,
    WHOLE,
    backgrounds,
    bridge,
    counted_by_default,
    review,
    studies,
    study,
    thing,
    told,
    world,
)
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from kgtool.judge.evidence import lines
from kgtool.judge.evidence.lines import Studied
from kgtool.judge.evidence.world import Told, Use
from kgtool.terms import ID

OBO = "http://purl.obolibrary.org/obo/"
IN_SMA = Use(NamedNode(ID + "baclofen"), NamedNode(OBO + "HP_0001257"), NamedNode(OBO + "MONDO_0001516"))


def bearing(use: Use, *claims: Told | list[Told]) -> list[tuple[str, str, str, str]]:
    found = Studied(world(*claims)).lines(use)
    parts = [(line.study.value, line.support, line.population, line.outcome_directness) for line in found]
    return [(study.rpartition("/")[2], *rest) for study, *rest in parts]


def test_the_article_alone_gives_sma_one_study_over_spasticity_resting_on_a_hedged_claim(founding):
    counted = counted_by_default(founding)
    article = tuple(one for one in counted.claims if one.version.value == ID + "smanewstoday-baclofen-v1")
    (line,) = Studied(replace(counted, claims=article)).lines(IN_SMA)
    assert (line.study.value, line.support) == (ID + "baclofen-ms-trial", "supports")
    assert (line.intervention, line.population, line.comparator) == ("exact", "low", "exact")
    assert line.outcome_directness == "exact"
    assert line.bridge.sign == IN_SMA.sign
    assert line.bridge.rests_on.claim.endswith("/smanewstoday-baclofen-v1-f20")
    assert (line.bridge.rests_on.surely, line.bridge.against) == ("possible", ())


def test_with_all_sources_the_bridge_to_sma_is_contested_and_every_line_is_far(founding):
    rows = list(founding.ask("evidence-for", drug="baclofen", condition="spasticity in SMA"))
    assert {(row["study"], row["outcome"]) for row in rows} == {
        ("id:baclofen-ms-trial", "HP:0001257"), ("id:baclofen-ms-trial", "HP:0001276"),
        ("id:neurology-1978-study", "HP:0001257"),
    }
    for row in rows:
        assert (row["support"], row["population"], row["bridge"]) == ("supports", "low", "HP:0001257")
        assert (row["restsOn"], row["restsOnModality"]) == ("claim:smanewstoday-baclofen-v1-f20", "contested, possible")
        assert row["claim"] in row["because"] and row["restsOn"] in row["because"]


def test_in_ms_the_trials_are_direct_and_the_review_is_neutral(founding):
    rows = list(founding.ask("evidence-for", drug="baclofen", condition="spasticity in MS"))
    assert [(row["study"], row["support"], row["population"], row["intervention"], row["bridge"]) for row in rows] == [
        ("id:baclofen-ms-trial", "supports", "exact", "exact", None),
        ("id:baclofen-ms-trial", "supports", "exact", "exact", None),
        ("id:neurology-1978-study", "supports", "exact", "exact", None),
        ("id:cochrane-cd001332", "neutral", "exact", "low", None),
    ]


def test_a_study_that_only_tells_of_side_effects_does_not_bear_on_efficacy(founding):
    asked = [row["study"] for row in founding.ask("evidence-for", drug="baclofen", condition="spasticity in MS")]
    assert "id:hedley-1975-study" not in asked and "id:cjns-1979-study" not in asked
    assert "id:hedley-1975-study" in [row["study"] for row in founding.ask("studies", drug="baclofen")]


def test_regulators_alone_tell_of_no_study(founding):
    assert not len(founding.ask("evidence-for", condition="spasticity in MS", policy="regulators-only"))


def test_every_line_asked_for_is_in_the_graph_with_its_claims(founding):
    for row in founding.ask("evidence-for", drug="baclofen", condition="spasticity in SMA"):
        line, claims = row["judgement"], f"{row['claim']}, {row['restsOn']}"
        assert founding.query(f"ASK {{ {line} a kg:EvidenceLine ; prov:wasDerivedFrom {claims} }}") is True


def test_who_asks_of_any_use_is_answered_of_each_that_is_judged_those_of_any_cause_among_them(founding):
    judged = founding.query("SELECT ?sign ?disease { ?line a kg:EvidenceLine ; kg:policy id:policy-default ; kg:ofSign ?sign "
                            "OPTIONAL { ?line kg:ofDisease ?disease } }")
    answered = founding.ask("evidence-for", drug="baclofen", condition="any")
    uses = {(row["sign"], row["disease"]) for row in answered}
    assert uses == {(row["sign"], row["disease"]) for row in judged}
    assert ("HP:0001257", None) in uses
    assert not any(row["disease"] is None for row in founding.ask("evidence-for", drug="baclofen", condition="MS"))


def test_a_use_that_nobody_speaks_of_is_judged_when_asked_about(founding):
    (row,) = [r for r in founding.ask("evidence-for", condition="muscle spasm in MS", policy="peer-reviewed-only")][:1]
    assert (row["study"], row["support"]) == ("id:baclofen-ms-trial", "supports")


def test_the_weakest_link_to_sma_is_the_claim_that_sma_leads_to_spasticity(founding):
    (row,) = founding.ask("weakest-link", drug="baclofen", condition="spasticity in SMA")
    assert (row["link"], row["claim"]) == ("bridge", "claim:smanewstoday-baclofen-v1-f20")


def test_the_premises_for_sma_are_a_set_each_with_its_standing(founding):
    rows = list(founding.ask("premises", drug="baclofen", condition="spasticity in SMA"))
    standing = {(row["part"], row["status"], row["claim"]) for row in rows}
    assert {
        ("effect", "reported", "claim:smanewstoday-baclofen-v1-f42"),
        ("bridge", "contested", "claim:smanewstoday-baclofen-v1-f20"),
        ("bridge contested", "flat", "claim:dismech-sma-01aab6e-d01"),
        ("bridge rests on", "possible", "claim:smanewstoday-baclofen-v1-f19"),
        ("shared sign", "possible", "claim:smanewstoday-baclofen-v1-f32"),
        ("same effect in both", "unsaid", None),
        ("how it works", "believed", "claim:smanewstoday-baclofen-v1-f25"),
        ("how it works", "unknownStated", "claim:smanewstoday-baclofen-v1-f24"),
        ("not tested there", "unknownStated", "claim:smanewstoday-baclofen-v1-f30"),
    } <= standing


@pytest.mark.parametrize(("people", "population"), [(HERE, "exact"), (ABOVE, "moderate")])
def test_the_population_is_as_direct_as_its_disease_is_near(people, population):
    assert bearing(USE, study("one", people)) == [("one", "supports", population, "exact")]


def test_another_disease_bears_only_where_somebody_says_that_the_target_has_the_sign():
    assert bearing(USE_THERE, study("one", FAR)) == []
    assert bearing(USE_THERE, study("one", FAR), bridge()) == [("one", "supports", "low", "exact")]
    assert bearing(USE_THERE, study("one", FAR), bridge(polarity="denied")) == []


@pytest.mark.parametrize(("outcome", "directness"), [(SIGN, "exact"), (PART, "high"), (WHOLE, "moderate")])
def test_the_outcome_is_as_direct_as_its_sign_is_near(outcome, directness):
    assert bearing(USE, study("one", outcome=outcome)) == [("one", "supports", "exact", directness)]


def test_an_outcome_of_another_kind_does_not_bear():
    assert bearing(USE, study("one", outcome=thing("nausea"))) == []


@pytest.mark.parametrize(("direction", "support"), [
    ("favoursIntervention", "supports"), ("favoursComparator", "disputes"), ("noDifference", "neutral"),
    ("inconclusive", "neutral"),
])
def test_the_direction_of_a_result_decides_what_it_supports(direction, support):
    assert bearing(USE, study("one", direction=direction)) == [("one", support, "exact", "exact")]


def test_a_denied_result_supports_nothing():
    given_to = [one for one in study("one") if not one.relation.endswith("showedEffectOn")]
    denied = told(thing("one"), "showedEffectOn", SIGN, direction="favoursIntervention", polarity="denied")
    assert bearing(USE, given_to, denied) == [("one", "neutral", "exact", "exact")]


def test_the_own_report_of_a_study_counts_before_what_others_say_of_it():
    page = told(thing("one"), "showedEffectOn", SIGN, "page", "news", direction="favoursIntervention")
    assert bearing(USE, study("one", direction="noDifference"), page) == [("one", "neutral", "exact", "exact")]


def test_the_surest_claim_carries_the_bridge_and_an_opposite_sign_contests_it():
    sure, hedged = bridge(source="book"), bridge(modality="possible", source="page")
    opposite = told(THERE, "hasSign", OPPOSITE, "database", "database")
    (line,) = Studied(world(study("one", FAR), sure, hedged, opposite)).lines(USE_THERE)
    assert line.bridge == lines.Bridge(SIGN, sure, (opposite,))
    assert not line.bridge.firm


def test_a_study_of_another_drug_of_the_class_is_listed_apart_with_low_directness():
    classes = [told(drug, "inDrugClass", thing("class"), "label", "drugLabel") for drug in (DRUG, MATE)]
    studied = Studied(world(study("one", drug=MATE), classes))
    assert studied.lines(USE) == []
    assert [(line.study, line.intervention) for line in studied.lines_of_class(USE)] == [(thing("one"), "low")]


def test_a_review_of_the_class_bears_in_its_own_disease_and_not_over_a_bridge():
    member = told(DRUG, "inDrugClass", thing("class"), "label", "drugLabel")
    about = review("review", "inconclusive", treatment=thing("class"))
    assert bearing(USE, member, about) == [("review", "neutral", "exact", "exact")]
    assert bearing(USE_THERE, member, about, bridge()) == []


@given(studies(), backgrounds(), st.data())
def test_removing_a_claim_leaves_no_line_that_cites_it(said, around, data):
    claims = world(said, around).claims
    gone = data.draw(st.sampled_from(claims))
    left = world([one for one in claims if one != gone])
    for use in (USE, USE_THERE):
        assert all(gone.claim not in line.claims for line in Studied(left).lines(use))


@given(studies(), backgrounds())
def test_a_claim_about_something_else_changes_no_line(said, around):
    other = [*study("other", drug=thing("unrelated")), told(FAR, "hasSign", thing("nausea"), "book", "database")]
    before, after = world(said, around), world(said, around, other)
    for use in (USE, USE_THERE):
        judged = [[lines.judgement(line, one) for line in Studied(one).lines(use)] for one in (before, after)]
        assert judged[0] == judged[1]


@given(studies(), backgrounds())
def test_the_order_of_claims_is_no_matter(said, around):
    forth = world(said, around)
    back = replace(forth, claims=forth.claims[::-1])
    for use in (USE, USE_THERE):
        judged = [{lines.judgement(line, one).iri for line in Studied(one).lines(use)} for one in (forth, back)]
        assert judged[0] == judged[1]
