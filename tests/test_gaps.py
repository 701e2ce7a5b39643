"""Gaps, trials, and uses that stand on another disease's approval: on the founding graph, and on generated worlds."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from kgtool import authored, build, catalogue, judge, project, records, store
from kgtool.answer import Answer
from kgtool.errors import WrongUse
from kgtool.judge import gaps, releases
from kgtool.judge.asked import Asked
from kgtool.judge.gaps.pico import Question, Search, Study, limits, match
from kgtool.judge.hierarchy import Ancestry
from kgtool.store import Store
from kgtool.terms import CLAIM, GRAPH, ID, KG, PROV, RDF, SCHEMA, Term, kg

PROJECT = project.find(Path(__file__).resolve().parents[1])
PREFIXES = authored.read_prefixes(PROJECT)
QUERIES = judge.queries(PROJECT)
QUESTIONS = catalogue.questions(PROJECT)
RULES = build.derivation_rules(PROJECT)

BACLOFEN, PAPER = ID + "baclofen", ID + "new-paper-v1"
SMA, MS, STROKE, SMA_II = (
    PREFIXES.expand(f"MONDO:{number}") for number in ("0001516", "0005301", "0005098", "0009673")
)
SPASTICITY, PAIN = (PREFIXES.expand(f"HP:{number}") for number in ("0001257", "0012531"))
CONTROLLED, RANDOMISED = KG + "controlledTrial", SCHEMA + "RandomizedTrial"
DEFAULT, REGULATORS = ID + "policy-default", ID + "policy-regulators-only"


# The founding graph, with claims added or left out


@cache
def written() -> tuple[Quad, ...]:
    """All quads of the project before any rule runs."""
    return tuple(build.quads(authored.read(PROJECT), PROJECT))


def claim(name: str, subject: str, relation: str, value: str, **more: Term) -> list[Quad]:
    """One flat affirmed claim of a new paper."""
    iri, graph = NamedNode(f"{CLAIM}new-paper-v1-{name}"), NamedNode(GRAPH + "new-paper-v1")
    said = {
        RDF + "type": kg("Claim"),
        KG + "saidIn": NamedNode(PAPER),
        RDF + "subject": NamedNode(subject),
        RDF + "predicate": NamedNode(relation),
        RDF + "object": NamedNode(value),
        KG + "polarity": kg("affirmed"),
        KG + "modality": kg("flat"),
        KG + "inOwnWords": Literal("Said for a test.", language="en"),
        **{KG + key: term for key, term in more.items()},
    }
    return [Quad(iri, NamedNode(predicate), term, graph) for predicate, term in said.items()]


def paper() -> list[Quad]:
    graph = NamedNode(GRAPH + "entities")
    return [
        Quad(NamedNode(PAPER), NamedNode(PROV + "specializationOf"), NamedNode(ID + "new-paper"), graph),
        Quad(NamedNode(ID + "new-paper"), kg("sourceType"), kg("primaryStudy"), graph),
    ]


def trial(
    name: str,
    disease: str = SMA,
    drug: str = BACLOFEN,
    outcome: str | None = SPASTICITY,
    design: str | None = CONTROLLED,
) -> list[Quad]:
    """What a new paper says of a trial it reports."""
    study = ID + name
    facts = [(KG + "intervention", drug), (KG + "population", disease)]
    facts += [(KG + "showedEffectOn", outcome)] if outcome else []
    facts += [(SCHEMA + "trialDesign", design)] if design else []
    return paper() + [
        quad for n, (relation, value) in enumerate(facts) for quad in claim(f"{name}{n}", study, relation, value)
    ]


def derived(*more: Quad, without: str = "", policy: str = DEFAULT) -> Store:
    """The founding graph with edges, gaps and transfers derived under one policy."""
    gone = NamedNode(CLAIM + without)
    made = store.in_memory([*(q for q in written() if q.subject != gone), *more], PREFIXES)
    for rule in RULES:
        build.derive(made, rule, PREFIXES)
    hierarchies = releases.read(made, QUERIES)
    for judged in (gaps.judge, gaps.judge_transfers):
        made.engine.extend(
            quad for j in judged(made, QUERIES, policy, hierarchies)
            for quad in records.judgement_quads(j, GRAPH + "judgements-tested")
        )
    return made


@cache
def founding() -> Store:
    return derived()


def asked(name: str, graph: Store | None = None, **given: str | None) -> list[dict]:
    graph = graph or founding()
    rows = graph.select(QUESTIONS[name].bind(given))
    then = QUESTIONS[name].then
    answer: Answer = judge.ASKED[then](Asked(graph, QUERIES, rows, {})) if then else rows
    return list(answer)


def states(graph: Store) -> dict[tuple, str]:
    return {(row["rule"], row["disease"], row["outcome"]): row["state"] for row in asked("gaps", graph)}


STATED = ("gap-stated", "MONDO:0001516", None)
OF_A_USE = ("gap-of-a-use", "MONDO:0001516", "HP:0001257")
MECHANISM = ("gap-stated", None, "id:mechanism-of-action")


def test_the_missing_trial_and_the_unknown_mechanism_are_open():
    assert states(founding()) == {STATED: "open", OF_A_USE: "open", MECHANISM: "open"}


def test_a_gap_says_which_study_would_close_it_part_by_part():
    (row,) = [row for row in asked("gaps") if row["rule"] == "gap-of-a-use"]
    assert row["wouldClose"] == (
        "population: people with spinal muscular atrophy; intervention: baclofen; "
        "comparator: placebo or another treatment; outcome: Spasticity; design: controlled trial"
    )


def test_a_matching_trial_closes_both_gaps_by_itself_and_ends_the_transfer():
    graph = derived(*trial("matching"))
    assert states(graph) == {STATED: "closed", OF_A_USE: "closed", MECHANISM: "open"}
    assert not asked("unproven-transfers", graph)
    (row,) = [row for row in asked("gaps", graph) if row["rule"] == "gap-stated" and row["disease"]]
    assert row["study"] == "id:matching" and row["lacks"] is None and row["searched"] is None


def test_a_trial_with_another_outcome_contests_the_gap_of_the_use_and_closes_the_one_that_asks_for_none():
    graph = derived(*trial("other", outcome=PAIN))
    assert states(graph) == {STATED: "closed", OF_A_USE: "contested", MECHANISM: "open"}
    (row,) = [row for row in asked("gaps", graph) if row["rule"] == "gap-of-a-use"]
    assert row["study"] == "id:other" and "asked is Spasticity, known of the study is Pain" in row["lacks"]
    assert {row["trial"] for row in asked("unproven-transfers", graph)} == {"contested"}


def test_a_trial_in_some_of_the_people_asked_about_contests_the_gap():
    graph = derived(*trial("narrower", disease=SMA_II))
    assert states(graph) == {STATED: "contested", OF_A_USE: "contested", MECHANISM: "open"}
    lacking = [row["lacks"] for row in asked("gaps", graph) if row["disease"]]
    assert lacking and all("type II" in lacks for lacks in lacking)


@pytest.mark.parametrize(
    "other",
    [
        {"disease": MS},
        {"drug": ID + "placebo"},
        {"design": None},
        {"design": SCHEMA + "DoubleBlindedTrial"},
    ],
)
def test_a_study_of_other_people_another_drug_or_no_controlled_design_leaves_gaps_open(other):
    assert states(derived(*trial("elsewhere", **other))) == states(founding())


def test_a_design_that_implies_the_one_asked_for_closes_too():
    assert states(derived(*trial("random", design=RANDOMISED)))[STATED] == "closed"


def test_a_comparison_makes_a_trial_a_controlled_one():
    compared = claim("compared", ID + "compared", KG + "comparator", ID + "placebo")
    assert states(derived(*trial("compared", design=None), *compared))[STATED] == "closed"


def test_a_policy_that_does_not_count_the_page_has_no_gap_of_it():
    assert not asked("gaps", derived(policy=REGULATORS), policy=REGULATORS)


def test_a_study_that_does_not_count_closes_nothing():
    graph = [quad for quad in trial("machine") if quad.predicate != kg("sourceType")]
    graph.append(
        Quad(NamedNode(ID + "new-paper"), kg("sourceType"), kg("machineMadeDatabase"), NamedNode(GRAPH + "entities"))
    )
    assert states(derived(*graph)) == states(founding())


# No, none found, nobody looked


def test_no_and_none_found_until_a_date_are_two_answers_about_sma():
    rows = asked("trial-in")
    assert [(row["answer"], row["who"]) for row in rows] == [
        ("no, it says", "id:smanewstoday-baclofen"),
        ("none found until 2018-10", "id:cochrane-cd006282"),
    ]
    assert "only randomised trial" in rows[1]["details"] and "muscle strength" in rows[1]["details"]


def test_where_nobody_looked_the_answer_says_so():
    (row,) = asked("trial-in", disease=STROKE)
    assert row["answer"] == "nobody looked" and row["claims"] is None


def test_without_the_page_only_the_search_is_left():
    assert [row["answer"] for row in asked("trial-in", derived(without="smanewstoday-baclofen-v1-f30"))] == [
        "none found until 2018-10"
    ]


def test_there_are_controlled_trials_in_ms_each_with_its_claims():
    rows = asked("trial-in", disease=MS)
    assert {"id:baclofen-ms-trial", "id:neurology-1978-study"} <= {row["who"] for row in rows}
    assert {row["answer"] for row in rows} == {"yes"} and all(row["claims"] for row in rows)


def test_a_trial_without_the_sign_asked_for_answers_in_part_beside_what_else_is_known():
    rows = asked("trial-in", derived(*trial("other", outcome=PAIN)), sign=SPASTICITY)
    assert [row["answer"] for row in rows] == ["in part", "no, it says", "none found until 2018-10"]


def test_no_policy_is_a_wrong_use():
    with pytest.raises(WrongUse, match="name one policy"):
        asked("trial-in", policy=None)


# What a trial would close


def test_one_trial_in_sma_would_close_both_gaps_and_no_trial_closes_the_mechanism():
    rows = asked("closes")
    assert [(row["outcome"], row["now"], row["then"]) for row in rows] == [
        ("HP:0001257", "open", "closed"),
        (None, "open", "closed"),
    ]


def test_a_planned_trial_with_another_outcome_says_what_it_would_lack():
    (row,) = [row for row in asked("closes", outcome=PAIN) if row["outcome"]]
    assert row["then"] == "contested" and "Spasticity" in row["lacks"]


def test_a_planned_trial_in_other_people_closes_nothing():
    assert not asked("closes", population=STROKE)


@pytest.mark.parametrize("part", ["drug", "population", "design"])
def test_a_planned_trial_without_one_of_its_parts_is_a_wrong_use(part):
    with pytest.raises(WrongUse, match="name all three"):
        asked("closes", **{part: None})


def test_the_best_trial_names_no_more_than_it_needs():
    best, *others = asked("best-trial")
    assert (best["closes"], best["drug"], best["population"]) == (2, "id:baclofen", "MONDO:0001516")
    assert (best["outcomes"], best["design"]) == ("Spasticity", "controlled trial")
    assert not others


def test_no_trial_is_needed_where_all_gaps_are_closed():
    assert not asked("best-trial", derived(*trial("matching")))


# Unproven transfers


def test_the_use_in_sma_stands_on_an_approval_in_ms_and_curators_list_the_opposite_sign():
    rows = asked("unproven-transfers")
    assert {(row["drug"], row["sign"], row["usedIn"]) for row in rows} == {
        ("id:baclofen", "HP:0001257", "MONDO:0001516")
    }
    assert "MONDO:0005301" in {row["approvedIn"] for row in rows}
    assert {(row["trial"], row["bridge"]) for row in rows} == {("open", "opposite is curated")}
    assert (
        "claim:dismech-sma-01aab6e-d01" in rows[0]["reason"]
        and "claim:smanewstoday-baclofen-v1-f10" in rows[0]["reason"]
    )


def test_without_the_curated_opposite_the_sign_is_just_not_curated():
    graph = derived(without="dismech-sma-01aab6e-d01")
    assert {row["bridge"] for row in asked("unproven-transfers", graph)} == {"sign is not curated"}


def test_a_sign_that_curators_list_is_said_to_be_curated_unless_its_opposite_is_too():
    listed = [*claim("sign", SMA, KG + "hasSign", SPASTICITY), *(q for q in paper() if q.predicate != kg("sourceType"))]
    listed.append(Quad(NamedNode(ID + "new-paper"), kg("sourceType"), kg("database"), NamedNode(GRAPH + "entities")))
    assert {row["bridge"] for row in asked("unproven-transfers", derived(*listed))} == {"opposite is curated"}
    graph = derived(*listed, without="dismech-sma-01aab6e-d01")
    assert {row["bridge"] for row in asked("unproven-transfers", graph)} == {"sign is curated"}


def test_without_the_use_there_is_no_transfer_and_no_gap_of_it():
    graph = derived(without="smanewstoday-baclofen-v1-f10")
    assert not asked("unproven-transfers", graph) and OF_A_USE not in states(graph)


# Generated worlds

DISEASES = ("root", "left", "right", "leaf")
PARENT = {"left": "root", "right": "root", "leaf": "left", "blinded": "any design", "random": "controlled"}
ORDER = Ancestry(lambda thing: [(PARENT[thing], "")] if thing in PARENT else [])
maybe = st.sampled_from
questions = st.builds(
    Question,
    maybe(("drug", "other")),
    maybe((*DISEASES, None)),
    maybe((None, "sign", "pain")),
    maybe((None, "controlled", "random")),
)


def parts(values: tuple[str, ...]) -> st.SearchStrategy:
    return st.lists(maybe(values), max_size=2, unique=True).map(
        lambda found: tuple((value, f"claim-{value}") for value in found)
    )


studies = st.builds(
    Study,
    st.uuids().map(str),
    parts(("drug", "other")),
    parts(DISEASES),
    parts(("sign", "pain")),
    parts(("controlled", "random", "blinded")),
)


def state(question: Question, known: list[Study]) -> str:
    found = [m for m in (match(question, study, ORDER, str) for study in known) if m and m.of_the_design]
    return "closed" if any(m.whole for m in found) else "contested" if found else "open"


@given(questions, st.lists(studies, max_size=4), studies)
def test_another_study_never_opens_a_gap_again(question, known, another):
    order = ["open", "contested", "closed"]
    assert order.index(state(question, [*known, another])) >= order.index(state(question, known))


@given(questions, studies)
def test_a_match_rests_on_claims_and_only_on_those_of_its_study(question, study):
    found = match(question, study, ORDER, str)
    said = {claim for pairs in (study.drugs, study.diseases, study.outcomes, study.designs) for _, claim in pairs}
    assert found is None or (found.claims and set(found.claims) <= said)


@given(questions, studies)
def test_a_study_matches_in_whole_just_the_questions_that_ask_for_what_it_has(question, study):
    found = match(question, study, ORDER, str)
    has = (
        any(question.drug == drug for drug, _ in study.drugs)
        and (question.disease is None or any(question.disease == d for d, _ in study.diseases))
        and (question.outcome is None or any(question.outcome == o for o, _ in study.outcomes))
        and (question.design is None or any(question.design in ORDER.kinds(d) for d, _ in study.designs))
    )
    assert bool(found and found.whole) == has


@given(questions, st.lists(maybe(DISEASES), min_size=1, max_size=3, unique=True))
def test_a_search_bears_only_on_diseases_above_or_below_it(question, diseases):
    left_out = limits(Search("review", "2018-10", tuple(diseases), ("claim",)), question, ORDER, str)
    near = question.disease and any(
        d in ORDER.kinds(question.disease) or question.disease in ORDER.kinds(d) for d in diseases
    )
    assert (left_out is not None) == bool(near)


@settings(max_examples=8, deadline=None)
@given(
    st.sampled_from(
        [
            "smanewstoday-baclofen-v1-f10",
            "smanewstoday-baclofen-v1-f30",
            "smanewstoday-baclofen-v1-f08",
            "cochrane-cd006282-pub5-c01",
            "dismech-sma-01aab6e-d01",
            "smanewstoday-baclofen-v1-f24",
        ]
    )
)
def test_a_claim_that_is_withdrawn_is_cited_by_no_judgement(name):
    assert CLAIM + name in inputs(founding())
    assert CLAIM + name not in inputs(derived(without=name))


@settings(max_examples=5, deadline=None)
@given(st.sampled_from([STROKE, MS]), st.sampled_from([KG + "hasSign", KG + "hasQuality"]))
def test_an_unrelated_claim_changes_no_judgement(disease, relation):
    unrelated = [*paper(), *claim("unrelated", disease, relation, PAIN)]
    assert judgements(derived(*unrelated)) == judgements(founding())


def test_no_judgement_is_without_claims_and_each_says_why():
    rows = founding().select(
        "SELECT ?j ?reason (COUNT(DISTINCT ?claim) AS ?n) { ?j kg:verdict ?v ; kg:reason ?reason "
        "OPTIONAL { ?j prov:wasDerivedFrom ?claim . ?claim kg:saidIn ?version } } GROUP BY ?j ?reason ORDER BY ?j"
    )
    assert len(rows) == 4 and all(row["n"] and row["reason"] for row in rows)


def inputs(graph: Store) -> set[str]:
    return {
        row[0].value
        for row in graph.select("SELECT DISTINCT ?c { ?j kg:verdict ?v ; prov:wasDerivedFrom ?c } ORDER BY ?c").rows
    }


def judgements(graph: Store) -> set[str]:
    return {str(quad.triple) for quad in graph.quads(GRAPH + "judgements-tested")}
