"""What the verbs of a graph have in common: its project and store, and what they look up in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from kgtool import catalogue
from kgtool.answer import Answer, Unasked
from kgtool.catalogue import Query
from kgtool.project import Project
from kgtool.store import GraphStore
from kgtool.terms import KG, Term

# What only some verbs need is imported where they need it: a command uses few, and starts the faster.
if TYPE_CHECKING:
    from kgtool import identity
    from kgtool.analysis import meaning
    from kgtool.analysis.network import Network
    from kgtool.analysis.reasons import Explainer
    from kgtool.index import Index
    from kgtool.touched import Touched
    from kgtool.views.claims import Said


class Lookups:
    """One built graph, open for reading. What is looked up in it is looked up once."""

    def __init__(self, project: Project, store: GraphStore):
        self.project = project
        self.store = store

    def policy(self, name: str) -> str:
        """The IRI of a policy by its name."""
        return self.names.resolve(name, [KG + "Policy"])

    def source(self, name: str) -> str:
        """The IRI of a source, or of one of its versions, by its name."""
        return self.names.resolve(name, [KG + "Source", KG + "SourceVersion"])

    def release(self, name: str | None = None) -> str | None:
        """The IRI of a release of a hierarchy by its name; where none is named, of the one of diseases that is followed."""
        if name:
            return self.names.resolve(name, [KG + "HierarchyRelease"])
        found = self.store.select(self.views["default-release"].text).rows
        return found[0][0].value if found else None

    @cached_property
    def questions(self) -> Mapping[str, Query]:
        """The questions of queries/ask, by name."""
        return catalogue.Unread(self.project.files("queries/ask", "*.rq"), self.project.root)

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
        from kgtool import beside, index

        if path := beside.found(self.store.folder, index.FILE):
            return index.open(path)
        return index.in_memory(index.names(self.store.select(self.views["names"].text)))

    @cached_property
    def touched(self) -> Touched:
        """Which claims touch a thing."""
        from kgtool import beside, touched

        if path := beside.found(self.store.folder, touched.FILE):
            return touched.open(path)
        return touched.in_memory(touched.touches(self.store.rows, self.views))

    def labelled(self, answer: Answer) -> Answer:
        """The same answer, knowing the labels of the things in it."""
        iris = {term.value for row in answer.rows for term in row if isinstance(term, NamedNode)}
        return replace(answer, labels=Unasked(partial(self.store.labels, iris)))

    def show_term(self, term: Term) -> str:
        """A term in words: its label where it has one."""
        if not isinstance(term, NamedNode):
            return self.store.prefixes.show(term)
        return self.store.labels([term.value]).get(term.value) or self.store.prefixes.contract(term.value)

    def named(self, iri: str) -> str:
        """An IRI as a CURIE with its label; other text as it is."""
        label, shown = self.names.label(iri), self.store.prefixes.contract(iri)
        return shown if label == shown else f"{shown} ({label})"

    @cached_property
    def texts(self) -> dict[str, str]:
        """The texts at hand, by the IRI of their version."""
        from kgtool import texts

        kept = texts.names(self.project.texts)
        rows = self.store.select(self.views["digests"].text).rows if kept else ()
        digests = {version.value: sha256.value for version, sha256 in rows if sha256.value in kept}
        found = {iri: texts.at_hand(sha256, self.project.texts) for iri, sha256 in digests.items()}
        return {iri: text for iri, text in found.items() if text is not None}

    @cached_property
    def known(self) -> meaning.Known:
        """What typed words are read against."""
        from kgtool.analysis import meaning

        root = self.project.root
        # not by way of self: in a circle the graph would outlive its last user, and hold its files
        return meaning.Known(self.store, self.names, lambda: catalogue.read(root / "queries/view/hierarchy-terms.rq", root))

    @cached_property
    def _networks(self) -> dict[tuple[str, frozenset[str], frozenset[str]], Network]:
        return {}

    @cached_property
    def _judging(self) -> Mapping[str, Query]:
        """What judges read, by name."""
        from kgtool import judge

        return judge.queries(self.project)

    @cached_property
    def _last_claimed(self) -> dict[tuple[str | None, str | None], list[Said]]:
        return {}

    @cached_property
    def _explainer(self) -> Explainer:
        from kgtool.analysis.reasons import Explainer

        return Explainer(self.store, self.views, self.show_term, self._sentence)

    def _sentence(self, version: str, start: int, end: int, section: str) -> str | None:
        from kgtool import passages
        from kgtool.analysis import citing

        if version not in self.texts:
            return None
        return citing.lit(passages.within(self.texts[version], section), start, end)
