"""The rule of label status: what the claims of one label make of one use. Claims and paths in, a verdict out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from kgtool.judge.hierarchy import Ways

# Stances from the most cautious to the least, each with the status it gives.
STATUS = {
    "contraindicated": "AGAINST",
    "notIndicated": "AGAINST",
    "efficacyNotEstablished": "AGAINST",
    "mayBeOfValue": "HEDGED",
    "indicated": "ON",
}
_CAUTION = {stance: place for place, stance in enumerate(STATUS)}


@dataclass(frozen=True)
class Use:
    """A sign, a disease, or a sign in a disease. Each of them is another use: a label that names one says nothing of
    the other two."""

    sign: str | None
    disease: str | None


@dataclass(frozen=True)
class Who:
    """For whom; None where the question leaves it open. ``age`` is in whole years."""

    age: int | None = None
    severity: str | None = None


@dataclass(frozen=True)
class LabelClaim:
    """One sentence of a label on one use. ``age_from`` and ``age_below`` are whole years, half-open."""

    iri: str
    stance: str
    sign: str | None
    disease: str | None
    severity: str | None = None
    age_from: int | None = None
    age_below: int | None = None

    @property
    def denies(self) -> bool:
        return STATUS[self.stance] == "AGAINST"

    @property
    def by_age(self) -> bool:
        return self.age_from is not None or self.age_below is not None


_EVERYBODY = LabelClaim("", "indicated", None, None)


@dataclass(frozen=True)
class Label:
    """All that is claimed of the uses of one product; ``complete`` where its indications were entered in full."""

    product: str
    complete: bool
    claims: tuple[LabelClaim, ...]

    @cached_property
    def by_disease(self) -> dict[str | None, list[LabelClaim]]:
        found: dict[str | None, list[LabelClaim]] = {}
        for claim in self.claims:
            found.setdefault(claim.disease, []).append(claim)
        return found


@dataclass(frozen=True)
class Match:
    """A claim that covers the use, over which paths. ``distance`` counts the steps from the disease asked about to the
    one named; a claim that names none is farthest. ``left_open`` are the limits (age, severity) that it sets and the
    question leaves open; None where the question breaks one."""

    claim: LabelClaim
    distance: float
    disease_path: tuple[str, ...]
    sign_path: tuple[str, ...]
    left_open: tuple[str, ...] | None

    @property
    def key(self) -> tuple:
        return self.distance, _CAUTION[self.claim.stance], self.claim.by_age, self.claim.iri


@dataclass(frozen=True)
class Verdict:
    """``best`` decides, where anything does; ``agreeing`` say the same from as near, ``lost`` also cover the use;
    ``bars`` say no to some of the people whom the question leaves open; ``missed`` would cover the use for others than
    those asked about."""

    status: str
    best: Match | None = None
    agreeing: tuple[Match, ...] = ()
    lost: tuple[Match, ...] = ()
    bars: tuple[Match, ...] = ()
    missed: tuple[Match, ...] = ()


def decide(label: Label, use: Use, who: Who, diseases: Ways, signs: Ways) -> Verdict:
    """The status of a use. ``diseases`` and ``signs`` lead from its disease and its sign to all they lie below."""
    matches = sorted(_matches(label, use, who, diseases, signs), key=lambda match: match.key)
    missed = tuple(m for m in matches if m.left_open is None and not m.claim.denies)
    bars = [m for m in matches if m.claim.denies and m.left_open]
    standing = [m for m in matches if m.left_open is not None and m not in bars]
    best, standing, barred = _decisive(standing, bars, who)
    if best is None and not _leaves_anybody(_EVERYBODY, [bar.claim for bar in bars], who):
        return Verdict("AGAINST", replace(bars[0], left_open=()), lost=barred, bars=tuple(bars[1:]), missed=missed)
    if best is None:
        outside = label.complete or any(_outside_age(m.claim, who.age) for m in missed)
        return Verdict("OFF" if outside else "UNKNOWN", lost=barred, bars=tuple(bars), missed=missed)
    agreeing = tuple(m for m in standing if m is not best and m.key[:2] == best.key[:2])
    return Verdict(
        STATUS[best.claim.stance],
        best,
        agreeing,
        (*(m for m in standing if m is not best and m not in agreeing), *barred),
        () if best.claim.denies else tuple(bar for bar in _binding(bars, standing) if _overlap(bar.claim, best.claim)),
        missed,
    )


def _matches(label: Label, use: Use, who: Who, diseases: Ways, signs: Ways) -> Iterator[Match]:
    fewer, more = sorted((label.by_disease, diseases), key=len)  # a label of thousands, or a disease below hundreds
    for disease in (None, *(disease for disease in fewer if disease in more)):
        for claim in label.by_disease.get(disease, ()):
            if (claim.sign is None and claim.disease is None) or (claim.sign is not None and claim.sign not in signs):
                continue
            path = diseases[disease] if disease else ()
            distance = len(path) - 1 if path else math.inf if use.disease else 0
            yield Match(claim, distance, path, signs.get(claim.sign, ()), _left_open(claim, who))


def _left_open(claim: LabelClaim, who: Who) -> tuple[str, ...] | None:
    if (claim.severity and who.severity not in (None, claim.severity)) or _outside_age(claim, who.age):
        return None
    severity = ("severity",) if claim.severity and who.severity is None else ()
    return (*severity, "age") if claim.by_age and who.age is None else severity


def _outside_age(claim: LabelClaim, age: int | None) -> bool:
    below = math.inf if claim.age_below is None else claim.age_below
    return age is not None and not (claim.age_from or 0) <= age < below


def _decisive(
    standing: list[Match], bars: list[Match], who: Who
) -> tuple[Match | None, list[Match], tuple[Match, ...]]:
    """What decides among the rest that stands with it, and what was passed over since bars leave nobody to it.

    The nearest disease decides, then caution; but a denial with limits holds for all uses of a label that set none: to a
    child below twelve a label says no wherever it says so. The rule is told in queries/README.md.
    """
    for first, best in enumerate(standing):
        left = standing[first:]
        if best.claim.denies:
            return best, left, tuple(standing[:first])
        limited = [m for m in _binding(left, left) if m.claim.denies and (m.claim.by_age or m.claim.severity)]
        if limited or _leaves_anybody(best.claim, [bar.claim for bar in _binding(bars, left)], who):
            return [*limited, best][0], left, tuple(standing[:first])
    return None, [], tuple(standing)


def _binding(bars: Iterable[Match], standing: list[Match]) -> list[Match]:
    """Those that outweigh what stands nearest: all, but where that is nearer and states ages itself."""
    nearest = [m for m in standing if m.distance == standing[0].distance]
    states_ages = all(m.claim.by_age for m in nearest)
    return [bar for bar in bars if not states_ages or bar.distance <= standing[0].distance]


def _leaves_anybody(claim: LabelClaim, bars: list[LabelClaim], who: Who) -> bool:
    """Whether somebody asked about is covered by a claim and by none of the bars: ages are tried where limits begin."""
    starts = {0, *(age for one in (claim, *bars) for age in (one.age_from, one.age_below) if age is not None)}
    ages = [age for age in (starts if who.age is None else {who.age}) if not _outside_age(claim, age)]
    other = "any other severity"
    severities = {who.severity or claim.severity} - {None} or {other, *(bar.severity for bar in bars)}
    return any(
        not any(bar.severity in (None, severity) and not _outside_age(bar, age) for bar in bars)
        for age in ages for severity in severities
    )


def _overlap(one: LabelClaim, other: LabelClaim) -> bool:
    start = max(one.age_from or 0, other.age_from or 0)
    return all(start < claim.age_below for claim in (one, other) if claim.age_below is not None)
