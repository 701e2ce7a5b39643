"""From a thing to its claims, from an edge to its source, and from a text's words to the place a claim can name."""

from __future__ import annotations

import json

import pytest

from kgtool import terms
from kgtool.errors import WrongUse


@pytest.fixture
def with_text(run, page):
    run("sources", "add", page)
    return run


def test_words_are_cited_however_their_spaces_were_typed(with_text, world):
    block = with_text("cite", "page-v1", "It can  be taken by mouth").stdout
    written = (world.root / "graph_data" / "claims" / "page-v1.ttl").read_text(encoding="utf-8")
    place, digest = block.splitlines()[1:3]
    assert place.strip() in written and digest.strip() in written
    assert "kg:start 22 ; kg:end 46" in place


def test_words_in_several_places_ask_which(with_text):
    asked = with_text("cite", "page-v1", "can be")
    assert asked.returncode == 2
    assert "these words stand in 2 places; choose one with --nth" in asked.stderr
    assert "1. at 25: It ▸can be◂ taken by mouth." in asked.stderr
    second = with_text("cite", "page-v1", "can be", "--nth", "2").stdout
    assert "kg:start 281" in second
    assert "so there is no --nth 3" in with_text("cite", "page-v1", "can be", "--nth", "3").stderr


def test_words_that_do_not_stand_there_are_answered_with_those_that_do(with_text):
    done = with_text("cite", "page-v1", "can be taken by the nose")
    assert "these words do not stand in the text; only “can be taken by” does" in done.stderr
    assert "not one of them does" in with_text("cite", "page-v1", "xyzzy").stderr
    assert done.returncode == 2


def test_citing_needs_the_text(run):
    done = run("cite", "page-v1", "can be")
    assert "the text of the page, version 1 is not at hand; `kgtool sources add FILE` brings it" in done.stderr
    assert done.returncode == 1


def test_why_walks_from_an_edge_to_the_source(run_built):
    said = run_built("why", "examplin treats spasticity").stdout
    for step in ("edge: examplin treats Spasticity", "by rule edges-treats", "proposition: examplin is approved for",
                 "claim: Exampleland has approved", "source: the page, version 1, code points 49 to 129",
                 "text not at hand"):
        assert step in said
    assert run_built("why", "examplin", "treats", "spasticity").stdout == said
    assert run_built("why", "examplin", "kg:treats", "HP:0001257").stdout == said


def test_why_says_which_claims_count_under_which_policy(founding):
    edge = founding.why("baclofen", "treats", "spasticity")
    claims = {claim.iri: claim.text for proposition in edge.because for claim in proposition.because}
    assert "stands under policies default, everything-said, regulators-only" in edge.text
    assert claims[terms.CLAIM + "smanewstoday-baclofen-v1-f08"].endswith("\ncounts under policies default, everything-said")
    assert "counts" not in claims[terms.CLAIM + "gablofen-label-v39-g01"]


def test_why_follows_one_policy_where_one_is_named(founding):
    edge = founding.why("baclofen treats spasticity", policy="regulators-only")
    claims = [claim.iri for proposition in edge.because for claim in proposition.because]
    assert claims and all("label" in claim or "pmda" in claim for claim in claims)
    none = founding.why("baclofen treats spasticity", policy="peer-reviewed-only")
    assert "stands not under policy peer-reviewed-only, but under policies default" in none.text
    with pytest.raises(WrongUse, match="--policy chooses among the reasons of an edge"):
        founding.why("smanewstoday-baclofen-v1-f08", policy="default")


def test_a_card_and_a_picture_show_what_counts_under_a_policy(founding):
    card, picture = founding.show("baclofen", policy="peer-reviewed-only"), founding.draw("baclofen", policy="regulators-only")
    claims = dict(card.sections)["Claims with it as subject"]
    assert {row["claim"].removeprefix("claim:").partition("-")[0] for row in claims} == {"schmitz", "baclofen"}
    assert "What follows, under the peer-reviewed-only policy" in dict(card.sections)
    whole = founding.draw("baclofen")
    assert 0 < len(picture.edges) < len(whole.edges)
    assert (whole.title, picture.title) == (
        "baclofen: what sources claim", "baclofen: what sources claim, policy regulators-only")
    # regulators speak of uses on labels; what a page says of approvals and effects does not count
    assert {edge.evidence for edge in picture.edges}.isdisjoint({"used", "adverse"})


def test_why_shows_the_words_where_the_text_is_at_hand(with_text):
    assert "▸It can be taken by mouth◂" in with_text("why", "page-v1-mouth").stdout


def test_why_follows_what_a_claim_rests_on(run_built):
    said = json.loads(run_built("why", "page-v1-pain", "-f", "json").stdout)
    assert [step["kind"] for step in said["because"]] == ["source", "claim"]
    assert said["because"][1]["id"] == terms.CLAIM + "page-v1-holds"


def test_a_card_names_its_thing_and_shows_its_claims(run_built):
    said = run_built("show", "exa").stdout
    assert said.startswith("examplin (id:examplin)\n")
    assert "also called: Exa, exampline hydrochloride" in said
    for title in ("Claims with it as subject", "Identifiers elsewhere"):
        assert title in said
    assert "Claims with it as object" not in said


def test_a_condition_in_context_is_on_the_card_of_its_sign_and_its_disease(run_built):
    for name in ("spasticity", "MONDO:0005301"):
        card = " ".join(run_built("show", name).stdout.split())
        assert "Exampleland has approved examplin against spasticity in MS." in card


def test_counts_name_what_they_count(run_built):
    rows = json.loads(run_built("stats", "-f", "json").stdout)
    counts = {(row["what"], row["kind"]): row["count"] for row in rows}
    assert counts["things", "kg:Claim"] == 6 and counts["things", "kg:GapClaim"] == 1
    assert counts["claims by modality", "kg:believed"] == 1
