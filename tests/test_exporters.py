"""Exports: nothing lost on the way back in, the same bytes every time, and the notice in each."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import networkx
import pyoxigraph as ox
import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Quad

from kgtool import build, project, rdf, store
from kgtool.errors import WrongUse
from kgtool.exporters import EXPORTERS, jsonld, select, write
from kgtool.exporters.selection import DERIVED_FROM
from kgtool.exporters.tables import COLUMNS
from kgtool.terms import CLAIM, DCTERMS, DERIVED, GRAPH, ID, KG, NOT_MEDICAL_ADVICE, RDF, RDFS, XSD, kg

# rdflib's own parsers use what rdflib has declared old
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("KGTOOL_SHARED", ROOT.parent / "shared"))
OX_FORMATS = rdf.FORMATS
RDFLIB_FORMATS = {".ttl": "turtle", ".trig": "trig", ".nt": "nt", ".nq": "nquads", ".rdf": "xml", ".jsonld": "json-ld"}
WITH_GRAPHS = (".trig", ".nq", ".jsonld")
TRIPLES_ONLY = (".ttl", ".nt", ".rdf")
SMA, SPASTICITY = (f"http://purl.obolibrary.org/obo/{local}" for local in ("MONDO_0001516", "HP_0001257"))
EVERYTHING_SAID = ID + "policy-everything-said"
RESTRICTIONS = {
    "whole": {},
    "policy": {"policy": EVERYTHING_SAID},
    "about": {"about": SMA},
    "source": {"source": ID + "smanewstoday-baclofen"},
    "nothing said": {"about": ID + "policy-default", "source": ID + "smanewstoday-baclofen"},
}
VALUES = ('a "b"', "a\\b", "tab\there", "line\nline", "return\rhere", "\u2028", "", "  ", "é 😀", "</a>&")


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    """The graph with the founding article alone: what is counted here does not change when sources come."""
    root = tmp_path_factory.mktemp("article")
    for folder in ("ontology", "queries", "graph_data"):
        shutil.copytree(ROOT / folder, root / folder)
    for other in (root / "graph_data" / "claims").iterdir():
        if other.stem != "smanewstoday-baclofen-v1":
            other.unlink()
    return build.in_memory(project.find(root))


@pytest.fixture(scope="module")
def prefixes(graph):
    return graph.prefixes


def plain(term) -> tuple:
    """A term as something that both libraries' terms can be compared by."""
    if isinstance(term, NamedNode | rdflib.URIRef):
        return (getattr(term, "value", str(term)),)
    if isinstance(term, Literal):
        return (term.value, term.language, term.datatype.value)
    datatype = rdflib.RDF.langString if term.language else term.datatype or rdflib.XSD.string
    return (str(term), term.language, str(datatype))


def by_oxigraph(content: bytes, suffix: str) -> set[tuple]:
    quads = ox.parse(content, format=OX_FORMATS[suffix])
    return {tuple(plain(term) for term in (quad if suffix in WITH_GRAPHS else quad.triple)) for quad in quads}


def by_rdflib(content: bytes, suffix: str) -> set[tuple]:
    read = rdflib.Dataset() if suffix in WITH_GRAPHS else rdflib.Graph()
    read.parse(data=content, format=RDFLIB_FORMATS[suffix])
    return {tuple(plain(term) for term in statement) for statement in (read.quads() if suffix in WITH_GRAPHS else read)}


def meant(selection, suffix: str) -> set[tuple]:
    if suffix in WITH_GRAPHS:
        return {tuple(plain(term) for term in quad) for quad in selection.in_graphs}
    return {tuple(plain(term) for term in quad.triple) for quad in selection.in_one_graph}


def small(turtle: str, prefixes, graph: str = "entities") -> store.Store:
    """A store of one graph, with the project's prefixes known."""
    heads = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in prefixes.items())
    triples = ox.parse(heads + turtle, format=ox.RdfFormat.TURTLE)
    return store.in_memory([Quad(*triple.triple, NamedNode(GRAPH + graph)) for triple in triples], prefixes)


