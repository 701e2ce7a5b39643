"""Reports as text, JSON, SARIF and SHACL results: what is found is told whole, and data never passes for our words."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.namespace import RDF, SH

from kgtool.errors import Place, WrongUse
from kgtool.report import Finding, Report
from kgtool.terms import CLAIM, KG
from kgtool.validate.formats import FORMATS, write

TYPING_ERROR = Finding(
    "violation", "shape claim", CLAIM + "c1", "one of the list is expected", "did you mean kg:affirmed?",
    Place("claims/my file.ttl", 21, 9), KG + "polarity", "affrmed", str(SH.InConstraintComponent),
    "https://w3id.org/kgtool/shape/claim",
)
CONFLICT = Finding("warning", "check claim-against-itself", CLAIM + "c2", "says both")
TEXT_MISSING = Finding("info", "passages", "", "text not at hand", place=Place("sources.ttl"))
SMALL = Report.of(
    [TEXT_MISSING, CONFLICT, TYPING_ERROR],
    {"shapes": 14, "focus nodes": 310, "checks": 12, "passages": 1},
    ["1 text not at hand"],
)
CLEAN = Report.of([], {"shapes": 14, "focus nodes": 310, "checks": 12, "passages": 53})
HOSTILE = 'a"b\'c\nd\r\te\x1b[31m\x00\\ <script>&amp;</script> """ ]] {0} '
HOSTILE += '[x](javascript:y) \u202e é🧠 \u2028 <http://x> .'


def names(said: str) -> str:
    return {CLAIM + "c1": "claim:c1 (Baclofen relaxes)"}.get(said, said.replace(CLAIM, "claim:").replace(KG, "kg:"))


def graph(report: Report) -> rdflib.Graph:
    return rdflib.Graph().parse(data=write(report, names, "turtle"), format="turtle")


def many(count: int, rule: str = "shape drug", severity: str = "violation") -> list[Finding]:
    return [Finding(severity, rule, f"{CLAIM}m{n}", f"wrong {n}", place=Place("a.ttl", n + 1)) for n in range(count)]


def test_text_has_summary_then_rules_then_notes():
    assert write(SMALL, names, "text") == """\
does not conform: 1 violation, 1 warning, 1 info; looked at 14 shapes over 310 focus nodes, 12 checks, 1 passage

shape claim: 1 violation
  claims/my file.ttl:21:9: violation: one of the list is expected
    subject: claim:c1 (Baclofen relaxes)
    path: kg:polarity
    found: affrmed
    remedy: did you mean kg:affirmed?

check claim-against-itself: 1 warning
  warning: says both
    subject: claim:c2

passages: 1 info
  sources.ttl: info: text not at hand

note: 1 text not at hand
"""


def test_a_clean_report_says_what_was_looked_at():
    expected = "14 shapes over 310 focus nodes, 12 checks, 53 passages: no findings\n"
    assert write(CLEAN, names, "text") == expected
    assert write(Report.of([], {"focus nodes": 6499}), names, "text") == "6,499 focus nodes: no findings\n"
    assert write(Report(), names, "text") == "nothing was looked at: no findings\n"
    assert write(Report(notes=("no texts",)), names, "text").endswith("\n\nnote: no texts\n")


def test_warnings_alone_conform():
    assert write(Report.of([CONFLICT]), names, "text").startswith("conforms: 1 warning\n")


def test_examples_beyond_the_limit_are_counted():
    report = Report.of(many(1000))
    assert write(report, names, "text").splitlines()[-1] == "  … and 997 more; --all shows them"
    assert write(report, names, "text", limit=1).count("subject:") == 1
    everything = write(report, names, "text", limit=None)
    assert everything.count("subject:") == 1000
    assert "more" not in everything
    assert "more" not in write(Report.of(many(3)), names, "text")


def test_the_worst_rule_comes_first():
    report = Report.of(many(1, "b") + many(9, "a", "warning") + many(2, "c") + many(1, "d") + many(9, "z", "info"))
    headings = [line for line in write(report, names, "text").splitlines()[1:] if line and not line.startswith(" ")]
    assert headings == ["c: 2 violations", "b: 1 violation", "d: 1 violation", "a: 9 warnings", "z: 9 infos"]


