"""Evidence and certainty read a second time, slowly and from the rules alone: both readings of small worlds agree."""

from __future__ import annotations

from dataclasses import replace

from evidence_worlds import (
    ABOVE,
    COMPANIES,
    FAR,
    HERE,
    OPPOSITE,
    PART,
    SIGN,
    THERE,
    USE,
    USE_THERE,
    WHOLE,
    backgrounds,
    studies,
    thing,
    told,
    world,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from kgtool.judge.evidence.certainty import LEVELS, Scale
from kgtool.judge.evidence.lines import Studied
from kgtool.terms import KG, SCHEMA

OF_ANY_CAUSE, USE_ABOVE = replace(USE, disease=None), replace(USE, disease=ABOVE)
NEAREST_FIRST = ("exact", "high", "moderate", "low")
OUTCOMES = {SIGN: "exact", PART: "high", WHOLE: "moderate"}
AKIN = {(HERE, ABOVE), (ABOVE, HERE)}
SPEAKS = {KG + "favoursIntervention": "supports", KG + "favoursComparator": "disputes"}
MASKED, RANDOMISED = NamedNode(SCHEMA + "DoubleBlindedTrial"), NamedNode(SCHEMA + "RandomizedTrial")


class Reading:
    """What claims say, asked for one relation of one thing at a time."""

    def __init__(self, claims):
        self.claims = claims

    def of(self, subject, relation):
        """What is affirmed of a thing."""
        return [one for one in self.said(relation) if one.subject == subject and one.affirmed]

    def said(self, relation):
        return [one for one in self.claims if one.relation in (KG + relation, SCHEMA + relation)]

    def disease(self, condition):
        return {NamedNode(one.value + "-context"): one for one in (HERE, THERE, ABOVE, FAR)}.get(condition, condition)

    def nearness(self, people, wanted):
        """How near people are to those asked about; None where nothing leads from the ones to the others."""
        if wanted is None:
            return "moderate"
        if people == wanted:
            return "exact"
        if (people, wanted) in AKIN:
            return "moderate"
        return "low" if any(one.object in (SIGN, PART) for one in self.of(wanted, "hasSign")) else None

    def support(self, study, outcome):
        found = [one for one in self.said("showedEffectOn") if (one.subject, one.object) == (study, outcome)]
        own = [one for one in found if one.own_report] or found
        spoken = {SPEAKS.get(one.direction, "neutral") if one.affirmed else "neutral" for one in own}
        return spoken.pop() if len(spoken) == 1 else "neutral"

    def lines(self, use):
        for study in {one.subject for one in self.said("showedEffectOn")}:
            outcomes = {one.object for one in self.said("showedEffectOn") if one.subject == study}
            near = {self.nearness(one.object, use.disease) for one in self.of(study, "population")} - {None}
            if not near or use.drug not in [one.object for one in self.of(study, "intervention")]:
                continue
            compared = self.of(study, "comparator") or RANDOMISED in [one.object for one in self.of(study, "trialDesign")]
            for outcome in outcomes & set(OUTCOMES):
                yield (study, outcome, self.support(study, outcome), min(near, key=NEAREST_FIRST.index),
                       "exact" if compared else "low", OUTCOMES[outcome])

    def unsupporting_reviews(self, use):
        said = [one for one in self.said("foundEvidenceOn") if one.affirmed and one.treatment == use.drug]
        near = [one for one in said if self.nearness(self.disease(one.object), use.disease)]
        return [one for one in near if SPEAKS.get(one.direction) != "supports"]

    def family(self, company):
        family, before = {company}, None
        while family != before:
            before = set(family)
            for one in self.said("mergedInto"):
                if one.affirmed and family & {one.subject, one.object}:
                    family |= {one.subject, one.object}
        return family

    def start(self, study):
        designs = self.of(study, "trialDesign")
        if any(one.object == RANDOMISED and one.own_report for one in designs):
            return "high"
        return "moderate" if {MASKED, RANDOMISED} <= {one.object for one in designs} else "low"

    def enrolled(self, study):
        return min((int(one.object.value) for one in self.of(study, "enrolment")), default=0)

    def firm(self, disease):
        said = [one for one in self.said("hasSign") if one.subject == disease]
        has_it = [one for one in said if one.object in (SIGN, PART)]
        against = any(not one.affirmed for one in has_it) or any(one.affirmed and one.object == OPPOSITE for one in said)
        return not against and any(one.affirmed and one.surely in ("flat", "reported", "capability") for one in has_it)

    def certainty(self, use):
        lines = list(self.lines(use))
        good = [line for line in lines if line[2] == "supports" and line[5] in ("exact", "high")]
        contrary = self.unsupporting_reviews(use) or any(line[2] == "disputes" for line in lines)
        makers = [self.family(one.object) for one in self.of(use.drug, "originator")]
        ends = []
        for far, nearness in enumerate(NEAREST_FIRST):
            body = {line[0] for line in good if NEAREST_FIRST.index(line[3]) <= far}
            if nearness not in [line[3] for line in good]:
                continue
            authors = [{one.object for one in self.of(study, "authorAffiliation")} for study in body]
            down = {"moderate": 1, "low": 2}.get(nearness, 0) + (sum(map(self.enrolled, body)) < 400) + bool(contrary)
            down += bool(makers) and all(any(family & theirs for family in makers) for theirs in authors)
            down += nearness == "low" and not self.firm(use.disease)
            ends.append(max(0, max(LEVELS.index(self.start(study)) for study in body) - down))
        return LEVELS[max(ends)] if ends else None


def elsewhere():
    """What others, and the report itself, may say of the first study besides."""
    study = thing("study0")
    enough = told(study, "enrolment", Literal(400))
    of_the_maker = [told(USE.drug, "originator", COMPANIES[0], "page", "news"), told(study, "authorAffiliation", COMPANIES[0])]
    opposed = [told(THERE, "hasSign", sign, "book", "database") for sign in (SIGN, OPPOSITE)]
    alone = st.lists(st.sampled_from([
        told(study, "showedEffectOn", SIGN, "page", "news", direction="noDifference"),
        told(study, "showedEffectOn", SIGN, "paper-of-study0", direction="favoursComparator", polarity="denied"),
        told(study, "population", HERE, "page", "news"), told(study, "enrolment", Literal(399), "page", "news"),
        *(told(study, SCHEMA + "trialDesign", design, "page", "news") for design in (MASKED, RANDOMISED)),
    ]), unique_by=lambda one: one.claim)
    together = st.sampled_from([[], [enough, *of_the_maker], [enough, *opposed]])
    return st.tuples(alone, together).map(lambda drawn: [*drawn[0], *drawn[1]])


@settings(max_examples=500)
@given(studies(3), backgrounds(), elsewhere(), st.data())
def test_two_readings_of_the_same_claims_agree(said, around, page, data):
    claims = world(said, around, page).claims
    gone, denied = (data.draw(st.sets(st.sampled_from(claims), max_size=3)) for _ in range(2))
    left = [replace(one, polarity=KG + "denied") if one in denied else one for one in claims if one not in gone]
    counted, reading = world(left), Reading(left)
    for use in (USE, USE_THERE, USE_ABOVE, OF_ANY_CAUSE):
        found = Studied(counted).lines(use)
        assert {(line.study, line.outcome, line.support, line.population, line.comparator, line.outcome_directness)
                for line in found if not line.is_review} == set(reading.lines(use))
        rating = Scale(counted).rate(use, found)
        assert (rating and rating.level) == reading.certainty(use)
