"""What goes into an export: the whole graph or a part of it, closed under what it mentions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from pyoxigraph import Literal, NamedNode, Quad

from kgtool import rdf, records, vocabulary
from kgtool.claim import Claim
from kgtool.errors import WrongUse
from kgtool.store import GraphStore
from kgtool.terms import (
    DCTERMS,
    DEFAULT_POLICY,
    GRAPH,
    ID,
    NOT_MEDICAL_ADVICE,
    OA,
    PROV,
    Prefixes,
    Term,
    did_you_mean,
    judgement_graph,
    kg,
)

DERIVED_FROM = NamedNode(PROV + "wasDerivedFrom")

_ABOUT = NamedNode(ID + "kgtool-graph")
_ENTITIES, _MAPPINGS, _REASONS, _USES, _TALLIES, _VOCABULARY = (
    NamedNode(GRAPH + name) for name in ("entities", "mappings", "edge-reasons", "uses", "tallies", "vocabulary")
)
# in every export, even where somebody's graph has lost its own
_NOTICE = Quad(_ABOUT, NamedNode(DCTERMS + "rights"), Literal(NOT_MEDICAL_ADVICE, language="en"), _ENTITIES)

# what is taken whole along with a claim
_FOLLOWED = {
    kg("dependsOn"), kg("states"), kg("passage"), NamedNode(OA + "hasSelector"), kg("saidIn"), rdf.SPECIALIZATION_OF,
}
# what is told of a thing that is only mentioned
_DESCRIBING = (rdf.TYPE, rdf.LABEL, kg("sign"), kg("inDisease"), kg("unverified"))


@dataclass(frozen=True)
class Edges:
    """What is derived under one policy: plain edges, the kg:Edge nodes that say on which claims each rests, and judgements
    with the uses that they are about."""

    plain: tuple[Quad, ...]
    reasons: tuple[Quad, ...]
    judgements: tuple[Quad, ...] = ()

    @property
    def all(self) -> tuple[Quad, ...]:
        return self.plain + self.reasons + self.judgements


@dataclass(frozen=True)
class Selection:
    """What an exporter needs, in no promised order: every exporter sorts.

    ``quads`` are all but the edges; ``edges`` maps each policy to its own; ``policy`` is the one whose edges a format
    without named graphs gets. ``sources`` maps versions to their sources, ``labels`` and ``kinds`` IRIs to what they
    are called and of what classes they are. ``vocabulary`` is there to be asked, not to be exported.
    """

    quads: tuple[Quad, ...]
    edges: Mapping[str, Edges]
    policy: str
    claims: tuple[Claim, ...]
    sources: Mapping[str, str]
    labels: Mapping[str, str]
    kinds: Mapping[str, tuple[str, ...]]
    vocabulary: tuple[Quad, ...]
    prefixes: Prefixes

    @property
    def in_graphs(self) -> list[Quad]:
        """For formats with named graphs: the edges of every policy selected, each in its own graph."""
        return [*self.quads, *chain.from_iterable(derived.all for derived in self.edges.values())]

    @property
    def in_one_graph(self) -> list[Quad]:
        """For formats of triples: one policy's edges only, so that hedged ones never stand among those it trusts."""
        return [*self.quads, *self.policy_edges.all]

    @property
    def policy_edges(self) -> Edges:
        return self.edges.get(self.policy, Edges((), ()))


def select(store: GraphStore, policy: str | None = None, about: str | None = None, source: str | None = None) -> Selection:
    """The whole graph, or what concerns one policy, one thing, one source or version; all are absolute IRIs.

    Restrictions add up. An unknown name is a WrongUse; a known one of which nothing is said gives a small selection.
    """
    graphs = _edge_graphs(store)
    _check_policy(store, policy, graphs)
    wanted = {name: graph for name, graph in graphs.items() if policy in (None, name)}
    if about is None and source is None:
        edges = {name: _edges(store, name, graph) for name, graph in wanted.items()}
        quads = _all_but_edges(store, graphs, {_TALLIES} if policy else set())
    else:
        chosen = _chosen(store, about, source)
        edges = {name: _edges_from(store, name, graph, chosen) for name, graph in wanted.items()}
        quads = _closed(store, [*chosen, *_named(store, about, source)], edges.values(), graphs)
    return _selection(store, quads, edges, policy or DEFAULT_POLICY)


def described(store: GraphStore, things: Iterable[str]) -> set[Quad]:
    """All that is said of some things themselves, and what every export begins with."""
    return {_NOTICE, *store.match(_ABOUT), *chain.from_iterable(store.match(NamedNode(thing)) for thing in things)}