def test_json_holds_everything_under_stable_keys():
    written = write(SMALL, names, "json")
    assert written.endswith("}\n")
    found = json.loads(written)
    assert list(found) == ["conforms", "counts", "covered", "notes", "unfinished", "findings"] and found["unfinished"] is None
    assert (found["conforms"], found["counts"]) == (False, {"violation": 1, "warning": 1, "info": 1})
    assert (found["covered"], found["notes"]) == (SMALL.covered, ["1 text not at hand"])
    assert found["findings"][0] == {
        "severity": "violation",
        "rule": "shape claim",
        "file": "claims/my file.ttl",
        "line": 21,
        "column": 9,
        "subject": CLAIM + "c1",
        "subject_shown": "claim:c1 (Baclofen relaxes)",
        "path": KG + "polarity",
        "value": "affrmed",
        "message": "one of the list is expected",
        "remedy": "did you mean kg:affirmed?",
        "component": str(SH.InConstraintComponent),
        "shape": "https://w3id.org/kgtool/shape/claim",
    }
    assert {key for key, value in found["findings"][1].items() if value is None} == {
        "file", "line", "column", "path", "value", "remedy", "component", "shape",
    }


def test_sarif_points_at_rules_and_places():
    found = json.loads(write(SMALL, names, "sarif"))
    assert found["version"] == "2.1.0" and "sarif-2.1.0" in found["$schema"]
    [run] = found["runs"]
    assert run["tool"]["driver"] == {
        "name": "kgtool", "rules": [{"id": "shape claim"}, {"id": "check claim-against-itself"}, {"id": "passages"}],
    }
    first, second, third = run["results"]
    assert first == {
        "ruleId": "shape claim",
        "ruleIndex": 0,
        "level": "error",
        "message": {
            "text": "claim:c1 (Baclofen relaxes): one of the list is expected; did you mean kg:affirmed?",
        },
        "properties": {"subject": CLAIM + "c1", "path": KG + "polarity", "value": "affrmed"},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": "claims/my%20file.ttl"}, "region": {"startLine": 21, "startColumn": 9},
        }}],
    }
    assert (second["level"], "locations" in second) == ("warning", False)
    assert (third["level"], third["locations"]) == (
        "note", [{"physicalLocation": {"artifactLocation": {"uri": "sources.ttl"}}}],
    )


def test_sarif_names_each_rule_once():
    [run] = json.loads(write(Report.of(many(1000) + many(5, "other")), names, "sarif"))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert (len(run["results"]), rules) == (1005, [{"id": "shape drug"}, {"id": "other"}])
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_sarif_leaves_out_an_unknown_column():
    [run] = json.loads(write(Report.of(many(1)), names, "sarif"))["runs"]
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}


def test_turtle_is_the_validation_report_of_the_standard():
    found = graph(SMALL)
    [report] = found.subjects(RDF.type, SH.ValidationReport)
    assert found.value(report, SH.conforms) == rdflib.Literal(False)
    results = set(found.objects(report, SH.result))
    assert results == set(found.subjects(RDF.type, SH.ValidationResult))
    assert len(results) == 3
    for result in results:
        for needed in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent, SH.resultMessage):
            assert len(list(found.objects(result, needed))) == 1
    [shaped] = found.subjects(SH.sourceShape)
    assert {(str(p), str(o)) for p, o in found.predicate_objects(shaped)} == {
        (str(RDF.type), str(SH.ValidationResult)),
        (str(SH.focusNode), CLAIM + "c1"),
        (str(SH.resultPath), KG + "polarity"),
        (str(SH.value), "affrmed"),
        (str(SH.resultSeverity), str(SH.Violation)),
        (str(SH.resultMessage), "one of the list is expected; did you mean kg:affirmed?"),
        (str(SH.sourceConstraintComponent), str(SH.InConstraintComponent)),
        (str(SH.sourceShape), "https://w3id.org/kgtool/shape/claim"),
    }


