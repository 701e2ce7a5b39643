"""Label status on the founding sources: what is on which label, over which path, and for whom."""

import pytest

from kgtool.errors import WrongUse

TABLET, INTRATHECAL, JAPAN = "id:baclofen-tablet-us", "id:baclofen-intrathecal-us", "id:baclofen-intrathecal-jp"
LABEL = "claim:baclofen-tablet-label-00c6c924-"


@pytest.fixture(scope="module")
def status(founding):
    """The one row on a product, of the question with the given parameters."""

    def ask(product, condition, **given):
        asked = {"drug": "baclofen", "condition": condition, "jurisdiction": "US", **given}
        (row,) = [row for row in founding.ask("label-status", **asked) if row["product"] == product]
        return row

    return ask


def test_spasticity_in_ms_is_on_the_tablet_label_by_its_own_sentence(status):
    row = status(TABLET, "spasticity in MS", route="oral")
    assert (row["status"], row["path"], row["claim"]) == ("ON", "exact", LABEL + "l01")
    assert '"indicated"' in row["because"] and LABEL + "l01" in row["because"]


def test_spasticity_in_sma_is_hedged_on_the_tablet_label_under_mondo_and_names_the_path(status):
    row = status(TABLET, "spasticity in SMA", route="oral", hierarchy="mondo")
    assert (row["status"], row["claim"]) == ("HEDGED", LABEL + "l07")
    assert row["path"].startswith("spinal muscular atrophy → anterior horn disorder → spinal cord disorder (")
    assert "curator" in row["because"]


def test_spasticity_in_sma_is_off_the_tablet_label_under_doid_and_says_what_lies_above(status):
    row = status(TABLET, "spasticity in SMA", route="oral", hierarchy="doid")
    assert (row["status"], row["path"], row["claim"]) == ("OFF", None, None)
    assert "motor neuron disease" in row["because"] and "Disease Ontology" in row["because"]


def test_a_release_of_mondo_can_be_asked_for_by_name(status):
    row = status(TABLET, "spasticity in SMA", hierarchy="mondo-fad2512")
    assert (row["status"], row["release"]) == ("HEDGED", "id:hierarchy-mondo-fad2512")


def test_the_intrathecal_label_covers_sma_only_if_severe_and_from_the_age_of_four(status):
    row = status(INTRATHECAL, "spasticity in SMA")
    assert (row["status"], row["onlyIf"], row["path"]) == ("ON", "severe; age ≥ 4", "any disease")


def test_a_condition_that_is_met_is_no_condition_any_more(status):
    assert status(INTRATHECAL, "spasticity in SMA", severity="severe", age=4)["onlyIf"] is None


@pytest.mark.parametrize("condition", [
    "stroke", "cerebral palsy", "Parkinson disease", "spasticity in stroke", "muscle spasm in rheumatic disorder",
])
def test_what_the_tablet_label_excludes_is_against_in_every_hierarchy(status, condition):
    for hierarchy in ("mondo", "doid", "mondo-fad2512"):
        assert status(TABLET, condition, route="oral", hierarchy=hierarchy)["status"] == "AGAINST"


def test_the_intravenous_route_is_against_by_the_sentence_that_forbids_it(status):
    row = status(INTRATHECAL, "spasticity in MS", route="intravenous")
    assert (row["status"], row["claim"]) == ("AGAINST", "claim:gablofen-label-v39-g03")


def test_japan_covers_severe_spasticity_by_its_registry_row(status):
    row = status(JAPAN, "spasticity in SMA", jurisdiction="Japan", route="intrathecal")
    assert (row["status"], row["claim"]) == ("ON", "claim:pmda-approvals-2005-j01")
    assert "severe" in row["onlyIf"]


def test_a_route_without_any_label_is_unknown(founding):
    asked = {"drug": "baclofen", "condition": "spasticity in SMA", "jurisdiction": "Japan", "route": "oral"}
    (row,) = founding.ask("label-status", **asked)
    assert (row["status"], row["product"], row["route"]) == ("UNKNOWN", None, "NCIT:C38288")


