"""What a build tells of what it changed: all that came or went, from build to build, and nothing where it cannot know."""

from __future__ import annotations

import os
import random

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from kgtool import build, rdf, store
from kgtool.store import changes
from kgtool.terms import GRAPH, ID, Prefixes, kg

LABEL = kg("label")


def quad(thing: int, said: int, graph: int = 0) -> Quad:
    # a line separator within a text is no end of a line
    return Quad(NamedNode(f"{ID}{thing}"), LABEL, Literal(f"{said}\u2028\n"), NamedNode(f"{GRAPH}{graph}"))


def built(folder, quads) -> str:
    """The name of the generation that holds the quads."""
    with store.new_generation(folder, Prefixes({}), "made for a test") as fresh:
        fresh.sums = store.Sums()
        fresh.add(quads)
        fresh.merge()
        changes.tell(folder, fresh)
    return store.manifest(folder).generation


def differing(one, other) -> set[str]:
    return set(rdf.lines({*one} ^ {*other}))


@pytest.mark.parametrize("seed", range(6))
def test_from_any_build_to_any_later_one_all_that_came_or_went_is_told(tmp_path, seed):
    chance = random.Random(seed)
    graphs = [[quad(thing, 0, thing % 3) for thing in range(60)]]
    for _ in range(3):
        now = [*chance.sample(graphs[-1], 57), quad(chance.randrange(70), chance.randrange(3), chance.randrange(3))]
        graphs.append(now + now[:2])  # what is said twice is the same graph
    names = [built(tmp_path, graph) for graph in graphs]
    last = tmp_path / names[-1]
    for before, name in zip(graphs, names, strict=True):
        assert set(changes.since(last, name)) >= differing(before, graphs[-1])
    assert set(changes.since(last, names[-2])) == differing(graphs[-2], graphs[-1])
    assert changes.since(last, names[-1]) == []


def test_the_order_of_what_is_said_is_no_change(tmp_path):
    quads = [quad(thing, thing) for thing in range(20)]
    first, second = built(tmp_path, quads), built(tmp_path, quads[::-1])
    assert changes.since(tmp_path / second, first) == []


def test_nothing_is_told_of_a_build_that_is_not_known_or_where_too_much_has_changed(tmp_path):
    first = built(tmp_path, [quad(thing, 0) for thing in range(20)])
    other = built(tmp_path, [quad(thing, thing < 10) for thing in range(20)])
    assert changes.since(tmp_path / other, first) is changes.since(tmp_path / other, "generation-of-others") is None


def test_what_is_told_of_earlier_builds_is_as_much_as_is_worth_it(tmp_path, monkeypatch):
    monkeypatch.setattr(changes, "_MOST", 5)
    names = [built(tmp_path, [quad(thing, thing < many) for thing in range(20)]) for many in range(5)]
    known = [changes.since(tmp_path / names[-1], name) is not None for name in names]
    assert known == [False, False, True, True, True]


def test_a_damaged_build_is_compared_with_nothing(world):
    before = store.manifest(world.store)
    (world.store / before.generation / changes.SUMS).write_bytes(b"cut")
    after = build.build(world, force=True).manifest
    assert changes.since(world.store / after.generation, before.generation) is None
    again = build.build(world, force=True).manifest
    assert changes.since(world.store / again.generation, after.generation) == []


def test_a_build_that_the_disk_damaged_in_silence_is_compared_with_nothing(world):
    before = store.manifest(world.store)
    for path in (world.store / before.generation).glob("*.sst"):
        raw, when = path.read_bytes(), path.stat().st_mtime_ns
        path.write_bytes(raw[:200] + bytes([raw[200] ^ 1]) + raw[201:])
        os.utime(path, ns=(when, when))
    after = build.build(world, force=True).manifest
    assert changes.since(world.store / after.generation, before.generation) is None


def test_no_generation_is_left_behind_by_the_comparison(world):
    build.build(world, force=True)
    current = store.manifest(world.store).generation
    assert [path.name for path in world.store.glob("generation-*")] == [current]
