"""Which claims touch a thing, as a build keeps it beside its store, is what the query says that anybody may ask."""

from __future__ import annotations

import shutil
from collections import Counter

import pytest

from kgtool import store, touched
from kgtool.errors import StoreError
from kgtool.graph import Graph
from kgtool.terms import ID, KG

REGULATORS = f"{ID}policy-regulators-only"


def asked(graph: Graph, thing: str, policy: str | None) -> set[tuple[str, str, str]]:
    query = graph.views["thing-claims"].bind({"thing": thing, "relation": None, "policy": policy})
    return {(side.value, relation.value, claim.value) for side, relation, _, claim in graph.store.select(query).rows}


def counted_by(graph: Graph, policy: str | None) -> list[str] | None:
    if policy is None:
        return None
    return [type.value for type, in graph.store.select(f"SELECT ?type {{ <{policy}> kg:countsSourceType ?type }}").rows]


@pytest.mark.parametrize("policy", [None, REGULATORS])
@pytest.mark.parametrize("kind", ["Drug", "Sign", "Disease", "ConditionInContext"])
def test_claims_kept_thing_by_thing_are_those_that_the_query_finds(founding, kind, policy):
    found = 0
    for thing in founding.names.of_kind(KG + kind):
        wanted, types = asked(founding, thing, policy), counted_by(founding, policy)
        counts = touched.counts(founding.touched, thing, types)
        assert counts == Counter((side, relation) for side, relation, _ in wanted)
        for side, relation in counts:
            claims = touched.claims(founding.touched, thing, side, relation, 0, -1, types)
            assert claims == sorted(claim for at, of, claim in wanted if (at, of) == (side, relation))
            assert claims[1:3] == touched.claims(founding.touched, thing, side, relation, 1, 2, types)
        found += len(wanted)
    assert found > 0


def test_a_graph_that_is_nowhere_on_disk_tells_the_same(founding):
    nowhere = Graph(founding.project, store.in_memory(founding.store.quads(), founding.store.prefixes))
    for thing in founding.names.of_kind(KG + "Drug"):
        assert touched.counts(nowhere.touched, thing) == touched.counts(founding.touched, thing) != {}


def test_a_damaged_file_is_an_error_with_its_remedy(founding, tmp_path):
    shutil.copytree(founding.project.store, tmp_path / "store")
    damaged = Graph(founding.project, store.open_read_only(tmp_path / "store"))
    (damaged.store.folder / touched.FILE).write_bytes(b"no table at all")
    with pytest.raises(StoreError, match="damaged: .*`kgtool build --force`"):
        touched.counts(damaged.touched, f"{ID}baclofen")