def empty(prefixes) -> store.Store:
    return store.in_memory([], prefixes)


# RDF

@pytest.fixture(scope="module")
def selected(graph):
    """Each restriction's selection, selected once."""
    return {name: select(graph, **asked) for name, asked in RESTRICTIONS.items()}


@pytest.mark.parametrize("suffix", RDFLIB_FORMATS)
@pytest.mark.parametrize("restriction", RESTRICTIONS)
def test_what_is_read_back_is_what_was_selected_with_the_notice_and_the_licence(selected, suffix, restriction):
    selection = selected[restriction]
    content = write(selection, suffix)
    read = by_oxigraph(content, suffix)
    assert read == by_rdflib(content, suffix) == meant(selection, suffix)
    said = {statement[1]: statement[2][0] for statement in read if statement[0] == (ID + "kgtool-graph",)}
    assert said[(DCTERMS + "rights",)] == NOT_MEDICAL_ADVICE
    assert said[(DCTERMS + "license",)] == "https://creativecommons.org/publicdomain/zero/1.0/"


@pytest.mark.parametrize("suffix", WITH_GRAPHS)
def test_a_whole_export_with_named_graphs_is_the_whole_store(graph, suffix):
    stored = {tuple(plain(term) for term in quad) for quad in graph.quads()}
    assert by_oxigraph(write(select(graph), suffix), suffix) == stored


@pytest.mark.parametrize("suffix", RDFLIB_FORMATS)
def test_an_empty_graph_still_says_that_it_is_not_medical_advice(prefixes, suffix):
    content = write(select(empty(prefixes)), suffix)
    ((subject, predicate, value, *_),) = by_rdflib(content, suffix)
    assert (subject, predicate, value[0]) == ((ID + "kgtool-graph",), (DCTERMS + "rights",), NOT_MEDICAL_ADVICE)
    assert by_oxigraph(content, suffix) == by_rdflib(content, suffix)


@pytest.mark.parametrize("suffix", (".ttl", ".trig", ".nt", ".nq"))
def test_line_formats_begin_with_the_notice(graph, suffix):
    assert write(select(graph), suffix).decode().splitlines()[0] == f"# {NOT_MEDICAL_ADVICE}"


def test_rdf_xml_begins_with_the_notice(graph):
    lines = write(select(graph), ".rdf").decode().splitlines()
    assert lines[0].startswith("<?xml ") and lines[1] == f"<!-- {NOT_MEDICAL_ADVICE} -->"


def test_turtle_uses_the_project_s_prefixes_and_only_those_in_use(graph):
    written = write(select(graph, about=SMA), ".ttl").decode()
    assert "claim:smanewstoday-baclofen-v1-f10 a kg:Claim ;" in written
    assert "@prefix HP:" in written and "@prefix ROR:" not in written


def test_values_of_every_shape_come_back_exactly(prefixes):
    said = [Literal(value) for value in VALUES] + [Literal(value, language="de-at") for value in VALUES]
    said += [Literal(f"{n}", datatype=NamedNode(XSD + "integer")) for n in (0, -7, 10**14, 10**15, 10**18)]
    said += [Literal(text, datatype=NamedNode(XSD + kind)) for text, kind in
             (("true", "boolean"), ("P35D", "duration"), ("2024-02-29", "date"), ("1.5", "decimal"), ("1E0", "double"))]
    # rdfs:label is read as English, the others as nothing in particular
    quads = [
        Quad(NamedNode(ID + "a"), predicate, value, NamedNode(GRAPH + "entities"))
        for predicate in (kg("madeUp"), kg("hedgeCue"), NamedNode(RDFS + "label"), kg("url"))
        for value in said
    ]
    selection = select(store.in_memory(quads, prefixes))
    for suffix in RDFLIB_FORMATS:
        assert by_oxigraph(write(selection, suffix), suffix) == meant(selection, suffix), suffix


