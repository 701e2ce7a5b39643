"""Authored files + what follows from them → a store, each in its own named graph, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from kgtool import authored, catalogue, index, inputs, judge, moments, outside, passages, records, store, touched
from kgtool.authored import Authored
from kgtool.catalogue import Query
from kgtool.claim import Claim, Judgement
from kgtool.errors import DataError, Place, Problem, QueryError, StoreError, WrongUse, relative
from kgtool.importers import DATA_SETS, HIERARCHIES, IMPORTERS
from kgtool.judge import apart, releases
from kgtool.progress import Tick, counted, unwatched
from kgtool.project import Project
from kgtool.store import Manifest, Store, changes
from kgtool.terms import DEFAULT_POLICY, GRAPH, ID, Prefixes, did_you_mean, judgement_graph

Step = Callable[[str], None]

# Of so many quads a graph is made in memory and written as a whole: its rules and judges read there in a quarter of the
# time. What follows from them is what takes room: of 210,000 quads of claims a million quads, in 0.6 GB. A larger
# one is made where it will lie, within the memory that its parts need.
IN_MEMORY = 300_000


@dataclass(frozen=True)
class Built:
    """What a build ended in; ``fresh`` is False where nothing had changed and nothing was done."""

    manifest: Manifest
    fresh: bool


def build(
    project: Project, force: bool = False, verify: bool = False, step: Step = lambda said: None, tick: Tick = unwatched
) -> Built:
    """Bring the store up to date with the files; does nothing where their digest is that of the current generation.

    With ``verify`` every byte of the current generation is read, and it is built again where one has changed.
    ``step`` is told what is begun, ``tick`` how far it is.

    A DataError names every problem of the files, as that one was changed while it was read; the current generation then
    stays as it was.
    """
    begun = moments.looks(files(project))
    read = inputs.digest(project)
    if not force and (current := _current(project, read, verify, step)):
        return Built(current, fresh=False)
    step("reading ontology/ and graph_data/")
    everything = authored.read(project)
    rules = derivation_rules(project)
    check_queries(project, everything.prefixes)
    with store.new_generation(project.store, everything.prefixes, read) as fresh:
        fresh.sums = store.Sums()
        small = everything.size <= IN_MEMORY
        made = store.in_memory((), everything.prefixes) if small else fresh
        _fill(made, everything, rules, project, step, tick)
        if small:
            step("writing the graph")
            fresh.add(counted(made.quads(), tick, "written", "quads"))
        step("merging")
        merge(fresh, made, tick)
        _import(fresh, project, step, tick)
        step("comparing with the build before")
        changes.tell(project.store, fresh)
        step("indexing names and words")
        names = catalogue.read(project.root / "queries" / "view" / "names.rq", project.root)
        index.write(fresh.folder / index.FILE, index.names(fresh.select(names.text)))
        step("finding where policies differ and what claims touch")
        put_beside(fresh.folder, made, project)
        moments.check(begun, files(project), project.root)
    return Built(store.manifest(project.store), fresh=True)


def files(project: Project) -> list[Path]:
    """All that a build reads: the files of a project, and those of others that are at hand."""
    return [*inputs.files(project), *(path for _, path in outside.at_hand(project))]


def check_queries(project: Project, prefixes: Prefixes) -> None:
    """A DataError for all queries that derive, judge and show, and cannot be read or run: most are read when first used."""
    nothing, problems = store.in_memory((), prefixes), []
    for folder in ("derive", "judge", "view"):
        for path in project.files(f"queries/{folder}", "*.rq"):
            try:
                nothing.check(catalogue.read(path, project.root).text)
            except DataError as error:
                problems += error.problems
            except QueryError as error:
                problems.append(Problem(str(error), place=Place(relative(path, project.root))))
    if problems:
        raise DataError(problems)


def _current(project: Project, read: str, verify: bool, step: Step) -> Manifest | None:
    try:
        current = inputs.current(project, read)
        return store.verify(project.store) if current and verify else current
    except StoreError as damage:
        step(str(damage).partition("; run ")[0])
        return None


def in_memory(project: Project) -> Store:
    """The same graph, in memory and nowhere else."""
    everything = authored.read(project)
    made = store.in_memory((), everything.prefixes)
    _fill(made, everything, derivation_rules(project), project)
    merge(made, made)
    _import(made, project)
    return made


def _fill(
    made: Store, everything: Authored, rules: list[Query], project: Project,
    step: Step = lambda said: None, tick: Tick = unwatched,
) -> None:
    step("taking in what was written")
    made.add(counted(quads(everything, project), tick, "written", "quads"))
    follow(made, rules, judge.queries(project), step, tick)


def follow(
    made: Store, rules: Iterable[Query], queries: Mapping[str, Query], step: Step = lambda said: None, tick: Tick = unwatched
) -> None:
    """Add all that follows from what a store holds: what rules derive, and what judges judge."""
    first, last = catalogue.around_judges(rules)
    _derive_all(made, first, step, tick)
    hierarchies = releases.read(made, queries)
    for name, judged in judge.JUDGES.items():
        step(f"judging {name}")
        for policy, _ in _edge_graphs(made):
            found = judged(made, queries, policy, hierarchies)
            _judge(made, counted(found, tick, f"{name}, {policy.removeprefix(ID + 'policy-')}", "judgements"), policy)
    _derive_all(made, last, step, tick)


def merge(into: Store, made: Store, tick: Tick = unwatched) -> None:
    """Make the merge of all that holds at once in a store, into itself or into another that has taken it in."""
    into.merge(_alternatives(made), tick, of=made)


def put_beside(folder: Path, made: Store, project: Project) -> None:
    """Put beside a store in a folder where policies decide otherwise, and which claims touch what, as told by one that holds
    the same."""
    queries = judge.queries(project)
    apart.write(folder / apart.FILE, made, queries, (policy for policy, _ in _edge_graphs(made)))
    touched.write(folder / touched.FILE, touched.touches(made.rows, queries))


def _derive_all(made: Store, rules: Iterable[Query], step: Step, tick: Tick) -> None:
    for rule in rules:
        step(f"deriving {rule.name}")
        derive(made, rule, made.prefixes, tick)


def _alternatives(made: Store) -> list[str]:
    """The graphs that do not hold at once with others: other policies' edges, and releases of hierarchies."""
    edges = [graph for policy, graph in _edge_graphs(made) if policy != DEFAULT_POLICY]
    return edges + [graph for release in _release_graphs(made) for graph in release]


