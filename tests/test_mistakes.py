"""Every mistake on the command line is answered with what there is, in one message, and with exit code 2."""

from __future__ import annotations

import pytest

MISTAKES = {
    "a command": (("shwo", "examplin"), "there is no command shwo; did you mean show?"),
    "an option": (("show", "--xyzzy"), "error: no such option --xyzzy; `kgtool show --help` shows how"),
    "an option's value": (("path", "a", "b", "--steps"), "error: option '--steps' "),
    "a value left out": (("ask", "routes", "--drug"),
                         "error: option '--drug' requires an argument; `kgtool ask routes --help` shows how"),
    "an argument left out": (("path", "examplin"), "error: missing argument 'GOAL'; `kgtool path --help` shows how"),
    "a question": (("ask", "rotes"), "there is no question rotes; did you mean routes?"),
    "a question like none": (("ask", "xyzzy"), "there is no question xyzzy; `kgtool ask` lists them"),
    "a question with a path": (("ask", "../view/names"), "there is no question ../view/names"),
    "a parameter": (("ask", "routes", "--drgu", "examplin"), "did you mean --drug?"),
    "a name": (("ask", "routes", "--drug", "examplim"), "nothing here is called 'examplim'; did you mean examplin?"),
    "a name of another kind": (
        ("ask", "routes", "--drug", "nausea"), "nothing here is called 'nausea' among kg:Drug (it is a kg:Sign)"),
    "a name of two things": (
        ("show", "MS"), "'MS' means 2 things: multiple sclerosis (MONDO:0005301), Letters (id:letters)"),
    "an empty name": (("show", ""), "nothing here is called ''"),
    "an empty command": (("",), "there is no command ''; `kgtool --help` lists the commands"),
    "an empty name of what to draw": (("draw", "", "-o", "x.svg"), "an empty name; `kgtool draw --help` shows how"),
    "a name without end": (
        ("show", "é" * 9000), f"nothing here is called '{'é' * 100}…'; `kgtool search WORD` looks for words\n"),
    "a name that a shell would read": (("show", "a;b (c)"), "`kgtool search 'a;b'` looks for words"),
    "a name of a kind that has one thing": (("ask", "routes", "--drug", "xyzzy"), "'xyzzy'; there is only examplin"),
    "a format": (("ask", "routes", "-f", "jsno"), "there is no format jsno for rows; did you mean json"),
    "a suffix": (("ask", "routes", "-o", "x.jsn"), "there is no format jsn for rows; did you mean json"),
    "a suffix like none": (
        ("ask", "routes", "-o", "x.docx"), "there is no format docx for rows; it is one of table, tsv, csv, json"),
    "a suffix for triples": (
        ("query", "CONSTRUCT WHERE { ?s a kg:Drug }", "-o", "x.csv"), "there is no format csv for triples"),
    "a picture's suffix": (("draw", "examplin", "-o", "x.svgg"), "no picture ends in .svgg; did you mean .svg?"),
    "a picture without one": (("draw", "examplin", "-o", "x"), "no picture ends in nothing; use one of .svg"),
    "a report's suffix": (("validate", "-o", "x.jsn"), "no report ends in .jsn; did you mean .json?"),
    "a report's suffix like none": (("validate", "-o", "x.docx"), "no report ends in .docx; use one of .txt, .json,"),
    "a thing to draw": (("draw", "examplim", "-o", "x.svg"), "nothing here is called 'examplim'; did you mean"),
    "a source to draw": (("draw", "page", "-o", "x.svg"), "is claimed of page; --source draws what a source claims"),
    "a claim to draw": (("draw", "page-v1-class", "-o", "x.svg"), "and `kgtool why` shows what a claim says"),
    "a file for the tables": (("tables", "ontology/lists.ttl"), "cannot write to ontology/lists.ttl: File exists; name another"),
    "a folder of others for the tables": (
        ("tables", "ontology"), "ontology holds files that are no tables of kgtool's, README.md and 5 more; name an empty"),
    "a store without a name": (("query", "--store", "", "ASK {}"), "an empty name: name the folder that `kgtool load` made"),
    "a store's address": (
        ("query", "--store", "http://127.0.0.1:99999/", "ASK {}"), "http://127.0.0.1:99999/ is no web address; write it like"),
    "an endpoint's address": (("validate", "--endpoint", "", "--shapes", "x.ttl"), " is no web address; write it like"),
    "a SELECT to draw": (("draw", "SELECT * { ?s ?p ?o }", "-o", "x.svg"), "write the query as a CONSTRUCT"),
    "an export's suffix": (("export", "x.tll"), "no export format ends in .tll; did you mean .ttl"),
    "an export without one": (("export", "x"), "no export format ends in nothing; known are .ttl,"),
    "an export to nowhere named": (("export", "-"), "standard output has no suffix; name the format with -f"),
    "an export's thing": (
        ("export", "x.ttl", "--about", "nausia"), "nothing here is called 'nausia'; did you mean Nausea?"),
    "an export's policy": (
        ("export", "x.ttl", "--policy", "regulator-only"), "called 'regulator-only'; did you mean regulators-only?"),
    "an empty name in an option": (
        ("export", "x.ttl", "--about", ""), "error: --about: an empty name; `kgtool export --help`"),
    "an empty folder": (("publish", ""), "an empty name; `kgtool publish --help` shows how"),
    "an empty project": (("--project", "", "stats"), "error: --project: an empty name; `kgtool --help` shows how"),
    "an empty policy": (("show", "examplin", "--policy", " "), "error: --policy: an empty name; `kgtool show"),
    "a number in words": (
        ("neighbours", "examplin", "--steps", "zz"), "error: --steps: 'zz' is not a whole number; `kgtool neighbours --help`"),
    "a number below the least": (
        ("validate", "--limit-per-shape", "0"), "error: --limit-per-shape: 0 is not a whole number from 1 on; `kgtool validate"),
    "a number above the most": (("serve", "--port", "70000"), "error: --port: 70000 is not a whole number from 0 to 65535; "),
    "no time at all": (("query", "--timeout", "0", "ASK {}"), "error: --timeout: 0.0 is not a number above 0; `kgtool query"),
    "time in words": (("serve", "--finish", "soon"), "error: --finish: 'soon' is not a number from 0 on; `kgtool serve --help`"),
    "a format that is nearly one": (
        ("validate", "-f", "txt"), "error: --format: 'txt' is none of text, json, sarif, turtle; did you mean text?"),
    "a format that is none": (("validate", "-f", "zz"), "error: --format: 'zz' is none of text, json, sarif, turtle; `kgtool"),
    "an output without a name": (("query", "ASK {}", "-o", ""), "error: cannot write to an empty name: Is a directory"),
    "a file without a query to draw": (
        ("draw", "nothing.rq", "-o", "x.svg"), "nothing.rq: cannot be read: No such file or directory"),
    "an export's source": (("export", "x.ttl", "--source", "page-v2"), "nothing here is called 'page-v2'"),
    "a file to query": (("query", "nowhere.rq"), "nowhere.rq: there is no such file; a query typed in place"),
    "an empty file name": (("query", ""), "an empty name: there is no such file"),
    "a folder to query": (("query", "queries"), "queries: is not a regular file"),
    "an edge nobody claims": (("why", "examplin", "bindsTo", "nausea"), "nobody claims: examplin binds to Nausea"),
    "a relation": (("why", "examplin", "bindTo", "receptor"), "nothing here is called 'bindTo'; did you mean binds to?"),
    "a relation in a sentence": (("why", "examplin treets spasticity"), "called 'treets'; did you mean treats?"),
    "a thing to explain": (("why", "examplin"), "nothing here is called 'examplin' among"),
    "a version to cite": (("cite", "page-v2", "words"), "nothing here is called 'page-v2'"),
    "a project": (("--project", "queries", "stats"), "queries is not a kgtool project: no ontology/,"),
    "a folder that is not there": (
        ("stats", "-o", "no/such/folder/x.csv"), "cannot write no/such/folder/x.csv: No such file"),
    "a file for a folder": (("stats", "-f", "csv", "-o", "ontology/lists.ttl/x.csv"), "Not a directory"),
    "a folder as output": (("stats", "-f", "csv", "-o", "queries"), "cannot write queries: Is a directory"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_is_not_there_is_answered_with_what_is(run_built, mistake):
    words, message = MISTAKES[mistake]
    done = run_built(*words)
    assert message in done.stderr
    assert (done.stdout, done.returncode) == ("", 2)


@pytest.mark.parametrize("command", [("query",), ("query", "--explain"), ("draw", "-o", "x.svg")])
def test_what_is_wrong_in_the_file_of_a_query_is_told_with_its_name(run, world, command):
    (world.root / "half.rq").write_text("CONSTRUCT {\n ?s ?p", encoding="utf-8")
    assert run(*command, "half.rq").stderr.startswith("error: half.rq: line 2, column 7: the query ends or breaks off here")


def test_the_card_of_a_judgement_is_its_reason(run_built):
    derived = run_built("query", "SELECT ?p { ?p a kg:Proposition } ORDER BY ?p LIMIT 1", "-f", "tsv").stdout.split()[1]
    assert f"{derived} is derived, and has no card; `kgtool why {derived}` tells what" in run_built("show", derived).stderr


def test_a_file_that_holds_no_query_is_not_drawn_as_everything(run, world):
    (world.root / "empty.rq").touch()
    done = run("draw", "empty.rq", "-o", "x.svg")
    assert "error: empty.rq holds no query; a picture is drawn from a CONSTRUCT" in done.stderr and done.returncode == 2


def test_a_question_that_no_judgement_finishes_is_told(run, world):
    file = world.root / "queries" / "ask" / "label-status.rq"
    file.write_text(file.read_text(encoding="utf-8").replace("then: label_status", "then: label_staus"), encoding="utf-8")
    done = run("ask", "label-status", "--drug", "examplin")
    assert "queries/ask/label-status.rq: there is no judgement label_staus; did you mean label_status?" in done.stderr
    assert done.returncode == 2


SYNTAX = {
    "a missing object": ("SELECT * { ?s ?p }", 1, 19, "the query ends or breaks off here"),
    "a missing brace": ("SELECT *\nWHERE { ?s ?p ?o", 2, 17, "the query ends or breaks off here"),
    "a word that begins well": ("SELECT ?s { ?s ?p ?o ; ?s ?p ?o . OPTIONAL {} }", 1, 35, "this cannot stand here: OPTIONAL"),
    "a misspelt word": ("SELECT ?s WHER { ?s ?p ?o }", 1, 16, "this cannot stand here: {"),
    "an undeclared prefix": (
        "SELECT * {\n  ?s kgg:sign ?o }", 2, 6, "the prefix kgg: is not declared; did you mean kg?"),
    "an undeclared prefix of a subject": (
        "SELECT ?o {\n  kgg:a ?p\n  ?o }", 2, 3, "the prefix kgg: is not declared; did you mean kg?"),
    "an undeclared prefix in a path": (
        "SELECT * { ?s kg:sign/(^nope:b)* ?o }", 1, 25, "the prefix nope: is not declared; declare"),
    "a misspelt first word": (
        "PREFIX e: <http://e/>\nSELEC * { ?s ?p ?o }", 2, 1,
        "a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE; did you mean SELECT"),
    "a prefix only in a string": ('SELECT * { ?s ?p "nope:b" . ?s }', 1, 33, "the query ends or breaks off here"),
    "a tab before it": ("SELECT * {\n\t?s ?p }", 2, 9, "the query ends or breaks off here"),
}


@pytest.mark.parametrize("wrong", SYNTAX)
def test_a_syntax_error_shows_its_line_with_a_caret_under_the_place(run_built, wrong):
    query, line, column, sentence = SYNTAX[wrong]
    done = run_built("query", query)
    said, shown, caret = done.stderr.splitlines()
    assert said.startswith(f"error: line {line}, column {column}: {sentence}")
    assert shown == "  " + query.splitlines()[line - 1].replace("\t", " ")
    assert caret == "  " + " " * (column - 1) + "^"
    assert done.returncode == 2


def test_a_long_line_is_shown_around_the_place(run_built):
    done = run_built("query", "SELECT * { " + "?s a kg:Drug . " * 100 + "?s ?p }")
    said, shown, caret = done.stderr.splitlines()
    assert "column 1519" in said
    assert shown.endswith("?s ?p }") and shown.startswith("  …") and len(shown) < 100
    assert caret.index("^") == len(shown)