def test_json_ld_keeps_values_that_do_not_fit_their_property(graph, prefixes):
    integer, boolean = (NamedNode(XSD + kind) for kind in ("integer", "boolean"))
    odd = (Literal("x"), Literal("x", language="en"), Literal("7", datatype=integer), Literal("true", datatype=boolean),
           Literal("id:a"), Literal("Claim"), NamedNode(ID + "b"), NamedNode(KG + "Claim"))
    quads = [
        Quad(NamedNode(ID + "a"), predicate, value, NamedNode(GRAPH + "entities"))
        for predicate in (kg("start"), kg("states"), kg("firstWords"), rdf.LABEL, rdf.TYPE, rdf.OBJECT)
        for value in odd
    ]
    selection = select(store.in_memory([*graph.quads(GRAPH + "vocabulary"), *quads], prefixes))
    content = write(selection, ".jsonld")
    assert by_oxigraph(content, ".jsonld") == meant(selection, ".jsonld")
    assert by_rdflib(content, ".jsonld") == meant(selection, ".jsonld")


def test_json_ld_does_not_take_an_iri_for_a_compact_one(prefixes):
    iris = ("id:baclofen", "kg:Claim", "schema:x", "urn:x:y", "mailto:a@b.c", ID + "baclofen")
    awkward = [NamedNode(iri) for iri in iris]
    quads = [Quad(node, kg("url"), other, NamedNode(GRAPH + "entities")) for node in awkward for other in awkward]
    quads += [Quad(node, node, node, NamedNode(GRAPH + "entities")) for node in awkward]
    selection = select(store.in_memory(quads, prefixes))
    assert by_oxigraph(write(selection, ".jsonld"), ".jsonld") == meant(selection, ".jsonld")
    assert by_rdflib(write(selection, ".jsonld"), ".jsonld") == meant(selection, ".jsonld")


def test_json_ld_is_short_and_needs_no_other_file(graph):
    document = json.loads(write(select(graph), ".jsonld"))
    assert isinstance(document["@context"], dict)
    assert document["@context"]["saidIn"] == {"@id": "kg:saidIn", "@type": "@id"}
    (claims,) = [one for one in document["@graph"] if one["@id"] == "graph:smanewstoday-baclofen-v1"]
    first = claims["@graph"][0]
    assert first["@id"] == "claim:smanewstoday-baclofen-v1-f01" and first["@type"] == "Claim"
    assert (first["saidIn"], first["start"], first["end"]) == ("id:smanewstoday-baclofen-v1", 0, 29)
    assert first["inOwnWords"] == "Baclofen belongs to the muscle relaxants."


def test_the_context_alone_covers_the_whole_vocabulary(graph):
    words = list(graph.quads(GRAPH + "vocabulary"))
    context = jsonld.context(words, graph.prefixes)
    kinds = (NamedNode(RDF + "Property"), NamedNode(RDFS + "Class"))
    declared = {quad.subject.value for quad in words if quad.predicate == rdf.TYPE and quad.object in kinds}
    ours = {iri.removeprefix(KG) for iri in declared if iri.startswith(KG)}
    assert ours and ours <= set(context)
    assert set(graph.prefixes) <= set(context)
    json.dumps(context)


def test_a_prefix_keeps_its_name_before_a_term_of_ours(prefixes):
    words = [Quad(kg("claim"), rdf.TYPE, NamedNode(RDF + "Property"), NamedNode(GRAPH + "vocabulary"))]
    assert jsonld.context(words, prefixes)["claim"] == prefixes["claim"]


