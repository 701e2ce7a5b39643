"""What is made of files is made of one state of theirs: a change while they are read is seen, even where it was set back."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Event, Thread

import pytest

from kgtool import build, graph, load, moments, store
from kgtool.errors import DataError, StoreError
from kgtool.progress import unwatched
from kgtool.terms import Prefixes
from kgtool.validate import since

THINGS = "graph_data/things.ttl"
TOUCHED = f"{THINGS}: was changed while it was being read; run the command again"
PERSON = "<http://example.org/a> <http://example.org/p> <http://example.org/b> .\n"


class Passing:
    """Something else in a file for a moment, once, when whoever reads it tells how far they are."""

    def __init__(self, path: Path, other: str):
        self.path, self.other, self.done = path, other, False

    def __call__(self, *_: object) -> None:
        if self.done:
            return
        self.done, was, content = True, self.path.stat(), self.path.read_bytes()
        self.path.write_text(self.other)
        self.path.write_bytes(content)
        os.utime(self.path, ns=(was.st_atime_ns, was.st_mtime_ns))


def test_a_change_at_once_after_the_look_is_seen(tmp_path):
    (file := tmp_path / "file").write_text("one")
    begun = moments.looks([file])
    moments.check(begun)
    Passing(file, "two")()
    with pytest.raises(DataError, match="was changed while it was being read"):
        moments.check(begun)


def test_files_that_came_or_went_are_seen_and_one_that_never_was_is_left_to_its_reader(tmp_path):
    here, never, new = (tmp_path / name for name in ("here", "never", "new"))
    here.touch()
    begun = moments.looks([here, never])
    moments.check(begun, [here, never])
    new.touch()
    here.unlink()
    with pytest.raises(DataError) as told:
        moments.check(begun, [never, new], tmp_path)
    assert [problem.place.file for problem in told.value.problems] == ["here", "new"]


@pytest.mark.parametrize("changed, now, waits", [
    (5_000_000_001, 5_000_000_001, 20_000_000), (5_000_000_001, 5_020_000_000, 1), (5_000_000_001, 5_020_000_001, 0),
    (4_000_000_000, 5_500_000_000, 500_000_000), (4_000_000_000, 6_000_000_000, 0), (9_000_000_001, 5_000_000_000, 0),
])
def test_it_waits_as_long_as_the_next_change_may_bear_the_same_time(changed, now, waits):
    assert moments._until_told_apart(changed, now) == waits


def test_a_build_is_not_made_of_two_states(world):
    before = store.manifest(world.store)
    changing = Passing(world.root / THINGS, "")
    with pytest.raises(DataError) as told:
        build.build(world, force=True, step=lambda said: changing() if said.startswith("deriving") else None)
    assert (str(told.value), store.manifest(world.store)) == (TOUCHED, before)
    assert build.build(world, force=True).fresh


def test_a_validation_of_two_states_tells_nothing_and_keeps_nothing(world):
    asked = graph.open(world)
    (world.store / since.KEPT).unlink(missing_ok=True)
    with pytest.raises(DataError) as told:
        asked.validate(tick=Passing(world.root / THINGS, ""))
    assert (str(told.value), since.read(world.store)) == (TOUCHED, None)
    asked.validate()
    assert since.read(world.store)


def test_a_graph_of_other_files_than_there_are_is_not_validated_by_them(world):
    asked = graph.open(world)
    with (world.root / THINGS).open("a") as things:
        things.write("# another\n")
    with pytest.raises(StoreError, match="files have changed since this graph was made of them; begin again what you were at"):
        asked.validate()


def test_a_store_is_not_loaded_from_two_states(tmp_path):
    (data := tmp_path / "data.nt").write_text(PERSON)
    wanted = load.Wanted([load.source(str(data))])
    with pytest.raises(DataError, match=r"data\.nt: was changed while it was being read"):
        # what the child process does that a load is done in
        load._made(wanted, tmp_path / "into", Prefixes({}), Passing(data, ""))
    assert store.manifest(tmp_path / "into") is None
    load._made(wanted, tmp_path / "into", Prefixes({}), unwatched)
    assert store.manifest(tmp_path / "into").quads == 1


def test_files_of_others_are_not_judged_in_two_states(run_built, tmp_path):
    data, shapes, other, done = tmp_path / "data.ttl", tmp_path / "shapes.ttl", tmp_path / "other", Event()
    data.write_text(PERSON)
    shapes.write_text("@prefix sh: <http://www.w3.org/ns/shacl#> . <http://example.org/S> a sh:NodeShape .")

    def change() -> None:  # whole each time, and the same for whoever looks at its digest
        while not done.wait(0.002):
            other.write_text(PERSON)
            other.replace(data)

    changing = Thread(target=change)
    changing.start()
    try:
        ran = run_built("validate", "--data", data, "--shapes", shapes)
    finally:
        done.set()
        changing.join()
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == f"error: {data}: was changed while it was being read; run the command again\n"
    assert run_built("validate", "--data", data, "--shapes", shapes).returncode == 0