@pytest.mark.parametrize("typed, country", [("France", "France"), ("de", "Germany"), ("UK", "United Kingdom")])
def test_a_country_of_which_no_label_is_entered_is_unknown(founding, typed, country):
    (row,) = founding.ask("label-status", condition="spasticity in SMA", jurisdiction=typed)
    assert (row["status"], row["jurisdiction"], row["product"]) == ("UNKNOWN", country, None)
    assert f"jurisdiction {country}, is entered here" in row["because"]


def test_a_country_that_is_spelled_otherwise_is_the_one_the_graph_knows(founding):
    asked = [list(founding.ask("label-status", jurisdiction=typed)) for typed in ("US", "usa", "united  states")]
    assert asked[0] == asked[1] == asked[2] and len(asked[0]) == 2


def test_a_use_of_any_kind_is_a_wrong_use(founding):
    with pytest.raises(WrongUse, match="name a sign, a disease, or one in the other"):
        founding.ask("label-status", condition="any")


@pytest.mark.parametrize("typed, remedy", [("Frnce", "did you mean France"), ("Freedonia", "two-letter code"), ("ZZ", "code")])
def test_what_is_no_country_is_an_error(founding, typed, remedy):
    with pytest.raises(WrongUse, match=f"no country is called '{typed}' here; .*{remedy}"):
        founding.ask("label-status", jurisdiction=typed)


@pytest.mark.parametrize("age", ["131", "999", "-1", "12.5", "four", "", "٣"])
def test_an_age_nobody_has_is_an_error(founding, age):
    with pytest.raises(WrongUse, match="--age takes an age in whole years, from 0 to 130"):
        founding.ask("label-status", age=age)


@pytest.mark.parametrize("severity, expected", [("mild", "OFF"), ("moderate", "OFF"), ("severe", "ON")])
def test_a_milder_condition_is_off_a_label_for_the_severe_one(status, severity, expected):
    assert status(INTRATHECAL, "spasticity in SMA", severity=severity)["status"] == expected


def test_a_disease_that_only_a_hierarchy_has_can_be_asked_about(status):
    row = status(TABLET, "spasticity in anterior horn disorder", age=20)
    assert (row["status"], row["path"].partition(" (")[0]) == ("HEDGED", "anterior horn disorder → spinal cord disorder")
    assert row == status(TABLET, "HP:0001257 in MONDO:0003182", age=20)
    there = status(TABLET, "spasticity in anterior horn disorder", hierarchy="doid")
    assert there["status"] == "OFF" and "does not have anterior horn disorder" in there["because"]


def test_a_disease_of_two_hierarchies_is_the_one_of_that_which_is_followed(status):
    row = status(TABLET, "spasticity in motor neuron disease", hierarchy="doid")
    assert "In Disease Ontology" in row["because"] and "motor neuron disease lies below" in row["because"]


def test_a_disease_that_nothing_has_is_still_an_error(founding):
    with pytest.raises(WrongUse, match="nothing here is called 'the vapours'"):
        founding.ask("label-status", condition="spasticity in the vapours")


@pytest.mark.parametrize("age, tablet, intrathecal", [(3, "AGAINST", "OFF"), (11, "AGAINST", "ON"), (14, "ON", "ON")])
def test_a_childs_age_decides_as_the_labels_say(status, age, tablet, intrathecal):
    assert status(TABLET, "spasticity in MS", age=age)["status"] == tablet
    assert status(INTRATHECAL, "spasticity in MS", age=age)["status"] == intrathecal


def test_a_claim_that_lost_is_named(status):
    row = status(TABLET, "spasticity in MS", age=3)
    assert (row["claim"], row["lost"]) == ("claim:baclofen-tablet-label-other-o03", LABEL + "l01")


def test_a_sign_a_disease_and_a_sign_in_a_disease_are_three_uses(status):
    uses = {"multiple sclerosis": "OFF", "spasticity": "OFF", "spasticity in MS": "ON"}
    assert {use: status(TABLET, use)["status"] for use in uses} == uses


