"""Authored files + what follows from them → a store, each in its own named graph, whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from kgtool import __version__, authored, catalogue, passages, rdf, store
from kgtool.authored import Authored
from kgtool.catalogue import Query
from kgtool.claim import Claim
from kgtool.errors import DataError, Place, Problem, relative
from kgtool.importers import IMPORTERS
from kgtool.project import Project
from kgtool.store import Manifest, Store
from kgtool.terms import ID, Prefixes

Step = Callable[[str], None]

# Queries see this policy's plain edges without asking; the others' stand in their own graphs only.
DEFAULT_POLICY = ID + "policy-default"


@dataclass(frozen=True)
class Built:
    """What a build ended in; ``fresh`` is False where nothing had changed and nothing was done."""

    manifest: Manifest
    fresh: bool


def build(project: Project, force: bool = False, step: Step = lambda said: None) -> Built:
    """Bring the store up to date with the files; does nothing where their digest is that of the current generation.

    A DataError names every problem of the files; the current generation then stays as it was.
    """
    inputs = inputs_digest(project)
    current = None if force else store.manifest(project.store)
    if current and current.inputs == inputs and (project.store / current.generation).is_dir():
        return Built(current, fresh=False)
    step("reading ontology/ and graph_data/")
    everything = authored.read(project)
    rules = derivation_rules(project)
    with store.new_generation(project.store, everything.prefixes, inputs) as fresh:
        step("writing the graph")
        _fill(fresh, everything, rules, project, step)
    return Built(store.manifest(project.store), fresh=True)


def in_memory(project: Project) -> Store:
    """The same graph, in memory and nowhere else."""
    everything = authored.read(project)
    made = store.in_memory((), everything.prefixes)
    _fill(made, everything, derivation_rules(project), project, lambda said: None)
    return made


def _fill(made: Store, everything: Authored, rules: list[Query], project: Project, step: Step) -> None:
    made.engine.bulk_extend(quads(everything, project))
    for rule in rules:
        step(f"deriving {rule.name}")
        derive(made, rule, everything.prefixes)
    made.merge(leave_out=[graph for policy, graph in _edge_graphs(made) if policy != DEFAULT_POLICY])


def inputs_digest(project: Project) -> str:
    """One digest over every file a build reads, and over what reads them."""
    files = [*project.files("ontology", "**/*.ttl"), *project.files("graph_data", "**/*.*"), *project.files("queries/derive", "*.rq")]
    whole = hashlib.sha256(f"{__version__} {Manifest.engine} {store.FORMAT}".encode())
    for path in files:
        whole.update(f"\x00{relative(path, project.root)}\x00".encode())
        whole.update(_bytes(path, relative(path, project.root)))
    return whole.hexdigest()


def _bytes(path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(Problem(f"cannot be read: {error.strerror}", "check its permissions", Place(name))) from error


def quads(everything: Authored, project: Project) -> Iterator[Quad]:
    """All that is there before any rule runs: authored, mappings, propositions, passages."""
    yield from everything.quads
    yield from _mappings(project, everything.prefixes)
    for claim in everything.claims:
        yield from rdf.proposition_quads(claim)
        yield from rdf.passage_quads(claim, _text_fragment(claim, everything))


def _mappings(project: Project, prefixes: Prefixes) -> Iterator[Quad]:
    for suffix, read in IMPORTERS.items():
        for path in project.files("graph_data", f"*{suffix}"):
            for mapping in read(path, prefixes, project.root):
                yield from rdf.mapping_quads(mapping)


def _text_fragment(claim: Claim, everything: Authored) -> str | None:
    version = everything.versions.get(claim.version)
    if version is None or version.stands_at is None or claim.passage is None:
        return None
    return passages.text_fragment(version.stands_at, claim.passage)


def derivation_rules(project: Project) -> list[Query]:
    """The rules under queries/derive, each after those whose results it reads."""
    return catalogue.in_order(catalogue.read_all(project.files("queries/derive", "*.rq"), project.root).values())


def derive(graph: Store, rule: Query, prefixes: Prefixes) -> None:
    """Run one rule into its graph, once, or once a policy into each policy's own graph."""
    for bound, target in _runs(graph, rule, prefixes):
        name = NamedNode(target)
        graph.engine.extend(Quad(t.subject, t.predicate, t.object, name) for t in graph.construct(bound))


def _runs(graph: Store, rule: Query, prefixes: Prefixes) -> Iterable[tuple[str, str]]:
    if rule.per != "policy":
        return [(rule.text, prefixes.expand(rule.into))]
    return [(rule.bind({"policy": policy}), into) for policy, into in _edge_graphs(graph)]


def _edge_graphs(graph: Store) -> list[tuple[str, str]]:
    rows = graph.select("SELECT ?policy ?graph { ?policy a kg:Policy ; kg:edgeGraph ?graph } ORDER BY ?policy").rows
    return [(policy.value, into.value) for policy, into in rows]
