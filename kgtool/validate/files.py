"""Anybody's data against anybody's shapes, in files or behind an endpoint: nothing is believed of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from os.path import realpath
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, Quad

from kgtool.errors import DataError, Problem, QueryError, StoreError
from kgtool.report import Report, Unfinished
from kgtool.shacl import Data, Endpoint, NotHere, Outcome, Result, afar, bulk, focus_counts, load, turtle
from kgtool.shacl.files import File
from kgtool.shacl.paths import Predicate
from kgtool.shacl.problems import IllFormed
from kgtool.shacl.run import indexed, supported
from kgtool.shacl.unseen import Unseen, unseen
from kgtool.store import GraphStore
from kgtool.terms import RDF, RDFS, SH, XSD, Prefixes, Term, did_you_mean
from kgtool.validate import formats, told
from kgtool.validate.branches import reasons
from kgtool.validate.coverage import ALL_TERMS
from kgtool.validate.shapes import judged, left
from kgtool.validate.standing import Standings

_MOST_NAMED = 12
_USUAL = {"rdf": RDF, "rdfs": RDFS, "sh": SH, "xsd": XSD}


class Strict(Report):
    """A report that conforms only where nothing at all was found, not even a warning, as the standard has it, in all that was
    to be judged."""

    @property
    def conforms(self) -> bool:
        return not self.findings and not self.unfinished


@dataclass(frozen=True)
class Judged:
    """What the shapes found in the data, and all that it takes to tell it."""

    outcome: Outcome
    loaded: Data | Endpoint
    rules: tuple[Quad, ...]
    data: tuple[File, ...]
    shapes: tuple[File, ...]
    remarks: tuple[str, ...] = ()

    @property
    def conforms(self) -> bool:
        return not self.outcome.results and not self.outcome.unjudged

    @cached_property
    def prefixes(self) -> Prefixes:
        """Those of the files, the data's before the shapes'."""
        return _prefixes(self.data, self.shapes)

    def report(self) -> Strict:
        """Everything that was found, with its place where it stands in a file that has lines."""
        results, shown = self.outcome.results, self.prefixes.contract
        standings = Standings(self.data, {term for result in results for term in _told_about(result)})
        why = reasons(results, self.loaded, self.rules, shown)
        found = [
            replace(finding, place=standings.of_result(result), message=finding.message + reason)
            for finding, result, reason in zip(told.findings(results, self.rules, shown), results, why, strict=True)
        ]
        covered, odd = self._looked_at()
        return replace(Strict.of(found, covered, [*self.notes(), *odd]), unfinished=self.unfinished())

    def _looked_at(self) -> tuple[dict[str, int], list[str]]:
        """How much the shapes looked at, and at what they did not."""
        shown = self.prefixes.contract
        counts = self.outcome.counts
        try:
            counts = focus_counts(self.loaded, self.rules) if counts is None else counts
            left = list(_left_out(unseen(self.loaded, self.rules), shown))
        except (StoreError, QueryError) as error:
            if not isinstance(self.loaded, Endpoint):
                raise
            left = [f"what no shape looks at is not known: {error}"]
        if counts is None:
            return {}, left
        return {"shapes": len(counts), "focus nodes": sum(counts.values())}, [*_idle(counts, shown), *left]

    def unfinished(self) -> Unfinished | None:
        """How far an endpoint was judged that did not answer everything."""
        unjudged = dict(self.outcome.unjudged)
        if not unjudged:
            return None
        nodes = [shape.node for shape in supported(indexed(self.rules))[0].roots]
        standings = Standings(self.shapes, nodes)
        names = {node: self._name(node, standings) for node in nodes}
        judged = [names[node] for node in nodes if node not in unjudged]
        return Unfinished(tuple(sorted(judged)), tuple(sorted((names[node], why) for node, why in unjudged.items())))

    def _name(self, shape: Term, standings: Standings) -> str:
        """The shape's name, or the place where one without a name stands."""
        return shape.value if isinstance(shape, NamedNode) else str(standings.of(shape) or "a shape without a name")

    def named(self, said: str) -> str:
        """What a finding says, with IRIs made short by the prefixes of the files."""
        return told.readable(said, self.prefixes.contract)

    def notes(self) -> list[str]:
        """What is odd about the shapes: words that SHACL does not have, and shapes that another engine judged."""
        return [*self.remarks, *_misspelt(self.rules, self.shapes, self.prefixes), *left(self.outcome, self.prefixes.contract)]

    def turtle(self) -> str:
        """The W3C's validation report: https://www.w3.org/TR/shacl/#validation-report"""
        unfinished = self.unfinished()
        return turtle.write(self.outcome.results, self.prefixes, formats.unjudged(unfinished, self.named) if unfinished else ())