@pytest.mark.parametrize("text", ("bell \x07", "form feed \x0c", "\uffff"))
def test_rdf_xml_refuses_what_xml_cannot_hold(prefixes, text):
    said = Quad(NamedNode(ID + "a"), rdf.LABEL, Literal(text), NamedNode(GRAPH + "entities"))
    selection = select(store.in_memory([said], prefixes))
    with pytest.raises(WrongUse, match=r"control characters in a text of id:a; export to \.ttl"):
        write(selection, ".rdf")
    assert by_oxigraph(write(selection, ".ttl"), ".ttl") == meant(selection, ".ttl")


@pytest.mark.parametrize("iri", ("https://example.org/123", "https://example.org/x/"))
def test_rdf_xml_refuses_a_predicate_that_ends_in_no_name(prefixes, iri):
    said = Quad(NamedNode(ID + "a"), NamedNode(iri), Literal("x"), NamedNode(GRAPH + "entities"))
    with pytest.raises(WrongUse, match="cannot spell the predicate"):
        write(select(store.in_memory([said], prefixes)), ".rdf")


# Policies

def edges_of(graph, name: str) -> set:
    return {quad.triple for quad in graph.quads(f"{GRAPH}edges-{name}")}


def triples(content: bytes, suffix: str) -> set:
    return {quad.triple for quad in ox.parse(content, format=OX_FORMATS[suffix])}


@pytest.mark.parametrize("suffix", TRIPLES_ONLY)
def test_a_hedged_edge_never_stands_among_the_default_policy_s(graph, suffix):
    hedged = edges_of(graph, "everything-said") - edges_of(graph, "default")
    assert hedged
    assert not hedged & triples(write(select(graph), suffix), suffix)
    assert edges_of(graph, "default") <= triples(write(select(graph), suffix), suffix)
    assert hedged <= triples(write(select(graph, policy=EVERYTHING_SAID), suffix), suffix)


def test_a_policy_s_export_holds_no_other_policy_s_edges_or_reasons(graph):
    quads = set(ox.parse(write(select(graph, policy=EVERYTHING_SAID), ".nq"), format=ox.RdfFormat.N_QUADS))
    assert {q.graph_name.value for q in quads if "/edges-" in q.graph_name.value} == {GRAPH + "edges-everything-said"}
    assert {q.object.value for q in quads if q.predicate == kg("policy")} == {EVERYTHING_SAID}


def test_a_policy_does_not_take_claims_away(graph):
    assert select(graph, policy=ID + "policy-regulators-only").claims == select(graph).claims


# Parts

def names(selection) -> set[str]:
    return {claim.iri.rpartition("-")[2] for claim in selection.claims}


def test_about_a_disease_are_the_claims_on_it_and_on_signs_within_it(graph):
    selection = select(graph, about=SMA)
    touching = {claim.iri.rpartition("-")[2] for claim in select(graph).claims if {
        claim.proposition.subject.value, getattr(claim.proposition.object, "value", ""),
    } & {SMA, ID + "spasticity-in-sma"}}
    rested_on = {iri.rpartition("-")[2] for claim in selection.claims for iri in claim.depends_on}
    assert touching and names(selection) == touching | rested_on


def test_about_a_drug_are_also_the_claims_on_studies_of_it(graph):
    trial = NamedNode(ID + "baclofen-ms-trial")
    on_the_trial = {claim for claim in select(graph).claims if claim.proposition.subject == trial}
    assert len(on_the_trial) > 1
    assert on_the_trial <= set(select(graph, about=ID + "baclofen").claims)


def test_what_a_claim_depends_on_comes_with_it(graph):
    dependent = next(claim for claim in select(graph).claims if claim.depends_on)
    selection = select(graph, about=dependent.iri)
    assert {claim.iri for claim in selection.claims} >= {dependent.iri, *dependent.depends_on}


