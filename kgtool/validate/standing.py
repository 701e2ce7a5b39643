"""Where in anybody's files the things stand that SHACL finds fault with: file, line and column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pyoxigraph import BlankNode, Literal, Quad, RdfFormat

from kgtool import places, rdf
from kgtool.errors import Place
from kgtool.places import Standing
from kgtool.shacl import Result
from kgtool.shacl.files import OURS, File, labelled
from kgtool.shacl.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence
from kgtool.terms import Term
from kgtool.validate.told import text

_BY_LINE = {RdfFormat.N_TRIPLES, RdfFormat.N_QUADS}
_WITH_PLACES = {RdfFormat.TURTLE, RdfFormat.TRIG, *_BY_LINE}
# IRIs that touch what follows, and those that hold escapes.
_TOUCHING, _ESCAPES = ("><", ">."), ("\\u", "\\U")
# How far one looks to tell blank nodes apart.
_STEPS = 30
_Triple = tuple[str, str, str]
_Part = tuple[str | None, str | None, str | None]


class Standings:
    """The first place of each triple, and of each part of one, that has one of some terms as subject or object."""

    def __init__(self, files: Iterable[File], about: Iterable[Term]):
        about = set(about)
        self._first: dict[_Part, Place] = {}
        for standing in (s for file in files for s in _read(file, about)):
            subject, predicate, value = standing.subject, standing.predicate, standing.object
            self._first.setdefault((subject, predicate, value), standing.place)
            self._first.setdefault((subject, predicate, None), standing.predicate_place)
            self._first.setdefault((subject, None, None), standing.block)
            self._first.setdefault((None, predicate, value), standing.place)
            self._first.setdefault((None, None, value), standing.place)

    def of(self, term: Term) -> Place | None:
        """Where a term begins a block, else where it is first mentioned."""
        return self._nearest([(text(term), None, None), (None, None, text(term))])

    def of_triple(self, quad: Quad) -> Place | None:
        """Where a triple's object stands, else its subject."""
        return self._nearest([(text(quad.subject), quad.predicate.value, text(quad.object))]) or self.of(quad.subject)

    def of_result(self, result: Result) -> Place | None:
        """The nearest place to what is wrong: the value, else the predicate, else the focus node."""
        focus, value = text(result.focus), text(result.value)
        along = list(dict.fromkeys(_predicates(result.path))) if result.path else []
        wanted: list[_Part] = []
        if result.value is not None:
            wanted += [(focus, predicate, value) for predicate in along]
            wanted += [(value, predicate, focus) for predicate in along]
            wanted += [(None, predicate, value) for predicate in reversed(along)]
        wanted += [(focus, predicate, None) for predicate in along]
        return self._nearest(wanted) or self.of(result.focus)

    def _nearest(self, parts: Iterable[_Part]) -> Place | None:
        return next((self._first[part] for part in parts if part in self._first), None)


def _predicates(path: Path) -> Iterator[str]:
    match path:
        case Predicate(iri):
            yield iri.value
        case Inverse(inner) | Repeat(inner, _):
            yield from _predicates(inner)
        case Sequence(parts) | Alternative(parts):
            yield from (iri for part in parts for iri in _predicates(part))


def _read(file: File, about: set[Term]) -> Iterator[Standing]:
    """The triples of one file about the terms; RDF/XML and JSON-LD tell no places."""
    if not about or file.format not in _WITH_PLACES:
        return
    content, known, wanted = rdf.text(file.path, file.name), {}, {text(term) for term in about}
    blank = [term for term in about if isinstance(term, BlankNode)]
    if any(OURS.fullmatch(node.value) for node in blank):
        found = list(places.triples(content, file.name, file.base))
        known = _paired(file, found)
    elif file.format in _BY_LINE and not any(isinstance(term, Literal) for term in about):
        found = _lines(content, file, about)
    else:
        found = places.triples(content, file.name, file.base, None if blank else wanted)

    def named(node: str) -> str:
        return known.get(node) or (f"_:{labelled(node[2:], file.number)}" if node.startswith("_:") else node)

    for standing in found:
        subject, value = named(standing.subject), named(standing.object)
        if subject in wanted or value in wanted:
            is_named = (subject, value) == (standing.subject, standing.object)
            yield standing if is_named else replace(standing, subject=subject, object=value)


def _lines(content: str, file: File, about: set[Term]) -> Iterator[Standing]:
    """A triple a line: only those lines are read that may be about a term, which is many times faster."""
    wanted = {_as_written(term, file) for term in about}
    # what one character tells of a whole file is asked first: it is ten times as quick
    lines = (content.replace("\r\n", "\n").replace("\r", "\n") if "\r" in content else content).split("\n")
    unusual = [mark for mark in _TOUCHING + (_ESCAPES if "\\" in content else ()) if mark in content]
    for number, line in enumerate(lines, 1):
        if not wanted.isdisjoint(line.split(None, 3)[:3:2]) or (unusual and any(mark in line for mark in unusual)):
            yield from places.of_line(line, file.name, number)


def _as_written(term: Term, file: File) -> str:
    return f"_:{term.value.removeprefix(f'f{file.number}.')}" if isinstance(term, BlankNode) else str(term)


def _paired(file: File, standings: Iterable[Standing]) -> dict[str, str]:
    """What the places call each blank node, with its label in the file as we read it.

    The nodes go by what is said of them; those of which the same is said, by their order.
    """
    ours = _alike((text(quad.subject), quad.predicate.value, text(quad.object)) for quad in file)
    theirs = _alike((standing.subject, standing.predicate, standing.object) for standing in standings)
    return {
        node: label
        for said, nodes in theirs.items() if len(nodes) == len(ours.get(said, ()))
        for node, label in zip(nodes, ours[said], strict=True)
    }


def _alike(triples: Iterable[_Triple]) -> dict[int, list[str]]:
    """Blank nodes grouped by what is said of them and of what they are linked to, a few steps away at most."""
    blank = [triple for triple in triples if triple[0].startswith("_:") or triple[2].startswith("_:")]
    colours = {node: 0 for subject, _, value in blank for node in (subject, value) if node.startswith("_:")}
    for _ in range(_STEPS):
        finer = _finer(blank, colours)
        if len(set(finer.values())) == len(set(colours.values())):
            break
        colours = finer
    groups: dict[int, list[str]] = {}
    for node, colour in colours.items():
        groups.setdefault(colour, []).append(node)
    return groups


def _finer(blank: Iterable[_Triple], colours: dict[str, int]) -> dict[str, int]:
    """Each node's colour together with those of its neighbours."""
    said: dict[str, list[str]] = {node: [] for node in colours}
    for subject, predicate, value in blank:
        if subject in said:
            said[subject].append(f"{predicate} {colours.get(value, value)}")
        if value in said:
            said[value].append(f"{colours.get(subject, subject)} {predicate}")
    return {node: hash((colours[node], *sorted(around))) for node, around in said.items()}
