"""Every rule under ontology/shapes and queries/check, against an example that keeps it and examples that break it."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from pyoxigraph import NamedNode, Quad

from kgtool import authored, catalogue, project, rdf, store, vocabulary
from kgtool.report import Finding
from kgtool.store import Store
from kgtool.terms import GRAPH, KG, RDFS, SH
from kgtool.validate import checks, coverage, shapes, since

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = Path(__file__).parent / "examples"
PROJECT = project.find(ROOT)
PREFIXES = authored.read_prefixes(PROJECT)
SHAPE_FILES = PROJECT.files("ontology/shapes", "*.ttl")
CHECKS = catalogue.read_all(PROJECT.files("queries/check", "*.rq"), ROOT)
HEADER = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())


@cache
def ontology() -> tuple[Quad, ...]:
    return tuple(quad for name in authored.ONTOLOGY_FILES for quad in rdf.read(ROOT / "ontology" / name, ROOT))


def world(*files: Path) -> Store:
    """The ontology and the examples' world with some examples, as a finished store."""
    texts = [HEADER + path.read_text(encoding="utf-8") for path in (EXAMPLES / "world.ttl", *files)]
    written = [quad for text in texts for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    graph = NamedNode(GRAPH + "example")
    made = store.in_memory([Quad(*quad.triple, graph) for quad in (*ontology(), *written)], PREFIXES)
    made.merge()
    return made


def expected(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("# expect:").strip() for line in lines if line.startswith("# expect:")]


def bad_examples(kind: str) -> list:
    found = sorted((EXAMPLES / kind).glob("*/bad*.ttl"))
    return [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in found]


def found_by_shapes(folder: Path, *files: Path) -> list[Finding]:
    rules = shapes.read([ROOT / "ontology" / "shapes" / f"{folder.name}.ttl"], ROOT)
    return list(since.report(world(*files), rules).report.findings)


def found_by_check(name: str, *files: Path) -> set[str]:
    graph = world(*files)
    report = checks.report(graph, {name: CHECKS[name]})
    return {f"{graph.prefixes.contract(finding.subject)} {finding.message}" for finding in report.findings}


# Shapes


@pytest.mark.parametrize("path", SHAPE_FILES, ids=lambda path: path.stem)
def test_every_file_of_shapes_has_an_example_that_keeps_them(path):
    good = EXAMPLES / "shapes" / path.stem / "good.ttl"
    assert good.is_file(), f"write {good.relative_to(ROOT)}"
    assert not found_by_shapes(good.parent, good)


@pytest.mark.parametrize("path", bad_examples("shapes"))
def test_a_broken_rule_is_found_with_its_message_and_nothing_else_is(path):
    messages = {finding.message for finding in found_by_shapes(path.parent, path.parent / "good.ttl", path)}
    assert expected(path), f"{path.name} says nothing in an `# expect:` line"
    # what the parts of a rule found follows its own words in brackets
    own = {message: next((text for text in expected(path) if message.startswith(f"{text} (")), message) for message in messages}
    assert set(own.values()) == set(expected(path))


@pytest.mark.parametrize("path", SHAPE_FILES, ids=lambda path: path.stem)
def test_every_message_of_a_shape_is_expected_by_some_bad_example(path):
    wanted = {text for bad in (EXAMPLES / "shapes" / path.stem).glob("bad*.ttl") for text in expected(bad)}
    said = {quad.object.value for quad in rdf.read(path, ROOT) if quad.predicate.value == SH + "message"}
    assert said == wanted


@pytest.mark.parametrize("path", SHAPE_FILES, ids=lambda path: path.stem)
def test_every_shape_looks_at_something_in_its_good_example(path):
    report = coverage.report(world(EXAMPLES / "shapes" / path.stem / "good.ttl"), shapes.read([path], ROOT))
    assert not [f.message for f in report.findings if "looks at nothing" in f.message] and not report.notes


@pytest.mark.parametrize("path", SHAPE_FILES, ids=lambda path: path.stem)
def test_every_rule_has_a_message_and_a_remedy_of_its_own(path):
    nodes = rdf.nodes(rdf.read(path, ROOT))
    rules = [node for node in nodes.values() if NamedNode(SH + "message") in node]
    rules += [nodes[rule] for node in nodes.values() for rule in node.get(NamedNode(SH + "property"), ())]
    assert all(NamedNode(SH + part) in rule for rule in rules for part in ("message", "description"))
    messages = [quad.object.value for quad in rdf.read(path, ROOT) if quad.predicate.value == SH + "message"]
    # both ends of a derived thing are told alike in each of its kinds
    assert path.stem == "derived" or not [said for said, times in Counter(messages).items() if times > 1]


@pytest.mark.parametrize("path", SHAPE_FILES, ids=lambda path: path.stem)
def test_a_file_of_shapes_begins_with_one_sentence(path):
    first, second = path.read_text(encoding="utf-8").splitlines()[:2]
    assert first.startswith("# ") and first.endswith(".") and not second.startswith("#")


def test_every_relation_is_a_path_of_a_shape_of_its_subjects():
    words = vocabulary.read(ontology())
    domains = {quad.subject.value: quad.object.value for quad in ontology() if quad.predicate.value == RDFS + "domain"}
    looked_along = {
        (target.value, path.value)
        for nodes in (rdf.nodes(rdf.read(file, ROOT)) for file in SHAPE_FILES)
        for node in nodes.values()
        for target in node.get(NamedNode(SH + "targetClass"), ())
        for rule in node.get(NamedNode(SH + "property"), ())
        for path in nodes[rule][NamedNode(SH + "path")]
        if isinstance(path, NamedNode)
    }
    assert {(domains[relation], relation) for relation in words.relations} <= looked_along


def test_every_value_of_a_class_of_our_own_that_a_property_takes_is_asked_for_by_its_shape():
    ranges = {quad.subject.value: quad.object.value for quad in ontology() if quad.predicate.value == RDFS + "range"}
    asked = set()
    for file in SHAPE_FILES:
        for node in rdf.nodes(rdf.read(file, ROOT)).values():
            for path in node.get(NamedNode(SH + "path"), ()):
                asked |= {(path.value, kind.value) for kind in node.get(NamedNode(SH + "class"), ())}
    ours = {(term, kind) for term, kind in ranges.items() if kind.startswith(KG)}
    assert ours <= asked


# Check queries


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_every_check_has_an_example_that_passes_it(name):
    good = EXAMPLES / "checks" / name / "good.ttl"
    assert good.is_file(), f"write {good.relative_to(ROOT)}"
    assert not found_by_check(name, good) - found_by_check(name)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_every_check_finds_what_its_bad_example_holds_and_nothing_else(name):
    bad = EXAMPLES / "checks" / name / "bad.ttl"
    assert bad.is_file(), f"write {bad.relative_to(ROOT)}"
    found = found_by_check(name, bad) - found_by_check(name)
    assert len(found) == len(expected(bad))
    assert all(any(said in message for message in found) for said in expected(bad))


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_every_check_says_how_bad_it_is_and_what_to_do(name):
    assert CHECKS[name].severity and CHECKS[name].fix


def test_no_example_is_left_of_a_rule_that_is_gone():
    assert {path.name for path in (EXAMPLES / "shapes").iterdir()} == {path.stem for path in SHAPE_FILES}
    assert {path.name for path in (EXAMPLES / "checks").iterdir()} == set(CHECKS)
