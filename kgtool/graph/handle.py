"""The graph a Python user holds: names are looked up and queries found here; what answers stands on the floors below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Triple

from kgtool import catalogue, store
from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.errors import DataError, Place, Problem, TextMissing, WrongUse, check_text, several
from kgtool.graph.triples import Triples
from kgtool.progress import Tick, unwatched
from kgtool.project import Project
from kgtool.store import GraphStore
from kgtool.terms import KG, Term, did_you_mean

# What only some verbs need is imported where they need it: a command uses few, and starts the faster.
if TYPE_CHECKING:
    import networkx
    import rdflib

    from kgtool import identity
    from kgtool.analysis import meaning
    from kgtool.analysis.card import Card
    from kgtool.analysis.matrix import Matrix
    from kgtool.analysis.network import Network
    from kgtool.analysis.reasons import Explainer, Reason
    from kgtool.claim import Version
    from kgtool.index import Hit, Index
    from kgtool.report import Report
    from kgtool.views.claims import Said
    from kgtool.views.picture import Picture

_SOURCES = (KG + "Source", KG + "SourceVersion")
_MOST_KEPT = 10_000
_CLAIMS = (KG + "Claim", KG + "GapClaim", KG + "LabelClaim")


class Graph:
    """One built graph, open for reading."""

    def __init__(self, project: Project, store: GraphStore):
        self.project = project
        self.store = store

    def ask(self, question: str, **params: str | int | None) -> Answer:
        """The answer to a question of queries/ask.

        Parameters are named things in any spelling: label, synonym, CURIE, IRI; ``"any"`` or None asks for all. A use
        may be typed as "SIGN in DISEASE", whether or not the graph has a node for the two together.
        """
        query = catalogue.question(self.project, question)
        given = self._meant(query, params) if params else {}
        rows = self.store.select(query.bind(given))
        if query.then:
            rows = self._judged(query, rows, given)
        return self.labelled(rows)

    def query(self, sparql: str, services: Sequence[str] = ()) -> Answer | Triples | bool:
        """Any SPARQL, read-only and without network: a SELECT, an ASK, a CONSTRUCT or a DESCRIBE.

        ``services`` are the hosts that SERVICE may ask all the same.
        """
        catalogue.check_foreign(sparql, services)
        form = catalogue.form(sparql)
        if form == "ASK":
            return self.store.ask(sparql)
        if form in ("CONSTRUCT", "DESCRIBE"):
            from kgtool import rdf

            return Triples(tuple(sorted(self.store.construct(sparql), key=rdf.triple_key)), self.store.prefixes)
        return self.labelled(self.store.select(sparql))

    def explain(self, sparql: str) -> Answer:
        """The costly forms of a query, each with a form that asks the same for less; the query itself is not run."""
        from kgtool.analysis import costs

        Graph(self.project, store.in_memory((), self.store.prefixes)).query(sparql)  # says what is wrong with it, if anything
        found = [tuple(map(Literal, (cost.form, cost.found, cost.why, cost.better)))
                 for cost in costs.costs(sparql, self.store.prefixes)]
        return Answer(("form", "found", "why", "better"), tuple(found), self.store.prefixes)

    def show(self, thing: str, policy: str | None = None) -> Card:
        """The card of a thing, by any of its names: all that is claimed, or only what counts under a policy."""
        from kgtool.analysis import card

        queries = {**self.questions, **self.views}
        counted = self.policy(policy) if policy else None
        return card.card(self.store, queries, self.names.resolve(thing), self.labelled, counted)

    def why(self, *words: str, policy: str | None = None) -> Reason:
        """The reasons of a claim, a judgement, a proposition or an edge: one name, or subject, relation and object.

        ``policy`` leaves of an edge's reasons those that count under it.
        """
        from kgtool.analysis import meaning

        typed = " ".join(map(str, words))
        under = self.policy(policy) if policy else None
        edge = words if len(words) == 3 else meaning.split_edge(typed, self.names, self.store)
        if len(words) == 3:
            return self._explainer.edge(*meaning.edge(*words, self.names), under)
        if under and not edge:
            raise WrongUse("--policy chooses among the reasons of an edge; a claim or a judgement has its own")
        if derived := meaning.derived(typed, self.store):
            return self._explainer.derived(derived)
        try:
            return self._explainer.claim(self.names.resolve(typed, _CLAIMS))
        except WrongUse as error:
            if edge:
                return self._explainer.edge(*meaning.edge(*edge, self.names), under)
            raise WrongUse(f"{error}; give a claim, or an edge as subject, relation and object") from error

    def search(self, words: str, limit: int = 50, of: Iterable[str] = ()) -> Answer:
        """Things and claims found by words, the best first: those called just so, then names that begin so, then names
        with words that begin so, then claims. ``of`` keeps only those of some kinds, which are IRIs."""
        from kgtool import index

        return self._hits(index.search(self.index, words, limit, several(of)))

    def search_passages(self, words: str, limit: int = 50) -> Answer:
        """Claims found by the words of their passages, in the user's own copies of texts.

        Its rows hold words of others, which are for the user alone and go into no product.
        """
        from kgtool import index
        from kgtool.analysis import own_copies

        places = self.store.select(self.views["passages"].text)
        if self.store.folder is None:
            return self._hits(index.search(index.in_memory(own_copies.names(places, self.texts)), words, limit))
        project, state = str(self.project.root), self.store.folder.name
        kept = own_copies.index_of(self.project.texts, project, state, places, self.texts)
        return self._hits(index.search(kept, words, limit))

    def suggest(self, words: str) -> str:
        """A remedy for words that find nothing: names that are spelled much like them; empty where none is."""
        from kgtool import index

        return did_you_mean(index.fold(words), index.alike(self.index, words))

    def draw(self, what: str = "", source: str | None = None, policy: str | None = None) -> Picture:
        """A picture of what is claimed, by all sources, by one, or by those that count under a policy: around a thing, of
        a CONSTRUCT's triples, or in all. Statuses, disputes and gaps are those of the policy, else of the default one."""
        from kgtool.graph import pictures

        check_text("what is drawn", what)
        version = self.names.resolve(source, _SOURCES) if source else None
        counted = self.policy(policy) if policy else None
        if catalogue.form(what):
            made = self.query(what)
            if not isinstance(made, Triples):
                raise WrongUse("a picture is drawn from triples; write the query as a CONSTRUCT")
            return pictures.of_triples(self.store, self.views, tuple(made), version, counted)
        about = self.names.resolve(what) if what else ""
        # what one source claims is its alone, and a gap is judged from what all that count claim
        judged = [] if version else pictures.judged_gaps(self.store, self.views, about, counted)
        return pictures.drawn(
            self._claimed(version, counted), judged, self.store.prefixes, self.names, about, version, counted
        )

    def around(self, thing: str, policy: str | None = None) -> Picture:
        """A picture of all claims about one thing, by any of its names, or of those that count under a policy; nothing is
        left out, and gaps that were judged are things of their own."""
        from kgtool.graph import pictures

        return pictures.around(self.store, self.views, self.names, self.names.resolve(thing),
                               self.policy(policy) if policy else None)

    def pictured(self, triples: Sequence[Triple]) -> Picture:
        """A picture of given triples; those that somebody claims are drawn as the evidence they are."""
        from kgtool.graph import pictures

        return pictures.of_triples(self.store, self.views, triples)

    def export(self, suffix: str, policy: str | None = None, about: str | None = None, source: str | None = None) -> bytes:
        """The graph, or the part about a thing or said by a source, in the format of a file name's suffix."""
        from kgtool import exporters

        chosen = exporters.select(
            self.store,
            self.policy(policy) if policy else None,
            self.names.resolve(about) if about else None,
            self.names.resolve(source, _SOURCES) if source else None,
        )
        return exporters.write(chosen, suffix)

    def matrix(
        self, policy: str = "default", jurisdiction: str | None = None, hierarchy: str | None = None,
        drugs: Sequence[str] | None = None,
    ) -> Matrix:
        """The evidence map: drugs × conditions, each cell with label status, evidence, gap and disputes; all drugs, or some."""
        from kgtool.analysis import matrix

        rows = None if drugs is None else [self.names.resolve(drug, [KG + "Drug"]) for drug in several(drugs)]
        where = self.names.resolve(jurisdiction, [KG + "Jurisdiction"]) if jurisdiction else None
        return matrix.matrix(self.store, self.views, self.policy(policy), self.release(hierarchy), where, rows)

    def paths(
        self, start: str, goal: str, via: Sequence[str] = (), without: Sequence[str] = (), most: int = 5, longest: int = 6,
        policy: str = "default",
    ) -> Answer:
        """The shortest paths between two things over the plain edges of a policy, one row an edge.

        ``via`` keeps to some relations, ``without`` avoids some; edges are walked in both directions.
        """
        from kgtool.analysis import network
        from kgtool.analysis.network import tables

        ends = (self.names.resolve(start), self.names.resolve(goal))
        found = network.paths(self._network(policy, via, without), *ends, most, longest)
        return self.labelled(tables.paths(found, self.store.prefixes))

    def neighbourhood(
        self, thing: str, steps: int = 1, via: Sequence[str] = (), without: Sequence[str] = (), policy: str = "default"
    ) -> Answer:
        """All things within so many steps, the nearest first, with the edges that lead to each."""
        from kgtool.analysis import network
        from kgtool.analysis.network import tables

        found = network.neighbourhood(self._network(policy, via, without), self.names.resolve(thing), steps)
        return self.labelled(tables.neighbours(found, self.store.prefixes))

    def components(self, via: Sequence[str] = (), without: Sequence[str] = (), policy: str = "default") -> Answer:
        """The islands of things that no plain edge joins, the largest first, one row a thing."""
        from kgtool.analysis.network import tables

        return self.labelled(tables.components(self._network(policy, via, without), self.store.prefixes))

    def centrality(
        self, measure: str = "degree", most: int = 50, via: Sequence[str] = (), without: Sequence[str] = (),
        policy: str = "default",
    ) -> Answer:
        """The things in the middle of the plain edges: by ``degree``, ``pagerank`` or ``betweenness``, which is an
        estimate where there are more than a few hundred things."""
        from kgtool.analysis.network import tables

        return self.labelled(tables.centrality(self._network(policy, via, without), measure, most, self.store.prefixes))

    def release(self, name: str | None = None) -> str | None:
        """The IRI of a release of a hierarchy by its name; where none is named, of the one of diseases that is followed."""
        if name:
            return self.names.resolve(name, [KG + "HierarchyRelease"])
        found = self.store.select(self.views["default-release"].text).rows
        return found[0][0].value if found else None

    def tables(self, folder: str | Path) -> Answer:
        """Write the graph as Parquet files into a folder, one a table of queries/table; tells how many rows each has."""
        from kgtool.exporters import parquet

        tables = catalogue.read_all(self.project.files("queries/table", "*.rq"), self.project.root)
        written = parquet.write(self.store, tables.values(), Path(folder))
        rows = ((Literal(table), Literal(rows)) for table, rows in written.items())
        return Answer(("table", "rows"), tuple(rows), self.store.prefixes)

    def stats(self) -> Answer:
        """How many of each kind are in the graph."""
        return self.labelled(self.store.select(self.views["stats"].text))

    def to_rdflib(self) -> rdflib.Dataset:
        """The graph as an rdflib.Dataset of its own, whose default graph is the union of all named graphs."""
        from kgtool.graph import libraries

        return libraries.rdflib_dataset(self.store)

    def to_networkx(self, policy: str = "default") -> networkx.MultiDiGraph:
        """The plain edges of one policy as a networkx.MultiDiGraph.

        Nodes are CURIEs (or one for each edge's value) with ``label``; edge keys are relations, with ``label`` and
        ``claims``: the CURIEs of those the edge rests on, with blanks between them.
        """
        from kgtool.graph import libraries

        edges = self.labelled(self.store.select(self.views["plain-edges"].bind({"policy": self.policy(policy)})))
        return libraries.networkx_graph(edges, f"plain edges, policy {policy}")

    @cached_property
    def questions(self) -> dict[str, Query]:
        """The questions of queries/ask, by name."""
        return catalogue.questions(self.project)

    @cached_property
    def views(self) -> Mapping[str, Query]:
        return catalogue.Unread(self.project.files("queries/view", "*.rq"), self.project.root)

    @cached_property
    def names(self) -> identity.Names:
        """Every name of every thing."""
        from kgtool import identity

        return identity.Names(self.index, self.store.prefixes)

    @cached_property
    def index(self) -> Index:
        """The words by which things and claims are found: ours alone, so that it may be handed on."""
        from kgtool import index

        if self.store.folder and (self.store.folder / index.FILE).exists():
            return index.open(self.store.folder / index.FILE)
        # in memory, loaded from anybody's files, or of a generation that a build has replaced since it was opened
        return index.in_memory(index.names(self.store.select(self.views["names"].text)))

    def _hits(self, found: Iterable[Hit]) -> Answer:
        rows = ((NamedNode(hit.iri), Literal(hit.name), NamedNode(hit.kind), Literal(hit.role)) for hit in found)
        return Answer(("thing", "name", "kind", "role"), tuple(rows), self.store.prefixes)

    def policy(self, name: str) -> str:
        """The IRI of a policy by its name."""
        return self.names.resolve(name, [KG + "Policy"])

    def labelled(self, answer: Answer) -> Answer:
        """The same answer, knowing the labels of the things in it."""
        iris = sorted({term.value for row in answer.rows for term in row if isinstance(term, NamedNode)})
        return replace(answer, labels=self.store.labels(iris))

    def show_term(self, term: Term) -> str:
        """A term in words: its label where it has one."""
        if not isinstance(term, NamedNode):
            return self.store.prefixes.show(term)
        return self.store.labels([term.value]).get(term.value) or self.store.prefixes.contract(term.value)

    def named(self, iri: str) -> str:
        """An IRI as a CURIE with its label; other text as it is."""
        label, shown = self.names.label(iri), self.store.prefixes.contract(iri)
        return shown if label == shown else f"{shown} ({label})"

    def versions(self) -> list[Version]:
        """Every source version."""
        from kgtool.graph import versions

        return versions.read(self.store.select(self.views["versions"].text))

    def sources(self, source: str | None = None) -> Answer:
        """Every source version, or those of one source, with the number of its passages and whether its text is at hand."""
        from kgtool.graph import versions

        rows = self.store.select(self.views["versions"].text)
        if source:
            rows = versions.of(rows, self.names.resolve(source, _SOURCES))
        return self.labelled(versions.with_texts(rows, self.texts))

    def check_passages(self, version: str) -> Report:
        """Whether every passage of one version stands in its text, and none denies what its claim affirms.

        ``covered["passages"]`` counts those that do. A text that is not at hand is a note, no finding.
        """
        from kgtool.validate import spans

        iri = self.names.resolve(version, [KG + "SourceVersion"])
        return spans.report(self.store, {iri: self.texts[iri]} if iri in self.texts else {})

    def validate(self, require_text: bool = False, changed: bool = False, tick: Tick = unwatched) -> Report:
        """Shapes, check queries, passages, and identifiers with their labels, in one report.

        With ``changed`` the shapes judge only what a change since the last validation can matter to: the same report, sooner.
        """
        from kgtool import validate

        files = self.project.files
        return validate.validate(
            self.store,
            root=self.project.root,
            shapes=files("ontology/shapes", "*.ttl"),
            checks=catalogue.read_all(files("queries/check", "*.rq"), self.project.root),
            texts=self.texts,
            identifiers=self.project.root / "graph_data" / "identifiers.tsv",
            mappings=files("graph_data", "*.sssom.tsv"),
            authored=[*files("graph_data", "**/*.ttl"), *files("ontology", "*.ttl")],
            require_text=require_text,
            kept=self.project.store,
            changed=changed,
            tick=tick,
        )

    def cite(self, source: str, words: str, nth: int | None = None, section: str = "") -> str:
        """The Turtle block of the place where words stand in a version's text, however their spaces were typed.

        ``section`` names the text to look in where the version is a record in JSON.
        """
        from kgtool.analysis import citing

        version = self.names.resolve(source, [KG + "SourceVersion"])
        return citing.block(version, self._text(version), words, nth, self.store.prefixes, section)

    def passages_of(self, source: str) -> Iterator[str]:
        """Each claim of a source or version, with its sentence lit where the text is at hand."""
        for row in self.ask("claims-of", source=source):
            yield str(self._explainer.claim(self.store.prefixes.expand(row["claim"])))

    @cached_property
    def texts(self) -> dict[str, str]:
        """The texts at hand, by the IRI of their version."""
        from kgtool import texts

        rows = self.store.select(self.views["digests"].text).rows
        found = {version.value: texts.at_hand(sha256.value, self.project.texts) for version, sha256 in rows}
        return {iri: text for iri, text in found.items() if text is not None}

    @cached_property
    def known(self) -> meaning.Known:
        """What typed words are read against."""
        from kgtool.analysis import meaning

        root = self.project.root
        # not by way of self: in a circle the graph would outlive its last user, and hold its files
        return meaning.Known(self.store, self.names, lambda: catalogue.read(root / "queries/view/hierarchy-terms.rq", root))

    def _meant(self, query: Query, typed: dict[str, str | int | None]) -> dict[str, Term | None]:
        from kgtool.analysis import meaning

        return meaning.parameters(query, typed, self.known)

    def _network(self, policy: str, via: Sequence[str], without: Sequence[str]) -> Network:
        from kgtool.analysis import meaning, network

        kept, left = (frozenset(meaning.relation_meant(name, self.names) for name in several(named)) for named in (via, without))
        asked = (self.policy(policy), kept, left)
        if asked not in self._networks:
            self._networks[asked] = network.read(self.store, self.views, *asked)
        return self._networks[asked]

    @cached_property
    def _networks(self) -> dict[tuple[str, frozenset[str], frozenset[str]], Network]:
        return {}

    @cached_property
    def _judging(self) -> Mapping[str, Query]:
        """What judges read, by name."""
        from kgtool import judge

        return judge.queries(self.project)

    def _judged(self, query: Query, rows: Answer, given: dict[str, Term | None]) -> Answer:
        from kgtool import judge
        from kgtool.judge.asked import Asked

        asked = Asked(self.store, self._judging, rows, given)
        if query.then == "what_if":  # the one that derives everything anew, and so needs the rules of a build
            from kgtool import build
            from kgtool.analysis import what_if

            return what_if.what_if(asked, build.derivation_rules(self.project))
        if query.then not in judge.ASKED:
            hint = did_you_mean(query.then, judge.ASKED) or f"there are {', '.join(sorted(judge.ASKED))}"
            raise DataError(Problem(f"there is no judgement {query.then}", hint, Place(f"queries/ask/{query.name}.rq")))
        return judge.ASKED[query.then](asked)

    def _claimed(self, source: str | None, policy: str | None) -> list[Said]:
        """What pictures are drawn from; where that is little, it is kept, for the next is mostly drawn from the same."""
        from kgtool.graph import pictures

        if (said := self._last_claimed.get((source, policy))) is None:
            said = pictures.claimed(self.store, self.views, source, policy)
            self._last_claimed.clear()
            if len(said) <= _MOST_KEPT:
                self._last_claimed[source, policy] = said
        return said

    @cached_property
    def _last_claimed(self) -> dict[tuple[str | None, str | None], list[Said]]:
        return {}

    @cached_property
    def _explainer(self) -> Explainer:
        from kgtool.analysis.reasons import Explainer

        return Explainer(self.store, self.views, self.show_term, self._sentence)

    def _text(self, version: str) -> str:
        if version not in self.texts:
            raise TextMissing(f"the text of {self.names.label(version)} is not at hand; `kgtool sources add FILE` brings it")
        return self.texts[version]

    def _sentence(self, version: str, start: int, end: int, section: str) -> str | None:
        from kgtool import passages
        from kgtool.analysis import citing

        if version not in self.texts:
            return None
        return citing.lit(passages.within(self.texts[version], section), start, end)

