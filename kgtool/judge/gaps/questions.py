"""Questions about trials: is there one, what would one close, and which would close the most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pyoxigraph import Literal, NamedNode

from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.errors import WrongUse
from kgtool.judge.asked import Asked, counting
from kgtool.judge.gaps import known as knowledge
from kgtool.judge.gaps.known import Gap, Known
from kgtool.judge.gaps.pico import Match, Question, Study, match
from kgtool.judge.hierarchy import Hierarchies
from kgtool.store import Store
from kgtool.terms import Term

CLAIMED = "trial"  # stands in for the claims of a trial that nobody has done yet


def trial_in(asked: Asked) -> Answer:
    """One row an answer: a study that matches in whole or in part; else who says no or found none, or nobody looked."""
    question = _question(asked)
    known = knowledge.read_about(*_where(asked), question)
    matches = [m for m in known.matches(question) if m.of_the_design]
    whole = [m for m in matches if m.whole]
    rows = [_studied(m, known) for m in whole] or [
        *(_studied(m, known) for m in matches),
        *_not_studied(question, known),
    ]
    return Answer(("answer", "who", "details", "claims"), tuple(rows), asked.rows.prefixes)


def _question(asked: Asked) -> Question:
    """The parts in the order in which the query gives them: drug, disease, outcome, design, and last the policy."""
    *parts, _ = asked.rows.rows[0]
    return Question(*(term.value if term is not None else None for term in parts))


def _where(asked: Asked) -> tuple[Store, Mapping[str, Query], str, Hierarchies]:
    """What is read, and under which policy."""
    return asked.store, asked.queries, counting(asked.rows.rows[0][-1]), asked.hierarchies


def _studied(m: Match, known: Known) -> tuple[Term | None, ...]:
    details = Literal("; ".join(m.lacks_in_words)) if m.lacks else None
    return Literal("yes" if m.whole else "in part"), NamedNode(m.study), details, _claims(m.claims, known)


def _not_studied(question: Question, known: Known) -> list[tuple[Term | None, ...]]:
    said = [
        (Literal("no, it says"), _source(claim, known), None, _claims([claim], known))
        for claim in known.denied(question)
    ]
    found = [
        (
            Literal(f"none found until {search.until or 'a date not given'}"),
            NamedNode(search.source),
            Literal("; ".join(left_out)) if left_out else None,
            _claims(search.claims, known),
        )
        for search, left_out in known.searched(question)
    ]
    return said + found or [
        (Literal("nobody looked"), None, Literal("no source counted here says that it searched"), None)
    ]


def _claims(claims: Iterable[str], known: Known) -> Literal:
    return Literal(" ".join(sorted(map(known.store.prefixes.contract, claims))))


def _source(claim: str, known: Known) -> Term:
    found = known.store.select(
        f"SELECT DISTINCT ?source {{ <{claim}> kg:saidIn/prov:specializationOf ?source }} ORDER BY ?source"
    )
    return found.rows[0][0]


def closes(asked: Asked) -> Answer:
    """Every gap that the trial bears on: its state now and with the trial, and what the trial would still lack."""
    question = _question(asked)
    if not (question.drug and question.disease and question.design):
        raise WrongUse("a trial has a drug, a population and a design: name all three; its outcome alone may be any")
    known = knowledge.read_about(*_where(asked), question)
    rows = [_row(gap, match(gap.question, _trial([question]), known.order, known.show), known) for gap in known.gaps]
    return Answer(
        ("drug", "disease", "outcome", "now", "then", "lacks", "claims"),
        tuple(sorted((row for row in rows if row), key=lambda row: [str(term) for term in row])),
        asked.rows.prefixes,
    )


def _row(gap: Gap, found: Match | None, known: Known) -> tuple[Term | None, ...] | None:
    if found is None or not found.of_the_design:
        return None
    now = _state(known.matches(gap.question))
    question = (
        NamedNode(part) if part else None for part in (gap.question.drug, gap.question.disease, gap.question.outcome)
    )
    lacks = Literal(" / ".join(found.lacks_in_words)) if found.lacks else None
    then = _state([*known.matches(gap.question), found])
    return (*question, Literal(now), Literal(then), lacks, _claims(gap.claims, known))


def _state(matches: Iterable[Match]) -> str:
    of_the_design = [m for m in matches if m.of_the_design]
    return "open" if not of_the_design else "closed" if any(m.whole for m in of_the_design) else "contested"


def _trial(questions: Iterable[Question]) -> Study:
    """The study that has every part that the questions name, and no other."""
    asked = list(questions)
    parts = {
        part: {getattr(question, part) for question in asked} - {None}
        for part in ("drug", "disease", "outcome", "design")
    }
    return Study(
        CLAIMED, **{f"{part}s": tuple((iri, CLAIMED) for iri in sorted(named)) for part, named in parts.items()}
    )


def best_trial(asked: Asked) -> Answer:
    """Trials by how many gaps each would close, most first; of those that close as many, the one with fewer parts.

    A trial tests one drug in people with one disease; it may measure more than one thing. Gaps that ask for no design
    are not waiting for a trial.
    """
    known = knowledge.read(*_where(asked))
    waiting = defaultdict(list)
    for gap in known.gaps:
        if gap.question.design and _state(known.matches(gap.question)) != "closed":
            waiting[gap.question.drug, gap.question.disease].append(gap)
    ranked = sorted(waiting.values(), key=lambda gaps: (-len(gaps), len(_parts(gaps)), _parts(gaps)))
    return Answer(
        ("closes", "drug", "population", "outcomes", "design", "claims"),
        tuple(_plan(gaps, known) for gaps in ranked),
        asked.rows.prefixes,
    )


def _parts(gaps: list[Gap]) -> list[str]:
    trial = _trial(gap.question for gap in gaps)
    return [iri for part in (trial.drugs, trial.diseases, trial.outcomes, trial.designs) for iri, _ in part]


def _plan(gaps: list[Gap], known: Known) -> tuple[Term | None, ...]:
    trial = _trial(gap.question for gap in gaps)
    drug, disease = gaps[0].question.drug, gaps[0].question.disease
    return (
        Literal(len(gaps)),
        NamedNode(drug) if drug else None,
        NamedNode(disease) if disease else None,
        Literal(", ".join(known.show(iri) for iri, _ in trial.outcomes) or "any"),
        Literal(", ".join(known.show(iri) for iri in _strictest([iri for iri, _ in trial.designs], known))),
        _claims({claim for gap in gaps for claim in gap.claims}, known),
    )


def _strictest(designs: list[str], known: Known) -> list[str]:
    """The designs that no other one of them implies."""
    return [one for one in designs if not any(one in known.order.above(other) for other in designs if other != one)]
