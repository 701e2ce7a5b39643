"""Disputes: what cannot hold together is found once, named for what it is, and nothing else is."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from comparing_worlds import Spoken, compared, kind, names, spoken
from hypothesis import given, settings

from kgtool.judge.comparing import disputes
from kgtool.terms import ID, KG

V1, V2 = "smanewstoday-baclofen-v1-", "smanewstoday-baclofen-v2-"
TABLET, OTHER, GABLOFEN = "baclofen-tablet-label-00c6c924-", "baclofen-tablet-label-other-", "gablofen-label-v39-"
MACHINE_MADE = ("every-cure", "sider")

EXPECTED = [
    # the intravenous route: marketed nowhere, investigated in volunteers, forbidden for one product
    ("scope", V1 + "f03", "orange-book-2024-09-b04"),
    ("scope", V1 + "f03", GABLOFEN + "g03"),
    ("scope", "schmitz-2017-abstract-i01", "orange-book-2024-09-b04"),
    ("scope", "nct01749319-record-i01", "orange-book-2024-09-b04"),
    # side effects
    ("scope", V1 + "f45", "hedley-1975-abstract-h06"),
    ("scope", V1 + "f45", "cjns-1979-abstract-c03"),
    # mechanism
    ("hedge", V2 + "r17", OTHER + "o01"),
    ("hedge", TABLET + "l13", OTHER + "o01"),
    ("hedge", TABLET + "l13", V1 + "f26"),
    ("contradiction", V1 + "f27", OTHER + "o02"),
    ("version", V1 + "f25", V2 + "r17"),
    # uses
    ("version", V1 + "f10", V2 + "r16"),
    ("hedge", TABLET + "l07", "neurodkg-e61bf23-k02"),
    ("hedge", TABLET + "l07", V2 + "r13"),
    ("hedge", TABLET + "l07", "sider-4-s01"),
    ("contradiction", TABLET + "l09", "every-cure-faaa320-e01"),
    ("contradiction", TABLET + "l10", "every-cure-faaa320-e02"),
    ("contradiction", TABLET + "l11", "every-cure-faaa320-e03"),
    ("scope", OTHER + "o03", V1 + "f08"),
    # the bridge, and the merger
    ("hedge", V1 + "f20", "dismech-sma-01aab6e-d01"),
    ("scope", V1 + "f06", "novartis-history-page-m01"),
]


def judged(*claims: Spoken, more: str = "") -> dict[tuple[str, ...], str]:
    return {names(one): kind(one) for one in disputes.judge(compared(*claims, more=more))}


@pytest.mark.parametrize(("expected", "one", "other"), EXPECTED)
def test_sources_disagree_as_they_do(founding, expected, one, other):
    rows = founding.ask("disputes", policy="everything-said")
    first, second = sorted((f"claim:{one}", f"claim:{other}"))
    assert [row["kind"] for row in rows if (row["claim"], row["otherClaim"]) == (first, second)] == [expected]


def test_each_pair_stands_once_with_a_reason_that_names_both_claims(founding):
    rows = list(founding.ask("disputes", policy="everything-said"))
    pairs = [(row["claim"], row["otherClaim"]) for row in rows]
    assert len(set(pairs)) == len(pairs) > 0 and all(one < other for one, other in pairs)
    assert all(row["claim"] in row["because"] and row["otherClaim"] in row["because"] for row in rows)


def test_no_version_is_in_dispute_with_itself(founding):
    rows = founding.ask("disputes", policy="everything-said")
    assert rows and all(row["claim"].rpartition("-")[0] != row["otherClaim"].rpartition("-")[0] for row in rows)


def test_a_policy_leaves_out_disputes_of_sources_it_does_not_count(founding):
    default = list(founding.ask("disputes"))
    assert default and not [row for row in default if any(word in row["because"] for word in MACHINE_MADE)]
    types = {row["type"] for row in founding.ask("disputes", policy="regulators-only")}
    assert types == {"drug label"}


def test_disputes_of_a_drug_leave_out_those_of_a_disease(founding):
    about = {row["about"] for row in founding.ask("disputes", drug="baclofen")}
    assert about == {"id:baclofen"}
    assert {"id:baclofen", "MONDO:0001516", "id:ciba-geigy"} <= {row["about"] for row in founding.ask("disputes")}


def test_silence_is_no_dispute(founding):
    rows = founding.ask("disputes", policy="everything-said")
    routes = [row for row in rows if row["claim"] == f"claim:{V1}f03" or row["otherClaim"] == f"claim:{V1}f03"]
    assert routes and not [row for row in routes if V2 in row["claim"] + row["otherClaim"]]


YES = Spoken("yes", "page-v1", "drug-a", "usedFor", "id:disease-a")
NO = Spoken("no", "paper-v1", "drug-a", "usedFor", "id:disease-a", polarity="denied")


def test_yes_against_no_in_one_scope_is_a_contradiction():
    assert judged(YES, NO) == {("no", "yes"): "contradictionDispute"}


def test_a_label_that_says_no_contradicts_a_list_that_says_yes():
    label = Spoken("label", "label-v1", "tablet-a", "addressesUse", "id:disease-a", more="; kg:stance kg:notIndicated")
    listed = replace(YES, name="listed", relation="indicatedFor")
    assert judged(label, listed) == {("label", "listed"): "contradictionDispute"}


@pytest.mark.parametrize("more", ["; kg:ageFrom 4", "; kg:severity kg:severeCondition"])
def test_what_is_denied_to_some_patients_only_is_a_dispute_of_scope(more):
    assert judged(YES, replace(NO, more=more)) == {("no", "yes"): "scopeDispute"}


def test_two_places_are_two_scopes():
    here, there = replace(YES, more="; kg:jurisdiction id:here"), replace(NO, more="; kg:jurisdiction id:there")
    assert judged(here, there) == {("no", "yes"): "scopeDispute"}


def test_a_denial_of_a_broader_disease_differs_in_precision():
    assert judged(YES, replace(NO, object="id:disease-top")) == {("no", "yes"): "scopeDispute"}
    within = replace(YES, object="id:sign-in-disease-a")
    assert judged(within, replace(NO, object="id:disease-above")) == {("no", "yes"): "scopeDispute"}


def test_the_release_of_a_hierarchy_that_decides_is_named():
    (judgement,) = disputes.judge(compared(YES, replace(NO, object="id:disease-top")))
    assert judgement.release == f"{ID}hierarchy"


def test_a_flat_claim_against_a_hedged_one_is_a_dispute_of_hedge():
    for modality in ("possible", "believed", "unknownStated"):
        assert judged(YES, replace(NO, polarity="affirmed", modality=modality)) == {("no", "yes"): "hedgeDispute"}
    assert judged(YES, replace(NO, polarity="undetermined")) == {("no", "yes"): "hedgeDispute"}


def test_a_denial_may_hedge_as_well_and_is_then_no_contradiction():
    """RULES: a hedge is one flat, one believed or possible, whichever of the two says no; two hedges may both hold."""
    assert judged(YES, replace(NO, modality="believed")) == {("no", "yes"): "hedgeDispute"}
    assert judged(replace(YES, modality="possible"), NO) == {("no", "yes"): "hedgeDispute"}
    assert not judged(replace(YES, modality="possible"), replace(NO, modality="believed"))


def test_a_capability_beside_a_hedge_is_no_dispute():
    assert not judged(replace(YES, modality="capability"), replace(NO, polarity="affirmed", modality="possible"))


def test_a_hedge_about_other_patients_is_no_dispute():
    assert not judged(YES, replace(NO, polarity="affirmed", modality="possible", more="; kg:ageFrom 4"))


def test_two_versions_of_one_source_are_a_dispute_of_version():
    assert judged(YES, replace(NO, version="page-v2")) == {("no", "yes"): "versionDispute"}
    softened = replace(YES, name="later", version="page-v2", modality="possible")
    assert judged(replace(YES, modality="capability"), softened) == {("later", "yes"): "versionDispute"}


def test_two_copies_of_one_label_are_no_versions_of_each_other():
    one, copy = replace(YES, version="label-v1"), replace(NO, version="label-copy")
    assert judged(one, copy) == {("no", "yes"): "contradictionDispute"}
    assert not judged(one, replace(copy, more="; kg:ageFrom 4"))


def test_other_words_for_one_thing_are_a_dispute_of_vocabulary():
    mappings = "".join(
        f"id:{name} skos:exactMatch id:there . "
        for name in ("disease-a", "disease-b")
    )
    assert judged(YES, replace(NO, object="id:disease-b"), more=mappings) == {("no", "yes"): "vocabularyDispute"}


def test_opposites_are_in_dispute_whichever_was_declared_first():
    low = Spoken("low", "page-v1", "disease-a", "hasSign", "id:low")
    high = Spoken("high", "paper-v1", "disease-a", "hasSign", "id:high")
    assert judged(low, high) == {("high", "low"): "contradictionDispute"}
    assert not judged(low, replace(high, polarity="denied"))


def test_a_sign_of_a_disease_meets_the_opposite_sign_of_the_disease_above_it():
    low = Spoken("low", "page-v1", "disease-a", "hasSign", "id:low")
    high = Spoken("high", "paper-v1", "disease-above", "hasSign", "id:high")
    assert judged(low, high) == {("high", "low"): "scopeDispute"}


def test_a_relation_of_one_value_contradicts_another_value():
    one = Spoken("one", "page-v1", "drug-a", "originator", "id:company-a")
    other = Spoken("other", "paper-v1", "drug-a", "originator", "id:company-b")
    assert judged(one, other) == {("one", "other"): "contradictionDispute"}
    assert not judged(*(replace(claim, relation="heldBy") for claim in (one, other)))


def test_no_product_by_a_route_does_not_contradict_that_it_can_be_given_so():
    can = Spoken("can", "page-v1", "drug-a", "administeredBy", "id:vein", "capability")
    none = Spoken("none", "book-v1", "drug-a", "productCount", "0", more="; kg:route id:vein")
    assert judged(can, none) == {("can", "none"): "scopeDispute"}
    assert not judged(can, replace(none, object="3"))


def test_studies_of_one_drug_are_held_against_each_other_and_rest_on_what_they_studied():
    claims = [
        Spoken("mild", "page-v1", "study-a", "sideEffectSeverity", "kg:mild", "reported"),
        Spoken("severe", "paper-v1", "study-b", "sideEffectSeverity", "kg:severe", "reported"),
        Spoken("studied-a", "page-v1", "study-a", "intervention", "id:drug-a"),
        Spoken("studied-b", "paper-v1", "study-b", "intervention", "id:drug-a"),
    ]
    opposite = "kg:mild kg:oppositeOf kg:severe ."
    (judgement,) = disputes.judge(compared(*claims, more=opposite))
    assert names(judgement) == ("mild", "severe") and len(judgement.claims) == 4
    other_drug = replace(claims[3], object="id:drug-b")
    assert not judged(*claims[:3], other_drug, more=opposite)


@given(spoken())
@settings(max_examples=60, deadline=None)
def test_a_claim_is_never_in_dispute_with_itself_nor_twice_with_another(claims):
    found = disputes.judge(compared(*claims))
    pairs = [frozenset(names(one)) for one in found]
    assert all(len(pair) == 2 for pair in pairs) and len(set(pairs)) == len(pairs)
    version = {claim.name: claim.version for claim in claims}
    assert all(len({version[name] for name in pair}) == 2 for pair in pairs)


@given(spoken())
@settings(max_examples=40, deadline=None)
def test_a_dispute_is_the_same_from_either_side(claims):
    turned = {claim.name: f"renamed-{len(claims) - i:02}" for i, claim in enumerate(claims)}
    renamed = [replace(claim, name=turned[claim.name]) for claim in reversed(claims)]
    before = {frozenset(turned[name] for name in pair): found for pair, found in judged(*claims).items()}
    assert before == {frozenset(pair): found for pair, found in judged(*renamed).items()}


@given(spoken())
@settings(max_examples=40, deadline=None)
def test_without_a_claim_its_disputes_are_gone_and_all_others_stay(claims):
    whole = {one.iri: names(one) for one in disputes.judge(compared(*claims))}
    for left_out in claims[:3]:
        rest = [claim for claim in claims if claim != left_out]
        found = {one.iri for one in disputes.judge(compared(*rest))}
        assert found == {iri for iri, pair in whole.items() if left_out.name not in pair}


@given(spoken(), spoken(subject="drug-b"))
@settings(max_examples=40, deadline=None)
def test_claims_about_another_drug_change_nothing(claims, others):
    alone, apart = judged(*claims), judged(*others)
    assert judged(*claims, *others) == {**alone, **apart}


def test_every_dispute_names_a_kind_of_the_list(founding):
    listed = {row["kind"] for row in founding.query(f"SELECT ?kind {{ ?kind a <{KG}DisputeKind> }}")}
    used = founding.query("SELECT DISTINCT ?kind { ?judgement a kg:Dispute ; kg:verdict ?kind }")
    assert {row["kind"] for row in used} <= listed


def test_time_grows_with_the_claims_and_not_with_their_pairs():
    def seconds(count: int) -> float:
        flat = [Spoken(f"c{i}", "page-v1", "drug-a", "usedFor", f"id:disease-{i // 2}") for i in range(count)]
        claims = flat + [replace(one, name=f"d{one.name}", version="paper-v1", modality="reported") for one in flat]
        ground = compared(*claims)
        begun = time.process_time()
        assert not disputes.judge(ground)
        return time.process_time() - begun

    small, large = seconds(500), seconds(4000)
    assert large < 24 * max(small, 0.01)
