"""The handle a Python user holds: open() gives a Graph, whose verbs are thin over the functions below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Triple

from kgtool import authored, build, catalogue, identity, rdf, store, texts
from kgtool.analysis import card as cards
from kgtool.analysis import citing
from kgtool.analysis.reasons import Explainer, Reason
from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.claim import Version
from kgtool.errors import DataError, StoreError, TextMissing, WrongUse
from kgtool.project import Project
from kgtool.store import Store
from kgtool.terms import KG, Prefixes, Term

if TYPE_CHECKING:
    from kgtool.report import Report
    from kgtool.views.picture import Picture

ANY = "any"


def open(project: Project, warn: Callable[[str], None] = lambda said: None) -> Graph:
    """The graph of a project, built first where its files have changed.

    Files that cannot be built do not take the graph away: the last good one answers, and ``warn`` is told.
    """
    try:
        build.build(project)
    except (DataError, StoreError) as error:
        if store.manifest(project.store) is None:
            raise
        warn(f"the files here cannot be built, so the last good graph answers:\n{error}")
    prefixes = authored.read_prefixes(project)
    return Graph(project, store.open_read_only(project.store, prefixes))


@dataclass(frozen=True)
class Triples:
    """What a CONSTRUCT gives: iterates as triples, prints as Turtle."""

    triples: tuple[Triple, ...]
    prefixes: Prefixes

    def __iter__(self) -> Iterator[Triple]:
        return iter(self.triples)

    def __len__(self) -> int:
        return len(self.triples)

    def __str__(self) -> str:
        quads = [ox.Quad(t.subject, t.predicate, t.object) for t in self.triples]
        return rdf.write(quads, ox.RdfFormat.TURTLE, self.prefixes).decode()


class Graph:
    """One built graph, open for reading."""

    def __init__(self, project: Project, store: Store):
        self.project = project
        self.store = store

    def ask(self, question: str, **params: str | None) -> Answer:
        """The answer to a question of queries/ask.

        Parameters are named things in any spelling: label, synonym, CURIE, IRI; ``"any"`` or None asks for all.
        """
        query = catalogue.question(self.project, question)
        return self.labelled(self.store.select(query.bind(self._resolved(query, params))))

    def query(self, sparql: str) -> Answer | Triples | bool:
        """Any SPARQL, read-only and without network: a SELECT, an ASK, a CONSTRUCT or a DESCRIBE."""
        catalogue.check_foreign(sparql)
        form = catalogue.form(sparql)
        if form == "ASK":
            return self.store.ask(sparql)
        if form in ("CONSTRUCT", "DESCRIBE"):
            return Triples(tuple(sorted(self.store.construct(sparql), key=rdf.triple_key)), self.store.prefixes)
        return self.labelled(self.store.select(sparql))

    def show(self, thing: str) -> cards.Card:
        """The card of a thing, by any of its names."""
        queries = {**self.questions, **self.views}
        return cards.card(self.store, queries, self.names.resolve(thing), self.labelled)

    def why(self, *words: str) -> Reason:
        """The reasons of a claim, a proposition or an edge: one name, or subject, relation and object."""
        if len(words) == 3:
            return self._why_edge(*words)
        typed = " ".join(words)
        try:
            iri = self.names.resolve(typed, self._explained_kinds)
        except WrongUse as error:
            if len(words) == 1 and (split := self._split_edge(typed)):
                return self._why_edge(*split)
            raise WrongUse(f"{error}; give a claim, or an edge as subject, relation and object") from error
        if iri in self._by_kind("Edge"):
            ((subject, relation, value),) = self.store.select(self.views["edge"].bind({"edge": iri})).rows
            return self._explainer.edge(subject.value, relation.value, value.value)
        if iri in self._by_kind("Proposition"):
            return self._explainer.proposition(iri)
        return self._explainer.claim(iri)

    def search(self, words: str) -> Answer:
        """Things whose label, synonym or identifier holds all the words; whole names first, then beginnings."""
        wanted = identity.fold(words)
        if not wanted:
            raise WrongUse("give at least one word to search for")
        rows = [row for row in self._name_rows.rows if all(word in identity.fold(row[1].value) for word in wanted.split())]
        ranked = sorted(rows, key=lambda row: (_rank(identity.fold(row[1].value), wanted), row[1].value, row[0].value))
        return Answer(("thing", "name", "kind", "role"), tuple(dict.fromkeys(ranked)), self.store.prefixes)

    def draw(self, what: str = "") -> Picture:
        """A picture of what is claimed: around a thing, of a CONSTRUCT's triples, or of the whole graph."""
        from kgtool.views import claims

        said = claims.read(self.store.select(self.views["picture"].text))
        if catalogue.form(what):
            made = self.query(what)
            if not isinstance(made, Triples):
                raise WrongUse("a picture is drawn from triples; write the query as a CONSTRUCT")
            return claims.of_triples(made, said, self.show_term, self.store.prefixes, "what a query found")
        if not what:
            return claims.picture(said, "What sources claim")
        iri = self.names.resolve(what)
        return claims.picture(said, f"{self.names.label(iri)}: what sources claim", self.store.prefixes.contract(iri))

    def export(self, suffix: str, policy: str | None = None, about: str | None = None, source: str | None = None) -> bytes:
        """The graph, or the part about a thing or said by a source, in the format of a file name's suffix."""
        from kgtool import exporters

        chosen = exporters.select(
            self.store,
            self.policy(policy) if policy else None,
            self.names.resolve(about) if about else None,
            self.names.resolve(source, [KG + "Source", KG + "SourceVersion"]) if source else None,
        )
        return exporters.write(chosen, suffix)

    def stats(self) -> Answer:
        """How many of each kind are in the graph."""
        return self.labelled(self.store.select(self.views["stats"].text))

    def to_rdflib(self):
        """The graph as an rdflib.Dataset of its own, whose default graph is the union of all named graphs."""
        import rdflib

        dataset = rdflib.Dataset(default_union=True)
        dataset.parse(data=ox.serialize(self.store.quads(), format=ox.RdfFormat.N_QUADS).decode(), format="nquads")
        for prefix, namespace in self.store.prefixes.items():
            dataset.bind(prefix, namespace, replace=True)
        return dataset

    def to_networkx(self, policy: str = "default"):
        """The plain edges of one policy as a networkx.MultiDiGraph.

        Nodes are CURIEs (or a literal's text) with ``label``; edge keys are relations, with ``label`` and ``claims``.
        """
        import networkx

        made = networkx.MultiDiGraph(name=f"plain edges, policy {policy}")
        edges = self.labelled(self.store.select(self.views["plain-edges"].bind({"policy": self.policy(policy)})))
        for subject, relation, value, claims in edges.rows:
            for end in (subject, value):
                made.add_node(edges.prefixes.show(end), label=self.show_term(end))
            made.add_edge(
                edges.prefixes.show(subject), edges.prefixes.show(value), key=edges.prefixes.show(relation),
                label=self.show_term(relation), claims=claims.value,
            )
        return made

    @cached_property
    def questions(self) -> dict[str, Query]:
        """The questions of queries/ask, by name."""
        return catalogue.questions(self.project)

    @cached_property
    def views(self) -> dict[str, Query]:
        return catalogue.read_all(self.project.files("queries/view", "*.rq"), self.project.root)

    @cached_property
    def names(self) -> identity.Names:
        """Every name of every thing."""
        rows = (
            identity.Name(thing.value, self.store.prefixes.contract(name.value) if role.value == "identifier" else name.value,
                          kind.value, role.value)
            for thing, name, kind, role in self._name_rows.rows
        )
        return identity.Names(rows, self.store.prefixes)

    def policy(self, name: str) -> str:
        """The IRI of a policy by its name."""
        return self.names.resolve(name, [KG + "Policy"])

    def labelled(self, answer: Answer) -> Answer:
        """The same answer, knowing the labels of the things in it."""
        iris = sorted({term.value for row in answer.rows for term in row if isinstance(term, NamedNode)})
        return replace(answer, labels=self._labels(iris))

    def show_term(self, term: Term) -> str:
        """A term in words: its label where it has one."""
        if not isinstance(term, NamedNode):
            return self.store.prefixes.show(term)
        return self._labels([term.value]).get(term.value) or self.store.prefixes.contract(term.value)

    def named(self, iri: str) -> str:
        """An IRI as a CURIE with its label; other text as it is."""
        label = self._all_labels.get(iri)
        shown = self.store.prefixes.contract(iri)
        return f"{shown} ({label})" if label else shown

    def versions(self) -> list[Version]:
        """Every source version."""
        rows = self.store.select(self.views["versions"].text)
        said = (dict(zip(rows.columns, (t.value if t is not None else None for t in row), strict=True)) for row in rows.rows)
        return [Version(r["version"], r["source"], r["label"], r["sha256"], r["length"], r["standsAt"]) for r in said]

    def sources(self) -> Answer:
        """Every source version, with the number of its passages and whether its text is at hand."""
        rows = self.store.select(self.views["versions"].text)
        has = [Literal("yes" if row[0].value in self.texts else "no") for row in rows.rows]
        table = tuple((*row, said) for row, said in zip(rows.rows, has, strict=True))
        return self.labelled(Answer((*rows.columns, "textAtHand"), table, rows.prefixes))

    def check_passages(self, version: str) -> Report:
        """Whether every passage of one version stands in its text, and none denies what its claim affirms.

        ``covered["passages"]`` counts those that do. A text that is not at hand is a note, no finding.
        """
        from kgtool.validate import spans

        iri = self.names.resolve(version, [KG + "SourceVersion"])
        return spans.report(self.store, {iri: self.texts[iri]} if iri in self.texts else {})

    def validate(self, require_text: bool = False) -> Report:
        """Shapes, check queries, passages, and identifiers with their labels, in one report."""
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
        )

    def cite(self, source: str, words: str, nth: int | None = None) -> str:
        """The Turtle block of the place where words stand in a version's text, however their spaces were typed."""
        version = self.names.resolve(source, [KG + "SourceVersion"])
        return citing.block(version, self._text(version), words, nth, self.store.prefixes)

    def passages_of(self, source: str) -> Iterator[str]:
        """Each claim of a source or version, with its sentence lit where the text is at hand."""
        for row in self.ask("claims-of", source=source):
            yield str(self._explainer.claim(self.store.prefixes.expand(row["claim"])))

    @cached_property
    def texts(self) -> dict[str, str]:
        """The texts at hand, by the IRI of their version."""
        found = {version.iri: texts.at_hand(version, self.project.texts) for version in self.versions()}
        return {iri: text for iri, text in found.items() if text is not None}

    def _resolved(self, query: Query, params: dict[str, str | None]) -> dict[str, str | None]:
        kinds = {param.name: [self.store.prefixes.expand(kind) for kind in param.kinds] for param in query.params}
        return {
            name: None if typed in (None, ANY) else self.names.resolve(str(typed), self._with_subclasses(kinds.get(name, ())))
            for name, typed in params.items()
        }

    def _with_subclasses(self, kinds: Iterable[str]) -> list[str]:
        listed = ", ".join(f"<{kind}>" for kind in kinds)
        if not listed:
            return []
        below = self.store.select(f"SELECT ?kind {{ ?kind rdfs:subClassOf* ?top FILTER(?top IN ({listed})) }}")
        return [*kinds, *(row[0].value for row in below.rows)]

    @cached_property
    def _name_rows(self) -> Answer:
        return self.store.select(self.views["names"].text)

    @cached_property
    def _all_labels(self) -> dict[str, str]:
        return {thing.value: name.value for thing, name, _, role in self._name_rows.rows if role.value == "label"}

    def _labels(self, iris: list[str]) -> dict[str, str]:
        values = " ".join(f"<{iri}>" for iri in iris)
        rows = self.store.select(f"SELECT ?thing ?label {{ VALUES ?thing {{ {values} }} ?thing rdfs:label ?label }}").rows
        return {thing.value: label.value for thing, label in rows}

    _explained_kinds = tuple(KG + kind for kind in ("Claim", "GapClaim", "Proposition", "Edge"))

    def _by_kind(self, kind: str) -> set[str]:
        return {row[0].value for row in self._name_rows.rows if row[2].value == KG + kind}

    def _why_edge(self, subject: str, relation: str, value: str) -> Reason:
        return self._explainer.edge(self.names.resolve(subject), self._relation(relation), self.names.resolve(value))

    def _relation(self, typed: str) -> str:
        relations = [KG + "Relation"]
        spelled = typed if ":" in typed or " " in typed else f"kg:{typed}"
        try:
            return self.names.resolve(typed, relations)
        except WrongUse:
            return self.names.resolve(spelled, relations)

    def _split_edge(self, typed: str) -> tuple[str, str, str] | None:
        """An edge typed as one sentence: the longest relation name with something on either side of it."""
        relations = sorted(self._by_kind("Relation"))
        spellings = {s for iri in relations for s in (self.names.label(iri), self.store.prefixes.contract(iri), iri.rpartition("#")[2])}
        for spelling in sorted(spellings, key=lambda s: (-len(s), s)):
            subject, found, value = typed.partition(f" {spelling} ")
            if found and subject and value:
                return subject, spelling, value
        return None

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer(self.store, self.views, self.show_term, self._sentence)

    def _text(self, version: str) -> str:
        if version not in self.texts:
            raise TextMissing(f"the text of {self.names.label(version)} is not at hand; `kgtool sources add FILE` brings it")
        return self.texts[version]

    def _sentence(self, version: str, start: int, end: int) -> str | None:
        return citing.lit(self.texts[version], start, end) if version in self.texts else None


def _rank(name: str, wanted: str) -> int:
    return 0 if name == wanted else 1 if name.startswith(wanted) else 2