@pytest.mark.parametrize("restriction", ("about", "source"))
def test_a_part_is_closed_under_what_it_mentions(graph, restriction):
    selection = select(graph, **RESTRICTIONS[restriction])
    quads = selection.in_graphs
    labelled = {quad.subject for quad in graph.quads() if quad.predicate == rdf.LABEL}
    told = {quad.subject for quad in quads if quad.predicate == rdf.LABEL}
    mentioned = {term for quad in quads for term in quad.triple if isinstance(term, NamedNode)}
    assert mentioned & labelled <= told
    derived = {term for term in mentioned if "/derived/" in term.value or "/claim/" in term.value}
    assert derived <= {quad.subject for quad in quads}


def test_a_part_holds_only_edges_that_rest_on_its_claims(graph):
    selection = select(graph, about=SPASTICITY)
    reasons = selection.edges[EVERYTHING_SAID].reasons
    resting = {quad.object.value for quad in reasons if quad.predicate == DERIVED_FROM}
    assert resting and resting <= {claim.iri for claim in selection.claims}
    said = rdf.nodes(reasons).values()
    told = {tuple(node[part][0] for part in (rdf.SUBJECT, rdf.PREDICATE, rdf.OBJECT)) for node in said}
    assert {(q.subject, q.predicate, q.object) for q in selection.edges[EVERYTHING_SAID].plain} == told


def test_a_part_tells_the_thing_s_identifiers(graph):
    selection = select(graph, about=SMA)
    assert any(quad.graph_name == NamedNode(GRAPH + "mappings") for quad in selection.quads)


def test_a_source_and_its_only_version_give_the_same_claims(graph):
    whole = select(graph, source=ID + "smanewstoday-baclofen")
    assert len(whole.claims) == 53
    assert select(graph, source=ID + "smanewstoday-baclofen-v1").claims == whole.claims


def two_sources(prefixes) -> store.Store:
    block = """
        id:{0} a kg:Source ; rdfs:label "{0}"@en .
        id:{0}-v1 a kg:SourceVersion ; rdfs:label "{0} v1"@en ; prov:specializationOf id:{0} .
        claim:{0} a kg:Claim ; kg:saidIn id:{0}-v1 ;
            rdf:subject id:drug ; rdf:predicate kg:usedFor ; rdf:object id:{0}-use ;
            kg:polarity kg:affirmed ; kg:modality kg:flat ; kg:inOwnWords "It says {0}."@en .
    """
    return small(block.format("one") + block.format("two"), prefixes)


def test_a_source_leaves_other_sources_out_and_restrictions_add_up(prefixes):
    graph = two_sources(prefixes)
    assert [claim.in_own_words for claim in select(graph, source=ID + "one").claims] == ["It says one."]
    assert len(select(graph, about=ID + "drug").claims) == 2
    assert [c.in_own_words for c in select(graph, about=ID + "drug", source=ID + "two-v1").claims] == ["It says two."]
    assert "two" not in write(select(graph, source=ID + "one"), ".nq").decode()


def test_an_edge_that_rests_on_two_sources_names_only_the_claims_exported(graph, prefixes):
    edge, use = NamedNode(DERIVED + "edge-1"), (NamedNode(ID + "drug"), kg("usedFor"), NamedNode(ID + "use"))
    claims = {NamedNode(CLAIM + name) for name in ("one", "two")}
    said = [(kg("policy"), NamedNode(ID + "policy-default")), *zip((rdf.SUBJECT, rdf.PREDICATE, rdf.OBJECT), use, strict=True)]
    said += [(DERIVED_FROM, claim) for claim in claims]
    quads = [Quad(edge, *pair, NamedNode(GRAPH + "edge-reasons")) for pair in said]
    quads.append(Quad(*use, NamedNode(GRAPH + "edges-default")))
    both = store.in_memory([*graph.quads(GRAPH + "vocabulary"), *two_sources(prefixes).quads(), *quads], prefixes)
    (edges,) = select(both, source=ID + "one", policy=ID + "policy-default").edges.values()
    assert [quad.triple for quad in edges.plain] == [ox.Triple(*use)]
    assert {quad.object for quad in edges.reasons if quad.predicate == DERIVED_FROM} == {NamedNode(CLAIM + "one")}
    assert {quad.object for quad in select(both).in_graphs if quad.predicate == DERIVED_FROM} == claims


