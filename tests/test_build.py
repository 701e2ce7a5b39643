"""Building: whole or not at all, the same bytes every time, and only when something has changed."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from kgtool import build, graph, project, store
from kgtool.errors import StoreError
from kgtool.terms import GRAPH, ID, judgement_graph, kg

THINGS = "graph_data/things.ttl"
ROUTES = "SELECT ?route { id:examplin kg:administeredBy ?route }"


def routes(project) -> list[str]:
    """What the store answers as it is, without building."""
    return [row["route"] for row in graph.Graph(project, store.open_read_only(project.store)).query(ROUTES)]


def generations(project) -> list[str]:
    return sorted(path.name for path in project.store.glob("generation-*"))


def touch(project) -> None:
    """A change that makes a new build necessary, and no other difference."""
    things = project.root / THINGS
    things.write_text(things.read_text(encoding="utf-8") + "# and so on\n", encoding="utf-8")


def start(project, *words: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "kgtool", *words],
        cwd=project.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(Path(build.__file__).parents[1])},
    )


def test_a_killed_build_leaves_the_last_good_graph(world, run):
    """Fifteen builds are killed at moments spread over all that a build does."""
    moments = random.Random(1)
    begin = time.perf_counter()
    run("build", "--force")
    whole = time.perf_counter() - begin
    for _ in range(15):
        process = start(world, "build", "--force")
        time.sleep(moments.uniform(0.2, 1.1) * whole)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert routes(world) == ["NCIT:C38288"]
    done = run("build", "--force")
    assert done.returncode == 0, done.stderr
    assert routes(world) == ["NCIT:C38288"]
    assert len(generations(world)) == 1


def test_what_a_killed_build_left_is_swept_up_by_the_next(world):
    left = world.store / "generation-left"
    left.mkdir()
    (left / "bulk-1.sst").write_bytes(b"half of something")
    touch(world)
    assert build.build(world).fresh
    assert generations(world) == [store.manifest(world.store).generation]


def test_a_build_that_fails_leaves_nothing_behind(world):
    before = generations(world)
    rule = "#+ title: a rule\n#+ into: graph:new\nSELECT * { ?s ?p ?o }"
    (world.root / "queries" / "derive" / "new.rq").write_text(rule, encoding="utf-8")
    with pytest.raises(Exception, match="makes no triples"):
        build.build(world)
    assert generations(world) == before
    assert routes(world) == ["NCIT:C38288"]


def test_two_builds_give_the_same_bytes_whatever_the_hash_seed(world, kgtool):
    exports = []
    for seed in ("1", "2"):
        shutil.rmtree(world.build)
        done = kgtool(world, "export", f"graph-{seed}.trig", PYTHONHASHSEED=seed)
        assert done.returncode == 0, done.stderr
        exports.append((world.root / f"graph-{seed}.trig").read_bytes())
    assert exports[0] == exports[1]
    assert len(exports[0]) > 10_000


def test_the_order_of_the_files_does_not_matter(world):
    """The names of files say nothing; what is in them does."""
    before = sorted(map(str, graph.open(world).store.quads()))
    (world.root / THINGS).rename(world.root / "graph_data" / "a-first.ttl")
    assert sorted(map(str, graph.open(world).store.quads())) == before


@pytest.mark.parametrize("small", [0, 300_000], ids=["on disk", "in memory"])
def test_a_graph_is_the_same_made_where_it_lies_or_in_memory_first(world, monkeypatch, small):
    expected, merged = (sorted(map(str, found)) for found in _everything(world))
    monkeypatch.setattr(build, "IN_MEMORY", small)
    build.build(world, force=True)
    assert [sorted(map(str, found)) for found in _everything(world)] == [expected, merged]


def _everything(project) -> tuple:
    kept = store.open_read_only(project.store)
    return list(kept.quads()), kept.construct("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")


def test_a_build_tells_how_far_it_is_and_nothing_when_told_to_be_quiet(world, run):
    told: list[tuple[str, int, str, float]] = []
    build.build(world, force=True, tick=lambda *said: told.append(said))
    last = {what: (count, unit, share) for what, count, unit, share in told}
    policies = len(graph.open(world).query("SELECT ?p { ?p a kg:Policy }"))
    assert last["edges-default"][1:] == ("triples", 1) and last["edges-default"][0] > 0
    assert len([what for what in last if what.startswith("label-status, ")]) == policies
    assert last["merged"][0] >= len({quad.triple for quad in store.open_read_only(world.store).quads()}) / 2
    assert run("build", "--force").stderr.count("\r") == 0
    done = run("build", "--force", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_second_build_does_nothing(world, run):
    before = generations(world)
    done = run("build")
    assert "is up to date" in done.stderr
    assert generations(world) == before


@pytest.mark.parametrize("file", [
    THINGS, "graph_data/mappings.sssom.tsv", "ontology/lists.ttl", "ontology/policies.ttl", "ontology/prefixes.ttl",
    "ontology/shapes/claim.ttl", "queries/derive/plain-edges.rq",
])
def test_a_changed_file_is_built_again_and_once(world, file):
    path = world.root / file
    path.write_text(path.read_text(encoding="utf-8") + "# and so on\n", encoding="utf-8")
    assert build.build(world).fresh
    assert not build.build(world).fresh


def test_a_file_that_is_gone_or_new_or_renamed_is_built_again(world):
    new = world.root / "graph_data" / "more.ttl"
    new.write_text("", encoding="utf-8")
    assert build.build(world).fresh
    new.rename(new.with_name("other.ttl"))
    assert build.build(world).fresh
    new.with_name("other.ttl").unlink()
    assert build.build(world).fresh


def test_a_file_saved_as_it_was_is_not_built_again(world):
    (world.root / THINGS).touch()
    assert not build.build(world).fresh


def test_a_question_is_answered_from_changed_files_without_building_by_hand(world, run):
    things = world.root / THINGS
    things.write_text(things.read_text(encoding="utf-8").replace('"Exa"@en', '"Exi"@en'), encoding="utf-8")
    assert "claim:page-v1-mouth" in run("ask", "routes", "--drug", "Exi").stdout


def test_a_second_writer_is_refused_and_readers_are_not(world, run):
    quad = Quad(NamedNode(ID + "a"), kg("sign"), NamedNode(ID + "b"), NamedNode(GRAPH + "a"))
    with store.new_generation(world.store, store.open_read_only(world.store).prefixes, "half") as half:
        half.engine.extend([quad])
        done = run("build", "--force")
        assert done.returncode == 2
        assert f"another build is writing to {world.store}; wait until it is done" in done.stderr
        assert routes(world) == ["NCIT:C38288"]
    assert routes(world) == []


def test_a_graph_that_is_open_goes_on_answering_through_a_build(world):
    opened = graph.open(world)
    assert len(opened.query(ROUTES)) == 1
    for _ in range(2):
        build.build(world, force=True)
    assert len(opened.ask("claims-of", source="page")) == 7
    assert len(opened.query("SELECT * { GRAPH ?g { ?s ?p ?o } }")) == sum(1 for _ in opened.store.quads())
    assert len(generations(world)) == 2
    del opened
    build.build(world, force=True)
    assert len(generations(world)) == 1


def manifest(project, **changes) -> None:
    file = project.store / store.CURRENT
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | changes), encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        {"engine": "pyoxigraph 0.1"}, {"format": 1}, {"format": 99, "compressed": True}, {"inputs": "another digest"},
        {"generation": "generation-gone"},
    ],
    ids=["of another engine", "of an older format", "of a newer format", "of other files", "gone"],
)
def test_a_store_is_built_again_by_itself_when_it_is(world, change):
    manifest(world, **change)
    assert len(graph.open(world, warn=pytest.fail).query(ROUTES)) == 1
    assert store.manifest(world.store).format == store.FORMAT


def test_a_store_that_was_never_built_is_built_by_asking(world, run):
    shutil.rmtree(world.build)
    assert "claim:page-v1-mouth" in run("ask", "routes", "--drug", "examplin").stdout


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"generation": '], ids=repr)
def test_a_damaged_manifest_is_told_once_and_built_again(world, run, content):
    (world.store / store.CURRENT).write_bytes(content)
    with pytest.raises(StoreError, match=r"current\.json is damaged: .*; run `kgtool build --force`"):
        store.open_read_only(world.store)
    done = run("ask", "routes", "--drug", "examplin")
    assert done.stderr.count("current.json is damaged") == done.stderr.count("it is built again") == 1
    assert routes(world) == ["NCIT:C38288"]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    for place in range(0, len(raw), 97):
        raw[place] ^= 0xFF
    path.write_bytes(raw)


@pytest.mark.parametrize("files", ["CURRENT", "MANIFEST-*", "*.sst"])
@pytest.mark.parametrize("damage", [cut, flip, Path.unlink])
def test_a_damaged_store_is_told_once_and_built_again(world, run, files, damage):
    (generation,) = world.store.glob("generation-*")
    for path in generation.glob(files):
        damage(path)
    done = run("ask", "claims-of", "--source", "page")
    assert (done.returncode, done.stderr.count("the store is damaged"), done.stderr.count("it is built again")) == (0, 1, 1)
    assert routes(world) == ["NCIT:C38288"]
    assert run("build").stderr.count("is up to date") == 1


def test_a_bit_that_somebody_changed_is_told_and_built_again(world, run):
    path = sorted(world.store.glob("generation-*/*.sst"))[-1]
    raw = path.read_bytes()
    path.write_bytes(raw[:200] + bytes([raw[200] ^ 1]) + raw[201:])
    done = run("ask", "routes", "--drug", "examplin")
    assert f"{path.name} is not as it was built; it is built again" in done.stderr
    assert routes(world) == ["NCIT:C38288"]


def test_a_bit_that_the_disk_lost_is_found_by_verifying(world, run):
    assert "verified: " in run("build", "--verify").stderr
    for path in world.store.glob("generation-*/*.sst"):
        raw, when = path.read_bytes(), path.stat().st_mtime_ns
        path.write_bytes(raw[:200] + bytes([raw[200] ^ 1]) + raw[201:])
        os.utime(path, ns=(when, when))
        with pytest.raises(StoreError, match=f"{path.name} is not as it was built"):
            store.verify(world.store)
        path.write_bytes(raw)
    path.write_bytes(raw[:-1] + b"?")
    done = run("build", "--verify")
    assert (done.returncode, done.stderr.count(f"{path.name} is not as it was built")) == (0, 1)
    assert " built: " in done.stderr


def test_a_copied_store_answers(world):
    """Its files have other times than those they were built at."""
    for path in world.store.glob("generation-*/*"):
        os.utime(path)
    assert routes(world) == ["NCIT:C38288"]


def test_a_folder_that_cannot_be_written_is_told(world, without_privileges):
    shutil.rmtree(world.build)
    with without_privileges(world.root):
        world.root.chmod(0o555)
        with pytest.raises(StoreError, match=f"cannot write to {world.store}: Permission denied"):
            build.build(world)


def test_a_project_that_may_not_be_written_into_is_built_in_the_cache(world, without_privileges):
    shutil.rmtree(world.build)
    cache = world.texts.parent
    cache.mkdir(exist_ok=True)
    with without_privileges(world.root):
        world.root.chmod(0o555)
        found = project.find(world.root, cache=cache)
        assert found.build.is_relative_to(cache)
        assert len(graph.open(found).query(ROUTES)) == 1
    world.root.chmod(0o755)
    assert project.find(world.root, cache=cache).build == world.build


def test_a_graph_that_cannot_be_written_again_can_be_asked(world, without_privileges):
    touch(world)
    said: list[str] = []
    with without_privileges(world.root):
        for folder in (world.build, world.store):
            folder.chmod(0o555)
        (world.store / "lock").chmod(0o444)
        assert len(graph.open(world, warn=said.append).query(ROUTES)) == 1
    assert "cannot write to" in said[0]


def test_a_file_in_the_place_of_the_build_folder_is_told(world, run):
    shutil.rmtree(world.build)
    world.build.write_text("not a folder", encoding="utf-8")
    done = run("build")
    assert done.returncode == 2
    assert f"cannot write to {world.store}" in done.stderr


def test_the_default_graph_holds_each_triple_once(world):
    """An edge that two policies share stands in two graphs, and is still one edge to count."""
    made = graph.open(world)
    edge = "id:examplin kg:approvedFor id:spasticity-in-ms"
    in_graphs = made.query(f"SELECT ?g {{ GRAPH ?g {{ {edge} }} }}")
    assert len(in_graphs) > 1
    ((count,),) = made.query(f"SELECT (COUNT(*) AS ?n) {{ {edge} }}").rows
    assert count.value == "1"
    ((all_, different),) = made.query("SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT *) AS ?d) { ?s ?p ?o }").rows
    assert all_ == different


def test_a_policy_whose_name_ends_like_another_s_has_a_graph_of_its_own(world):
    """id:policy-strict-policy-default is no policy-default: its judgements do not stand among the default's."""
    file = world.root / "ontology" / "policies.ttl"
    strict = "".join(block for block in re.split(r"(?m)^(?=id:)", file.read_text()) if block.startswith("id:policy-peer"))
    file.write_text(file.read_text() + strict.replace("peer-reviewed-only", "strict-policy-default"))
    build.build(world)
    made = graph.open(world)
    under = {name: ID + f"policy-{name}" for name in ("default", "strict-policy-default")}
    for policy in under.values():
        found = {quad.object.value for quad in made.store.quads(judgement_graph(policy)) if quad.predicate == kg("policy")}
        assert found <= {policy}
    rows = {n: set(made.store.select(made.views["judged-so"].bind({"policy": p})).rows) for n, p in under.items()}
    assert rows["default"] and not rows["default"] & rows["strict-policy-default"]