def _judge(made: Store, judgements: Iterable[Judgement], policy: str) -> None:
    graph = judgement_graph(policy)
    made.add(quad for judgement in judgements for quad in records.judgement_quads(judgement, graph))


def quads(everything: Authored, project: Project) -> Iterator[Quad]:
    """All that is there before any rule runs: authored, mappings, releases at hand, propositions, passages."""
    yield from authored.quads(project)
    yield from _mappings(project, everything.prefixes)
    yield from _releases(project, everything.prefixes)
    for query in catalogue.questions(project).values():
        if not query.then:  # whose rows are finished by a judgement, which others do not run
            text = "".join(line for line in query.text.splitlines(keepends=True) if not line.startswith("#+"))
            yield from records.question_quads(query.name, query.question or query.title, text)
    for claim in everything.claims:
        yield from records.proposition_quads(claim)
        yield from records.passage_quads(claim, _text_fragment(claim, everything))


def _mappings(project: Project, prefixes: Prefixes) -> Iterator[Quad]:
    for suffix, read in IMPORTERS.items():
        for path in project.files("graph_data", f"*{suffix}"):
            for mapping in read(path, prefixes, project.root):
                yield from records.mapping_quads(mapping)


def _releases(project: Project, prefixes: Prefixes) -> Iterator[Quad]:
    """Whole releases of hierarchies, where their files are at hand, beside the slices written here."""
    for pin, path in outside.at_hand(project):
        if pin.importer not in HIERARCHIES and pin.importer not in DATA_SETS:
            known = {**HIERARCHIES, **DATA_SETS}
            hint = did_you_mean(pin.importer, known) or f"use {', '.join(known)}"
            raise DataError(Problem(f"{pin.name}: there is no importer {pin.importer}", hint, Place(outside.PINS)))
        if read := HIERARCHIES.get(pin.importer):
            for term in read(path, prefixes):
                yield from records.hierarchy_quads(term, GRAPH + pin.graph)


def _import(made: Store, project: Project, step: Step = lambda said: None, tick: Tick = unwatched) -> None:
    """Other data sets at hand, each into its own graph. They are what others say, and nothing here follows from them."""
    for pin, path in outside.at_hand(project):
        if read := DATA_SETS.get(pin.importer):
            step(f"importing {pin.name}")
            graph, found = GRAPH + pin.graph, read(path, made.prefixes, pin.graph)
            made.add(records.data_set_quads(graph, pin.version, pin.url, pin.licence, pin.sha256))
            made.add(quad for record in counted(found, tick, pin.name, "records") for quad in records.record_quads(record, graph))


def _text_fragment(claim: Claim, everything: Authored) -> str | None:
    version = everything.versions.get(claim.version)
    if version is None or version.stands_at is None or claim.passage is None:
        return None
    return passages.text_fragment(version.stands_at, claim.passage)


def derivation_rules(project: Project) -> list[Query]:
    """The rules under queries/derive, each after those whose results it reads."""
    return catalogue.in_order(catalogue.read_all(project.files("queries/derive", "*.rq"), project.root).values())


def derive(graph: Store, rule: Query, prefixes: Prefixes, tick: Tick = unwatched) -> None:
    """Run one rule into its graph, once, or once a policy or a release into each one's own graph."""
    for bound, target in _runs(graph, rule, prefixes):
        name = NamedNode(target)
        try:
            made = counted(graph.triples(bound), tick, target.removeprefix(GRAPH), "triples")
            graph.add(Quad(triple.subject, triple.predicate, triple.object, name) for triple in made)
        except (QueryError, WrongUse) as error:
            raise QueryError(f"{_file(rule)}: {error}") from error


def _runs(graph: Store, rule: Query, prefixes: Prefixes) -> Iterable[tuple[str, str]]:
    if rule.per == "policy":
        return [(rule.bind({"policy": policy}), into) for policy, into in _edge_graphs(graph)]
    if rule.per == "release":
        return [(rule.bind({"graph": release}), into) for release, into in _release_graphs(graph)]
    if (target := prefixes.expand(rule.into)) is None:
        raise DataError(Problem("names no graph for its triples", "write `#+ into: graph:NAME`", Place(_file(rule), 1)))
    return [(rule.text, target)]


def _file(rule: Query) -> str:
    return f"queries/derive/{rule.name}.rq"


def _release_graphs(graph: Store) -> list[tuple[str, str]]:
    """The graph of each release, and that of what follows from it."""
    rows = graph.select("SELECT DISTINCT ?graph { ?release kg:hierarchyGraph ?graph } ORDER BY ?graph").rows
    return [(release.value, releases.closure(release.value)) for release, in rows]


def _edge_graphs(graph: Store) -> list[tuple[str, str]]:
    rows = graph.select("SELECT ?policy ?graph { ?policy a kg:Policy ; kg:edgeGraph ?graph } ORDER BY ?policy").rows
    return [(policy.value, into.value) for policy, into in rows]
