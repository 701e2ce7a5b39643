"""The command line: data on standard output, messages beside it, exit codes, and an answer to every mistake."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from kgtool import terms
from kgtool.analysis.reasons import Reason
from kgtool.cli import COMMANDS
from kgtool.project import Project
from kgtool.rows import ROWS

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = sorted(path.stem for path in (ROOT / "queries" / "ask").glob("*.rq"))
HELPS = [(), *((name,) for name in COMMANDS), *(("sources", name) for name in ("list", "add", "check", "show")),
         *(("ask", name) for name in QUESTIONS)]
HEAVY = ("rdflib", "networkx", "pyshacl", "pandas", "rich", "resvg_py")
ELSEWHERE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
ROUTES = ("ask", "routes", "--drug", "examplin")
CLAIMS = "SELECT ?claim ?start { ?claim a kg:Claim ; kg:start ?start } ORDER BY ?start"


def helped(*words: str) -> str:
    """A command's help, asked for in this process."""
    from click.testing import CliRunner

    from kgtool.cli import kgtool

    done = CliRunner().invoke(kgtool, [*words, "--help"], prog_name="kgtool")
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("words", HELPS, ids=lambda words: " ".join(("kgtool", *words)))
def test_a_help_has_examples_and_exit_codes(words, monkeypatch):
    monkeypatch.chdir(ROOT)
    said = helped(*words)
    assert re.search(r"^  Examples?:\n    kgtool", said, re.M)
    assert "Exit codes: 0 done" in said or words == ()
    assert max(map(len, said.splitlines())) <= 120
    assert not re.search("^  -.* (INTEGER|FLOAT|TEXT|PATH|RANGE)\\b", said, re.M), "what an option takes has a name"


@pytest.mark.parametrize("words", [(), ("sources",), ("analyse",)], ids=" ".join)
def test_what_a_command_does_is_told_on_one_line_of_eighty_columns(words, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    _, _, listed = helped(*words).partition("Commands:\n")
    named = re.findall(r"^  (\w+)  +\S.*[.]$", listed.partition("\n\n")[0], re.M)
    assert named and len(named) == len(listed.partition("\n\n")[0].splitlines()) and "..." not in listed


def test_the_help_of_draw_says_how_many_things_are_drawn():
    from kgtool.views.claims import MOST_NODES

    assert f"At most {MOST_NODES} things are drawn" in " ".join(helped("draw").split())


def test_the_first_help_says_that_it_is_no_medical_advice():
    assert terms.NOT_MEDICAL_ADVICE in " ".join(helped().split())


@pytest.mark.parametrize(
    "words", [("--help",), ("ask", "--help"), ("ask", "routes", "--help"), ROUTES, ("query", CLAIMS)], ids=" ".join
)
def test_a_light_command_imports_no_heavy_library(built_world, kgtool, words):
    done = kgtool(built_world, *words, PYTHONPROFILEIMPORTTIME="1")
    lines = [line for line in done.stderr.splitlines() if "import time" in line]
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    assert "kgtool" in imported and not imported & set(HEAVY)
    assert done.returncode == 0


def test_questions_are_listed_with_their_titles(run_built):
    listed = run_built("ask").stdout.splitlines()
    assert [line.split()[0] for line in listed] == QUESTIONS
    assert "By which routes a drug is said to be given" in "".join(listed)


# Formats


def read_back(form: str, text: str) -> list[dict]:
    if form == "json":
        return json.loads(text)
    if form == "jsonl":
        return [json.loads(line) for line in text.splitlines()]
    if form == "srj":
        said = json.loads(text)
        assert said["head"]["vars"] == ["claim", "start"]
        return [{"claim": row["claim"]["value"].replace(terms.CLAIM, "claim:"), "start": int(row["start"]["value"])}
                for row in said["results"]["bindings"]]
    rows = csv.DictReader(io.StringIO(text), delimiter="\t" if form == "tsv" else ",")
    return [{**row, "start": int(row["start"])} for row in rows]


@pytest.mark.parametrize("form", ROWS)
def test_each_format_holds_the_same_rows(run_built, form):
    rows = read_back(form, run_built("query", CLAIMS, "-f", form).stdout)
    assert [row["claim"] for row in rows][:2] == ["claim:page-v1-class", "claim:page-v1-mouth"]
    assert [row["start"] for row in rows] == [0, 22, 49, 131, 171, 251]


@pytest.mark.parametrize("form", ROWS)
def test_the_suffix_of_the_output_decides(run, world, form):
    done = run("query", CLAIMS, "-o", f"rows.{form}")
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    assert (world.root / f"rows.{form}").read_text(encoding="utf-8") == run("query", CLAIMS, "-f", form).stdout


def test_a_format_counts_for_more_than_a_suffix(run, world):
    run("query", CLAIMS, "-f", "json", "-o", "rows.txt")
    assert len(json.loads((world.root / "rows.txt").read_text(encoding="utf-8"))) == 6


@pytest.mark.parametrize(
    "words", [ROUTES, ("show", "examplin"), ("query", CLAIMS), ("export", "-", "-f", "ttl"), ("--help",)], ids=" ".join
)
def test_a_full_disk_behind_standard_output_is_told_in_one_line(built_world, words):
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "kgtool", *words], cwd=built_world.root, stdout=full, stderr=subprocess.PIPE,
                              text=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert (done.returncode, done.stderr) == (2, "error: cannot write to standard output: No space left on device\n")


