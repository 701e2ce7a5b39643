"""Reads what people wrote, ontology/ and graph_data/: nothing unknown passes, and nothing is dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from kgtool import rdf, vocabulary
from kgtool.claim import Claim, Version
from kgtool.door import Door, Lines
from kgtool.errors import DataError, Place, Problem, spelled
from kgtool.project import Project
from kgtool.terms import GRAPH, KG, SH, Prefixes
from kgtool.vocabulary import Vocabulary

ONTOLOGY_FILES = ("vocabulary.ttl", "lists.ttl", "policies.ttl")


@dataclass(frozen=True)
class Authored:
    """All quads as written, each in its graph, and the records made from them."""

    quads: tuple[Quad, ...]
    claims: tuple[Claim, ...]
    versions: dict[str, Version]
    vocabulary: Vocabulary
    prefixes: Prefixes


def read_prefixes(project: Project) -> Prefixes:
    return rdf.prefixes(rdf.read(project.root / "ontology" / "prefixes.ttl", project.root))


def read(project: Project) -> Authored:
    """Everything authored; a DataError carries every problem of every file, each with its line."""
    prefixes = read_prefixes(project)
    ontology = [(p, rdf.read(p, project.root)) for p in (project.root / "ontology" / name for name in ONTOLOGY_FILES)]
    words = vocabulary.read(quad for _, quads in ontology for quad in quads)
    data, problems = _read_all(data_files(project), project.root)
    if not data and not problems:
        remedy = "add Turtle files; graph_data/README.md shows how"
        raise DataError(Problem("holds no data", remedy, Place("graph_data")))
    paths, targets = _looked_at(project)
    properties, classes = words.properties | paths, targets | set(words.parents)
    door = Door(words, properties, classes, _declared(ontology + data), prefixes, Lines(project.root))
    for path, quads in data:
        problems += door.problems(path, quads)
    claims, broken = _claims(data, words, door)
    versions, unread = _versions(data, door)
    problems += [*broken, *unread, *door.duplicates(claims)]
    if problems:
        raise DataError(sorted(problems, key=lambda problem: problem.place or Place("")))
    return Authored(
        quads=tuple(_in_graphs(ontology, data)),
        claims=tuple(claim for _, claim in claims),
        versions=versions,
        vocabulary=words,
        prefixes=prefixes,
    )


def data_files(project: Project) -> list[Path]:
    return project.files("graph_data", "**/*.ttl")


def _read_all(paths: Iterable[Path], root: Path) -> tuple[list[tuple[Path, list[Quad]]], list[Problem]]:
    read, problems = [], []
    for path in paths:
        try:
            read.append((path, rdf.read(path, root)))
        except DataError as error:
            problems += error.problems
    return read, problems


def _looked_at(project: Project) -> tuple[frozenset[str], frozenset[str]]:
    """The predicates that shapes look along and the classes they target: data may use them beside the vocabulary's."""
    shapes = [quad for file in project.files("ontology/shapes", "*.ttl") for quad in rdf.read(file, project.root)]
    paths, targets = (
        frozenset(q.object.value for q in shapes if q.predicate == along and isinstance(q.object, NamedNode))
        for along in (NamedNode(SH + "path"), NamedNode(SH + "targetClass"))
    )
    return paths, targets


def _declared(files: Iterable[tuple[Path, list[Quad]]]) -> frozenset[str]:
    """Every thing that has a type anywhere."""
    return frozenset(quad.subject.value for _, quads in files for quad in quads if quad.predicate == rdf.TYPE)


def _claims(data, words: Vocabulary, door: Door) -> tuple[list[tuple[Path, Claim]], list[Problem]]:
    """The claims of all files, each with its file, and what keeps the others from being claims."""
    qualifiers = [NamedNode(iri) for iri in words.qualifiers]
    claims, problems = [], []
    for path, quads in data:
        explained = door.explained(quads)
        for subject, node in rdf.nodes(quads).items():
            if isinstance(subject, NamedNode) and any(kind.value in rdf.CLAIM_KINDS for kind in node.get(rdf.TYPE, ())):
                try:
                    claims.append((path, rdf.claim(subject.value, node, qualifiers)))
                except DataError as error:
                    if subject.value not in explained:
                        problems += door.placed(path, subject.value, error)
    return claims, problems


def _versions(data, door: Door) -> tuple[dict[str, Version], list[Problem]]:
    versions, problems = {}, []
    for path, quads in data:
        for subject, node in rdf.nodes(quads).items():
            if NamedNode(KG + "SourceVersion") in node.get(rdf.TYPE, ()):
                try:
                    versions[subject.value] = rdf.version(subject.value, node)
                except DataError as error:
                    problems += door.placed(path, subject.value, error)
    return versions, problems


def _in_graphs(ontology, data) -> Iterator[Quad]:
    for _, quads in ontology:
        yield from (_moved(quad, "vocabulary") for quad in quads)
    for path, quads in data:
        yield from (_moved(quad, _graph(path)) for quad in quads)


def _graph(path: Path) -> str:
    """A source version's claims and a hierarchy's release have a graph of their own; all else shares one."""
    name = spelled(path.stem)
    return {"claims": name, "hierarchies": f"hierarchy-{name}"}.get(path.parent.name, "entities")


def _moved(quad: Quad, graph: str) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object, NamedNode(GRAPH + graph))
