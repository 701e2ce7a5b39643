"""Whether a store is up to date: seen from how its files look, and never wrongly believed."""

from __future__ import annotations

import os
import time

import pytest

from kgtool import inputs

THINGS = "graph_data/things.ttl"
TICK = 20_000_000  # longer than the clock of files takes from one time to the next


@pytest.fixture
def settled(world, monkeypatch):
    """A built world whose files are older than the coarsest clock, and remembered by their looks."""
    monkeypatch.setattr(inputs, "COARSEST_CLOCK", TICK)
    time.sleep(2 * TICK / 1e9)
    assert inputs.up_to_date(world)
    assert (world.store / inputs.LOOKS).is_file()
    return world


def test_files_that_look_as_they_did_are_not_read_again(settled, monkeypatch):
    monkeypatch.setattr(inputs, "digest", lambda project: pytest.fail("they were read"))
    assert inputs.up_to_date(settled)


@pytest.mark.parametrize("file", [THINGS, "ontology/lists.ttl", "queries/derive/plain-edges.rq", "graph_data/identifiers.tsv"])
def test_a_change_of_no_size_is_seen_even_where_its_time_was_set_back(settled, file):
    path = settled.root / file
    was = path.stat()
    path.write_bytes(path.read_bytes()[:-2] + b"#\n")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (was.st_size, was.st_mtime_ns)
    assert not inputs.up_to_date(settled)


def test_files_that_come_go_or_change_their_names_are_seen(settled):
    new = settled.root / "graph_data" / "claims" / "more.ttl"
    new.write_text("", encoding="utf-8")
    assert not inputs.up_to_date(settled)
    new.unlink()
    assert inputs.up_to_date(settled)
    (settled.root / THINGS).rename(settled.root / "graph_data" / "other.ttl")
    assert not inputs.up_to_date(settled)


def test_a_file_that_was_changed_just_now_is_not_known_by_its_looks(world):
    (world.store / inputs.LOOKS).unlink(missing_ok=True)  # there where somebody has asked the copied world before
    (world.root / THINGS).touch()
    assert inputs.up_to_date(world)
    assert not (world.store / inputs.LOOKS).exists()


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[]", b"null", b'["x"]', b"\xff"], ids=repr)
def test_what_is_remembered_may_be_damaged(settled, content):
    (settled.store / inputs.LOOKS).write_bytes(content)
    assert inputs.up_to_date(settled)


def test_a_link_to_nothing_makes_files_be_read(settled):
    (settled.root / "graph_data" / ".#lock").symlink_to("nowhere")
    assert inputs.up_to_date(settled)


def test_another_build_is_not_taken_for_the_one_remembered(settled):
    was = inputs.up_to_date(settled)
    manifest = settled.store / "current.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(was.inputs, "another"), encoding="utf-8")
    assert not inputs.up_to_date(settled)