def _selection(store: GraphStore, quads: set[Quad], edges: Mapping[str, Edges], policy: str) -> Selection:
    words = tuple(store.quads(_VOCABULARY.value))
    qualifiers = [NamedNode(iri) for iri in vocabulary.read(words).qualifiers]
    return Selection(
        quads=tuple(quads | {_NOTICE} | set(store.match(_ABOUT))),
        edges=edges,
        policy=policy,
        claims=tuple(_claims(store, quads, qualifiers)),
        sources=dict(sorted((q.subject.value, q.object.value) for q in quads if q.predicate == rdf.SPECIALIZATION_OF)),
        labels=_labels(quads),
        kinds=_kinds(quads),
        vocabulary=words,
        prefixes=store.prefixes,
    )


def _edge_graphs(store: GraphStore) -> dict[str, NamedNode]:
    found = store.match(predicate=kg("edgeGraph"))
    return {quad.subject.value: quad.object for quad in sorted(found, key=rdf.quad_key)}


def _check_policy(store: GraphStore, policy: str | None, known: Iterable[str]) -> None:
    if policy is not None and policy not in known:
        raise _unknown("policy", policy, known, store.prefixes)


def _unknown(what: str, iri: str, known: Iterable[str], prefixes: Prefixes) -> WrongUse:
    shown = sorted(map(prefixes.contract, known))
    hint = did_you_mean(prefixes.contract(iri), shown) or f"there are {', '.join(shown) or 'none'}"
    return WrongUse(f"no {what} {prefixes.contract(iri)} in the graph; {hint}")


def _all_but_edges(store: GraphStore, graphs: Mapping[str, NamedNode], but: set[NamedNode]) -> set[Quad]:
    """``but`` are the tallies where not all is chosen: they count the whole of a build and would be wrong of a part."""
    left_out = _of_policies(graphs) | but
    return {quad for quad in store.quads() if quad.graph_name not in left_out}


def _of_policies(graphs: Mapping[str, NamedNode]) -> set[NamedNode]:
    """What is taken policy by policy."""
    return {_REASONS, _USES, *graphs.values(), *(NamedNode(judgement_graph(policy)) for policy in graphs)}


def _edges(store: GraphStore, policy: str, graph: NamedNode) -> Edges:
    judged = chain(store.match(graph=NamedNode(judgement_graph(policy))), _under(store, policy, _USES))
    return Edges(tuple(store.match(graph=graph)), tuple(_under(store, policy, _REASONS)), tuple(judged))


def _under(store: GraphStore, policy: str, graph: NamedNode) -> Iterator[Quad]:
    """What a graph that holds the nodes of all policies says of those of one."""
    nodes = [quad.subject for quad in store.match(None, kg("policy"), NamedNode(policy), graph)]
    return chain.from_iterable(store.match(node, graph=graph) for node in nodes)


def _edges_from(store: GraphStore, policy: str, graph: NamedNode, chosen: set[NamedNode]) -> Edges:
    """The edges that rest on one of the chosen claims; their reasons name those claims and no others."""
    resting = {q.subject for claim in chosen for q in store.match(None, DERIVED_FROM, claim, _REASONS)}
    nodes = [node for node in resting if any(store.match(node, kg("policy"), NamedNode(policy), _REASONS))]
    reasons = [quad for node in nodes for quad in store.match(node, graph=_REASONS)]
    kept = tuple(q for q in reasons if q.predicate != DERIVED_FROM or q.object in chosen)
    said = {stated(node) for node in rdf.nodes(kept).values()}
    return Edges(tuple(quad for triple in said for quad in store.match(*triple, graph)), kept)


def stated(node: rdf.Node) -> tuple[Term, Term, Term]:
    """Subject, predicate and object that a reason's node speaks of."""
    return (node[rdf.SUBJECT][0], node[rdf.PREDICATE][0], node[rdf.OBJECT][0])


def _chosen(store: GraphStore, about: str | None, source: str | None) -> set[NamedNode]:
    """The claims about the thing, said in the source."""
    claims = {quad.subject for quad in store.match(predicate=kg("saidIn"))}
    if about is not None:
        claims &= _touching(store, _known_thing(store, about))
    if source is not None:
        versions = _versions(store, source)
        claims &= {quad.subject for version in versions for quad in store.match(None, kg("saidIn"), version)}
    return claims


def _touching(store: GraphStore, thing: NamedNode) -> set[NamedNode]:
    """What has the thing, a sign within a disease that it is part of, or a study of it, as its subject or object."""
    contexts = {q.subject for part in ("sign", "inDisease") for q in store.match(None, kg(part), thing)}
    found: set[NamedNode] = {thing}
    for one in (thing, *contexts, *_studies(store, thing)):
        found |= {q.subject for part in (rdf.SUBJECT, rdf.OBJECT) for q in store.match(None, part, one)}
    return found


