"""Fidelity of a retelling to the study's own report, and the trail of a hedge from a label to those that repeat it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from comparing_worlds import Spoken, compared, kind, names, spoken
from hypothesis import given, settings

from kgtool.judge.comparing import fidelity

STUDY = "id:study-a a kg:Study . id:study-b a kg:Study ."
TOLD = Spoken("told", "page-v1", "study-a", "enrolment", "106")
OWN = replace(TOLD, name="own", version="paper-v1")
ARTICLE, ABSTRACT = "claim:smanewstoday-baclofen-v1-", "claim:baclofen-ms-trial-abstract-"


def agreements(*claims: Spoken, more: str = STUDY) -> dict[tuple[str, ...], str]:
    return {names(one): kind(one) for one in fidelity.judge(compared(*claims, more=more))}


EXPECTED = [
    ("f33", "confirmed"), ("f34", "confirmed"), ("f35", "confirmed"), ("f36", "confirmed"), ("f37", "confirmed"),
    ("f38", "not found"), ("f39", "confirmed"), ("f40", "confirmed"), ("f41", "confirmed"), ("f42", "overstated"),
    ("f43", "confirmed"), ("f44", "confirmed"), ("f45", "not found"), ("f46", "not found"),
]


@pytest.mark.parametrize(("fact", "agreement"), EXPECTED)
def test_each_fact_of_the_articles_trial_is_held_against_the_abstract(founding, fact, agreement):
    rows = [row for row in founding.ask("fidelity") if row["claim"] == ARTICLE + fact]
    assert [row["agreement"] for row in rows if row["agreement"] != "left out"] == [agreement]


def test_the_article_leaves_out_the_dose_and_who_wrote_the_report(founding):
    left_out = {row["reportClaim"]: row for row in founding.ask("fidelity") if row["agreement"] == "left out"}
    assert {ABSTRACT + "a08", ABSTRACT + "a09", ABSTRACT + "a11", ABSTRACT + "a15"} <= set(left_out)
    assert "dose" in left_out[ABSTRACT + "a08"]["because"]
    assert left_out[ABSTRACT + "a09"]["reportedValue"] == "id:ciba-geigy"


def test_that_randomisation_is_not_found_says_that_the_designs_were_entered_in_full(founding):
    (row,) = [row for row in founding.ask("fidelity") if row["claim"] == ARTICLE + "f38"]
    assert "entered in full" in row["because"] and row["reportClaim"] is None


def test_what_only_peer_reviewed_sources_say_has_no_retelling_here(founding):
    assert not len(founding.ask("fidelity", policy="peer-reviewed-only"))


def test_the_same_value_is_confirmed_and_another_is_said_otherwise():
    assert agreements(TOLD, OWN) == {("told", "own"): "confirmed"}
    assert agreements(TOLD, replace(OWN, object="105"))["told", "own"] == "saidOtherwise"


def test_a_lost_hedge_is_overstated():
    effect = replace(TOLD, relation="showedEffectOn", object="id:sign")
    assert agreements(effect, replace(effect, name="own", version="paper-v1", modality="possible")) == {
        ("told", "own"): "overstated"}


def test_an_effect_that_the_report_found_to_be_none_is_said_otherwise():
    effect = replace(TOLD, relation="showedEffectOn", object="id:sign", more="; kg:direction kg:favoursIntervention")
    none = replace(effect, name="own", version="paper-v1", more="; kg:direction kg:noDifference")
    assert agreements(effect, none) == {("told", "own"): "saidOtherwise"}


def test_people_with_a_sign_in_a_disease_are_people_with_the_disease():
    told, own = (replace(claim, relation="population") for claim in (TOLD, OWN))
    narrow, broad = "id:sign-in-disease-a", "id:disease-a"
    assert agreements(replace(told, object=broad), replace(own, object=narrow))["told", "own"] == "confirmed"
    assert agreements(replace(told, object=narrow), replace(own, object=broad))["told", "own"] == "overstated"


def test_a_comparator_implies_its_design():
    placebo = replace(TOLD, relation="comparator", object="id:placebo", more="; kg:implies kg:placeboControlled")
    own = replace(OWN, relation="schema:trialDesign", object="kg:placeboControlled")
    assert agreements(placebo, own) == {("told", "own"): "confirmed"}


def test_a_study_without_a_report_of_its_own_or_without_a_retelling_is_not_judged():
    assert not agreements(TOLD)
    assert not agreements(OWN)
    assert not agreements(TOLD, replace(OWN, subject="study-b"))


@given(spoken(subject="study-a"))
@settings(max_examples=40, deadline=None)
def test_every_claim_of_a_retelling_is_judged_once(claims):
    found = fidelity.judge(compared(*claims, more=STUDY))
    retold = [names(one)[0] for one in found if kind(one) != "leftOut"]
    has_report = any(claim.version == "paper-v1" for claim in claims)
    expected = [claim.name for claim in claims if claim.version != "paper-v1"] if has_report else []
    assert sorted(retold) == sorted(expected)


@given(spoken(subject="study-a"), spoken(subject="study-b"))
@settings(max_examples=30, deadline=None)
def test_claims_about_another_study_change_nothing(claims, others):
    assert agreements(*claims, *others) == {**agreements(*claims), **agreements(*others)}


def test_the_labels_hedge_is_lost_where_it_is_cited_and_where_it_is_repeated(founding):
    rows = [row for row in founding.ask("hedge-trail", condition="spasticity in spinal cord disorder")]
    found = {row["source"]: (row["became"], row["step"]) for row in rows}
    assert found == {
        "id:neurodkg": ("hedge lost", "cites the label"),
        "id:sider": ("hedge lost", "speaks of the same use"),
        "id:smanewstoday-baclofen": ("hedge lost", "speaks of the same use"),
    }
    assert rows[0]["source"] == "id:neurodkg"


def test_the_labels_negation_is_lost_in_a_list_made_by_machine(founding):
    rows = [row for row in founding.ask("hedge-trail") if row["source"] == "id:every-cure-indications"]
    assert {row["ofDisease"] for row in rows} == {"MONDO:0005098", "MONDO:0006497", "MONDO:0005180"}
    assert {row["became"] for row in rows} == {"negation lost"}


def test_each_type_of_source_tells_the_mechanism_with_its_own_hedge(founding):
    rows = list(founding.ask("mechanism-by-source-type"))
    said = {(row["type"], row["object"], row["polarity"], row["modality"]) for row in rows}
    assert {
        ("news", "id:gaba-receptor", "affirmed", "believed"), ("news", "id:gaba-b-receptor", "affirmed", "flat"),
        ("drug label", "id:gaba-b-receptor", "affirmed", "flat"), ("drug label", "CHEBI:16865", "undetermined", "flat"),
        ("drug label", "UBERON:0002240", "affirmed", "flat"),
    } <= said
    assert [row["type"] for row in rows] == sorted(row["type"] for row in rows)