def judge(data: Sequence[Path], shapes: Sequence[Path]) -> Judged:
    """Judge all the data as one graph by all the shapes as one; a file may be both.

    A DataError with places names the files that cannot be read, or what is ill-formed about the shapes.
    """
    files = _files([*data, *shapes])
    data_files, shape_files = (tuple(dict.fromkeys(files[path] for path in paths)) for paths in (data, shapes))
    loaded = bulk.load_files(data_files)
    rules = tuple(chain.from_iterable(shape_files))
    with _placing(shape_files, data_files):
        return Judged(judged(loaded, rules), loaded, rules, data_files, shape_files)


def judge_endpoint(store: GraphStore, shapes: Sequence[Path], whole_or_nothing: Callable[[], None] = lambda: None) -> Judged:
    """Judge the default graph of an endpoint: there where it takes our queries as they are, else a copy of it here.

    ``whole_or_nothing`` is told where a copy is judged, of which nothing is known before the end.
    """
    files = _files(shapes)
    shape_files = tuple(dict.fromkeys(files.values()))
    rules = tuple(chain.from_iterable(shape_files))
    endpoint = Endpoint(lambda query: ((answer := store.select(query)).columns, answer.rows))
    with _placing(shape_files, ()):
        if endpoint.takes_our_queries():
            with suppress(NotHere):
                outcome = afar.judge(endpoint, rules)
                if not outcome.unsupported:
                    return Judged(outcome, endpoint, rules, (), shape_files)
        whole_or_nothing()
        fetched = load(Quad(*triple) for triple in store.construct("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"))
        remark = f"{len(fetched.store)} triples were fetched and judged here: these shapes, or this endpoint, ask for that"
        return Judged(judged(fetched, rules), fetched, rules, (), shape_files, (remark,))


@contextmanager
def _placing(shapes: Sequence[File], data: Sequence[File]) -> Iterator[None]:
    """What is ill-formed about shapes is told with its place in their files."""
    try:
        yield
    except DataError as error:
        raise DataError(_placed(error.problems, shapes, _prefixes(shapes, data))) from error


def _files(paths: Iterable[Path]) -> dict[Path, File]:
    """A File for each path; two paths to one file share it, so that its blank nodes are the same in both."""
    known: dict[str, File] = {}
    return {path: known.setdefault(realpath(path), File(path, len(known))) for path in paths}


def _prefixes(*groups: Iterable[File]) -> Prefixes:
    """Of two prefixes for one namespace, and of two namespaces for one prefix, the first."""
    declared = (file.prefixes for group in groups for file in group)
    chosen: dict[str, str] = {}
    for prefix, namespace in (pair for known in (*declared, _USUAL) for pair in known.items()):
        if namespace not in chosen.values():
            chosen.setdefault(prefix, namespace)
    return Prefixes(chosen)


def _placed(problems: Iterable[Problem], shapes: Iterable[File], prefixes: Prefixes) -> list[Problem]:
    """Problems with the shapes, each at the node that has it."""
    problems = list(problems)
    standings = Standings(shapes, {problem.node for problem in problems if isinstance(problem, IllFormed)})
    return [
        Problem(
            " ".join(told.shortened(problem.message, prefixes.contract).split()),
            problem.remedy,
            problem.place or (standings.of(problem.node) if isinstance(problem, IllFormed) else None),
        )
        for problem in problems
    ]


def _told_about(result: Result) -> Iterator[Term]:
    """The terms whose triples tell where a result stands; the value too where the focus node's do not name it."""
    yield result.focus
    if isinstance(result.value, BlankNode) or (result.value is not None and not isinstance(result.path, Predicate)):
        yield result.value


def _misspelt(rules: Iterable[Quad], shapes: Iterable[File], prefixes: Prefixes) -> Iterator[str]:
    """Words in SHACL's namespace that SHACL does not have: an engine passes over them in silence."""
    known = sorted(map(prefixes.contract, ALL_TERMS))
    unknown = [(quad, term) for quad in rules for term in (quad.predicate, quad.object) if _is_unknown(term)]
    standings = Standings(shapes, {quad.subject for quad, _ in unknown})
    for quad, term in unknown:
        said = f"{prefixes.show(term)} is no term of SHACL"
        yield str(Problem(said, did_you_mean(prefixes.show(term), known), standings.of_triple(quad)))


def _is_unknown(term: Term) -> bool:
    return isinstance(term, NamedNode) and term.value.startswith(SH) and term.value not in ALL_TERMS


def _idle(counts: Mapping[Term, int], shown: told.Shown) -> Iterator[str]:
    """The shapes that look at nothing; without any shape nothing was looked at at all."""
    if not counts:
        yield "no shape has a target, so nothing was judged"
    for node, count in counts.items():
        if not count:
            yield f"shape {shown(told.text(node))} looks at nothing in the data"


def _left_out(left: Unseen, shown: told.Shown) -> Iterator[str]:
    for name, count in left.classes:
        yield f"no shape looks at {count} {'node' if count == 1 else 'nodes'} of class {shown(name)}"
    if left.predicates:
        names, more = left.predicates[:_MOST_NAMED], len(left.predicates) - _MOST_NAMED
        yield f"no shape says anything of {', '.join(map(shown, names))}" + (f" and {more} more" if more > 0 else "")
