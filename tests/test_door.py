"""The strict door: what is wrong with a file is told in one line with place and remedy, and nothing is lost."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import kgtool
from kgtool import build, graph
from kgtool.errors import DataError

CLAIMS = "graph_data/claims/page-v1.ttl"
THINGS = "graph_data/things.ttl"
MAPPINGS = "graph_data/mappings.sssom.tsv"
Break = Callable[[Path], object]


def swap(old: str, new: str, file: str = CLAIMS) -> Break:
    """Replaces the first of some words in a file."""

    def go(root: Path) -> None:
        text = (root / file).read_text(encoding="utf-8")
        assert old in text
        (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return go


def put(file: str, content: str | bytes) -> Break:
    return lambda root: (root / file).write_bytes(content.encode() if isinstance(content, str) else content)


def bytes_of(file: str, change: Callable[[bytes], bytes]) -> Break:
    return lambda root: (root / file).write_bytes(change((root / file).read_bytes()))


def again(root: Path, name: str, rename: Callable[[str], str]) -> None:
    """A second file with the first claim of the first."""
    head, first, *_ = (root / CLAIMS).read_text(encoding="utf-8").split("\n\n")
    (root / "graph_data" / "claims" / name).write_text(f"{head}\n\n{rename(first)}\n", encoding="utf-8")


# What is broken → how, and the whole message: the first line that is expected of `kgtool build`.
WRITTEN: dict[str, tuple[Break, str]] = {
    "an unknown property": (
        swap('kg:hedgeCue "can be"', 'kg:hedgeQue "can be"'),
        f"{CLAIMS}:20:5: unknown property kg:hedgeQue; did you mean kg:hedgeCue?"),
    "a misspelt property that a claim needs": (
        swap("kg:modality kg:flat", "kg:modalty kg:flat"),
        f"{CLAIMS}:12:31: unknown property kg:modalty; did you mean kg:modality?"),
    "an unknown class": (
        swap("a kg:DrugClass", "a kg:DrugClas", THINGS),
        f"{THINGS}:12:13: unknown class kg:DrugClas; did you mean kg:DrugClass"),
    "a class of nobody we know": (
        swap("a kg:DrugClass", "a <https://example.org/Class>", THINGS),
        f"{THINGS}:12:13: unknown class https://example.org/Class"),
    "an unknown relation": (
        swap("kg:bindsTo", "kg:bindTo"),
        f"{CLAIMS}:37:45: unknown relation kg:bindTo; did you mean kg:bindsTo?"),
    "a property as relation": (
        swap("kg:bindsTo", "kg:hedgeCue"),
        f"{CLAIMS}:37:45: unknown relation kg:hedgeCue"),
    "a misspelt value of a closed list": (
        swap("kg:affirmed", "kg:afirmed"),
        f"{CLAIMS}:12:17: kg:afirmed is not a value of kg:polarity; did you mean kg:affirmed?"),
    "a value of another closed list": (
        swap("kg:affirmed", "kg:flat"),
        f"{CLAIMS}:12:17: kg:flat is not a value of kg:polarity; it takes kg:affirmed, kg:denied, kg:undetermined"),
    "a text for a value of a closed list": (
        swap("kg:affirmed", '"affirmed"'),
        f'{CLAIMS}:12:17: kg:polarity takes no text, and "affirmed" is one; it takes kg:affirmed,'),
    "a text for a thing": (
        swap("rdf:subject id:examplin", 'rdf:subject "examplin"'),
        f'{CLAIMS}:11:17: rdf:subject takes no text, and "examplin" is one; name a thing by its identifier'),
    "a thing nobody declared": (
        swap("rdf:object id:receptor", "rdf:object id:recptor"),
        f"{CLAIMS}:37:69: id:recptor is not declared anywhere; did you mean id:receptor?"),
    "a thing like none there is": (
        swap("rdf:object id:receptor", "rdf:object id:xyzzy"),
        f"{CLAIMS}:37:69: id:xyzzy is not declared anywhere; declare it in graph_data/ with its class and label"),
    "an undeclared identifier of another vocabulary": (
        swap("kg:inDisease MONDO:0005301", "kg:inDisease MONDO:0005300", THINGS),
        f"{THINGS}:19:39: MONDO:0005300 is not declared anywhere; did you mean MONDO:0005301?"),
    "a version that is not there": (
        swap("kg:saidIn id:page-v1", "kg:saidIn id:page-v2"),
        f"{CLAIMS}:10:15: id:page-v2 is not declared anywhere; did you mean id:page-v1"),
    "a claim to rest on that is not there": (
        swap("kg:dependsOn claim:page-v1-holds", "kg:dependsOn claim:page-v1-hold"),
        f"{CLAIMS}:48:18: claim:page-v1-hold is not declared anywhere; did you mean claim:page-v1-holds"),
    "a nameless claim": (
        bytes_of(CLAIMS, lambda raw: raw + b"\n[] a kg:Claim .\n"),
        f"{CLAIMS}:73:1: a blank node; give it a name of its own"),
    "a nameless object": (
        swap("rdf:object id:receptor", "rdf:object [ a kg:Target ]"),
        f"{CLAIMS}:37:69: a blank node; give it a name of its own"),
    "a space in an IRI": (
        swap("id:receptor", "<https://example.org/a b>"),
        f"{CLAIMS}:37:69: invalid IRI code point ' '; an IRI holds no spaces"),
    "an undeclared prefix": (
        swap("id:receptor", "idd:receptor"),
        f"{CLAIMS}:37:69: the prefix idd: has not been declared; declare it with @prefix at the top"),
    "a block without its full stop": (
        swap('"Examplin can be swallowed."@en .', '"Examplin can be swallowed."@en'),
        f"{CLAIMS}:26:1: a dot is expected at the end of statements; a block ends with ' .'"),
    "prose": (
        put("graph_data/notes.ttl", "Examplin is a calmer.\n"),
        "graph_data/notes.ttl:1:1: "),
    "two claims of one name": (
        swap("claim:page-v1-mouth a", "claim:page-v1-class a"),
        f"{CLAIMS}:17:1: claim:page-v1-class is written twice, first at line 9; give the second its own name"),
    "a claim that is one twice": (
        swap("claim:page-v1-class a kg:Claim", "claim:page-v1-class a kg:Claim, kg:Claim"),
        f"{CLAIMS}:9:1: claim:page-v1-class names its class twice; once is enough"),
    "two things in one claim": (
        swap("rdf:object id:receptor", "rdf:object id:receptor, id:examplin"),
        f"{CLAIMS}:35:1: claim:page-v1-holds has more than one rdf:object; keep one; two things that are said are two claims"),
    "two beginnings": (
        swap("kg:start 0 ;", "kg:start 0, 1 ;"),
        f"{CLAIMS}:9:1: claim:page-v1-class has more than one kg:start; keep one"),
    "one claim in two files": (
        lambda root: again(root, "page-v2.ttl", lambda claim: claim),
        "graph_data/claims/page-v2.ttl:9:1: claim:page-v1-class is also written in page-v1.ttl; a claim stands"),
    "the same said twice at one place": (
        lambda root: again(root, "page-v2.ttl", lambda claim: claim.replace("v1-class", "v1-again")),
        "graph_data/claims/page-v2.ttl:9:1: claim:page-v1-again repeats claim:page-v1-class; they say the same"),
    "a claim without polarity and modality": (
        swap("    kg:polarity kg:affirmed ; kg:modality kg:flat ;\n", ""),
        f"{CLAIMS}:9:1: claim:page-v1-class lacks kg:polarity, kg:modality; a claim needs each of them once"),
    "a claim without our own words": (
        swap('kg:inOwnWords "Examplin can be swallowed."@en .', "."),
        f"{CLAIMS}:17:1: claim:page-v1-mouth lacks kg:inOwnWords; a claim needs each of them once"),
    "half a place": (
        swap('kg:lastWords "calmer" ;', ""),
        f"{CLAIMS}:9:1: claim:page-v1-class has a place without kg:lastWords; `kgtool cite` prints a whole place"),
    "a place in words": (
        swap("kg:start 0 ;", 'kg:start "zero" ;'),
        f"{CLAIMS}:9:1: claim:page-v1-class has a place that is no number: zero to 20; count code points from 0"),
    "a length in words": (
        swap("kg:length 300", 'kg:length "many"', THINGS),
        f"{THINGS}:29:1: id:page-v1 has a kg:length that is no number: many; count the code points"),
    "UTF-16": (
        bytes_of(CLAIMS, lambda raw: raw.decode().encode("utf-16")),
        f"{CLAIMS}: is UTF-16; save it as UTF-8"),
    "a byte order mark": (
        bytes_of(CLAIMS, lambda raw: b"\xef\xbb\xbf" + raw),
        f"{CLAIMS}:1:1: begins with a byte order mark; save it as UTF-8 without one"),
    "a byte order mark before all that others name": (
        bytes_of(THINGS, lambda raw: b"\xef\xbb\xbf" + raw),
        f"{THINGS}:1:1: begins with a byte order mark; save it as UTF-8 without one"),
    "Latin-1": (
        bytes_of(CLAIMS, lambda raw: raw.replace(b"swallowed", b"swallow\xe9d")),
        f"{CLAIMS}:24: is not UTF-8 here; save the file as UTF-8"),
    "a file cut in the middle": (
        bytes_of(CLAIMS, lambda raw: raw[: raw.index(b"kg:hedgeCue") + 4]),
        f"{CLAIMS}:20:9: unexpected end"),
    "a folder called like a file": (
        lambda root: (root / "graph_data" / "more.ttl").mkdir(),
        "graph_data/more.ttl: is not a regular file; name a file, not a folder, pipe or device"),
    "a pipe": (
        lambda root: os.mkfifo(root / "graph_data" / "pipe.ttl"),
        "graph_data/pipe.ttl: is not a regular file; name a file, not a folder, pipe or device"),
    "a link to nowhere": (
        lambda root: (root / "graph_data" / "gone.ttl").symlink_to(root / "nowhere"),
        "graph_data/gone.ttl: cannot be read: No such file or directory"),
    "a suffix in capitals": (
        lambda root: (root / "graph_data" / "claims" / "page-v1.ttl").rename(root / "graph_data" / "claims" / "page-v1.TTL"),
        "graph_data/claims/page-v1.TTL: is not read, as its name does not end in .ttl; give it a name that does"),
    "another form of RDF": (
        put("graph_data/claims/more.nt", ""),
        "graph_data/claims/more.nt: is not read, as its name does not end in .ttl"),
    "an empty graph_data": (
        lambda root: [shutil.rmtree(root / "graph_data"), (root / "graph_data").mkdir()],
        "graph_data: holds no data; add Turtle files; graph_data/README.md shows how"),
    "square brackets without end": (
        put("graph_data/deep.ttl", "@prefix e: <https://example.org/> .\ne:a e:b " + "[ e:b " * 20_000),
        "graph_data/deep.ttl:2:"),
    "an ontology without its vocabulary": (
        lambda root: (root / "ontology" / "vocabulary.ttl").unlink(),
        "ontology/vocabulary.ttl: cannot be read: No such file or directory"),
    "an ontology that is no Turtle": (
        put("ontology/lists.ttl", "lists: [polarity]\n"),
        "ontology/lists.ttl:1:1: "),
    "a shape that is no Turtle": (
        put("ontology/shapes/claim.ttl", "shape:Claim a"),
        "ontology/shapes/claim.ttl:1:1: the prefix shape: has not been declared"),
    "an unknown column of mappings": (
        swap("object_label", "object_lable", MAPPINGS),
        f"{MAPPINGS}:2: unknown column object_lable; did you mean object_label"),
    "a missing column of mappings": (
        swap("\tmapping_source", "", MAPPINGS),
        f"{MAPPINGS}:2: lacks the columns mapping_source; a mapping needs each of them"),
    "a mapping with too few cells": (
        swap("\tExamplin\t", "\t", MAPPINGS),
        f"{MAPPINGS}:3: has 6 cells under 7 columns; separate cells by one tab"),
    "a mapping with a blank that nobody sees": (
        swap("\tExamplin\t", "\tExamplin \t", MAPPINGS),
        f"{MAPPINGS}:3: 'Examplin ' has a blank at an end; take it away"),
    "a question with a byte order mark": (
        bytes_of("queries/ask/routes.rq", lambda raw: b"\xef\xbb\xbf" + raw),
        "queries/ask/routes.rq:1:1: begins with a byte order mark; save it as UTF-8 without one"),
    "a mapping with an unknown prefix": (
        swap("DRUGBANK:DB99999", "DRUGBNK:DB99999", MAPPINGS),
        f"{MAPPINGS}:3: object_id 'DRUGBNK:DB99999' is no known CURIE; did you mean DRUGBANK?"),
    "a mapping to no IRI": (
        swap("DRUGBANK:DB99999", "DRUGBANK:DB 99999", MAPPINGS),
        f"{MAPPINGS}:3: object_id 'DRUGBANK:DB 99999' makes no IRI; an identifier holds no spaces or quotes"),
    "a mapping of an unknown strength": (
        swap("skos:exactMatch", "skos:exactlyMatch", MAPPINGS),
        f"{MAPPINGS}:3: predicate_id 'skos:exactlyMatch' is no strength of a match; did you mean skos:exactMatch"),
    "mappings without a table": (
        put(MAPPINGS, "#mapping_set_id: https://example.org/\n"),
        f"{MAPPINGS}: holds no table; begin with the columns subject_id,"),
    "a rule with an unknown key": (
        put("queries/derive/new.rq", "#+ titel: a rule\nCONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"),
        "queries/derive/new.rq:1: unknown front matter key titel; did you mean title?"),
    "a rule with two titles": (
        put("queries/derive/new.rq", "#+ title: a rule\n#+ title: another\nCONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"),
        "queries/derive/new.rq:2: a second title; keep one"),
    "a rule with a nameless parameter": (
        put("queries/derive/new.rq", "#+ title: a rule\n#+ param: drug\nCONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"),
        "queries/derive/new.rq:2: a parameter without its class; write `#+ param: NAME CLASS what it is`"),
    "a rule without a title": (
        put("queries/derive/new.rq", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"),
        "queries/derive/new.rq:1: has no title; begin with `#+ title: …`"),
    "a rule without a graph": (
        put("queries/derive/new.rq", "#+ title: a rule\nCONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"),
        "queries/derive/new.rq:1: names no graph for its triples; write `#+ into: graph:NAME`"),
    "a rule that is no SPARQL": (
        put("queries/derive/new.rq", "#+ title: a rule\n#+ into: graph:new\nCONSTRUCT { ?s ?p ?o } { ?s ?p }"),
        "queries/derive/new.rq: line 3, column 3"),
    "a rule that makes no triples": (
        put("queries/derive/new.rq", "#+ title: a rule\n#+ into: graph:new\nSELECT * { ?s ?p ?o }"),
        "queries/derive/new.rq: this query makes no triples; a CONSTRUCT does"),
    "a rule after one that is not there": (
        put("queries/derive/new.rq", "#+ title: a rule\n#+ into: graph:new\n#+ after: edges-sad\nCONSTRUCT {} {}"),
        "derivation rule new comes after edges-sad, which is none; did you mean edges-said?"),
}


@pytest.mark.parametrize("broken", WRITTEN)
def test_it_is_told_in_one_line_and_the_last_good_graph_answers(world, broken):
    breaks, message = WRITTEN[broken]
    breaks(world.root)
    said: list[str] = []
    answer = graph.open(world, said.append).query("SELECT ?route { id:examplin kg:administeredBy ?route }")
    assert [row["route"] for row in answer] == ["NCIT:C38288"]
    (told,) = said
    first, *more = told.removeprefix("no new graph can be built, so the last good one answers:\n").split("\n")
    assert first.startswith(message)
    assert not [line for line in more if not line.startswith("  ")], "one mistake, one message"


@pytest.mark.parametrize("broken", ["an unknown property", "prose", "a pipe", "a rule that is no SPARQL"])
@pytest.mark.parametrize("command", ["build", "validate", "validate --changed", "sources check"])
def test_a_build_and_what_judges_the_files_end_in_one_message_and_exit_code_two(world, run, command, broken):
    breaks, message = WRITTEN[broken]
    breaks(world.root)
    done = run(*command.split())
    assert f"error: {message}" in done.stderr
    assert "last good" not in done.stderr
    assert done.stdout == ""
    assert done.returncode == 2


def test_who_opens_it_in_python_is_warned_that_the_last_good_graph_answers(world):
    WRITTEN["prose"][0](world.root)
    with pytest.warns(UserWarning, match="no new graph can be built, so the last good one answers"):
        kgtool.open(world.root)


def test_an_answer_stands_on_standard_output_and_the_warning_beside_it(world, run):
    breaks, message = WRITTEN["an unknown property"]
    breaks(world.root)
    done = run("ask", "routes", "--drug", "examplin")
    assert "claim:page-v1-mouth" in done.stdout
    assert message in done.stderr
    assert done.returncode == 0


def test_where_nothing_good_was_built_there_is_only_the_error(world, run):
    breaks, message = WRITTEN["an unknown property"]
    breaks(world.root)
    shutil.rmtree(world.build)
    done = run("ask", "routes", "--drug", "examplin")
    assert (done.stdout, done.stderr, done.returncode) == ("", f"error: {message}\n", 2)


def test_prefixes_that_cannot_be_read_take_no_graph_away(world, run):
    (world.root / "ontology" / "prefixes.ttl").write_text("@prefix sh: <", encoding="utf-8")
    done = run("query", "ASK { id:examplin kg:administeredBy NCIT:C38288 }")
    assert done.stdout == "true\n"
    assert "ontology/prefixes.ttl:1:" in done.stderr


def test_a_file_that_may_not_be_read_is_named(world, without_privileges):
    with without_privileges(world.root):
        (world.root / THINGS).chmod(0)
        with pytest.raises(DataError, match=f"{THINGS}: cannot be read: Permission denied; check the path"):
            build.build(world)


def test_every_mistake_of_every_file_is_told_at_once(world, run):
    for broken in ("an unknown property", "a value of another closed list", "a length in words"):
        WRITTEN[broken][0](world.root)
    (world.root / "graph_data" / "notes.ttl").write_text("Examplin is a calmer.\n", encoding="utf-8")
    said = run("build").stderr
    for broken in ("an unknown property", "a value of another closed list", "a length in words", "prose"):
        assert WRITTEN[broken][1] in said


def test_a_hundred_mistakes_are_counted_after_the_first_ten(world, run):
    claims = (world.root / CLAIMS).read_text(encoding="utf-8")
    head = claims.partition("\n\n")[0]
    blocks = "".join(f"claim:page-v1-x{n} a kg:Claim .\n" for n in range(100))
    (world.root / CLAIMS).write_text(f"{head}\n{blocks}", encoding="utf-8")
    said = run("build").stderr
    assert len(re.findall("lacks kg:saidIn", said)) == 10
    assert "… and 90 more like these" in said


def test_an_empty_file_is_no_mistake(world, run):
    (world.root / "graph_data" / "claims" / "page-v2.ttl").write_bytes(b"")
    assert run("build").returncode == 0


def test_a_folder_may_have_a_dot_in_its_name(world, run):
    (world.root / "graph_data" / "page.v2").mkdir()
    assert run("build").returncode == 0