def test_the_default_graph_has_the_edges_of_the_default_policy_only(world):
    made = graph.open(world)
    believed = "id:examplin kg:bindsTo id:receptor"
    assert made.query(f"ASK {{ GRAPH graph:edges-everything-said {{ {believed} }} }}")
    assert not made.query(f"ASK {{ {believed} }}")


def test_each_kind_of_quad_has_its_graph(world):
    made = graph.open(world)
    where = {
        "id:examplin a kg:Drug": "entities",
        "claim:page-v1-mouth a kg:Claim": "page-v1",
        "kg:Claim a rdfs:Class": "vocabulary",
        "?p a kg:Proposition": "propositions",
        "?p a kg:Passage": "passages",
        "?m a kg:Mapping": "mappings",
        "?e a kg:Edge": "edge-reasons",
    }
    for triple, name in where.items():
        graphs = {row["g"] for row in made.query(f"SELECT ?g {{ GRAPH ?g {{ {triple} }} }}")}
        assert graphs == {f"graph:{name}"}, triple


def test_a_graph_in_memory_is_the_one_on_disk(world):
    assert set(build.in_memory(world).quads()) == set(graph.open(world).store.quads())


@pytest.mark.parametrize(("file", "text", "said"), [
    ("judge/broader.rq", "#+ title: x\nSELECT ?a {\n  ?a ?b }\n", "queries/judge/broader.rq: line 4, column 1: the query ends"),
    ("derive/tallies.rq", "#+ title: x\n#+ into: graph:x\nCONSTRUCT { ?a ?b ?c } {", "queries/derive/tallies.rq: line 3, "),
    ("view/thing.rq", "#+ titel: x\nSELECT * {}\n", "queries/view/thing.rq:1: unknown front matter key titel; did you"),
])
def test_a_broken_query_of_the_project_is_found_by_the_next_build(world, run, file, text, said):
    (world.root / "queries" / file).write_text(text, encoding="utf-8")
    done = run("build")
    assert (done.returncode, done.stdout) == (2, "") and said in done.stderr
    assert routes(world) == ["NCIT:C38288"]


def test_a_query_that_judges_need_and_is_gone_is_named(world, run):
    (world.root / "queries" / "judge" / "broader.rq").unlink()
    done = run("build")
    assert "error: the query broader.rq is missing under queries/; bring it back" in done.stderr and done.returncode == 2
