"""`kgtool validate --changed`: the report of a full run, from what was kept of the last one."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from kgtool import authored, build, project
from kgtool.rdf import TYPE
from kgtool.store import in_memory, open_read_only
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
    return judged(founding(), None).kept


def judged(quads, before: since.Kept | None) -> since.Since:
    return since.report(in_memory(quads, PREFIXES), RULES, (), "these shapes", before)


def test_where_nothing_changed_nothing_is_judged_again():
    assert judged(founding(), kept()).again == 0


@pytest.mark.parametrize("seed", range(8))
def test_whatever_changes_in_the_real_graph_the_report_is_that_of_a_full_run(seed):
    chance = random.Random(seed)
    gone = set(chance.sample(founding(), chance.choice([1, 3, 10])))
    moved = [Quad(quad.subject, quad.predicate, chance.choice(founding()).object, quad.graph_name) for quad in gone]
    now = [quad for quad in founding() if quad not in gone] + moved[1:]
    after = judged(now, kept())
    assert after.report.findings == judged(now, None).report.findings


def test_one_changed_label_has_few_things_judged_again():
    extra = Quad(BACLOFEN, NamedNode(RDFS + "label"), Literal("a second label", language="en"), NamedNode(GRAPH + "example"))
    after = judged([*founding(), extra], kept())
    assert 0 < after.again < kept().focus_nodes // 5
    assert after.report.findings == judged([*founding(), extra], None).report.findings != ()


def test_where_only_the_first_of_many_are_told_with_their_reasons_everything_is_judged():
    start, example = NamedNode(KG + "start"), NamedNode(GRAPH + "example")
    odd = [Quad(NamedNode(f"{ID}odd-{n}"), start, Literal(str(n)), example) for n in range(130)]
    graph = [*founding(), *(Quad(q.subject, TYPE, NamedNode(KG + "Drug"), q.graph_name) for q in odd)]
    before = judged(graph, None)
    after = judged([*graph, odd[0]], before.kept)
    assert after.again is None and after.report.findings == judged([*graph, odd[0]], None).report.findings


def test_a_literal_that_is_only_written_otherwise_is_a_change():
    quad = next(quad for quad in founding() if quad.predicate == START)
    other = Quad(quad.subject, START, Literal(f"0{quad.object.value}", datatype=NamedNode(XSD + "integer")), quad.graph_name)
    graph = in_memory(founding(), PREFIXES)
    assert since.report(graph, RULES, [other], "these shapes", kept()).again > 0


def test_other_shapes_have_everything_judged():
    assert since.report(in_memory(founding(), PREFIXES), RULES, (), "other shapes", kept()).again is None


def test_what_was_kept_comes_back_as_it_was(tmp_path):
    quad = next(quad for quad in founding() if quad.predicate == START)
    wrong = judged([quad for quad in founding() if quad.predicate != START] + [quad], None).kept
    assert wrong.found
    since.write(tmp_path, wrong)
    assert since.read(tmp_path) == wrong
    since.write(tmp_path, wrong)
    assert [path.name for path in tmp_path.iterdir()] == [since.KEPT]


def test_the_very_build_that_was_judged_is_not_read_again(tmp_path):
    since.write(tmp_path, replace(kept(), rules="these shapes", state="this build"))
    same = since.unchanged(tmp_path, "these shapes", "this build")
    assert (same.report, same.kept, same.again) == (judged(founding(), None).report, None, 0)
    others = [("these shapes", "another build"), ("other shapes", "this build"), ("these shapes", "")]
    assert [since.unchanged(tmp_path, *other) for other in others] == [None] * 3
    since.write(tmp_path, replace(kept(), rules="these shapes"))
    assert since.unchanged(tmp_path, "these shapes", "") is None


def test_a_build_is_known_by_its_name_and_the_files_it_was_made_from(world):
    built, (one, *_) = open_read_only(world.store), world.files("graph_data", "*.ttl")
    before = since.state(built, [one])
    assert before == since.state(built, [one]) and since.state(in_memory((), PREFIXES), [one]) == ""
    one.write_text(one.read_text() + "# more\n")
    assert since.state(built, [one]) != before


@pytest.mark.parametrize("damage", [
    lambda path: path.write_bytes(b""), lambda path: path.write_bytes(path.read_bytes()[:99]), Path.unlink,
    lambda path: path.write_bytes(b"\x1f\x8b"), lambda path: (path.unlink(), path.mkdir()),
])
def test_where_what_was_kept_is_gone_or_damaged_everything_is_judged(tmp_path, damage):
    since.write(tmp_path, kept())
    damage(tmp_path / since.KEPT)
    assert since.read(tmp_path) is None and since.unchanged(tmp_path, "these shapes", "this build") is None


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


def test_a_graph_too_large_to_be_kept_has_the_same_report_but_no_triples_are_kept():
    flowing = since.flowing(in_memory(founding(), PREFIXES), RULES, (), "these shapes")
    assert flowing.kept.triples == frozenset() and flowing.again is None
    assert since.report(in_memory(founding(), PREFIXES), RULES, (), "these shapes", flowing.kept).again is None
    assert flowing.report.findings == judged(founding(), None).report.findings
    assert any("--changed judges all" in note for note in flowing.report.notes)


def test_changed_does_not_go_with_files_of_others(world, run):
    ran = run("validate", "--changed", "--data", "graph_data/things.ttl")
    assert (ran.returncode, ran.stdout) == (2, "") and "it goes neither with --data" in ran.stderr
