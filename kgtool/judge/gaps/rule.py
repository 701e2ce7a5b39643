"""The state of each gap: open, contested or closed, what would close it, and who looked for a study in vain."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from kgtool.catalogue import Query
from kgtool.claim import Judgement
from kgtool.judge.gaps import known as knowledge
from kgtool.judge.gaps.known import STATED, Gap, Known
from kgtool.judge.gaps.pico import Match, Question, Search
from kgtool.judge.hierarchy import Hierarchies
from kgtool.store import Store
from kgtool.terms import KG, Term


def judge(store: Store, queries: Mapping[str, Query], policy: str, hierarchies: Hierarchies) -> list[Judgement]:
    """The state of each gap: those that a source states, and the missing trial of each use that stands on another's.

    Open: no study matches. Contested: one of the design asked for matches in part. Closed: one matches in whole.
    """
    known = knowledge.read(store, queries, policy, hierarchies)
    return [_judged(gap, known, policy) for gap in known.gaps]


def _judged(gap: Gap, known: Known, policy: str) -> Judgement:
    matches = [m for m in known.matches(gap.question) if m.of_the_design]
    decisive = [m for m in matches if m.whole] or matches
    state = "openGap" if not decisive else "closedGap" if decisive[0].whole else "contestedGap"
    # who searched in vain no longer matters once the study is there
    searches = [] if state == "closedGap" else known.searched(gap.question)
    denied = [] if state == "closedGap" else known.denied(gap.question)
    about = [*_parts(gap.question), ("wouldClose", Literal(gap.question.words(known.show)))]
    about += [("answeredBy", NamedNode(m.study)) for m in decisive]
    about += [("lacks", Literal(f"{known.show(m.study)}, {lack}")) for m in decisive for lack in m.lacks_in_words]
    if state != "closedGap":
        about += [("searched", NamedNode(KG + answer)) for answer in answers(denied, searches)]
    about += [("searchedBy", Literal(searched_by(search, left_out, known))) for search, left_out in searches]
    used = {
        *gap.claims,
        *denied,
        *(c for m in decisive for c in m.claims),
        *(c for search, _ in searches for c in search.claims),
    }
    return Judgement(
        kind="GapStatus",
        about=tuple((KG + part, value) for part, value in dict.fromkeys(about)),
        verdict=KG + state,
        reason=_reason(gap, decisive, searches, denied, known),
        claims=tuple(sorted(used)),
        rule=gap.rule,
        policy=policy,
        release=known.release,
    )


def _parts(question: Question) -> list[tuple[str, Term]]:
    parts = (
        ("ofDrug", question.drug),
        ("ofDisease", question.disease),
        ("outcome", question.outcome),
        ("design", question.design),
    )
    return [(part, NamedNode(iri)) for part, iri in parts if iri]


def answers(denied: list[str], searches: list) -> list[str]:
    """The values of kg:SearchState that hold: said not to be studied, searched in vain, or nobody looked."""
    said = (["saidNotStudied"] if denied else []) + (["noneFound"] if searches else [])
    return said or ["notSearched"]


def searched_by(search: Search, left_out: tuple[str, ...], known: Known) -> str:
    """Who searched, until when, and what was left out."""
    until = f" until {search.until}" if search.until else ", no date given"
    return "; ".join((f"{known.show(search.source)}{until}", *left_out))


def _reason(gap: Gap, decisive: list[Match], searches: list, denied: list[str], known: Known) -> str:
    claims = ", ".join(known.store.prefixes.contract(claim) for claim in gap.claims)
    raised = (
        f"{claims} says so"
        if gap.rule == STATED
        else f"{claims} names the use, and its approval is for another disease"
    )
    found = [f"{known.show(m.study)} {_how_far(m)}" for m in decisive] or ["no study counted here matches"]
    if decisive and decisive[0].whole:
        return "; ".join([raised, *found])
    looked = [f"none was found by {searched_by(search, left_out, known)}" for search, left_out in searches]
    if gap.rule != STATED:
        looked += [f"{known.store.prefixes.contract(claim)} says that there is none" for claim in denied]
    return "; ".join([raised, *found, *(looked or ["nobody counted here looked for one"])])


def _how_far(found: Match) -> str:
    return "matches in whole" if found.whole else "matches but for " + "; ".join(found.lacks_in_words)