def test_in_turtle_any_result_at_all_does_not_conform():
    warned = Report.of([CONFLICT])
    assert warned.conforms
    assert list(graph(warned).objects(None, SH.conforms)) == [rdflib.Literal(False)]
    assert list(graph(CLEAN).objects(None, SH.conforms)) == [rdflib.Literal(True)]
    assert not list(graph(CLEAN).subjects(SH.result))


def test_rules_without_a_component_of_the_standard_are_named_by_their_own():
    found = graph(SMALL)
    labels = {str(o) for o in found.objects(None, rdflib.RDFS.label)}
    assert labels == {"check claim-against-itself", "passages"}
    assert set(found.subjects(rdflib.RDFS.label)) < set(found.objects(None, SH.sourceConstraintComponent))


@pytest.mark.parametrize("said", ["http://[bad", "note: a thing", "javascript:alert(1)", "http://a b", "7", "https://"])
def test_what_is_no_iri_is_written_as_a_literal(said):
    found = graph(Report.of([Finding("info", "r", said, "m", value=said, path=said, shape=said, component=said)]))
    assert list(found.objects(None, SH.focusNode)) == list(found.objects(None, SH.value)) == [rdflib.Literal(said)]
    assert not list(found.objects(None, SH.resultPath)) + list(found.objects(None, SH.sourceShape))


def test_a_thousand_findings_are_a_thousand_results():
    assert len(list(graph(Report.of(many(1000))).objects(None, SH.result))) == 1000


@pytest.mark.parametrize("format", FORMATS)
def test_the_order_of_findings_and_the_hash_seed_do_not_matter(format):
    backwards = Report.of(reversed(SMALL.findings), SMALL.covered, SMALL.notes)
    assert write(backwards, names, format) == write(SMALL, names, format)
    program = (
        "from kgtool.report import *; from kgtool.validate.formats import write\n"
        "found = [Finding('info', f'r{n % 3}', f'http://e/{n}', 'm') for n in range(9)]\n"
        f"print(write(Report.of(found), str, {format!r}))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], cwd=Path(__file__).resolve().parents[1], capture_output=True, check=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for seed in "12"
    }
    assert len(outputs) == 1


def hostile(text: str) -> Report:
    finding = Finding("violation", text, text, text, text, Place(text, 1, 2), text, text, text, text)
    return Report.of([finding], {"shapes": 1}, [text])


def test_hostile_text_stays_on_its_line():
    written = write(hostile(HOSTILE), names, "text")
    assert written.replace("\n", "").isprintable()
    assert len(written.splitlines()) == 10
    assert r"d\r\te\x1b[31m\x00\ <script>" in written


def test_hostile_text_is_no_link_and_no_placeholder_in_sarif():
    [run] = json.loads(write(hostile(HOSTILE), names, "sarif"))["runs"]
    message = run["results"][0]["message"]["text"]
    assert "](" not in message
    assert "{{0}}" in message


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1) | st.just(HOSTILE))
def test_hostile_text_survives(text):
    report = hostile(text)
    [found] = json.loads(write(report, names, "json"))["findings"]
    assert found["message"] == found["value"] == found["file"] == found["rule"] == text
    [run] = json.loads(write(report, names, "sarif"))["runs"]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert (run["results"][0]["properties"]["value"], unquote(uri)) == (text, text)
    shown = write(report, names, "text")
    assert len(shown.splitlines()) == 10
    [message] = rdflib_texts(report, SH.resultMessage)
    assert message == f"{text}; {text}"


def rdflib_texts(report: Report, predicate: rdflib.URIRef) -> list[str]:
    return [str(text) for text in graph(report).objects(None, predicate)]


def test_an_unknown_format_names_the_known_ones():
    with pytest.raises(WrongUse, match="no report format 'sarf'; did you mean sarif.*text, json, sarif, turtle"):
        write(CLEAN, names, "sarf")


def test_every_format_of_an_empty_report_can_be_read():
    assert json.loads(write(Report(), names, "json"))["findings"] == []
    assert json.loads(write(Report(), names, "sarif"))["runs"][0]["results"] == []
    assert len(graph(Report())) == 2
