"""What the graph view starts from: all claims around a thing, drawn by the one grammar, and nothing that is markup."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

import httpx
import pytest
from starlette.requests import Request

from kgtool.terms import KG
from kgtool.views import Edge, Node, Picture, claims, grammar, parts
from kgtool.views.claims import Said
from kgtool.views.gaps import Gap
from kgtool.web.pages import sparql


@pytest.fixture(scope="module")
def client(site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site, follow_redirects=True) as client:
        yield client


def test_every_claim_about_the_thing_is_a_row(founding, client):
    found = client.get("/graph/id:baclofen.json").json()
    said = {claim["id"] for edge in found["edges"] for claim in edge["claims"]}
    asked = founding.query(
        "SELECT ?c { ?c kg:polarity kg:affirmed ; kg:saidIn ?v ; rdf:subject id:baclofen ; rdf:object/rdfs:label ?l ; "
        "rdf:predicate ?p FILTER(?p NOT IN (kg:usePolicy, kg:describedAs, kg:studiedIn)) }"
    )
    assert len(asked) > 30
    assert {row["c"] for row in asked} <= said


def test_each_row_has_its_ends_and_the_look_of_its_evidence(client):
    found = client.get("/graph/id:baclofen.json").json()
    things = {node["id"] for node in found["nodes"]}
    assert found["focus"] == "id:baclofen" and "id:baclofen" in things
    assert all({edge["start"], edge["end"]} <= things and edge["evidence"] in found["lines"] for edge in found["edges"])
    assert all(found["lines"][kind]["colour"] == look.colour for kind, look in grammar.LINES.items())
    assert [edge for edge in found["edges"] if edge["evidence"] == "gap"], "a gap is a thing"


def test_the_strongest_rows_of_the_thing_come_first(client):
    found = client.get("/graph/id:baclofen.json").json()
    own = [edge["evidence"] for edge in found["edges"] if found["focus"] in (edge["start"], edge["end"])]
    assert own[0] == "approved" and own[-1] == "said"
    assert [edge["evidence"] for edge in found["edges"]][: len(own)] == own


def test_results_of_its_studies_are_rows_of_a_drug(client):
    found = client.get("/graph/id:baclofen.json").json()
    assert [edge for edge in found["edges"] if edge["label"].startswith("showed an effect on")]


def test_a_gap_that_no_source_states_is_a_hollow_thing_of_its_own(client):
    found = client.get("/graph/id:baclofen.json").json()
    (judged,) = [edge for edge in found["edges"] if edge["evidence"] == "judged"]
    hollow = {node["id"]: node for node in found["nodes"] if node["kind"] == "gap"}
    assert judged["start"] == "id:baclofen" and judged["label"] == "open gap"
    assert "What would close it: population:" in judged["sentence"]
    assert hollow[judged["end"]]["label"] == "no controlled trial in spasticity in spinal muscular atrophy"
    assert [edge["end"] for edge in found["edges"] if edge["start"] == judged["end"]] == ["id:spasticity-in-sma"]
    assert judged["claims"][0]["id"].startswith("derived:judgement-")
    assert client.get(judged["claims"][0]["page"]).status_code == 200


def test_a_gap_that_a_source_states_is_drawn_once_with_what_was_judged_of_it(client):
    edges = client.get("/graph/id:baclofen.json").json()["edges"]
    (stated,) = [edge for edge in edges if any(claim["id"].endswith("v1-f30") for claim in edge["claims"])]
    assert stated["evidence"] == "gap" and stated["label"] == "was not studied in; open gap"
    assert [claim["id"].partition("-")[0] for claim in stated["claims"]] == ["claim:smanewstoday", "derived:judgement"]


@pytest.mark.parametrize("about", ["baclofen", "spinal muscular atrophy", "spasticity in spinal muscular atrophy", ""])
def test_a_still_picture_has_the_gaps_of_the_graph_view(founding, about):
    still, view = founding.draw(about), founding.around(about or "baclofen")
    hollow = [{node for node in picture.nodes if node.kind == "gap"} for picture in (view, still)]
    assert hollow[0] and hollow[0] <= hollow[1]
    drawn = [{edge for edge in picture.edges if edge.evidence in ("gap", "judged")} for picture in (view, still)]
    assert drawn[0] <= drawn[1]
    assert "judged" in grammar.evidence_counts(still), "and the legend tells of it"


def test_what_one_source_claims_is_drawn_without_what_was_judged_from_all(founding):
    assert "judged" not in grammar.evidence_counts(founding.draw("baclofen", source="id:smanewstoday-baclofen-v1"))


def test_a_stated_gap_that_a_study_has_closed_is_no_hollow_thing():
    drug, disease = Node("d", "drug", "drug"), Node("c", "condition", "condition")
    words = "was not studied in"
    said = Said(drug, KG + "notStudiedIn", words, disease, None, None, True, "", "flat", "", "Never tested.", "claim:g", False)
    gap = Gap("derived:judgement-1", "closed", "nothing", "", drug, None, disease, None, ("claim:g",))
    drawn = claims.neighbourhood([said], [gap], "t", "d")
    still = claims.picture([said], "t", "d", [gap])
    assert (set(still.nodes), still.edges) == (set(drawn.nodes), drawn.edges)
    assert {node.kind for node in drawn.nodes} == {"drug", "condition"}
    assert [(edge.evidence, edge.label) for edge in drawn.edges] == [("disputed", "was not studied in; closed gap")]
    still_open = claims.neighbourhood([said], [replace(gap, state="contested")], "t", "d")
    assert "gap" in {node.kind for node in still_open.nodes}


def test_under_a_policy_only_what_counts_is_drawn(client):
    every, some = (client.get(f"/graph/id:baclofen.json{policy}").json() for policy in ("", "?policy=peer-reviewed-only"))
    said = [{claim["id"] for edge in rows["edges"] for claim in edge["claims"]} for rows in (every, some)]
    assert said[1] - said[0] <= {claim for claim in said[1] if claim.startswith("derived:")}, "judged under another policy"
    assert not [claim for claim in said[1] if claim.startswith("claim:smanewstoday")]
    assert {node["rows"].partition("?")[2] for node in some["nodes"] if node.get("rows")} == {"policy=peer-reviewed-only"}
    page = client.get("/thing/id:baclofen?policy=peer-reviewed-only").text
    assert all(f"/graph/id:baclofen.{suffix}?policy=peer-reviewed-only" in page for suffix in ("json", "svg"))


def test_what_is_not_there_is_said_plainly(client):
    for suffix in ("json", "svg"):
        answer = client.get(f"/graph/id:baclofe.{suffix}")
        assert answer.status_code == 404 and "did you mean" in answer.text


def test_the_still_picture_is_that_of_draw(client):
    answer = client.get("/graph/smanewstoday-baclofen.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    ElementTree.fromstring(answer.content)


def test_a_label_with_markup_stays_text():
    hostile = '<script>alert(1)</script>"&'
    nodes = (Node("a", hostile, "drug", hostile), Node("b", "b", "other"))
    made = parts.of(Picture(hostile, nodes, (Edge("a", "b", "said", hostile, hostile, "", hostile),), "a"))
    drawn = ElementTree.fromstring(f"<g>{made['nodes'][0]['drawn']}</g>")
    assert {each.tag for each in drawn.iter()} == {"g", "rect", "text"}


def test_triples_become_a_picture_of_who_claims_them(client):
    said = ["https://w3id.org/kgtool/id/baclofen", "https://w3id.org/kgtool/vocab#usedFor",
            "https://w3id.org/kgtool/id/spasticity-in-sma", True]
    unsaid = ["https://w3id.org/kgtool/id/baclofen", "https://w3id.org/kgtool/vocab#duration", "<b>long</b>", False]
    made = client.post("/query/picture", json=[said, unsaid]).json()
    kinds = {edge["evidence"]: edge for edge in made["edges"]}
    assert kinds["used"]["claims"] and not kinds["said"]["claims"]
    assert "<b>" not in "".join(node["drawn"] for node in made["nodes"])


@pytest.mark.parametrize(("body", "status", "said"), [
    ("{", 400, "not triples"), ("[[1]]", 400, "not triples"), ("[" * 90_000, 400, "not triples"), ("3", 400, "not triples"),
    ('[["a b", "c", "d", true]]', 400, "not triples"), (" " * 500_000, 413, "larger than 400,000 bytes"),
])
def test_what_is_no_list_of_triples_is_refused(client, body, status, said):
    answer = client.post("/query/picture", content=body)
    assert answer.status_code == status and said in answer.text


def test_a_body_without_end_is_refused_while_it_is_read():
    async def receive():
        return {"type": "http.request", "body": b" " * 100_000, "more_body": True}

    answer = asyncio.run(sparql.picture(Request({"type": "http", "method": "POST", "headers": []}, receive)))
    assert answer.status_code == 413


def test_the_editor_knows_what_the_graph_uses(client):
    known = client.get("/query.json").json()
    assert known["classes"]["https://w3id.org/kgtool/vocab#Drug"] == "drug"
    assert "https://w3id.org/kgtool/vocab#approvedFor" in known["properties"]
    assert {"label-status", "routes"} <= {example["name"] for example in known["examples"]}
