"""What changes with a claim or a policy, and what an answer was made from, on the founding graph."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import groupby, permutations
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from kgtool import build, catalogue, judge, project, terms
from kgtool.analysis import what_if
from kgtool.errors import WrongUse
from kgtool.judge import apart, derived
from kgtool.judge.asked import Asked
from kgtool.store import Store
from kgtool.terms import CLAIM, ID, KG, kg

PROJECT = project.find(Path(__file__).resolve().parents[1])
QUERIES = judge.queries(PROJECT)
QUESTIONS = catalogue.questions(PROJECT)
RULES = build.derivation_rules(PROJECT)
POLICIES = [f"{ID}policy-{name}" for name in ("default", "everything-said", "regulators-only", "peer-reviewed-only")]
DEFAULT, EVERYTHING, REGULATORS, _ = POLICIES


@cache
def founding() -> Store:
    return build.in_memory(PROJECT)


def question(name: str, **given: str | None) -> Asked:
    terms = {key: NamedNode(value) if value else None for key, value in given.items()}
    return Asked(founding(), QUERIES, founding().select(QUESTIONS[name].bind(terms)), terms)


def withdrawn(claim: str) -> list[dict]:
    return list(what_if.what_if(question("what-if", without=CLAIM + claim), RULES))


def asked(name: str, **given: str | None) -> list[dict]:
    return list(judge.ASKED[QUESTIONS[name].then](question(name, **given)))


def test_without_the_intravenous_claim_its_disputes_go_and_the_edge_stands_on_the_studies_alone():
    rows = withdrawn("smanewstoday-baclofen-v1-f03")
    (edge,) = [row for row in rows if row["kind"] == "kg:Edge"]
    assert (edge["what"], edge["before"], edge["after"]) == ("baclofen is given by intravenous", "stands", "stands")
    assert "f03" not in edge["because"] and "schmitz-2017-abstract-i03" in edge["because"]
    assert all(row["after"] is None for row in rows if row["kind"] in ("kg:Dispute", "kg:Proposition"))


def test_without_the_use_in_sma_the_transfer_and_its_gap_are_gone():
    gone = {row["kind"] for row in withdrawn("smanewstoday-baclofen-v1-f10") if row["after"] is None}
    assert {"kg:Edge", "kg:GapStatus", "kg:Transfer", "kg:Proposition"} <= gone


def test_without_the_curated_opposite_the_verdict_on_the_bridge_changes():
    (row,) = [row for row in withdrawn("dismech-sma-01aab6e-d01") if row["kind"] == "kg:Transfer"]
    assert (row["before"], row["after"]) == ("kg:oppositeCurated", "kg:signNotCurated")


def test_claims_that_depend_on_the_withdrawn_one_are_named_however_many_steps_away():
    rows = [row for row in withdrawn("smanewstoday-baclofen-v1-f25") if row["kind"] == "kg:Claim"]
    assert [row["what"] for row in rows] == [f"claim:smanewstoday-baclofen-v1-f{n}" for n in (27, 28, 29)]


def test_deriving_anew_with_a_claim_that_nothing_rests_on_left_out_changes_nothing_else():
    rows = withdrawn("smanewstoday-baclofen-v1-f53")
    assert {row["kind"] for row in rows} <= {"kg:Edge", "kg:Proposition", "kg:VersionChange"}


@pytest.mark.parametrize(
    "claim", ["smanewstoday-baclofen-v1-f20", "baclofen-tablet-label-00c6c924-l01", "novartis-history-page-h01"]
)
def test_no_judgement_cites_a_claim_that_is_withdrawn(claim):
    gone = NamedNode(CLAIM + claim)
    other = what_if.without(founding(), gone, RULES, QUERIES, DEFAULT)
    assert any(founding().quads()) and not [quad for quad in other.quads() if gone in (quad.subject, quad.object)]


def test_without_a_claim_that_nobody_made_everything_is_derived_as_it_stands():
    other = what_if.without(founding(), NamedNode(CLAIM + "nobody-v1-said"), RULES, QUERIES, DEFAULT)
    before, after = (derived.state(graph, QUERIES, DEFAULT) for graph in (founding(), other))
    assert before and not derived.changed(before, after)


def test_kinds_and_verdicts_are_told_by_their_labels(run_founding):
    table = run_founding("ask", "what-if", "-f", "table").stdout
    assert re.search(r"^dispute +scope$", table, re.M) and "what: baclofen is given by intravenous\n" in table
    assert "kg:" not in table and "proposition-" not in table


def test_two_verdicts_on_one_matter_are_told_together():
    matter = derived.Matter(KG + "GapStatus", ())
    before, after = ({matter: derived.Finding(tuple(map(kg, verdicts)), "why")}
                     for verdicts in (("closedGap", "openGap"), ("openGap",)))
    (row,) = derived.rows([matter], before, after, founding())
    assert row == (kg("GapStatus"), Literal(""), Literal("closed and open"), kg("openGap"), Literal("why"))


def test_asking_what_if_leaves_the_graph_as_it_was():
    before = len(founding().engine)
    withdrawn("smanewstoday-baclofen-v1-f10")
    assert len(founding().engine) == before


@pytest.mark.parametrize("given", [{"without": None}, {"policy": None}])
def test_one_claim_and_one_policy_must_be_named(given):
    with pytest.raises(WrongUse, match="name one claim"):
        what_if.what_if(question("what-if", **given), RULES)


def test_for_regulators_baclofen_is_neither_used_in_sma_nor_indicated_for_stroke():
    rows = {
        row["what"]: (row["before"], row["after"])
        for row in asked("compare-policies", one=EVERYTHING, other=REGULATORS)
    }
    assert rows["baclofen is used in spinal muscular atrophy"] == ("stands", None)
    assert rows["baclofen is listed as indicated for stroke disorder"] == ("stands", None)
    assert "baclofen is approved for spasticity in multiple sclerosis" not in rows


@pytest.mark.parametrize(("one", "other"), list(permutations(POLICIES, 2)))
def test_policies_compared_by_the_names_of_their_judgements_differ_as_when_all_of_both_is_read(one, other):
    before, after = (derived.state(founding(), QUERIES, policy) for policy in (one, other))
    read = derived.decided_otherwise(before, after)
    rows = judge.ASKED["compare_policies"](question("compare-policies", one=one, other=other)).rows
    assert read and sorted(rows, key=str) == sorted(derived.rows(read, before, after, founding()), key=str)
    counts = apart.counts(apart.of(founding(), QUERIES, one, other), one, other)
    assert counts == Counter(matter.kind for matter in read)


def test_judgements_of_one_matter_have_names_that_begin_alike_and_no_others_do():
    for policy in POLICIES:
        rows = founding().select(QUERIES["judged-matters"].bind({"policy": policy})).rows
        kinds = {name: kind for name, kind, *_ in founding().select(QUERIES["judgements"].bind({"policy": policy})).rows}
        about = {name: (kinds[name], frozenset((part, value) for _, part, value in of))
                 for name, of in groupby(rows, key=lambda row: row[0])}
        matters = {(terms.matter(name.value), of) for name, of in about.items()}
        assert len(matters) == len({begun for begun, _ in matters}) == len({of for _, of in matters}) > 100


def test_a_policy_differs_from_itself_in_nothing():
    assert not asked("compare-policies", one=DEFAULT, other=DEFAULT)


def test_policies_compared_the_other_way_round_give_the_same_rows_with_sides_changed():
    there = asked("compare-policies", one=DEFAULT, other=REGULATORS)
    back = asked("compare-policies", one=REGULATORS, other=DEFAULT)
    assert [(row["what"], row["before"], row["after"]) for row in there] == [
        (row["what"], row["after"], row["before"]) for row in back
    ]


def test_two_policies_must_be_named():
    with pytest.raises(WrongUse, match="two policies"):
        asked("compare-policies", one=None)


def test_an_answer_names_versions_releases_policy_data_and_programs():
    rows = asked("made-from")
    by_thing = {row["thing"]: row["state"] for row in rows}
    assert by_thing["id:smanewstoday-baclofen-v1"].startswith("sha256 0187482c")
    assert by_thing["id:cochrane-cd006282-pub5"] == "text not at hand"
    assert by_thing["id:hierarchy-mondo-2024-07"] == "2024-07, followed by default"
    assert by_thing["graph:smanewstoday-baclofen-v1"].partition("sha256 ")[2] and "pyoxigraph" in by_thing
    assert {row["kind"] for row in rows} == {"source version", "release", "policy", "graph", "program"}


def test_a_policy_is_made_only_from_the_versions_it_counts():
    things = {row["thing"] for row in asked("made-from", policy=REGULATORS)}
    assert "id:gablofen-label-v39" in things and "id:smanewstoday-baclofen-v1" not in things


def test_the_digest_of_a_graph_changes_with_its_data_and_with_nothing_else():
    anew = build.in_memory(PROJECT)
    rows = founding().select(QUESTIONS["made-from"].text)
    first, again = (list(derived.made_from(Asked(graph, QUERIES, rows, {}))) for graph in (founding(), anew))
    assert first == again
    anew.engine.remove(next(anew.quads("https://w3id.org/kgtool/graph/smanewstoday-baclofen-v1")))
    changed = list(derived.made_from(Asked(anew, QUERIES, rows, {})))
    assert [row["thing"] for row, other in zip(first, changed, strict=True) if row != other] == [
        "graph:smanewstoday-baclofen-v1"
    ]
