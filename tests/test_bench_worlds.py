"""The synthetic worlds of the benchmarks: the same in every run, as large as asked for, and valid."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from pyoxigraph import Quad

from kgtool import catalogue, rdf, shacl
from kgtool.store import Store
from kgtool.terms import KG, kg
from kgtool.validate import checks
from tests.bench import derive, worlds

ROOT = Path(__file__).resolve().parents[1]
SMALL = 6_000
# Never claimed but derived, or said of a source where it is entered.
NOT_CLAIMED = {"treats", "usedInDisease", "sourceType", "usePolicy"}
DIGEST = """
import hashlib
from tests.bench import worlds
print(hashlib.sha256("\\n".join(map(str, worlds.quads(3000))).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def built() -> Store:
    """A small world with all that is derived from it."""
    made = worlds.filled(SMALL)
    for _ in derive.derived(made):
        pass
    return made


def test_a_world_is_the_same_under_every_hash_seed():
    def digest(seed: str) -> str:
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            [sys.executable, "-c", DIGEST], env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert digest("1") == digest("2")


def test_another_seed_makes_another_world():
    assert list(worlds.quads(SMALL, seed=1)) != list(worlds.quads(SMALL, seed=2))


def test_worlds_grow_as_they_are_asked_to():
    small, large = (sum(1 for _ in worlds.quads(size)) for size in (10_000, 30_000))
    assert small == pytest.approx(10_000, rel=0.15)
    assert large == pytest.approx(30_000, rel=0.15)


def test_every_relation_and_qualifier_of_the_vocabulary_is_claimed():
    said = list(worlds.quads(20_000))
    relations = {quad.object.value for quad in said if quad.predicate == rdf.PREDICATE}
    predicates = {quad.predicate.value for quad in said}
    assert _of_kind("Relation") - relations == {KG + name for name in NOT_CLAIMED}
    assert _of_kind("Qualifier") <= predicates


def test_a_world_builds_without_a_violation_of_shapes_or_checks(built):
    shapes = [quad for file in _shape_files() for quad in rdf.read(file)]
    counts = shacl.focus_counts(built.engine, shapes)
    assert sum(counts.values()) > 1000
    assert [(r.focus.value, r.component) for r in islice(shacl.validate(built.engine, shapes), 5)] == []
    queries = catalogue.read_all((ROOT / "queries" / "check").glob("*.rq"), ROOT)
    assert [f for f in checks.report(built, queries).findings if f.severity == "violation"] == []


def test_every_kind_of_judgement_follows_from_a_world(built):
    kinds = {
        row[0].value for row in built.select("SELECT DISTINCT ?kind { ?judgement kg:verdict ?verdict ; a ?kind }").rows
    }
    known = {row[0].value for row in built.select("SELECT ?kind { ?kind rdfs:subClassOf kg:Judgement }").rows}
    assert kinds == known


def _shape_files() -> list[Path]:
    return [ROOT / "ontology" / "prefixes.ttl", *sorted((ROOT / "ontology" / "shapes").glob("*.ttl"))]


def _of_kind(kind: str) -> set[str]:
    def is_one(quad: Quad) -> bool:
        return quad.predicate == rdf.TYPE and quad.object == kg(kind)

    return {quad.subject.value for quad in worlds.ontology() if is_one(quad)}
