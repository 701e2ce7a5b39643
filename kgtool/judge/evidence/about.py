"""The part of a world that the evidence on one use can come from, read without the rest of the graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pyoxigraph import NamedNode

from kgtool.catalogue import Query
from kgtool.judge.evidence import world
from kgtool.judge.evidence.world import (
    AFFILIATION,
    COMPARATOR,
    DESIGN,
    DRUG_CLASS,
    ENROLMENT,
    HAS_SIGN,
    INTERVENTION,
    MECHANISM,
    MERGED_INTO,
    NOT_STUDIED,
    ORIGINATOR,
    POPULATION,
    RESULT,
    Use,
    World,
    grouped,
)
from kgtool.judge.hierarchy import Hierarchies
from kgtool.judge.lookup import LookedUp
from kgtool.store import Store
from kgtool.terms import Term

_OF_DRUG = (DRUG_CLASS, ORIGINATOR, NOT_STUDIED, *MECHANISM)
_OF_STUDY = (INTERVENTION, POPULATION, COMPARATOR, RESULT, DESIGN, ENROLMENT, AFFILIATION)


def read(store: Store, queries: Mapping[str, Query], policy: str, hierarchies: Hierarchies, use: Use) -> World:
    """What counts under a policy and can matter to one use: the judgements on it are those made in the whole world.

    What was found of other drugs of the class is not in it: it weighs nothing.
    """
    search = _Search(store, queries, hierarchies)
    search.outwards(use, {use.drug})
    return world.of_claims(store, queries, policy, hierarchies, sorted(search.found))


def read_with_class(
    store: Store, queries: Mapping[str, Query], policy: str, hierarchies: Hierarchies, use: Use
) -> World:
    """The same, and what was found of the other drugs of the class."""
    search = _Search(store, queries, hierarchies)
    search.outwards(use, {use.drug, *search.to(search.of([use.drug], DRUG_CLASS), DRUG_CLASS)})
    return world.of_claims(store, queries, policy, hierarchies, sorted(search.found))


@dataclass(frozen=True)
class _Search:
    """``found`` are the claims met so far. Who counts them, and what they affirm, is not asked yet."""

    store: Store
    queries: Mapping[str, Query]
    hierarchies: Hierarchies
    found: set[str] = field(default_factory=set)

    def outwards(self, use: Use, drugs: set[Term]) -> None:
        """From a use to its drug and disease, the studies and reviews, the people in them and those who made them."""
        self.of([use.drug], *_OF_DRUG)
        studies = self._studies(drugs, use.sign)
        self.of(studies, *_OF_STUDY)
        self.reviews({use.drug, *self.of([use.drug], DRUG_CLASS)})
        people = self.of(studies, POPULATION)
        self.of(people | self._diseases(people), HAS_SIGN)
        if use.disease is not None:
            self._grounds([use.disease])
        self._families(self.of([use.drug], ORIGINATOR) | self.of(studies, AFFILIATION))

    def of(self, things: Iterable[Term], *relations: str) -> set[Term]:
        """What is said of things with some relations."""
        return self._taken((claim, to) for relation, claim, to in self._said(things) if relation.value in relations)

    def to(self, things: Iterable[Term], relation: str) -> set[Term]:
        """Of what a relation to things is said."""
        return self._taken(self._rows("claims-by-object", object=things, relation=[relation]))

    def reviews(self, treatments: Iterable[Term]) -> None:
        """What reviews found of treatments."""
        self.found.update(claim.value for claim, in self._rows("reviews-by-treatment", treatment=treatments))

    def _said(self, things: Iterable[Term]) -> Iterator[tuple[Term, Term, Term]]:
        named = sorted(thing.value for thing in things if isinstance(thing, NamedNode))  # nothing is said of a number
        self.subjects.fetch(named)
        return (row for thing in named for row in self.subjects.get(thing, ()))

    @cached_property
    def subjects(self) -> LookedUp[tuple[tuple[Term, Term, Term], ...]]:
        """What is said of things, each asked once: relation, claim and what it is said to."""
        return LookedUp(lambda things: grouped(
            (subject.value, tuple(said)) for subject, *said in self._rows("claims-by-subject", subject=things)
        ))

    def _taken(self, said: Iterable[tuple[Term, Term]]) -> set[Term]:
        pairs = list(said)
        self.found.update(claim.value for claim, _ in pairs)
        return {thing for _, thing in pairs}

    def _studies(self, drugs: Iterable[Term], sign: Term) -> set[Term]:
        """Those of some drugs that had a result on a sign, on a kind of it, or on what it is a kind of."""
        found = self._rows("outcomes-by-drug", drug=drugs)
        self.hierarchies.expect([outcome.value for _, outcome in found if isinstance(outcome, NamedNode)])
        signs = world.ancestry(self.hierarchies, "hp")
        return {study for study, outcome in found if signs.akin(outcome, sign)}

    def _diseases(self, conditions: Iterable[Term]) -> set[Term]:
        return {disease for *_, disease in self._rows("conditions", condition=conditions)}

    def _grounds(self, diseases: Iterable[Term]) -> None:
        """The claims on which it rests, however far down, that diseases show a sign."""
        row = {claim.value for relation, claim, _ in self._said(diseases) if relation.value == HAS_SIGN}
        while row:
            self.found.update(row)
            row = {ground.value for _, ground in self._rows("claim-depends-on", claim=row)} - self.found

    def _families(self, organisations: set[Term]) -> None:
        """The mergers that join some organisations to others, over however many of them."""
        known, row = set(), organisations
        while row:
            known |= row
            row = (self.of(row, MERGED_INTO) | self.to(row, MERGED_INTO)) - known

    def _rows(self, query: str, **given: Iterable[Term | str]) -> Sequence[tuple[Term, ...]]:
        """The rows of a query about some things."""
        bound = {
            name: tuple(sorted((one for one in things if isinstance(one, NamedNode | str)), key=str))
            for name, things in given.items()
        }
        return self.store.select(self.queries[query].bind(bound)).rows
