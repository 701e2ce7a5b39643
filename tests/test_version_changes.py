"""What a revision added, withdrew, hardened and softened; silence counts only where a version is entered in full."""

from __future__ import annotations

from dataclasses import replace

from comparing_worlds import Spoken, compared, kind, names, spoken
from hypothesis import given, settings

from kgtool.judge.comparing import versions

FULL = "id:page-v1 kg:enteredInFull kg:Relation . id:page-v2 kg:enteredInFull kg:Relation ."
V1, V2 = "claim:smanewstoday-baclofen-v1-", "claim:smanewstoday-baclofen-v2-"
OLD = Spoken("old", "page-v1", "drug-a", "usedFor", "id:disease-a")


def changes(*claims: Spoken, more: str = FULL) -> dict[tuple[str, ...], str]:
    return {names(one): kind(one) for one in versions.judge(compared(*claims, more=more))}


def later(claim: Spoken, **changed: str) -> Spoken:
    return replace(claim, **{"name": f"{claim.name}-later", "version": "page-v2", **changed})


def test_the_page_withdrew_the_intravenous_route_in_silence_and_lost_a_hedge(founding):
    rows = {(row["change"], row["earlierClaim"], row["laterClaim"]) for row in founding.ask("version-changes")}
    assert ("withdrawn", V1 + "f03", None) in rows
    assert ("hardened", V1 + "f25", V2 + "r17") in rows
    assert ("softened", V1 + "f10", V2 + "r16") in rows
    assert ("added", None, V2 + "r13") in rows and ("added", None, V2 + "r18") in rows


def test_the_page_is_not_said_to_have_withdrawn_what_was_only_not_entered(founding):
    rows = founding.ask("version-changes")
    assert [row["earlierClaim"] for row in rows if row["change"] == "withdrawn"] == [V1 + "f03"]


def test_each_change_shows_the_words_of_its_claims_and_a_reason_that_names_them(founding):
    for row in founding.ask("version-changes"):
        claims = [claim for claim in (row["earlierClaim"], row["laterClaim"]) if claim]
        assert claims and all(claim in row["because"] for claim in claims)
        assert bool(row["earlierClaim"]) == bool(row["before"]) and bool(row["laterClaim"]) == bool(row["after"])


def test_a_source_without_another_version_has_no_changes(founding):
    assert not len(founding.ask("version-changes", source="id:sider"))
    assert not len(founding.ask("version-changes", source="id:smanewstoday-baclofen-v1"))


def test_a_policy_that_does_not_count_the_source_sees_no_changes(founding):
    assert not len(founding.ask("version-changes", policy="regulators-only"))


def test_less_of_a_hedge_hardens_and_more_of_one_softens():
    believed = later(OLD, modality="believed")
    assert changes(OLD, believed) == {("old", "old-later"): "softened"}
    assert changes(replace(OLD, modality="possible"), later(OLD)) == {("old", "old-later"): "hardened"}
    assert changes(replace(OLD, modality="unknownStated"), believed) == {("old", "old-later"): "hardened"}
    assert not changes(replace(OLD, modality="capability"), later(OLD))


def test_yes_that_became_no_is_reversed():
    denied = replace(OLD, polarity="denied")
    assert changes(OLD, later(OLD, polarity="denied")) == {("old", "old-later"): "reversed"}
    assert changes(replace(denied, modality="believed"), later(denied)) == {("old", "old-later"): "hardened"}
    assert changes(denied, later(denied, polarity="undetermined")) == {("old", "old-later"): "softened"}


def test_silence_counts_only_where_the_version_is_entered_in_full():
    assert changes(OLD) == {("old",): "withdrawn"}
    assert not changes(OLD, more="id:page-v2 kg:enteredInFull kg:bindsTo .")
    assert changes(OLD, more="id:page-v2 kg:enteredInFull kg:usedFor .") == {("old",): "withdrawn"}
    assert changes(later(OLD)) == {("old-later",): "added"}
    assert not changes(later(OLD), more="")


def test_a_narrower_thing_is_the_same_claim_sharpened_and_no_new_one():
    broad = replace(OLD, object="id:disease-above", modality="possible")
    assert changes(broad, later(OLD)) == {("old", "old-later"): "hardened"}


def test_claims_that_differ_in_a_qualifier_only_are_paired_word_for_word_first():
    tablet, drops = (replace(OLD, name=name, more=f"; kg:doseForm id:{name}") for name in ("tablet", "drops"))
    hedged = later(drops, modality="possible")
    assert changes(tablet, drops, later(tablet), hedged) == {("drops", "drops-later"): "softened"}


@given(spoken())
@settings(max_examples=40, deadline=None)
def test_a_version_that_says_the_same_has_no_changes(claims):
    before = [replace(claim, version="page-v1") for claim in claims]
    assert not changes(*before, *map(later, before))


@given(spoken())
@settings(max_examples=40, deadline=None)
def test_each_claim_changes_at_most_once_and_every_change_names_one(claims):
    found = versions.judge(compared(*claims, more=FULL))
    named = [name for one in found for name in names(one)]
    assert len(set(named)) == len(named) and all(names(one) for one in found)


@given(spoken(), spoken(subject="drug-b"))
@settings(max_examples=30, deadline=None)
def test_claims_about_another_drug_change_nothing(claims, others):
    assert changes(*claims, *others) == {**changes(*claims), **changes(*others)}