def test_labels_that_a_policy_does_not_count_say_nothing(status):
    row = status(TABLET, "spasticity in MS", policy="peer-reviewed-only")
    assert (row["status"], row["claim"]) == ("UNKNOWN", None)
    assert status(TABLET, "spasticity in MS", policy="regulators-only")["status"] == "ON"


def test_a_hierarchy_of_signs_decides_nothing_about_diseases(status):
    with pytest.raises(WrongUse, match="give mondo or doid"):
        status(TABLET, "spasticity in SMA", hierarchy="hp")


def test_the_sparql_gives_the_candidates_as_it_stands(founding):
    asked = founding.questions["label-status"]
    claims = {row["claim"] for row in founding.query(asked.text)}
    assert {LABEL + "l01", LABEL + "l07", "claim:gablofen-label-v39-g01"} <= claims


def test_the_label_excludes_four_conditions(founding):
    excluded = {row["excluded"] for row in founding.ask("label-excludes", drug="baclofen")}
    assert excluded == {"MONDO:0005098", "MONDO:0006497", "MONDO:0005180", "id:muscle-spasm-in-rheumatic-disorder"}


def test_a_machine_made_list_indicates_three_of_them(founding):
    found = list(founding.ask("excluded-yet-indicated", drug="baclofen"))
    assert {row["condition"] for row in found} == {"MONDO:0005098", "MONDO:0006497", "MONDO:0005180"}
    assert {row["source"] for row in found} == {"id:every-cure-indications"}
    assert not founding.ask("excluded-yet-indicated", drug="baclofen", policy="default").rows


def test_only_sma_changes_its_status_between_releases(founding):
    found = list(founding.ask("label-by-hierarchy", drug="baclofen"))
    changes = {(row["disease"], row["status"], row["otherStatus"]) for row in found}
    assert changes == {("MONDO:0001516", "HEDGED", "OFF")}
    assert {row["otherRelease"] for row in found} == {"id:hierarchy-doid-2024-07"}
    assert all("anterior horn disorder" in row["path"] and row["otherPath"] is None for row in found)


def test_a_class_level_sentence_would_create_uses_that_curated_signs_contradict(founding):
    rows = {row["disease"]: row for row in founding.ask("class-level", drug="baclofen")}
    assert rows["MONDO:0019079"]["contradictedBy"] == "claim:dismech-sma-01aab6e-d01"
    assert rows["MONDO:0017987"]["contradictedBy"] is None
    assert "MONDO:0001516" not in rows, "the article states it of SMA itself"


def test_products_are_listed_by_route_holder_and_year(founding):
    rows = {row["product"]: row for row in founding.ask("approved-products", drug="baclofen", jurisdiction="US")}
    gablofen = rows["id:gablofen"]
    assert (gablofen["route"], gablofen["year"], gablofen["holder"]) == ("NCIT:C38267", 2010, "id:piramal")
    assert rows["id:lioresal-tablet"]["approved"] == "before"


def test_the_judgements_of_the_graph_agree_with_the_answers_to_their_questions(founding):
    judged = founding.query(
        "SELECT ?sign ?disease ?release (GROUP_CONCAT(?verdict; separator=' ') AS ?verdicts) {"
        " { SELECT * { ?j a kg:LabelStatus ; kg:policy id:policy-default ; kg:ofProduct ?product ;"
        " kg:inJurisdiction id:us ; kg:release ?release ; kg:verdict ?status ; kg:ofSign ?sign ; kg:ofDisease ?disease"
        " BIND(STRAFTER(STR(?status), '#') AS ?verdict) } ORDER BY ?product } } GROUP BY ?sign ?disease ?release"
    )
    assert len(judged) > 20
    for row in list(judged)[::4]:
        condition = f"{row['sign']} in {row['disease']}"
        asked = {"drug": "baclofen", "jurisdiction": "US", "condition": condition, "hierarchy": row["release"]}
        rows = founding.ask("label-status", **asked)
        assert " ".join(answer["status"] for answer in rows) == row["verdicts"], condition
