"""Anybody's files judged by anybody's shapes: what is found, where it stands, and what hostile files come to."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from pathlib import Path

import commands
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse
from test_shacl_w3c import CASES, SHT, name, parts, quads, wanted

from kgtool.errors import DataError
from kgtool.shacl import Result, turtle
from kgtool.shacl.files import File
from kgtool.shacl.index import TYPE, Triples, sh
from kgtool.terms import SH, XSD, Prefixes
from kgtool.validate import files, formats
from kgtool.validate.standing import Standings

ROOT = Path(__file__).resolve().parents[1]
HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix e: <http://example.org/> .
"""
SHAPES = HEAD + """e:PersonShape a sh:NodeShape ; sh:targetClass e:Person ;
    sh:property [ sh:path e:age ; sh:datatype xsd:integer ; sh:maxCount 1 ] ;
    sh:property [ sh:path e:status ; sh:in ( e:active e:away ) ; sh:severity sh:Warning ] .
"""
FINE = HEAD + "e:anna a e:Person ; e:age 30 ; e:status e:away .\n"
RDF_XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">{}</rdf:RDF>'
)
NODE = '<rdf:Description rdf:about="http://example.org/a"><e:p>{}</e:p></rdf:Description>'
NT = '<http://example.org/{}> <http://example.org/{}> "1" .'
WRONG = HEAD + 'e:anna a e:Person ;\n    e:age "30" ; e:status e:away ;\n    e:knows [ a e:Person ; e:age 1 , 2 ] .\n'


def put(folder: Path, **content: str | bytes) -> list[Path]:
    """Files of those names, the first underscore being the dot before the suffix."""
    paths = [folder / name.replace("_", ".") for name in content]
    for path, text in zip(paths, content.values(), strict=True):
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return paths


def judged(folder: Path, data: str, shapes: str = SHAPES, suffix: str = "ttl") -> files.Judged:
    data_file, shapes_file = put(folder, **{f"data_{suffix}": data, "shapes_ttl": shapes})
    return files.judge([data_file], [shapes_file])


def told(report) -> list[tuple[str, str, str]]:
    """Each finding as place in its file, component and value."""
    return [(str(f.place).rpartition("/")[2] if f.place else "", f.component.removeprefix(SH), f.value)
            for f in report.findings]


def placed(folder: Path, data: str, shapes: str, suffix: str = "ttl") -> list[str]:
    """The lines and columns of the findings."""
    report = judged(folder, data, HEAD + shapes, suffix).report()
    return [":".join(place.split(":")[1:]) for place, _, _ in told(report)]


