"""Validation: the real graph has nothing wrong with it, and each way of going wrong is found, explained and placed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from pyoxigraph import NamedNode, Quad

from kgtool import authored, build, catalogue, project, rdf, store
from kgtool.catalogue import Query
from kgtool.errors import DataError, QueryError, WrongUse
from kgtool.passages import passage
from kgtool.report import Finding, Report
from kgtool.store import Store
from kgtool.terms import CLAIM, DERIVED, GRAPH, ID, KG, RDFS, SH
from kgtool.validate import checks, coverage, identifiers, shapes, since, spans, validate, where

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("KGTOOL_SHARED", ROOT.parent / "shared"))
ARTICLE = SHARED / "sources" / "smanewstoday-baclofen.txt"
VERSION = ID + "smanewstoday-baclofen-v1"
PROJECT = project.find(ROOT)
PREFIXES = authored.read_prefixes(PROJECT)
HEADER = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
ONTOLOGY = [quad for name in authored.ONTOLOGY_FILES for quad in rdf.read(ROOT / "ontology" / name, ROOT)]
needs_article = pytest.mark.skipif(not ARTICLE.is_file(), reason="the founding article's text is not at hand")


@cache
def founding_graph() -> Store:
    return build.in_memory(PROJECT)


@cache
def article() -> str:
    return ARTICLE.read_bytes().decode("utf-8")


def validated(graph: Store, **changed) -> Report:
    given = {
        "root": ROOT,
        "shapes": PROJECT.files("ontology/shapes", "*.ttl"),
        "checks": catalogue.read_all(PROJECT.files("queries/check", "*.rq"), ROOT),
        "texts": {},
        "identifiers": ROOT / "graph_data" / "identifiers.tsv",
        "mappings": PROJECT.files("graph_data", "*.sssom.tsv"),
        "authored": [*PROJECT.files("ontology", "*.ttl"), *PROJECT.files("graph_data", "**/*.ttl")],
    }
    return validate(graph, **(given | changed))


def turtle(text: str) -> list[Quad]:
    return list(ox.parse(HEADER + text, format=ox.RdfFormat.TURTLE))


def graph_of(text: str, base: Iterable[Quad] = ONTOLOGY) -> Store:
    name = NamedNode(GRAPH + "example")
    made = store.in_memory([Quad(*quad.triple, name) for quad in (*base, *turtle(text))], PREFIXES)
    made.merge()
    return made


def messages(report: Report) -> list[str]:
    return [finding.message for finding in report.findings]


# The real graph


def test_the_founding_graph_has_nothing_wrong_with_it():
    report = validated(founding_graph())
    assert [str(finding) for finding in report.findings] == []
    assert report.conforms


def test_every_shape_looks_at_something_in_the_founding_graph():
    rules = shapes.read(PROJECT.files("ontology/shapes", "*.ttl"), ROOT)
    report = coverage.report(founding_graph(), rules)
    assert report.findings == ()
    named = {q.subject for q in rules if q.object == NamedNode(SH + "NodeShape") and isinstance(q.subject, NamedNode)}
    assert report.covered["shapes"] == len(named)


@needs_article
def test_all_53_passages_are_confirmed_where_the_text_is_at_hand():
    report = spans.report(founding_graph(), {VERSION: article()}, require_text=True)
    assert not [finding for finding in report.findings if "not at hand" not in finding.message]
    assert report.covered["passages"] == 53
    assert not [note for note in report.notes if "smanewstoday" in note]


def test_a_text_that_is_not_at_hand_is_told_and_is_no_fault():
    report = spans.report(founding_graph(), {})
    assert report.findings == ()
    assert "text not at hand: 53 passages of id:smanewstoday-baclofen-v1 not checked" in report.notes
    assert report.covered["passages"] == 0


def test_a_text_that_is_required_and_not_at_hand_is_a_violation_at_its_version():
    report = validated(founding_graph(), require_text=True)
    (finding,) = (finding for finding in report.findings if finding.subject == VERSION)
    assert finding.severity == "violation"
    assert finding.place.file == "graph_data/sources.ttl" and finding.place.line
    assert not report.conforms


def test_a_graph_with_nothing_in_it_has_nothing_wrong_but_its_shapes_look_at_nothing():
    report = validated(graph_of("", base=[]), mappings=[])
    assert report.counts["warning"] == report.covered["shapes"]
    assert report.covered["focus nodes"] == 0


# Places


def test_a_finding_stands_where_the_value_at_fault_was_written(tmp_path):
    file = tmp_path / "claims.ttl"
    file.write_text(HEADER + "claim:page-v1-a a kg:Claim ;\n    kg:modality kg:believd .\n", encoding="utf-8")
    rules = shapes.read([ROOT / "ontology" / "shapes" / "claim.ttl"], ROOT)
    graph = graph_of("claim:page-v1-a a kg:Claim ; kg:modality kg:believd .")
    found = where.placed(since.report(graph, rules).report.findings, [file], tmp_path, graph)
    (typing_error,) = [finding for finding in found if finding.value == KG + "believd"]
    assert str(typing_error.place) == f"claims.ttl:{HEADER.count(chr(10)) + 2}:17"
    lacking = [finding for finding in found if finding.path == KG + "saidIn"]
    assert str(lacking[0].place) == f"claims.ttl:{HEADER.count(chr(10)) + 1}:1"


def test_a_finding_on_a_derived_thing_stands_at_a_claim_it_comes_from():
    claim = CLAIM + "smanewstoday-baclofen-v1-f10"
    states = founding_graph().select(f"SELECT ?said ?span {{ <{claim}> kg:states ?said ; kg:passage ?span }}").rows[0]
    made = "rdf:predicate kg:usedFor ; kg:policy id:policy-default"  # of this claim alone
    edges = founding_graph().select(f"SELECT ?edge {{ ?edge prov:wasDerivedFrom <{claim}> ; {made} }}").rows[0]
    files = PROJECT.files("graph_data", "claims/*.ttl")
    found = [Finding("violation", "shape X", term.value, "is wrong") for term in (*states, *edges)]
    article = next(file for file in files if file.stem == "smanewstoday-baclofen-v1")
    line = next(n for n, said in enumerate(article.read_text(encoding="utf-8").splitlines(), 1) if "v1-f10 a" in said)
    placed = where.placed(found, files, ROOT, founding_graph())
    assert [finding.place.line for finding in placed] == [line] * 3


def test_many_findings_stand_where_each_would_alone():
    files = PROJECT.files("graph_data", "**/*.ttl")
    things = sorted({quad.subject.value for file in files for quad in rdf.read(file)})[::10]
    found = [Finding("violation", "shape X", thing, "is wrong", path=RDFS + "label") for thing in things]
    together = where.placed(found, files, ROOT, founding_graph())
    assert len(found) > 30 and all(finding.place for finding in together)
    assert together == [where.placed([finding], files, ROOT, founding_graph())[0] for finding in found]


def test_a_finding_on_something_no_file_names_keeps_no_place():
    found = [Finding("violation", "shape X", DERIVED + "proposition-0000000000000000", "is wrong")]
    assert where.placed(found, PROJECT.files("graph_data", "*.ttl"), ROOT, founding_graph()) == found


# Shapes


def test_an_ill_formed_literal_is_judged_as_what_it_is():
    graph = graph_of('id:page-v1 a kg:SourceVersion ; kg:length "many"^^xsd:integer .')
    rules = shapes.read([ROOT / "ontology" / "shapes" / "source.ttl"], ROOT)
    found = [finding for finding in since.report(graph, rules).report.findings if finding.path == KG + "length"]
    assert {finding.value for finding in found} == {"many"}


def test_literals_are_judged_as_their_file_has_them_and_not_as_the_store_does():
    written = 'id:examplin a kg:Drug ; kg:dose "1.50"^^xsd:decimal , 2.5 , "05"^^xsd:integer , "7"^^xsd:int .'
    rule = 'sh:property [ sh:path kg:dose ; sh:pattern "^[1-9][0-9.]*[1-9]$" ; sh:or ( [ sh:datatype xsd:decimal ] ) ]'
    rules = turtle(f"shape:X a sh:NodeShape ; sh:targetClass kg:Drug ; {rule} .")
    found = since.report(graph_of(written, base=[]), rules, turtle(written)).report.findings
    assert sorted(finding.value for finding in found) == ["05", "05", "1.50", "7", "7"]


RECURSIVE = """shape:Friend a sh:NodeShape ; sh:targetClass kg:Drug ; sh:property
    [ sh:path kg:treats ; sh:node shape:Friend ; sh:nodeKind sh:IRI ; sh:message "treats no thing" ; sh:description "name it" ] .
    shape:Plain a sh:NodeShape ; sh:targetClass kg:Drug ; sh:property [ sh:path kg:dose ; sh:minCount 1 ] ."""


def test_a_shape_outside_the_compiler_is_judged_by_pyshacl_and_the_report_says_so():
    before = rdflib.NORMALIZE_LITERALS
    written = 'id:examplin a kg:Drug ; kg:treats id:other , "05"^^xsd:integer .'
    report = since.report(graph_of(written), turtle(RECURSIVE), turtle(written)).report
    assert [(f.rule, f.message, f.remedy, f.path, f.value) for f in report.findings] == [
        ("shape Friend", "treats no thing", "name it", KG + "treats", "05"),
        ("shape Plain", "expected at least 1 value, found none", "", KG + "dose", ""),
    ]
    assert report.notes == (
        "shape shape:Friend was judged by pySHACL, as it is outside the compiler: "
        "it refers to itself, and SHACL leaves recursion undefined",)
    assert rdflib.NORMALIZE_LITERALS is before


def test_pyshacl_is_imported_only_where_it_is_needed():
    program = "import sys; from kgtool.validate import files, shapes; print('pyshacl' in sys.modules, 'rdflib' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "False False\n"


def test_javascript_is_never_run_and_no_report_passes_over_it():
    rules = turtle('shape:X a sh:NodeShape ; sh:targetClass kg:Drug ; sh:js [ sh:jsFunctionName "f" ] .')
    with pytest.raises(DataError, match="asks for JavaScript"):
        since.report(graph_of("id:examplin a kg:Drug ."), rules)


def test_a_finding_names_shape_path_value_component_and_remedy():
    graph = graph_of("id:examplin a kg:Drug ; kg:usedFor id:examplin .")
    (found,) = since.report(graph, shapes.read([ROOT / "ontology" / "shapes" / "drug.ttl"], ROOT)).report.findings
    assert found == Finding(
        "violation", "shape Drug", ID + "examplin", "is used for something that is no kg:Condition",
        "name a disease, a sign, or a sign within a disease", None, KG + "usedFor", ID + "examplin",
        SH + "ClassConstraintComponent", "https://w3id.org/kgtool/shape/Drug",
    )


def test_severities_of_shapes_are_those_of_findings():
    rule = """shape:{0} a sh:NodeShape ; sh:targetClass kg:Drug ;
        sh:property [ sh:path kg:treats ; sh:minCount 1 ; sh:severity sh:{0} ] ."""
    rules = turtle("".join(rule.format(severity) for severity in ("Violation", "Warning", "Info")))
    found = since.report(graph_of("id:examplin a kg:Drug ."), rules).report.findings
    assert [finding.severity for finding in found] == ["violation", "warning", "info"]


@pytest.mark.parametrize(("path", "shown"), [
    ("( kg:sign kg:hasQuality )", f"<{KG}sign>/<{KG}hasQuality>"),
    ("[ sh:inversePath kg:states ]", f"^(<{KG}states>)"),
    ("[ sh:alternativePath ( kg:sign [ sh:oneOrMorePath kg:hasSign ] ) ]", f"(<{KG}sign>|(<{KG}hasSign>)+)"),
])
def test_a_longer_path_is_shown_as_sparql_writes_it(path, shown):
    rule = f"[ sh:path {path} ; sh:minCount 1 ]"
    rules = turtle(f"shape:X a sh:NodeShape ; sh:targetClass kg:Drug ; sh:property {rule} .")
    (found,) = since.report(graph_of("id:examplin a kg:Drug ."), rules).report.findings
    assert found.path == shown


@pytest.mark.parametrize("broken", [
    'sh:property [ sh:path rdfs:label ; sh:minCount "one" ]',
    'sh:property [ sh:path rdfs:label ; sh:pattern "(" ]',
    'sh:property [ sh:minCount 1 ]',
    'sh:sparql [ sh:select "SELECT $this WHER {" ]',
    'sh:sparql [ sh:select "SELECT $this WHERE { $this kg:undeclared ?x }" ]',
])
def test_shapes_that_cannot_be_used_are_one_error(broken, capfd):
    rules = turtle(f"shape:X a sh:NodeShape ; sh:targetClass kg:Drug ; {broken} .")
    with pytest.raises(DataError, match=r"^ontology/shapes: the shapes cannot be used: ") as error:
        assert since.report(graph_of('id:examplin a kg:Drug ; rdfs:label "examplin"@en .'), rules).report.findings
    assert "\n" not in str(error.value)
    assert capfd.readouterr() == ("", "")


def test_a_shape_file_that_is_no_turtle_names_its_line(tmp_path):
    (tmp_path / "broken.ttl").write_text(HEADER + "shape:X a sh:NodeShape ;\n  sh:targetClas\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"broken\.ttl:\d+"):
        shapes.read([tmp_path / "broken.ttl"], tmp_path)


def test_blank_nodes_of_two_files_stay_apart(tmp_path):
    for local in ("treats", "usedFor"):
        (tmp_path / f"{local}.ttl").write_text(
            f"{HEADER}shape:{local} a sh:NodeShape ; sh:targetClass kg:Drug ; sh:property _:same .\n"
            f"_:same sh:path kg:{local} ; sh:minCount 1 .", encoding="utf-8")
    rules = shapes.read([tmp_path / "treats.ttl", tmp_path / "usedFor.ttl"], tmp_path)
    found = since.report(graph_of("id:examplin a kg:Drug ."), rules).report.findings
    assert [(finding.rule, finding.path) for finding in found] == [
        ("shape treats", KG + "treats"), ("shape usedFor", KG + "usedFor")]


# What the shapes leave out


def test_a_shape_that_looks_at_nothing_is_a_warning():
    rules = turtle("shape:Astray a sh:NodeShape ; sh:targetClass kg:Dragon . shape:Lost a sh:NodeShape .")
    report = coverage.report(graph_of(""), rules)
    found = [finding for finding in report.findings if "looks at nothing" in finding.message]
    assert [(f.severity, f.subject.rpartition("/")[2]) for f in found] == [("warning", "Astray"), ("warning", "Lost")]


def test_shapes_of_what_the_graph_does_not_hold_yet_are_told_in_one_note():
    wait = " ".join(f"shape:Wait{number} a sh:NodeShape ; sh:targetClass kg:Drug ." for number in range(6))
    report = coverage.report(graph_of(""), turtle(wait))
    assert not [finding for finding in report.findings if "Wait" in finding.subject]
    assert report.notes == ("of what 6 shapes would look at, the graph holds nothing yet: "
                            "shape:Wait0, shape:Wait1, shape:Wait2, shape:Wait3, shape:Wait4 …",)


def test_a_shape_that_another_leads_to_needs_no_target_of_its_own():
    rules = turtle("""shape:Drug a sh:NodeShape ; sh:targetClass kg:Drug ; sh:node shape:Named .
        shape:Named a sh:NodeShape ; sh:property [ sh:path rdfs:label ; sh:minCount 1 ] .""")
    report = coverage.report(graph_of('id:examplin a kg:Drug ; rdfs:label "examplin"@en .'), rules)
    assert not [message for message in messages(report) if "looks at nothing" in message]


@pytest.mark.parametrize(("target", "looked_at"), [
    ("sh:targetClass kg:Drug", True), ("sh:targetClass kg:Entity", True), ("sh:targetSubjectsOf kg:treats", True),
    ("sh:targetNode id:examplin", True), ("sh:targetObjectsOf kg:intervention", True),
    ("sh:targetClass kg:Study", False), ("sh:targetObjectsOf kg:treats", False),
])
def test_a_class_is_looked_at_by_any_kind_of_target_and_by_its_superclass(target, looked_at):
    graph = graph_of("""id:examplin a kg:Drug ; kg:treats HP:0001257 .
        id:trial a kg:Study ; kg:intervention id:examplin .""")
    report = coverage.report(graph, turtle(f"shape:X a sh:NodeShape ; {target} ."))
    missed = "no shape looks at one thing of class kg:Drug, id:examplin among them"
    assert (missed not in messages(report)) is looked_at


def test_a_predicate_in_no_shape_is_a_warning_however_deep_the_others_stand():
    rules = turtle("""shape:X a sh:NodeShape ; sh:targetClass kg:Drug ; sh:property
        [ sh:path ( kg:treats [ sh:inversePath kg:hasSign ] ) ; sh:minCount 0 ] .""")
    report = coverage.report(graph_of("id:a kg:treats id:b ; kg:hasSign id:c ; kg:activates id:d .", base=[]), rules)
    found = [finding for finding in report.findings if "says anything of" in finding.message]
    assert [(f.severity, f.message) for f in found] == [("warning", "no shape says anything of kg:activates")]


def test_a_word_that_shacl_does_not_have_is_a_violation_with_the_word_that_was_meant():
    rules = turtle("""shape:X a sh:NodeShape ; sh:targetClass kg:Drug ;
        sh:property [ sh:path rdfs:label ; sh:minCuont 1 ] .""")
    report = coverage.report(graph_of("id:examplin a kg:Drug ."), rules)
    found = [finding for finding in report.findings if finding.severity == "violation"]
    assert [(f.message, f.shape.rpartition("/")[2]) for f in found] == [
        ("the shape uses sh:minCuont, which is no term of SHACL", "X")]
    assert found[0].remedy.startswith("did you mean sh:minCount")


def test_a_word_that_the_vocabulary_does_not_have_is_a_violation_with_the_word_that_was_meant():
    rules = turtle("""shape:X a sh:NodeShape ; sh:targetClass kg:Drugs ; sh:property
        [ sh:path kg:usedfor ; sh:class kg:Condition ] .""")
    found = [f for f in coverage.report(graph_of(""), rules).findings if f.severity == "violation"]
    assert [(f.subject.rpartition("/")[2], f.message, f.remedy.partition(" or ")[0].rstrip("?")) for f in found] == [
        ("X", "the shape uses kg:usedfor, which is no term of the vocabulary", "did you mean kg:usedFor"),
        ("X", "the shape uses kg:Drugs, which is no term of the vocabulary", "did you mean kg:Drug"),
    ]


# Check queries


def check(text: str, title: str = "is wrong", severity: str = "violation") -> dict[str, Query]:
    return {"mine": Query(name="mine", title=title, text=text, severity=severity, fix="mend it")}


def test_a_row_of_a_check_is_a_finding_that_names_things_by_their_labels():
    graph = graph_of('id:examplin a kg:Drug ; rdfs:label "examplin"@en ; kg:treats HP:0001257 .')
    query = "SELECT ?subject ?path ?value { VALUES ?path { kg:treats } ?subject ?path ?value }"
    (found,) = checks.report(graph, check(query, "has {value} by {path}, says {subject}")).findings
    assert found == Finding(
        "violation", "check mine", ID + "examplin", "has HP:0001257 by kg:treats, says examplin (id:examplin)",
        "mend it", None, KG + "treats", "http://purl.obolibrary.org/obo/HP_0001257",
    )


@pytest.mark.parametrize(("query", "raised", "message"), [
    (check("SELECT ?subject { ?subject a }"), QueryError, "check mine: line 1"),
    (check("ASK { ?subject a ?kind }"), QueryError, "check mine: .*a SELECT does"),
    (check("SELECT ?thing { ?thing a ?kind }"), WrongUse, "gives no column subject"),
    (check("SELECT ?subject { ?subject a ?kind }", "is a {kind}"), WrongUse, "gives no column kind"),
    (check("SELECT ?subject { ?subject a ?kind }", severity="waring"), WrongUse, "did you mean warning"),
    (check("SELECT ?subject { ?subject a ?kind }", severity=""), WrongUse, "#\\+ severity"),
])
def test_a_check_that_cannot_be_asked_is_one_error_that_names_it(query, raised, message):
    with pytest.raises(raised, match=message):
        checks.report(graph_of("id:examplin a kg:Drug ."), query)


# Passages

REPORTED = "In the study, no dysphagia was reported. Nausea was common."


def claim_at(start: int, end: int, text: str = REPORTED, more: str = "", predicate: str = "kg:hasSideEffect") -> Store:
    place = passage(ID + "page-v1", text, start, end)
    return graph_of(f"""claim:page-v1-a a kg:Claim ; kg:saidIn id:page-v1 ; rdf:subject id:examplin ;
        rdf:predicate {predicate} ; rdf:object HP:0002018 ; kg:inOwnWords "It says so."@en ;
        kg:start {start} ; kg:end {end} ; kg:firstWords "{place.first_words}" ; kg:lastWords "{place.last_words}" ;
        kg:spanDigest "{place.digest}" ; {more or 'kg:polarity kg:affirmed ; kg:modality kg:flat'} .""")


def spans_found(graph: Store, text: str = REPORTED) -> Report:
    return spans.report(graph, {ID + "page-v1": text})


@pytest.mark.parametrize(("words", "where_the_cue_is"), [
    ("dysphagia was reported", "before it at 14"), ("no dysphagia was reported", "in it"),
])
def test_an_affirmed_claim_cut_out_of_a_negation_is_rejected(words, where_the_cue_is):
    start = REPORTED.index(words)
    (found,) = spans_found(claim_at(start, start + len(words))).findings
    assert found.severity == "violation"
    assert found.message == f'is affirmed, but its passage is denied by "no" {where_the_cue_is}'


@pytest.mark.parametrize("more", [
    "kg:polarity kg:denied ; kg:modality kg:flat",
    "kg:polarity kg:undetermined ; kg:modality kg:flat",
    "kg:polarity kg:affirmed ; kg:modality kg:unknownStated",
])
def test_a_claim_that_says_no_itself_may_stand_on_a_negation(more):
    report = spans_found(claim_at(14, 39, more=more))
    assert report.findings == () and report.covered == {"passages": 1}


def test_a_relation_that_says_no_may_stand_on_a_negation():
    assert spans_found(claim_at(14, 39, predicate="kg:notKnown")).findings == ()


def test_a_negation_of_the_sentence_before_does_not_count():
    assert spans_found(claim_at(41, 58)).covered == {"passages": 1}


def test_a_passage_that_moved_is_a_violation_with_the_place_where_it_stands_now():
    (found,) = spans_found(claim_at(41, 58), "Now. " + REPORTED).findings
    assert (found.severity, found.path) == ("violation", KG + "start")
    assert "set start 46 and end 63" in found.remedy


def test_a_place_that_is_only_half_there_is_a_violation():
    graph = graph_of("claim:page-v1-a a kg:Claim ; kg:saidIn id:page-v1 ; kg:start 3 .")
    (found,) = spans_found(graph).findings
    assert found.severity == "violation" and "lacks" in found.message


def test_a_claim_without_a_place_is_not_looked_for():
    graph = graph_of("claim:page-v1-a a kg:Claim ; kg:saidIn id:page-v1 .")
    assert spans_found(graph) == Report.of([], {"passages": 0})


# Identifiers

TABLE = [
    identifiers.Labelled("http://purl.obolibrary.org/obo/NCIT_C38267", "INTRATHECAL", None),
    identifiers.Labelled("http://purl.obolibrary.org/obo/NCIT_C38277", "INTRAVENTRICULAR", None),
]


def test_a_right_number_under_a_wrong_name_is_caught_with_the_number_that_was_meant():
    graph = graph_of('NCIT:C38277 a kg:Route ; rdfs:label "intrathecal"@en .')
    (found,) = identifiers.report(graph, TABLE).findings
    assert found.severity == "violation"
    assert found.message == 'NCIT:C38277 is labelled "intrathecal", but it is "INTRAVENTRICULAR"'
    assert found.remedy == "did you mean NCIT:C38267?"


def test_labels_compare_without_case_and_things_of_ours_need_no_row():
    graph = graph_of("""NCIT:C38267 a kg:Route ; rdfs:label "intrathecal"@en .
        id:drops a kg:DoseForm ; rdfs:label "drops"@en .""")
    assert identifiers.report(graph, TABLE) == Report.of([], {"identifiers": 1})


def test_an_identifier_that_nobody_checked_is_a_warning():
    graph = graph_of('NCIT:C38288 a kg:Route ; rdfs:label "oral"@en .')
    (found,) = identifiers.report(graph, TABLE).findings
    assert (found.severity, found.message) == ("warning", "identifier NCIT:C38288 was not checked against its label")


def test_the_labels_of_a_mapping_are_those_of_the_graph_and_of_the_table(tmp_path):
    file = tmp_path / "mappings.sssom.tsv"
    file.write_text(
        "#license: none\nsubject_id\tsubject_label\tpredicate_id\tobject_id\tobject_label\n"
        "id:drops\tdrops\tskos:exactMatch\tNCIT:C38267\tIntrathecal\n"
        "id:drops\tdrips\tskos:exactMatch\tNCIT:C38277\tintrathecal\n"
        "id:drops\tdrops\tskos:exactMatch\tNCIT:C99999\tanything\n", encoding="utf-8")
    graph = graph_of('id:drops a kg:DoseForm ; rdfs:label "drops"@en .')
    report = identifiers.report(graph, TABLE, identifiers.mapped(file, PREFIXES, tmp_path))
    assert {(str(f.place), f.message) for f in report.findings} == {
        ("mappings.sssom.tsv:4", 'the mapping calls id:drops "drips", but it is "drops"'),
        ("mappings.sssom.tsv:4", 'the mapping calls NCIT:C38277 "intrathecal", but it is "INTRAVENTRICULAR"'),
    }


@pytest.mark.parametrize(("text", "message"), [
    ("", "is no table of identifiers"),
    ("identifier\tname\tread_in\n", "is no table of identifiers"),
    ("identifier\tlabel\tread_in\nHP:1\tpain\n", r"\.tsv:2: is no row of three filled cells"),
    ("identifier\tlabel\tread_in\n# note\n\nHP:1\t \tfile\n", r"\.tsv:4: is no row of three filled cells"),
    ("identifier\tlabel\tread_in\r\nHP:1\tone\x85two \tfile", r"\.tsv:2: 'one\\x85two ' has a blank at an end; take it away"),
    ("\ufeffidentifier\tlabel\tread_in\n", r"\.tsv:1:1: begins with a byte order mark; save it as UTF-8 without one"),
    ("identifier\tlabel\tread_in\nHPO:1\tpain\tfile\n", r"\.tsv:2: HPO:1 has an unknown prefix"),
    ("identifier\tlabel\tread_in\nHP:1\tpain\tfile\nHP:1\tache\tfile\n", r"\.tsv:3: HP:1 has a row already"),
])
def test_a_broken_table_of_identifiers_names_its_line(tmp_path, text, message):
    (tmp_path / "identifiers.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        identifiers.read(tmp_path / "identifiers.tsv", PREFIXES, tmp_path)


def test_a_table_that_is_not_there_is_one_clear_error(tmp_path):
    with pytest.raises(DataError, match=r"identifiers\.tsv: is missing; make it"):
        validated(founding_graph(), identifiers=tmp_path / "identifiers.tsv")


def test_a_label_of_a_source_version_is_no_label_of_an_identifier():
    label = f'<{RDFS}label> "page"@en'
    assert identifiers.report(graph_of(f"id:page-v1 a kg:SourceVersion ; {label} ."), []).findings == ()
