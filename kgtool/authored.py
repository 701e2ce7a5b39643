"""Reads what people wrote, ontology/ and graph_data/, strict at the door: nothing unknown passes, nothing is dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, Quad

from kgtool import rdf, vocabulary
from kgtool.claim import Claim, Version
from kgtool.errors import DataError, Place, Problem, relative
from kgtool.project import Project
from kgtool.terms import GRAPH, KG, RDF, SH, Prefixes, did_you_mean
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
        raise DataError(Problem("holds no data", "add Turtle files; graph_data/README.md shows how", Place("graph_data")))
    known = words.properties | _shape_paths(project)
    door = _Door(words, known, _declared(ontology + data), prefixes)
    for path, quads in data:
        problems += door.problems(path, quads, project.root)
    claims, broken = _claims(data, words, project.root)
    problems += broken + _duplicates(claims, prefixes)
    if problems:
        raise DataError(sorted(problems, key=lambda problem: problem.place or Place("")))
    return Authored(
        quads=tuple(_in_graphs(ontology, data)),
        claims=tuple(claim for _, claim in claims),
        versions=_versions(data),
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


def _shape_paths(project: Project) -> frozenset[str]:
    """The predicates that shapes look along: with the vocabulary's own, all that data may use."""
    path = NamedNode(SH + "path")
    return frozenset(
        quad.object.value
        for file in project.files("ontology/shapes", "*.ttl")
        for quad in rdf.read(file, project.root)
        if quad.predicate == path and isinstance(quad.object, NamedNode)
    )


def _declared(files: Iterable[tuple[Path, list[Quad]]]) -> dict[str, set[str]]:
    """Every thing that has a type anywhere, with its types."""
    declared: dict[str, set[str]] = {}
    for _, quads in files:
        for quad in quads:
            if quad.predicate == rdf.TYPE:
                declared.setdefault(quad.subject.value, set()).add(quad.object.value)
    return declared


@dataclass(frozen=True)
class _Wrong:
    """``value`` is the object at fault, empty where it is the property."""

    message: str
    remedy: str
    value: str = ""


@dataclass(frozen=True)
class _Door:
    """What may come in: known properties, values of closed lists, and things somebody declared."""

    words: Vocabulary
    known: frozenset[str]
    declared: dict[str, set[str]]
    prefixes: Prefixes

    def problems(self, path: Path, quads: list[Quad], root: Path) -> list[Problem]:
        wrong = [(quad, said) for quad in quads for said in self._wrong(quad)]
        twice = list(self._twice(quads))
        if not wrong and not twice:
            return []
        from kgtool import places  # read for its lines only now; most files of most runs are not wrong

        name = relative(path, root)
        standing = list(places.triples(path.read_text(encoding="utf-8"), name))
        found = [(said, places.find(standing, _name(q.subject), q.predicate.value, said.value)) for q, said in wrong]
        listed = [Problem(said.message, said.remedy, place or Place(name)) for said, place in found]
        return listed + [self._second_block(subject, standing, name) for subject in twice]

    def _wrong(self, quad: Quad) -> Iterator[_Wrong]:
        predicate, value = quad.predicate.value, quad.object
        if isinstance(quad.subject, BlankNode) or isinstance(value, BlankNode):
            yield _Wrong("a blank node", "give it a name of its own; blank nodes change from run to run")
            return
        if predicate not in self.known and predicate != RDF + "type":
            yield _Wrong(f"unknown property {self._show(predicate)}", self._nearest(predicate, self.known))
        if not isinstance(value, NamedNode):
            return
        if predicate == RDF + "type":
            if value.value not in self.words.parents and value.value.startswith(KG):
                yield self._unknown("class", value.value, self.words.parents)
        elif predicate == RDF + "predicate":
            if value.value not in self.words.relations:
                yield self._unknown("relation", value.value, self.words.relations)
        else:
            yield from self._wrong_value(predicate, value.value)

    def _wrong_value(self, predicate: str, value: str) -> Iterator[_Wrong]:
        wanted = self.words.ranges.get(predicate, "")
        if listed := self.words.values.get(wanted):
            if value not in listed:
                remedy = self._nearest(value, listed) or f"it takes {', '.join(sorted(map(self._show, listed)))}"
                yield _Wrong(f"{self._show(value)} is not a value of {self._show(predicate)}", remedy, value)
        elif value not in self.declared and (wanted.startswith(KG) or self._must_be_declared(predicate, value)):
            remedy = self._nearest(value, self.declared) or "declare it in graph_data/ with its class and label"
            yield _Wrong(f"{self._show(value)} is not declared anywhere", remedy, value)

    def _unknown(self, what: str, value: str, known: Iterable[str]) -> _Wrong:
        return _Wrong(f"unknown {what} {self._show(value)}", self._nearest(value, known), value)

    def _must_be_declared(self, predicate: str, value: str) -> bool:
        return predicate in (RDF + "subject", RDF + "object") or value.startswith(KG)

    def _twice(self, quads: list[Quad]) -> Iterator[str]:
        """Claims that are begun more than once, in this file or over several."""
        seen: set[Quad] = set()
        for quad in quads:
            if quad.predicate == rdf.TYPE and quad.object.value in rdf.CLAIM_KINDS:
                if quad in seen:
                    yield quad.subject.value
                seen.add(quad)

    def _second_block(self, subject: str, standing: list, name: str) -> Problem:
        blocks = sorted({triple.block for triple in standing if triple.subject == subject})
        return Problem(f"{self._show(subject)} is written twice, first at line {blocks[0].line}",
                       "give the second its own name, or drop it", blocks[-1] if blocks else Place(name))

    def _show(self, iri: str) -> str:
        return self.prefixes.contract(iri)

    def _nearest(self, iri: str, known: Iterable[str]) -> str:
        return did_you_mean(self._show(iri), map(self._show, known))


