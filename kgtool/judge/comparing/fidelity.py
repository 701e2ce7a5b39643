"""Fidelity: whether what a source says of a study stands in the study's own report, and what it left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kgtool.claim import Judgement
from kgtool.judge.comparing.ground import Ground
from kgtool.judge.comparing.order import Order
from kgtool.judge.comparing.said import NO, YES, Said
from kgtool.terms import KG, SCHEMA, Prefixes, Term, kg

RULE = "fidelity"
OWN_REPORT = KG + "primaryStudy"
EVERYTHING = KG + "Relation"
REGISTER = KG + "trialRegister"
DESIGN = SCHEMA + "trialDesign"
# What is true of people with a sign in a disease is true of people with the disease; effects do not carry over so.
UPWARD = (KG + "population", KG + "participants")

Finding = tuple[str, Said | None, Said | None, str]


def judge(ground: Ground) -> list[Judgement]:
    """One judgement a claim about a study, wherever both a report of it and somebody's retelling count."""
    studies = {study for (study,) in ground.store.select("SELECT DISTINCT ?study { ?study a kg:Study }").rows}
    reports, retellings = _by_study(one for one in ground.said if one.subject in studies)
    one_value = {row[1].value for row in ground.rows("families") if row[2].value == "true"}
    full = {(version.value, relation.value) for version, relation in ground.rows("entered-in-full")}
    return [
        _judged(finding, study, version, ground.policy, ground.store.prefixes)
        for (study, version), told in sorted(retellings.items(), key=str)
        if study in reports
        for finding in _findings(told, reports[study], _World(ground.order, one_value, full))
    ]


@dataclass(frozen=True)
class _World:
    """What comparing needs beside the claims; ``full`` are versions with relations of which all they say is entered."""

    order: Order
    one_value: set[str]
    full: set[tuple[str, str]]


def _by_study(said: Iterable[Said]) -> tuple[dict[Term, list[Said]], dict[tuple[Term, str], list[Said]]]:
    reports: dict[Term, list[Said]] = defaultdict(list)
    retellings: dict[tuple[Term, str], list[Said]] = defaultdict(list)
    for one in said:
        if one.source_type == OWN_REPORT:
            reports[one.subject].append(one)
        elif one.source_type != REGISTER:
            retellings[one.subject, one.version].append(one)
    return reports, retellings


def _findings(told: list[Said], report: list[Said], world: _World) -> Iterator[Finding]:
    covered = {own.claim for claim in told for own in report if _same(claim, own) or _implied(claim, own)}
    for claim in told:
        verdict, own, because = _compared(claim, report, world)
        yield verdict, claim, own, because
        if own and own.relation == claim.relation and own.object == claim.object:
            yield from _details_left_out(claim, own)
    yield from (("leftOut", None, own, "The retelling does not say it.") for own in report if own.claim not in covered)


def _details_left_out(claim: Said, own: Said) -> Iterator[Finding]:
    said = {name for name, _ in claim.qualifiers}
    for name in sorted({name for name, _ in own.qualifiers if name not in said and name not in _NO_DETAILS}):
        yield "leftOut", claim, own, f"The retelling does not give the {name.rpartition('#')[2]}."


_NO_DETAILS = (KG + "direction", KG + "implies")


def _compared(claim: Said, report: list[Said], world: _World) -> tuple[str, Said | None, str]:
    same = [_surer(claim, own) for own in report if _same(claim, own)]
    if same:
        return min(same, key=lambda found: _BEST_FIRST.index(found[0]))
    if own := next((own for own in report if _implied(claim, own)), None):
        return "confirmed", own, "What one of them says follows from what the other does."
    alike = [own for own in report if own.relation == claim.relation and NO not in (own.stand.says, claim.stand.says)]
    near = [own for own in alike if world.order.related(claim.object, own.object)]
    if own := next((own for own in near if _follows(claim, own, world.order)), None):
        return "confirmed", own, "The study's own report says it of something narrower, from which this follows."
    if near:
        return "overstated", near[0], "The study's own report speaks of something near to it, not of this."
    if own := next((own for own in alike if claim.relation in world.one_value), None):
        return "saidOtherwise", own, "The study's own report gives another value."
    if any({(own.version, claim.relation), (own.version, EVERYTHING)} & world.full for own in report):
        return "notFound", None, "The study's own report, entered in full on this, does not say it."
    return "notFound", None, "What is entered of the study's own report does not say it; not all of it is entered."


def _same(claim: Said, own: Said) -> bool:
    return claim.relation == own.relation and claim.object == own.object


# The report may say a thing more than once: what says the same is what counts.
_BEST_FIRST = ("confirmed", "overstated", "saidOtherwise")


def _surer(claim: Said, own: Said) -> tuple[str, Said, str]:
    if (claim.stand.says == NO) != (own.stand.says == NO):
        return "saidOtherwise", own, "One says yes where the other says no."
    if claim.stand.surety > own.stand.surety:
        return "overstated", own, "The study's own report says it with more of a hedge."
    return "confirmed", own, "The study's own report says the same."


def _follows(claim: Said, own: Said, order: Order) -> bool:
    firm = claim.stand.surety <= own.stand.surety
    return firm and claim.relation in UPWARD and claim.object in order.broader(own.object)


def _implied(claim: Said, own: Said) -> bool:
    """A design that one of the two names and the other only implies, as placebo implies placebo-controlled."""
    pairs = ((claim, own), (own, claim))
    both = claim.stand.says == own.stand.says == YES
    return both and any(one.relation == DESIGN and one.object in _designs(other) for one, other in pairs)


def _designs(said: Said) -> tuple[Term, ...]:
    """The designs that follow from a claim; who names a comparator says that the trial was controlled."""
    return (*said.qualified("implies"), *((kg("controlledTrial"),) if said.relation == KG + "comparator" else ()))


def _judged(finding: Finding, study: Term, version: str, policy: str, prefixes: Prefixes) -> Judgement:
    verdict, told, own, because = finding
    sides = tuple(one for one in (told, own) if one)
    said = " ".join(f"{prefixes.contract(one.claim)} ({one.version_label}): {one.words}" for one in sides)
    return Judgement(
        kind="Fidelity",
        about=(
            (KG + "ofStudy", study), (KG + "ofVersion", NamedNode(version)),
            (KG + "ofRelation", NamedNode(sides[0].relation)),
            *((KG + "ofClaim", NamedNode(one.claim)) for one in sides),
        ),
        verdict=KG + verdict, reason=f"{said} {because}", claims=tuple(one.claim for one in sides),
        rule=RULE, policy=policy,
    )
