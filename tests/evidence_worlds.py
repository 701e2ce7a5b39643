"""Small worlds of claims about studies, for the tests of what judges make of evidence."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import strategies
from pyoxigraph import Literal, NamedNode

from kgtool import judge
from kgtool.graph import Graph
from kgtool.judge import releases
from kgtool.judge.evidence import world as worlds
from kgtool.judge.evidence.world import Told, Use, World
from kgtool.judge.hierarchy import Ancestry
from kgtool.terms import ID, KG, SCHEMA, Prefixes, Term, digest


def thing(name: str) -> NamedNode:
    return NamedNode(f"http://example.org/{name}")


DRUG, MATE, SIGN, PART, WHOLE, OPPOSITE = map(thing, ("drug", "mate", "sign", "part", "whole", "opposite"))
HERE, THERE, ABOVE, FAR = map(thing, ("here", "there", "above", "far"))
USE, USE_THERE = Use(DRUG, SIGN, HERE), Use(DRUG, SIGN, THERE)
COMPANIES = tuple(thing(f"company{n}") for n in range(4))


def order(parent: dict[Term, Term], release: str = "") -> Ancestry[Term]:
    """What stands above what, where each thing has one parent at the most."""
    return Ancestry(lambda thing: [(parent[thing], release)] if thing in parent else [], release)


def counted_by_default(graph: Graph) -> World:
    """What the default policy counts in a graph."""
    queries = judge.queries(graph.project)
    return worlds.read(graph.store, queries, ID + "policy-default", releases.read(graph.store, queries))


def told(
    subject: Term, relation: str, value: Term, source: str = "paper", source_type: str = "primaryStudy", **more
) -> Told:
    """A claim, named by its content; ``relation`` and values of closed lists are local names of the vocabulary."""
    spelled = relation if ":" in relation else KG + relation
    said = Told(
        claim="", subject=subject, relation=spelled, object=value, polarity=KG + more.pop("polarity", "affirmed"),
        modality=KG + more.pop("modality", "flat"), direction=KG + more.pop("direction") if "direction" in more else "",
        treatment=more.pop("treatment", None), stance="", words=f"{relation} is said.", version=thing(f"{source}-v1"),
        source=thing(source), source_type=KG + source_type,
    )
    content = (source, str(subject), relation, str(value), said.polarity, said.modality, said.direction)
    return replace(said, claim=f"http://example.org/claim/{digest(*content)}")


def study(name: str, people: Term = HERE, enrolled: int | None = 500, direction: str = "favoursIntervention",
          randomised: bool = True, outcome: Term = SIGN, drug: Term = DRUG, company: Term | None = None) -> list[Told]:
    """What a study's own report says of it."""
    it, paper = thing(name), f"paper-of-{name}"
    said = [
        told(it, "intervention", drug, paper), told(it, "population", people, paper),
        told(it, "comparator", thing("placebo"), paper),
        told(it, "showedEffectOn", outcome, paper, direction=direction, modality="reported"),
    ]
    said += [told(it, SCHEMA + "trialDesign", NamedNode(SCHEMA + "RandomizedTrial"), paper)] if randomised else []
    said += [told(it, "enrolment", Literal(enrolled), paper)] if enrolled is not None else []
    return said + ([told(it, "authorAffiliation", company, paper)] if company else [])


def review(name: str, direction: str, treatment: Term = DRUG, people: Term = HERE) -> Told:
    found = dict(direction=direction, treatment=treatment)
    return told(thing(name), "foundEvidenceOn", _context(people), name, "systematicReview", **found)


def bridge(disease: Term = THERE, modality: str = "flat", source: str = "book", **more) -> Told:
    return told(disease, "hasSign", SIGN, source, "database", modality=modality, **more)


def merger(one: Term, other: Term) -> Told:
    return told(one, "mergedInto", other, "history", "companyPage")


def world(*claims: Told | list[Told], **more) -> World:
    """A world in which the part of the sign is a kind of it, and here stands below above."""
    flat = [one for said in claims for one in (said if isinstance(said, list) else [said])]
    given = dict(
        policy=KG + "policy", claims=tuple({one.claim: one for one in flat}.values()),
        ingredients={}, publishers={}, cited={},
        contexts={_context(d): (SIGN, d) for d in (HERE, THERE, ABOVE, FAR)},
        opposites={SIGN: frozenset((OPPOSITE,))}, labels={}, prefixes=Prefixes({}),
        diseases=order({HERE: ABOVE}, "http://example.org/diseases"), signs=order({PART: SIGN, SIGN: WHOLE}),
    )
    return World(**{**given, **more})


def _context(disease: Term) -> NamedNode:
    return NamedNode(disease.value + "-context")


def studies(most: int = 4) -> strategies.SearchStrategy[list[Told]]:
    """The reports of a few studies, with whatever design, size, people and result."""
    one = strategies.tuples(
        strategies.sampled_from((HERE, THERE, ABOVE, FAR)), strategies.sampled_from((None, 30, 250, 900)),
        strategies.sampled_from(("favoursIntervention", "favoursComparator", "noDifference", "inconclusive")),
        strategies.booleans(), strategies.sampled_from((SIGN, PART, WHOLE)), strategies.just(DRUG),
        strategies.sampled_from((None, *COMPANIES)),
    )
    return strategies.lists(one, min_size=1, max_size=most).map(
        lambda drawn: [said for number, parts in enumerate(drawn) for said in study(f"study{number}", *parts)]
    )


def backgrounds() -> strategies.SearchStrategy[list[Told]]:
    """Signs of diseases, mergers, first makers and reviews around the studies."""
    possible = [
        bridge(), bridge(modality="possible", source="page"), bridge(HERE), bridge(source="denial", polarity="denied"),
        told(THERE, "hasSign", OPPOSITE, "book", "database"), told(DRUG, "originator", COMPANIES[0], "page", "news"),
        *(merger(one, other) for one, other in pairwise(COMPANIES)),
        review("neutral", "inconclusive"), review("supporting", "favoursIntervention"),
    ]
    return strategies.lists(strategies.sampled_from(possible), unique_by=lambda one: one.claim)
