"""The strict door of graph_data/: known words, things somebody declared, each claim once; nothing else passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from kgtool import places, rdf
from kgtool.claim import Claim
from kgtool.errors import DataError, Place, Problem, relative
from kgtool.places import Standing
from kgtool.terms import CLAIM_KINDS, KG, RDF, Prefixes, did_you_mean
from kgtool.vocabulary import Vocabulary

_NODES = (RDF + "subject", RDF + "predicate")  # never a text, whatever is claimed


class Lines:
    """Where things stand in the files of a project. A file is read for its lines once, and only if it has a problem."""

    def __init__(self, root: Path):
        self._root = root
        self._read: dict[Path, list[Standing]] = {}

    def standing(self, path: Path) -> list[Standing]:
        if path not in self._read:
            name = relative(path, self._root)
            self._read[path] = list(places.triples(rdf.text(path, name), name))
        return self._read[path]

    def find(self, path: Path, subject: str, predicate: str = "", value: str = "") -> Place:
        """The nearest place to what is said; the file where nothing of it has one."""
        return places.find(self.standing(path), subject, predicate, value) or Place(relative(path, self._root))


@dataclass(frozen=True)
class _Wrong:
    """``value`` is the object at fault, empty where it is the property."""

    message: str
    remedy: str
    value: str = ""


@dataclass(frozen=True)
class Door:
    """``properties`` and ``classes`` are all that data may use, ``declared`` all things that have a type anywhere; None
    where that is not known, as a file that may declare them could not be read."""

    words: Vocabulary
    properties: frozenset[str]
    classes: frozenset[str]
    declared: frozenset[str] | None
    prefixes: Prefixes
    lines: Lines

    def problems(self, path: Path, quads: list[Quad]) -> Iterator[Problem]:
        """What is wrong in one file, each with its place."""
        for quad in quads:
            for said in self._wrong(quad):
                place = self.lines.find(path, quad.subject.value, quad.predicate.value, said.value)
                yield Problem(said.message, said.remedy, place)
        if any(isinstance(term, BlankNode) for quad in quads for term in (quad.subject, quad.object)):
            yield self._blank(path)
        for subject in _twice(quads):
            yield self._second_block(path, subject)

    def explained(self, quads: list[Quad]) -> set[str]:
        """Subjects whose own problem is likely to be why they lack something, or have it twice."""
        misspelt = {quad.subject.value for quad in quads if not self._is_property(quad.predicate.value)}
        return misspelt | set(_twice(quads))

    def duplicates(self, claims: Iterable[tuple[Path, Claim]]) -> Iterator[Problem]:
        """Two claims that say the same at the same place, or one name in two files."""
        by_name: dict[str, Path] = {}
        by_content: dict[tuple, str] = {}
        for path, claim in claims:
            content = (claim.version, claim.proposition.iri, claim.passage, claim.polarity)
            if (first := by_name.setdefault(claim.iri, path)) != path:
                message, remedy = f"is also written in {first.name}", "a claim stands in one file, its source version's"
            elif (same := by_content.setdefault(content, claim.iri)) != claim.iri:
                message, remedy = f"repeats {self._show(same)}", "they say the same at the same place; drop one"
            else:
                continue
            yield Problem(f"{self._show(claim.iri)} {message}", remedy, self.lines.find(path, claim.iri))

    def placed(self, path: Path, subject: str, error: DataError) -> list[Problem]:
        """What a record lacks, with its name and the place of its block."""
        place = self.lines.find(path, subject)
        return [Problem(f"{self._show(subject)} {wrong.message}", wrong.remedy, place) for wrong in error.problems]

    def _wrong(self, quad: Quad) -> Iterator[_Wrong]:
        predicate, value = quad.predicate.value, quad.object
        if isinstance(quad.subject, BlankNode) or isinstance(value, BlankNode):
            return  # told once a file
        if not self._is_property(predicate):
            yield _Wrong(f"unknown property {self._show(predicate)}", self._nearest(predicate, self.properties)
                         or "ontology/vocabulary.ttl declares what may be said")
        elif isinstance(value, NamedNode):
            yield from self._wrong_thing(predicate, value.value)
        else:
            yield from self._wrong_text(predicate, value)

    def _is_property(self, predicate: str) -> bool:
        return predicate in self.properties or predicate == RDF + "type"

    def _wrong_thing(self, predicate: str, value: str) -> Iterator[_Wrong]:
        if predicate == RDF + "type":
            if value not in self.classes:
                yield self._unknown("class", value, self.classes)
        elif predicate == RDF + "predicate":
            if value not in self.words.relations:
                yield self._unknown("relation", value, self.words.relations)
        elif listed := self._listed(predicate):
            if value not in listed:
                yield _Wrong(f"{self._show(value)} is not a value of {self._show(predicate)}",
                             self._nearest(value, listed) or self._takes(listed), value)
        elif self.declared is not None and value not in self.declared and self._must_be_declared(predicate, value):
            remedy = self._nearest(value, self.declared) or "declare it in graph_data/ with its class and label"
            yield _Wrong(f"{self._show(value)} is not declared anywhere", remedy, value)

    def _wrong_text(self, predicate: str, value: Literal) -> Iterator[_Wrong]:
        if predicate in _NODES or self.words.ranges.get(predicate, "").startswith(KG):
            listed = self._listed(predicate)
            remedy = self._takes(listed) if listed else "name a thing by its identifier, without quotes"
            yield _Wrong(f'{self._show(predicate)} takes no text, and "{value.value}" is one', remedy, value.value)

    def _listed(self, predicate: str) -> frozenset[str]:
        """The closed list that a property takes its values from, if it does."""
        return self.words.values.get(self.words.ranges.get(predicate, ""), frozenset())

    def _must_be_declared(self, predicate: str, value: str) -> bool:
        wanted = self.words.ranges.get(predicate, "")
        return value.startswith(KG) or wanted.startswith(KG) or predicate in (RDF + "subject", RDF + "object")

    def _unknown(self, what: str, value: str, known: Iterable[str]) -> _Wrong:
        return _Wrong(f"unknown {what} {self._show(value)}", self._nearest(value, known), value)

    def _takes(self, listed: Iterable[str]) -> str:
        return f"it takes {', '.join(sorted(map(self._show, listed)))}"

    def _blank(self, path: Path) -> Problem:
        first = next(s for s in self.lines.standing(path) if s.subject.startswith("_:") or s.object.startswith("_:"))
        place = first.block if first.subject.startswith("_:") else first.place
        return Problem("a blank node", "give it a name of its own; blank nodes change from run to run", place)

    def _second_block(self, path: Path, subject: str) -> Problem:
        first, *others = sorted({triple.block for triple in self.lines.standing(path) if triple.subject == subject})
        if not others:
            return Problem(f"{self._show(subject)} names its class twice", "once is enough", first)
        return Problem(f"{self._show(subject)} is written twice, first at line {first.line}",
                       "give the second its own name, or drop it", others[-1])

    def _show(self, iri: str) -> str:
        return self.prefixes.contract(iri)

    def _nearest(self, iri: str, known: Iterable[str]) -> str:
        return did_you_mean(self._show(iri), map(self._show, known))


def _twice(quads: list[Quad]) -> Iterator[str]:
    """Claims that one file begins more than once."""
    seen: set[Quad] = set()
    for quad in quads:
        if quad.predicate == rdf.TYPE and quad.object.value in CLAIM_KINDS:
            if quad in seen:
                yield quad.subject.value
            seen.add(quad)