@pytest.mark.parametrize(("asked", "message"), (
    ({"policy": ID + "policy-defalt"}, r"no policy id:policy-defalt in the graph; did you mean id:policy-default\?"),
    ({"source": ID + "smanewstoday-baclofen-v1x"}, r"no source .* did you mean id:smanewstoday-baclofen-v1"),
    ({"source": ID + "zzz"}, "there are id:"),
    ({"about": ID + "bacloffen"}, r"nothing in the graph is named id:bacloffen; did you mean id:baclofen"),
    ({"about": "bac lofen"}, "is no absolute IRI"),
))
def test_an_unknown_name_is_answered_with_known_ones(graph, asked, message):
    with pytest.raises(WrongUse, match=message):
        select(graph, **asked)


def test_an_unknown_suffix_is_answered_with_the_known_ones(graph):
    with pytest.raises(WrongUse, match=r"no export format ends in \.tll; did you mean \.ttl.*known are \.ttl, \.trig"):
        write(select(graph), ".tll")
    with pytest.raises(WrongUse, match=r"ends in nothing; known are"):
        write(select(graph), "")


# GraphML

def read_graphml(content: bytes):
    return networkx.parse_graphml(content.decode())


def test_graphml_is_read_by_networkx_with_labels_kinds_and_evidence(graph):
    read = read_graphml(write(select(graph), ".graphml"))
    assert read.is_directed() and read.number_of_edges() == len(edges_of(graph, "default"))
    told = {"label": "baclofen", "kind": "drug", "curie": "id:baclofen", "iri": ID + "baclofen"}
    assert read.nodes["id:baclofen"] == told
    (used,) = [edge for *_, edge in read.out_edges("id:baclofen", data=True) if edge["claims"].endswith("-f10") and
               edge["relation"] == "kg:usedFor"]
    assert (used["modality"], used["label"]) == ("capability", "is used for")


def test_graphml_says_that_it_is_not_medical_advice(graph, prefixes):
    for content in (write(select(graph), ".graphml"), write(select(empty(prefixes)), ".graphml")):
        assert read_graphml(content).graph["notice"] == NOT_MEDICAL_ADVICE
        assert f"<desc>{NOT_MEDICAL_ADVICE}</desc>".encode() in content


def test_graphml_holds_the_edges_of_one_policy(graph):
    read = read_graphml(write(select(graph, policy=EVERYTHING_SAID), ".graphml"))
    assert read.graph["policy"] == "id:policy-everything-said"
    assert read.number_of_edges() == len(edges_of(graph, "everything-said"))


def test_equal_values_of_two_things_are_two_nodes(graph, prefixes):
    quads = [
        Quad(NamedNode(ID + study), kg("enrolment"), Literal("106", datatype=NamedNode(XSD + "integer")),
             NamedNode(GRAPH + "edges-default"))
        for study in ("one", "two")
    ]
    selection = select(store.in_memory([*graph.quads(GRAPH + "vocabulary"), *quads], prefixes))
    read = read_graphml(write(selection, ".graphml"))
    assert sorted(data["label"] for _, data in read.nodes(data=True) if "iri" not in data) == ["106", "106"]
    assert networkx.number_weakly_connected_components(read) == 2


def test_graphml_survives_labels_that_xml_cannot_hold(graph, prefixes):
    told = Quad(NamedNode(ID + "a"), rdf.LABEL, Literal('<img onerror="x">\x00&'), NamedNode(GRAPH + "entities"))
    edge = Quad(NamedNode(ID + "a"), kg("usedFor"), NamedNode(ID + "b"), NamedNode(GRAPH + "edges-default"))
    selection = select(store.in_memory([*graph.quads(GRAPH + "vocabulary"), told, edge], prefixes))
    assert read_graphml(write(selection, ".graphml")).nodes["id:a"]["label"] == '<img onerror="x">\ufffd&'


