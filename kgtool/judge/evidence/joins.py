"""Joins that nobody made: a study's sponsor who first made the drug; a side effect that is a sign."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kgtool.claim import Judgement
from kgtool.judge.evidence.families import Families
from kgtool.judge.evidence.world import (
    AFFILIATION,
    HAS_SIGN,
    INTERVENTION,
    ORIGINATOR,
    Told,
    World,
    grouped,
)
from kgtool.terms import KG, Term

SPONSOR, EFFECT = "sponsor-is-originator", "effect-is-sign"
_USED = tuple(KG + name for name in ("approvedFor", "usedFor", "indicatedFor"))
_INDICATED = (KG + "indicated", KG + "mayBeOfValue")


def sponsors(world: World) -> Iterator[Judgement]:
    """Each study of a drug whose authors belong to the family of the drug's first maker."""
    families = Families(world)
    for given in _first(_affirmed(world, INTERVENTION)):
        for told in _first(world.of(AFFILIATION, given.subject)):
            for made in _first(world.of(ORIGINATOR, given.object)):
                if families.family(told.object) == families.family(made.object):
                    yield _sponsor(given, told, made, families.path(told.object, made.object), world)


def _first(said: Iterable[Told]) -> list[Told]:
    """One claim, the surest, for all that say the same."""
    alike = grouped(((told.subject, told.object), told) for told in said)
    return [min(same, key=lambda told: told.rank) for same in alike.values()]


def _sponsor(given: Told, told: Told, made: Told, path: list[Told], world: World) -> Judgement:
    over = f", joined by merger ({world.names(path)})" if path else ""
    return Judgement(
        kind="Join",
        about=((KG + "ofDrug", given.object), (KG + "ofStudy", given.subject)),
        verdict=KG + "sponsorIsOriginator",
        reason=f"Authors of {world.name(given.subject)} are from {world.name(told.object)} ({world.names((told,))}); "
        f"{world.name(made.object)} first made {world.name(given.object)} ({world.names((made,))}){over}.",
        claims=tuple(one.claim for one in (given, told, made, *path)),
        rule=SPONSOR,
        policy=world.policy,
    )


def effects(world: World) -> Iterator[Judgement]:
    """Each side effect of a drug that is also a sign, or a kind of one, of a disease it is used in."""
    used = _uses(world)
    for effect in _first(_affirmed(world, KG + "hasSideEffect")):
        for disease, uses in used.get(effect.subject, {}).items():
            for sign in _first(world.of(HAS_SIGN, disease)):
                if world.signs.akin(effect.object, sign.object):
                    yield _effect(effect, min(uses, key=lambda use: use.rank), sign, disease, world)


def _uses(world: World) -> dict[Term, dict[Term, tuple[Told, ...]]]:
    """By drug and disease, the claims that the drug is used there."""
    said = [told for relation in _USED for told in _affirmed(world, relation)]
    said += [told for told in _affirmed(world, KG + "addressesUse") if told.stance in _INDICATED]
    drugs = grouped((drug, told) for told in said for drug in world.drugs(told.subject))
    return {drug: grouped((world.disease(told.object), told) for told in claims) for drug, claims in drugs.items()}


def _effect(effect: Told, use: Told, sign: Told, disease: Term, world: World) -> Judgement:
    shown = world.name(sign.object)
    same = "" if sign.object == effect.object else f", as {shown}, of which one is a kind of the other"
    return Judgement(
        kind="Join",
        about=((KG + "ofDrug", effect.subject), (KG + "ofSign", effect.object), (KG + "ofDisease", disease)),
        verdict=KG + "effectIsSign",
        reason=f"{world.name(effect.subject)} can cause {world.name(effect.object)} ({world.names((effect,))}), "
        f"which {world.name(disease)} shows too{same} ({world.names((sign,))}); used there ({world.names((use,))}).",
        claims=(effect.claim, sign.claim, use.claim),
        rule=EFFECT,
        policy=world.policy,
        release=world.signs.release,
    )


def _affirmed(world: World, relation: str) -> Iterator[Told]:
    return (told for told in world.all(relation) if told.affirmed)
