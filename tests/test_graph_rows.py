"""What the graph view starts from: all claims around a thing, drawn by the one grammar, and nothing that is markup."""

from __future__ import annotations

import asyncio
from xml.etree import ElementTree

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from kgtool.views import Edge, Node, Picture, grammar, parts
from kgtool.web.app import app
from kgtool.web.pages import sparql
from kgtool.web.site import Site


@pytest.fixture(scope="module")
def client(founding) -> TestClient:
    return TestClient(app(Site(founding.project)), base_url="http://localhost")


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
