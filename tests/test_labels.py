"""Labels as claims: places in a record's sections, and stances of which only one makes edges."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from pyoxigraph import NamedNode

from kgtool import authored, build, catalogue, passages, project
from kgtool.claim import Passage
from kgtool.errors import DataError
from kgtool.terms import ID, KG
from kgtool.validate import spans

ROOT = Path(__file__).resolve().parents[1]
LABEL = Path(os.environ.get("KGTOOL_SHARED", ROOT.parent / "shared")) / "sources" / "openfda-label-baclofen-tablet.json"
VERSION = ID + "baclofen-tablet-label-00c6c924"
RECORD = json.dumps({"sections": {"uses": "For spasms — “only”.", "odd": 3}, "classes": ["Calmer"]})

needs_label = pytest.mark.skipif(not LABEL.is_file(), reason="the label's record is not at hand beside this repository")


@cache
def graph():
    return build.in_memory(project.find(ROOT))


def claims(stance: str) -> list[str]:
    return [row[0].value for row in graph().select(f"SELECT ?claim {{ ?claim kg:stance kg:{stance} }}").rows]


@pytest.mark.parametrize(("section", "text"), [
    ("", RECORD), ("uses", "For spasms — “only”."), ("sections.uses", "For spasms — “only”."), ("classes.0", "Calmer"),
])
def test_a_section_is_a_name_under_sections_or_the_way_to_a_text(section, text):
    assert passages.within(RECORD, section) == text


@pytest.mark.parametrize(("text", "section", "said"), [
    ("no record", "uses", "is no JSON record"),
    (RECORD, "warnings", "has no section warnings: nothing is at warnings; it has uses, odd, sections, classes"),
    (RECORD, "classes.1", "nothing is at 1; it has the numbers 0 to 0"),
    (RECORD, "odd", "section odd is no text"),
    (RECORD, "sections", "section sections is no text"),
    ("[]", "0", "it has no parts"),
])
def test_a_section_that_is_no_text_is_said_with_what_there_is(text, section, said):
    with pytest.raises(DataError) as error:
        passages.within(text, section)
    assert said in str(error.value)


def test_places_of_two_sections_are_two_passages():
    plain, placed = Passage("v", 0, 5, "a", "b", ""), Passage("v", 0, 5, "a", "b", "", "uses")
    assert len({plain.iri, placed.iri, Passage("v", 0, 5, "a", "b", "", "warnings").iri}) == 3


@needs_label
def test_every_passage_of_the_label_stands_in_the_section_it_names():
    report = spans.report(graph(), {VERSION: LABEL.read_text(encoding="utf-8")})
    assert not report.findings and report.covered["passages"] == 14


@needs_label
def test_a_passage_in_a_section_that_is_not_there_is_a_finding():
    record = json.loads(LABEL.read_text(encoding="utf-8"))
    del record["sections"]["indications_and_usage"]
    report = spans.report(graph(), {VERSION: json.dumps(record)})
    assert {finding.path for finding in report.findings} == {KG + "section"} and len(report.findings) == 11


def test_a_label_claim_keeps_its_stance_and_section():
    (made,) = [claim for claim in authored.read(project.find(ROOT)).claims if claim.iri.endswith("00c6c924-l07")]
    assert (made.kind, made.stance, made.passage.section) == (KG + "LabelClaim", KG + "mayBeOfValue", "indications_and_usage")


@pytest.mark.parametrize("stance", ["mayBeOfValue", "efficacyNotEstablished", "notIndicated", "contraindicated"])
def test_no_stance_but_indicated_makes_an_edge_under_any_policy(stance):
    derived_from = NamedNode("http://www.w3.org/ns/prov#wasDerivedFrom")
    assert claims(stance)
    edges = [q.subject for c in claims(stance) for q in graph().engine.quads_for_pattern(None, derived_from, NamedNode(c), None)]
    assert not [edge for edge in edges if "/edge-" in edge.value]


def test_an_indicated_use_makes_the_three_edges_of_the_products_drug():
    query = """SELECT DISTINCT ?relation ?object { ?edge prov:wasDerivedFrom claim:baclofen-tablet-label-00c6c924-l01 ;
        a kg:Edge ; rdf:subject id:baclofen ; rdf:predicate ?relation ; rdf:object ?object } ORDER BY ?relation"""
    rows = [tuple(map(graph().prefixes.show, row)) for row in graph().select(query).rows]
    assert rows == [("kg:approvedFor", "id:spasticity-in-ms"), ("kg:treats", "HP:0001257"), ("kg:usedInDisease", "MONDO:0005301")]


def test_releases_of_hierarchies_stand_apart_from_what_queries_see():
    assert graph().ask("ASK { GRAPH graph:hierarchy-mondo-2024-07 { MONDO:0001516 rdfs:subClassOf MONDO:0003182 } }")
    assert not graph().ask("ASK { MONDO:0001516 rdfs:subClassOf MONDO:0003182 }")


def test_what_is_not_at_hand_has_no_places():
    read = {version for version, said in authored.read(project.find(ROOT)).versions.items() if said.sha256}
    assert {claim.version for claim in authored.read(project.find(ROOT)).claims if claim.passage} == read


def test_a_use_of_a_sign_or_a_disease_alone_makes_one_short_edge():
    rule = catalogue.read(ROOT / "queries" / "derive" / "edges-treats.rq", ROOT)
    said = """PREFIX kg: <https://w3id.org/kgtool/vocab#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        PREFIX prov: <http://www.w3.org/ns/prov#> INSERT DATA {
        <e:claim> rdf:subject <e:drug> ; rdf:predicate kg:usedFor ; rdf:object <e:use> ; kg:modality kg:flat ;
          kg:polarity kg:affirmed ; kg:saidIn <e:version> . <e:use> a kg:%s . <e:version> prov:specializationOf <e:source> .
        <e:source> kg:sourceType <e:type> . <e:policy> kg:countsSourceType <e:type> ; kg:edgeFromModality kg:flat }"""
    found = {}
    for kind in ("Sign", "Disease"):
        made = ox.Store()
        made.update(said % kind)
        found[kind] = {t.object.value for t in made.query(rule.text) if t.predicate.value.endswith("predicate")}
    assert found == {"Sign": {KG + "treats"}, "Disease": {KG + "usedInDisease"}}
