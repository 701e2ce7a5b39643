"""`kgtool validate --changed`: the report of a full run, from what was kept of the last one."""

from __future__ import annotations

import gzip
import json
import random
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from kgtool import authored, build, graph, project, rdf
from kgtool.rdf import TYPE
from kgtool.store import in_memory
from kgtool.terms import GRAPH, ID, KG, RDFS, XSD
from kgtool.validate import shapes, since

ROOT = Path(__file__).resolve().parents[1]
PROJECT = project.find(ROOT)
PREFIXES = authored.read_prefixes(PROJECT)
RULES = shapes.read(PROJECT.files("ontology/shapes", "*.ttl"), ROOT)
BACLOFEN, START = NamedNode(ID + "baclofen"), NamedNode(KG + "start")


@cache
def founding() -> tuple[Quad, ...]:
    return tuple(build.in_memory(PROJECT).quads())


@cache
def kept() -> since.Kept:
    return judged(founding()).kept


def judged(quads) -> since.Since:
    return since.report(in_memory(quads, PREFIXES), RULES, (), "these shapes")


def revised(now, before: since.Kept | None, then=None, written=()) -> since.Since:
    """What is judged of the quads ``now`` where ``then`` is what they were, by default the founding graph."""
    changed = rdf.lines({*now} ^ {*(founding() if then is None else then)})
    return since.revised(in_memory(now, PREFIXES), RULES, written, "these shapes", before, changed)


def test_where_nothing_changed_nothing_is_judged_again():
    assert revised(founding(), kept()).again == 0


@pytest.mark.parametrize("seed", range(8))
def test_whatever_changes_in_the_real_graph_the_report_is_that_of_a_full_run(seed):
    chance = random.Random(seed)
    gone = set(chance.sample(founding(), chance.choice([1, 3, 10])))
    moved = [Quad(quad.subject, quad.predicate, chance.choice(founding()).object, quad.graph_name) for quad in gone]
    now = [quad for quad in founding() if quad not in gone] + moved[1:]
    assert revised(now, kept()).report.findings == judged(now).report.findings


def test_one_changed_label_has_few_things_judged_again():
    extra = Quad(BACLOFEN, NamedNode(RDFS + "label"), Literal("a second label", language="en"), NamedNode(GRAPH + "example"))
    after = revised([*founding(), extra], kept())
    assert 0 < after.again < kept().focus_nodes // 5
    assert after.report.findings == judged([*founding(), extra]).report.findings != ()


def test_where_only_the_first_of_many_are_told_with_their_reasons_everything_is_judged():
    start, example = NamedNode(KG + "start"), NamedNode(GRAPH + "example")
    odd = [Quad(NamedNode(f"{ID}odd-{n}"), start, Literal(str(n)), example) for n in range(130)]
    graph = [*founding(), *(Quad(q.subject, TYPE, NamedNode(KG + "Drug"), q.graph_name) for q in odd)]
    after = revised([*graph, odd[0]], judged(graph).kept, then=graph)
    assert after.again is None and "of more than 100 findings" in after.why
    assert after.report.findings == judged([*graph, odd[0]]).report.findings


def test_a_literal_that_is_only_written_otherwise_is_a_change():
    quad = next(quad for quad in founding() if quad.predicate == START)
    other = Quad(quad.subject, START, Literal(f"0{quad.object.value}", datatype=NamedNode(XSD + "integer")), quad.graph_name)
    after = revised(founding(), kept(), written=[other])
    assert after.again > 0
    assert after.report == since.report(in_memory(founding(), PREFIXES), RULES, [other]).report
    assert revised(founding(), after.kept).again > 0 == revised(founding(), after.kept, written=[other]).again


def test_what_lies_at_the_end_of_a_change_too_far_to_tell_has_everything_judged():
    most = max(founding(), key=lambda quad: quad.object.value == KG + "Claim")
    kinds = [quad for quad in founding() if quad.predicate == TYPE and quad.object == most.object]
    now = [quad for quad in founding() if quad not in kinds]
    after = revised(now, kept())
    assert after.again is None and "more than a fifth" in after.why
    assert after.report.findings == judged(now).report.findings


def test_where_nothing_can_be_begun_from_everything_is_judged_and_one_sentence_says_why():
    graph = in_memory(founding(), PREFIXES)
    others = since.revised(graph, RULES, (), "other shapes", kept(), [])
    unknown = since.revised(graph, RULES, (), "these shapes", kept(), None)
    noted = revised(founding(), replace(kept(), notes=("a shape was judged by pySHACL",)))
    nothing = revised(founding(), None)
    assert [found.again for found in (others, unknown, noted, nothing)] == [None] * 4
    assert others.report == unknown.report == nothing.report == judged(founding()).report
    for found, why in ((others, "the shapes"), (unknown, "not told"), (noted, "pySHACL"), (nothing, "nothing that can be read")):
        assert why in found.why