def _name(term: NamedNode | BlankNode) -> str:
    return term.value if isinstance(term, NamedNode) else f"_:{term.value}"


def _claims(data, words: Vocabulary, root: Path) -> tuple[list[tuple[Place, Claim]], list[Problem]]:
    """The claims of all files with where each begins as far as is known without reading for lines: its file."""
    qualifiers = [NamedNode(iri) for iri in words.qualifiers]
    claims, problems = [], []
    for path, quads in data:
        for subject, node in rdf.nodes(quads).items():
            if any(kind.value in rdf.CLAIM_KINDS for kind in node.get(rdf.TYPE, ())):
                place = Place(relative(path, root))
                try:
                    claims.append((place, rdf.claim(subject.value, node, qualifiers)))
                except DataError as error:
                    problems += [Problem(p.message, p.remedy, _block(path, root, subject.value)) for p in error.problems]
    return claims, problems


def _block(path: Path, root: Path, subject: str) -> Place:
    from kgtool import places

    name = relative(path, root)
    return places.find(list(places.triples(path.read_text(encoding="utf-8"), name)), subject) or Place(name)


def _duplicates(claims: list[tuple[Place, Claim]], prefixes: Prefixes) -> list[Problem]:
    """Two claims that say the same at the same place, or one name in two files."""
    problems, by_name, by_content = [], {}, {}
    for place, claim in claims:
        content = (claim.version, claim.proposition.iri, claim.passage, claim.polarity)
        if claim.iri in by_name:
            problems.append(Problem(f"{prefixes.contract(claim.iri)} is also written in {by_name[claim.iri].file}",
                                    "a claim stands in one file, that of its source version", place))
        elif content in by_content:
            problems.append(Problem(f"{prefixes.contract(claim.iri)} repeats {prefixes.contract(by_content[content].iri)}",
                                    "drop one of the two; they say the same at the same place", place))
        by_name[claim.iri], by_content[content] = place, claim
    return problems


def _versions(data) -> dict[str, Version]:
    return {
        subject.value: rdf.version(subject.value, node)
        for _, quads in data
        for subject, node in rdf.nodes(quads).items()
        if NamedNode(KG + "SourceVersion") in node.get(rdf.TYPE, ())
    }


def _in_graphs(ontology, data) -> Iterator[Quad]:
    for _, quads in ontology:
        yield from (_moved(quad, "vocabulary") for quad in quads)
    for path, quads in data:
        graph = path.stem if path.parent.name == "claims" else "entities"
        yield from (_moved(quad, graph) for quad in quads)


def _moved(quad: Quad, graph: str) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object, NamedNode(GRAPH + graph))
