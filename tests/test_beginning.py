"""A researcher with another drug begins from nothing, and comes to answers by the commands alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kgtool.project import Project

THINGS = """
@prefix kg: <https://w3id.org/kgtool/vocab#> .
@prefix id: <https://w3id.org/kgtool/id/> .
@prefix claim: <https://w3id.org/kgtool/claim/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix prov: <http://www.w3.org/ns/prov#> .

id:me a kg:Organisation ; rdfs:label "me"@en .
id:otherol a kg:Drug ; rdfs:label "otherol"@en .
id:by-ear a kg:Route ; rdfs:label "by ear"@en ; kg:unverified "No open identifier was checked." .
id:note a kg:Source ; rdfs:label "a note"@en ; kg:sourceType kg:news ; kg:publisher id:me ; kg:url <https://example.org/note> .
id:note-v1 a kg:SourceVersion ; rdfs:label "a note, version 1"@en ; prov:specializationOf id:note ; kg:textLicence "mine" ;
"""
CLAIM = """
claim:note-v1-f01 a kg:Claim ;
    rdf:subject id:otherol ; rdf:predicate kg:administeredBy ; rdf:object id:by-ear ;
    kg:polarity kg:affirmed ; kg:modality kg:capability ; kg:hedgeCue "can be" ; kg:inOwnWords "It goes into the ear."@en ;
"""


@pytest.fixture
def begun(founding, kgtool, tmp_path) -> Project:
    root = tmp_path / "mine"
    done = kgtool(founding.project, "init", root)
    assert (done.returncode, done.stdout) == (0, "") and "shows how to add a fact" in done.stderr
    return Project(root, root / "build", tmp_path / "texts")


def found(kgtool, project: Project) -> list[str]:
    report = json.loads(kgtool(project, "validate", "-f", "json").stdout)
    return [finding["message"] for finding in report["findings"] if finding["severity"] != "warning"]


def test_a_project_without_data_answers_every_command_and_lacks_a_licence_alone(begun, kgtool):
    assert kgtool(begun, "build").returncode == 0
    assert found(kgtool, begun) == ["needs exactly one dcterms:license, by its IRI"]
    assert "asked of --drug baclofen, as nothing else was named" in kgtool(begun, "ask", "routes").stderr
    for words in (["ask", "gaps"], ["matrix"], ["draw", "-o", "x.svg"], ["export", "x.trig"], ["publish", "site"]):
        done = kgtool(begun, *words)
        assert done.returncode == 0, done.stderr


def test_a_first_claim_is_found_again_in_its_text_and_answers_a_question(begun, kgtool):
    note, data = begun.root.parent / "note.txt", begun.root / "graph_data"
    note.write_text("Otherol can be dropped into the ear.", encoding="utf-8")
    about = data / "about.ttl"
    about.write_text(about.read_text(encoding="utf-8").replace("@en .", "@en ; dcterms:license <https://example.org/l> ."))
    unknown = kgtool(begun, "sources", "add", note)
    assert unknown.returncode == 2 and "is the text of no source version here" in unknown.stderr
    of_the_text = re.search("kg:sha256 .*", unknown.stderr)[0]
    (data / "things.ttl").write_text(f"{THINGS}    {of_the_text} .", encoding="utf-8")
    assert kgtool(begun, "sources", "add", note).returncode == 0
    place = kgtool(begun, "cite", "note-v1", "can be dropped into the ear").stdout
    (data / "claims" / "note-v1.ttl").write_text(
        THINGS.partition("id:me")[0] + CLAIM + place.rstrip().removesuffix(";") + ".", encoding="utf-8")
    assert found(kgtool, begun) == []
    assert "1 of 1 passages confirmed" in kgtool(begun, "sources", "check").stdout
    assert "id:by-ear" in kgtool(begun, "ask", "routes", "--drug", "otherol").stdout
    assert "▸can be dropped into the ear◂" in kgtool(begun, "why", "note-v1-f01").stdout
    assert kgtool(begun, "publish", "site").returncode == 0
    for file in ("ro-crate-metadata.json", "void.ttl", "about.html"):
        published = (begun.root / "site" / file).read_text(encoding="utf-8")
        assert "https://example.org/l" in published and "creativecommons.org/publicdomain" not in published


def test_a_project_is_begun_only_where_nothing_is(begun, kgtool):
    before = sorted(begun.root.rglob("*"))
    for folder in (begun.root, begun.root / "graph_data" / "about.ttl"):
        again = kgtool(begun, "init", folder)
        assert again.returncode == 2 and "holds something already; name a new folder" in again.stderr
    inside = kgtool(begun, "init", begun.root / "queries" / "mine")
    assert inside.returncode == 2 and "which is what is copied; name one outside of it" in inside.stderr
    assert sorted(begun.root.rglob("*")) == before


def test_a_project_that_cannot_be_written_leaves_nothing(begun, kgtool):
    done = kgtool(begun, "init", Path("/proc/mine"))
    assert done.returncode == 2 and "cannot begin a project in /proc/mine: " in done.stderr
