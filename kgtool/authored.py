"""Reads what people wrote, ontology/ and graph_data/: nothing unknown passes, and nothing is dropped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from pyoxigraph import NamedNode, Quad

from kgtool import rdf, records, vocabulary
from kgtool.claim import Claim, Version
from kgtool.door import Door, Lines
from kgtool.errors import DataError, Place, Problem, relative, spelled
from kgtool.project import Project
from kgtool.rdf import Node
from kgtool.terms import CLAIM_KINDS, GRAPH, KG, SH, Prefixes, Term
from kgtool.vocabulary import Vocabulary

ONTOLOGY_FILES = ("vocabulary.ttl", "lists.ttl", "policies.ttl")
Record = TypeVar("Record", Claim, Version)


@dataclass(frozen=True)
class Authored:
    """The records made from what is written, and of how many quads that is; ``quads`` reads these again."""

    size: int
    claims: tuple[Claim, ...]
    versions: dict[str, Version]
    vocabulary: Vocabulary
    prefixes: Prefixes


def read_prefixes(project: Project) -> Prefixes:
    return rdf.prefixes(rdf.read(project.root / "ontology" / "prefixes.ttl", project.root))


def read(project: Project) -> Authored:
    """The records of everything authored; a DataError carries every problem of every file, each with its line.

    One file at a time is held, and each read twice: what stands in one may be declared in another.
    """
    prefixes = read_prefixes(project)
    ontology = [quad for path in _ontology_files(project) for quad in rdf.read(path, project.root)]
    words = vocabulary.read(ontology)
    files, size, declared, problems = _surveyed(data_files(project), project.root)
    known = None if problems else declared | _typed(ontology)
    problems += _passed_over(project)
    if not files and not problems:
        remedy = "add Turtle files; graph_data/README.md shows how"
        raise DataError(Problem("holds no data", remedy, Place("graph_data")))
    door = _door(project, words, known, prefixes)
    claim = partial(records.claim, qualifiers=[NamedNode(iri) for iri in words.qualifiers])
    claims, versions = [], {}
    for path in files:
        quads = rdf.read(path, project.root)
        nodes = rdf.nodes(quads)
        said, broken = _records(path, nodes, CLAIM_KINDS, claim, door, door.explained(quads))
        named, unread = _records(path, nodes, (KG + "SourceVersion",), records.version, door)
        claims += [(path, one) for one in said.values()]
        versions |= named
        problems += [*door.problems(path, quads), *broken, *unread]
    problems += door.duplicates(claims)
    if problems:
        raise DataError(sorted(problems, key=lambda problem: problem.place or Place("")))
    return Authored(len(ontology) + size, tuple(claim for _, claim in claims), versions, words, prefixes)


def quads(project: Project) -> Iterator[Quad]:
    """All that is written, each quad in its graph, read from one file after the other."""
    for path in _ontology_files(project):
        yield from _moved(rdf.read(path, project.root), "vocabulary")
    for path in data_files(project):
        yield from _moved(rdf.read(path, project.root), _graph(path))


def data_files(project: Project) -> list[Path]:
    return project.files("graph_data", "**/*.ttl")


def _ontology_files(project: Project) -> list[Path]:
    return [project.root / "ontology" / name for name in ONTOLOGY_FILES]


def _passed_over(project: Project) -> list[Problem]:
    """What is RDF by its name, and is not read: a claim in it would be missing, and nobody told."""
    remedy = "give it a name that does, if it is Turtle, or keep it elsewhere"
    return [
        Problem("is not read, as its name does not end in .ttl", remedy, Place(relative(path, project.root)))
        for path in project.files("graph_data", "**/*.*")
        if path.suffix != ".ttl" and path.suffix.lower() in rdf.FORMATS and path.is_file()
    ]


def _surveyed(paths: Iterable[Path], root: Path) -> tuple[list[Path], int, frozenset[str], list[Problem]]:
    """The files that can be read, how many quads they hold, what has a type there, and what is wrong with the others."""
    readable, size, declared, problems = [], 0, set(), []
    for path in paths:
        try:
            quads = rdf.read(path, root)
        except DataError as error:
            problems += error.problems
        else:
            readable.append(path)
            size += len(quads)
            declared |= _typed(quads)
    return readable, size, frozenset(declared), problems


def _typed(quads: Iterable[Quad]) -> frozenset[str]:
    return frozenset(quad.subject.value for quad in quads if quad.predicate == rdf.TYPE)


def _door(project: Project, words: Vocabulary, declared: frozenset[str] | None, prefixes: Prefixes) -> Door:
    """Data may use the predicates that shapes look along and the classes they target beside the vocabulary's."""
    shapes = [quad for file in project.files("ontology/shapes", "*.ttl") for quad in rdf.read(file, project.root)]
    paths, targets = (
        frozenset(q.object.value for q in shapes if q.predicate == along and isinstance(q.object, NamedNode))
        for along in (NamedNode(SH + "path"), NamedNode(SH + "targetClass"))
    )
    return Door(words, words.properties | paths, targets | set(words.parents), declared, prefixes, Lines(project.root))


def _records(
    path: Path, nodes: Mapping[Term, Node], kinds: Collection[str], made: Callable[[str, Node], Record], door: Door,
    explained: Collection[str] = (),
) -> tuple[dict[str, Record], list[Problem]]:
    """The nodes of some kinds as records, and what keeps others from being one, where that is not ``explained`` already."""
    found, problems = {}, []
    for subject, node in nodes.items():
        if isinstance(subject, NamedNode) and any(kind.value in kinds for kind in node.get(rdf.TYPE, ())):
            try:
                found[subject.value] = made(subject.value, node)
            except DataError as error:
                if subject.value not in explained:
                    problems += door.placed(path, subject.value, error)
    return found, problems


def _graph(path: Path) -> str:
    """A source version's claims and a hierarchy's release have a graph of their own; all else shares one."""
    name = spelled(path.stem)
    return {"claims": name, "hierarchies": f"hierarchy-{name}"}.get(path.parent.name, "entities")


def _moved(quads: Iterable[Quad], graph: str) -> Iterator[Quad]:
    name = NamedNode(GRAPH + graph)
    return (Quad(quad.subject, quad.predicate, quad.object, name) for quad in quads)