def _studies(store: GraphStore, thing: NamedNode) -> set[NamedNode]:
    saying = {quad.subject for quad in store.match(None, rdf.OBJECT, thing)}
    saying = {node for node in saying if any(store.match(node, rdf.PREDICATE, kg("intervention")))}
    return {quad.object for node in saying for quad in store.match(node, rdf.SUBJECT)}


def _known_thing(store: GraphStore, iri: str) -> NamedNode:
    thing = _name(iri)
    if any(store.match(thing)) or any(store.match(value=thing)):
        return thing
    labelled = {quad.subject.value for quad in store.match(predicate=rdf.LABEL)}
    hint = did_you_mean(store.prefixes.contract(iri), map(store.prefixes.contract, labelled))
    hint = hint or "`kgtool search` finds things"
    raise WrongUse(f"nothing in the graph is named {store.prefixes.contract(iri)}; {hint}")


def _name(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise WrongUse(f"{iri} is no absolute IRI; {error}") from error


def _versions(store: GraphStore, source: str) -> list[NamedNode]:
    """The source itself, or the version, and its versions."""
    kinds = (kg("Source"), kg("SourceVersion"))
    known = {quad.subject.value for kind in kinds for quad in store.match(None, rdf.TYPE, kind)}
    if source not in known:
        raise _unknown("source", source, known, store.prefixes)
    whole = NamedNode(source)
    return [whole, *(quad.subject for quad in store.match(None, rdf.SPECIALIZATION_OF, whole))]


def _named(store: GraphStore, about: str | None, source: str | None) -> Iterator[NamedNode]:
    """What is told of in full beside the claims: the thing with its identifiers, the source with its versions."""
    if about is not None:
        yield NamedNode(about)
        yield from (quad.subject for quad in store.match(None, rdf.SUBJECT, NamedNode(about), _MAPPINGS))
    if source is not None:
        yield from _versions(store, source)


def _closed(
    store: GraphStore, starts: Iterable[NamedNode], edges: Iterable[Edges], graphs: Mapping[str, NamedNode],
) -> set[Quad]:
    left_out = _of_policies(graphs) | {_TALLIES}
    full = {quad for quad in _in_full(store, starts) if quad.graph_name not in left_out}
    shown = chain(full, *(derived.all for derived in edges))
    return full | _described(store, {term for quad in shown for term in quad.triple})


def _in_full(store: GraphStore, starts: Iterable[NamedNode]) -> Iterator[Quad]:
    """All that is said of the starts and of what they rest on, state and stand in."""
    waiting, seen = list(starts), set()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        for quad in store.match(node):
            yield quad
            if quad.predicate in _FOLLOWED:
                waiting.append(quad.object)


def _described(store: GraphStore, mentioned: Iterable[Term]) -> set[Quad]:
    """Kind and label of everything mentioned, of its kinds too, and the parts of signs within diseases."""
    waiting, seen, found = list(mentioned), set(), set()
    while waiting:
        term = waiting.pop()
        if not isinstance(term, NamedNode) or term in seen:
            continue
        seen.add(term)
        quads = {quad for predicate in _DESCRIBING for quad in store.match(term, predicate)}
        found |= quads
        waiting.extend(other for quad in quads for other in (quad.predicate, quad.object))
    return found


def _claims(store: GraphStore, quads: Iterable[Quad], qualifiers: list[NamedNode]) -> Iterator[Claim]:
    for name in sorted({quad.subject.value for quad in quads if quad.predicate == kg("saidIn")}):
        said = sorted(store.match(NamedNode(name)), key=rdf.quad_key)
        yield records.claim(name, rdf.nodes(said)[NamedNode(name)], qualifiers)


def _labels(quads: Iterable[Quad]) -> dict[str, str]:
    """One label each: the English one where there are several."""
    found = [(q.subject.value, q.object) for q in quads if q.predicate == rdf.LABEL and isinstance(q.object, Literal)]
    best_last = sorted(found, key=lambda one: (one[1].language == "en", str(one[1])))
    return {iri: label.value for iri, label in best_last}


def _kinds(quads: Iterable[Quad]) -> dict[str, tuple[str, ...]]:
    types: dict[str, set[str]] = {}
    for quad in quads:
        if quad.predicate == rdf.TYPE:
            types.setdefault(quad.subject.value, set()).add(quad.object.value)
    return {iri: tuple(sorted(kinds)) for iri, kinds in types.items()}