def test_what_was_kept_comes_back_as_it_was(tmp_path):
    quad = next(quad for quad in founding() if quad.predicate == START)
    odd = Quad(quad.subject, START, Literal("07", datatype=NamedNode(XSD + "integer")))
    graph = in_memory([quad for quad in founding() if quad.predicate != START] + [quad], PREFIXES)
    wrong = replace(since.report(graph, RULES, [odd], "these shapes").kept, build="a build", files="of files")
    assert wrong.found and wrong.written
    since.write(tmp_path, wrong)
    assert since.read(tmp_path) == wrong
    since.write(tmp_path, wrong)
    assert [path.name for path in tmp_path.iterdir()] == [since.KEPT]


def test_the_very_build_that_was_judged_is_not_read_again():
    before = replace(kept(), build="this build", files="these files")
    same = since.unchanged(before, "these shapes", "this build", "these files")
    assert (same.report, same.kept, same.again) == (judged(founding()).report, None, 0)
    for other in (("other shapes", "this build", "these files"), ("these shapes", "another build", "these files"),
                  ("these shapes", "this build", "other files"), ("these shapes", "", "these files")):
        assert since.unchanged(before, *other) is None
    assert since.unchanged(replace(kept(), files="these files"), "these shapes", "", "these files") is None
    assert since.unchanged(None, "these shapes", "this build", "these files") is None


def test_files_are_known_by_what_stands_in_them(world):
    one, *_ = world.files("graph_data", "*.ttl")
    before = since.files([one])
    assert before == since.files([one])
    one.write_text(one.read_text() + "# more\n")
    assert since.files([one]) != before


@pytest.mark.parametrize("damage", [
    lambda path: path.write_bytes(b""), lambda path: path.write_bytes(path.read_bytes()[:99]), Path.unlink,
    lambda path: path.write_bytes(b"\x1f\x8b"), lambda path: (path.unlink(), path.mkdir()),
    lambda path: path.write_bytes(gzip.compress(b'{"rules": "of another version"}')),
    lambda path: path.write_bytes(gzip.compress(b"[1]")),
])
def test_where_what_was_kept_is_gone_or_damaged_everything_is_judged(tmp_path, damage):
    since.write(tmp_path, kept())
    damage(tmp_path / since.KEPT)
    assert since.read(tmp_path) is None


def test_a_folder_that_cannot_be_written_to_keeps_nothing_and_is_no_error(tmp_path):
    since.write(tmp_path / "nowhere", kept())
    assert since.read(tmp_path / "nowhere") is None


def test_the_command_tells_the_whole_report_whichever_way_it_came_by_it(world, run):
    run("validate")
    things = world.root / "graph_data" / "things.ttl"
    things.write_text(things.read_text() + "\nid:unforeseen a kg:Drug .\n")
    partly = json.loads(run("validate", "--changed", "-f", "json").stdout)
    whole = json.loads(run("validate", "-f", "json").stdout)
    again = json.loads(run("validate", "--changed", "-f", "json").stdout)
    assert 0 < partly["covered"].pop("focus nodes judged again") < 20
    assert again["covered"].pop("focus nodes judged again") == 0
    assert partly == whole == again
    assert any(finding["subject_shown"] == "id:unforeseen" for finding in whole["findings"])


def test_the_command_says_why_everything_was_judged(world, run):
    run("validate")
    (world.store / since.KEPT).write_bytes(b"cut")
    judged_all = json.loads(run("validate", "--changed", "-f", "json").stdout)
    assert "--changed judged all: nothing that can be read was kept of a validation before" in judged_all["notes"]
    run("build", "--force")
    assert not any("judged all" in note for note in json.loads(run("validate", "--changed", "-f", "json").stdout)["notes"])


@pytest.mark.parametrize("seed", range(2))
def test_after_any_edits_and_builds_the_report_is_that_of_a_full_run(world, seed):
    chance = random.Random(seed)
    asked = graph.open(world)
    asked.validate()
    for builds in (1, 2):
        for _ in range(builds):  # what nobody validated is looked back over too
            edit(chance.choice(world.files("graph_data", "**/*.ttl")), chance)
            build.build(world)
        asked = graph.open(world)
        partly, whole = asked.validate(changed=True), asked.validate()
        assert partly.covered["focus nodes judged again"] < whole.covered["focus nodes"]
        assert (partly.findings, partly.notes) == (whole.findings, whole.notes)


def edit(path: Path, chance: random.Random) -> None:
    """Another word in one of the texts of a file, or one more thing."""
    text = path.read_text()
    label = chance.choice(re.findall(r'"[^"\n]{3,}"@en', text) or [""])
    more = f"\n<{ID}added-{chance.random()}> a <{KG}{chance.choice(['Drug', 'Study', 'Target'])}> .\n"
    path.write_text(text.replace(label, f'"{chance.random()}"@en', 1) if label and chance.random() < 0.6 else text + more)


def test_changed_does_not_go_with_files_of_others(world, run):
    ran = run("validate", "--changed", "--data", "graph_data/things.ttl")
    assert (ran.returncode, ran.stdout) == (2, "") and "it goes neither with --data" in ran.stderr
