"""Where policies do not decide alike, as a build keeps it beside its store."""

from __future__ import annotations

import shutil
from itertools import permutations

import pytest

from kgtool import judge, store
from kgtool.errors import StoreError
from kgtool.graph import Graph
from kgtool.judge import apart
from kgtool.terms import KG, matter


def told(graph: Graph, one: str, other: str) -> list[tuple[str, list]]:
    found = apart.of(graph.store, judge.queries(graph.project), one, other)
    return [(kind, apart.matters(found, one, other, kind)) for kind in apart.counts(found, one, other)]


def test_what_a_build_kept_is_what_is_found_where_nothing_is_kept(founding):
    kept, nothing = founding, Graph(founding.project, store.in_memory(founding.store.quads(), founding.store.prefixes))
    nothing.store.merge()
    assert (kept.store.folder / apart.FILE).exists() and nothing.store.folder is None
    for one, other in permutations(founding.names.of_kind(KG + "Policy"), 2):
        assert told(kept, one, other) == told(nothing, one, other) != []


def test_matters_are_counted_as_they_are_told_and_come_in_order_from_any_place_on(founding):
    policies = founding.names.of_kind(KG + "Policy")
    found = apart.of(founding.store, judge.queries(founding.project), *policies[:2])
    for kind, count in apart.counts(found, *policies[:2]).items():
        whole = apart.matters(found, *policies[:2], kind)
        assert len(whole) == count
        assert whole[1:3] == apart.matters(found, *policies[:2], kind, 1, 2)
        if kind != apart.EDGE:  # whose name does not tell what it is about
            assert whole == sorted(whole, key=lambda names: matter((names[0] or names[1])[0]))


def test_a_damaged_file_of_what_differs_is_an_error_with_its_remedy(founding, tmp_path):
    shutil.copytree(founding.project.store, tmp_path / "store")
    damaged = Graph(founding.project, store.open_read_only(tmp_path / "store"))
    (damaged.store.folder / apart.FILE).write_bytes(b"no table at all")
    with pytest.raises(StoreError, match="damaged: .*`kgtool build --force`"):
        told(damaged, *founding.names.of_kind(KG + "Policy")[:2])