@pytest.mark.parametrize(("closed", "words", "code"), [
    (0, ("query", "-"), 2), (1, ROUTES, 0), (1, ("show", "examplin"), 0), (1, ("query", CLAIMS), 0), (2, ("shwo",), 2),
], ids=["input", "rows", "a card", "a query", "an error"])
def test_a_stream_that_is_closed_is_done_without(built_world, closed, words, code):
    done = subprocess.run(
        [sys.executable, "-m", "kgtool", *words], cwd=built_world.root, env=os.environ | {"PYTHONPATH": str(ROOT)}, text=True,
        preexec_fn=lambda: os.close(closed), **({} if closed == 2 else {"stderr": subprocess.PIPE}),
    )
    assert done.returncode == code and "Traceback" not in (done.stderr or "")


def test_data_in_a_pipe_are_utf_8_wherever_they_are_written(run_built):
    assert run_built("show", "examplin", **ELSEWHERE).stdout == run_built("show", "examplin").stdout
    assert run_built("matrix", "-f", "table", **ELSEWHERE).stdout == run_built("matrix", "-f", "table").stdout


INTERRUPTED = """
import os, signal, sys
class Passing:
    def __del__(self):  # Python says of what is raised here that it passes it over
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(1000))
class Finder:
    def find_spec(self, name, *_):
        name == sys.argv[-1] and Passing()
sys.meta_path.insert(0, Finder())
from kgtool.__main__ import main
main()
"""


@pytest.mark.parametrize("module", ["kgtool.cli.options", "kgtool.cli.things"])
def test_an_interrupt_before_the_command_is_read_is_not_passed_over(built_world, module):
    # what is begun in the background, as whole suites are, is told of no interrupts
    told = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    done = subprocess.run([sys.executable, "-c", INTERRUPTED, "show", module], cwd=built_world.root, capture_output=True,
                          text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, preexec_fn=told)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_nothing_is_imported_before_an_interrupt_ends_the_process_plainly():
    code = "import sys; before = {*sys.modules}; import kgtool.__main__; print(*sorted({*sys.modules} - before))"
    # without site, which may have imported anything
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)})
    assert set(done.stdout.split()) <= {"kgtool", "kgtool.__main__", "_signal", "atexit", "gc"}, done.stderr