# Tables

def rows(content: bytes, suffix: str) -> list[dict[str, str]]:
    if suffix == ".csv":
        return list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    header, *lines = (line.split("\t") for line in content.decode().split("\n")[:-1])
    return [dict(zip(header, line, strict=True)) for line in lines]


@pytest.mark.parametrize("suffix", (".csv", ".tsv"))
def test_a_table_has_one_row_a_claim_with_the_notice_last_in_each(graph, suffix):
    read = rows(write(select(graph), suffix), suffix)
    assert len(read) == 53
    assert [tuple(row) for row in read] == [COLUMNS] * 53
    assert {list(row.values())[-1] for row in read} == {NOT_MEDICAL_ADVICE}


@pytest.mark.parametrize("suffix", (".csv", ".tsv"))
def test_a_row_tells_the_whole_claim(graph, suffix):
    row = rows(write(select(graph), suffix), suffix)[3]
    assert {key: row[key] for key in COLUMNS if key not in ("words", "notice")} == {
        "claim": "claim:smanewstoday-baclofen-v1-f04", "kind": "kg:Claim",
        "subject": "id:baclofen", "subject_label": "baclofen",
        "relation": "kg:administeredBy", "relation_label": "is given by",
        "object": "NCIT:C38267", "object_label": "intrathecal",
        "qualifiers": "kg:doseForm=id:injection; kg:gloss=into the canal of the spine",
        "polarity": "kg:affirmed", "modality": "kg:capability", "hedge_cue": "can be", "list": "", "depends_on": "",
        "source_version": "id:smanewstoday-baclofen-v1", "source": "id:smanewstoday-baclofen",
        "start": "115", "end": "166",
    }


@pytest.mark.parametrize("suffix", (".csv", ".tsv"))
def test_an_empty_table_is_its_header(prefixes, suffix):
    assert re.split("[,\t]", write(select(empty(prefixes)), suffix).decode().rstrip("\n")) == list(COLUMNS)


def claims_saying(values, prefixes) -> store.Store:
    block = """claim:c{0:02d} a kg:Claim ; kg:saidIn id:v ;
        rdf:subject id:a ; rdf:predicate kg:enrolment ; rdf:object {1} ; kg:gloss {1} ;
        kg:polarity kg:affirmed ; kg:modality kg:flat ; kg:inOwnWords "words" ."""
    written = "\n".join(block.format(number, Literal(value)) for number, value in enumerate(values))
    return small(written + "\nkg:gloss a kg:Qualifier .", prefixes, "vocabulary")


def test_a_spreadsheet_runs_no_cell_and_programs_get_it_as_it_was(prefixes):
    values = ("=HYPERLINK(1)", "+cmd", "-cmd", "@cmd", "＝1", "-2.5", "+4", "plain")
    selection = select(claims_saying(values, prefixes))
    harmless = ["'=HYPERLINK(1)", "'+cmd", "'-cmd", "'@cmd", "'＝1", "-2.5", "+4", "plain"]
    assert [row["object"] for row in rows(write(selection, ".csv"), ".csv")] == harmless
    assert [row["object"] for row in rows(write(selection, ".tsv"), ".tsv")] == list(values)


@pytest.mark.parametrize("suffix", (".csv", ".tsv"))
def test_a_claim_is_one_line_whatever_its_texts_hold(prefixes, suffix):
    values = ("a\tb", "a\nb", "a\r\nb", "a\rb", "a\u2028b", "a\x00b", "a\x85b")
    content = write(select(claims_saying(values, prefixes)), suffix)
    assert len(content.decode().splitlines()) == len(values) + 1
    assert {row["object"] for row in rows(content, suffix)} == {"a b"}