def kgtool(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess:
    """The command where there is no project."""
    run = commands.start if environment else commands.run
    return run(["validate", *words], folder, {**os.environ, "PYTHONPATH": str(ROOT), **environment})


# The command


def test_the_command_needs_no_project_and_tells_what_is_wrong_where(tmp_path):
    put(tmp_path, people_ttl=WRONG, shapes_ttl=SHAPES)
    ran = kgtool(tmp_path, "--data", "people.ttl", "--shapes", "shapes.ttl")
    assert (ran.returncode, ran.stderr) == (1, "")
    assert ran.stdout == """\
does not conform: 2 violations; looked at 1 shape over 2 focus nodes

shape PersonShape: 2 violations
  people.ttl:5:11: violation: expected a literal of datatype xsd:integer, not xsd:string
    subject: e:anna
    path: e:age
    found: 30
  people.ttl:6:28: violation: expected at most 1 value, found 2
    subject: _:b0
    path: e:age

note: no shape says anything of e:knows
"""


def test_the_exit_code_is_0_only_where_nothing_at_all_was_found(tmp_path):
    put(tmp_path, fine_ttl=FINE, warned_ttl=FINE.replace("e:away", "e:awya"), shapes_ttl=SHAPES)
    fine, warned = (kgtool(tmp_path, "--data", f"{data}.ttl", "--shapes", "shapes.ttl") for data in ("fine", "warned"))
    assert (fine.returncode, fine.stdout) == (0, "1 shape over 1 focus node: no findings\n")
    assert (warned.returncode, warned.stdout.partition(";")[0]) == (1, "does not conform: 1 warning")
    assert "remedy: did you mean e:away?" in warned.stdout


def test_the_formats(tmp_path):
    put(tmp_path, people_ttl=WRONG, shapes_ttl=SHAPES)
    judge = ("--data", "people.ttl", "--shapes", "shapes.ttl", "-f")
    made = {form: kgtool(tmp_path, *judge, form) for form in formats.FORMATS}
    assert {ran.returncode for ran in made.values()} == {1}
    whole = json.loads(made["json"].stdout)
    assert whole["conforms"] is False and [f["line"] for f in whole["findings"]] == [5, 6]
    assert whole["findings"][0]["subject_shown"] == "e:anna"
    assert len(json.loads(made["sarif"].stdout)["runs"][0]["results"]) == 2
    assert len(list(parse(made["turtle"].stdout, format=RdfFormat.TURTLE))) > 10


def test_the_suffix_of_the_output_decides_too(tmp_path):
    put(tmp_path, people_ttl=WRONG, shapes_ttl=SHAPES)
    ran = kgtool(tmp_path, "--data", "people.ttl", "--shapes", "shapes.ttl", "-o", "report.ttl")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "sh:ValidationReport" in (tmp_path / "report.ttl").read_text()


def test_so_many_of_each_shape_are_told_as_are_wanted(tmp_path):
    many = "".join(f'e:p{n} a e:Person ; e:age "{n}" .\n' for n in range(9))
    put(tmp_path, many_ttl=HEAD + many, shapes_ttl=SHAPES)
    told = [
        kgtool(tmp_path, "--data", "many.ttl", "--shapes", "shapes.ttl", *more).stdout.count("subject:")
        for more in ((), ("--limit-per-shape", "5"), ("--all",))
    ]
    assert told == [3, 5, 9]


@pytest.mark.parametrize("words", [
    ("--shapes", "a.ttl"), ("--timeout", "3"), ("--data", "a.ttl", "--require-text"),
    ("--data", "a.ttl", "--timeout", "0"),
])
def test_options_that_do_not_go_together_are_wrong_use(tmp_path, words):
    ran = kgtool(tmp_path, *words)
    assert (ran.returncode, ran.stdout) == (2, "") and ran.stderr.startswith("error: ")


def test_in_turtle_the_notes_go_to_standard_error(tmp_path):
    put(tmp_path, fine_ttl=FINE, shapes_ttl=SHAPES.replace("sh:maxCount", "sh:maxCuont"))
    ran = kgtool(tmp_path, "--data", "fine.ttl", "--shapes", "shapes.ttl", "-f", "turtle")
    assert ran.returncode == 0
    assert re.match(r"note: shapes\.ttl:5:73: sh:maxCuont is no term of SHACL; did you mean sh:maxCount", ran.stderr)
    assert "sh:conforms true ." in ran.stdout and "note" not in ran.stdout


def test_equal_files_give_equal_bytes(tmp_path):
    put(tmp_path, people_ttl=WRONG, shapes_ttl=SHAPES)
    made = {kgtool(tmp_path, "--data", "people.ttl", "--shapes", "shapes.ttl", "-f", form, PYTHONHASHSEED=seed).stdout
            for form in ("turtle", "json") for seed in "12"}
    assert len(made) == 2


# Files


def test_one_file_may_be_data_and_shapes_and_is_where_no_shapes_are_named(tmp_path):
    (both,) = put(tmp_path, both_ttl=SHAPES + WRONG)
    again = tmp_path / ".." / tmp_path.name / "both.ttl"
    assert told(files.judge([both], [both]).report()) == told(files.judge([both], [again]).report())
    assert kgtool(tmp_path, "--data", "both.ttl").stdout.startswith("does not conform: 2 violations")


def test_blank_nodes_of_one_file_are_the_same_as_data_and_as_shapes(tmp_path):
    text = HEAD + "e:S sh:targetNode e:a ; sh:property [ sh:path e:p ; sh:hasValue _:x ] . e:a e:p _:x ."
    (both,) = put(tmp_path, both_ttl=text)
    assert files.judge([both], [both]).conforms


def test_several_files_are_one_graph_whose_blank_nodes_stay_apart(tmp_path):
    one, two, shapes = put(
        tmp_path, one_ttl=HEAD + "e:a e:p _:x , _:b0 , [] .", two_ttl=HEAD + "e:a e:p _:x , _:b0 , [] .",
        shapes_ttl=HEAD + "e:S sh:targetNode e:a ; sh:property [ sh:path e:p ; sh:nodeKind sh:IRI ] .")
    found = {(place, value) for place, _, value in told(files.judge([one, two], [shapes]).report())}
    assert found == {
        ("one.ttl:4:9", "_:x"), ("one.ttl:4:15", "_:f0.b0"), ("one.ttl:4:22", "_:b0"),
        ("two.ttl:4:9", "_:f1.x"), ("two.ttl:4:15", "_:f1.b0"), ("two.ttl:4:22", "_:b0-1"),
    }


def test_the_shapes_of_several_files_refer_to_each_other(tmp_path):
    data, one, two = put(
        tmp_path, data_ttl=HEAD + "e:a e:p 1 .", one_ttl=HEAD + "e:S sh:targetNode e:a ; sh:node e:T .",
        two_ttl=HEAD + "e:T a <http://www.w3.org/ns/shacl#NodeShape> ; sh:class e:C .")
    assert [f.message for f in files.judge([data], [one, two]).report().findings] == [
        "expected a node that conforms to e:T (e:T: expected an instance of e:C)"]


@pytest.mark.parametrize(("suffix", "data", "place"), [
    ("ttl", HEAD + "e:a e:p\n 1 .", "5:2"),
    ("trig", HEAD + "e:g { e:a e:p\n 1 . }", "5:2"),
    ("nt", f'{NT.format("x", "q")}\r\n{NT.format("a", "p")}', "2:47"),
    ("nt", '<http://example.org/\\u0061> <http://example.org/p> "1" .', "1:52"),
    ("nt", '\r<http://example.org/a><http://example.org/p>"1".', "2:45"),
    ("nq", '<http://example.org/a> <http://example.org/p> "1" <http://example.org/g> .', "1:47"),
    ("rdf", RDF_XML.format(NODE.format("1")), ""),
    ("owl", RDF_XML.format(NODE.format("1")), ""),
    ("jsonld", '{"@context": {"e": "http://example.org/"}, "@id": "e:a", "e:p": 1}', ""),
    ("TTL", HEAD + "e:a e:p 1 .", "4:9"),
])
def test_every_format_is_read_and_those_with_lines_give_places(tmp_path, suffix, data, place):
    shapes = "e:S sh:targetNode e:a ; sh:property [ sh:path e:p ; sh:nodeKind sh:IRI ] ."
    assert placed(tmp_path, data, shapes, suffix) == [place]


def test_relative_iris_are_relative_to_their_file(tmp_path):
    here = f"{tmp_path.as_uri()}/data.ttl"
    found = judged(tmp_path, "<#a> <#p> 1 .", f"{HEAD} e:S sh:targetSubjectsOf <{here}#p> ; sh:class e:C .")
    assert [f.subject for f in found.report().findings] == [f"{here}#a"]


def test_the_prefixes_of_the_data_come_before_those_of_the_shapes(tmp_path):
    data = "@prefix mine: <http://example.org/> . mine:a mine:p 1 ."
    other = SHAPES.replace("e:Person ;", "e:Person ; sh:targetSubjectsOf e:p ; sh:nodeKind sh:Literal ;")
    found = judged(tmp_path, data, other)
    assert found.named("http://example.org/a") == "mine:a"
    assert "sh:focusNode mine:a ;" in found.turtle()


# Places


@pytest.mark.parametrize(("data", "shape", "places"), [
    ("e:a e:p e:x ,\n e:y .", "sh:property [ sh:path e:p ; sh:in ( e:x ) ]", ["5:2"]),
    ("e:a\n e:p 1 , 2 .", "sh:property [ sh:path e:p ; sh:maxCount 1 ]", ["5:2"]),
    ("e:x e:q 1 .\ne:a e:p 1 .", "sh:property [ sh:path e:other ; sh:minCount 1 ]", ["5:1"]),
    ("e:x e:q e:a .\n", "sh:class e:C", ["4:9"]),
    ("e:a e:p 1 .\ne:b\n e:q e:a .", "sh:property [ sh:path [ sh:inversePath e:q ] ; sh:class e:C ]", ["6:6"]),
    ("e:a e:q e:b .\ne:b e:p\n 1 .", "sh:property [ sh:path ( e:q e:p ) ; sh:nodeKind sh:IRI ]", ["6:2"]),
    ("e:a e:q [ e:p [ e:r\n 1 ] ] .", "sh:property [ sh:path ( e:q e:p e:r ) ; sh:class e:C ]", ["5:2"]),
    ("e:a e:q ( 1 ( 2 ) [ e:p 3 ] ) .",
     "sh:property [ sh:path ( e:q [ sh:zeroOrMorePath rdf:rest ] rdf:first e:p ) ; sh:class e:C ]", ["4:25"]),
    ("e:a e:q [ e:p 1 ] , [\n e:p 2 ] .",
     "sh:property [ sh:path e:q ; sh:property [ sh:path e:p ; sh:hasValue 1 ] ]", ["5:2"]),
    ("e:a e:q ( 1 2 ) .", "sh:property [ sh:path e:q ; sh:property [ sh:path rdf:rest ; sh:class e:C ] ]", ["4:13"]),
])  # fmt: skip
def test_a_finding_stands_as_near_as_can_be_to_what_is_wrong(tmp_path, data, shape, places):
    rdf = "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
    assert placed(tmp_path, HEAD + data, f"{rdf} e:S sh:targetNode e:a ; {shape} .") == places


def test_a_literal_as_focus_node_stands_where_it_is_written(tmp_path):
    line = '<http://example.org/a> <http://example.org/p> "07"^^<http://www.w3.org/2001/XMLSchema#integer> .'
    assert placed(tmp_path, line, "e:S sh:targetObjectsOf e:p ; sh:nodeKind sh:IRI .", "nt") == ["1:47"]


@settings(max_examples=60, deadline=None)
@given(st.recursive(
    st.sampled_from(["1", "e:o", "_:x", "[]", "()", '"t"@en', "_:abcdefabcdefabcdefabcdefabcdefab"]),
    lambda inner: st.lists(inner, max_size=3).map(lambda items: f"( {' '.join(items)} )")
    | st.lists(inner, min_size=1, max_size=3).map(lambda items: f"[ e:q {' , '.join(items)} ]"),
    max_leaves=12))
def test_every_triple_of_every_blank_node_has_a_place(tmp_path_factory, value):
    (path,) = put(tmp_path_factory.mktemp("nodes"), data_ttl=HEAD + f"e:a e:p {value} .")
    file = File(path)
    triples = list(file)
    standings = Standings([file], {quad.subject for quad in triples})
    assert {standings.of_triple(quad).line for quad in triples} == {4}
    assert [quad.triple for quad in file] == [quad.triple for quad in triples]


# Words


@pytest.mark.parametrize(("constraint", "message"), [
    ("sh:datatype xsd:string", "expected a literal of datatype xsd:string, not xsd:integer"),
    ("sh:minInclusive 5", "expected at least 5"),
    ("sh:nodeKind sh:BlankNode", "expected a node of kind sh:BlankNode"),
    ('sh:class e:C ; sh:message "kein C"@de , "no C"@en', "no C"),
    ('sh:class e:C ; sh:message "kein C"@de', "kein C"),
    ("sh:or ( [ sh:class e:C ] [ sh:minInclusive 5 ] )", "expected a node that conforms to at least one of "
     "(an instance of e:C), (at least 5) (branch 1: expected an instance of e:C; branch 2: expected at least 5)"),
    ("sh:xone ( [ sh:nodeKind sh:Literal ] [ sh:datatype xsd:integer ] )", "expected a node that conforms to exactly one of "
     "(a node of kind sh:Literal), (a literal of datatype xsd:integer) (branch 1: conforms; branch 2: conforms)"),
    ("sh:node [ sh:property [ sh:path e:q ; sh:minCount 1 ] ]",
     "expected a node that conforms to (e:q at least 1 value) (branch 1: e:q expected at least 1 value)"),
])
def test_a_finding_says_what_was_expected_where_the_shape_says_nothing(tmp_path, constraint, message):
    shapes = HEAD + f"e:S sh:targetNode e:a ; sh:property [ sh:path e:p ; {constraint} ] ."
    assert [f.message for f in judged(tmp_path, HEAD + "e:a e:p 3 .", shapes).report().findings] == [message]


BEHIND = HEAD + """e:a e:p e:x , e:y , e:z ; e:n 1 ; e:l ( 1 2 3 ) . e:b e:of e:a . e:c e:of e:a .
e:x a e:C ; e:q 1 . e:y a e:C , e:D . e:z e:q "no" .
"""
NAMED = "e:C1 a sh:NodeShape ; sh:class e:C . e:D1 a sh:NodeShape ; sh:class e:D ."


@pytest.mark.parametrize(("shape", "messages"), [
    ("sh:property [ sh:path e:n ; sh:not [ sh:datatype xsd:integer ; sh:maxInclusive 3 ] ]",
     ["expected a node that does not conform to (a literal of datatype xsd:integer, at most 3)"]),
    ("sh:property [ sh:path e:n ; sh:not [ sh:datatype xsd:integer ] ; sh:message 'no number' ]",
     ["no number (conforms to the unnamed shape: a literal of datatype xsd:integer)"]),
    ("sh:property [ sh:path e:p ; sh:not e:D1 ]",
     ["expected a node that does not conform to e:D1 (conforms to e:D1: an instance of e:D)"]),
    ("sh:not [ sh:property [ sh:path e:p ; sh:minCount 1 ] ]",
     ["expected a node that does not conform to (e:p at least 1 value)"]),
    ("sh:property [ sh:path e:n ; sh:or ( [ sh:not [ sh:or ( e:C1 [ sh:in ( 1 ) ] ) ] ] [ sh:in ( 2 ) ; sh:minInclusive 2 ; "
     "sh:maxInclusive 2 ; sh:nodeKind sh:Literal ] ) ]",
     ["expected a node that conforms to at least one of (a node that does not conform to (a node that conforms to at least "
      "one of e:C1, (…))), (a node of kind sh:Literal, at least 2, at most 2, …) (branch 1: expected a node that does not "
      "conform to (a node that conforms to at least one of e:C1, (one of 1)); branch 2: expected at least 2, expected one "
      "of 2)"]),
    ("sh:property [ sh:path e:p ; sh:qualifiedValueShape e:C1 ; sh:qualifiedMinCount 3 ]",
     ["expected at least 3 values that conform to e:C1 (2 of 3 values conform; e:z: expected an instance of e:C)"]),
    ("sh:property [ sh:path e:p ; sh:qualifiedValueShape e:C1 ; sh:qualifiedMaxCount 1 ]",
     ["expected at most 1 value that conforms to e:C1 (2 of 3 values conform: e:x, e:y)"]),
    ("sh:property [ sh:path e:p ; sh:qualifiedValueShape e:C1 ; sh:qualifiedMinCount 3 ; sh:message 'more of them' ]",
     ["more of them (expected at least 3 values that conform to e:C1; 2 of 3 values conform; "
      "e:z: expected an instance of e:C)"]),
    ("sh:property [ sh:path e:none ; sh:qualifiedValueShape e:C1 ; sh:qualifiedMinCount 1 ]",
     ["expected at least 1 value that conforms to e:C1 (there is no value)"]),
    ("sh:property [ sh:path e:p ; sh:qualifiedValueShapesDisjoint true ; sh:qualifiedValueShape e:C1 ; "
     "sh:qualifiedMinCount 2 ] , [ sh:path e:p ; sh:qualifiedValueShape e:D1 ; sh:qualifiedMinCount 1 ]",
     ["expected at least 2 values that conform to e:C1 (1 of 3 values conforms; e:y: conforms to e:D1 as well; "
      "e:z: expected an instance of e:C)"]),
    ("sh:property [ sh:path ( e:l [ sh:zeroOrMorePath rdf:rest ] rdf:first ) ; sh:qualifiedMinCount 1 ; "
     "sh:qualifiedValueShape [ sh:minInclusive 9 ] ]",
     ["expected at least 1 value that conforms to (at least 9) (0 of 3 values conform; 1: expected at least 9; "
      "2: expected at least 9; 3: expected at least 9)"]),
    ("sh:property [ sh:path e:p ; sh:node [ sh:property [ sh:path e:q ; sh:property [ sh:path e:r ; sh:minCount 1 ] ] ] ]",
     2 * ["expected a node that conforms to (e:q e:r at least 1 value) (branch 1: e:r expected at least 1 value)"]),
    ("sh:property [ sh:path [ sh:inversePath e:of ] ; sh:maxCount 1 ]", ["expected at most 1 value, found 2"]),
    ("sh:property [ sh:path ( e:p e:q ) ; sh:minCount 3 ]", ["expected at least 3 values, found 2"]),
    ("sh:property [ sh:path ( e:p e:r ) ; sh:minCount 1 ]", ["expected at least 1 value, found none"]),
    ("sh:property [ sh:path [ sh:zeroOrMorePath e:p ] ; sh:maxCount 1 ]", ["expected at most 1 value, found 4"]),
    ("sh:property [ sh:path [ sh:alternativePath ( e:p e:n ) ] ; sh:maxCount 1 ]", ["expected at most 1 value, found 4"]),
])  # fmt: skip
def test_a_finding_says_what_the_shape_behind_it_found_and_how_many_values_there_are(tmp_path, shape, messages):
    rdf = "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
    found = judged(tmp_path, BEHIND, f"{HEAD}{rdf}e:S sh:targetNode e:a ; {shape} . {NAMED}").report()
    assert [finding.message for finding in found.findings] == messages


def test_only_the_first_of_many_findings_of_a_shape_are_reasoned_and_only_some_values_are_named(tmp_path):
    shapes = HEAD + """e:S sh:targetSubjectsOf e:p ; sh:property [ sh:path ( e:p e:q ) ; sh:minCount 1 ] .
        e:T sh:targetNode e:n000 ;
            sh:property [ sh:path e:p ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShape [ sh:class e:C ] ] ."""
    data = HEAD + "".join(f"e:n{n:03} e:p e:v{n} , 1 .\n" for n in range(150)) + "e:n000 e:p 2 , 3 , 4 , 5 , 6 ."
    said = [finding.message for finding in judged(tmp_path, data, shapes).report().findings]
    assert sum(message.endswith("value, found none") for message in said) == 100
    (qualified,) = [message for message in said if "conforms" in message]
    assert "(0 of 7 values conform; 1: expected" in qualified.replace('"', "") and qualified.endswith("; and 2 more)")


def test_the_reasons_stand_in_text_and_in_json(tmp_path):
    shape = "sh:property [ sh:path e:p ; sh:qualifiedValueShape e:C1 ; sh:qualifiedMinCount 3 ]"
    put(tmp_path, data_ttl=BEHIND, shapes_ttl=f"{HEAD}e:S sh:targetNode e:a ; {shape} . {NAMED}")
    made = [kgtool(tmp_path, "--data", "data.ttl", "--shapes", "shapes.ttl", "-f", form) for form in ("text", "json")]
    assert [ran.returncode for ran in made] == [1, 1]
    assert all("(2 of 3 values conform; e:z: expected an instance of e:C)" in ran.stdout for ran in made)


def test_an_ill_formed_literal_is_told_from_one_of_another_datatype(tmp_path):
    shapes = HEAD + "e:S sh:targetNode e:a ; sh:property [ sh:path e:p ; sh:datatype xsd:integer ] ."
    (found,) = judged(tmp_path, HEAD + 'e:a e:p "3.0"^^xsd:integer .', shapes).report().findings
    assert found.message == "expected a literal of datatype xsd:integer, spelled as one"


def test_a_property_that_a_closed_shape_does_not_know_gets_a_suggestion(tmp_path):
    shapes = HEAD + "e:S sh:targetNode e:a ; sh:closed true ; sh:property [ sh:path e:age ] ."
    (found,) = judged(tmp_path, HEAD + "e:a e:agee 3 .", shapes).report().findings
    assert (found.path, found.remedy, found.place.column) == ("http://example.org/agee", "did you mean e:age?", 12)


def test_shapes_that_look_at_nothing_and_words_that_shacl_does_not_have_are_noted(tmp_path):
    shapes = SHAPES.replace("sh:maxCount", "sh:maxCuont") + "e:T a sh:NodeShape ; sh:targetClass e:None ."
    notes = judged(tmp_path, FINE, shapes).report().notes
    assert [note.rpartition("/")[2].partition("; did")[0] for note in notes] == [
        "shapes.ttl:5:73: sh:maxCuont is no term of SHACL", "shape e:T looks at nothing in the data"]


def test_what_no_shape_looks_at_is_noted(tmp_path):
    data = FINE + "e:ben a e:Cat ; e:purrs 1 . e:cleo a e:Cat . e:rex a e:Dog ; e:status e:active ; e:p ( 1 ) ."
    shapes = SHAPES + "e:T a sh:NodeShape ; sh:targetNode e:cleo ; sh:property [ sh:path ( e:barks e:p ) ; sh:maxCount 1 ] ."
    assert judged(tmp_path, data, shapes).report().notes == (
        "no shape looks at 1 node of class e:Cat", "no shape looks at 1 node of class e:Dog",
        "no shape says anything of e:purrs")


def test_without_any_shape_the_report_says_that_nothing_was_judged(tmp_path):
    report = judged(tmp_path, FINE, HEAD).report()
    assert report.conforms and report.notes == ("no shape has a target, so nothing was judged",)


def test_a_shape_outside_the_compiler_is_judged_by_pyshacl_with_places_and_a_note(tmp_path):
    rule = "sh:property [ sh:path e:p ; sh:node e:S ; sh:nodeKind sh:IRI ]"
    shapes = f"{HEAD} e:S a sh:NodeShape ; sh:targetNode e:a ; {rule} ."
    found = judged(tmp_path, HEAD + 'e:a e:p [ e:q "007"^^xsd:integer ] .', shapes)
    (finding,) = found.report().findings
    assert (finding.value, finding.place.column, finding.component) == ("_:b0", 9, SH + "NodeKindConstraintComponent")
    assert found.report().covered == {"shapes": 1, "focus nodes": 1}
    assert [note.partition(":")[0] for note in found.notes()] == ["shape e"]
    assert "sh:value _:b0 ;" in found.turtle()


# The report of the W3C

needs_suite = pytest.mark.skipif(not CASES, reason="the W3C tests are not at hand (folder shared/w3c/shacl-tests)")


@needs_suite
@pytest.mark.parametrize(("manifest", "entry"), CASES, ids=list(map(name, CASES)))
def test_the_report_is_the_one_the_w3c_expects_and_every_result_has_its_place(manifest: Path, entry: NamedNode):
    graph, data, shapes, report = parts(manifest, entry)
    if report == NamedNode(SHT + "Failure"):
        with pytest.raises(DataError, match=re.escape(f"{shapes}:")):
            files.judge([data], [shapes])
        return
    found = files.judge([data], [shapes])
    expected = wanted(graph, report, Triples(quads(data)), Triples(quads(shapes)))
    assert reported(found.turtle(), graph, report, found) == expected
    assert all(finding.place for finding in found.report().findings)


def reported(text: str, graph: Triples, expected, found: files.Judged) -> Counter:
    """What our report says, without the messages where the expected one leaves them open."""
    made = Triples(parse(text, format=RdfFormat.TURTLE))
    (node,) = made.subjects(TYPE, sh("ValidationReport"))
    assert made.flag(node, sh("conforms")) is graph.flag(expected, sh("conforms"))
    data = Triples(quad for file in found.data for quad in file)
    rows = wanted(made, node, data, Triples(found.rules))
    known = wanted(graph, expected, *(Triples(quads(file.path)) for file in (found.data[0], found.shapes[0])))
    return Counter(row if row in known else (*row[:-1], ()) for row in rows.elements())


@needs_suite
@pytest.mark.parametrize(("manifest", "entry"), CASES[::24], ids=list(map(name, CASES[::24])))
def test_the_command_prints_that_report(manifest: Path, entry: NamedNode, tmp_path):
    graph, data, shapes, report = parts(manifest, entry)
    ran = kgtool(tmp_path, "--data", str(data), "--shapes", str(shapes), "-f", "turtle")
    if report == NamedNode(SHT + "Failure"):
        assert (ran.returncode, ran.stdout) == (2, "")
        return
    expected = wanted(graph, report, Triples(quads(data)), Triples(quads(shapes)))
    assert reported(ran.stdout, graph, report, files.judge([data], [shapes])) == expected
    assert ran.returncode == (1 if expected else 0)


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
TERMS = st.one_of(
    TEXT.map(Literal),
    TEXT.map(lambda text: Literal(text, datatype=NamedNode(XSD + "boolean"))),
    TEXT.map(lambda text: Literal(text, language="en")),
    st.lists(st.sampled_from(["a", "Z", "0", ".", "_", "-", "%41", "²", "é", ":", "/", "~"]))
    .map(lambda parts: NamedNode("http://example.org/" + "".join(parts))),
    st.sampled_from([BlankNode("x"), BlankNode("b0"), NamedNode(SH + "in")]),
)


@settings(max_examples=200, deadline=None)
@given(TERMS.filter(lambda term: not isinstance(term, BlankNode)), TERMS, st.sampled_from(["e", "", "é", "a.b"]))
def test_every_term_survives_the_report(focus, value, prefix):
    said = Literal("x\n\"'é")
    result = Result(focus, None, value, SH + "ClassConstraintComponent", SH + "Violation", BlankNode("s"), (said,))
    text = turtle.write([result], Prefixes({prefix: "http://example.org/", "b": "http://example.org/a"}))
    read = {quad.predicate.value.removeprefix(SH): quad.object for quad in parse(text, format=RdfFormat.TURTLE)}
    assert (read["focusNode"], read["value"], read["resultMessage"]) == (focus, value, said)


# What is ill-formed, and what is hostile


@pytest.mark.parametrize(("shape", "said"), [
    ("sh:property [ sh:minCount 1 ]", r":4:1: ill-formed shape e:S: .*no sh:path; add one"),
    ("sh:property [ sh:path e:p ;\n sh:in e:list ]", r":5:8: ill-formed shape e:list: a list was expected"),
    ('sh:sparql\n [ sh:select "SELECT $this { SERVICE <http://e/> { $this ?p ?o } }" ]', r":5:2: .*SERVICE"),
    ("sh:datatype e:x , e:y", r":4:1: .*2 values"),
])
def test_an_ill_formed_shape_is_named_with_its_place(tmp_path, shape, said):
    with pytest.raises(DataError, match="shapes.ttl" + said):
        judged(tmp_path, FINE, f"{HEAD}e:S a sh:NodeShape ; sh:targetNode e:a ; {shape} .")


DEEP, LINE = 100_000, HEAD + "e:a e:p "
LAUGHS = "".join(f'<!ENTITY e{n} "{"".join([f"&e{n - 1};"] * 10)}">' for n in range(1, 11))
HOSTILE = {
    "bomb_rdf": (f'<!DOCTYPE rdf:RDF [<!ENTITY e0 "lol">{LAUGHS}]>'
                 + RDF_XML.format(NODE.format("&e10;")), "bomb.rdf:1:[0-9]+: the entity e3 stands for more than 1,000"),
    "outside_rdf": ('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                    + RDF_XML.format(NODE.format("&x;")), "outside.rdf"),
    "deep_rdf": (RDF_XML.format("<rdf:Description><e:p>" * 9_000 + "</e:p></rdf:Description>" * 9_000),
                 "deep.rdf:1:[0-9]+: more than 1,000 elements stand inside one another"),
    "brackets_ttl": (LINE + "[ e:p " * DEEP + "1" + " ]" * DEEP + " .", "conforms|broke the engine"),
    "lists_ttl": (LINE + "( " * DEEP + "1" + " )" * DEEP + " .", "conforms|broke the engine"),
    "terms_ttl": (LINE + "<<( e:a e:b " * DEEP + "1" + " )>>" * DEEP + " .", "broke the engine"),
    "deep_jsonld": ('{"http://e/p":' * DEEP + "1" + "}" * DEEP, "deep.jsonld:1:.*Max stack size"),
    "remote_jsonld": ('{"@context": "http://example.org/context", "a": 1}', "remote.jsonld: names a context elsewhere"),
    "file_jsonld": ('{"@context": "file:///etc/passwd", "a": 1}', "file.jsonld: names a context elsewhere"),
    "utf16_ttl": (FINE.encode("utf-16"), "utf16.ttl: is UTF-16; save it as UTF-8"),
    "wide_ttl": (FINE.encode("utf-16-le"), "wide.ttl: is no text, or UTF-16"),
    "marked_ttl": (b"\xef\xbb\xbf" + FINE.encode(), "marked.ttl:1:1: begins with a byte order mark"),
    "latin_ttl": (LINE.encode() + b'"caf\xe9" .', "latin.ttl:4:13: is not UTF-8 here; save the file as UTF-8"),
    "cut_ttl": (LINE + '"abc', "cut.ttl:4:9: Unexpected end of file; see https://www.w3.org/TR/turtle/"),
    "huge_nt": (NT.format("a", "x" * 20_000_000), "huge.nt: holds a name or text of more than 16 MB"),
    "packed_ttl": (b"\x1f\x8b\x08\x00", "packed.ttl: is packed .gzip or zip.; unpack it first"),
    "zipped_ttl": (b"PK\x03\x04\x00", "zipped.ttl: is packed .gzip or zip.; unpack it first"),
    "lone_ttl": (LINE + r'"\uD800" .', "lone.ttl:4:10: .*not a valid unicode character"),
    "scoped_jsonld": ('{"@context": {"p": {"@id": "http://e/p", "@context": "http://127.0.0.1:9/c"}}, "p": {"q": 1}}',
                      "scoped.jsonld: names a context elsewhere"),
    "bad_ttl": ("<http://e/a b> <http://e/p> 1 .", "bad.ttl:1:1: Invalid IRI"),
    "note_txt": ("x", r"note.txt: no RDF format ends like this; did you mean .ttl"),
}


@pytest.mark.parametrize("file", HOSTILE)
def test_a_hostile_file_comes_to_one_sentence(tmp_path, file):
    content, said = HOSTILE[file]
    data, _ = put(tmp_path, **{file: content, "shapes_ttl": SHAPES})
    ran = kgtool(tmp_path, "--data", data.name, "--shapes", "shapes.ttl", "--timeout", "60")
    if ran.returncode == 0 and "conforms" in said:
        return
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert re.search(f"^error: .*({said})", ran.stderr)


@pytest.mark.parametrize(("make", "said"), [
    (Path.mkdir, "is not a regular file; name a file"), (os.mkfifo, "is not a regular file"),
    (lambda path: path.symlink_to("/dev/zero"), "is not a regular file"),
    (lambda path: None, "cannot be read: No such file"), (lambda path: path.symlink_to(path), "cannot be read"),
])
@pytest.mark.parametrize("role", ["data", "shapes"])
def test_what_is_no_file_is_not_read(tmp_path, make, said, role):
    good, odd = put(tmp_path, good_ttl=FINE)[0], tmp_path / "odd.ttl"
    make(odd)
    data, shapes = (odd, good) if role == "data" else (good, odd)
    ran = kgtool(tmp_path, "--data", data.name, "--shapes", shapes.name)
    assert ran.returncode == 2 and re.fullmatch(rf"error: odd\.ttl: {said}.*\n", ran.stderr)


@pytest.mark.parametrize(("shape", "said"), [
    ("sh:sparql [ sh:select 'SELECT $this { ?a ?b ?c . ?d ?f ?g . ?h ?i ?j . ?k ?l ?m FILTER(?c = ?g && ?j > ?m) }' ]",
     "took longer than 2 seconds and was stopped; --timeout gives it more"),
    ("sh:property [ sh:path " + "[ sh:inversePath " * 20_000 + "e:p" + " ]" * 20_000 + " ; sh:minCount 1 ]",
     "nests too deeply"),
    ("sh:js [ sh:jsFunctionName 'f' ]", "asks for JavaScript"),
])
def test_hostile_shapes_come_to_one_sentence(tmp_path, shape, said):
    data = HEAD + "".join(f"e:n{n} e:p e:n{n + 1} .\n" for n in range(2000))
    put(tmp_path, data_ttl=data, shapes_ttl=f"{HEAD}e:S a sh:NodeShape ; sh:targetSubjectsOf e:p ; {shape} .")
    seconds = "2" if "2 seconds" in said else "60"
    ran = kgtool(tmp_path, "--data", "data.ttl", "--shapes", "shapes.ttl", "--timeout", seconds)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert said in ran.stderr


def test_what_is_odd_but_data_is_judged_and_shown_without_harm(tmp_path):
    data = HEAD + r'<javascript:alert(1)> a e:Person ; e:age "\u0000\u001B[31m<img onerror=x>\u202E" .'
    put(tmp_path, data_ttl=data, shapes_ttl=SHAPES)
    ran = kgtool(tmp_path, "--data", "data.ttl", "--shapes", "shapes.ttl")
    assert ran.returncode == 1 and ran.stdout.replace("\n", "").isprintable()
    assert r"found: \x00\x1b[31m<img onerror=x>\u202e" in ran.stdout


def test_many_blank_nodes_are_told_each_with_its_place(tmp_path):
    shapes = HEAD + "e:S sh:targetSubjectsOf e:p ; sh:property [ sh:path e:p ; sh:nodeKind sh:IRI ] ."
    found = judged(tmp_path, HEAD + "".join(f"_:n{n} e:p 1 .\n" for n in range(20_000)), shapes).report()
    assert len({finding.place for finding in found.findings}) == 20_000