@pytest.mark.parametrize("words", [["--help"], ["stats"], ["nonsense"]], ids=" ".join)
def test_an_interrupt_after_the_command_is_done_ends_the_process_plainly(built_world, words):
    code = ("import os, signal\nfrom kgtool.__main__ import main\n"
            "try: main()\nfinally: os.kill(os.getpid(), signal.SIGINT)")
    told = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=built_world.root, env=os.environ | {"PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True, preexec_fn=told)
    assert (done.returncode, "Traceback" in done.stderr) == (-signal.SIGINT, False)


def test_files_may_be_called_by_letters_that_the_language_of_the_system_lacks(built_world, kgtool, tmp_path):
    root = tmp_path / "Würfel"
    shutil.copytree(built_world.root, root)
    things = root / "graph_data" / "things.ttl"
    things.write_text(things.read_text(encoding="utf-8") + "\nid:odd a kg:Drug .\n", encoding="utf-8")
    things.rename(things.with_name("größen.ttl"))
    there = Project(root, root / "build", root / "cache" / "texts")
    for words in (("build", "--force"), ("validate", "-f", "sarif"), ("validate", "--changed", "-f", "json"), ("tables", "ä")):
        here, elsewhere = (kgtool(there, *words, **language) for language in ({}, ELSEWHERE))
        assert (elsewhere.returncode, elsewhere.stdout) == (here.returncode, here.stdout)
    assert '"file": "graph_data/größen.ttl"' in kgtool(there, "validate", "-f", "json", **ELSEWHERE).stdout


def test_a_pipe_gets_tsv_and_a_table_on_request(run_built):
    assert run_built(*ROUTES).stdout.splitlines()[0] == "drug\troute\tform\tmodality\thedge\twords\tclaim"
    table = run_built(*ROUTES, "-f", "table").stdout
    assert "oral" in table and "\t" not in table and "\x1b" not in table


def test_a_terminal_is_told_no_codes_that_stand_in_data_or_are_typed(run_built):
    table = run_built("query", 'SELECT ?x { VALUES ?x { "\\u001B[2J\\u0007a" "b\\u009Bc" } } ORDER BY ?x', "-f", "table").stdout
    assert "\\x1b[2J\\x07a" in table and "b\\x9bc" in table and not {"\x1b", "\x07", "\x9b"} & set(table)
    assert "\x1b" not in run_built("show", "a\x1b[2J").stderr


def test_a_card_and_a_reason_hold_no_codes_of_data_and_keep_its_spaces(run_built, tmp_path):
    (tmp_path / "odd.ttl").write_text(
        "@prefix kg: <https://w3id.org/kgtool/vocab#> . @prefix id: <https://w3id.org/kgtool/id/> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        'id:odd a kg:Drug ; rdfs:label "5\\u00A0mg\\u001B[2J" .\n', encoding="utf-8",
    )
    assert run_built("load", tmp_path / "odd.ttl", "--into", tmp_path / "kept").returncode == 0
    card = run_built("show", "id:odd", "--store", tmp_path / "kept").stdout
    for said in (card, str(Reason("passage", "id:odd", "words of\n5\xa0mg\x1b[2J"))):
        assert "5\xa0mg\\x1b[2J" in said and "\x1b" not in said, said


def test_a_table_goes_to_a_file_too(run, world):
    assert run(*ROUTES, "-f", "table", "-o", "table.txt").stdout == ""
    assert "oral" in (world.root / "table.txt").read_text(encoding="utf-8")


def test_labels_stand_beside_their_things(run_built):
    (row,) = json.loads(run_built(*ROUTES, "-f", "json", "--labels").stdout)
    assert (row["route"], row["route_label"]) == ("NCIT:C38288", "oral")


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_words_that_a_spreadsheet_takes_for_a_formula_are_written_as_they_are(run_built, form):
    written = run_built("query", 'SELECT ?x { VALUES ?x { "=1+1" "+1" "-1" "@a" } }', "-f", form).stdout
    assert sorted(written.splitlines()) == sorted(["x", "=1+1", "+1", "-1", "@a"])


def test_values_no_format_can_spell_are_kept_as_they_stand(run_built):
    query = ('SELECT (1e400 AS ?much) ("abc"^^xsd:integer AS ?ill) ("a\tb\\nc" AS ?text) '
             "(true AS ?yes) (1/0 AS ?none) {}")
    (row,) = json.loads(run_built("query", query, "-f", "json").stdout, parse_constant=pytest.fail)
    assert row == {"much": "INF", "ill": "abc", "text": "a\tb\nc", "yes": True, "none": None}
    assert run_built("query", query, "-f", "tsv").stdout.splitlines()[1] == "INF\tabc\ta b c\ttrue\t"


@pytest.mark.parametrize("suffix", ["ttl", "nt", "nq", "trig", "rdf", "jsonld"])
def test_triples_are_written_in_the_format_of_the_suffix(run_built, suffix):
    import pyoxigraph as ox

    from kgtool.rdf import FORMATS

    made = run_built("query", "CONSTRUCT WHERE { ?s a kg:Drug }", "-f", suffix).stdout
    (quad,) = ox.parse(made, format=FORMATS[f".{suffix}"])
    assert quad.subject.value == terms.ID + "examplin"


def test_empty_answers_say_so_beside_the_header(run_built):
    done = run_built("ask", "routes", "--drug", "examplin", "-f", "csv")
    assert done.stderr == ""
    none = run_built("ask", "side-effects", "-f", "csv")
    assert none.stdout == "drug,effect,modality,hedge,list,words,claim\n"
    assert none.stderr == "no rows: nothing in this graph answers it\nasked of --drug baclofen, as nothing else was named\n"
    assert run_built("ask", "side-effects", "-f", "table").stdout == "no rows: nothing in this graph answers it\n"


# Where a query comes from, and what it answers


def test_a_query_comes_in_place_from_a_file_or_from_standard_input(run, world):
    (world.root / "own.rq").write_text(CLAIMS, encoding="utf-8")
    answers = {run("query", CLAIMS).stdout, run("query", "own.rq").stdout, run("query", "-", stdin=CLAIMS).stdout}
    assert len(answers) == 1 and answers.pop().count("claim:") == 6


@pytest.mark.parametrize(
    "raw", [CLAIMS.encode("utf-16"), b"\xef\xbb\xbf" + CLAIMS.encode(), b"SELECT (\"\xff\" AS ?x) {}"],
    ids=["UTF-16", "a byte order mark", "Latin-1"],
)
def test_a_query_in_a_wrong_encoding_is_told(run_built, raw):
    done = run_built("query", "-", stdin=raw)
    assert "standard input" in done.stderr and "UTF-8" in done.stderr
    assert done.returncode == 2


@pytest.mark.parametrize(("query", "said", "code"), [
    ("ASK { id:examplin a kg:Drug }", "true\n", 0), ("ASK { id:examplin a kg:Sign }", "false\n", 1),
])
def test_a_yes_or_no_is_an_exit_code_too(run_built, query, said, code):
    done = run_built("query", query)
    assert (done.stdout, done.stderr, done.returncode) == (said, "", code)


def test_searching_in_vain_exits_with_one(run_built):
    assert run_built("search", "nothing", "at", "all").returncode == 1
    found = run_built("search", "exa")
    assert found.returncode == 0
    assert found.stdout.splitlines()[1] == "id:examplin\tExa\tkg:Drug\tsynonym"


# Names


@pytest.mark.parametrize("name", [
    "examplin", "EXAMPLIN", "  examplin ", "Exa", "exampline  hydrochloride", "id:examplin", terms.ID + "examplin",
    "DRUGBANK:DB99999", "drugbank:db99999", "https://identifiers.org/drugbank:DB99999",
])
def test_a_thing_is_found_by_any_of_its_names(run_built, name):
    assert "claim:page-v1-mouth" in run_built("ask", "routes", "--drug", name).stdout


def test_a_near_match_is_no_name(run_built):
    """Only an identifier that means exactly the same stands for the thing."""
    assert run_built("ask", "routes", "--drug", "ATC:Z99").returncode == 2


def test_any_asks_for_all(run_built):
    assert run_built("ask", "routes", "--drug", "any").stdout == run_built(*ROUTES).stdout


@pytest.mark.parametrize("words", [
    ("--project", "{}", *ROUTES), ("ask", "--project", "{}", *ROUTES[1:]), (*ROUTES, "--project", "{}"),
    ("ask", "routes", "--project={}", "--drug", "examplin"),
], ids=" ".join)
def test_a_project_is_named_before_or_after_the_command(built_world, kgtool, words):
    elsewhere = built_world.__class__(ROOT, ROOT / "build", built_world.texts)
    done = kgtool(elsewhere, *(word.format(built_world.root) for word in words))
    assert "claim:page-v1-mouth" in done.stdout, done.stderr


def test_a_folder_inside_a_project_is_in_the_project(built_world, kgtool):
    inside = built_world.__class__(built_world.root / "queries" / "ask", built_world.build, built_world.texts)
    assert "claim:page-v1-mouth" in kgtool(inside, *ROUTES).stdout


# Pipes and terminals


@pytest.mark.parametrize("words", ["query 'SELECT * { ?s ?p ?o }'", "show examplin", "ask claims-of --source page", "ask"])
def test_a_reader_that_has_had_enough_hears_no_complaint(built_world, words):
    command = f"set -o pipefail; {sys.executable} -m kgtool {words} | head -1"
    done = subprocess.run(["bash", "-c", command], cwd=built_world.root, capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert (done.stdout.count("\n"), done.stderr.partition("`kgtool ask NAME` asks")[0].strip(), done.returncode) == (1, "", 0)


def on_a_terminal(project, *words: str, **environment: str) -> str:
    """What a command prints on a terminal."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "kgtool", *words], cwd=project.root, stdout=follower, stderr=follower,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm", **environment},
    )
    os.close(follower)
    said = b""
    while True:
        try:
            said += (more := os.read(leader, 65536))
        except OSError:
            break  # Linux ends a terminal's text with an error
        if not more:
            break
    os.close(leader)
    assert process.wait() == 0
    return said.decode()


def test_a_terminal_gets_a_table_with_emphasis_unless_colours_are_off(built_world):
    plain = on_a_terminal(built_world, *ROUTES, NO_COLOR="1")
    assert "oral" in plain and "NCIT:C38288" not in plain and "\x1b[" not in plain
    assert "\x1b[" in on_a_terminal(built_world, *ROUTES)


def test_on_a_terminal_long_work_shows_how_far_it_is_and_how_fast(built_world, tmp_path):
    (tmp_path / "many.nt").write_text("".join(f"<http://e/{n}> <http://e/p> \"{n}\" .\n" for n in range(500_000)))
    words = "load", str(tmp_path / "many.nt"), "--into", str(tmp_path / "kept")
    said = on_a_terminal(built_world, *words)
    assert re.search(r"\r\x1b\[Kmany\.nt  █+░*  +\d+ %  \d+ MB  \d+ MB/s", said), said
    assert "\r\x1b[Kchecking\r\x1b[K" in said
    assert said.endswith("kept loaded: 500,000 quads\r\n")
    (tmp_path / "few.nt").write_text("<http://e/a> <http://e/p> 'a' .\n".replace("'", '"'))
    assert on_a_terminal(built_world, "load", str(tmp_path / "few.nt"), *words[2:], "--quiet") == ""


def complete(project, line: str) -> list[str]:
    words = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" ")), "_KGTOOL_COMPLETE": "bash_complete"}
    done = subprocess.run([sys.executable, "-m", "kgtool"], cwd=project.root, capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(ROOT), **words})
    return [word.partition(",")[2] for word in done.stdout.splitlines()]


@pytest.mark.parametrize(("line", "words"), [
    ("kgtool bu", ["build"]), ("kgtool ask rou", ["routes"]), ("kgtool ask routes --dr", ["--drug"]),
    ("kgtool sources ", ["add", "check", "list", "show"]),
])
def test_a_shell_completes_commands_questions_and_parameters(built_world, line, words):
    assert complete(built_world, line) == words


def test_a_shell_gets_a_script_for_that(built_world, kgtool):
    script = kgtool(built_world, _KGTOOL_COMPLETE="bash_source").stdout
    assert "complete -o nosort -F _kgtool_completion kgtool" in script
    subprocess.run(["bash", "-n"], input=script.encode(), check=True)


def test_a_query_is_read_from_a_file_whose_name_has_a_blank(run, world):
    (world.root / "my query.rq").write_text("ASK { ?drug a kg:Drug }", encoding="utf-8")
    assert run("query", "my query.rq").stdout == "true\n"
    assert "your query.rq: there is no such file" in run("query", "your query.rq").stderr


# Files written


def test_an_export_goes_to_standard_output_in_the_format_named(run_built, run, world):
    run("export", "claims.csv", "--source", "page-v1")
    printed = run_built("export", "-", "-f", "csv", "--source", "page-v1").stdout
    assert printed == (world.root / "claims.csv").read_text(encoding="utf-8")
    assert run("export", "claims.data", "-f", ".csv", "--source", "page-v1").returncode == 0
    assert (world.root / "claims.data").read_bytes() == (world.root / "claims.csv").read_bytes()


def test_a_file_is_written_whole_or_not_at_all(run, world):
    (world.root / "graph.ttl").write_text("mine", encoding="utf-8")
    assert run("export", "graph.ttl", "--about", "nobody").returncode == 2
    assert (world.root / "graph.ttl").read_text(encoding="utf-8") == "mine"
    assert not list(world.root.glob("*.part"))


def test_a_pipe_is_written_into_and_a_link_leads_to_its_file(run, world):
    os.mkfifo(world.root / "pipe.tsv")
    (world.root / "link.tsv").symlink_to("target.tsv")
    reader = subprocess.Popen(["cat", world.root / "pipe.tsv"], stdout=subprocess.PIPE, text=True)
    assert run(*ROUTES, "-o", "pipe.tsv").returncode == 0
    assert reader.communicate(timeout=20)[0] == run(*ROUTES).stdout
    assert run(*ROUTES, "-o", "link.tsv").returncode == 0 and (world.root / "link.tsv").is_symlink()
    assert (world.root / "target.tsv").read_text(encoding="utf-8") == run(*ROUTES).stdout
    assert (world.root / "pipe.tsv").is_fifo()


@pytest.mark.parametrize("place", ["no-folder/a.tsv", "ontology", "/", "ontology/"])
def test_a_place_that_takes_no_file_is_told(run_built, place):
    done = run_built(*ROUTES, "-f", "tsv", "-o", place)
    assert done.returncode == 2 and re.fullmatch(rf"error: cannot write {place}: [A-Z][a-z ]+\n", done.stderr), done.stderr


@pytest.mark.parametrize("suffix", ["svg", "html"])
def test_a_thing_is_drawn(run, world, suffix):
    assert "things" in run("draw", "examplin", "-o", f"picture.{suffix}").stderr
    assert "multiple sclerosis" in (world.root / f"picture.{suffix}").read_text(encoding="utf-8")