def test_qualifiers_can_be_taken_apart_again(prefixes):
    read = rows(write(select(claims_saying(("a; b", 'a "b"', "a=b"), prefixes)), ".csv"), ".csv")
    assert [row["qualifiers"] for row in read] == ['kg:gloss="a; b"', 'kg:gloss="a \\"b\\""', "kg:gloss=a=b"]


# All formats

@pytest.mark.parametrize("suffix", EXPORTERS)
def test_the_order_in_which_quads_came_in_does_not_show(graph, suffix):
    quads = list(graph.quads())
    random.Random(7).shuffle(quads)
    shuffled = store.in_memory(quads, graph.prefixes)
    for asked in ({}, {"about": SMA}):
        assert write(select(shuffled, **asked), suffix) == write(select(graph, **asked), suffix)


_DIGESTS = """
import hashlib, pathlib, sys
from kgtool import build, exporters, project
graph = build.in_memory(project.find(pathlib.Path(sys.argv[1])))
for asked in ({}, {"about": sys.argv[2]}):
    selection = exporters.select(graph, **asked)
    for suffix in exporters.EXPORTERS:
        print(suffix, hashlib.sha256(exporters.write(selection, suffix)).hexdigest())
"""


def test_three_hash_seeds_give_the_same_bytes(founding):
    def begin(seed: str) -> subprocess.Popen:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", _DIGESTS, str(ROOT), SMA]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    one, other = begin("1"), begin("2")
    here = f".ttl {hashlib.sha256(write(select(founding.store), '.ttl')).hexdigest()}\n"
    said = [process.communicate()[0] for process in (one, other)]
    assert said[0] == said[1] and here in said[0]


def test_a_large_graph_is_written_whole_in_every_format(graph):
    quads = list(graph.quads(GRAPH + "vocabulary"))
    for number in range(1200):
        claim, drug, use = (NamedNode(f"{base}s{number}") for base in (CLAIM, ID, ID + "use-"))
        said = ((rdf.TYPE, kg("Claim")), (kg("saidIn"), NamedNode(ID + "v")), (rdf.SUBJECT, drug), (rdf.OBJECT, use),
                (rdf.PREDICATE, kg("usedFor")), (kg("polarity"), kg("affirmed")), (kg("modality"), kg("flat")),
                (kg("inOwnWords"), Literal(f"number {number}", language="en")))
        quads += [Quad(claim, predicate, value, NamedNode(GRAPH + "v")) for predicate, value in said]
        edge = NamedNode(f"{DERIVED}edge-{number}")
        reason = ((rdf.SUBJECT, drug), (rdf.PREDICATE, kg("usedFor")), (rdf.OBJECT, use),
                  (kg("policy"), NamedNode(ID + "policy-default")), (DERIVED_FROM, claim))
        quads += [Quad(edge, predicate, value, NamedNode(GRAPH + "edge-reasons")) for predicate, value in reason]
        quads.append(Quad(drug, kg("usedFor"), use, NamedNode(GRAPH + "edges-default")))
    large = store.in_memory(quads, graph.prefixes)
    whole, one = select(large), select(large, about=ID + "s77")
    assert len(quads) > 15_000 and len(whole.claims) == 1200 and len(one.claims) == 1
    for suffix in EXPORTERS:
        assert b"s1199" in write(whole, suffix)
        assert b"s1199" not in write(one, suffix)


def test_no_export_holds_eight_words_of_a_source_in_a_row(graph):
    article = SHARED / "sources" / "smanewstoday-baclofen.txt"
    if not article.is_file():
        pytest.skip("the article's text is not at hand")
    words = re.findall(r"\w+", article.read_text(encoding="utf-8").casefold())
    runs = {" ".join(words[i:i + 8]) for i in range(len(words) - 7)}
    for suffix in EXPORTERS:
        exported = re.findall(r"\w+", write(select(graph), suffix).decode().casefold())
        assert not runs & {" ".join(exported[i:i + 8]) for i in range(len(exported) - 7)}, suffix
