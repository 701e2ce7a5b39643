"""What is known of gaps under one policy: the questions, and the studies and searches that may answer them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pyoxigraph import NamedNode

from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.judge.gaps.pico import Match, Question, Search, Study, limits, match
from kgtool.judge.hierarchy import Ancestry, Hierarchies
from kgtool.store import Store
from kgtool.terms import KG, Term

ANY = "any treatment"  # what a search took that names none
STATED, OF_A_USE = "gap-stated", "gap-of-a-use"
APPROVED, CONTROLLED = KG + "approvedFor", KG + "controlledTrial"

Key, Value = TypeVar("Key"), TypeVar("Value")


@dataclass(frozen=True)
class Gap:
    """A question that nobody is known to have answered, with the claims that raise it and the rule that found it."""

    question: Question
    claims: tuple[str, ...]
    rule: str


@dataclass(frozen=True)
class Known:
    """All that decides over gaps, as the sources that count under one policy say it.

    ``studies`` are by drug and by disease or anything above it, each also by None for any; ``denials``, the gaps that
    sources state, by drug and disease; ``searches`` by treatment and the disease searched, ``searches_within`` by that
    and all above, each also by None for whatever treatment.
    """

    gaps: tuple[Gap, ...]
    studies: Mapping[tuple[str | None, str | None], list[Study]]
    searches: Mapping[tuple[str | None, str], list[Search]]
    searches_within: Mapping[tuple[str | None, str], list[Search]]
    denials: Mapping[tuple[str | None, str | None], list[Gap]]
    order: Ancestry[str]
    release: str
    labels: Mapping[str, str]
    store: Store

    def show(self, iri: str) -> str:
        return self.labels.get(iri) or self.store.prefixes.contract(iri)

    def matches(self, question: Question) -> list[Match]:
        """The studies that answer a question in whole or in part, the nearest first."""
        studies = self.studies.get((question.drug, question.disease), ())
        found = [match(question, study, self.order, self.show) for study in studies]
        return sorted((m for m in found if m), key=lambda m: (len(m.lacks), not m.of_the_design, m.study))

    def searched(self, question: Question) -> list[tuple[Search, tuple[str, ...]]]:
        """The searches that bear on a question, each with what it left out."""
        # by treatment too: a class of diseases may have a search for each of very many drugs
        drugs = (question.drug, ANY) if question.drug else (None,)
        around = (self.searches.get((drug, d), ()) for drug in drugs for d in self.order.kinds(question.disease))
        within = (self.searches_within.get((drug, question.disease), ()) for drug in drugs)
        near = {search for searches in (*around, *within) for search in searches}
        found = [(search, limits(search, question, self.order, self.show)) for search in near]
        return sorted(
            ((search, left_out) for search, left_out in found if left_out is not None), key=lambda pair: pair[0].claims
        )

    def denied(self, question: Question) -> list[str]:
        """The claims that say outright that no such study was done."""
        near = self.denials.get((question.drug, question.disease), ())
        return sorted({claim for gap in near if self._says_no(gap.question, question) for claim in gap.claims})

    def _says_no(self, said: Question, asked: Question) -> bool:
        """Where no trial was done, none with a given outcome or of a stricter design was done either."""
        return said.outcome in (None, asked.outcome) and (
            said.design is None or said.design in self.order.kinds(asked.design)
        )


def read(
    store: Store, queries: Mapping[str, Query], policy: str, hierarchies: Hierarchies, also: Iterable[str] = ()
) -> Known:
    """What one policy knows of gaps, studies and searches; ``also`` are further things whose labels will be needed."""
    return _known(store, queries, policy, hierarchies, {}, also)


def read_about(
    store: Store, queries: Mapping[str, Query], policy: str, hierarchies: Hierarchies, question: Question
) -> Known:
    """The part of it that can matter to one question, where that names a drug: all of it, where it does not."""
    also = {iri for iri in (question.drug, question.disease, question.outcome, question.design) if iri}
    if question.drug is None:
        return read(store, queries, policy, hierarchies, also)

    def said_of(thing: Iterable[str], relation: str) -> tuple[str, ...]:
        bound = queries["claims-by-object"].bind({"object": tuple(thing), "relation": relation})
        return tuple(dict.fromkeys(of.value for _, of in store.select(bound).rows))

    near = kinds(store, queries, hierarchies).kinds(question.disease) if question.disease else set()
    near |= hierarchies.below(question.disease) if question.disease else set()
    limits = {
        "drug": question.drug,
        "study": said_of([question.drug], KG + "intervention"),
        "review": said_of(sorted(near), KG + "searchedTrialsIn"),
    }
    return _known(store, queries, policy, hierarchies, limits, also)


def _known(
    store: Store, queries: Mapping[str, Query], policy: str, hierarchies: Hierarchies,
    limits: Mapping[str, str | tuple[str, ...]], also: Iterable[str],
) -> Known:
    """``limits`` are by parameter of the queries that have it."""
    def rows(query: str) -> Answer:
        own = {param.name: limits[param.name] for param in queries[query].params if param.name in limits}
        return store.select(queries[query].bind({"policy": policy, **own}))

    order = kinds(store, queries, hierarchies)
    gaps = (*_stated(rows("stated-gaps")), *_of_uses(rows("approved-or-used")))
    studies = _studies(rows("studies"))
    searches = list(_searches(rows("searches")))
    named = _named(gaps, studies, searches).union(also)
    hierarchies.expect(named)
    return Known(
        gaps=gaps,
        studies=_grouped((key, study) for study in studies for key in _keys(study, order)),
        searches=_grouped(
            ((drug, d), search) for search in searches for drug in _treatments(search) for d in search.diseases
        ),
        searches_within=_grouped(
            ((drug, above), search)
            for search in searches
            for drug in _treatments(search)
            for disease in search.diseases
            for above in order.kinds(disease)
        ),
        denials=_grouped(((gap.question.drug, gap.question.disease), gap) for gap in gaps if gap.rule == STATED),
        order=order,
        release=hierarchies.default("mondo").release,
        labels=store.labels(named),
        store=store,
    )


def kinds(store: Store, queries: Mapping[str, Query], hierarchies: Hierarchies) -> Ancestry[str]:
    """What is a kind of what: diseases and signs in the default releases, and designs of studies."""
    designs = defaultdict(list)
    for design, broader in store.select(queries["designs"].text).rows:
        designs[design.value].append((broader.value, ""))
    return Ancestry(lambda thing: [*hierarchies.steps(thing), *designs.get(thing, ())])


def _keys(study: Study, order: Ancestry[str]) -> set[tuple[str | None, str | None]]:
    people = {None, *(above for disease, _ in study.diseases for above in order.kinds(disease))}
    return {(drug, disease) for drug in (None, *(drug for drug, _ in study.drugs)) for disease in people}


def _treatments(search: Search) -> tuple[str | None, ...]:
    return (None, *(search.treatments or (ANY,)))


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    grouped: dict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        if value not in grouped[key][-1:]:
            grouped[key].append(value)
    return dict(grouped)


def _stated(said: Answer) -> Iterator[Gap]:
    raised = defaultdict(set)
    for *parts, claim in said.rows:
        raised[Question(*map(_iri, parts))].add(claim.value)
    yield from (Gap(question, tuple(sorted(claims)), STATED) for question, claims in raised.items())


def _of_uses(said: Answer) -> Iterator[Gap]:
    """A drug approved for a sign in one disease and used for it in another: was it tested in the other?"""
    approved, used = defaultdict(set), defaultdict(set)
    for drug, sign, disease, relation, claim in said.rows:
        if relation.value == APPROVED:
            approved[drug.value, sign.value].add(disease.value)
        else:
            used[drug.value, sign.value, disease.value].add(claim.value)
    for (drug, sign, disease), claims in used.items():
        if approved[drug, sign] and disease not in approved[drug, sign]:
            yield Gap(Question(drug, disease, sign, CONTROLLED), tuple(sorted(claims)), OF_A_USE)


def _studies(said: Answer) -> list[Study]:
    parts: dict[str, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for study, part, value, claim in said.rows:
        if isinstance(value, NamedNode):
            parts[study.value][part.value].append((value.value, claim.value))
    return [Study(iri, **{part: tuple(pairs) for part, pairs in of.items()}) for iri, of in parts.items()]


def _searches(said: Answer) -> Iterator[Search]:
    """One search a review and date, however many claims say in which diseases."""
    found: dict[tuple[str, str], list] = defaultdict(list)
    for review, disease, until, *rest in said.rows:
        found[review.value, until.value if until else ""].append((disease, *rest))
    for (review, until), rows in found.items():
        columns = (tuple(sorted({term.value for term in column if term})) for column in zip(*rows, strict=True))
        diseases, designs, outcomes, treatments, claims = columns
        yield Search(review, until, diseases, claims, designs, outcomes, treatments)


def _named(gaps: Iterable[Gap], studies: Iterable[Study], searches: Iterable[Search]) -> set[str]:
    """Every thing whose label a reason may need."""
    of_gaps = {
        iri
        for gap in gaps
        for iri in (gap.question.drug, gap.question.disease, gap.question.outcome, gap.question.design)
    }
    of_studies = {
        iri
        for study in studies
        for iri in (study.iri, *(v for v, _ in (*study.diseases, *study.outcomes, *study.designs)))
    }
    of_searches = {iri for s in searches for iri in (s.source, *s.diseases, *s.designs, *s.outcomes)}
    return {iri for iri in of_gaps | of_studies | of_searches if iri}


def _iri(term: Term | None) -> str | None:
    return term.value if term is not None else None
