"""Label status: whether a use is on the label of a product, with the sentence and the path that decide it.

It never moves a class-level sentence down a hierarchy in silence: what is inherited says so, with its path.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from pyoxigraph import Literal, NamedNode

from kgtool.answer import Answer
from kgtool.catalogue import Query
from kgtool.claim import Judgement
from kgtool.errors import WrongUse
from kgtool.judge.asked import Asked
from kgtool.judge.hierarchy import Hierarchies
from kgtool.judge.label_status.classes import answer as class_level
from kgtool.judge.label_status.reading import Cells, Product, products, rows, text
from kgtool.judge.label_status.rule import LabelClaim, Use, Verdict, Who, decide
from kgtool.judge.label_status.words import Speaker, asked_speakers, speakers
from kgtool.store import Store
from kgtool.terms import KG, Term, whole

__all__ = ["answer", "class_level", "judgements"]

RULE = "label-status"
COLUMNS = ("status", "product", "route", "onlyIf", "because", "path", "lost", "claim", "release", "jurisdiction")


def judgements(store: Store, queries: Mapping[str, Query], policy: str, hierarchies: Hierarchies) -> Iterator[Judgement]:
    """The status of every use that somebody claims or a label addresses, for each product of the same drug.

    A use meets the labels of its own drug alone, and of these the sentences on its disease's ancestors: the work grows
    with uses times products of one drug, never with all uses times all labels. Every release of a disease hierarchy is
    judged, so that those which differ can be told; a policy says whose labels count, not whose uses are asked about.
    """
    found = products(rows(store.select(queries["label-claims"].bind({"policy": policy}))))
    uses = _claimed_uses(store, queries)
    told = speakers(store, hierarchies, lambda release: True)
    yield from (_barred(product, route, claim, told[0], policy) for product in found for route, claim in product.barred)
    for speaker in told:
        for product in found:
            yield from (_judgement(product, use, claims, speaker, policy) for use, claims in uses[product.drug].items())


def answer(asked: Asked) -> Answer:
    """The rows of one question: one for each product and route; for a route asked for, also what labels forbid it."""
    found = list(rows(asked.rows))
    first, given = found[0], products(found)
    use = Use(text(first["sign"]), text(first["disease"]))
    if not (use.sign or use.disease):
        raise WrongUse("what the product is to be used for must be said: name a sign, a disease, or one in the other")
    who = Who(whole(first["age"]), text(first["severity"]))
    told = asked_speakers(asked, text(first["hierarchy"]))
    said = [
        *(_row(product, use, who, speaker)
          for speaker in told for product in given if _by(first["route"], product.route)),
        *(_barred_row(product, route, claim, told[0])
          for product in given for route, claim in product.barred if first["route"] and _by(first["route"], route)),
    ]
    return Answer(COLUMNS, tuple(said or [_no_label(first, told[0])]), asked.rows.prefixes)


def _claimed_uses(store: Store, queries: Mapping[str, Query]) -> dict[str, dict[Use, list[str]]]:
    """By drug, each use with the claims that make it one."""
    uses: dict[str, dict[Use, list[str]]] = defaultdict(lambda: defaultdict(list))
    for drug, sign, disease, claim in store.select(queries["claimed-uses"].text).rows:
        uses[drug.value][Use(text(sign), text(disease))].append(claim.value)
    return uses


def _verdict(product: Product, use: Use, who: Who, speaker: Speaker) -> Verdict:
    return decide(product.label, use, who, speaker.diseases.ways(use.disease), speaker.signs.ways(use.sign))


def _judgement(product: Product, use: Use, claims: list[str], speaker: Speaker, policy: str) -> Judgement:
    """It rests on the sentences that decide; where none does, on the claims that make it a use at all."""
    verdict = _verdict(product, use, Who(), speaker)
    deciding = [verdict.best.claim.iri] if verdict.best else claims
    return Judgement(
        kind="LabelStatus",
        about=(*_about(product, product.route), *_about_use(use), *_texts(verdict, product, speaker)),
        verdict=KG + verdict.status,
        reason=speaker.because(verdict, product, use, Who()),
        claims=(*deciding, *(bar.claim.iri for bar in verdict.bars)),
        rule=RULE, policy=policy, release=speaker.diseases.release,
    )


def _barred(product: Product, route: str, claim: LabelClaim, speaker: Speaker, policy: str) -> Judgement:
    return Judgement(
        kind="LabelStatus", about=_about(product, route), verdict=KG + "AGAINST", reason=speaker.barred(product, claim),
        claims=(claim.iri,), rule=RULE, policy=policy,
    )


def _about(product: Product, route: str) -> tuple[tuple[str, Term], ...]:
    parts = {"ofDrug": product.drug, "ofProduct": product.iri, "ofRoute": route, "inJurisdiction": product.jurisdiction}
    return tuple((KG + predicate, NamedNode(iri)) for predicate, iri in parts.items())


def _about_use(use: Use) -> Iterator[tuple[str, Term]]:
    for predicate, iri in (("ofSign", use.sign), ("ofDisease", use.disease)):
        if iri:
            yield KG + predicate, NamedNode(iri)


def _texts(verdict: Verdict, product: Product, speaker: Speaker) -> Iterator[tuple[str, Term]]:
    for predicate, words in (("onlyIf", speaker.only_if(verdict, product)), ("path", speaker.path(verdict))):
        if words:
            yield KG + predicate, Literal(words)


def _by(asked: Term | None, route: str) -> bool:
    return asked is None or asked.value == route


def _row(product: Product, use: Use, who: Who, speaker: Speaker) -> Cells:
    verdict = _verdict(product, use, who, speaker)
    return (
        Literal(verdict.status), NamedNode(product.iri), NamedNode(product.route),
        _words(speaker.only_if(verdict, product)),
        Literal(speaker.because(verdict, product, use, who)), _words(speaker.path(verdict)),
        _words(speaker.lost(verdict)),
        NamedNode(verdict.best.claim.iri) if verdict.best else None,
        _node(speaker.diseases.release), NamedNode(product.jurisdiction),
    )


def _barred_row(product: Product, route: str, claim: LabelClaim, speaker: Speaker) -> Cells:
    return (
        Literal("AGAINST"), NamedNode(product.iri), NamedNode(route), None, Literal(speaker.barred(product, claim)),
        None, None, NamedNode(claim.iri), None, NamedNode(product.jurisdiction),
    )


def _no_label(asked: Mapping[str, Term | None], speaker: Speaker) -> Cells:
    drug, route, place = (_named(asked[part], speaker) for part in ("drug", "route", "jurisdiction"))
    limits = "".join([f", route {route}" if route else "", f", jurisdiction {place}" if place else ""])
    because = f"No label of {drug or 'any drug'}{limits}{',' if limits else ''} is entered here, so nothing is known."
    return (
        Literal("UNKNOWN"), None, asked["route"], None, Literal(because), None, None, None, None, asked["jurisdiction"],
    )


def _named(term: Term | None, speaker: Speaker) -> str:
    """A thing by its label; a country of which the graph says nothing has only its name."""
    return speaker.thing(term.value) if isinstance(term, NamedNode) else text(term) or ""


def _words(text: str) -> Literal | None:
    return Literal(text) if text else None


def _node(iri: str) -> NamedNode | None:
    return NamedNode(iri) if iri else None
