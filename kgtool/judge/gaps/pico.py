"""Questions that a trial could answer, and how far studies answer them and searches looked for those."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kgtool.judge.hierarchy import Ancestry

Show = Callable[[str], str]


@dataclass(frozen=True)
class Question:
    """What is asked; None where any will do. All names are IRIs."""

    drug: str | None
    disease: str | None
    outcome: str | None = None
    design: str | None = None

    def words(self, show: Show) -> str:
        """The study that would answer it, by population, intervention, comparator, outcome and design.

        A controlled design asks for a comparator, whichever; no other does.
        """
        parts = {
            "population": f"people with {show(self.disease)}" if self.disease else "any",
            "intervention": show(self.drug) if self.drug else "any",
            "comparator": "placebo or another treatment" if self.design else "none asked for",
            "outcome": show(self.outcome) if self.outcome else "any",
            "design": show(self.design) if self.design else "any",
        }
        return "; ".join(f"{part}: {words}" for part, words in parts.items())


@dataclass(frozen=True)
class Study:
    """A study as it is said to be: each field holds pairs of a value and the claim that says it."""

    iri: str
    drugs: tuple[tuple[str, str], ...] = ()
    diseases: tuple[tuple[str, str], ...] = ()
    outcomes: tuple[tuple[str, str], ...] = ()
    designs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Search:
    """That a review searched for trials: in which diseases, until when, of which design, treatment and outcomes."""

    source: str
    until: str
    diseases: tuple[str, ...]
    claims: tuple[str, ...]
    designs: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    treatments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """How far a study answers a question: ``lacks`` names the parts it does not have, each with its reason."""

    study: str
    lacks: tuple[tuple[str, str], ...]
    claims: tuple[str, ...]

    @property
    def whole(self) -> bool:
        return not self.lacks

    @property
    def lacks_in_words(self) -> tuple[str, ...]:
        return tuple(f"{part}: {why}" for part, why in self.lacks)

    @property
    def of_the_design(self) -> bool:
        return all(part != "design" for part, _ in self.lacks)


def match(question: Question, study: Study, order: Ancestry[str], show: Show) -> Match | None:
    """How far a study answers a question, None where it is about another drug or other people.

    People with a disease below the one asked about are some of those asked about, so such a study matches in part.
    A question about no people in particular is about its outcome, and a study with another one is no part of an answer.
    """
    drugs = [claim for drug, claim in study.drugs if question.drug in (None, drug)]
    people = [
        (disease, claim)
        for disease, claim in study.diseases
        if question.disease is None or question.disease in order.kinds(disease)
    ]
    if not drugs or not (people or question.disease is None):
        return None
    lacks, claims = [], [*drugs, *(claim for _, claim in people)]
    exact = [disease for disease, _ in people if question.disease in (None, disease)]
    if question.disease and not exact:
        lacks.append(("population", f"it had only people with {_listed([d for d, _ in people], show)}"))
    for part, wanted, found in (
        ("outcome", question.outcome, study.outcomes),
        ("design", question.design, study.designs),
    ):
        fitting = [claim for value, claim in found if wanted in order.kinds(value)]
        claims += fitting
        if wanted and not fitting:
            said = _listed([value for value, _ in found], show) or "none"
            if part == "outcome" and question.disease is None:
                return None
            lacks.append((part, f"asked is {show(wanted)}, known of the study is {said}"))
    return Match(study.iri, tuple(lacks), tuple(sorted(set(claims))))


def limits(search: Search, question: Question, order: Ancestry[str], show: Show) -> tuple[str, ...] | None:
    """What a search left out of the question, in words; None where it does not bear on the question at all."""
    if search.treatments and question.drug not in (None, *search.treatments):
        return None
    within = [d for d in search.diseases if question.disease and question.disease in order.kinds(d)]
    around = [d for d in search.diseases if question.disease and d in order.kinds(question.disease)]
    if not within and not around:
        return None
    left_out = [] if around else [f"only in {_listed(within, show)}"]
    if search.designs and not order.kinds(question.design) & set(search.designs):
        left_out.append(f"only {_listed(search.designs, show)}")
    if search.outcomes and question.outcome not in search.outcomes:
        left_out.append(f"only for {_listed(search.outcomes, show)}")
    return tuple(left_out)


def _listed(things: Iterable[str], show: Show) -> str:
    return " and ".join(sorted({show(thing) for thing in things}))
